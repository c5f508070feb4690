//! The check with the provider: once for all who ask, patient with a provider that is away, and quick with a person who may not go on.

use std::time::Duration;

use gateway_tests::Stage;
use gateway_tests::sign_in::{ScriptedStage, SignedIn, merged, refusal, reopened};
use harness::browser::Hop;
use harness::{Browser, CannedResponse, Fault};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

const INTERVAL: Duration = Duration::from_secs(15 * 60);

/// What a refresh answers, from the claims of a login.
struct Refreshing {
    stage: ScriptedStage,
    browser: Browser,
    alice: SignedIn,
    claims: Value,
}

impl Refreshing {
    /// Alice has signed in, and a check is due.
    async fn due() -> Self {
        Self::with(&json!({})).await
    }

    async fn with(settings: &Value) -> Self {
        let stage = ScriptedStage::new(settings).await;
        let browser = Browser::new();
        let request = stage.start(&browser, "/auth/login").await;
        let claims = stage.id_claims(&request, "alice");
        stage.set_tokens(&stage.tokens(&claims, "first"));
        let page = stage.come_back(&browser, &request.callback("a-code")).await;
        let alice = gateway_tests::sign_in::signed_in(page);
        stage.clock.advance(INTERVAL);
        Self {
            stage,
            browser,
            alice,
            claims,
        }
    }

    /// The provider answers a refresh with these claims; null removes one.
    fn answer(&self, changes: &Value, refresh_token: &str) {
        let now = json!({"iat": self.stage.clock.now(), "exp": self.stage.clock.now() + 3600});
        let mut claims = merged(merged(self.claims.clone(), &now), changes);
        claims
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        self.stage
            .set_tokens(&self.stage.tokens(&claims, refresh_token));
    }

    async fn refresh(&self) -> Hop {
        self.alice.refresh(&self.browser).await
    }

    fn session_cookie(&self) -> String {
        let cookies = self.browser.cookies("localhost");
        let session = cookies
            .into_iter()
            .find(|cookie| cookie.name.ends_with("_s"));
        session.unwrap().value
    }

    /// The refresh token of the last request to the token endpoint.
    fn last_refresh_token(&self) -> String {
        let seen = self.stage.issuer().seen();
        let last = seen.iter().rfind(|seen| seen.path == "/token").unwrap();
        let form: Vec<(String, String)> = url::form_urlencoded::parse(&last.body)
            .into_owned()
            .collect();
        form.into_iter()
            .find(|(name, _)| name == "refresh_token")
            .unwrap()
            .1
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_keeps_the_rotated_token_and_the_next_one_sends_it() {
    let scene = Refreshing::due().await;
    for (used, rotated) in [("first", "second"), ("second", "third")] {
        scene.answer(&json!({}), rotated);
        let hop = scene.refresh().await;
        assert_eq!(
            (hop.status.as_u16(), &hop.json()["signed_in"]),
            (200, &json!(true)),
            "{}",
            hop.text()
        );
        assert_eq!(hop.set_cookies().len(), 1);
        assert_eq!(scene.last_refresh_token(), used);
        scene.stage.clock.advance(INTERVAL);
    }
    // An answer without one keeps the old one.
    let mut answer = scene.stage.tokens(&scene.claims, "x");
    answer
        .as_object_mut()
        .unwrap()
        .retain(|name, _| name != "refresh_token" && name != "id_token");
    scene.stage.set_tokens(&answer);
    for _ in 0..2 {
        assert_eq!(scene.refresh().await.status, 200);
        assert_eq!(scene.last_refresh_token(), "third");
        scene.stage.clock.advance(INTERVAL);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_just_checked_is_answered_from_itself() {
    let scene = Refreshing::due().await;
    scene.answer(&json!({}), "second");
    assert_eq!(scene.refresh().await.status, 200);
    let asked = scene.stage.token_requests();
    for _ in 0..3 {
        scene.stage.clock.advance(Duration::from_secs(60));
        assert_eq!(scene.refresh().await.status, 200);
    }
    assert_eq!(scene.stage.token_requests(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_refreshes_at_once_ask_the_provider_once() {
    let scene = Refreshing::due().await;
    scene.answer(&json!({}), "second");
    let asked = scene.stage.token_requests();
    scene
        .stage
        .issuer()
        .set_fault("/token", Some(Fault::Slow(Duration::from_millis(300))));
    let load = scene
        .alice
        .request(Method::POST, "/auth/refresh", &json!({"active": true}));
    let hops = futures::future::join_all((0..50).map(|_| scene.browser.load(load.clone()))).await;
    for hop in hops {
        let hop = hop.unwrap();
        assert_eq!(hop.status, 200, "{}", hop.text());
        assert_eq!(hop.set_cookies().len(), 1);
    }
    assert_eq!(scene.stage.token_requests(), asked + 1);
    scene.stage.issuer().set_fault("/token", None);
    scene.stage.clock.advance(INTERVAL);
    scene.answer(&json!({}), "third");
    scene.refresh().await;
    assert_eq!(scene.last_refresh_token(), "second");
}

/// Each has read its page token when it was opened, and asks when its own timer says so.
#[tokio::test(flavor = "multi_thread")]
async fn h38_four_tabs_over_two_check_intervals_ask_the_provider_twice() {
    let scene = Refreshing::due().await;
    let mut tabs = Vec::new();
    for _ in 0..4 {
        let page = reopened(&scene.browser, &scene.alice).await;
        tabs.push(gateway_tests::sign_in::signed_in(page));
    }
    let asked = scene.stage.token_requests();
    for (interval, (used, rotated)) in [("first", "second"), ("second", "third")]
        .into_iter()
        .enumerate()
    {
        scene.answer(&json!({}), rotated);
        // Two at once, and two a little later.
        for pair in tabs.chunks(2) {
            let both = pair.iter().map(|tab| tab.refresh(&scene.browser));
            for hop in futures::future::join_all(both).await {
                assert_eq!(hop.status, 200, "{}", hop.text());
            }
            scene.stage.clock.advance(Duration::from_secs(20));
        }
        assert_eq!(scene.stage.token_requests(), asked + interval + 1);
        assert_eq!(scene.last_refresh_token(), used);
        scene.stage.clock.advance(INTERVAL);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_late_with_the_old_cookie_gets_the_kept_answer() {
    let scene = Refreshing::due().await;
    let old = scene.session_cookie();
    let name = scene
        .browser
        .cookies("localhost")
        .into_iter()
        .find(|cookie| cookie.name.ends_with("_s"))
        .unwrap()
        .name;
    scene.answer(&json!({}), "second");
    assert_eq!(scene.refresh().await.status, 200);
    let asked = scene.stage.token_requests();
    // The answer was lost: the browser still has the old cookie.
    for seconds in [30, 4 * 60] {
        scene.stage.clock.advance(Duration::from_secs(seconds));
        scene
            .browser
            .set_cookie(
                &scene.stage.stage.at("/"),
                &format!("{name}={old}; Path=/e/abcdefghijklmnop/; HttpOnly; SameSite=Lax"),
            )
            .unwrap();
        let hop = scene.refresh().await;
        assert_eq!(hop.status, 200, "{seconds} s: {}", hop.text());
        assert_eq!(hop.set_cookies().len(), 1);
    }
    assert_eq!(
        scene.stage.token_requests(),
        asked,
        "a rotated token was used twice"
    );
    // With the kept session the next check works.
    scene.stage.clock.advance(INTERVAL);
    scene.answer(&json!({}), "third");
    assert_eq!(scene.refresh().await.status, 200);
    assert_eq!(scene.last_refresh_token(), "second");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_signs_nobody_out_for_an_hour() {
    let scene = Refreshing::due().await;
    scene.stage.issuer().set_fault("/token", Some(Fault::Down));
    for minutes in [0, 10, 10, 10] {
        scene.stage.clock.advance(Duration::from_secs(minutes * 60));
        let hop = scene.refresh().await;
        assert_eq!(
            (hop.status.as_u16(), &hop.json()["provider_reachable"]),
            (200, &json!(false)),
            "{}",
            hop.text()
        );
        let chat = scene.alice.chat(&scene.browser, "Hello").await;
        assert_eq!(
            chat.status,
            200,
            "after {minutes} more minutes: {}",
            chat.text()
        );
    }
    scene.stage.clock.advance(Duration::from_secs(40 * 60));
    scene.refresh().await;
    let chat = scene.alice.chat(&scene.browser, "Hello").await;
    assert_eq!(
        refusal(&chat),
        (503, "identity_provider_unavailable".to_owned()),
        "{}",
        chat.text()
    );
    scene.stage.issuer().set_fault("/token", None);
    scene.answer(&json!({}), "second");
    scene.stage.clock.advance(Duration::from_secs(120));
    let hop = scene.refresh().await;
    assert_eq!(
        (hop.status.as_u16(), &hop.json()["provider_reachable"]),
        (200, &json!(true)),
        "{}",
        hop.text()
    );
    assert_eq!(scene.alice.chat(&scene.browser, "Hello").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_of_the_provider_ends_the_session_or_does_not() {
    let stage = ScriptedStage::new(&json!({})).await;
    let error = |status: u16, error: &str| {
        let body = CannedResponse::new(status, json!({"error": error}).to_string());
        body.with_header("content-type", "application/json")
    };
    let html = CannedResponse::new(400, "<html></html>").with_header("content-type", "text/html");
    let mut rows = vec![
        ("HTML".to_owned(), html, true),
        (
            "an empty 200".to_owned(),
            CannedResponse::new(200, ""),
            true,
        ),
    ];
    for status in [500, 502, 503, 504, 404, 408, 425, 429] {
        rows.push((status.to_string(), CannedResponse::new(status, ""), true));
    }
    for code in [
        "invalid_client",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "invalid_request",
        "server_error",
        "temporarily_unavailable",
        "slow_down",
    ] {
        rows.push((
            code.to_owned(),
            error(if code == "invalid_client" { 401 } else { 400 }, code),
            true,
        ));
    }
    for code in [
        "invalid_grant",
        "access_denied",
        "interaction_required",
        "login_required",
        "something_new",
    ] {
        rows.push((code.to_owned(), error(400, code), false));
    }
    for (number, (case, answer, goes_on)) in rows.into_iter().enumerate() {
        let browser = Browser::new();
        let alice = stage.sign_in(&browser, &format!("alice{number}")).await;
        stage.clock.advance(INTERVAL);
        stage.issuer().set_answer("/token", answer);
        let hop = alice.refresh(&browser).await;
        if goes_on {
            assert_eq!(
                (hop.status.as_u16(), &hop.json()["provider_reachable"]),
                (200, &json!(false)),
                "{case}: {}",
                hop.text()
            );
            assert_eq!(alice.chat(&browser, "Hello").await.status, 200, "{case}");
        } else {
            assert_eq!(
                refusal(&hop),
                (401, "session_ended".to_owned()),
                "{case}: {}",
                hop.text()
            );
            assert!(
                browser
                    .cookies("localhost")
                    .iter()
                    .all(|cookie| !cookie.name.ends_with("_s")),
                "{case}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_id_token_must_be_of_the_same_person() {
    let rows = [
        ("no nonce", json!({"nonce": null}), true),
        (
            "a later auth_time",
            json!({"auth_time": 32_503_680_000_i64 / 10}),
            true,
        ),
        ("another subject", json!({"sub": "bob"}), false),
        ("another nonce", json!({"nonce": "other"}), false),
        ("another audience", json!({"aud": "other"}), false),
        (
            "another issuer",
            json!({"iss": "https://evil.example"}),
            false,
        ),
        (
            "a rule that is no longer met",
            json!({"name": "fired"}),
            false,
        ),
    ];
    for (case, changes, goes_on) in rows {
        let scene = Refreshing::with(&json!({"required_claims": "name=alice"})).await;
        let changes = match case {
            "a later auth_time" => json!({"auth_time": scene.stage.clock.now()}),
            _ => changes,
        };
        scene.answer(&changes, "second");
        let hop = scene.refresh().await;
        if goes_on {
            assert_eq!(hop.status, 200, "{case}: {}", hop.text());
        } else {
            assert_eq!(
                refusal(&hop),
                (401, "session_ended".to_owned()),
                "{case}: {}",
                hop.text()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_session_opens_the_check_alone_until_it_was_made() {
    let scene = Refreshing::due().await;
    scene.stage.clock.advance(Duration::from_secs(6 * 60));
    let chat = scene.alice.chat(&scene.browser, "Hello").await;
    assert_eq!(chat.status, 401, "{}", chat.text());
    let page = reopened(&scene.browser, &scene.alice).await;
    assert_eq!(
        page.shown.meta("gateway-page").as_ref(),
        Some(&scene.alice.token),
        "{}",
        page.shown.text()
    );
    assert_eq!(scene.alice.session(&scene.browser).await.status, 200);
    scene.answer(&json!({}), "second");
    assert_eq!(scene.refresh().await.status, 200);
    assert_eq!(scene.alice.chat(&scene.browser, "Hello").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_refresh_token_a_session_lasts_an_hour() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let request = stage.start(&browser, "/auth/login").await;
    let claims = stage.id_claims(&request, "alice");
    let mut answer = stage.tokens(&claims, "x");
    answer.as_object_mut().unwrap().remove("refresh_token");
    stage.set_tokens(&answer);
    let page = stage.come_back(&browser, &request.callback("a-code")).await;
    let alice = gateway_tests::sign_in::signed_in(page);
    for _ in 0..3 {
        stage.clock.advance(INTERVAL);
        assert_eq!(alice.refresh(&browser).await.status, 200);
        assert_eq!(alice.chat(&browser, "Hello").await.status, 200);
    }
    assert_eq!(stage.token_requests(), 1);
    stage.clock.advance(Duration::from_secs(16 * 60));
    assert_eq!(
        refusal(&alice.refresh(&browser).await),
        (401, "session_expired".to_owned())
    );
    // The page goes through `prompt=none`; a person who may not go on does not come back.
    let silent = stage
        .start(&browser, "/auth/login?prompt=none&return_to=%2F%3Fc%3D1")
        .await;
    assert_eq!(silent.parameter("prompt"), "none");
    let callback = silent.callback_with(&[
        ("error", "login_required"),
        ("state", silent.parameter("state")),
    ]);
    let page = stage.come_back(&browser, &callback).await;
    assert_eq!(
        (page.url().as_str(), page.shown.status.as_u16()),
        (stage.stage.at("/?c=1").as_str(), 200),
        "{}",
        page.trail()
    );
    assert_eq!(page.shown.meta("gateway-page"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_was_disabled_at_a_real_provider_is_out_at_the_next_check() {
    let clock = gateway_tests::Clock::new();
    let provider = harness::IdentityProvider::start().await.unwrap();
    let issuer = harness::Issuer::IdentityProvider(provider);
    let stage = Stage::between(issuer, AppKind::Chat, |options| {
        options.environment.push(clock.environment())
    })
    .await;
    let client = gateway_tests::sign_in::client(&stage.public_url());
    stage.identity_provider().register(&client).await.unwrap();
    stage.set_sign_in(&json!({"session_limits": "hours=12 idle=120 check=1"}));
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    clock.advance(Duration::from_secs(60));
    assert_eq!(alice.refresh(&browser).await.status, 200);
    assert_eq!(stage.token_requests().await, 2);
    stage
        .identity_provider()
        .set_user("alice", &Value::Null)
        .await
        .unwrap();
    clock.advance(Duration::from_secs(60));
    let hop = alice.refresh(&browser).await;
    assert_eq!(
        refusal(&hop),
        (401, "session_ended".to_owned()),
        "{}",
        hop.text()
    );
    let chat = alice.chat(&browser, "Hello").await;
    assert_eq!(chat.status, 401, "{}", chat.text());
    drop(stage);
}
