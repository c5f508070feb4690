//! The end of a sign-in: whose it is, what the provider answers, and how often it is asked.

use std::time::Duration;

use gateway_tests::sign_in::{AuthorizationRequest, ScriptedStage, changed, signed_in};
use harness::browser::{Kind, Load, Page};
use harness::{Browser, CannedResponse, Fault};
use serde_json::{Value, json};
use url::Url;

/// A login under way, whose code can be redeemed for alice.
async fn prepared(stage: &ScriptedStage, browser: &Browser, path: &str) -> AuthorizationRequest {
    let request = stage.start(browser, path).await;
    let claims = stage.id_claims(&request, "alice");
    stage.set_tokens(&stage.tokens(&claims, "refresh"));
    request
}

/// The page says why, with this status and code, and has no script and no session.
fn assert_refused(page: &Page, status: u16, code: &str, case: &str) {
    let text = page.shown.text();
    assert_eq!(
        page.shown.status,
        status,
        "{case}: {}\n{text}",
        page.trail()
    );
    assert!(text.contains(code), "{case}: no {code} in {text}");
    assert!(!text.contains("<script"), "{case}: {text}");
    assert!(
        page.shown.header("content-type").starts_with("text/html"),
        "{case}"
    );
    assert!(
        page.shown
            .set_cookies()
            .iter()
            .all(|cookie| !is_session(cookie)),
        "{case}"
    );
}

/// A session that is set, not one that is cleared.
fn is_session(cookie: &str) -> bool {
    cookie
        .split('=')
        .next()
        .is_some_and(|name| name.ends_with("_s"))
        && !cookie.contains("Max-Age=0")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_worth_nothing_in_another_browser() {
    let stage = ScriptedStage::new(&json!({})).await;
    let (ours, theirs) = (Browser::new(), Browser::new());
    let request = prepared(&stage, &ours, "/auth/login").await;
    let page = stage.come_back(&theirs, &request.callback("a-code")).await;
    assert_refused(&page, 400, "sign_in_failed", "no slot");
    assert_eq!(stage.token_requests(), 0);
    assert_eq!(theirs.cookies("localhost"), []);
    // Login CSRF: a slot of their own does not make the code theirs.
    stage.start(&theirs, "/auth/login").await;
    let page = stage.come_back(&theirs, &request.callback("a-code")).await;
    assert_refused(&page, 400, "sign_in_failed", "another slot");
    assert_eq!(stage.token_requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_is_not_ours_is_refused_before_anything_is_asked() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let request = prepared(&stage, &browser, "/auth/login").await;
    let state = request.parameter("state").to_owned();
    let (first, rest) = state.split_at(1);
    let last = if rest.ends_with('A') { 'B' } else { 'A' };
    let changed = format!("{first}{}{last}", rest.split_at(rest.len() - 1).0);
    let (long, other_slot, too_high) = ("s".repeat(10_000), format!("1{rest}"), format!("9{rest}"));
    let with_state = |state: &str| request.callback_with(&[("code", "a-code"), ("state", state)]);
    let rows = [
        with_state(&changed),
        with_state(""),
        with_state(&long),
        with_state(&other_slot),
        with_state(&too_high),
        request.callback_with(&[("code", "a-code")]),
        request.callback_with(&[("code", "a-code"), ("state", &state), ("state", &state)]),
        request.callback_with(&[("code", "a-code"), ("code", "b-code"), ("state", &state)]),
        request.callback_with(&[
            ("code", "a-code"),
            ("iss", "a"),
            ("iss", "b"),
            ("state", &state),
        ]),
        request.callback_with(&[("state", &state)]),
        request.callback_with(&[]),
    ];
    for callback in rows {
        let page = stage.come_back(&browser, &callback).await;
        assert_refused(
            &page,
            400,
            "sign_in_failed",
            callback.split_at(callback.len().min(200)).0,
        );
    }
    assert_eq!(stage.token_requests(), 0);
    signed_in(stage.come_back(&browser, &request.callback("a-code")).await);
}

/// What becomes of a slot's value.
type Change<'a> = &'a dyn Fn(&str) -> String;

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_was_changed_does_not_open() {
    let stage = ScriptedStage::new(&json!({})).await;
    let flipped = |value: &str| {
        let mut bytes = value.as_bytes().to_vec();
        let middle = bytes.len() / 2;
        bytes[middle] = if bytes[middle] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let changes: [(&str, Change); 4] = [
        ("cut", &|value| value.split_at(value.len() - 1).0.to_owned()),
        ("extended", &|value| format!("{value}A")),
        ("a bit flipped", &flipped),
        ("empty", &|_| String::new()),
    ];
    for (case, change) in changes {
        let browser = Browser::new();
        let request = prepared(&stage, &browser, "/auth/login").await;
        let slot = browser.cookies("localhost").remove(0);
        let field = format!(
            "{}={}; Path={}; HttpOnly",
            slot.name,
            change(&slot.value),
            slot.path
        );
        browser.set_cookie(&stage.stage.at("/"), &field).unwrap();
        let page = stage.come_back(&browser, &request.callback("a-code")).await;
        assert_refused(&page, 400, "sign_in_failed", case);
    }
    // The slot of one login under the name of another one.
    let browser = Browser::new();
    let request = prepared(&stage, &browser, "/auth/login").await;
    stage.start(&browser, "/auth/login").await;
    let slots = browser.cookies("localhost");
    let field = format!(
        "{}={}; Path={}; HttpOnly",
        slots[0].name, slots[1].value, slots[0].path
    );
    browser.set_cookie(&stage.stage.at("/"), &field).unwrap();
    let page = stage.come_back(&browser, &request.callback("a-code")).await;
    assert_refused(&page, 400, "sign_in_failed", "another slot's value");
    assert_eq!(stage.token_requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_comes_again_is_answered_without_asking_again() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let request = prepared(&stage, &browser, "/auth/login?return_to=%2F%3Fc%3D1").await;
    let callback = request.callback("a-code");
    let first = stage.come_back(&browser, &callback).await;
    let second = stage.come_back(&browser, &callback).await;
    for page in [&first, &second] {
        assert_eq!(page.redirects[0].status, 303, "{}", page.trail());
        assert_eq!(page.shown.status, 200, "{}", page.trail());
        assert!(
            page.shown.meta("gateway-page").is_some(),
            "{}",
            page.trail()
        );
    }
    assert_eq!(stage.token_requests(), 1);
    assert_eq!(
        first.shown.meta("gateway-page"),
        second.shown.meta("gateway-page")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_at_the_same_time_redeem_the_code_once() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let request = prepared(&stage, &browser, "/auth/login").await;
    stage
        .issuer()
        .set_fault("/token", Some(Fault::Slow(Duration::from_millis(500))));
    let callback = request.callback("a-code");
    let pages =
        futures::future::join_all((0..5).map(|_| stage.come_back(&browser, &callback))).await;
    for page in pages {
        signed_in(page);
    }
    assert_eq!(stage.token_requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_finish_in_any_order_where_each_began() {
    let stage = ScriptedStage::new(&json!({})).await;
    for order in [[0, 1], [1, 0]] {
        let browser = Browser::new();
        let paths = ["/?tab=0", "/?tab=1"];
        let mut requests = Vec::new();
        for tab in 0..2 {
            requests.push(
                stage
                    .start(
                        &browser,
                        &format!("/auth/login?return_to=%2F%3Ftab%3D{tab}"),
                    )
                    .await,
            );
        }
        for tab in order {
            let claims = stage.id_claims(&requests[tab], "alice");
            stage.set_tokens(&stage.tokens(&claims, "refresh"));
            let page = stage
                .come_back(&browser, &requests[tab].callback("a-code"))
                .await;
            assert_eq!(
                page.url().as_str(),
                stage.stage.at(paths[tab]),
                "{}",
                page.trail()
            );
            signed_in(page);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_providers_page_that_waited_too_long_begins_again_twice_at_most() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let mut request = stage
        .start(&browser, "/auth/login?return_to=%2F%3Fc%3D1")
        .await;
    for attempt in 1..=2 {
        stage.clock.advance(Duration::from_secs(20 * 60));
        let hop = browser
            .load(stage.coming_back(&request.callback("a-code")))
            .await
            .unwrap();
        assert_eq!(hop.status, 303, "attempt {attempt}: {}", hop.text());
        // It may go through the endpoint's own login.
        let hop = match hop.location().unwrap() {
            url if url.as_str().starts_with(&stage.stage.public_url()) => browser
                .load(Load::get(Kind::Document, url, None))
                .await
                .unwrap(),
            _ => hop,
        };
        request = AuthorizationRequest::of(hop);
    }
    let good = prepared_again(&stage, &request);
    stage.set_tokens(&good);
    let page = stage.come_back(&browser, &request.callback("a-code")).await;
    assert_eq!(
        page.url().as_str(),
        stage.stage.at("/?c=1"),
        "{}",
        page.trail()
    );

    let browser = Browser::new();
    let mut url = Url::parse(
        &stage
            .start(&browser, "/auth/login")
            .await
            .callback("a-code"),
    )
    .unwrap();
    let mut restarts = 0;
    for _ in 0..5 {
        stage.clock.advance(Duration::from_secs(20 * 60));
        let hop = browser.load(stage.coming_back(url.as_str())).await.unwrap();
        if hop.status != 303 {
            break;
        }
        restarts += 1;
        url = Url::parse(&AuthorizationRequest::of(hop).callback("a-code")).unwrap();
    }
    assert_eq!(restarts, 2);
    let page = stage.come_back(&browser, url.as_str()).await;
    assert_refused(&page, 400, "sign_in_failed", "the third time");
}

fn prepared_again(stage: &ScriptedStage, request: &AuthorizationRequest) -> Value {
    stage.tokens(&stage.id_claims(request, "alice"), "refresh")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_session_wins_over_every_doubtful_callback() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let tab = stage.start(&browser, "/auth/login").await;
    let alice = stage.sign_in(&browser, "alice").await;
    let rows = [
        (
            "an unknown state",
            tab.callback_with(&[("code", "c"), ("state", "0unknown")]),
        ),
        (
            "a slot that is not there",
            tab.callback_with(&[("code", "c"), ("state", "3unknown")]),
        ),
    ];
    for (case, callback) in rows {
        let page = stage.come_back(&browser, &callback).await;
        assert_eq!(
            page.url().as_str(),
            stage.stage.at("/"),
            "{case}: {}",
            page.trail()
        );
        assert_eq!(signed_in(page).token, alice.token, "{case}");
    }
    // The provider's page of the other tab waited for an hour.
    stage.clock.advance(Duration::from_secs(30 * 60));
    let page = stage.come_back(&browser, &tab.callback("a-code")).await;
    assert_eq!(page.url().as_str(), stage.stage.at("/"), "{}", page.trail());
    assert_eq!(stage.token_requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_keeps_no_cookie_gets_a_page_and_no_loop() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::without_cookies();
    let request = prepared(&stage, &browser, "/auth/login").await;
    let page = stage.come_back(&browser, &request.callback("a-code")).await;
    assert_refused(&page, 400, "sign_in_failed", "no cookies");
    assert!(page.redirects.len() <= 3, "{}", page.trail());
    assert!(
        page.shown.text().to_lowercase().contains("cookie"),
        "{}",
        page.shown.text()
    );
    assert!(
        page.shown
            .addresses()
            .iter()
            .any(|href| href.contains("/auth/login"))
            || !page.shown.forms().is_empty(),
        "no button: {}",
        page.shown.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_issuer_of_the_response_must_be_ours() {
    let stage = ScriptedStage::new(&json!({})).await;
    let issuer = stage.issuer().issuer().to_owned();
    let rows = [
        (false, Some("https://evil.example"), false),
        (false, None, true),
        (false, Some(issuer.as_str()), true),
        (true, None, false),
        (true, Some(issuer.as_str()), true),
        (true, Some("https://evil.example"), false),
    ];
    for (advertised, iss, is_taken) in rows {
        // Another address of the document, so that the one that is kept does not count.
        stage.set_metadata(&json!({"authorization_response_iss_parameter_supported": advertised}));
        stage.set(&json!({"discovery_url": format!("{issuer}/.well-known/openid-configuration?{advertised}")}));
        let browser = Browser::new();
        let request = prepared(&stage, &browser, "/auth/login").await;
        let before = stage.token_requests();
        let mut parameters = vec![("code", "a-code"), ("state", request.parameter("state"))];
        parameters.extend(iss.map(|iss| ("iss", iss)));
        let page = stage
            .come_back(&browser, &request.callback_with(&parameters))
            .await;
        let case = format!("advertised: {advertised}, iss: {iss:?}");
        if is_taken {
            assert!(
                page.shown.meta("gateway-page").is_some(),
                "{case}: {}",
                page.trail()
            );
        } else {
            assert_refused(&page, 400, "sign_in_failed", &case);
            assert_eq!(stage.token_requests(), before, "{case}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_that_is_not_for_this_sign_in_is_refused() {
    let stage = ScriptedStage::new(&json!({})).await;
    let now = stage.clock.now();
    let rows = [
        ("another nonce", json!({"nonce": "other"})),
        ("no nonce", json!({"nonce": null})),
        ("a list of nonces", json!({"nonce": ["a"]})),
        ("another issuer", json!({"iss": "https://evil.example"})),
        ("another audience", json!({"aud": "other"})),
        (
            "several audiences without azp",
            json!({"aud": ["dify-web", "other"]}),
        ),
        (
            "azp of another client",
            json!({"aud": ["dify-web", "other"], "azp": "other"}),
        ),
        ("no subject", json!({"sub": null})),
        ("expired", json!({"exp": now - 301, "iat": now - 4000})),
        (
            "issued in 301 seconds and more",
            json!({"iat": now + 400, "exp": now + 4000}),
        ),
        (
            "another access token",
            json!({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
        ),
    ];
    for (case, changes) in rows {
        let browser = Browser::new();
        let request = stage.start(&browser, "/auth/login").await;
        let claims = changed(stage.id_claims(&request, "alice"), &changes);
        stage.set_tokens(&stage.tokens(&claims, "refresh"));
        let page = stage.come_back(&browser, &request.callback("a-code")).await;
        assert_refused(&page, 400, "sign_in_failed", case);
    }
    for (case, seconds) in [
        ("a clock that is behind", -50),
        ("a clock that is ahead", 50),
    ] {
        let browser = Browser::new();
        let request = stage.start(&browser, "/auth/login").await;
        let mut claims = stage.id_claims(&request, "alice");
        claims["iat"] = json!(stage.clock.now() + seconds);
        stage.set_tokens(&stage.tokens(&claims, "refresh"));
        let page = stage.come_back(&browser, &request.callback("a-code")).await;
        assert!(
            page.shown.meta("gateway-page").is_some(),
            "{case}: {}",
            page.shown.text()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_refuses_is_said_in_the_browsers_language_and_as_text() {
    let stage = ScriptedStage::new(&json!({})).await;
    let rows = [
        ("en", "en"),
        ("ja-JP,ja;q=0.9", "ja"),
        ("zh-CN", "zh"),
        ("pt-BR", "pt"),
    ];
    let mut texts = std::collections::BTreeSet::new();
    for (accepted, language) in rows {
        let browser = Browser::new().speaking(accepted);
        let request = stage.start(&browser, "/auth/login").await;
        let callback = request.callback_with(&[
            ("error", "access_denied"),
            ("error_description", "<script>alert(1)</script>"),
            ("state", request.parameter("state")),
        ]);
        let page = stage.come_back(&browser, &callback).await;
        assert_refused(&page, 403, "sign_in_refused", language);
        let text = page.shown.text();
        assert!(
            text.contains(&format!("lang=\"{language}")),
            "{language}: {text}"
        );
        assert!(
            page.shown
                .addresses()
                .iter()
                .any(|href| href.contains("/auth/login"))
                || !page.shown.forms().is_empty(),
            "no way back: {text}"
        );
        texts.insert(text);
    }
    assert_eq!(texts.len(), 4, "the page is not in four languages");
    assert_eq!(stage.token_requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_endpoint_in_trouble_is_said_and_no_secret_is_logged() {
    let stage = ScriptedStage::new(&json!({})).await;
    let html =
        CannedResponse::new(200, "<html>hello</html>").with_header("content-type", "text/html");
    let error = |status, error: &str| {
        let body = CannedResponse::new(status, json!({"error": error}).to_string());
        body.with_header("content-type", "application/json")
    };
    let redirect = CannedResponse::new(302, "").with_header("location", "/elsewhere");
    let huge = CannedResponse::new(200, " ".repeat(1_000_000))
        .with_header("content-type", "application/json");
    let rows = [
        (
            "500",
            CannedResponse::new(500, ""),
            503,
            "identity_provider_unavailable",
        ),
        ("a redirect", redirect, 503, "identity_provider"),
        ("HTML", html, 503, "identity_provider"),
        ("1 MB", huge, 503, "identity_provider"),
        (
            "invalid_client",
            error(401, "invalid_client"),
            503,
            "configuration_error",
        ),
        (
            "invalid_grant",
            error(400, "invalid_grant"),
            400,
            "sign_in_failed",
        ),
    ];
    for (case, answer, status, code) in rows {
        let browser = Browser::new();
        let request = stage.start(&browser, "/auth/login").await;
        stage.issuer().set_answer("/token", answer);
        let page = stage
            .come_back(&browser, &request.callback("a-secret-code"))
            .await;
        assert_refused(&page, status, code, case);
        let id = page.shown.header("x-request-id").to_owned();
        assert!(
            page.shown.text().contains(&id),
            "{case}: the page lacks the request's id"
        );
    }
    assert_eq!(stage.issuer().requests("/elsewhere"), 0);
    tokio::time::sleep(Duration::from_secs(1)).await;
    for line in stage.stage.stack.daemon.log_lines() {
        for secret in [
            "a-secret-code",
            gateway_tests::sign_in::WEB_SECRET,
            "code_verifier",
        ] {
            assert!(!line.text.contains(secret), "{}", line.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_was_away_leaves_the_sign_in_usable() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let request = prepared(&stage, &browser, "/auth/login").await;
    stage.issuer().set_fault("/token", Some(Fault::Status(503)));
    let page = stage.come_back(&browser, &request.callback("a-code")).await;
    assert_refused(&page, 503, "identity_provider_unavailable", "away");
    assert!(!page.shown.header("retry-after").is_empty());
    stage.issuer().set_fault("/token", None);
    signed_in(stage.come_back(&browser, &request.callback("a-code")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_use_the_app_is_told_so() {
    let stage = ScriptedStage::new(&json!({"required_claims": "groups=staff"})).await;
    stage
        .issuer()
        .set_answer("/userinfo", CannedResponse::json(&json!({"sub": "alice"})));
    let browser = Browser::new();
    let request = prepared(&stage, &browser, "/auth/login").await;
    let page = stage.come_back(&browser, &request.callback("a-code")).await;
    assert_refused(&page, 403, "required_claim", "no group");
    let request = stage.start(&browser, "/auth/login").await;
    let mut claims = stage.id_claims(&request, "alice");
    claims["groups"] = json!(["staff"]);
    stage.set_tokens(&stage.tokens(&claims, "refresh"));
    signed_in(stage.come_back(&browser, &request.callback("a-code")).await);
}
