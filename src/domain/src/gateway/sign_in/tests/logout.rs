//! `POST /auth/logout` and `POST /auth/backchannel-logout`.

use http::Method;
use serde_json::{Value, json};

use super::provider::{REVOCATION, TOKEN};
use super::*;
use crate::environment::Environment;
use crate::environment::fake::status;

/// Where the page goes after a logout.
fn log_out(fixture: &Fixture, browser: &mut Browser) -> Url {
    let response = fixture.fetch(browser, "/auth/logout", "");
    assert_eq!(response.status, 200, "{}", text(&response));
    assert_eq!(browser.session(), None);
    Url::parse(json_of(&response)["location"].as_str().unwrap()).unwrap()
}

fn parameters(address: &Url) -> HashMap<String, String> {
    address.query_pairs().into_owned().collect()
}

/// The code that the session's page gets, or the empty text.
fn session_code(fixture: &Fixture, browser: &Browser) -> String {
    refusal(&fixture.fetch(&mut browser.clone(), "/auth/session", "")).1
}

#[test]
fn h42_a_logout_ends_the_session_here_and_leads_to_the_end_of_the_providers_own() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = fixture.signed_in(&json!({}));
    let fresh = fixture.provider.id_token(&json!({"login_hint": "hint"}));
    let answer = fixture
        .provider
        .tokens(&fresh, &json!({"refresh_token": "last"}));
    fixture.environment.answer_once(TOKEN, answer);
    let address = log_out(&fixture, &mut browser);
    assert!(address.as_str().starts_with("https://idp.example/logout?"));
    let mut parameters = parameters(&address);
    assert_eq!(parameters.remove("state").unwrap().len(), 22);
    let expected = [
        ("client_id", "app"),
        ("id_token_hint", fresh.as_str()),
        ("logout_hint", "hint"),
        (
            "post_logout_redirect_uri",
            "https://dify.example/e/abcdefghijklmnop/auth/logged-out",
        ),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(parameters, HashMap::from(expected));
    let revoked = fixture.provider.last_form(REVOCATION);
    assert!(
        revoked.contains(&("token".to_owned(), "last".to_owned())),
        "{revoked:?}"
    );
    assert_eq!(fixture.step("logout")["outcome"], "ok");
}

#[test]
fn h43_a_cookie_that_was_copied_before_the_logout_is_worth_nothing_after_it() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    fixture.finish(&mut browser, &login, &json!({}));
    let copy = browser.clone();
    assert_eq!(session_code(&fixture, &copy), "");
    fixture.provider.fail(500, "server_error");
    log_out(&fixture, &mut browser);
    assert_eq!(session_code(&fixture, &copy), "session_revoked");
    let response = fixture.fetch(&mut copy.clone(), "/auth/refresh", "");
    assert_eq!(refusal(&response), (401, "session_revoked".to_owned()));
    // The back button leads to the callback, whose result is still kept.
    let response = fixture.open(&mut browser, &login.callback());
    assert_eq!(refusal(&response), (400, "sign_in_failed".to_owned()));
    assert_eq!(browser.session(), None);
}

#[test]
fn h45_a_logout_comes_to_an_end_whatever_the_provider_does() {
    for (document, answer, expected) in [
        (
            json!({"end_session_endpoint": null}),
            status(500),
            format!("{BASE}/auth/logged-out"),
        ),
        (
            json!({}),
            status(500),
            "https://idp.example/logout".to_owned(),
        ),
    ] {
        let fixture = Fixture::at(&json!({}), &document);
        let mut browser = fixture.signed_in(&json!({}));
        fixture.environment.answer(TOKEN, answer.clone());
        fixture.environment.answer(REVOCATION, answer);
        let address = log_out(&fixture, &mut browser);
        assert!(!parameters(&address).contains_key("id_token_hint"));
        let without_query = address.as_str().split('?').next().unwrap();
        assert_eq!(without_query, expected);
        let has_endpoint = document == json!({});
        let outcome = if has_endpoint {
            "ok"
        } else {
            "provider_session_goes_on"
        };
        assert_eq!(fixture.step("logout")["outcome"], outcome);
    }
}

#[test]
fn an_id_token_that_is_too_long_for_an_address_is_no_hint() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = fixture.signed_in(&json!({}));
    fixture
        .provider
        .issue(&json!({"groups": vec!["group"; 1000]}), &json!({}));
    let address = log_out(&fixture, &mut browser);
    assert!(!parameters(&address).contains_key("id_token_hint"));
    assert_eq!(parameters(&address)["client_id"], "app");
}

#[test]
fn a_logout_uses_the_token_that_a_check_has_brought_although_the_cookie_does_not_know_it() {
    let fixture = Fixture::new(&json!({}));
    let browser = fixture.signed_in(&json!({}));
    fixture.environment.advance(16 * MINUTE);
    fixture
        .provider
        .issue(&json!({}), &json!({"refresh_token": "rotated"}));
    fixture.fetch(&mut browser.clone(), "/auth/refresh", "");
    fixture
        .provider
        .issue(&json!({}), &json!({"refresh_token": null}));
    log_out(&fixture, &mut browser.clone());
    let used = fixture.provider.last_form(TOKEN);
    assert!(
        used.contains(&("refresh_token".to_owned(), "rotated".to_owned())),
        "{used:?}"
    );
}

#[test]
fn h44_nothing_but_the_page_signs_anybody_out() {
    let fixture = Fixture::new(&json!({}));
    let browser = fixture.signed_in(&json!({}));
    let token = fixture.page_token(&browser).unwrap();
    for (what, method, page_token, site) in [
        ("an image", Method::GET, None, "cross-site"),
        ("a form of another site", Method::POST, None, "cross-site"),
        (
            "a fetch without the page token",
            Method::POST,
            None,
            "same-origin",
        ),
        (
            "a fetch of another site",
            Method::POST,
            Some(token.as_str()),
            "cross-site",
        ),
        ("a GET", Method::GET, Some(token.as_str()), "same-origin"),
    ] {
        let mut headers = browser.fetch("/auth/logout", page_token);
        headers.insert("sec-fetch-site", site.parse().unwrap());
        let mut request = fixture.request("/auth/logout", headers);
        request.method = method;
        let response = fixture.respond(&request, "");
        assert_ne!(response.status, 303, "{what}");
        assert!(!response.headers.contains_key("set-cookie"), "{what}");
        assert_eq!(session_code(&fixture, &browser), "", "{what}");
    }
}

#[test]
fn a_browser_without_scripts_signs_out_by_a_form_that_only_a_window_gets() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = fixture.signed_in(&json!({}));
    let get = |headers: HeaderMap| {
        let mut request = fixture.request("/auth/logout", headers);
        request.method = Method::GET;
        fixture.respond(&request, "")
    };
    let token = fixture.page_token(&browser).unwrap();
    let form = get(browser.navigation("/auth/logout"));
    assert!(text(&form).contains(&token));
    assert_eq!(
        form.headers["referrer-policy"], "same-origin",
        "or `Origin` is null"
    );
    for (name, value) in [("sec-fetch-dest", "iframe"), ("sec-fetch-mode", "cors")] {
        let mut headers = browser.navigation("/auth/logout");
        headers.insert(name, value.parse().unwrap());
        let response = get(headers);
        assert_eq!(
            refusal(&response),
            (400, "navigation_required".to_owned()),
            "{value}"
        );
        assert!(!text(&response).contains(&token), "{value}");
    }
    let nobody = get(Browser::default().navigation("/auth/logout"));
    assert!(!text(&nobody).contains("<form"), "{}", text(&nobody));

    let post = |browser: &Browser, body: &str, site: &str| {
        let mut headers = browser.navigation("/auth/logout");
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        headers.insert("content-type", form.parse().unwrap());
        headers.insert("sec-fetch-site", site.parse().unwrap());
        fixture.respond(&fixture.request("/auth/logout", headers), body)
    };
    let other = fixture.signed_in(&json!({"sub": "bob"}));
    let others = fixture.page_token(&other).unwrap();
    for (body, site, expected) in [
        (String::new(), "same-origin", (401, "page_token_missing")),
        (
            format!("page_token={others}"),
            "same-origin",
            (409, "session_changed"),
        ),
        (
            format!("page_token={token}"),
            "cross-site",
            (403, "cross_origin_refused"),
        ),
        (
            format!("page_token={token}&page_token={token}"),
            "same-origin",
            (400, "bad_request"),
        ),
    ] {
        let (status, code) = refusal(&post(&browser, &body, site));
        assert_eq!((status, code.as_str()), expected, "{body} {site}");
        assert_eq!(session_code(&fixture, &browser), "", "{body} {site}");
    }
    fixture.provider.issue(&json!({}), &json!({}));
    let response = post(&browser, &format!("page_token={token}"), "same-origin");
    assert_eq!(response.status, 200);
    assert!(
        text(&response).contains("https://idp.example/logout?"),
        "{}",
        text(&response)
    );
    browser.keep(&response);
    assert_eq!(browser.session(), None);
}

/// A back-channel logout with this token.
fn notice(fixture: &Fixture, token: &str) -> (u16, String) {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", token)
        .finish();
    let mut headers = HeaderMap::new();
    headers.insert(
        "content-type",
        "application/x-www-form-urlencoded".parse().unwrap(),
    );
    let response = fixture.respond(&fixture.request("/auth/backchannel-logout", headers), &body);
    assert_eq!(response.headers["cache-control"], "no-store");
    match response.status.as_u16() {
        200 => (200, String::new()),
        _ => refusal(&response),
    }
}

fn logout_claims(fixture: &Fixture) -> Value {
    let now = fixture.environment.now().as_secs();
    json!({
        "iss": ISSUER, "aud": "app", "iat": now, "exp": now + 120, "jti": "j1", "sub": "alice",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    })
}

/// A logout token; null removes a claim.
fn logout_token(fixture: &Fixture, changes: &Value) -> String {
    let claims = merged(logout_claims(fixture), changes);
    fixture.provider.sign(claims, Some("logout+jwt"))
}

#[test]
fn h58_h59_a_logout_token_ends_the_sessions_that_it_names_and_no_others() {
    let by_sid = json!({"sid": "s1"});
    for (token, first, second, bob) in [
        (by_sid.clone(), "session_revoked", "", ""),
        (json!({"sid": "s1", "sub": null}), "session_revoked", "", ""),
        (json!({"sid": "s1", "sub": "bob"}), "", "", ""),
        (json!({}), "session_revoked", "session_revoked", ""),
        (json!({"sub": "bob"}), "", "", "session_revoked"),
    ] {
        let fixture = Fixture::new(&json!({}));
        let sessions = [
            fixture.signed_in(&by_sid),
            fixture.signed_in(&json!({"sid": "s2"})),
            fixture.signed_in(&json!({"sub": "bob", "sid": "s3"})),
        ];
        fixture.environment.advance(MINUTE);
        assert_eq!(
            notice(&fixture, &logout_token(&fixture, &token)).0,
            200,
            "{token}"
        );
        let codes = sessions
            .each_ref()
            .map(|browser| session_code(&fixture, browser));
        assert_eq!(codes, [first, second, bob], "{token}");
        let later = fixture.signed_in(&json!({"sid": "s4"}));
        assert_eq!(
            session_code(&fixture, &later),
            "",
            "{token}: one that was begun later"
        );
        assert_eq!(fixture.step("back_channel_logout")["outcome"], "ok");
    }
}

#[test]
fn h60_a_token_that_is_no_logout_token_of_this_client_ends_nothing() {
    let fixture = Fixture::new(&json!({}));
    let browser = fixture.signed_in(&json!({"sid": "s1"}));
    fixture.environment.advance(MINUTE);
    let now = fixture.environment.now().as_secs();
    let other = FakeProvider::new(&FakeEnvironment::new(), &json!({}));
    let forged = other.sign(logout_claims(&fixture), Some("logout+jwt"));
    let mut tokens = vec![
        forged,
        "x".to_owned(),
        String::new(),
        fixture.provider.id_token(&json!({})),
    ];
    for changes in [
        json!({"events": null}),
        json!({"events": {}}),
        json!({"nonce": "n"}),
        json!({"aud": "another"}),
        json!({"iss": "https://evil.example"}),
        json!({"iat": now - 600}),
        json!({"iat": now + 600}),
        json!({"exp": now - 120}),
        json!({"jti": null}),
        json!({"sub": null}),
    ] {
        tokens.push(logout_token(&fixture, &changes));
    }
    for token in tokens {
        assert_eq!(
            notice(&fixture, &token),
            (400, "bad_request".to_owned()),
            "{token}"
        );
        assert_eq!(session_code(&fixture, &browser), "", "{token}");
        assert_eq!(
            fixture.step("back_channel_logout")["outcome"],
            "bad_request"
        );
    }
}

#[test]
fn a_logout_token_counts_once() {
    let fixture = Fixture::new(&json!({}));
    fixture.environment.advance(MINUTE);
    let token = logout_token(&fixture, &json!({}));
    assert_eq!(notice(&fixture, &token).0, 200);
    assert_eq!(notice(&fixture, &token), (400, "bad_request".to_owned()));
    assert_eq!(
        notice(&fixture, &logout_token(&fixture, &json!({"jti": "j2"}))).0,
        200
    );
}
