//! Behind the nginx that Dify has: what it takes of heads and cookies.

use gateway_tests::Stage;
use gateway_tests::sign_in::{ScriptedStage, SignedIn, signed_in};
use harness::browser::{Kind, Load};
use harness::nginx::{self, Site};
use harness::proxy::Proxy;
use harness::system::Program;
use harness::{Browser, HOOK_ID};
use serde_json::json;
use stand_in_dify::AppKind;

/// What nginx takes of one header field by default (`large_client_header_buffers`), less the rest of the line.
const COOKIE_LINE: usize = 8000;

async fn behind(site: Site, program: &std::path::Path) -> (ScriptedStage, Proxy) {
    let mut scripted = ScriptedStage::new(&json!({})).await;
    let nginx = nginx::start(program, site, scripted.stage.stack.daemon.base_url())
        .await
        .unwrap();
    scripted.stage.front = Some(nginx.url("localhost"));
    scripted.set(&json!({}));
    (scripted, nginx)
}

async fn sign_in(stage: &ScriptedStage, browser: &Browser, refresh_token: &str) -> SignedIn {
    let request = stage
        .start(browser, "/auth/login?return_to=%2F%3Fc%3D1")
        .await;
    let claims = stage.id_claims(&request, "alice");
    stage.set_tokens(&stage.tokens(&claims, refresh_token));
    signed_in(stage.come_back(browser, &request.callback("a-code")).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_passes_the_buffers_of_difys_nginx() {
    let Some(program) = Program::Nginx.or_skip("every_step_passes_the_buffers_of_difys_nginx")
    else {
        return;
    };
    let (stage, nginx) = behind(Site::Dify, &program).await;
    for length in [43, 700, 1800, 1900, 4000] {
        let browser = Browser::new();
        let person = sign_in(&stage, &browser, &"r".repeat(length)).await;
        stage.clock.advance(std::time::Duration::from_secs(15 * 60));
        let refreshed = person.refresh(&browser).await;
        assert_eq!(refreshed.status, 200, "{length}: {}", refreshed.text());
        let chat = person.chat(&browser, "Hello").await;
        assert_eq!(chat.status, 200, "{length}: {}", chat.text());
        let logged_out = person.log_out(&browser).await;
        assert_eq!(logged_out.status, 200, "{length}: {}", logged_out.text());
        for hop in person.page.hops().chain([&refreshed, &chat, &logged_out]) {
            assert_ne!(hop.status, 502, "{length}: {}", nginx.log());
        }
    }
    assert!(!nginx.log().contains("too big header"), "{}", nginx.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_cookie_line_of_the_console_leaves_room_for_ours() {
    let Some(program) =
        Program::Nginx.or_skip("a_full_cookie_line_of_the_console_leaves_room_for_ours")
    else {
        return;
    };
    let (stage, nginx) = behind(Site::Dify, &program).await;
    let browser = Browser::new();
    let person = sign_in(&stage, &browser, &"r".repeat(1900)).await;
    let ours = person.session(&browser).await.cookie_line().len();
    // The console's two tokens are about 2.5 kB together; whatever else fits must work.
    for (number, length) in [1200, 1300, COOKIE_LINE - ours - 2600]
        .into_iter()
        .enumerate()
    {
        let field = format!(
            "console{number}={}; Path=/; HttpOnly",
            "c".repeat(length.min(4000))
        );
        browser.set_cookie(&stage.stage.at("/"), &field).unwrap();
    }
    let hop = person.session(&browser).await;
    assert!(
        hop.cookie_line().len() > 6000,
        "{}",
        hop.cookie_line().len()
    );
    assert_eq!(hop.status, 200, "{} {}", hop.text(), nginx.log());
    let login = browser
        .load(Load::get(
            Kind::Document,
            url::Url::parse(&stage.stage.at("/auth/login")).unwrap(),
            None,
        ))
        .await
        .unwrap();
    assert_eq!(login.status, 303, "{}", login.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_provider_signs_in_and_out_behind_difys_nginx() {
    let Some(program) =
        Program::Nginx.or_skip("a_real_provider_signs_in_and_out_behind_difys_nginx")
    else {
        return;
    };
    let mut stage = Stage::with_sign_in(AppKind::Chat, &json!({})).await;
    let nginx = nginx::start(&program, Site::Dify, stage.stack.daemon.base_url())
        .await
        .unwrap();
    stage.front = Some(nginx.url("localhost"));
    let client = gateway_tests::sign_in::client(&stage.public_url());
    stage.identity_provider().register(&client).await.unwrap();
    stage.set_sign_in(&json!({}));
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    assert!(
        alice
            .page
            .url()
            .as_str()
            .starts_with(&nginx.url("localhost")),
        "{}",
        alice.page.trail()
    );
    assert_eq!(alice.chat(&browser, "Hello").await.status, 200);
    let location = alice.log_out(&browser).await.json()["location"]
        .as_str()
        .unwrap()
        .to_owned();
    let page = browser.open(&location).await.unwrap();
    let form = page.shown.forms().remove(0);
    let page = browser.submit(&page, &form, &[]).await.unwrap();
    assert_eq!(
        page.url().path(),
        format!("/e/{HOOK_ID}/auth/logged-out"),
        "{}",
        page.trail()
    );
}
