//! What the userinfo endpoint is asked, and what its answers mean.

use http::{Method, StatusCode};

use super::support::{
    DISCOVERY, ISSUER, MINUTE, SECOND, USERINFO, environment, issuer, providers, settings, token,
};
use crate::claims::Claims;
use crate::environment::fake::{FakeEnvironment, FetchResult, ok, respond, status};
use crate::environment::{Reach, TransportError};
use crate::error::{Code, Refusal};
use crate::json::parse_object;

const ALICE: &str = r#"{"sub":"alice","email":"alice@example.com"}"#;

fn userinfo(response: FetchResult, subject: Option<&str>) -> Result<Claims, Refusal> {
    let environment = environment();
    environment.answer(USERINFO, response);
    environment.run(providers(&environment).userinfo(
        &issuer(),
        &settings(),
        &token("opaque"),
        subject,
    ))
}

#[test]
fn the_token_itself_is_what_asks() {
    let environment = environment();
    environment.answer(USERINFO, ok(ALICE));
    let claims = environment.run(providers(&environment).userinfo(
        &issuer(),
        &settings(),
        &token("opaque"),
        None,
    ));
    assert_eq!(
        claims,
        Ok(Claims::new(parse_object(ALICE.as_bytes(), 8).unwrap()))
    );
    let sent = environment.exchanges().pop().unwrap();
    assert_eq!(
        (sent.method, sent.url.as_str(), sent.reach),
        (Method::GET, USERINFO, Reach::Configured)
    );
    assert_eq!(sent.headers["authorization"], "Bearer opaque");
    assert!(sent.headers["authorization"].is_sensitive());
    assert_eq!(sent.limits.body, 64 * 1024);
    assert_eq!(sent.headers["accept"], "application/json, */*;q=0.1");
    assert_eq!(sent.headers["user-agent"], "oidc-gateway/0.1.0");
}

#[test]
fn claims_of_another_person_are_never_added_to_a_token() {
    let another = Refusal::new(
        Code::TokenClaimInvalid,
        "The userinfo response has another `sub` than the token. Sign in again. If that does not help, the provider \
         gives the client another subject identifier in userinfo than in tokens.",
    );
    for (response, subject, expected) in [
        (ALICE, Some("alice"), Ok(())),
        (ALICE, None, Ok(())),
        (ALICE, Some("bob"), Err(another.clone())),
        (ALICE, Some("Alice"), Err(another.clone())),
        (ALICE, Some("alice "), Err(another.clone())),
        (ALICE, Some(""), Err(another)),
    ] {
        assert_eq!(
            userinfo(ok(response), subject).map(drop),
            expected,
            "{response} for {subject:?}"
        );
    }
}

#[test]
fn a_response_that_names_nobody_is_not_used() {
    let message = format!(
        "The userinfo response of the identity provider `{ISSUER}` cannot be used: it names nobody, because `sub` is missing or \
         not a string. Fix this at the identity provider."
    );
    for response in [
        "{}",
        r#"{"email":"alice@example.com"}"#,
        r#"{"sub":""}"#,
        r#"{"sub":null}"#,
        r#"{"sub":7}"#,
        r#"{"sub":["alice"]}"#,
    ] {
        for subject in [None, Some("alice"), Some("")] {
            let expected = Refusal::new(Code::IdentityProviderInvalid, message.clone());
            assert_eq!(
                userinfo(ok(response), subject),
                Err(expected),
                "{response} for {subject:?}"
            );
        }
    }
}

#[test]
fn what_the_endpoint_refuses_and_what_nobody_can_read_are_different_things() {
    let inactive = "The identity provider says that the token is not active: it has expired, was revoked, or is from \
                    another provider. Sign in again.";
    let scope = format!(
        "The token may not ask the userinfo endpoint of `{ISSUER}`: it needs the scope `openid`."
    );
    let invalid = |why: &str, remedy: &str| {
        let message = format!(
            "The userinfo response of the identity provider `{ISSUER}` cannot be used: {why}. {remedy}"
        );
        Refusal::new(Code::IdentityProviderInvalid, message)
    };
    let unavailable = |why: &str| {
        let message = format!(
            "The identity provider `{ISSUER}` gave no userinfo response: {why}. Try again in 5 seconds."
        );
        Refusal::new(Code::IdentityProviderUnavailable, message).with_retry_after(5 * SECOND)
    };
    let jwt = respond(
        StatusCode::OK,
        &[("content-type", "Application/JWT; charset=utf-8")],
        "e30.e30.",
    );
    for (response, expected) in [
        (status(401), Refusal::new(Code::TokenInactive, inactive)),
        (
            status(403),
            Refusal::new(Code::InsufficientScope, scope).with_scope("openid"),
        ),
        (
            status(500),
            unavailable("the provider answered with status 500"),
        ),
        (
            Err(TransportError::Connect),
            unavailable("could not connect"),
        ),
        (
            status(404),
            invalid(
                "the provider answered with status 404",
                "Correct the address in the provider's discovery document.",
            ),
        ),
        (
            jwt,
            invalid(
                "it is a signed JWT, and JSON is expected",
                "Set the client's userinfo responses to plain JSON at the provider.",
            ),
        ),
        (
            ok("[]"),
            invalid(
                "it is a JSON array, and an object is expected",
                "If a proxy or a sign-in page answers at the endpoint's address, let the plugin through; otherwise set \
                 `discovery_url` to a document with the right address.",
            ),
        ),
        (
            respond(StatusCode::FORBIDDEN, &[("content-type", "text/html")], ""),
            invalid(
                "the provider answered with status 403 and a web page (HTML)",
                "A proxy, a firewall or a sign-in page seems to answer in the provider's place: let the plugin through, \
                 or list the provider's host in `NO_PROXY` of the plugin daemon.",
            ),
        ),
    ] {
        assert_eq!(userinfo(response, None), Err(expected));
    }
}

#[test]
fn an_answer_serves_a_minute_and_whatever_subject_is_asked_for() {
    let environment = environment();
    environment.answer(USERINFO, ok(ALICE));
    let providers = providers(&environment);
    let ask = |subject| {
        environment
            .run(providers.userinfo(&issuer(), &settings(), &token("opaque"), Some(subject)))
            .is_ok()
    };
    assert!(ask("alice"));
    assert!(!ask("bob"));
    environment.advance(MINUTE - SECOND);
    assert!(ask("alice"));
    assert_eq!(environment.count(USERINFO), 1);
    environment.advance(SECOND);
    assert!(ask("alice"));
    assert_eq!(environment.count(USERINFO), 2);
}

#[test]
fn a_provider_without_userinfo_is_a_mistake_in_the_settings() {
    let environment = FakeEnvironment::new();
    environment.answer(DISCOVERY, ok(format!(r#"{{"issuer":"{ISSUER}"}}"#)));
    let result = environment.run(providers(&environment).userinfo(
        &issuer(),
        &settings(),
        &token("opaque"),
        None,
    ));
    let message = format!(
        "The identity provider `{ISSUER}` has no `userinfo_endpoint` in its discovery document. Set `userinfo` to no, \
         and `token_validation` to `jwt` or `introspection`."
    );
    assert_eq!(result, Err(Refusal::new(Code::ConfigurationError, message)));
}
