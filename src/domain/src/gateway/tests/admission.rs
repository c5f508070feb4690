use http::Method;
use serde_json::json;

use super::{APP_KEY, Fixture, answered, headers, refused, relayed};

#[test]
fn who_may_not_in_is_refused_without_a_request_to_anybody() {
    let fixture = Fixture::new(&json!({"required_claims": "groups=staff"}));
    let now = crate::environment::fake::START.as_secs();
    let cases = [
        (
            json!({"groups": ["staff"], "exp": now - 61}),
            (401, "token_expired"),
        ),
        (
            json!({"groups": ["staff"], "nbf": now + 61}),
            (401, "token_not_yet_valid"),
        ),
        (
            json!({"groups": ["staff"], "iss": "https://evil.example"}),
            (401, "token_issuer_unknown"),
        ),
        (
            json!({"groups": ["staff"], "aud": "other"}),
            (401, "token_audience_refused"),
        ),
        (
            json!({"groups": ["staff"], "sub": null}),
            (403, "user_claim_missing"),
        ),
        (
            json!({"groups": ["staff"], "sub": "DEFAULT-USER"}),
            (403, "user_claim_unusable"),
        ),
        (
            json!({"groups": ["guests"]}),
            (403, "required_claims_not_met"),
        ),
        (json!({}), (403, "required_claims_not_met")),
    ];
    for (claims, (status, code)) in cases {
        let outcome = fixture.chat(&claims, r#"{"query":"q","inputs":{},"user":"mallory"}"#);
        assert_eq!(refused(outcome), (status, code.to_owned()), "{claims}");
    }
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
}

#[test]
fn a_good_token_opens_nothing_in_query_cookie_or_body() {
    let fixture = Fixture::new(&json!({}));
    let token = fixture.token(&json!({}));
    let mut request = fixture.request(Method::POST, "");
    request.query = format!("access_token={token}&token={token}");
    request.headers = headers(&[
        ("cookie", &format!("access_token={token}")),
        ("x-access-token", &token),
        ("content-type", "application/json"),
    ]);
    let body = json!({"query": "q", "inputs": {}, "access_token": token}).to_string();
    let outcome = fixture.handle("post_chat_messages", &request, &body);
    assert_eq!(refused(outcome), (401, "token_missing".to_owned()));
}

#[test]
fn a_token_that_was_good_is_judged_again_at_every_request() {
    let fixture = Fixture::new(&json!({}));
    let request = fixture.request(Method::POST, &fixture.token(&json!({})));
    let body = r#"{"query":"q","inputs":{}}"#;
    relayed(fixture.handle("post_chat_messages", &request, body));
    fixture
        .environment
        .advance(std::time::Duration::from_secs(361));
    assert_eq!(
        refused(fixture.handle("post_chat_messages", &request, body)),
        (401, "token_expired".to_owned())
    );
}

#[test]
fn a_good_signature_of_one_endpoint_says_nothing_at_another() {
    let fixture = Fixture::new(&json!({}));
    let other = Fixture::new(&json!({}));
    let token = fixture.token(&json!({}));
    relayed(fixture.handle(
        "get_conversations",
        &fixture.request(Method::GET, &token),
        "",
    ));
    let mut request = fixture.request(Method::GET, &token);
    request.endpoint = "e2".to_owned();
    request.settings = other.settings.to_string();
    assert_eq!(
        refused(fixture.handle("get_conversations", &request, "")),
        (401, "token_signature_invalid".to_owned())
    );
}

#[test]
fn changed_settings_hold_from_the_next_request_on() {
    let fixture = Fixture::new(&json!({}));
    let mut request = fixture.request(Method::GET, &fixture.token(&json!({})));
    relayed(fixture.handle("get_conversations", &request, ""));
    let mut settings = fixture.settings.clone();
    settings["client_id"] = json!("another");
    request.settings = settings.to_string();
    assert_eq!(
        refused(fixture.handle("get_conversations", &request, "")),
        (401, "token_audience_refused".to_owned())
    );
}

#[test]
fn every_mistake_in_the_settings_is_told_and_none_of_the_secrets() {
    let fixture =
        Fixture::new(&json!({"issuer": "not a url", "client_id": "", "clock_skew": "900"}));
    let response =
        answered(fixture.handle("get_conversations", &fixture.request(Method::GET, "x"), ""));
    let body = String::from_utf8(response.body).unwrap();
    assert_eq!(response.status.as_u16(), 503);
    for setting in ["issuer", "client_id", "clock_skew"] {
        assert!(body.contains(setting), "{setting} in {body}");
    }
    assert!(!body.contains(APP_KEY));
}

#[test]
fn tokens_with_made_up_tenants_cost_no_request_and_push_out_no_provider() {
    let fixture = Fixture::new(&json!({
        "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
        "required_claims": "tid=11111111-1111-1111-1111-111111111111",
        "user_format": "hashed",
        "user_hash_key": "0123456789abcdef",
        "jwks": "",
    }));
    for number in 0..200 {
        let tenant = format!("22222222-2222-2222-2222-{number:012}");
        let iss = format!("https://login.microsoftonline.com/{tenant}/v2.0");
        let outcome = fixture.chat(&json!({"iss": iss, "tid": tenant}), "{}");
        assert_eq!(
            refused(outcome),
            (403, "required_claims_not_met".to_owned()),
            "{tenant}"
        );
    }
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
}

#[test]
fn a_token_that_does_not_say_for_whom_it_is_opens_nothing() {
    let endpoints = "authorization=https://idp.example/a, token=https://idp.example/t, \
                     userinfo=https://idp.example/u";
    for (kind, endpoints, user_claim) in [
        ("github", "", "id"),
        ("feishu", "", "open_id"),
        ("oauth2", endpoints, "id"),
    ] {
        let fixture = Fixture::new(&json!({
            "provider_kind": kind,
            "provider_endpoints": endpoints,
            "user_claim": user_claim,
            "required_claims": "anybody",
            "token_validation": "auto",
            "jwks": "",
            "client_secret": "secret",
            "sign_in": "on",
            "public_url": "https://chat.example.com",
        }));
        for token in [fixture.token(&json!({})), "gho_opaque".to_owned()] {
            let request = fixture.request(Method::GET, &token);
            let refusal = answered(fixture.handle("get_conversations", &request, ""));
            let body: serde_json::Value = serde_json::from_slice(&refusal.body).unwrap();
            let message = format!(
                "This endpoint takes no tokens that clients bring by themselves: its `provider_kind` is `{kind}`, whose \
                 tokens do not say which application they are for. Sign in with a browser at the endpoint's own page."
            );
            assert_eq!(refusal.status, 401);
            assert_eq!(body["code"], "token_audience_refused");
            assert_eq!(body["message"], message);
        }
        assert_eq!(fixture.environment.urls(), Vec::<String>::new());
    }
}
