//! `POST /auth/refresh` and `GET /auth/session`: when the provider is asked, what it can say, and who gets its answer.

use futures::FutureExt;
use http::HeaderValue;
use serde_json::{Value, json};

use super::provider::{KEYS, TOKEN, USERINFO};
use super::*;
use crate::environment::Environment;
use crate::environment::TransportError;
use crate::environment::fake::{FetchResult, ok, poll_once, respond, status};
use crate::session::KeptToken;

/// Past the time of a check, and before it is overdue.
const DUE: Duration = Duration::from_secs(16 * 60);

/// Alice, signed in, whose check is due.
fn due(settings: &Value) -> (Fixture, Browser) {
    let fixture = Fixture::new(settings);
    let browser = fixture.signed_in(&json!({}));
    fixture.environment.advance(DUE);
    (fixture, browser)
}

fn refresh(fixture: &Fixture, browser: &mut Browser) -> Response {
    fixture.fetch(browser, "/auth/refresh", "")
}

fn token(fixture: &Fixture, browser: &Browser) -> Option<String> {
    match fixture.session(browser)?.token()? {
        KeptToken::Access(token) => Some(token.reveal().to_owned()),
        KeptToken::Refresh(token) => Some(token.reveal().to_owned()),
    }
}

/// Status and code, or the members that the page depends on.
fn outcome(response: &Response) -> (u16, Value) {
    let body = json_of(response);
    match response.status.as_u16() {
        200 => (200, body["provider_reachable"].clone()),
        status => (status, body["code"].clone()),
    }
}

fn goes_on() -> (u16, Value) {
    (200, json!(true))
}

fn unreachable() -> (u16, Value) {
    (200, json!(false))
}

fn ended() -> (u16, Value) {
    (401, json!("session_ended"))
}

fn expired() -> (u16, Value) {
    (401, json!("session_expired"))
}

#[test]
fn the_page_learns_who_is_signed_in_and_nobody_else_does() {
    let fixture = Fixture::new(&json!({"admin_claims": "sub=alice"}));
    let mut browser = Browser::default();
    let response = fixture.fetch(&mut browser, "/auth/session", "");
    assert_eq!(json_of(&response), json!({"signed_in": false}));
    let response = refresh(&fixture, &mut browser);
    assert_eq!(outcome(&response), (401, json!("session_missing")));

    fixture.sign_in(&mut browser, &json!({}));
    fixture.environment.advance(MINUTE);
    for path in ["/auth/session", "/auth/refresh"] {
        let response = fixture.fetch(&mut browser.clone(), path, "");
        let expected = json!({
            "signed_in": true, "user": "alice", "name": "Alice", "is_admin": true, "closed_operations": [],
            "expires_in": 12 * 3600 - 60, "check_in": 14 * 60, "provider_reachable": true,
        });
        assert_eq!(json_of(&response), expected, "{path}");
        assert_eq!(response.headers["cache-control"], "no-store");
        let sets = response.headers.contains_key("set-cookie");
        assert_eq!(sets, path == "/auth/refresh");
    }
    let other = fixture.signed_in(&json!({"sub": "bob"}));
    let other = fixture.page_token(&other).unwrap();
    type Change = Box<dyn Fn(&mut HeaderMap)>;
    let with = |name: &'static str, value: &str| -> Change {
        let value = HeaderValue::from_str(value).unwrap();
        Box::new(move |headers| drop(headers.insert(name, value.clone())))
    };
    let without =
        |name: &'static str| -> Change { Box::new(move |headers| drop(headers.remove(name))) };
    for (what, change, get, post) in [
        (
            "no page token",
            without("x-gateway-page"),
            (401, "page_token_missing"),
            (401, "page_token_missing"),
        ),
        (
            "another's",
            with("x-gateway-page", &other),
            (409, "session_changed"),
            (409, "session_changed"),
        ),
        (
            "none at all",
            with("x-gateway-page", "x"),
            (409, "session_changed"),
            (409, "session_changed"),
        ),
        (
            "another site",
            with("sec-fetch-site", "cross-site"),
            (403, "cross_origin_refused"),
            (403, "cross_origin_refused"),
        ),
        (
            "a sister site",
            with("sec-fetch-site", "same-site"),
            (403, "cross_origin_refused"),
            (403, "cross_origin_refused"),
        ),
        (
            "another origin",
            with("origin", "https://evil.example"),
            (403, "cross_origin_refused"),
            (403, "cross_origin_refused"),
        ),
        (
            "no origin",
            with("origin", "null"),
            (403, "cross_origin_refused"),
            (403, "cross_origin_refused"),
        ),
        (
            "neither of both",
            Box::new(|headers: &mut HeaderMap| {
                headers.remove("origin");
                headers.remove("sec-fetch-site");
            }),
            (200, ""),
            (403, "cross_origin_refused"),
        ),
    ] {
        let asked = fixture.provider.asked();
        for (path, expected) in [
            ("/auth/session", get),
            ("/auth/refresh", post),
            ("/auth/logout", post),
        ] {
            let token = fixture.page_token(&browser);
            let mut headers = browser.fetch(path, token.as_deref());
            change(&mut headers);
            let response = fixture.respond(&fixture.request(path, headers), "");
            let (status, code) = refusal(&response);
            assert_eq!((status, code.as_str()), expected, "{what} at {path}");
            assert!(
                status == 200 || !text(&response).contains("alice"),
                "{what}"
            );
        }
        assert_eq!(fixture.provider.asked(), asked, "{what}");
        assert_eq!(
            refresh(&fixture, &mut browser.clone()).status,
            200,
            "{what}: still signed in"
        );
    }
}

#[test]
fn what_was_checked_a_moment_ago_needs_no_provider() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = fixture.signed_in(&json!({}));
    for (wait, asked) in [(7, 1), (1, 2), (7, 2)] {
        fixture.environment.advance(wait * MINUTE);
        if asked == 2 && wait == 1 {
            fixture.provider.issue(&json!({}), &json!({}));
        }
        assert_eq!(outcome(&refresh(&fixture, &mut browser)), goes_on());
        assert_eq!(fixture.provider.asked(), asked, "after {wait} minutes");
    }
}

#[test]
fn h36_fifty_refreshes_at_once_use_the_token_once_and_all_get_the_new_one() {
    let (fixture, browser) = due(&json!({}));
    fixture.environment.hold(TOKEN);
    fixture
        .provider
        .issue(&json!({}), &json!({"refresh_token": "new"}));
    let page_token = fixture.page_token(&browser);
    let headers = browser.fetch("/auth/refresh", page_token.as_deref());
    let requests: Vec<_> = (0..50)
        .map(|_| fixture.request("/auth/refresh", headers.clone()))
        .collect();
    let mut answers: Vec<_> = requests
        .iter()
        .map(|request| fixture.answer(request, "").boxed_local())
        .collect();
    for answer in &mut answers {
        assert!(poll_once(answer.as_mut()).is_pending());
    }
    fixture.environment.run_background();
    fixture.environment.release(TOKEN);
    for answer in answers {
        let response = fixture.environment.run(answer);
        let mut tab = browser.clone();
        tab.keep(&response);
        assert_eq!(token(&fixture, &tab).as_deref(), Some("new"));
    }
    assert_eq!(fixture.provider.asked(), 2);
}

#[test]
fn h37_h100_whoever_has_missed_the_answer_gets_it_again_for_as_long_as_the_cookie_counts() {
    for rotated in [
        json!({"refresh_token": "new"}),
        json!({"refresh_token": null}),
    ] {
        let (fixture, old) = due(&json!({}));
        let kept = token(&fixture, &old).unwrap();
        fixture
            .provider
            .issue(&json!({"name": "Alice B."}), &rotated);
        let mut first = old.clone();
        refresh(&fixture, &mut first);
        let expected = rotated["refresh_token"]
            .as_str()
            .unwrap_or(&kept)
            .to_owned();
        for (wait, asked) in [
            (Duration::from_secs(30), 2),
            (14 * MINUTE, 2),
            (5 * MINUTE, 2),
        ] {
            fixture.environment.advance(wait);
            let mut late = old.clone();
            assert_eq!(outcome(&refresh(&fixture, &mut late)), goes_on());
            assert_eq!(token(&fixture, &late), Some(expected.clone()));
            assert_eq!(fixture.provider.asked(), asked, "{rotated} after {wait:?}");
        }
        // It belongs to the cookie that has asked: the new one asks anew.
        fixture.provider.issue(&json!({}), &rotated);
        refresh(&fixture, &mut first);
        assert_eq!(fixture.provider.asked(), 3, "{rotated}");
        fixture.environment.advance(MINUTE);
        fixture.provider.issue(&json!({}), &rotated);
        refresh(&fixture, &mut old.clone());
        assert_eq!(
            fixture.provider.asked(),
            4,
            "{rotated}: nothing is kept any more"
        );
    }
}

#[test]
fn two_sessions_with_the_same_refresh_token_each_get_a_check_of_their_own() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let mut copies = Vec::new();
    for _ in 0..2 {
        // The second login of the same person keeps the page secret.
        let login = fixture.begin(&mut browser, "");
        let same = json!({"refresh_token": "same"});
        fixture
            .provider
            .issue(&json!({"nonce": login.nonce()}), &same);
        fixture.open(&mut browser, &login.callback());
        copies.push(browser.clone());
    }
    fixture.environment.advance(DUE);
    let mut ids = Vec::new();
    for copy in &mut copies {
        let before = fixture.session(copy).unwrap().id();
        let same = json!({"refresh_token": "same"});
        fixture.provider.issue(&json!({}), &same);
        refresh(&fixture, copy);
        assert_eq!(fixture.session(copy).unwrap().id(), before);
        ids.push(before);
    }
    assert_ne!(ids[0], ids[1]);
    assert_eq!(fixture.provider.asked(), 4);
}

#[test]
fn h38_four_tabs_over_two_intervals_ask_twice() {
    let (fixture, mut browser) = due(&json!({}));
    for _ in 0..2 {
        fixture.provider.issue(&json!({}), &json!({}));
        for _ in 0..4 {
            assert_eq!(outcome(&refresh(&fixture, &mut browser)), goes_on());
            fixture.environment.advance(Duration::from_secs(20));
        }
        fixture.environment.advance(DUE);
    }
    assert_eq!(fixture.provider.asked(), 3, "the login and two checks");
}

#[test]
fn h101_what_says_nothing_of_the_person_keeps_the_session_and_everything_else_ends_it() {
    let error = |status: u16, code: &str| {
        let status = http::StatusCode::from_u16(status).unwrap();
        let body = json!({"error": code}).to_string();
        respond(status, &[("content-type", "application/json")], body)
    };
    let temporary = [
        "invalid_client",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "invalid_request",
        "server_error",
        "temporarily_unavailable",
        "slow_down",
    ];
    let mut rows: Vec<(String, FetchResult, _)> = vec![
        (
            "timeout".into(),
            Err(TransportError::Timeout),
            unreachable(),
        ),
        (
            "no answer".into(),
            Err(TransportError::Connect),
            unreachable(),
        ),
        ("a web page".into(), ok("<html>"), unreachable()),
        ("invalid_grant".into(), error(400, "invalid_grant"), ended()),
        ("unheard_of".into(), error(400, "unheard_of"), ended()),
        (
            "interaction_required".into(),
            error(400, "interaction_required"),
            ended(),
        ),
    ];
    for code in [404, 408, 425, 429, 500, 502, 503] {
        rows.push((format!("status {code}"), status(code), unreachable()));
    }
    for code in temporary {
        rows.push((code.to_owned(), error(400, code), unreachable()));
    }
    for (name, answer, expected) in rows {
        // Nothing to fall back on for another place of the secret.
        let (fixture, mut browser) = due(&json!({"client_authentication": "post"}));
        fixture.environment.answer_once(TOKEN, answer);
        let response = refresh(&fixture, &mut browser);
        assert_eq!(outcome(&response), expected, "{name}");
        assert_eq!(
            browser.session().is_some(),
            expected == unreachable(),
            "{name}"
        );
        assert_ne!(fixture.step("session_check")["outcome"], "ok", "{name}");
    }
}

#[test]
fn h39_a_provider_that_is_down_signs_nobody_out_and_comes_back_by_itself() {
    let (fixture, mut browser) = due(&json!({}));
    fixture.environment.answer(TOKEN, status(503));
    for minute in 0..40 {
        let response = refresh(&fixture, &mut browser);
        assert_eq!(outcome(&response), unreachable(), "minute {minute}");
        assert_eq!(json_of(&response)["check_in"], 60);
        fixture.environment.advance(MINUTE);
    }
    fixture.provider.issue(&json!({}), &json!({}));
    assert_eq!(outcome(&refresh(&fixture, &mut browser)), goes_on());
    let last_check = fixture.session(&browser).unwrap().last_check();
    assert_eq!(last_check.as_secs(), fixture.environment.now().as_secs());
}

#[test]
fn a_check_that_has_failed_is_not_tried_again_for_half_a_minute() {
    let (fixture, mut browser) = due(&json!({}));
    fixture.environment.answer(TOKEN, status(503));
    for (wait, asked) in [(0, 2), (29, 2), (1, 3)] {
        fixture.environment.advance(Duration::from_secs(wait));
        refresh(&fixture, &mut browser);
        assert_eq!(fixture.provider.asked(), asked, "after {wait} s");
    }
}

#[test]
fn h41_h105_a_new_id_token_is_of_the_same_person_and_login() {
    let start = crate::environment::fake::START.as_secs();
    for (claims, expected) in [
        (json!({"auth_time": null}), goes_on()),
        (json!({"auth_time": start + 600}), goes_on()),
        (json!({"auth_time": start - 600}), goes_on()),
        (json!({"sid": "another"}), goes_on()),
        (json!({"sub": "bob"}), ended()),
        (json!({"nonce": "another"}), ended()),
        (json!({"iss": "https://evil.example"}), ended()),
        (json!({"aud": "another"}), ended()),
        (json!({"exp": start}), ended()),
    ] {
        let (fixture, mut browser) = due(&json!({}));
        fixture.provider.issue(&claims, &json!({}));
        let response = refresh(&fixture, &mut browser);
        assert_eq!(outcome(&response), expected, "{claims}");
        let step = fixture.step("session_check");
        assert_eq!(step["outcome"] == "ok", expected == goes_on(), "{claims}");
        let is_earlier = claims["auth_time"] == json!(start - 600);
        assert_eq!(
            step["outcome"] == "ok" && step.get("detail").is_some(),
            is_earlier,
            "{claims}"
        );
        assert_eq!(
            browser.session().is_some(),
            expected == goes_on(),
            "{claims}"
        );
    }
    // No ID token at all says nothing new.
    let (fixture, mut browser) = due(&json!({}));
    fixture
        .provider
        .issue(&json!({}), &json!({"id_token": null}));
    assert_eq!(outcome(&refresh(&fixture, &mut browser)), goes_on());
}

#[test]
fn a_signature_that_nobody_can_check_now_is_no_end_of_a_session_and_a_wrong_one_is() {
    for (key_id, keys, expected) in [
        ("k2", status(500), unreachable()),
        ("k2", ok(r#"{"keys":[]}"#), unreachable()),
        ("k1", status(500), ended()),
    ] {
        let (fixture, mut browser) = due(&json!({}));
        let mut other = FakeProvider::new(&FakeEnvironment::new(), &json!({}));
        other.key = other.key.with_key_id(key_id);
        fixture.environment.answer(KEYS, keys);
        let exp = fixture.environment.now().as_secs() + 300;
        let id_token = other.id_token(&json!({"exp": exp}));
        let answer = fixture.provider.tokens(&id_token, &json!({}));
        fixture.environment.answer_once(TOKEN, answer);
        assert_eq!(
            outcome(&refresh(&fixture, &mut browser)),
            expected,
            "{key_id}"
        );
    }
}

#[test]
fn the_rules_are_judged_anew_at_every_check() {
    let rules = json!({"required_claims": "groups=chat", "admin_claims": "groups=lead"});
    let groups = |groups: &[&str]| json!({"groups": groups});
    for (claims, userinfo, expected, is_admin) in [
        (groups(&["chat", "lead"]), None, goes_on(), true),
        (groups(&["chat"]), None, goes_on(), false),
        (groups(&["none"]), None, ended(), false),
        (
            json!(null),
            Some(ok(r#"{"sub":"alice","groups":["chat","lead"]}"#)),
            goes_on(),
            true,
        ),
        (
            json!(null),
            Some(ok(r#"{"sub":"alice","groups":["none"]}"#)),
            ended(),
            false,
        ),
        (
            json!(null),
            Some(ok(r#"{"sub":"bob","groups":["chat"]}"#)),
            ended(),
            false,
        ),
        (json!(null), Some(status(500)), unreachable(), true),
        (
            json!(null),
            Some(respond(
                http::StatusCode::UNAUTHORIZED,
                &[("www-authenticate", "Bearer error=\"invalid_token\"")],
                "",
            )),
            ended(),
            false,
        ),
    ] {
        let fixture = Fixture::new(&rules);
        let mut browser = fixture.signed_in(&groups(&["chat", "lead"]));
        fixture.environment.advance(DUE);
        if let Some(answer) = userinfo {
            fixture.environment.answer(USERINFO, answer);
        }
        match &claims {
            Value::Null => fixture
                .provider
                .issue(&json!({}), &json!({"id_token": null})),
            claims => fixture.provider.issue(claims, &json!({})),
        }
        let response = refresh(&fixture, &mut browser);
        assert_eq!(outcome(&response), expected, "{claims}");
        if let Some(session) = fixture.session(&browser) {
            assert_eq!(session.caller().is_admin, is_admin, "{claims}");
        }
    }
}

#[test]
fn without_an_id_token_who_somebody_is_stays_and_what_decided_access_must_be_said_again() {
    let rules = json!({
        "required_claims": "groups=chat", "admin_claims": "roles=lead", "user_claim": "email, sub",
        "input_claims": "mail=email",
    });
    let login = |roles: &[&str]| {
        json!({
            "email": "alice@example.com", "email_verified": true, "groups": ["chat"], "roles": roles,
        })
    };
    let both = |groups: [&str; 1], roles: [&str; 1]| json!({"groups": groups, "roles": roles});
    let user = |members: Value| Some(merged(json!({"sub": "alice"}), &members));
    for (roles, userinfo, expected, is_admin) in [
        (["lead"], user(json!({})), expired(), true),
        (["none"], user(json!({})), expired(), true),
        (["lead"], user(json!({"roles": ["lead"]})), expired(), true),
        (["lead"], user(json!({"groups": ["chat"]})), expired(), true),
        (
            ["none"],
            user(json!({"groups": ["chat"]})),
            goes_on(),
            false,
        ),
        (["lead"], user(both(["chat"], ["none"])), goes_on(), false),
        (["none"], user(both(["chat"], ["lead"])), goes_on(), true),
        (["lead"], user(both(["chat"], ["lead"])), goes_on(), true),
        (["lead"], user(both(["none"], ["lead"])), ended(), true),
        (
            ["lead"],
            user(json!({"groups": [], "roles": []})),
            ended(),
            true,
        ),
        (
            ["lead"],
            user(merged(
                both(["chat"], ["lead"]),
                &json!({"email": "bob@example.com"}),
            )),
            ended(),
            true,
        ),
        (["lead"], user(json!({"sub": "bob"})), ended(), true),
        (["none"], None, expired(), true),
    ] {
        let document = match &userinfo {
            Some(_) => json!({}),
            None => json!({"userinfo_endpoint": null}),
        };
        let fixture = Fixture::at(&rules, &document);
        let mut browser = fixture.signed_in(&login(&roles));
        fixture.environment.advance(DUE);
        if let Some(claims) = &userinfo {
            fixture.environment.answer(USERINFO, ok(claims.to_string()));
        }
        fixture
            .provider
            .issue(&json!({}), &json!({"id_token": null}));
        let response = refresh(&fixture, &mut browser);
        assert_eq!(outcome(&response), expected, "{roles:?} {userinfo:?}");
        let Some(session) = fixture.session(&browser) else {
            continue;
        };
        let caller = session.caller();
        assert_eq!(caller.user.as_str(), "alice@example.com", "{userinfo:?}");
        assert_eq!(caller.is_admin, is_admin, "{roles:?} {userinfo:?}");
        assert_eq!(
            caller.claims.get("email"),
            Some(&json!("alice@example.com"))
        );
        assert_eq!(session.last_check(), fixture.environment.now());
    }
}

#[test]
fn a_claim_that_opened_an_operation_must_be_said_again_too() {
    let rules = json!({"operation_rules": "audio: roles=speaker"});
    for (role, userinfo, expected) in [
        (
            "speaker",
            json!({"sub": "alice", "roles": "speaker"}),
            goes_on(),
        ),
        ("speaker", json!({"sub": "alice"}), expired()),
        ("nobody", json!({"sub": "alice"}), goes_on()),
    ] {
        let fixture = Fixture::new(&rules);
        let mut browser = fixture.signed_in(&json!({"roles": role}));
        fixture.environment.advance(DUE);
        fixture
            .environment
            .answer(USERINFO, ok(userinfo.to_string()));
        fixture
            .provider
            .issue(&json!({}), &json!({"id_token": null}));
        let response = refresh(&fixture, &mut browser);
        assert_eq!(outcome(&response), expected, "{role} {userinfo}");
    }
}

#[test]
fn the_line_of_a_request_names_the_user_of_its_session() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = fixture.signed_in(&json!({}));
    let known = fixture.step("login")["user"].clone();
    assert!(known.is_string());
    // The logout asks for a last ID token.
    fixture.provider.fail(400, "invalid_grant");
    for path in ["/auth/session", "/auth/refresh", "/auth/logout"] {
        let without = browser.fetch(path, None);
        fixture.respond(&fixture.request(path, without), "");
        assert_eq!(fixture.step("request").get("user"), None, "{path}");
        fixture.fetch(&mut browser, path, "");
        assert_eq!(fixture.step("request")["user"], known, "{path}");
    }
}

#[test]
fn a_session_that_has_ended_stays_so_for_every_copy_of_its_cookie() {
    let (fixture, mut browser) = due(&json!({}));
    let copy = browser.clone();
    fixture.provider.fail(400, "invalid_grant");
    assert_eq!(outcome(&refresh(&fixture, &mut browser)), ended());
    assert_eq!(browser.session(), None);
    let response = fixture.fetch(&mut copy.clone(), "/auth/session", "");
    assert_eq!(outcome(&response), (401, json!("session_revoked")));
}

#[test]
fn h102_without_a_refresh_token_the_session_ends_after_an_hour() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    fixture.provider.issue(
        &json!({"nonce": login.nonce()}),
        &json!({"refresh_token": null}),
    );
    fixture.open(&mut browser, &login.callback());
    assert!(
        fixture.step("login")["detail"]
            .as_str()
            .unwrap()
            .starts_with("no refresh token came")
    );
    for _ in 0..3 {
        fixture.environment.advance(15 * MINUTE);
        let response = refresh(&fixture, &mut browser);
        assert_eq!(outcome(&response), goes_on());
    }
    assert_eq!(fixture.provider.asked(), 1);
    fixture.environment.advance(15 * MINUTE);
    let response = refresh(&fixture, &mut browser);
    assert_eq!(outcome(&response), (401, json!("session_expired")));
}

#[test]
fn a_session_ends_where_nobody_uses_it_and_a_page_in_the_background_is_no_use() {
    for (body, expected) in [
        (r#"{"active":true}"#, goes_on()),
        ("", goes_on()),
        ("{}", goes_on()),
        (r#"{"active":false}"#, (401, json!("session_expired"))),
    ] {
        let fixture = Fixture::new(&json!({"session_limits": "hours=12 idle=60 check=30"}));
        let mut browser = fixture.signed_in(&json!({}));
        let mut last = goes_on();
        for _ in 0..4 {
            fixture.environment.advance(29 * MINUTE);
            fixture.provider.issue(&json!({}), &json!({}));
            last = outcome(&fixture.fetch(&mut browser, "/auth/refresh", body));
            if last.0 != 200 {
                break;
            }
        }
        assert_eq!(last, expected, "{body}");
        assert_eq!(browser.session().is_some(), expected == goes_on());
    }
    let fixture = Fixture::new(&json!({}));
    let mut browser = fixture.signed_in(&json!({}));
    for body in [r#"{"active":1}"#, "[]", "active=true", &"x".repeat(2000)] {
        let response = fixture.fetch(&mut browser, "/auth/refresh", body);
        assert_eq!(
            refusal(&response),
            (400, "bad_request".to_owned()),
            "{body}"
        );
    }
}

#[test]
fn h106_a_session_whose_check_is_overdue_goes_on_after_one_refresh() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = fixture.signed_in(&json!({}));
    fixture.environment.advance(HOUR);
    let response = fixture.fetch(&mut browser, "/auth/session", "");
    assert_eq!(json_of(&response)["check_in"], 0);
    fixture.provider.issue(&json!({}), &json!({}));
    assert_eq!(outcome(&refresh(&fixture, &mut browser)), goes_on());
}

#[test]
fn changed_policy_or_keys_end_every_session() {
    for settings in [
        json!({"app_key": "app-another"}),
        json!({"client_secret": "another"}),
        json!({"required_claims": "groups=chat"}),
        json!({"user_claim": "email"}),
        json!({"client_id": "another"}),
    ] {
        let mut fixture = Fixture::new(&json!({}));
        let browser = fixture.signed_in(&json!({}));
        let token = fixture.page_token(&browser);
        fixture.settings = merged(fixture.settings.clone(), &settings);
        let headers = browser.fetch("/auth/refresh", token.as_deref());
        let response = fixture.respond(&fixture.request("/auth/refresh", headers), "");
        assert_eq!(
            outcome(&response),
            (401, json!("session_missing")),
            "{settings}"
        );
    }
}
