//! What is asked about an opaque token, and what its answers mean.

use http::{Method, StatusCode};
use serde_json::json;

use super::support::{
    DISCOVERY, INTROSPECTION, ISSUER, SECOND, document, environment, issuer, providers, settings,
    token,
};
use crate::claims::Claims;
use crate::environment::fake::{FakeEnvironment, FetchResult, ok, respond, status};
use crate::environment::{Reach, TransportError};
use crate::error::{Code, Refusal};
use crate::issuer::{Issuer, IssuerSetting, TenantTemplate};
use crate::json::parse_object;
use crate::provider::sole_issuer;
use crate::settings::tests::valid;
use crate::settings::{ClientId, Settings, TokenValidation};

fn claims(json: &str) -> Claims {
    Claims::new(parse_object(json.as_bytes(), 8).unwrap())
}

/// What an introspection with this answer ends with.
fn introspected(response: FetchResult) -> Result<Claims, Refusal> {
    let environment = environment();
    environment.answer(INTROSPECTION, response);
    environment.run(providers(&environment).introspect(&issuer(), &settings(), &token("opaque")))
}

#[test]
fn the_gateway_says_who_it_is_in_the_way_that_the_provider_offers() {
    for (more, authorization, body) in [
        (
            "",
            Some("Basic Y2hhdCthcHA6cyUzQWNyZXQlMkYlMkIlQzMlQTQ="),
            "token=opa.que%2B%2F%3D&token_type_hint=access_token",
        ),
        (
            r#","introspection_endpoint_auth_methods_supported":["client_secret_post"]"#,
            None,
            "token=opa.que%2B%2F%3D&token_type_hint=access_token&client_id=chat+app&client_secret=s%3Acret%2F%2B%C3%A4",
        ),
    ] {
        let environment = FakeEnvironment::new();
        environment.answer(DISCOVERY, ok(document(more)));
        environment.answer(INTROSPECTION, ok(r#"{"active":true}"#));
        let providers = providers(&environment);
        assert!(
            environment
                .run(providers.introspect(&issuer(), &settings(), &token("opa.que+/=")))
                .is_ok()
        );
        let exchanges = environment.exchanges();
        let sent = &exchanges[1];
        assert_eq!(
            (&sent.method, sent.url.as_str(), sent.reach),
            (&Method::POST, INTROSPECTION, Reach::Configured)
        );
        assert_eq!(
            sent.headers["content-type"],
            "application/x-www-form-urlencoded"
        );
        assert_eq!(sent.headers["accept"], "application/json, */*;q=0.1");
        assert_eq!(sent.headers["user-agent"], "oidc-gateway/0.1.0");
        assert_eq!(
            sent.headers
                .get("authorization")
                .map(|value| value.to_str().unwrap()),
            authorization
        );
        assert!(
            sent.headers
                .get("authorization")
                .is_none_or(|value| value.is_sensitive())
        );
        assert_eq!(String::from_utf8(sent.body.clone()).unwrap(), body);
        assert_eq!(
            (sent.limits.connect, sent.limits.total, sent.limits.body),
            (3 * SECOND, 5 * SECOND, 64 * 1024)
        );
    }
}

/// An ES256 key (RFC 7515 appendix A.3).
const CLIENT_KEY: &str = r#"{"kty":"EC","crv":"P-256","kid":"k1",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

#[test]
fn the_administrator_may_choose_how_the_gateway_says_who_it_is() {
    const TOKEN: &str = "token=opaque&token_type_hint=access_token";
    const POSTED: &str = "&client_id=chat+app&client_secret=secret";
    const SIGNED: &str = "client_id=chat+app&client_assertion_type=\
                          urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=ey";
    let only_basic = r#","introspection_endpoint_auth_methods_supported":["client_secret_basic"]"#;
    let only_post = r#","introspection_endpoint_auth_methods_supported":["client_secret_post"]"#;
    for (setting, key, metadata, is_basic, begin, end) in [
        ("basic", "", only_post, true, TOKEN, ""),
        ("post", "", only_basic, false, TOKEN, POSTED),
        ("none", "", only_basic, false, "client_id=chat+app&", TOKEN),
        (
            "private_key_jwt",
            CLIENT_KEY,
            only_basic,
            false,
            SIGNED,
            TOKEN,
        ),
        ("auto", CLIENT_KEY, only_basic, false, SIGNED, TOKEN),
    ] {
        let environment = FakeEnvironment::new();
        environment.answer(DISCOVERY, ok(document(metadata)));
        environment.answer(INTROSPECTION, ok(r#"{"active":true}"#));
        let settings = valid(&json!({
            "issuer": ISSUER, "client_id": "\"chat app\"", "client_secret": "secret",
            "client_authentication": setting, "client_key": key,
        }));
        let (issuer, token) = (issuer(), token("opaque"));
        let providers = providers(&environment);
        let result = environment.run(providers.introspect(&issuer, &settings, &token));
        assert!(result.is_ok(), "{setting} {result:?}");
        let sent = environment.exchanges().pop().unwrap();
        assert_eq!(sent.method, Method::POST);
        assert_eq!(
            sent.headers.contains_key("authorization"),
            is_basic,
            "{setting}"
        );
        let body = String::from_utf8(sent.body).unwrap();
        assert!(
            body.starts_with(begin) && body.ends_with(end),
            "{setting}: {body}"
        );
        assert!(
            setting == "post" || !body.contains("client_secret"),
            "{body}"
        );
    }
}

#[test]
fn an_active_token_has_the_claims_of_the_answer() {
    for response in [
        r#"{"active":true}"#.to_owned(),
        format!(
            r#"{{"active":true,"iss":"{ISSUER}","token_type":"bearer","sub":"alice","aud":["chat app"]}}"#
        ),
        r#"{"active":true,"token_type":"access_token"}"#.to_owned(),
    ] {
        assert_eq!(introspected(ok(response.clone())), Ok(claims(&response)));
    }
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    let response = r#"{"active":true,"sub":"alice"}"#;
    assert_eq!(
        introspected(ok(format!("\u{feff}{response}"))),
        Ok(claims(response))
    );
}

#[test]
fn a_token_that_the_answer_speaks_against_is_refused() {
    const INACTIVE: &str = "The identity provider says that the token is not active: it has expired, was revoked, or \
                            is from another provider. Sign in again.";
    for (response, code, message) in [
        ("{}", Code::TokenInactive, INACTIVE.to_owned()),
        (r#"{"active":false}"#, Code::TokenInactive, INACTIVE.to_owned()),
        (r#"{"active":"true"}"#, Code::TokenInactive, INACTIVE.to_owned()),
        (r#"{"active":1}"#, Code::TokenInactive, INACTIVE.to_owned()),
        (r#"{"active":null}"#, Code::TokenInactive, INACTIVE.to_owned()),
        (
            r#"{"active":true,"token_type":"refresh_token"}"#,
            Code::TokenTypeRefused,
            "The token has `token_type` \"refresh_token\", and only bearer access tokens are accepted.".to_owned(),
        ),
        (
            r#"{"active":true,"token_type":"DPoP"}"#,
            Code::TokenTypeRefused,
            "The token has `token_type` \"DPoP\", and only bearer access tokens are accepted.".to_owned(),
        ),
    ] {
        assert_eq!(introspected(ok(response)), Err(Refusal::new(code, message)), "{response}");
    }
}

#[test]
fn a_token_of_a_kind_that_the_provider_does_not_introspect_is_refused() {
    let response = respond(
        StatusCode::BAD_REQUEST,
        &[],
        r#"{"error":"unsupported_token_type"}"#,
    );
    let message = "The identity provider does not introspect tokens of this kind (`unsupported_token_type`). If it is a JWT, \
                   set `token_validation` to `auto`, so that it is verified with the provider's keys.";
    assert_eq!(
        introspected(response),
        Err(Refusal::new(Code::TokenInactive, message))
    );
}

#[test]
fn what_is_not_the_tokens_fault_is_never_401() {
    let refused_gateway = format!(
        "The identity provider `{ISSUER}` refused the gateway's own credentials at its introspection endpoint. Compare \
         `client_secret` with the secret of the client `chat app`, and see that this client may introspect tokens."
    );
    let unavailable = |why| {
        format!(
            "The identity provider `{ISSUER}` gave no introspection response: {why}. Try again in 5 seconds."
        )
    };
    let invalid = |why, remedy| {
        format!(
            "The introspection response of the identity provider `{ISSUER}` cannot be used: {why}. {remedy}"
        )
    };
    const ADDRESS: &str = "Correct the address in the provider's discovery document.";
    const FIX: &str = "Fix this at the identity provider.";
    let bad_request = |error| {
        respond(
            StatusCode::BAD_REQUEST,
            &[],
            format!(r#"{{"error":"{error}"}}"#),
        )
    };
    for (response, code, message) in [
        (
            status(401),
            Code::ConfigurationError,
            refused_gateway.clone(),
        ),
        (
            status(403),
            Code::ConfigurationError,
            refused_gateway.clone(),
        ),
        (
            bad_request("invalid_client"),
            Code::ConfigurationError,
            refused_gateway.clone(),
        ),
        (
            bad_request("unauthorized_client"),
            Code::ConfigurationError,
            refused_gateway,
        ),
        (
            bad_request("invalid_request"),
            Code::IdentityProviderInvalid,
            invalid("the provider answered with status 400", ADDRESS),
        ),
        (
            status(404),
            Code::IdentityProviderInvalid,
            invalid("the provider answered with status 404", ADDRESS),
        ),
        (
            status(307),
            Code::IdentityProviderInvalid,
            invalid(
                "the provider answered with status 307",
                "Redirects are not followed. If it leads to a sign-in page, let the plugin through there; otherwise correct the address in the provider's discovery document.",
            ),
        ),
        (
            respond(StatusCode::FORBIDDEN, &[], "<html>"),
            Code::IdentityProviderInvalid,
            invalid(
                "the provider answered with status 403 and a web page (HTML)",
                "A proxy, a firewall or a sign-in page seems to answer in the provider's place: let the plugin through, \
                 or list the provider's host in `NO_PROXY` of the plugin daemon.",
            ),
        ),
        (
            ok("<html>"),
            Code::IdentityProviderInvalid,
            invalid(
                "it is a web page (HTML), and JSON is expected",
                "If a proxy or a sign-in page answers at the endpoint's address, let the plugin through; otherwise set \
                 `discovery_url` to a document with the right address.",
            ),
        ),
        (
            status(500),
            Code::IdentityProviderUnavailable,
            unavailable("the provider answered with status 500"),
        ),
        (
            Err(TransportError::Timeout),
            Code::IdentityProviderUnavailable,
            unavailable("took too long"),
        ),
        (
            ok("true"),
            Code::IdentityProviderInvalid,
            invalid("it is not a JSON object", FIX),
        ),
        (
            ok(r#"{"active":false,"active":true}"#),
            Code::IdentityProviderInvalid,
            invalid("the member `active` occurs twice", FIX),
        ),
        (
            ok(vec![b' '; 64 * 1024 + 1]),
            Code::IdentityProviderInvalid,
            invalid("the response is too large", FIX),
        ),
    ] {
        let refusal = introspected(response).unwrap_err();
        assert_eq!(
            (refusal.code(), refusal.message()),
            (code, message.as_str())
        );
        assert_eq!(refusal.code().status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[test]
fn the_client_is_the_first_that_is_good_for_the_issuer() {
    let bound = |to: &str, id: &str| ClientId {
        issuer: Some(IssuerSetting::Exact(Issuer::new(to))),
        id: id.to_owned(),
    };
    let plain = |id: &str| ClientId {
        issuer: None,
        id: id.to_owned(),
    };
    for (client_ids, expected) in [
        (vec![plain("a"), plain("b")], Ok("a")),
        (
            vec![bound("https://other.example", "a"), plain("b")],
            Ok("b"),
        ),
        (
            vec![
                bound("https://other.example", "a"),
                bound(ISSUER, "b"),
                plain("c"),
            ],
            Ok("b"),
        ),
        (
            vec![bound("https://other.example", "a")],
            Err(
                "`client_id` has no entry for `https://id.example.com/realms/one`, so its tokens cannot be introspected. \
                 Add one.",
            ),
        ),
    ] {
        let environment = FakeEnvironment::new();
        environment.answer(
            DISCOVERY,
            ok(document(
                r#","introspection_endpoint_auth_methods_supported":["client_secret_post"]"#,
            )),
        );
        environment.answer(INTROSPECTION, ok(r#"{"active":true}"#));
        let settings = Settings {
            client_ids,
            ..settings()
        };
        let result = environment.run(providers(&environment).introspect(
            &issuer(),
            &settings,
            &token("opaque"),
        ));
        let sent = environment
            .exchanges()
            .pop()
            .map(|exchange| String::from_utf8(exchange.body).unwrap());
        match expected {
            Ok(id) => assert!(sent.unwrap().contains(&format!("&client_id={id}&"))),
            Err(message) => {
                assert_eq!(result, Err(Refusal::new(Code::ConfigurationError, message)))
            }
        }
    }
}

#[test]
fn introspection_without_secret_is_a_mistake_in_the_settings() {
    let environment = environment();
    let settings = Settings {
        client_secret: None,
        ..settings()
    };
    let refusal = environment
        .run(providers(&environment).introspect(&issuer(), &settings, &token("opaque")))
        .unwrap_err();
    let message = "Introspection needs `client_secret`, which is empty. Write the secret of `client_id` into it.";
    assert_eq!(refusal, Refusal::new(Code::ConfigurationError, message));
    assert_eq!(environment.urls(), [] as [String; 0]);
}

#[test]
fn a_provider_without_introspection_leaves_the_token_opaque_or_the_settings_wrong() {
    let auto = format!(
        "The token is not a JWT, and cannot be checked otherwise. The identity provider `{ISSUER}` offers no introspection. \
         Ask the provider for a JWT access token: at Auth0 by its `audience`; from Google send the ID token, with \
         `token_kind` set to `id`."
    );
    let introspection = format!(
        "The identity provider `{ISSUER}` offers no introspection. Set `token_validation` to `jwt`, or to `userinfo`, \
         which proves no audience."
    );
    for (token_validation, expected) in [
        (TokenValidation::Auto, Refusal::new(Code::TokenOpaque, auto)),
        (
            TokenValidation::Introspection,
            Refusal::new(Code::ConfigurationError, introspection),
        ),
    ] {
        let environment = FakeEnvironment::new();
        environment.answer(DISCOVERY, ok(format!(r#"{{"issuer":"{ISSUER}"}}"#)));
        let settings = Settings {
            token_validation,
            ..settings()
        };
        let result = environment.run(providers(&environment).introspect(
            &issuer(),
            &settings,
            &token("opaque"),
        ));
        assert_eq!(result, Err(expected));
    }
}

#[test]
fn neither_token_nor_secret_stand_in_log_or_debug_output() {
    for response in [
        ok(r#"{"active":true,"sub":"alice"}"#),
        ok("{}"),
        status(401),
        status(500),
    ] {
        let environment = environment();
        environment.answer(INTROSPECTION, response);
        let providers = providers(&environment);
        let token = token("opaque-token");
        let result = environment.run(providers.introspect(&issuer(), &settings(), &token));
        let headers = &environment.exchanges()[1].headers;
        let printed = format!("{:?} {result:?} {token:?} {headers:?}", environment.lines());
        for secret in ["opaque-token", "s:cret", "Y2hhdCth", "s%3Acret"] {
            assert!(!printed.contains(secret), "{secret} in {printed}");
        }
        assert_eq!(environment.lines().len(), 2);
    }
}

#[test]
fn an_opaque_token_needs_an_endpoint_with_a_single_issuer() {
    let exact = |issuer: &str| IssuerSetting::Exact(Issuer::new(issuer));
    let one = Settings {
        issuers: vec![exact(ISSUER)],
        ..settings()
    };
    assert_eq!(sole_issuer(&one), Ok(&issuer()));
    for issuers in [
        vec![exact(ISSUER), exact("https://other.example")],
        vec![IssuerSetting::EntraTemplate(
            TenantTemplate::parse("https://login.microsoftonline.com/{tenantid}/v2.0").unwrap(),
        )],
    ] {
        let message = "The token does not say which issuer it is from, and `issuer` names more than one. Tokens that are \
                       not JWTs need an endpoint whose `issuer` is a single one.";
        let expected = Refusal::new(Code::ConfigurationError, message);
        assert_eq!(
            sole_issuer(&Settings {
                issuers,
                ..settings()
            }),
            Err(expected)
        );
    }
}
