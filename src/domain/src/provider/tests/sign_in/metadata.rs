//! Where people sign in, by which providers and settings.

use serde_json::{Value, json};
use url::Url;

use super::super::support::{ISSUER, USERINFO, issuer, token};
use super::{AUTHORIZATION, END_SESSION, REVOCATION, Stage, TOKEN, document, settings, sign_in};
use crate::environment::Reach;
use crate::environment::fake::ok;
use crate::error::{Code, Refusal};
use crate::oauth::EndSessionRequest;
use crate::provider::SignInMetadata;
use crate::provider::tests::support::INTROSPECTION;

fn metadata(stage: &Stage) -> Result<SignInMetadata, Refusal> {
    let sign_in = sign_in(&stage.settings);
    let metadata = stage.providers.sign_in_metadata(&stage.settings, &sign_in);
    stage
        .environment
        .run(metadata)
        .map(|metadata| (*metadata).clone())
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn plain() -> SignInMetadata {
    SignInMetadata {
        authorization_endpoint: url(AUTHORIZATION),
        token_endpoint: url(TOKEN),
        userinfo_endpoint: Some(url(USERINFO)),
        end_session_endpoint: Some(url(END_SESSION)),
        revocation_endpoint: Some(url(REVOCATION)),
        scopes_supported: None,
        token_endpoint_auth_methods_supported: None,
        id_token_signing_alg_values_supported: None,
        code_challenge_methods_supported: None,
        authorization_response_iss_parameter_supported: false,
        backchannel_logout_supported: false,
    }
}

#[test]
fn the_document_tells_where_people_sign_in_and_what_the_provider_can_do() {
    let texts = |texts: &[&str]| Some(texts.iter().map(|&text| text.to_owned()).collect());
    let full = r#","scopes_supported":["openid","offline_access",7],
        "token_endpoint_auth_methods_supported":["private_key_jwt"],
        "id_token_signing_alg_values_supported":["RS256"],
        "code_challenge_methods_supported":["S256"],
        "authorization_response_iss_parameter_supported":true,
        "backchannel_logout_supported":true"#;
    for (more, expected) in [
        ("", plain()),
        (
            full,
            SignInMetadata {
                scopes_supported: texts(&["openid", "offline_access"]),
                token_endpoint_auth_methods_supported: texts(&["private_key_jwt"]),
                id_token_signing_alg_values_supported: texts(&["RS256"]),
                code_challenge_methods_supported: texts(&["S256"]),
                authorization_response_iss_parameter_supported: true,
                backchannel_logout_supported: true,
                ..plain()
            },
        ),
    ] {
        let stage = Stage::new(settings(&json!({})), document(more));
        assert_eq!(metadata(&stage), Ok(expected), "{more}");
    }
}

/// A discovery document with these members alone, beside what every one has.
fn with(members: &str) -> String {
    super::super::support::document(&format!(",{members}"))
}

#[test]
fn a_mistake_in_what_signing_in_needs_is_named_and_stops_nothing_else() {
    const WRITE: &str =
        "Fix this at the identity provider, or write the right address into `provider_endpoints`.";
    const FIX: &str = "Fix this at the identity provider.";
    let both = format!(r#""authorization_endpoint":"{AUTHORIZATION}","token_endpoint":"{TOKEN}""#);
    for (members, why, remedy) in [
        (
            format!(r#""authorization_endpoint":"javascript:alert(1)","token_endpoint":"{TOKEN}""#),
            r#"its `authorization_endpoint` is not an https URL: "javascript:alert(1)""#,
            WRITE,
        ),
        (
            format!(
                r#""authorization_endpoint":"http://id.example.com/a","token_endpoint":"{TOKEN}""#
            ),
            r#"its `authorization_endpoint` is not an https URL: "http://id.example.com/a""#,
            WRITE,
        ),
        (
            format!(r#"{both},"end_session_endpoint":"javascript:alert(1)""#),
            r#"its `end_session_endpoint` is not an https URL: "javascript:alert(1)""#,
            WRITE,
        ),
        (
            format!(r#"{both},"end_session_endpoint":"data:text/html,x""#),
            r#"its `end_session_endpoint` is not an https URL: "data:text/html,x""#,
            WRITE,
        ),
        (
            format!(r#"{both},"end_session_endpoint":"http://id.example.com/logout""#),
            r#"its `end_session_endpoint` is not an https URL: "http://id.example.com/logout""#,
            WRITE,
        ),
        (
            format!(
                r#""authorization_endpoint":"https://id.example.com/a#b","token_endpoint":"{TOKEN}""#
            ),
            r#"its `authorization_endpoint` has a user name or a fragment: "https://id.example.com/a#b""#,
            WRITE,
        ),
        (
            format!(
                r#""authorization_endpoint":"{AUTHORIZATION}","token_endpoint":"http://id.example.com/t""#
            ),
            r#"its `token_endpoint` is not an https URL, although the address that the administrator wrote is: "http://id.example.com/t""#,
            FIX,
        ),
        (
            format!(r#""authorization_endpoint":"{AUTHORIZATION}""#),
            "it has no `token_endpoint`, so nobody can sign in here",
            "Write the address into `provider_endpoints`, or set `sign_in` to `off`.",
        ),
        (
            format!(r#"{both},"authorization_response_iss_parameter_supported":"yes""#),
            r#"its `authorization_response_iss_parameter_supported` is neither true nor false: "yes""#,
            FIX,
        ),
        (
            format!(r#"{both},"scopes_supported":"openid""#),
            r#"its `scopes_supported` is not an array: "openid""#,
            FIX,
        ),
    ] {
        let stage = Stage::new(settings(&json!({})), with(&members));
        let message = format!(
            "The discovery document of the identity provider `{ISSUER}` cannot be used: {why}. {remedy}"
        );
        let expected = Refusal::new(Code::IdentityProviderInvalid, message);
        assert_eq!(metadata(&stage), Err(expected), "{members}");
        // People with tokens of their own are let in as before.
        stage
            .environment
            .answer(INTROSPECTION, ok(r#"{"active":true}"#));
        let (issuer, token) = (issuer(), token("opaque"));
        let asked = stage.providers.introspect(&issuer, &stage.settings, &token);
        assert!(stage.environment.run(asked).is_ok(), "{members}");
    }
}

#[test]
fn addresses_of_the_settings_take_the_place_of_the_documents() {
    let bad = with(
        r#""authorization_endpoint":"javascript:alert(1)","token_endpoint":7,"end_session_endpoint":"x""#,
    );
    let written = "authorization=https://login.example.com/a, token=https://login.example.com/t, \
                   userinfo=https://login.example.com/u, end_session=https://login.example.com/e, \
                   revocation=https://login.example.com/r";
    let stage = Stage::new(settings(&json!({"provider_endpoints": written})), bad);
    let expected = SignInMetadata {
        authorization_endpoint: url("https://login.example.com/a"),
        token_endpoint: url("https://login.example.com/t"),
        userinfo_endpoint: Some(url("https://login.example.com/u")),
        end_session_endpoint: Some(url("https://login.example.com/e")),
        revocation_endpoint: Some(url("https://login.example.com/r")),
        ..plain()
    };
    assert_eq!(metadata(&stage), Ok(expected));
    assert_eq!(stage.environment.urls(), [super::DISCOVERY]);
}

#[test]
fn no_document_is_asked_for_where_the_settings_have_everything() {
    let written = "authorization=https://login.example.com/a, token=https://login.example.com/t, \
                   jwks=https://keys.example.com/k";
    let stage = Stage::new(
        settings(&json!({"provider_endpoints": written})),
        String::new(),
    );
    let expected = SignInMetadata {
        authorization_endpoint: url("https://login.example.com/a"),
        token_endpoint: url("https://login.example.com/t"),
        userinfo_endpoint: None,
        end_session_endpoint: None,
        revocation_endpoint: None,
        ..plain()
    };
    assert_eq!(metadata(&stage), Ok(expected));
    assert_eq!(stage.environment.urls(), [] as [&str; 0]);
    assert_eq!(stage.environment.lines(), []);
    // The keys are fetched from where the settings say, which is the administrator's choice.
    let keys = "https://keys.example.com/k";
    let set = super::super::support::key_set(&["one"]);
    stage.environment.answer(keys, ok(set));
    let header = super::super::support::es256("one");
    let issuer = issuer();
    let key = stage.providers.key(&issuer, &stage.settings, &header);
    assert!(stage.environment.run(key).is_ok());
    let asked = stage.environment.exchanges();
    assert_eq!(asked.len(), 1);
    assert_eq!(
        (asked[0].url.as_str(), asked[0].reach),
        (keys, Reach::Configured)
    );
}

#[test]
fn known_kinds_have_known_addresses() {
    for (kind, issuer, addresses) in [
        (
            "github",
            "https://github.com",
            [
                "https://github.com/login/oauth/authorize",
                "https://github.com/login/oauth/access_token",
                "https://api.github.com/user",
            ],
        ),
        (
            "github",
            "https://acme.ghe.com",
            [
                "https://acme.ghe.com/login/oauth/authorize",
                "https://acme.ghe.com/login/oauth/access_token",
                "https://api.acme.ghe.com/user",
            ],
        ),
        (
            "github",
            "https://ghe.example.com",
            [
                "https://ghe.example.com/login/oauth/authorize",
                "https://ghe.example.com/login/oauth/access_token",
                "https://ghe.example.com/api/v3/user",
            ],
        ),
        (
            "feishu",
            "https://accounts.feishu.cn",
            [
                "https://accounts.feishu.cn/open-apis/authen/v1/authorize",
                "https://open.feishu.cn/open-apis/authen/v2/oauth/token",
                "https://open.feishu.cn/open-apis/authen/v1/user_info",
            ],
        ),
        (
            "feishu",
            "https://open.larksuite.com",
            [
                "https://accounts.larksuite.com/open-apis/authen/v1/authorize",
                "https://open.larksuite.com/open-apis/authen/v2/oauth/token",
                "https://open.larksuite.com/open-apis/authen/v1/user_info",
            ],
        ),
    ] {
        let stage = Stage::new(of_kind(kind, issuer, &json!({})), String::new());
        let found = metadata(&stage).unwrap();
        let found = [
            Some(&found.authorization_endpoint),
            Some(&found.token_endpoint),
            found.userinfo_endpoint.as_ref(),
        ];
        assert_eq!(found.map(|url| url.unwrap().as_str()), addresses);
        assert_eq!(stage.environment.urls(), [] as [&str; 0], "nobody is asked");
    }
}

/// Settings of this kind of provider that let anybody in.
pub fn of_kind(kind: &str, issuer: &str, more: &Value) -> crate::settings::Settings {
    let mut members = json!({
        "issuer": issuer, "provider_kind": kind, "required_claims": "anybody",
    });
    for (name, value) in more.as_object().unwrap() {
        members[name] = value.clone();
    }
    settings(&members)
}

#[test]
fn an_issuer_that_is_not_of_its_kind_needs_addresses() {
    let written = "authorization=https://a.example.com/a, token=https://a.example.com/t, \
                   userinfo=https://a.example.com/u";
    for (kind, issuer, examples) in [
        (
            "github",
            "https://github.com/login",
            "`https://github.com` or the address of an Enterprise Server, such as `https://ghe.example.com`",
        ),
        (
            "feishu",
            "https://feishu.cn.example.com",
            "`https://accounts.feishu.cn` or `https://accounts.larksuite.com`",
        ),
        (
            "feishu",
            "https://notfeishu.cn",
            "`https://accounts.feishu.cn` or `https://accounts.larksuite.com`",
        ),
    ] {
        let stage = Stage::new(of_kind(kind, issuer, &json!({})), String::new());
        let message = format!(
            "`provider_kind` is `{kind}`, and `issuer` is `{issuer}`, which is not such a provider. Write {examples} into \
             `issuer`, or `authorization`, `token` and `userinfo` into `provider_endpoints`."
        );
        let expected = Refusal::new(Code::ConfigurationError, message);
        assert_eq!(metadata(&stage), Err(expected));
        let more = json!({"provider_endpoints": written});
        let stage = Stage::new(of_kind(kind, issuer, &more), String::new());
        let token = metadata(&stage).unwrap().token_endpoint;
        assert_eq!(token.as_str(), "https://a.example.com/t");
    }
}

#[test]
fn the_browser_is_sent_where_the_provider_ends_its_session() {
    let request = EndSessionRequest {
        client_id: "chat app",
        id_token_hint: None,
        logout_hint: None,
        post_logout_redirect_uri: "https://chat.example.com/auth/logged-out",
        state: None,
    };
    let end_session = |stage: &Stage| {
        let sign_in = sign_in(&stage.settings);
        let address = stage
            .providers
            .end_session(&stage.settings, &sign_in, &request);
        stage.environment.run(address).map(|url| url.to_string())
    };
    let stage = Stage::new(settings(&json!({})), document(""));
    let expected = "https://id.example.com/logout?client_id=chat+app\
                    &post_logout_redirect_uri=https%3A%2F%2Fchat.example.com%2Fauth%2Flogged-out";
    assert_eq!(end_session(&stage).as_deref(), Some(expected));
    let both = format!(r#""authorization_endpoint":"{AUTHORIZATION}","token_endpoint":"{TOKEN}""#);
    let bad = format!(r#"{both},"end_session_endpoint":"javascript:alert(1)""#);
    for document in [with(&both), with(&bad), "no JSON".to_owned()] {
        let stage = Stage::new(settings(&json!({})), document);
        assert_eq!(end_session(&stage), None);
    }
}
