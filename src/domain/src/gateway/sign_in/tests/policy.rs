//! Who somebody is and what they may do: decided at the login by the rules for bearer tokens, and kept in the session.

use serde_json::{Value, json};

use super::*;
use crate::environment::fake::status;

/// The end of a login with these settings and these claims.
fn end(settings: &Value, claims: &Value) -> Result<Session, (u16, String)> {
    let fixture = Fixture::new(settings);
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    let response = fixture.finish(&mut browser, &login, claims);
    fixture.session(&browser).ok_or_else(|| refusal(&response))
}

#[test]
fn the_rules_decide_as_for_a_bearer_token() {
    let groups: Vec<String> = (0..300)
        .map(|number| format!("group-{number:04}"))
        .collect();
    for (settings, claims, expected) in [
        (json!({}), json!({}), Ok(("alice", false))),
        (
            json!({"required_claims": "groups=group-0299", "admin_claims": "groups=group-0000"}),
            json!({"groups": groups}),
            Ok(("alice", true)),
        ),
        (
            json!({"required_claims": "groups=staff"}),
            json!({"groups": groups}),
            Err((403, "required_claims_not_met")),
        ),
        (
            json!({"user_claim": "email"}),
            json!({"email": "a@x.example", "email_verified": true}),
            Ok(("a@x.example", false)),
        ),
        (
            json!({"user_claim": "email"}),
            json!({"email": "a@x.example", "email_verified": false}),
            Err((403, "email_not_verified")),
        ),
        (
            json!({"scopes": "chat"}),
            json!({}),
            Err((403, "insufficient_scope")),
        ),
    ] {
        let found = end(&settings, &claims);
        let found = found.map(|session| {
            let caller = session.caller();
            (caller.user.as_str().to_owned(), caller.is_admin)
        });
        let expected = expected.map(|(user, is_admin)| (user.to_owned(), is_admin));
        assert_eq!(
            found,
            expected.map_err(|(status, code)| (status, code.to_owned())),
            "{settings}"
        );
    }
}

#[test]
fn h28_the_session_keeps_the_claims_of_inputs_and_no_others() {
    let declared = json!({"user_input_form": [{"text-input": {"variable": "__oidc_email"}}]});
    let claims = json!({"email": "a@x.example", "groups": vec!["g"; 300]});
    for (settings, dify, expected) in [
        (
            json!({"input_claims": "none"}),
            ok(declared.to_string()),
            json!({}),
        ),
        (
            json!({"input_claims": null}),
            ok(declared.to_string()),
            json!({"email": "a@x.example"}),
        ),
        (json!({"input_claims": null}), status(500), json!({})),
        (
            json!({"input_claims": "mail=email"}),
            status(500),
            json!({"email": "a@x.example"}),
        ),
    ] {
        let fixture = Fixture::new(&settings);
        fixture.environment.answer(PARAMETERS, dify);
        let browser = fixture.signed_in(&claims);
        let caller = fixture.session(&browser).unwrap().caller();
        assert_eq!(
            Value::from(caller.claims.members().clone()),
            expected,
            "{settings}"
        );
        assert!(browser.session().unwrap().len() <= 3000);
    }
}

#[test]
fn h29_h30_a_refresh_token_that_does_not_fit_is_left_out_and_a_claim_that_does_not_is_named() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    let members = json!({"refresh_token": "r".repeat(4096)});
    fixture
        .provider
        .issue(&json!({"nonce": login.nonce()}), &members);
    let response = fixture.open(&mut browser, &login.callback());
    assert_eq!(response.status, 303, "{}", text(&response));
    assert!(fixture.session(&browser).unwrap().token().is_none());
    assert_eq!(
        fixture.step("login")["detail"],
        "refresh token not kept: 4096 bytes; the session ends after an hour"
    );

    let fixture = Fixture::new(&json!({"input_claims": "long"}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    let response = fixture.finish(&mut browser, &login, &json!({"long": "x".repeat(5000)}));
    assert_eq!(refusal(&response), (403, "session_too_large".to_owned()));
    assert!(
        text(&response).contains("`long` has 5002 bytes"),
        "{}",
        text(&response)
    );
    assert_eq!(browser.session(), None);
}

#[test]
fn h27_the_head_of_every_login_passes_nginx_whatever_the_provider_issues() {
    for (provider, length) in [
        ("Okta", 43),
        ("Cognito", 1800),
        ("Entra", 1900),
        ("Keycloak", 700),
    ] {
        let fixture = Fixture::new(&json!({}));
        let mut browser = Browser::default();
        let address = format!("?return_to=%2F%3Fc%3D{}", "x".repeat(508));
        let login = fixture.begin(&mut browser, &address);
        let members = json!({"refresh_token": "r".repeat(length)});
        fixture.provider.issue(
            &json!({"nonce": login.nonce(), "name": "N".repeat(100)}),
            &members,
        );
        let response = fixture.open(&mut browser, &login.callback());
        assert_eq!(response.status, 303, "{provider}");
        assert!(
            fixture.session(&browser).unwrap().token().is_some(),
            "{provider}"
        );
    }
}

#[test]
fn a_head_that_is_full_costs_the_address_and_not_the_session() {
    let (mut kept, mut home) = (0, 0);
    for length in (2300..2700).step_by(8) {
        let fixture = Fixture::new(&json!({}));
        let mut browser = Browser::default();
        let path = format!("/?c={}", "x".repeat(508));
        let login = fixture.begin(&mut browser, &format!("?return_to={path}"));
        let members = json!({"refresh_token": "r".repeat(length)});
        fixture
            .provider
            .issue(&json!({"nonce": login.nonce()}), &members);
        // Every head is measured there.
        let response = fixture.open(&mut browser, &login.callback());
        assert!(fixture.session(&browser).is_some(), "{length}");
        if location(&response) == format!("{BASE}{path}") {
            kept += 1;
        } else {
            assert_eq!(location(&response), format!("{BASE}/"), "{length}");
            home += 1;
        }
    }
    assert!(kept > 0 && home > 0, "{kept} kept, {home} at home");
}

#[test]
fn an_address_that_no_head_has_room_for_is_told_to_the_administrator() {
    let fixture = Fixture::new(&json!({"client_id": "x".repeat(3500)}));
    let navigation = Browser::default().navigation("/auth/login");
    let response = fixture.respond(&fixture.request("/auth/login", navigation), "");
    assert_eq!(refusal(&response), (503, "configuration_error".to_owned()));
    assert!(!response.headers.contains_key("set-cookie"));
}

#[test]
fn a_session_has_what_the_operation_rules_close_to_its_person() {
    let settings =
        json!({"operation_rules": "audio: roles=x; get_meta: scope=meta; files: nobody"});
    for (claims, closed) in [
        (
            json!({"roles": ["x"]}),
            json!(["get_file_preview", "get_meta", "post_files_upload"]),
        ),
        (
            json!({"roles": ["y"]}),
            json!([
                "get_file_preview",
                "get_meta",
                "post_audio_to_text",
                "post_files_upload",
                "post_text_to_audio"
            ]),
        ),
    ] {
        let fixture = Fixture::new(&settings);
        let mut browser = Browser::default();
        fixture.sign_in(&mut browser, &claims);
        let state = json_of(&fixture.fetch(&mut browser, "/auth/session", ""));
        assert_eq!(state["closed_operations"], closed, "{claims}");
        let response = fixture.fetch(&mut browser, "/meta", "");
        assert_eq!(refusal(&response), (403, "operation_refused".to_owned()));
    }
}
