//! `GET /auth/login`.

use std::collections::HashSet;

use http::StatusCode;
use serde_json::json;

use super::provider::{DISCOVERY, ISSUER};
use super::*;
use crate::environment::fake::status;

#[test]
fn the_authorization_request_has_what_binds_the_response_to_this_browser_and_every_value_is_new() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let first = fixture.begin(&mut browser, "");
    for (name, expected) in [
        ("response_type", "code"),
        ("client_id", "app"),
        (
            "redirect_uri",
            "https://dify.example/e/abcdefghijklmnop/auth/callback",
        ),
        ("scope", "openid profile email"),
        ("code_challenge_method", "S256"),
        ("response_mode", ""),
        ("prompt", ""),
    ] {
        assert_eq!(first.get(name), expected, "{name}");
    }
    assert!(
        first
            .address
            .as_str()
            .starts_with("https://idp.example/authorize?")
    );
    let second = fixture.begin(&mut browser, "");
    for name in ["state", "nonce", "code_challenge"] {
        assert!(first.get(name).len() >= 43, "{name}");
        assert_ne!(first.get(name), second.get(name), "{name}");
    }
    let secrets: HashSet<_> = ["nonce", "code_challenge"]
        .map(|name| first.get(name))
        .into();
    assert_eq!(secrets.len(), 2);
}

#[test]
fn nothing_that_a_request_says_of_its_host_changes_where_the_browser_is_sent() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let expected = "https://dify.example/e/abcdefghijklmnop/auth/callback";
    let mut headers = browser.navigation("/auth/login");
    for (name, value) in [
        ("x-original-host", "evil.example"),
        ("x-forwarded-proto", "http"),
        ("forwarded", "host=evil.example"),
        ("referer", "https://evil.example/"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    let response = fixture.respond(&fixture.request("/auth/login", headers), "");
    browser.keep(&response);
    let login = authorization(&response);
    assert_eq!(login.get("redirect_uri"), expected);
    let response = fixture.finish(&mut browser, &login, &json!({}));
    assert_eq!(location(&response), format!("{BASE}/"));
    let sent = fixture.provider.last_form(super::provider::TOKEN);
    assert!(sent.contains(&("redirect_uri".to_owned(), expected.to_owned())));
}

/// Its cookie would be this host's, and the provider sends the browser to the other.
#[test]
fn a_login_at_another_host_than_the_public_one_shows_the_way_there_and_begins_nothing() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    for (fields, is_elsewhere) in [
        (vec![("host", "dify.example")], false),
        (
            vec![
                ("host", "10.0.0.7:5002"),
                ("x-forwarded-host", "dify.example"),
            ],
            false,
        ),
        (vec![("host", "10.0.0.7")], true),
        (
            vec![
                ("host", "evil.example"),
                ("dify-hook-url", "https://evil.example/e/x/"),
            ],
            true,
        ),
    ] {
        let mut headers = browser.navigation("/auth/login");
        for (name, value) in &fields {
            headers.insert(*name, value.parse().unwrap());
        }
        let response = fixture.respond(
            &fixture.request("/auth/login?return_to=%2F%3Fc%3D1", headers),
            "",
        );
        browser.keep(&response);
        if is_elsewhere {
            assert_eq!(response.status, 200, "{fields:?}");
            assert!(!response.headers.contains_key("set-cookie"), "{fields:?}");
            let page = text(&response);
            assert!(page.contains(&format!("<a href=\"{BASE}/\">")), "{page}");
            assert!(
                !page.contains("evil") && !page.contains("10.0.0.7"),
                "{page}"
            );
        } else {
            assert_eq!(response.status, 303, "{fields:?}");
        }
    }
}

#[test]
fn the_scopes_are_those_of_the_settings_or_the_usual_ones_of_the_provider() {
    let offline = json!({"scopes_supported": ["openid", "offline_access"]});
    for (settings, document, scope) in [
        (json!({}), json!({}), "openid profile email"),
        (
            json!({}),
            offline.clone(),
            "openid profile email offline_access",
        ),
        (
            json!({"login_scopes": "openid groups"}),
            offline,
            "openid groups",
        ),
    ] {
        let fixture = Fixture::at(&settings, &document);
        let login = fixture.begin(&mut Browser::default(), "");
        assert_eq!(login.get("scope"), scope);
    }
}

#[test]
fn the_administrators_parameters_and_the_pages_prompt_are_added() {
    let fixture = Fixture::new(&json!({"login_parameters": "hd=example.com prompt=login"}));
    let mut browser = Browser::default();
    for (query, prompt) in [
        ("", "login"),
        ("?prompt=none", "none"),
        ("?prompt=select_account", "select_account"),
    ] {
        let login = fixture.begin(&mut browser, query);
        assert_eq!(
            (login.get("hd"), login.get("prompt")),
            ("example.com", prompt),
            "{query}"
        );
        let prompts = login
            .address
            .query_pairs()
            .filter(|(name, _)| name == "prompt");
        assert_eq!(prompts.count(), 1);
    }
    let response = fixture.open(&mut browser, "/auth/login?prompt=consent");
    assert_eq!(refusal(&response), (400, "invalid_param".to_owned()));
}

#[test]
fn h17_the_address_that_was_opened_comes_back_byte_for_byte() {
    let fixture = Fixture::new(&json!({}));
    for (return_to, expected) in [
        (
            "%2F%3Fc%3D1%26q%3Da%2526b%252Fc%2520d%26u%3Dhttps%3A%2F%2Fx%2Fy",
            "/?c=1&q=a%26b%2Fc%20d&u=https://x/y",
        ),
        ("%2F", "/"),
        ("%2F%2Fevil.example", "/"),
        ("https%3A%2F%2Fevil.example", "/"),
        ("%2Fauth%2Flogout", "/"),
        ("%2Fassets%2Fx.js", "/"),
    ] {
        let mut browser = Browser::default();
        let login = fixture.begin(&mut browser, &format!("?return_to={return_to}"));
        let response = fixture.finish(&mut browser, &login, &json!({}));
        assert_eq!(
            location(&response),
            format!("{BASE}{expected}"),
            "{return_to}"
        );
    }
}

#[test]
fn h12_ten_logins_leave_four_short_cookies_for_the_sign_in_alone() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    for _ in 0..10 {
        fixture.begin(
            &mut browser,
            &format!("?return_to=%2F%3Fc%3D{}", "x".repeat(508)),
        );
    }
    assert_eq!(browser.slots(), 4);
    let headers = browser.navigation("/auth/callback");
    assert!(
        headers["cookie"].len() <= 3 * 1024 + 512,
        "{}",
        headers["cookie"].len()
    );
    assert!(
        browser
            .fetch("/chat-messages", None)
            .get("cookie")
            .is_none()
    );
}

#[test]
fn h24_nothing_but_a_navigation_of_the_window_begins_or_ends_a_login() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    let login = fixture.begin(&mut browser, "");
    for address in ["/auth/login".to_owned(), login.callback()] {
        for (what, name, value) in [
            ("a fetch", "sec-fetch-mode", "cors"),
            ("an image", "sec-fetch-dest", "image"),
            ("a frame", "sec-fetch-dest", "iframe"),
            ("a prefetch", "sec-purpose", "prefetch"),
            ("HEAD", "x-method", "HEAD"),
        ] {
            let mut headers = browser.navigation("/auth/login");
            headers.insert(name, value.parse().unwrap());
            let mut request = fixture.request(&address, headers);
            if what == "HEAD" {
                request.method = http::Method::HEAD;
            }
            let response = fixture.respond(&request, "");
            assert_eq!(
                refusal(&response),
                (400, "navigation_required".to_owned()),
                "{what}"
            );
            for field in ["set-cookie", "location"] {
                assert!(!response.headers.contains_key(field), "{what}: {field}");
            }
        }
    }
    assert_eq!(fixture.provider.asked(), 0);
}

#[test]
fn h40_a_provider_that_is_down_is_said_with_the_time_to_come_back_and_no_cookie_changes() {
    let fixture = Fixture::new(&json!({}));
    let mut browser = Browser::default();
    fixture.environment.answer(DISCOVERY, status(500));
    let response = fixture.open(&mut browser, "/auth/login");
    assert_eq!(
        refusal(&response),
        (503, "identity_provider_unavailable".to_owned())
    );
    assert!(response.headers.contains_key("retry-after"));
    assert!(!response.headers.contains_key("set-cookie"));
}

#[test]
fn the_operations_answer_404_where_the_setting_is_off() {
    let fixture = Fixture::new(&json!({"sign_in": "off"}));
    let mut browser = Browser::default();
    for path in [
        "/auth/login",
        "/auth/callback",
        "/auth/session",
        "/auth/logged-out",
    ] {
        let response = fixture.open(&mut browser, path);
        assert_eq!(
            refusal(&response),
            (404, "sign_in_disabled".to_owned()),
            "{path}"
        );
    }
}

#[test]
fn the_address_of_another_endpoint_signs_nobody_in() {
    let fixture = Fixture::new(&json!({"public_url": "https://dify.example/e/another"}));
    let response = fixture.open(&mut Browser::default(), "/auth/login");
    assert_eq!(refusal(&response), (503, "configuration_error".to_owned()));
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!response.headers.contains_key("set-cookie"), "{ISSUER}");
}

#[test]
fn github_is_asked_for_the_organizations_that_a_rule_names_and_for_no_others() {
    for (rules, scopes) in [
        (
            json!({"required_claims": "anybody"}),
            "read:user user:email",
        ),
        (
            json!({"required_claims": "organizations=acme"}),
            "read:user user:email read:org",
        ),
        (
            json!({"required_claims": "anybody", "admin_claims": "organizations=acme"}),
            "read:user user:email read:org",
        ),
        (
            json!({"required_claims": "organizations=acme", "login_scopes": "read:user"}),
            "read:user",
        ),
    ] {
        let settings = json!({"provider_kind": "github", "issuer": "https://github.com"});
        let fixture = Fixture::new(&merged(settings, &rules));
        let login = fixture.begin(&mut Browser::default(), "");
        assert_eq!(login.get("scope"), scopes, "{rules}");
    }
}
