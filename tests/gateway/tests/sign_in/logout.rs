//! Signing out: here, at the provider, and never against a person's will.

use gateway_tests::Stage;
use gateway_tests::sign_in::{ScriptedStage, refusal, signed_in};
use harness::browser::{Kind, Load};
use harness::{Browser, CannedResponse, Fault};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use url::Url;

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_of_a_real_provider_too() {
    let stage = Stage::with_sign_in(AppKind::Chat, &json!({})).await;
    let browser = Browser::new();
    let console = "console=still-there; Path=/; HttpOnly";
    browser.set_cookie(&stage.at("/"), console).unwrap();
    let alice = stage.sign_in(&browser, "alice").await;
    let hop = alice.log_out(&browser).await;
    assert_eq!(hop.status, 200, "{}", hop.text());
    assert_eq!(hop.set_cookies().len(), 1);
    assert_eq!(hop.header("clear-site-data"), "");
    let location = hop.json()["location"].as_str().unwrap().to_owned();
    let query: std::collections::HashMap<_, _> = Url::parse(&location)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect();
    assert_eq!(
        query["post_logout_redirect_uri"],
        stage.at("/auth/logged-out")
    );
    assert!(
        query.contains_key("id_token_hint") && query.contains_key("client_id"),
        "{query:?}"
    );

    let page = browser.open(&location).await.unwrap();
    let form = page.shown.forms().remove(0);
    let page = browser.submit(&page, &form, &[]).await.unwrap();
    assert_eq!(
        page.url().path(),
        "/e/abcdefghijklmnop/auth/logged-out",
        "{}",
        page.trail()
    );
    assert!(
        !page.shown.text().contains("<script"),
        "{}",
        page.shown.text()
    );
    let cookies = browser.cookies("localhost");
    let has = |end: &str| cookies.iter().any(|cookie| cookie.name.ends_with(end));
    assert!(has("console") && !has("_s"), "{cookies:?}");
    // A new sign-in asks for the password again.
    let page = browser.open(&stage.at("/auth/login")).await.unwrap();
    assert!(
        page.url().path().starts_with("/interaction/"),
        "{}",
        page.trail()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_was_stolen_before_the_sign_out_is_worth_nothing_after_it() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    let cookie = browser
        .load(alice.request(Method::GET, "/whoami", &Value::Null))
        .await
        .unwrap()
        .cookie_line()
        .to_owned();
    assert_eq!(alice.log_out(&browser).await.status, 200);
    let thief = Browser::new();
    let load = alice
        .request(Method::GET, "/whoami", &Value::Null)
        .with("cookie", &cookie);
    let hop = thief.load(load).await.unwrap();
    assert_eq!(
        refusal(&hop),
        (401, "session_revoked".to_owned()),
        "{}",
        hop.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_signs_a_person_out() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    let url = Url::parse(&stage.stage.at("/auth/logout")).unwrap();
    let other = Url::parse("https://other.example.com/").unwrap();
    let form = "application/x-www-form-urlencoded";
    let rows = [
        (
            "an image",
            Load::get(Kind::Image, url.clone(), Some(&other)),
        ),
        (
            "a link",
            Load::get(Kind::Document, url.clone(), Some(&other)),
        ),
        (
            "a form of another site",
            Load::get(Kind::Document, url.clone(), Some(&other)).sending(Method::POST, form, ""),
        ),
        (
            "a form of another page of the host",
            Load::get(Kind::Document, url.clone(), Some(alice.page.url())).sending(
                Method::POST,
                form,
                "",
            ),
        ),
        (
            "a script of another page of the host",
            alice.request_without_token(Method::POST, "/auth/logout", &json!({})),
        ),
    ];
    for (case, load) in rows {
        let hop = browser.load(load).await.unwrap();
        assert!(
            hop.set_cookies().is_empty(),
            "{case}: {:?}",
            hop.set_cookies()
        );
        assert_eq!(
            alice.session(&browser).await.json()["signed_in"],
            true,
            "{case}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_the_sign_out_page_signs_out_without_a_script() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    let page = browser.open(&stage.stage.at("/auth/logout")).await.unwrap();
    let form = page.shown.forms().remove(0);
    assert!(form.is_post, "{form:?}");
    browser.submit(&page, &form, &[]).await.unwrap();
    let hop = alice.session(&browser).await;
    assert_ne!(hop.json()["signed_in"], true, "{}", hop.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sign_out_refreshes_once_for_a_hint_and_revokes_the_token() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    let location = alice.log_out(&browser).await.json()["location"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        location.starts_with(&format!("{}/logout?", stage.issuer().issuer())),
        "{location}"
    );
    let seen = stage.issuer().seen();
    let form = |path: &str| -> Vec<String> {
        let bodies = seen.iter().filter(|seen| seen.path == path);
        bodies
            .map(|seen| String::from_utf8_lossy(&seen.body).into_owned())
            .collect()
    };
    assert_eq!(form("/token").len(), 2);
    assert!(
        form("/revoke")
            .iter()
            .any(|body| body.contains("refresh-alice")),
        "{:?}",
        form("/revoke")
    );
    // A provider that is away, or slow, holds nobody in.
    for fault in [
        Fault::Down,
        Fault::Status(500),
        Fault::Slow(std::time::Duration::from_secs(4)),
    ] {
        let browser = Browser::new();
        let bob = stage.sign_in(&browser, "bob").await;
        stage.issuer().set_fault("/revoke", Some(fault));
        let hop = bob.log_out(&browser).await;
        assert_eq!(hop.status, 200, "{fault:?}: {}", hop.text());
        assert!(
            browser
                .cookies("localhost")
                .iter()
                .all(|cookie| !cookie.name.ends_with("_s")),
            "{fault:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_end_session_endpoint_the_page_says_that_the_providers_session_goes_on() {
    let stage = ScriptedStage::new(&json!({})).await;
    stage.set_metadata(&json!({"end_session_endpoint": null}));
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    let location = alice.log_out(&browser).await.json()["location"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        location.starts_with(&stage.stage.at("/auth/logged-out")),
        "{location}"
    );
    let page = browser.open(&location).await.unwrap();
    assert_eq!(page.shown.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_the_provider_that_is_no_https_is_not_gone_to() {
    for endpoint in ["authorization_endpoint", "end_session_endpoint"] {
        for address in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://idp.example.com/",
        ] {
            let stage = ScriptedStage::new(&json!({})).await;
            stage.set_metadata(&json!({endpoint: address}));
            let page = Browser::new()
                .open(&stage.stage.at("/auth/login"))
                .await
                .unwrap();
            let text = page.shown.text();
            assert_eq!(
                page.shown.status,
                503,
                "{endpoint} {address}: {}",
                page.trail()
            );
            assert!(
                text.contains("identity_provider_invalid") && text.contains(endpoint),
                "{endpoint} {address}: {text}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_again_after_a_sign_out_is_in() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    alice.log_out(&browser).await;
    let again = stage.sign_in(&browser, "alice").await;
    assert_eq!(again.session(&browser).await.status, 200);
    stage
        .issuer()
        .set_answer("/revoke", CannedResponse::new(200, ""));
    signed_in(browser.open(&stage.stage.at("/")).await.unwrap());
}
