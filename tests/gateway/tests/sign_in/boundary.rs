//! Who else may use a session: other pages of the host, other sites, planted cookies, other people of the same browser.

use gateway_tests::sign_in::{ScriptedStage, refusal, reopened, signed_in};
use harness::Browser;
use harness::browser::{Kind, Load};
use http::Method;
use serde_json::{Value, json};
use url::Url;

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_without_its_page_token_opens_nothing_and_names_nobody() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    stage.stage.seen();
    let body = json!({"query": "Hello", "inputs": {}, "response_mode": "blocking"});
    let rows = [
        (Method::GET, "/auth/session", Value::Null),
        (Method::POST, "/auth/refresh", json!({"active": true})),
        (Method::POST, "/auth/logout", json!({})),
        (Method::POST, "/chat-messages", body),
        (Method::GET, "/conversations", Value::Null),
        (Method::GET, "/whoami", Value::Null),
        (Method::GET, "/info", Value::Null),
    ];
    for (method, path, body) in rows {
        let hop = browser
            .load(alice.request_without_token(method, path, &body))
            .await
            .unwrap();
        assert_eq!(
            refusal(&hop),
            (401, "page_token_missing".to_owned()),
            "{path}: {}",
            hop.text()
        );
        assert!(
            !hop.text().contains("alice") && hop.set_cookies().is_empty(),
            "{path}: {}",
            hop.text()
        );
    }
    assert_eq!(stage.stage.seen().len(), 0, "Dify was asked");
    assert_eq!(
        alice.session(&browser).await.status,
        200,
        "somebody was signed out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_token_counts_for_requests_of_the_page_alone() {
    let stage = ScriptedStage::new(&json!({"allowed_origins": "https://other.example.com"})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    let chat = json!({"query": "Hello", "inputs": {}, "response_mode": "blocking"});
    let load = |method: Method, path: &str, body: &Value| alice.request(method, path, body);
    let foreign_origin =
        load(Method::POST, "/chat-messages", &chat).with("origin", "https://other.example.com");
    let cross_site =
        load(Method::GET, "/whoami", &Value::Null).with("sec-fetch-site", "cross-site");
    let same_site = load(Method::GET, "/whoami", &Value::Null).with("sec-fetch-site", "same-site");
    for (case, load) in [
        ("another origin", foreign_origin),
        ("another site", cross_site),
        ("the same site", same_site),
    ] {
        let hop = browser.load(load).await.unwrap();
        assert_eq!(
            refusal(&hop),
            (403, "cross_origin_refused".to_owned()),
            "{case}: {}",
            hop.text()
        );
    }
    // Neither header: a GET of an old browser counts, anything that changes something does not.
    for (method, path, body, status) in [
        (Method::GET, "/whoami", Value::Null, 200),
        (Method::POST, "/chat-messages", chat.clone(), 403),
    ] {
        let mut load = load(method, path, &body);
        load.kind = Kind::Plain;
        let hop = browser.load(load).await.unwrap();
        assert_eq!(hop.status, status, "{path}: {}", hop.text());
    }
    let foreign = alice
        .request_without_token(Method::GET, "/whoami", &Value::Null)
        .with(
            "x-gateway-page",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        );
    let hop = browser.load(foreign).await.unwrap();
    assert_eq!(
        refusal(&hop),
        (409, "session_changed".to_owned()),
        "{}",
        hop.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_gets_neither_the_session_nor_leave_to_send_it() {
    let stage = ScriptedStage::new(&json!({"allowed_origins": "*"})).await;
    let browser = Browser::new();
    stage.sign_in(&browser, "alice").await;
    let other = Url::parse("https://other.example.com/").unwrap();
    for path in ["/whoami", "/auth/session", "/conversations"] {
        let url = Url::parse(&stage.stage.at(path)).unwrap();
        let hop = browser
            .load(Load::get(Kind::Fetch, url.clone(), Some(&other)))
            .await
            .unwrap();
        assert_eq!(hop.cookie_line(), "", "Lax");
        // A browser that sent it all the same.
        let cookie = browser
            .cookies("localhost")
            .iter()
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect::<Vec<_>>()
            .join("; ");
        let hop = browser
            .load(Load::get(Kind::Fetch, url.clone(), Some(&other)).with("cookie", &cookie))
            .await
            .unwrap();
        assert!(!hop.text().contains("alice"), "{path}: {}", hop.text());
        assert!(hop.status.as_u16() >= 400, "{path}: {}", hop.text());
        let preflight = Load {
            method: Method::OPTIONS,
            ..Load::get(Kind::Fetch, url, Some(&other))
        }
        .with("access-control-request-method", "GET")
        .with("access-control-request-headers", "x-gateway-page");
        let preflight = browser.load(preflight).await.unwrap();
        for hop in [&hop, &preflight] {
            assert_eq!(hop.header("access-control-allow-credentials"), "", "{path}");
        }
        assert!(
            !preflight
                .header("access-control-allow-headers")
                .to_lowercase()
                .contains("x-gateway-page"),
            "{path}"
        );
        if path.starts_with("/auth/") {
            assert_eq!(
                preflight.header("access-control-allow-origin"),
                "",
                "{path}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_cookies_neither_hide_a_session_nor_take_its_place() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    let session = browser
        .cookies("localhost")
        .into_iter()
        .find(|cookie| cookie.name.ends_with("_s"))
        .unwrap();
    // Garbage under a longer path comes first, garbage of the whole host last.
    for path in ["/e/abcdefghijklmnop/whoami", "/"] {
        let field = format!("{}=garbage; Path={path}", session.name);
        browser.plant(&stage.stage.at("/"), &field).unwrap();
    }
    let hop = alice
        .fetch(&browser, Method::GET, "/whoami", &Value::Null)
        .await;
    assert!(
        hop.cookie_line()
            .starts_with(&format!("{}=garbage; ", session.name)),
        "{}",
        hop.cookie_line()
    );
    assert_eq!(
        (hop.status.as_u16(), &hop.json()["user"]),
        (200, &json!("alice")),
        "{}",
        hop.text()
    );

    // The attacker's own good session, where only the attacker's comes.
    let mallory = Browser::new();
    stage.sign_in(&mallory, "mallory").await;
    let theirs = mallory
        .cookies("localhost")
        .into_iter()
        .find(|cookie| cookie.name.ends_with("_s"))
        .unwrap();
    browser
        .plant(
            &stage.stage.at("/"),
            &format!(
                "{}={}; Path=/e/abcdefghijklmnop/whoami",
                session.name, theirs.value
            ),
        )
        .unwrap();
    let hop = alice
        .fetch(&browser, Method::GET, "/whoami", &Value::Null)
        .await;
    assert_eq!(
        (hop.status.as_u16(), &hop.json()["user"]),
        (200, &json!("alice")),
        "{}",
        hop.text()
    );
    browser.forget_cookies("localhost", |cookie| {
        cookie.name == session.name && cookie.value == session.value
    });
    let hop = alice
        .fetch(&browser, Method::GET, "/whoami", &Value::Null)
        .await;
    assert_eq!(
        refusal(&hop),
        (409, "session_changed".to_owned()),
        "{}",
        hop.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_navigation_with_sessions_of_two_people_signs_nobody_in() {
    let stage = ScriptedStage::new(&json!({})).await;
    let (browser, mallory) = (Browser::new(), Browser::new());
    let alice = stage.sign_in(&browser, "alice").await;
    stage.sign_in(&mallory, "mallory").await;
    let theirs = mallory
        .cookies("localhost")
        .into_iter()
        .find(|cookie| cookie.name.ends_with("_s"))
        .unwrap();
    browser
        .plant(
            &stage.stage.at("/"),
            &format!("{}={}; Path=/", theirs.name, theirs.value),
        )
        .unwrap();
    let page = reopened(&browser, &alice).await;
    assert_eq!(
        page.shown.meta("gateway-page"),
        None,
        "{}",
        page.shown.text()
    );
    assert!(
        !page.shown.text().contains("mallory"),
        "{}",
        page.shown.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_of_alice_sends_nothing_as_bob() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    let bob = stage.sign_in(&browser, "bob").await;
    assert_ne!(alice.token, bob.token);
    stage.stage.seen();
    let hop = alice.chat(&browser, "for alice alone").await;
    assert_eq!(
        refusal(&hop),
        (409, "session_changed".to_owned()),
        "{}",
        hop.text()
    );
    assert_eq!(stage.stage.seen().len(), 0);
    assert_eq!(bob.chat(&browser, "Hello").await.status, 200);
    // The same person again: the other tabs go on.
    let again = stage.sign_in(&browser, "bob").await;
    assert_eq!(again.token, bob.token);
    assert_eq!(bob.chat(&browser, "Hello").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_fetch_metadata_without_the_cookie_gains_nothing() {
    let stage = ScriptedStage::new(&json!({})).await;
    let alice = stage.sign_in(&Browser::new(), "alice").await;
    let hop = Browser::new()
        .load(alice.request(Method::GET, "/whoami", &Value::Null))
        .await
        .unwrap();
    assert_eq!(hop.status, 401, "{}", hop.text());
    let page = Browser::new().open(&stage.stage.at("/")).await.unwrap();
    assert_eq!(page.shown.meta("gateway-page"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_or_a_script_gets_no_page_token() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    for kind in [Kind::Frame, Kind::Fetch, Kind::Image, Kind::Plain] {
        let hop = browser
            .load(Load::get(
                kind,
                alice.page.url().clone(),
                Some(alice.page.url()),
            ))
            .await
            .unwrap();
        assert!(
            !hop.text().contains(&alice.token),
            "{kind:?}: {}",
            hop.text()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_the_page_keeps_the_browser_inside() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let base = stage.stage.public_url();
    let request = stage.start(&browser, "/auth/login").await;
    let failed = stage.come_back(&browser, &request.callback_with(&[])).await;
    let alice = stage.sign_in(&browser, "alice").await;
    let logout = browser.open(&stage.stage.at("/auth/logout")).await.unwrap();
    let logged_out = browser
        .open(&stage.stage.at("/auth/logged-out"))
        .await
        .unwrap();
    for page in [&alice.page, &failed, &logout, &logged_out] {
        let policy = page.shown.header("content-security-policy");
        for directive in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(
                policy.split("; ").any(|one| one == directive),
                "{}: {policy}",
                page.url()
            );
        }
        assert!(
            !policy.contains("unsafe") && !policy.contains('*'),
            "{policy}"
        );
        let rows = [
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
        ];
        for (name, value) in rows {
            assert_eq!(page.shown.header(name), value, "{}: {name}", page.url());
        }
        assert_eq!(page.shown.header("clear-site-data"), "");
        // A form that posts says where it comes from only under a policy that names the origin (Fetch section 3.2).
        let posts = page.url().path().ends_with("/auth/logout");
        let referrer = if posts { "same-origin" } else { "no-referrer" };
        assert_eq!(
            page.shown.header("referrer-policy"),
            referrer,
            "{}",
            page.url()
        );
    }
    let policy = alice.page.shown.header("content-security-policy");
    for directive in [
        format!("script-src {base}/assets/"),
        format!("style-src {base}/assets/"),
        format!("connect-src {base}/"),
        format!("form-action {base}/auth/"),
        "frame-src 'none'".to_owned(),
        "worker-src 'none'".to_owned(),
        "object-src 'none'".to_owned(),
        "require-trusted-types-for 'script'".to_owned(),
    ] {
        assert!(
            policy.split("; ").any(|one| one == directive),
            "{directive}: {policy}"
        );
    }
    assert!(!logged_out.shown.text().contains("<script"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_that_a_script_can_fetch_answers_a_redirect() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    let request = stage.start(&browser, "/auth/login").await;
    let callback = request
        .callback("a-code")
        .replace(&stage.stage.public_url(), "");
    let mut paths: Vec<String> = gateway_domain::operation::OPERATIONS
        .iter()
        .map(|operation| operation.path.replace(['<', '>'], ""))
        .collect();
    paths.extend([
        callback,
        "/auth/login".to_owned(),
        "/auth/login/".to_owned(),
        "/auth".to_owned(),
        "/assets".to_owned(),
        "//".to_owned(),
    ]);
    for path in paths {
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::HEAD,
            Method::OPTIONS,
        ] {
            if (&method, path.as_str()) == (&Method::POST, "/auth/logout") {
                // The sign-out itself, whose answer another test holds.
                continue;
            }
            for load in [
                alice.request(method.clone(), &path, &Value::Null),
                alice.request_without_token(method.clone(), &path, &Value::Null),
            ] {
                let hop = browser.load(load).await.unwrap();
                assert!(
                    !hop.status.is_redirection(),
                    "{method} {path}: {}",
                    hop.status
                );
            }
        }
    }
    signed_in(reopened(&browser, &alice).await);
}
