//! Tokens that the provider itself checks, from the request to the caller.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Fixture, ISSUER, answered};
use crate::environment::TransportError;
use crate::environment::fake::{FetchResult, START, ok, status};

const DISCOVERY: &str = "https://idp.example/.well-known/openid-configuration";
const INTROSPECTION: &str = "https://idp.example/introspect";
const USERINFO: &str = "https://idp.example/userinfo";

/// An endpoint whose provider is asked as `changes` say.
fn fixture(changes: &Value) -> Fixture {
    let fixture = Fixture::new(changes);
    let document = json!({
        "issuer": ISSUER,
        "introspection_endpoint": INTROSPECTION,
        "userinfo_endpoint": USERINFO,
    });
    fixture
        .environment
        .answer(DISCOVERY, ok(document.to_string()));
    fixture
}

/// Whom the token is taken for; else status and code of the refusal.
fn outcome(fixture: &Fixture, token: &str) -> Result<String, (u16, String)> {
    let request = fixture.request(Method::GET, token);
    let response = answered(fixture.handle("get_whoami", &request, ""));
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    match response.status {
        StatusCode::OK => Ok(text("user")),
        status => Err((status.as_u16(), text("code"))),
    }
}

fn refusal(status: u16, code: &str) -> Result<String, (u16, String)> {
    Err((status, code.to_owned()))
}

#[test]
fn an_introspected_token_may_tell_no_end_and_is_then_believed_for_a_minute() {
    let fixture = fixture(&json!({"client_secret": "secret"}));
    let active = json!({"active": true, "sub": "alice", "client_id": "app"});
    fixture
        .environment
        .answer(INTROSPECTION, ok(active.to_string()));
    assert_eq!(outcome(&fixture, "opaque"), Ok("alice".to_owned()));
    fixture
        .environment
        .answer(INTROSPECTION, ok(json!({"active": false}).to_string()));
    fixture
        .environment
        .advance(std::time::Duration::from_secs(59));
    assert_eq!(outcome(&fixture, "opaque"), Ok("alice".to_owned()));
    assert_eq!(fixture.environment.count(INTROSPECTION), 1);
    fixture
        .environment
        .advance(std::time::Duration::from_secs(1));
    assert_eq!(outcome(&fixture, "opaque"), refusal(401, "token_inactive"));
}

#[test]
fn an_end_that_the_introspection_tells_holds() {
    for (exp, expected) in [
        (json!(START.as_secs() + 1), Ok("alice".to_owned())),
        (json!(START.as_secs() - 61), refusal(401, "token_expired")),
        (json!("soon"), refusal(401, "token_claim_invalid")),
        (json!(null), Ok("alice".to_owned())),
        (
            json!((START.as_secs() + 1) * 1000),
            refusal(401, "token_claim_invalid"),
        ),
    ] {
        let fixture = fixture(&json!({"client_secret": "secret"}));
        let active = json!({"active": true, "sub": "alice", "client_id": "app", "exp": exp});
        fixture
            .environment
            .answer(INTROSPECTION, ok(active.to_string()));
        assert_eq!(outcome(&fixture, "opaque"), expected, "{exp}");
    }
}

#[test]
fn the_provider_is_asked_about_its_own_tokens_and_those_that_only_it_can_read() {
    let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let jwt = |claims: Value| {
        let header = encoded(r#"{"alg":"RS256"}"#);
        format!("{header}.{}.AAAA", encoded(&claims.to_string()))
    };
    let sealed = format!("{}.e30.e30.e30.e30", encoded(r#"{"alg":"dir"}"#));
    let accepted = || Ok("alice".to_owned());
    for (case, token, expected) in [
        ("opaque", "opaque".to_owned(), accepted()),
        ("its JWT", jwt(json!({"iss": ISSUER})), accepted()),
        ("a JWT that names nobody", jwt(json!({})), accepted()),
        ("a JWE", sealed, accepted()),
        (
            "somebody else's JWT",
            jwt(json!({"iss": "https://other.example"})),
            refusal(401, "token_issuer_unknown"),
        ),
        (
            "nobody's JWT",
            jwt(json!({"iss": 5})),
            refusal(401, "token_claim_invalid"),
        ),
    ] {
        for validation in ["introspection", "userinfo"] {
            let settings = json!({"client_secret": "secret", "token_validation": validation});
            let fixture = fixture(&settings);
            let response = json!({"active": true, "sub": "alice", "client_id": "app"});
            fixture
                .environment
                .answer(INTROSPECTION, ok(response.to_string()));
            fixture
                .environment
                .answer(USERINFO, ok(response.to_string()));
            assert_eq!(outcome(&fixture, &token), expected, "{case}");
            assert_eq!(
                fixture.environment.urls().is_empty(),
                expected.is_err(),
                "{case}"
            );
        }
    }
}

#[test]
fn a_jwt_without_end_is_refused_whatever_else_the_provider_could_be_asked() {
    let fixture = fixture(&json!({"client_secret": "secret", "userinfo": true}));
    let token = fixture.token(&json!({"exp": null}));
    assert_eq!(
        outcome(&fixture, &token),
        refusal(401, "token_claim_invalid")
    );
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
}

#[test]
fn userinfo_vouches_for_nobody_whom_it_does_not_name() {
    let fixture = fixture(&json!({"token_validation": "userinfo", "user_claim": "email"}));
    for (response, expected) in [
        (
            json!({"email": "alice@example.com"}),
            refusal(503, "identity_provider_invalid"),
        ),
        (
            json!({"email": "alice@example.com", "sub": "alice"}),
            Ok("alice@example.com".to_owned()),
        ),
    ] {
        fixture
            .environment
            .answer(USERINFO, ok(response.to_string()));
        assert_eq!(outcome(&fixture, "opaque"), expected, "{response}");
    }
}

#[test]
fn a_claim_that_a_rule_names_and_the_token_lacks_is_asked_for_once_a_minute() {
    let fixture = fixture(&json!({"userinfo": true, "required_claims": "groups=staff"}));
    let staff = json!({"sub": "alice", "groups": ["staff"]});
    fixture.environment.answer(USERINFO, ok(staff.to_string()));
    let token = fixture.token(&json!({}));
    for _ in 0..2 {
        assert_eq!(outcome(&fixture, &token), Ok("alice".to_owned()));
    }
    assert_eq!(fixture.environment.count(USERINFO), 1);

    let guests = json!({"sub": "alice", "groups": ["guests"]});
    fixture.environment.answer(USERINFO, ok(guests.to_string()));
    fixture
        .environment
        .advance(std::time::Duration::from_secs(60));
    assert_eq!(
        outcome(&fixture, &token),
        refusal(403, "required_claims_not_met")
    );
}

#[test]
fn what_the_token_says_itself_is_neither_asked_for_nor_replaced() {
    let fixture = fixture(&json!({
        "userinfo": true,
        "required_claims": "groups=staff",
        "admin_claims": "roles=admin",
    }));
    let response = json!({"sub": "alice", "groups": ["staff"], "roles": ["admin"]});
    fixture
        .environment
        .answer(USERINFO, ok(response.to_string()));
    let guest = fixture.token(&json!({"groups": ["guests"], "roles": ["none"]}));
    assert_eq!(
        outcome(&fixture, &guest),
        refusal(403, "required_claims_not_met")
    );
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
    let without_roles = fixture.token(&json!({"groups": ["guests"]}));
    assert_eq!(
        outcome(&fixture, &without_roles),
        refusal(403, "required_claims_not_met")
    );
    assert_eq!(fixture.environment.count(USERINFO), 1);
}

#[test]
fn userinfo_changes_nothing_of_whom_the_token_is_for() {
    let all = json!({
        "sub": "alice", "groups": ["staff"], "aud": "app", "azp": "web", "client_id": "web", "scope": "chat",
    });
    for (changes, claims, expected) in [
        (
            json!({}),
            json!({"aud": "other"}),
            refusal(401, "token_audience_refused"),
        ),
        (
            json!({}),
            json!({"aud": null}),
            refusal(401, "token_audience_refused"),
        ),
        (
            json!({"audience": "app", "client_id": "web"}),
            json!({}),
            refusal(401, "token_client_refused"),
        ),
        (
            json!({"scopes": "chat"}),
            json!({}),
            refusal(403, "insufficient_scope"),
        ),
    ] {
        let mut settings = json!({"userinfo": true, "required_claims": "groups=staff"});
        settings
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        let fixture = fixture(&settings);
        fixture.environment.answer(USERINFO, ok(all.to_string()));
        let token = fixture.token(&claims);
        assert_eq!(outcome(&fixture, &token), expected, "{changes} {claims}");
        assert_eq!(fixture.environment.urls(), Vec::<String>::new());
    }
}

#[test]
fn a_further_claim_is_the_same_persons_or_nobody_is_let_in() {
    let staff = |sub: &str| ok(json!({"sub": sub, "groups": ["staff"]}).to_string());
    let rows: [(FetchResult, _); 6] = [
        (staff("bob"), refusal(401, "token_claim_invalid")),
        (
            ok(json!({"groups": ["staff"]}).to_string()),
            refusal(503, "identity_provider_invalid"),
        ),
        (status(401), refusal(401, "token_inactive")),
        (status(403), refusal(403, "insufficient_scope")),
        (status(500), refusal(503, "identity_provider_unavailable")),
        (
            Err(TransportError::Timeout),
            refusal(503, "identity_provider_unavailable"),
        ),
    ];
    for (response, expected) in rows {
        let fixture = fixture(&json!({"userinfo": true, "required_claims": "groups=staff"}));
        let described = format!("{response:?}");
        fixture.environment.answer(USERINFO, response);
        let token = fixture.token(&json!({}));
        assert_eq!(outcome(&fixture, &token), expected, "{described}");
    }
}

/// With `groups` in the token or without: who the person is must not depend on what the client asked for.
#[test]
fn who_the_user_is_does_not_depend_on_which_other_claim_the_token_lacks() {
    let settings = |user_claim: &str| {
        json!({
            "userinfo": true,
            "user_claim": user_claim,
            "required_claims": "groups=staff",
            "service_accounts": "allow",
        })
    };
    let about = |claims: Value| {
        let mut response = json!({"sub": "alice", "groups": ["staff"]});
        response
            .as_object_mut()
            .unwrap()
            .extend(claims.as_object().unwrap().clone());
        response
    };
    let user = |user: &str| Ok(user.to_owned());
    let rows = [
        (
            "employee_id sub",
            json!({}),
            about(json!({"employee_id": "e1"})),
            user("e1"),
            1,
        ),
        (
            "employee_id sub",
            json!({"employee_id": null}),
            about(json!({"employee_id": "e1"})),
            user("e1"),
            1,
        ),
        (
            "employee_id sub",
            json!({"employee_id": "e2"}),
            about(json!({"employee_id": "e1"})),
            user("e2"),
            0,
        ),
        (
            "employee_id sub",
            json!({}),
            about(json!({})),
            user("alice"),
            1,
        ),
        (
            "org.id sub",
            json!({"org": {"id": "o1"}}),
            about(json!({"org": {"id": "o2"}})),
            user("o1"),
            0,
        ),
        (
            "sub employee_id",
            json!({}),
            about(json!({"employee_id": "e1"})),
            user("alice"),
            0,
        ),
        (
            "email",
            json!({"email": "a@example.com"}),
            about(json!({"email_verified": false})),
            refusal(403, "email_not_verified"),
            1,
        ),
        (
            "email",
            json!({"email": "a@example.com", "email_verified": true}),
            about(json!({"email_verified": false})),
            user("a@example.com"),
            0,
        ),
        (
            "employee_id",
            json!({"gty": "client-credentials", "azp": "job"}),
            about(json!({"employee_id": "e1"})),
            user("service:job"),
            0,
        ),
    ];
    for (user_claim, claims, response, expected, requests) in rows {
        for with_groups in [true, false] {
            // A client's token that lacks a claim of a rule is asked about, and its answer names no person.
            if !with_groups && claims.get("gty").is_some() {
                continue;
            }
            let fixture = fixture(&settings(user_claim));
            fixture
                .environment
                .answer(USERINFO, ok(response.to_string()));
            let mut claims = claims.clone();
            if with_groups {
                claims["groups"] = json!(["staff"]);
            }
            let case = format!("{user_claim} {claims}");
            assert_eq!(
                outcome(&fixture, &fixture.token(&claims)),
                expected,
                "{case}"
            );
            let requests = if with_groups { requests } else { 1 };
            assert_eq!(fixture.environment.count(USERINFO), requests, "{case}");
        }
    }
}

#[test]
fn nobody_is_asked_about_what_cannot_be_a_token() {
    let modes = [
        json!({}),
        json!({"client_secret": "secret"}),
        json!({"client_secret": "secret", "token_validation": "introspection"}),
        json!({"token_validation": "userinfo"}),
        json!({"userinfo": true, "required_claims": "groups=staff"}),
    ];
    for mode in modes {
        let fixture = fixture(&mode);
        for response in [INTROSPECTION, USERINFO] {
            fixture.environment.answer(
                response,
                ok(json!({"active": true, "sub": "alice"}).to_string()),
            );
        }
        let texts = [
            "undefined",
            "null",
            "[object Object]",
            "Bearer abc",
            "\"\"",
            "\"abc\"",
            "app-0123456789",
        ];
        for text in texts {
            let expected = refusal(401, "token_malformed");
            assert_eq!(outcome(&fixture, text), expected, "{text} with {mode}");
        }
        assert_eq!(fixture.environment.urls(), Vec::<String>::new(), "{mode}");
        let lines = format!("{:?}", fixture.environment.lines());
        assert!(!lines.contains("app-0123456789"), "{lines}");
    }
}

#[test]
fn an_answer_about_another_issuers_token_is_refused() {
    for mode in [
        json!({"client_secret": "secret"}),
        json!({"token_validation": "userinfo"}),
    ] {
        for (iss, expected) in [
            (ISSUER, Ok("alice".to_owned())),
            (
                "https://other.example",
                refusal(401, "token_issuer_unknown"),
            ),
        ] {
            let fixture = fixture(&mode);
            let response = json!({"active": true, "sub": "alice", "client_id": "app", "iss": iss});
            for address in [INTROSPECTION, USERINFO] {
                fixture
                    .environment
                    .answer(address, ok(response.to_string()));
            }
            assert_eq!(outcome(&fixture, "opaque"), expected, "{iss} with {mode}");
        }
    }
}

/// A client asks for exactly the scopes of the challenge: with `openid` alone it would come back without the others.
#[test]
fn a_challenge_for_userinfo_names_the_scopes_of_the_setting_too() {
    for (mode, scopes, expected) in [
        (
            json!({"userinfo": true, "required_claims": "groups=staff"}),
            "chat files",
            "openid chat files",
        ),
        (
            json!({"userinfo": true, "required_claims": "groups=staff"}),
            "openid chat",
            "openid chat",
        ),
        (
            json!({"token_validation": "userinfo"}),
            "chat",
            "openid chat",
        ),
        (json!({"token_validation": "userinfo"}), "", "openid"),
    ] {
        let mut settings = mode.clone();
        settings["scopes"] = json!(scopes);
        let fixture = fixture(&settings);
        fixture.environment.answer(USERINFO, status(403));
        let token = fixture.token(&json!({"scope": scopes}));
        let response =
            answered(fixture.handle("get_whoami", &fixture.request(Method::GET, &token), ""));
        let challenge = response
            .headers
            .get("www-authenticate")
            .unwrap()
            .to_str()
            .unwrap();
        let start =
            format!("Bearer realm=\"dify\", error=\"insufficient_scope\", scope=\"{expected}\", ");
        assert!(
            challenge.starts_with(&start),
            "{mode} {scopes}: {challenge}"
        );
    }
}
