use url::Url;

use crate::issuer::Issuer;
use crate::oauth::{EndSession, EndSessionRequest, IdToken};

const AFTER: &str = "https://chat.example/auth/logged-out";

fn address(issuer: &str, endpoint: Option<&str>, id_token: Option<&IdToken>) -> Option<String> {
    let parse = |url| Url::parse(url).expect("a URL");
    let authorization =
        parse("https://people.auth.eu-west-1.amazoncognito.com/oauth2/authorize?x=1");
    let endpoint = endpoint.map(parse);
    let form = EndSession::of(&Issuer::new(issuer), endpoint.as_ref(), &authorization)?;
    let request = EndSessionRequest {
        client_id: "chat",
        id_token_hint: id_token,
        logout_hint: Some("alice@example.com"),
        post_logout_redirect_uri: AFTER,
        state: Some("s"),
    };
    Some(form.address(&request).to_string())
}

#[test]
fn each_provider_gets_the_form_that_it_reads() {
    let openid = "client_id=chat&logout_hint=alice%40example.com&post_logout_redirect_uri=\
                  https%3A%2F%2Fchat.example%2Fauth%2Flogged-out&state=s";
    let rows = [
        ("https://id.example", None, None),
        (
            "https://id.example",
            Some("https://id.example/logout"),
            Some(format!("https://id.example/logout?{openid}")),
        ),
        (
            "https://id.example",
            Some("https://id.example/logout?realm=a&client_id=x"),
            Some(format!("https://id.example/logout?realm=a&{openid}")),
        ),
        (
            "https://people.eu.auth0.com/",
            None,
            Some(
                "https://people.eu.auth0.com/v2/logout?client_id=chat&returnTo=https%3A%2F%2Fchat.example%2Fauth%2Flogged-out"
                    .to_owned(),
            ),
        ),
        (
            "https://people.eu.auth0.com/",
            Some("https://people.eu.auth0.com/oidc/logout"),
            Some(format!("https://people.eu.auth0.com/oidc/logout?{openid}")),
        ),
        (
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a",
            None,
            Some(
                "https://people.auth.eu-west-1.amazoncognito.com/logout?client_id=chat&logout_uri=\
                 https%3A%2F%2Fchat.example%2Fauth%2Flogged-out"
                    .to_owned(),
            ),
        ),
        (
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a",
            Some("https://login.example/logout"),
            Some(
                "https://login.example/logout?client_id=chat&logout_uri=https%3A%2F%2Fchat.example%2Fauth%2Flogged-out"
                    .to_owned(),
            ),
        ),
        ("https://auth0.com.evil.example", None, None),
        ("https://evilauth0.com", None, None),
        ("not an address", Some("https://id.example/logout"), Some(format!("https://id.example/logout?{openid}"))),
    ];
    for (issuer, endpoint, expected) in rows {
        assert_eq!(
            address(issuer, endpoint, None),
            expected,
            "{issuer} {endpoint:?}"
        );
    }
}

#[test]
fn a_hint_that_is_too_long_for_an_address_is_left_out() {
    let endpoint = Some("https://id.example/logout");
    for (length, is_sent) in [(10, true), (4096, true), (4097, false)] {
        let hint = IdToken::new("x".repeat(length));
        let address = address("https://id.example", endpoint, Some(&hint)).expect("an address");
        assert_eq!(address.contains("id_token_hint=x"), is_sent, "{length}");
    }
}
