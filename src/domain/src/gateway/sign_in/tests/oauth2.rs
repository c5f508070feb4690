//! Providers of OAuth 2.0 without OpenID: who somebody is says the userinfo endpoint, at the login and at every check.

use serde_json::{Value, json};

use super::provider::{REVOCATION, TOKEN, USERINFO};
use super::*;
use crate::environment::fake::{ok, respond, status};
use crate::session::KeptToken;

/// An endpoint whose provider has these three endpoints and a place to revoke tokens.
fn fixture() -> Fixture {
    Fixture::new(&json!({
        "provider_kind": "oauth2",
        "provider_endpoints": format!(
            "authorization=https://idp.example/authorize token={TOKEN} userinfo={USERINFO} revocation={REVOCATION}"
        ),
        "user_claim": "id",
        "required_claims": "team=chat",
    }))
}

fn sign_in(fixture: &Fixture, person: &Value) -> (Browser, Response) {
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    assert_eq!((login.get("scope"), login.nonce()), ("", ""));
    let tokens = json!({"id_token": null, "scope": "a,b"});
    fixture
        .environment
        .answer_once(TOKEN, fixture.provider.tokens("", &tokens));
    fixture.environment.answer(USERINFO, ok(person.to_string()));
    let response = fixture.open(&mut browser, &login.callback());
    (browser, response)
}

#[test]
fn the_userinfo_endpoint_says_who_has_signed_in() {
    for (person, expected) in [
        (
            json!({"id": 42, "login": "octo", "team": "chat"}),
            (303, String::new()),
        ),
        (
            json!({"id": 42, "team": "other"}),
            (403, "required_claims_not_met".to_owned()),
        ),
        (
            json!({"login": "octo", "team": "chat"}),
            (403, "user_claim_missing".to_owned()),
        ),
    ] {
        let fixture = fixture();
        let (browser, response) = sign_in(&fixture, &person);
        assert_eq!(
            (response.status.as_u16(), refusal(&response).1),
            expected,
            "{person}"
        );
        let Some(session) = fixture.session(&browser) else {
            continue;
        };
        assert_eq!(session.person().caller.user.as_str(), "42");
        assert_eq!(session.person().name.as_deref(), Some("octo"));
        assert_eq!(session.person().caller.scopes, ["a", "b"]);
        assert!(matches!(session.token(), Some(KeptToken::Access(_))));
    }
}

#[test]
fn a_check_asks_with_the_access_token_who_it_is_now() {
    let inactive = &[("www-authenticate", "Bearer error=\"invalid_token\"")];
    let unauthorized = respond(http::StatusCode::UNAUTHORIZED, inactive, "");
    for (answer, expected) in [
        (ok(r#"{"id":42,"team":"chat"}"#), (200, json!(true))),
        (
            ok(r#"{"id":42,"team":"other"}"#),
            (401, json!("session_ended")),
        ),
        (
            ok(r#"{"id":43,"team":"chat"}"#),
            (401, json!("session_ended")),
        ),
        (unauthorized, (401, json!("session_ended"))),
        (status(500), (200, json!(false))),
    ] {
        let fixture = fixture();
        let (mut browser, _) = sign_in(&fixture, &json!({"id": 42, "team": "chat"}));
        fixture.environment.advance(16 * MINUTE);
        fixture.environment.answer(USERINFO, answer);
        let response = fixture.fetch(&mut browser, "/auth/refresh", "");
        let body = json_of(&response);
        let found = match response.status.as_u16() {
            200 => (200, body["provider_reachable"].clone()),
            status => (status, body["code"].clone()),
        };
        assert_eq!(found, expected);
        assert_eq!(fixture.provider.asked(), 1, "nothing is refreshed");
    }
}

#[test]
fn a_logout_revokes_the_access_token() {
    let fixture = fixture();
    let (mut browser, _) = sign_in(&fixture, &json!({"id": 42, "team": "chat"}));
    let response = fixture.fetch(&mut browser, "/auth/logout", "");
    assert_eq!(
        json_of(&response)["location"],
        format!("{BASE}/auth/logged-out")
    );
    let revoked = fixture.provider.last_form(REVOCATION);
    assert!(revoked.contains(&("token_type_hint".to_owned(), "access_token".to_owned())));
    assert_eq!(fixture.provider.asked(), 1);
}
