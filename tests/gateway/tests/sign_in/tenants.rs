//! Two tenants in one process, of whom one says that its issuer and client are the other's, and has keys of its own.

use std::time::Duration;

use futures::StreamExt;
use gateway_tests::sign_in::{AuthorizationRequest, ScriptedStage, SignedIn, merged, signed_in};
use gateway_tests::{Clock, Stage};
use harness::browser::{Kind, Load};
use harness::{Algorithm, Browser, HOOK_ID, Keys, TestIssuer};
use http::StatusCode;
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use url::Url;

use crate::backchannel::{claims, send, sign_in, signed};

/// As many as are remembered (`LOGOUT_MARKS` in `limits.rs`), so that one more pushes out the first.
const FLOOD: usize = 10_000;
const AT_ONCE: usize = 16;

struct Tenants {
    ours: ScriptedStage,
    their_hook: String,
    /// Stops with the test; its keys sign what the other tenant believes.
    theirs: TestIssuer,
}

impl Tenants {
    async fn start() -> Self {
        let other = gateway_tests::further_endpoint(0);
        let their_hook = other.id.clone();
        let clock = Clock::new();
        let stage = Stage::with(AppKind::Chat, |options| {
            options.environment.push(clock.environment());
            options.further_endpoints.push(other);
        })
        .await;
        let ours = ScriptedStage {
            stage,
            clock: clock.into(),
        };
        ours.set_metadata(&json!({}));
        ours.set(&json!({}));
        let theirs = TestIssuer::start().await.unwrap();
        let jwks = json!({"keys": theirs.keys().public_jwks()});
        let settings = merged(
            gateway_tests::sign_in::settings(&ours.stage.public_url_of(&their_hook)),
            &json!({"client_id": "dify-web", "jwks": jwks.to_string()}),
        );
        ours.stage.set_settings_of(&their_hook, &settings);
        Self {
            ours,
            their_hook,
            theirs,
        }
    }

    /// A logout token that the other tenant believes.
    fn forged(&self, jti: &str, target: &Value) -> String {
        let claims = merged(claims(&self.ours, jti), target);
        by(&self.theirs.keys(), "logout+jwt", &claims)
    }

    /// Somebody signs in at the other tenant.
    async fn sign_in_there(&self, browser: &Browser, user: &str, sid: &str) -> SignedIn {
        let base = self.ours.stage.public_url_of(&self.their_hook);
        let login = Url::parse(&format!("{base}/auth/login")).unwrap();
        let hop = browser.load(Load::get(Kind::Document, login, None)).await;
        let request = AuthorizationRequest::of(hop.unwrap());
        let claims = merged(self.ours.id_claims(&request, user), &json!({"sid": sid}));
        let id_token = by(&self.theirs.keys(), "JWT", &claims);
        let answer = merged(
            self.ours.tokens(&claims, user),
            &json!({"id_token": id_token}),
        );
        self.ours.set_tokens(&answer);
        let callback = request.callback("a-code");
        signed_in(self.ours.come_back(browser, &callback).await)
    }

    /// Sends so many forged tokens, each of a session of its own, `AT_ONCE` at a time.
    async fn flood(&self) {
        let sent = futures::stream::iter(0..FLOOD).map(|number| {
            let name = format!("flood-{number}");
            let token = self.forged(&name, &json!({"sid": name}));
            send(&self.ours.stage, &self.their_hook, token)
        });
        let mut sent = sent.buffer_unordered(AT_ONCE);
        while let Some(status) = sent.next().await {
            assert_eq!(status, 200, "their own endpoint takes it");
        }
    }
}

fn by(keys: &Keys, kind: &str, claims: &Value) -> String {
    let header = json!({"alg": "EdDSA", "typ": kind, "kid": keys.key_id(Algorithm::EdDsa)});
    keys.sign(Algorithm::EdDsa, &header.to_string(), &claims.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenant_ends_nothing_here() {
    let tenants = Tenants::start().await;
    let ours = &tenants.ours;
    let browser = Browser::new();
    let alice = sign_in(ours, &browser, "alice", "s1").await;
    ours.clock.advance(Duration::from_secs(5));
    for (number, target) in [json!({"sid": "s1"}), json!({"sub": "alice"})]
        .into_iter()
        .enumerate()
    {
        let token = tenants.forged(&format!("theirs{number}"), &target);
        let theirs = send(&ours.stage, &tenants.their_hook, token.clone()).await;
        assert_eq!(theirs, 200, "their own endpoint takes it");
        let status = send(&ours.stage, HOOK_ID, token).await;
        assert_eq!(status, 400, "ours does not");
    }
    assert_eq!(alice.session(&browser).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_logout_tokens_than_are_remembered_push_out_the_oldest_of_their_tenant_and_nothing_here()
 {
    let tenants = Tenants::start().await;
    let ours = &tenants.ours;
    let browsers: [Browser; 4] = std::array::from_fn(|_| Browser::new());
    let [here_ended, here, there_first, there_last] = &browsers;
    let alice = sign_in(ours, here_ended, "alice", "s1").await;
    let bob = sign_in(ours, here, "bob", "s2").await;
    let carol = tenants.sign_in_there(there_first, "carol", "first").await;
    let dora = tenants.sign_in_there(there_last, "dora", "last").await;
    let status = |person: SignedIn, browser| async move { person.session(browser).await.status };

    let token = signed(
        ours,
        &json!({}),
        &merged(claims(ours, "ours"), &json!({"sid": "s1"})),
    );
    assert_eq!(send(&ours.stage, HOOK_ID, token).await, 200);
    let first = tenants.forged("first", &json!({"sid": "first"}));
    assert_eq!(send(&ours.stage, &tenants.their_hook, first).await, 200);
    assert_eq!(
        status(carol.clone(), there_first).await,
        StatusCode::UNAUTHORIZED
    );

    tenants.flood().await;

    // The newest is known, also as one that was taken already; the first has made room.
    let last = tenants.forged("last", &json!({"sid": "last"}));
    for expected in [200, 400] {
        let taken = send(&ours.stage, &tenants.their_hook, last.clone()).await;
        assert_eq!(taken, expected);
    }
    assert_eq!(status(dora, there_last).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(carol, there_first).await, StatusCode::OK);
    // What was ended here has stayed so, and nothing else has ended.
    assert_eq!(status(alice, here_ended).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(bob, here).await, StatusCode::OK);
    ours.stage.assert_unharmed();
}
