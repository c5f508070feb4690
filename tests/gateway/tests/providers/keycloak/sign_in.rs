//! People sign in at Keycloak with their browser, sign out there and here, and are disabled.

use std::time::Duration;

use gateway_tests::sign_in::{refusal, signed_in};
use gateway_tests::{Clock, Stage};
use harness::Browser;
use serde_json::{Value, json};

use super::realm::{self, ALICE, PASSWORD};
use super::server::Server;

/// The check with the provider, which is what the tests wait for with the plugin's clock.
const CHECK: Duration = Duration::from_secs(60);

/// Each step needs the one before it.
pub async fn people_sign_in_and_out(stage: &Stage, clock: &Clock, keycloak: &Server) {
    let client = realm::page(&stage.public_url());
    keycloak
        .administer(&format!("/{}/clients", realm::NAME), &client)
        .await;
    stage.set_sign_in(&json!({
        "client_secret": PASSWORD,
        "session_limits": "hours=12 idle=120 check=1",
        "required_claims": "realm_access.roles=chat",
    }));
    let bob = Browser::new()
        .sign_in(&stage.at("/auth/login"), "bob", PASSWORD)
        .await
        .unwrap();
    assert_eq!(bob.shown.status, 403, "{}", bob.trail());
    assert!(
        bob.shown.text().contains("required_claims_not_met"),
        "{}",
        bob.shown.text()
    );
    let browser = Browser::new();
    let page = browser
        .sign_in(&stage.at("/auth/login"), "alice", PASSWORD)
        .await
        .unwrap();
    let alice = signed_in(page);
    assert_eq!(alice.session(&browser).await.json()["user"], ALICE);
    assert_eq!(alice.chat(&browser, "Hello").await.status, 200);
    let seen = stage.seen();
    let chat = seen.iter().find(|seen| seen.path == "/v1/chat-messages");
    let body = chat.and_then(|chat| chat.body.clone()).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["user"], ALICE);
    for hop in alice
        .page
        .hops()
        .filter(|hop| hop.url.as_str().starts_with(&stage.public_url()))
    {
        assert!(
            hop.head_bytes() <= 3800,
            "{} has a head of {} bytes",
            hop.url,
            hop.head_bytes()
        );
    }
    clock.advance(CHECK);
    let checked = alice.refresh(&browser).await;
    assert_eq!(
        (
            checked.status.as_u16(),
            &checked.json()["provider_reachable"]
        ),
        (200, &json!(true)),
        "{}",
        checked.text()
    );

    // Keycloak takes the hint for consent, ends its session and sends the browser back.
    let location = alice.log_out(&browser).await.json()["location"]
        .as_str()
        .unwrap()
        .to_owned();
    let page = browser.open(&location).await.unwrap();
    assert_eq!(
        page.url().path(),
        "/e/abcdefghijklmnop/auth/logged-out",
        "{}",
        page.trail()
    );
    // Keycloak has the right time, and its next ID token must be a new one.
    clock.set(0);
    let page = browser.open(&stage.at("/auth/login")).await.unwrap();
    assert!(
        page.shown.text().contains("password"),
        "Keycloak did not ask again: {}",
        page.trail()
    );

    // An administrator ends the person's sessions: Keycloak calls the back channel.
    let alice = signed_in(
        browser
            .finish_sign_in(page, "alice", PASSWORD)
            .await
            .unwrap(),
    );
    keycloak
        .administer(
            &format!("/{}/users/{ALICE}/logout", realm::NAME),
            &json!({}),
        )
        .await;
    let hop = alice.session(&browser).await;
    assert_eq!(
        refusal(&hop),
        (401, "session_revoked".to_owned()),
        "{}",
        hop.text()
    );

    // An administrator disables the person: the next check ends the session.
    let page = browser
        .sign_in(&stage.at("/auth/login"), "alice", PASSWORD)
        .await
        .unwrap();
    let alice = signed_in(page);
    let user = format!("/{}/users/{ALICE}", realm::NAME);
    keycloak.change(&user, &json!({"enabled": false})).await;
    clock.advance(CHECK);
    let hop = alice.refresh(&browser).await;
    assert_eq!(
        refusal(&hop),
        (401, "session_ended".to_owned()),
        "{}",
        hop.text()
    );
    keycloak.change(&user, &json!({"enabled": true})).await;
}
