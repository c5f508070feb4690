//! `GET /auth/callback`: which responses of the provider begin a session, and where the browser goes with the others.

use http::Method;
use serde_json::{Value, json};

use super::provider::{TOKEN, USERINFO};
use super::*;
use crate::environment::TransportError;
use crate::environment::fake::{ok, poll_once, status};

/// Status, code, and how often the token endpoint was asked.
fn end(fixture: &Fixture, response: &Response) -> (u16, String, usize) {
    let (status, code) = match response.status.as_u16() {
        303 => (303, location(response).replace(BASE, "")),
        _ => refusal(response),
    };
    (status, code, fixture.provider.asked())
}

fn failed(asked: usize) -> (u16, String, usize) {
    (400, "sign_in_failed".to_owned(), asked)
}

fn at(path: &str, asked: usize) -> (u16, String, usize) {
    (303, path.to_owned(), asked)
}

#[test]
fn h7_a_code_becomes_a_session_with_the_verifier_of_the_challenge() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "?return_to=%2F%3Fc%3D1");
    let response = fixture.finish(&mut browser, &login, &json!({"sid": "s1"}));
    assert_eq!(end(&fixture, &response), at("/?c=1", 1));
    let form = fixture.provider.last_form(TOKEN);
    let sent: HashMap<_, _> = form.into_iter().collect();
    assert_eq!(sent["grant_type"], "authorization_code");
    assert_eq!(sent["code"], login.code());
    let verifier = crate::oauth::CodeVerifier::new(sent["code_verifier"].clone());
    assert_eq!(verifier.challenge(), login.get("code_challenge"));

    let session = fixture.session(&browser).unwrap();
    let person = session.person();
    assert_eq!(person.caller.user.as_str(), "alice");
    assert_eq!(person.name.as_deref(), Some("Alice"));
    assert_eq!(person.provider_session.as_deref(), Some("s1"));
    assert_eq!(person.caller.scopes, ["openid", "profile", "email"]);
    let step = fixture.step("login");
    assert_eq!((&step["outcome"], step.get("detail")), (&json!("ok"), None));
    assert!(!step.to_string().contains("alice"), "{step}");
}

#[test]
fn h3_h4_a_state_that_this_browser_was_not_given_redeems_nothing() {
    for change in 0..7 {
        let fixture = Fixture::new(&json!({}));
        let mut browser = Browser::default();
        let login = fixture.begin(&mut browser, "");
        let state = login.state().to_owned();
        let code = "code=c1";
        let address = match change {
            // The last character carries bits that base64url does not use, so the one before is changed.
            0 => format!("{code}&state={}", changed(&state)),
            1 => format!("{code}&state="),
            2 => code.to_owned(),
            3 => format!("{code}&state={state}&state={state}"),
            4 => format!("{code}&state={}", "x".repeat(10_000)),
            5 => format!("{code}&code=c2&state={state}"),
            // Another slot than the cookie's.
            _ => format!("{code}&state={}", state.replacen('0', "3", 1)),
        };
        let before = browser.clone();
        let response = fixture.open(&mut browser, &format!("/auth/callback?{address}"));
        assert_eq!(end(&fixture, &response), failed(0), "{address}");
        assert_eq!(browser.cookies("").len(), before.cookies("").len());
        assert_eq!(fixture.step("login")["outcome"], "sign_in_failed");
    }
    let fixture = Fixture::new(&json!({}));
    let login = fixture.begin(&mut Browser::default(), "");
    let response = fixture.open(&mut Browser::default(), &login.callback());
    assert_eq!(end(&fixture, &response), failed(0), "another browser");
}

fn changed(state: &str) -> String {
    let mut characters: Vec<char> = state.chars().collect();
    characters[20] = if characters[20] == 'A' { 'B' } else { 'A' };
    characters.into_iter().collect()
}

#[test]
fn h6_a_cookie_that_was_changed_or_is_of_another_endpoint_or_slot_counts_as_absent() {
    type Change = fn(&str) -> String;
    let changes: [(&str, Change); 4] = [
        ("cut", |value| value.split_at(value.len() - 4).0.to_owned()),
        ("extended", |value| format!("{value}AAAA")),
        ("changed", changed),
        ("garbage", |_| "AAAA".to_owned()),
    ];
    for (name, change) in changes {
        let fixture = Fixture::new(&json!({}));
        let mut browser = Browser::default();
        let login = fixture.begin(&mut browser, "");
        browser.change(change);
        let response = fixture.open(&mut browser, &login.callback());
        assert_eq!(end(&fixture, &response), failed(0), "{name}");
    }
    for settings in [
        json!({"app_key": "app-another"}),
        json!({"client_secret": "another"}),
        json!({"required_claims": "email_verified=true"}),
    ] {
        let mut fixture = Fixture::new(&json!({}));
        let mut browser = Browser::default();
        let login = fixture.begin(&mut browser, "");
        fixture.settings = merged(fixture.settings.clone(), &settings);
        let response = fixture.open(&mut browser, &login.callback());
        assert_eq!(end(&fixture, &response), failed(0), "{settings}");
    }
}

#[test]
fn h8_the_issuer_of_the_response_is_the_one_that_the_browser_was_sent_to() {
    let advertised = json!({"authorization_response_iss_parameter_supported": true});
    for (document, iss, expected) in [
        (json!({}), "", at("/", 1)),
        (json!({}), "&iss=https%3A%2F%2Fidp.example", at("/", 1)),
        (json!({}), "&iss=https%3A%2F%2Fidp.example%2F", failed(0)),
        (json!({}), "&iss=https%3A%2F%2Fevil.example", failed(0)),
        (advertised.clone(), "", failed(0)),
        (advertised, "&iss=https%3A%2F%2Fidp.example", at("/", 1)),
    ] {
        let fixture = Fixture::at(&json!({}), &document);
        let mut browser = Browser::default();
        let login = fixture.begin(&mut browser, "");
        fixture
            .provider
            .issue(&json!({"nonce": login.nonce()}), &json!({}));
        let response = fixture.open(&mut browser, &format!("{}{iss}", login.callback()));
        assert_eq!(end(&fixture, &response), expected, "{document} {iss}");
    }
}

#[test]
fn an_id_token_that_is_not_this_logins_begins_no_session() {
    let start = crate::environment::fake::START.as_secs();
    for claims in [
        json!({"nonce": null}),
        json!({"nonce": "another"}),
        json!({"nonce": ["another"]}),
        json!({"iss": "https://evil.example"}),
        json!({"aud": "another"}),
        json!({"aud": ["app", "another"]}),
        json!({"aud": ["app", "another"], "azp": "another"}),
        json!({"sub": null}),
        json!({"exp": start - 61}),
        json!({"iat": start + 301}),
        json!({"iat": start - 301}),
        json!({"iat": null}),
        json!({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
        json!({"events": {}}),
    ] {
        let fixture = Fixture::new(&json!({}));
        let mut browser = Browser::default();
        let login = fixture.begin(&mut browser, "");
        let response = fixture.finish(&mut browser, &login, &claims);
        assert_eq!(end(&fixture, &response), failed(1), "{claims}");
        assert_eq!(browser.session(), None);
    }
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    let other = FakeProvider::new(&FakeEnvironment::new(), &json!({}));
    let forged = other.id_token(&json!({"nonce": login.nonce()}));
    fixture
        .environment
        .answer_once(TOKEN, fixture.provider.tokens(&forged, &json!({})));
    let response = fixture.open(&mut browser, &login.callback());
    assert_eq!(end(&fixture, &response), failed(1), "signed by another key");
}

#[test]
fn h26_clocks_may_differ_by_less_than_the_setting() {
    let start = crate::environment::fake::START.as_secs();
    for iat in [start - 50, start + 50] {
        let fixture = Fixture::new(&json!({"clock_skew": "60"}));
        let mut browser = Browser::default();
        let login = fixture.begin(&mut browser, "");
        let response = fixture.finish(&mut browser, &login, &json!({"iat": iat}));
        assert_eq!(end(&fixture, &response), at("/", 1), "{iat}");
    }
}

#[test]
fn h5_h13_the_same_callback_again_ends_at_the_page_and_redeems_nothing() {
    let mut fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "?return_to=%2F%3Fc%3D1");
    fixture.finish(&mut browser, &login, &json!({}));
    let session = browser.session();
    let again = fixture.open(&mut browser, &login.callback());
    assert_eq!(end(&fixture, &again).2, 1);
    assert_eq!(again.status, 303);
    fixture.environment.advance(2 * MINUTE);
    let late = fixture.open(&mut browser, &login.callback());
    assert_eq!(end(&fixture, &late), at("/", 1));
    // Another process remembers no used login, and knows the session by its mark.
    fixture.restart();
    let elsewhere = fixture.open(&mut browser, &login.callback());
    assert_eq!(end(&fixture, &elsewhere), at("/?c=1", 1));
    assert_eq!(
        browser.session(),
        session,
        "no answer has changed the session"
    );
}

#[test]
fn a_reload_that_has_missed_the_answer_gets_the_same_session_and_for_a_minute_only() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    let mut lost = browser.clone();
    fixture.finish(&mut lost, &login, &json!({}));
    let response = fixture.open(&mut browser, &login.callback());
    assert_eq!(end(&fixture, &response), at("/", 1));
    let id = |browser| fixture.session(browser).unwrap().id();
    assert_eq!(id(&browser), id(&lost));

    browser.forget("_s");
    for (address, browser) in [
        (format!("{}x", login.callback()), browser.clone()),
        (login.callback().replace("code=", "code=x"), browser.clone()),
        (login.callback(), Browser::default()),
    ] {
        let response = fixture.open(&mut browser.clone(), &address);
        assert_eq!(end(&fixture, &response), failed(1), "{address}");
    }
    fixture.environment.advance(MINUTE);
    let response = fixture.open(&mut browser, &login.callback());
    assert_eq!(end(&fixture, &response), failed(1));
}

#[test]
fn h99_a_callback_that_is_reloaded_while_the_code_is_redeemed_waits_for_the_one_redemption() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    fixture.environment.hold(TOKEN);
    fixture
        .provider
        .issue(&json!({"nonce": login.nonce()}), &json!({}));
    let request = fixture.request(&login.callback(), browser.navigation("/auth/callback"));
    let mut first = Box::pin(fixture.answer(&request, ""));
    let mut second = Box::pin(fixture.answer(&request, ""));
    assert!(poll_once(first.as_mut()).is_pending());
    assert!(poll_once(second.as_mut()).is_pending());
    fixture.environment.run_background();
    fixture.environment.release(TOKEN);
    // The browser has given up the first one.
    drop(first);
    let response = fixture.environment.run(second);
    assert_eq!(end(&fixture, &response), at("/", 1));
    browser.keep(&response);
    assert!(fixture.session(&browser).is_some());
}

#[test]
fn a_second_code_for_a_login_whose_code_is_being_redeemed_is_refused() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    fixture.environment.hold(TOKEN);
    fixture
        .provider
        .issue(&json!({"nonce": login.nonce()}), &json!({}));
    let navigation = browser.navigation("/auth/callback");
    let good = fixture.request(&login.callback(), navigation.clone());
    let address = login.callback().replace("code=", "code=other-");
    let other = fixture.request(&address, navigation);
    let mut first = Box::pin(fixture.answer(&good, ""));
    let mut second = Box::pin(fixture.answer(&other, ""));
    assert!(poll_once(first.as_mut()).is_pending());
    assert!(poll_once(second.as_mut()).is_pending());
    fixture.environment.run_background();
    fixture.environment.release(TOKEN);
    let response = fixture.environment.run(second);
    assert_eq!(end(&fixture, &response), failed(1));
    assert!(!response.headers.contains_key("set-cookie"));
    let response = fixture.environment.run(first);
    assert_eq!(end(&fixture, &response), at("/", 1));
}

#[test]
fn h95_a_login_that_was_begun_before_a_restart_ends_after_it() {
    let mut fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "?return_to=%2F%3Fc%3D1");
    fixture.restart();
    let response = fixture.finish(&mut browser, &login, &json!({}));
    assert_eq!(end(&fixture, &response), at("/?c=1", 1));
    fixture.restart();
    let response = fixture.fetch(&mut browser, "/auth/session", "");
    assert_eq!(json_of(&response)["user"], "alice");
}

#[test]
fn h9_h11_logins_side_by_side_each_end_at_their_own_address_and_the_oldest_of_five_is_forgotten() {
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]] {
        let fixture = Fixture::new(&json!({}));
        let mut browser = Browser::default();
        let mut logins = Vec::new();
        for number in 0..5 {
            logins.push(fixture.begin(&mut browser, &format!("?return_to=%2F%3Fc%3D{number}")));
            fixture.environment.advance(MINUTE);
        }
        assert_eq!(browser.slots(), 4);
        for number in order {
            let signed_in = browser.session().is_some();
            let login = &logins[number];
            let response = match number {
                0 => fixture.open(&mut browser, &login.callback()),
                _ => fixture.finish(&mut browser, login, &json!({})),
            };
            let (status, end, _) = end(&fixture, &response);
            let expected = match number {
                0 if signed_in => (303, "/".to_owned()),
                0 => (400, "sign_in_failed".to_owned()),
                number => (303, format!("/?c={number}")),
            };
            assert_eq!((status, end), expected, "{order:?} {number}");
        }
    }
}

#[test]
fn h10_h14_a_login_page_that_was_left_open_begins_again_by_itself_twice_at_most() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let mut login = fixture.begin(&mut browser, "?return_to=%2F%3Fc%3D1");
    for _ in 0..2 {
        fixture.environment.advance(HOUR);
        let response = fixture.open(&mut browser, &login.callback());
        assert_eq!(response.status, 303);
        let next = authorization(&response);
        assert!(
            next.address
                .as_str()
                .starts_with("https://idp.example/authorize?")
        );
        assert_ne!(next.state(), login.state());
        login = next;
    }
    let mut last = browser.clone();
    let response = fixture.finish(&mut last, &login, &json!({}));
    assert_eq!(
        end(&fixture, &response),
        at("/?c=1", 1),
        "the address is kept"
    );
    fixture.environment.advance(HOUR);
    let response = fixture.open(&mut browser, &login.callback());
    assert_eq!(end(&fixture, &response), failed(1));
    // Signed in meanwhile, in another tab.
    let session = last.session();
    let response = fixture.open(&mut last, &login.callback());
    assert_eq!(end(&fixture, &response), at("/", 1));
    assert_eq!(last.session(), session);
}

#[test]
fn a_live_session_wins_over_every_doubtful_callback() {
    let fixture = Fixture::new(&json!({}));
    for query in [
        "code=c1&state=0unknown",
        "code=c1&state=9",
        "code=c1",
        "",
        "error=access_denied&state=0unknown",
    ] {
        let mut browser = fixture.signed_in(&json!({}));
        let (session, asked) = (browser.session(), fixture.provider.asked());
        let address = format!("/auth/callback?{query}");
        let response = fixture.open(&mut browser, &address);
        assert_eq!(end(&fixture, &response), at("/", asked), "{query}");
        assert_eq!(browser.session(), session);
        fixture.environment.advance(12 * HOUR);
        let response = fixture.open(&mut browser, &address);
        assert_eq!(
            end(&fixture, &response),
            failed(asked),
            "{query}, and the session is over"
        );
    }
}

#[test]
fn h21_an_error_of_the_provider_is_told_and_begins_no_other_login() {
    for (error, status, code) in [
        ("access_denied", 403, "sign_in_refused"),
        ("login_required", 403, "sign_in_refused"),
        ("invalid_scope", 403, "sign_in_refused"),
        ("unheard_of", 403, "sign_in_refused"),
        (
            "temporarily_unavailable",
            503,
            "identity_provider_unavailable",
        ),
    ] {
        for wait in [MINUTE, HOUR] {
            let fixture = Fixture::new(&json!({}));
            let mut browser = Browser::default();
            let login = fixture.begin(&mut browser, "");
            fixture.environment.advance(wait);
            let state = login.state();
            let description = "error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E";
            let address = format!("/auth/callback?error={error}&{description}&state={state}");
            let response = fixture.open(&mut browser, &address);
            assert_eq!(refusal(&response), (status, code.to_owned()), "{error}");
            assert!(!text(&response).contains("<script>alert"), "{error}");
            assert_eq!(fixture.provider.asked(), 0);
            assert_eq!(fixture.step("login")["outcome"], code);
        }
    }
}

#[test]
fn a_login_without_prompt_that_fails_comes_back_signed_out() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "?prompt=none&return_to=%2F%3Fc%3D1");
    let address = format!(
        "/auth/callback?error=login_required&state={}",
        login.state()
    );
    let response = fixture.open(&mut browser, &address);
    assert_eq!(end(&fixture, &response), at("/?c=1", 0));
    assert_eq!(browser.session(), None);
}

#[test]
fn h22_a_token_endpoint_that_fails_leaves_the_login_usable_and_a_code_that_is_refused_does_not() {
    let temporary: [(&str, FakeAnswer); 5] = [
        ("timeout", Err(TransportError::Timeout)),
        ("500", status(500)),
        ("web page", ok("<html>")),
        ("too large", Err(TransportError::TooLarge)),
        ("redirect", status(302)),
    ];
    for (name, answer) in temporary {
        let fixture = Fixture::new(&json!({}));
        let mut browser = Browser::default();
        let login = fixture.begin(&mut browser, "");
        fixture.environment.answer_once(TOKEN, answer);
        let response = fixture.open(&mut browser, &login.callback());
        assert_eq!(response.status, 503, "{name}: {}", text(&response));
        let response = fixture.finish(&mut browser, &login, &json!({}));
        assert_eq!(end(&fixture, &response), at("/", 2), "{name}");
    }
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    fixture.provider.fail(400, "invalid_grant");
    let response = fixture.open(&mut browser, &login.callback());
    assert_eq!(end(&fixture, &response), failed(1));
    let response = fixture.open(&mut browser, &login.callback());
    assert_eq!(end(&fixture, &response), failed(1), "asked once");
}

type FakeAnswer = crate::environment::fake::FetchResult;

#[test]
fn a_client_that_the_provider_refuses_is_the_administrators_business_and_no_secret_is_in_the_log() {
    let fixture = Fixture::new(&json!({"client_authentication": "post"}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    fixture.provider.fail(401, "invalid_client");
    let response = fixture.open(&mut browser, &login.callback());
    assert_eq!(refusal(&response), (503, "configuration_error".to_owned()));
    assert!(
        text(&response).contains("Tell the administrator"),
        "{}",
        text(&response)
    );
    let step = fixture.step("login");
    assert!(
        step["detail"].as_str().unwrap().contains("`client_secret`"),
        "{step}"
    );
    for (_, line) in fixture.environment.lines() {
        let form = fixture.provider.last_form(TOKEN);
        for (name, value) in form
            .iter()
            .filter(|(name, _)| ["code", "code_verifier"].contains(&name.as_str()))
        {
            assert!(!line.contains(value.as_str()), "{name} in {line}");
        }
        assert!(!line.contains("secret-of-the-client"), "{line}");
        assert!(!line.contains(login.state()), "{line}");
    }
}

#[test]
fn every_login_has_a_session_of_its_own_and_the_page_of_the_same_person_goes_on() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = fixture.signed_in(&json!({}));
    let first = fixture.session(&browser).unwrap();
    fixture.sign_in(&mut browser, &json!({}));
    let second = fixture.session(&browser).unwrap();
    assert_ne!(first.id(), second.id());
    assert_eq!(first.page_secret(), second.page_secret());
    fixture.sign_in(&mut browser, &json!({"sub": "bob"}));
    let third = fixture.session(&browser).unwrap();
    assert_ne!(second.page_secret(), third.page_secret());
}

#[test]
fn claims_that_decide_come_from_the_userinfo_endpoint_where_the_id_token_lacks_them() {
    let rules = json!({"required_claims": "groups=chat"});
    let userinfo = |subject: &str, groups: Value| {
        ok(json!({"sub": subject, "groups": groups, "aud": "other"}).to_string())
    };
    for (answer, expected) in [
        (userinfo("alice", json!(["chat"])), at("/", 1)),
        (
            userinfo("alice", json!(["none"])),
            (403, "required_claims_not_met".to_owned(), 1),
        ),
        (userinfo("mallory", json!(["chat"])), failed(1)),
        (
            status(500),
            (503, "identity_provider_unavailable".to_owned(), 1),
        ),
    ] {
        let fixture = Fixture::new(&rules);
        let mut browser = Browser::default();
        fixture.environment.answer(USERINFO, answer);
        let login = fixture.begin(&mut browser, "");
        let response = fixture.finish(&mut browser, &login, &json!({}));
        assert_eq!(end(&fixture, &response), expected);
    }
    // What nobody decides by cannot fail a login.
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    fixture.environment.answer(USERINFO, status(500));
    let login = fixture.begin(&mut browser, "");
    let response = fixture.finish(&mut browser, &login, &json!({"name": null}));
    assert_eq!(end(&fixture, &response), at("/", 1));
}

#[test]
fn no_answer_of_the_sign_in_has_more_than_one_cookie_or_can_be_kept_or_read_by_another_page() {
    let fixture = Fixture::new(&json!({"allowed_origins": "*"}));
    let mut browser = Browser::default();
    let mut headers = browser.navigation("/auth/login");
    headers.insert("origin", "https://evil.example".parse().unwrap());
    let mut request = fixture.request("/auth/login", headers);
    request.method = Method::GET;
    let response = fixture.respond(&request, "");
    assert_eq!(response.headers["cache-control"], "no-store");
    assert!(!response.headers.contains_key("access-control-allow-origin"));
    let login = fixture.begin(&mut browser, "");
    let response = fixture.finish(&mut browser, &login, &json!({}));
    assert_eq!(response.headers["cache-control"], "no-store");
    assert_eq!(response.headers["referrer-policy"], "no-referrer");
}

#[test]
fn health_tells_what_became_of_the_providers_token_at_the_last_login() {
    let missing = "no refresh token came. A session without one cannot be checked and ends after an hour. Allow the client refresh tokens at the provider, and have `login_scopes` ask for one; with most providers by `offline_access`.";
    let left_out = "refresh token not kept: 4000 bytes. A session cookie has room for 3000 bytes in all, so such a session cannot be checked and ends after an hour. Have the provider issue shorter tokens, or choose fewer `input_claims`.";
    for (token, expected) in [
        (json!("r"), json!({"status": "kept"})),
        (
            json!(null),
            json!({"status": "missing", "message": missing}),
        ),
        (
            json!("!".repeat(4000)),
            json!({"status": "not_kept", "length": 4000, "message": left_out}),
        ),
    ] {
        let fixture = Fixture::new(&json!({}));
        let info = "https://api.example/v1/info";
        fixture.environment.answer(info, ok("{}"));
        let mut browser = Browser::default();
        let login = fixture.begin(&mut browser, "");
        let claims = json!({"nonce": login.nonce()});
        fixture
            .provider
            .issue(&claims, &json!({"refresh_token": token}));
        let response = fixture.open(&mut browser, &login.callback());
        assert_eq!(response.status, 303, "{}", text(&response));
        let mut headers = HeaderMap::new();
        headers.insert("authorization", "Bearer app-0123456789".parse().unwrap());
        let health = fixture.respond(&fixture.request("/health", headers), "");
        assert_eq!(json_of(&health)["sign_in"]["session_token"], expected);
    }
}
