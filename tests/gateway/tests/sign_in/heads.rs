//! Nothing that is optional fails a sign-in, and no head is larger than Dify's nginx takes.

use gateway_tests::sign_in::{ScriptedStage, SignedIn, merged, refusal, signed_in};
use harness::browser::{Hop, Page};
use harness::{Browser, CannedResponse};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Field};

/// The whole head of an answer.
const HEAD: usize = 3800;
/// Name and value of the session's cookie.
const COOKIE: usize = 3000;

async fn come_back(
    stage: &ScriptedStage,
    browser: &Browser,
    changes: &Value,
    refresh_token: &str,
) -> Page {
    let request = stage.start(browser, "/auth/login").await;
    let claims = merged(stage.id_claims(&request, "alice"), changes);
    stage.set_tokens(&stage.tokens(&claims, refresh_token));
    stage.come_back(browser, &request.callback("a-code")).await
}

/// Every answer of a sign-in, a check and a sign-out fits.
async fn assert_fits(stage: &ScriptedStage, browser: &Browser, person: &SignedIn, case: &str) {
    let session = browser
        .cookies("localhost")
        .into_iter()
        .find(|cookie| cookie.name.ends_with("_s"));
    let session = session.unwrap();
    let length = session.name.len() + session.value.len();
    assert!(length <= COOKIE, "{case}: the cookie has {length} bytes");
    stage.clock.advance(std::time::Duration::from_secs(15 * 60));
    let refreshed = person.refresh(browser).await;
    assert_eq!(refreshed.status, 200, "{case}: {}", refreshed.text());
    let chat = person.chat(browser, "Hello").await;
    let logged_out = person.log_out(browser).await;
    let others = [&refreshed, &chat, &logged_out];
    for hop in person.page.hops().chain(others) {
        assert_head(hop, case);
    }
}

fn assert_head(hop: &Hop, case: &str) {
    assert!(
        hop.head_bytes() <= HEAD,
        "{case}: {} {} has a head of {} bytes",
        hop.method,
        hop.url,
        hop.head_bytes()
    );
    assert!(
        hop.set_cookies().len() <= 1,
        "{case}: {:?}",
        hop.set_cookies()
    );
    assert_eq!(hop.dropped, Vec::<String>::new(), "{case}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_of_every_provider_fit() {
    let stage = ScriptedStage::new(&json!({"admin_claims": "groups=g299"})).await;
    // Who has no groups in the ID token is asked for there.
    let person = CannedResponse::json(&json!({"sub": "alice"}));
    stage.issuer().set_answer("/userinfo", person);
    let long = |length: usize| "r".repeat(length);
    let groups: Vec<String> = (0..300).map(|number| format!("g{number}")).collect();
    let uuids: Vec<String> = (0..200)
        .map(|number| format!("a11ce000-0000-4000-8000-{number:012}"))
        .collect();
    let rows = [
        ("Keycloak: a JWT as refresh token", json!({}), long(700)),
        (
            "Entra: 1.9 kB",
            json!({"oid": uuids[0], "tid": uuids[1], "groups": uuids}),
            long(1900),
        ),
        (
            "Cognito: 1.8 kB",
            json!({"cognito:groups": ["a", "b"]}),
            long(1800),
        ),
        ("Okta: 43 bytes", json!({}), long(43)),
        ("300 groups", json!({"groups": groups}), long(43)),
        (
            "a name of 2 kB",
            json!({"name": "n".repeat(2000)}),
            long(43),
        ),
        (
            "a name in Chinese",
            json!({"name": "名".repeat(200)}),
            long(43),
        ),
    ];
    for (case, changes, refresh_token) in rows {
        let browser = Browser::new();
        let person = signed_in(come_back(&stage, &browser, &changes, &refresh_token).await);
        let is_admin = person.session(&browser).await.json()["is_admin"].clone();
        assert_eq!(is_admin, json!(case == "300 groups"), "{case}");
        assert_fits(&stage, &browser, &person, case).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_does_not_fit_is_left_out_and_named() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let person = signed_in(come_back(&stage, &browser, &json!({}), &"r".repeat(4000)).await);
    assert_eq!(person.chat(&browser, "Hello").await.status, 200);
    let health = stage
        .stage
        .request(Method::GET, "/health")
        .bearer_auth(AppKind::Chat.key());
    let health = health.send().await.unwrap().text().await.unwrap();
    assert!(health.contains("refresh"), "{health}");
    assert_fits(&stage, &browser, &person, "4 kB").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_input_claim_that_does_not_fit_is_named() {
    let settings = json!({"input_claims": "dossier"});
    let stage = ScriptedStage::of(AppKind::Chatflow, &settings).await;
    stage
        .stage
        .control()
        .set_form(AppKind::Chatflow, vec![Field::paragraph("__oidc_dossier")]);
    let browser = Browser::new();
    let page = come_back(&stage, &browser, &json!({"dossier": "d".repeat(5000)}), "r").await;
    assert_eq!(
        page.shown.status,
        403,
        "{}\n{}",
        page.trail(),
        page.shown.text()
    );
    let text = page.shown.text();
    assert!(
        text.contains("session_too_large") && text.contains("dossier"),
        "{text}"
    );
    assert_head(&page.shown, "5 kB");
    let page = come_back(&stage, &browser, &json!({"dossier": "short"}), "r").await;
    let person = signed_in(page);
    assert_ne!(refusal(&person.session(&browser).await).0, 403);
}
