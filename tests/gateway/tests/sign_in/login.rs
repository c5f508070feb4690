//! The beginning of a sign-in: what the provider is asked, and who may begin.

use gateway_tests::sign_in::{AuthorizationRequest, ScriptedStage, refusal};
use harness::Browser;
use harness::browser::{Kind, Load};
use http::Method;
use serde_json::json;
use url::Url;

/// A load of an address below the endpoint.
fn load(stage: &ScriptedStage, kind: Kind, path: &str) -> Load {
    Load::get(kind, Url::parse(&stage.stage.at(path)).unwrap(), None)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_is_asked_for_a_code_with_values_that_are_never_used_twice() {
    let stage =
        ScriptedStage::new(&json!({"login_parameters": "prompt=select_account hd=example.com"}))
            .await;
    let browser = Browser::new();
    let first = stage.start(&browser, "/auth/login").await;
    let second = stage.start(&browser, "/auth/login").await;
    assert_eq!(first.hop.status, 303);
    let location = first.hop.location().unwrap();
    assert_eq!(
        location.as_str().split('?').next().unwrap(),
        format!("{}/auth", stage.issuer().issuer())
    );
    let redirect_uri = stage.stage.at("/auth/callback");
    let rows = [
        ("response_type", "code"),
        ("client_id", "dify-web"),
        ("redirect_uri", &redirect_uri),
        ("code_challenge_method", "S256"),
        ("scope", "openid profile email"),
        ("prompt", "select_account"),
        ("hd", "example.com"),
    ];
    for (name, value) in rows {
        assert_eq!(first.parameter(name), value, "{name}");
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(first.parameter(name), second.parameter(name), "{name}");
        assert!(
            first.parameter(name).len() >= 43,
            "{name}: {}",
            first.parameter(name)
        );
    }
    assert_eq!(first.parameters.len(), 10, "{:?}", first.parameters);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_of_the_request_changes_where_the_code_goes() {
    let stage = ScriptedStage::new(&json!({})).await;
    let redirect_uri = stage.stage.at("/auth/callback");
    for (name, value) in [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-prefix", "/evil"),
        ("x-original-url", "https://evil.example/"),
        ("forwarded", "host=evil.example;proto=https"),
        (
            "dify-hook-url",
            "https://evil.example/e/abcdefghijklmnop/auth/login",
        ),
    ] {
        let hop = Browser::new()
            .load(load(&stage, Kind::Document, "/auth/login").with(name, value))
            .await
            .unwrap();
        let request = AuthorizationRequest::of(hop);
        assert_eq!(request.parameter("redirect_uri"), redirect_uri, "{name}");
    }
    let everywhere = |path| {
        load(&stage, Kind::Document, path)
            .with("host", "evil.example")
            .with("x-original-host", "evil.example")
            .with("x-forwarded-host", "evil.example")
            .with("dify-hook-url", "https://evil.example/e/abcdefghijklmnop/")
    };
    let hop = Browser::new()
        .load(everywhere("/auth/login"))
        .await
        .unwrap();
    if let Some(location) = hop.location() {
        assert_eq!(
            AuthorizationRequest::of(hop.clone()).parameter("redirect_uri"),
            redirect_uri,
            "{location}"
        );
    }
    // The page under another name would sign nobody in: it names the right address.
    let page = Browser::new().load(everywhere("/")).await.unwrap();
    assert!(
        page.text().contains(&stage.stage.public_url()),
        "{}",
        page.text()
    );
    for text in [hop.text(), page.text(), hop.header("location").to_owned()] {
        assert!(!text.contains("evil.example"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_navigation_of_a_tab_may_begin_or_end_a_sign_in() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let callback = stage
        .start(&browser, "/auth/login")
        .await
        .callback("a-code");
    let callback = callback.strip_prefix(&stage.stage.public_url()).unwrap();
    for path in ["/auth/login", callback] {
        for kind in [Kind::Fetch, Kind::Image, Kind::Frame, Kind::Prefetch] {
            let hop = browser.load(load(&stage, kind, path)).await.unwrap();
            assert_eq!(hop.status, 400, "{kind:?} {path}: {}", hop.text());
            assert!(
                hop.text().contains("navigation_required"),
                "{kind:?} {path}: {}",
                hop.text()
            );
            assert!(
                hop.set_cookies().is_empty() && hop.location().is_none(),
                "{kind:?} {path}"
            );
        }
        let head = Load {
            method: Method::HEAD,
            ..load(&stage, Kind::Document, path)
        };
        let hop = browser.load(head).await.unwrap();
        assert_eq!(hop.status, 400, "HEAD {path}");
        assert!(
            hop.set_cookies().is_empty() && hop.location().is_none(),
            "HEAD {path}"
        );
    }
    assert_eq!(stage.token_requests(), 0);
    let plain = browser
        .load(load(&stage, Kind::Plain, "/auth/login"))
        .await
        .unwrap();
    assert_eq!(plain.status, 303, "without Sec-Fetch-*: {}", plain.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn four_sign_ins_are_under_way_at_most_and_never_ride_along() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let mut requests = Vec::new();
    for _ in 0..5 {
        requests.push(
            stage
                .start(&browser, "/auth/login?return_to=%2F%3Fn%3D1")
                .await,
        );
    }
    let slots = browser.cookies("localhost");
    assert_eq!(slots.len(), 4, "{slots:?}");
    for slot in &slots {
        assert!(slot.path.ends_with("/auth/") && slot.http_only, "{slot:?}");
        assert!(slot.name.len() + slot.value.len() <= 250, "{slot:?}");
    }
    for hop in requests.iter().map(|request| &request.hop) {
        assert_eq!(hop.set_cookies().len(), 1);
        assert!(hop.head_bytes() <= 3800, "{}", hop.head_bytes());
    }
    for _ in 0..10 {
        let request = stage.start(&browser, "/auth/login").await;
        assert!(request.hop.cookie_line().len() <= 3000);
    }
    let hop = browser
        .load(load(&stage, Kind::Document, "/"))
        .await
        .unwrap();
    assert_eq!(
        hop.cookie_line(),
        "",
        "a slot was sent with a request that is no sign-in"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_of_five_sign_ins_ends_on_a_page_and_the_others_finish() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let mut requests = Vec::new();
    for number in 0..5 {
        requests.push(
            stage
                .start(
                    &browser,
                    &format!("/auth/login?return_to=%2F%3Fn%3D{number}"),
                )
                .await,
        );
    }
    let oldest = stage
        .come_back(&browser, &requests[0].callback("a-code"))
        .await;
    assert_eq!(oldest.shown.status, 400, "{}", oldest.trail());
    assert_eq!(stage.token_requests(), 0);
    for (number, request) in requests.iter().enumerate().skip(1) {
        let claims = stage.id_claims(request, "alice");
        stage.set_tokens(&stage.tokens(&claims, "refresh"));
        let page = stage.come_back(&browser, &request.callback("a-code")).await;
        assert_eq!(
            page.url().as_str(),
            stage.stage.at(&format!("/?n={number}")),
            "{}",
            page.trail()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_sign_in_off_nothing_of_it_is_there() {
    let stage = ScriptedStage::new(&json!({"sign_in": "off"})).await;
    let browser = Browser::new();
    for path in [
        "/auth/login",
        "/auth/callback",
        "/auth/session",
        "/auth/logout",
        "/auth/logged-out",
    ] {
        let hop = browser
            .load(load(&stage, Kind::Document, path))
            .await
            .unwrap();
        assert_eq!(hop.status, 404, "{path}");
        assert!(
            hop.text().contains("sign_in_disabled"),
            "{path}: {}",
            hop.text()
        );
    }
    for path in ["/auth/refresh", "/auth/logout", "/auth/backchannel-logout"] {
        let load = load(&stage, Kind::Plain, path).sending(Method::POST, "application/json", "{}");
        let hop = browser.load(load).await.unwrap();
        assert_eq!(
            refusal(&hop),
            (404, "sign_in_disabled".to_owned()),
            "{path}"
        );
    }
    let root = browser
        .load(load(&stage, Kind::Document, "/"))
        .await
        .unwrap();
    assert_eq!(root.header("content-type"), "application/json");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sign_in_needs_is_named_where_it_is_missing() {
    let stage = ScriptedStage::new(&json!({})).await;
    let issuer = stage.issuer().issuer().to_owned();
    let rows = [
        (
            json!({"public_url": "http://chat.example.com"}),
            "public_url",
        ),
        (json!({"public_url": null}), "public_url"),
        (
            json!({"public_url": "https://chat.example.com:443"}),
            "public_url",
        ),
        (
            json!({"public_url": "https://Chat.example.com"}),
            "public_url",
        ),
        (
            json!({"public_url": "https://chat.example.com/"}),
            "public_url",
        ),
        (
            json!({"public_url": "https://chat.example.com/a;b"}),
            "public_url",
        ),
        (
            json!({"public_url": "https://app.dify.ai/e/abcdefghijklmnop"}),
            "public_url",
        ),
        (
            json!({"public_url": "https://chat.example.com/e/bcdefghijklmnopq"}),
            "public_url",
        ),
        (
            json!({"issuer": format!("{issuer} https://other.example.com")}),
            "issuer",
        ),
        (json!({"client_id": "one two"}), "client_id"),
        (
            json!({"issuer": "https://accounts.google.com"}),
            "required_claims",
        ),
    ];
    for (changes, setting) in rows {
        stage.set(&changes);
        let hop = Browser::new()
            .load(load(&stage, Kind::Plain, "/auth/session"))
            .await
            .unwrap();
        assert_eq!(
            refusal(&hop),
            (503, "configuration_error".to_owned()),
            "{changes}: {}",
            hop.text()
        );
        let message = hop.json()["message"].as_str().unwrap().to_owned();
        assert!(
            message.contains(&format!("`{setting}`")),
            "{changes}: {message}"
        );
    }
    stage.set(&json!({"issuer": "https://accounts.google.com", "required_claims": "anybody"}));
    let hop = Browser::new()
        .load(load(&stage, Kind::Plain, "/auth/session"))
        .await
        .unwrap();
    assert_ne!(refusal(&hop).1, "configuration_error", "{}", hop.text());
}
