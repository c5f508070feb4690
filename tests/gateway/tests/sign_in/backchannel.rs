//! Back-channel logout: OpenID Connect Back-Channel Logout 1.0.

use std::time::Duration;

use gateway_tests::Stage;
use gateway_tests::sign_in::{ScriptedStage, SignedIn, merged, refusal, signed_in};
use harness::{Algorithm, Browser, HOOK_ID};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

/// The member of `events` (section 2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A person with a session of this id.
pub(crate) async fn sign_in(
    stage: &ScriptedStage,
    browser: &Browser,
    user: &str,
    sid: &str,
) -> SignedIn {
    let request = stage.start(browser, "/auth/login").await;
    let claims = merged(stage.id_claims(&request, user), &json!({"sid": sid}));
    stage.set_tokens(&stage.tokens(&claims, "refresh"));
    signed_in(stage.come_back(browser, &request.callback("a-code")).await)
}

/// The claims of a good logout token.
pub(crate) fn claims(stage: &ScriptedStage, jti: &str) -> Value {
    let now = stage.clock.now();
    json!({
        "iss": stage.issuer().issuer(), "aud": "dify-web", "iat": now, "exp": now + 120,
        "jti": jti, "events": {EVENT: {}},
    })
}

pub(crate) fn signed(stage: &ScriptedStage, header: &Value, claims: &Value) -> String {
    let keys = stage.issuer().keys();
    let header = merged(
        json!({"alg": "ES256", "typ": "logout+jwt", "kid": keys.key_id(Algorithm::Es256)}),
        header,
    );
    keys.sign(Algorithm::Es256, &header.to_string(), &claims.to_string())
}

/// Status and `Cache-Control` of the answer to a logout token.
pub(crate) async fn send(stage: &Stage, hook: &str, token: impl Into<String>) -> u16 {
    let request = stage.request_at(hook, Method::POST, "/auth/backchannel-logout");
    let response = request
        .form(&[("logout_token", token.into())])
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(!response.headers().contains_key("set-cookie"));
    response.status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_with_sid_ends_that_session_alone() {
    let stage = ScriptedStage::new(&json!({})).await;
    let (phone, desk) = (Browser::new(), Browser::new());
    let on_phone = sign_in(&stage, &phone, "alice", "s1").await;
    let at_desk = sign_in(&stage, &desk, "alice", "s2").await;
    let token = signed(
        &stage,
        &json!({}),
        &merged(claims(&stage, "1"), &json!({"sid": "s1", "sub": "alice"})),
    );
    assert_eq!(send(&stage.stage, HOOK_ID, &token).await, 200);
    let hop = on_phone.chat(&phone, "Hello").await;
    assert_eq!(
        refusal(&hop),
        (401, "session_revoked".to_owned()),
        "{}",
        hop.text()
    );
    assert_eq!(at_desk.chat(&desk, "Hello").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_with_sub_alone_ends_every_session_before_it() {
    let stage = ScriptedStage::new(&json!({})).await;
    let (phone, desk, bobs, later) = (
        Browser::new(),
        Browser::new(),
        Browser::new(),
        Browser::new(),
    );
    let on_phone = sign_in(&stage, &phone, "alice", "s1").await;
    let at_desk = sign_in(&stage, &desk, "alice", "s2").await;
    let bob = sign_in(&stage, &bobs, "bob", "s3").await;
    stage.clock.advance(Duration::from_secs(10));
    let token = signed(
        &stage,
        &json!({}),
        &merged(claims(&stage, "1"), &json!({"sub": "alice"})),
    );
    assert_eq!(send(&stage.stage, HOOK_ID, &token).await, 200);
    for (person, browser) in [(&on_phone, &phone), (&at_desk, &desk)] {
        assert_eq!(
            refusal(&person.session(browser).await),
            (401, "session_revoked".to_owned())
        );
    }
    assert_eq!(bob.session(&bobs).await.status, 200);
    stage.clock.advance(Duration::from_secs(10));
    let again = sign_in(&stage, &later, "alice", "s4").await;
    assert_eq!(again.session(&later).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_right_to_the_letter_ends_nothing() {
    let stage = ScriptedStage::new(&json!({})).await;
    let browser = Browser::new();
    let alice = sign_in(&stage, &browser, "alice", "s1").await;
    let good = |jti: &str| merged(claims(&stage, jti), &json!({"sub": "alice", "sid": "s1"}));
    let now = stage.clock.now();
    let without = |name: &str| {
        let mut claims = good(name);
        claims.as_object_mut().unwrap().remove(name);
        claims
    };
    let rows = [
        ("no events", without("events")),
        (
            "another event",
            merged(
                good("a"),
                &json!({"events": {"https://example.com/other": {}}}),
            ),
        ),
        (
            "events is a list",
            merged(good("b"), &json!({"events": [EVENT]})),
        ),
        ("a nonce", merged(good("c"), &json!({"nonce": "n"}))),
        (
            "another audience",
            merged(good("d"), &json!({"aud": "other"})),
        ),
        (
            "another issuer",
            merged(good("e"), &json!({"iss": "https://evil.example"})),
        ),
        ("no issue time", without("iat")),
        (
            "issued long ago",
            merged(good("f"), &json!({"iat": now - 4000, "exp": now - 3000})),
        ),
        (
            "issued in the future",
            merged(good("g"), &json!({"iat": now + 4000, "exp": now + 5000})),
        ),
        ("no jti", without("jti")),
        ("neither sub nor sid", {
            let mut claims = without("sub");
            claims.as_object_mut().unwrap().remove("sid");
            claims
        }),
    ];
    for (case, claims) in rows {
        assert_eq!(
            send(&stage.stage, HOOK_ID, &signed(&stage, &json!({}), &claims)).await,
            400,
            "{case}"
        );
    }
    let id_token = signed(&stage, &json!({"typ": "at+jwt"}), &good("h"));
    let unsigned = format!(
        "{}.{}.",
        "eyJhbGciOiJub25lIn0",
        signed(&stage, &json!({}), &good("i"))
            .split('.')
            .nth(1)
            .unwrap()
    );
    let forged = signed(&stage, &json!({}), &good("j")).replace(char::is_whitespace, "");
    let forged = format!("{}AAAA", forged.split_at(forged.len() - 4).0);
    for (case, token) in [
        ("typ of an access token", id_token),
        ("alg none", unsigned),
        ("a forged signature", forged),
        ("empty", String::new()),
    ] {
        assert_eq!(send(&stage.stage, HOOK_ID, &token).await, 400, "{case}");
    }
    assert_eq!(alice.session(&browser).await.status, 200);
    // Once is good, twice is a replay.
    let bobs = Browser::new();
    let bob = sign_in(&stage, &bobs, "bob", "s9").await;
    let token = signed(
        &stage,
        &json!({}),
        &merged(claims(&stage, "once"), &json!({"sid": "other"})),
    );
    assert_eq!(send(&stage.stage, HOOK_ID, &token).await, 200);
    assert_eq!(send(&stage.stage, HOOK_ID, &token).await, 400);
    assert_eq!(bob.session(&bobs).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_provider_ends_the_session_when_the_person_signs_out_there() {
    let stage = Stage::with_sign_in(AppKind::Chat, &json!({})).await;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    assert_eq!(alice.session(&browser).await.status, 200);
    let page = browser
        .open(&format!(
            "{}/session/end",
            stage.identity_provider().issuer()
        ))
        .await
        .unwrap();
    let form = page.shown.forms().remove(0);
    browser
        .submit(&page, &form, &[("logout", "yes")])
        .await
        .unwrap();
    let hop = alice.session(&browser).await;
    assert_eq!(
        refusal(&hop),
        (401, "session_revoked".to_owned()),
        "{}",
        hop.text()
    );
}
