//! Behind the proxies that docs/hosting.md gives for a host name of one's own.

use gateway_tests::sign_in::{AuthorizationRequest, ScriptedStage, signed_in};
use harness::browser::{Kind, Load};
use harness::nginx::Site;
use harness::proxy::Proxy;
use harness::system::Program;
use harness::{Browser, caddy, nginx};
use http::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn nginx_on_a_host_of_its_own_has_the_strictest_cookies() {
    let Some(program) =
        Program::Nginx.or_skip("nginx_on_a_host_of_its_own_has_the_strictest_cookies")
    else {
        return;
    };
    let scripted = ScriptedStage::new(&json!({})).await;
    let daemon = scripted.stage.stack.daemon.base_url();
    let nginx = nginx::start(&program, Site::OwnHost, daemon).await.unwrap();
    assert_own_host(&scripted, &nginx).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_that_reaches_dify_alone_has_the_strictest_cookies_too() {
    let Some(program) =
        Program::Nginx.or_skip("nginx_that_reaches_dify_alone_has_the_strictest_cookies_too")
    else {
        return;
    };
    let scripted = ScriptedStage::new(&json!({})).await;
    let daemon = scripted.stage.stack.daemon.base_url();
    let dify = nginx::start(&program, Site::Dify, daemon).await.unwrap();
    let site = Site::OwnHostThroughDify;
    let nginx = nginx::start(&program, site, &dify.url("127.0.0.1"))
        .await
        .unwrap();
    assert_own_host(&scripted, &nginx).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn caddy_on_a_host_of_its_own_has_the_strictest_cookies() {
    let Some(program) =
        Program::Caddy.or_skip("caddy_on_a_host_of_its_own_has_the_strictest_cookies")
    else {
        return;
    };
    let scripted = ScriptedStage::new(&json!({})).await;
    let daemon = scripted.stage.stack.daemon.base_url();
    let caddy = caddy::start(&program, daemon).await.unwrap();
    assert_own_host(&scripted, &caddy).await;
}

/// Sign-in, strictest cookies, an answer at once and one as a stream, and a large upload.
async fn assert_own_host(scripted: &ScriptedStage, proxy: &Proxy) {
    let origin = "https://chat.example.com";
    scripted.stage.set_settings(&json!({"sign_in": "on", "public_url": origin, "client_id": "dify-web", "client_secret": "s"}));
    let browser = Browser::new().through_proxy(origin, &proxy.url("127.0.0.1"));

    let login = url::Url::parse(&format!("{origin}/auth/login")).unwrap();
    let hop = browser
        .load(Load::get(Kind::Document, login, None))
        .await
        .unwrap();
    let request = AuthorizationRequest::of(hop);
    assert_eq!(
        request.parameter("redirect_uri"),
        format!("{origin}/auth/callback")
    );
    let claims = scripted.id_claims(&request, "alice");
    scripted.set_tokens(&scripted.tokens(&claims, "refresh"));
    let person = signed_in(
        scripted
            .come_back(&browser, &request.callback("a-code"))
            .await,
    );
    assert_eq!(person.page.url().as_str(), format!("{origin}/"));
    let cookies = browser.cookies("chat.example.com");
    assert!(!cookies.is_empty());
    for cookie in cookies {
        assert!(
            cookie.name.starts_with("__Host-Http-") && cookie.secure && cookie.path == "/",
            "{cookie:?}"
        );
    }
    let chat = person.chat(&browser, "Hello").await;
    assert_eq!(chat.status, 200, "{} {}", chat.text(), proxy.log());
    let body = json!({"query": "Hello", "inputs": {}, "response_mode": "streaming"});
    let stream = person
        .fetch(&browser, Method::POST, "/chat-messages", &body)
        .await;
    assert_eq!(
        stream.header("content-type"),
        "text/event-stream; charset=utf-8",
        "{}",
        proxy.log()
    );
    assert!(stream.text().contains("message_end"), "{}", stream.text());
    // 9 MiB, which is below the daemon's limit.
    let (boundary, file) = ("b0undary", vec![b'x'; 9 * 1024 * 1024]);
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n"
    );
    let body = [
        head.as_bytes(),
        &file,
        format!("\r\n--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    let load = person.request(Method::POST, "/files/upload", &Value::Null);
    let load = load.sending(
        Method::POST,
        &format!("multipart/form-data; boundary={boundary}"),
        body,
    );
    let hop = browser.load(load).await.unwrap();
    assert_eq!(hop.status, 201, "{}", hop.text());
}
