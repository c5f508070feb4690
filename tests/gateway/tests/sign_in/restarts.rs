//! A session is nobody's memory: a restart and a second process leave people signed in.

use std::time::Duration;

use gateway_tests::sign_in::{AuthorizationRequest, ScriptedStage, merged, signed_in};
use gateway_tests::{Clock, Stage, WholeResponse};
use harness::{Browser, Fault, HOOK_ID, Issuer, Origin, Stack, StackOptions};
use http::Method;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault as DifyFault};

async fn prepared(stage: &ScriptedStage, browser: &Browser) -> AuthorizationRequest {
    let request = stage.start(browser, "/auth/login").await;
    let claims = stage.id_claims(&request, "alice");
    stage.set_tokens(&stage.tokens(&claims, "refresh"));
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_ends_neither_a_session_nor_a_sign_in_under_way() {
    let clock = Clock::new();
    let stage = Stage::with(AppKind::Chat, |options| {
        options.environment.push(clock.environment());
        options.limits.restart_interval = Duration::from_millis(100);
    })
    .await;
    let stage = ScriptedStage {
        stage,
        clock: clock.into(),
    };
    stage.set_metadata(&json!({}));
    stage.set(&json!({}));
    let (signed_in_before, under_way) = (Browser::new(), Browser::new());
    let alice = stage.sign_in(&signed_in_before, "alice").await;
    let request = prepared(&stage, &under_way).await;

    let process = stage.stage.stack.daemon.process_id().unwrap();
    let killed = tokio::process::Command::new("kill")
        .args(["-9", &process.to_string()])
        .status()
        .await;
    assert!(killed.unwrap().success());
    while stage.stage.stack.daemon.restarts() == 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let whoami = alice
        .fetch(&signed_in_before, Method::GET, "/whoami", &Value::Null)
        .await;
    assert_eq!(
        (whoami.status.as_u16(), &whoami.json()["user"]),
        (200, &json!("alice")),
        "{}",
        whoami.text()
    );
    signed_in(
        stage
            .come_back(&under_way, &request.callback("a-code"))
            .await,
    );
}

/// Two processes behind one address, as Dify Cloud and every larger installation has them.
struct Pair {
    stage: ScriptedStage,
    second: Stack,
    _origin: Origin,
}

impl Pair {
    async fn start() -> Self {
        let clock = Clock::new();
        let mut stage = Stage::with(AppKind::Chat, |options| {
            options.environment.push(clock.environment())
        })
        .await;
        let issuer = Issuer::External {
            issuer: stage.issuer().issuer().to_owned(),
            client_id: "dify-web".to_owned(),
        };
        let mut options = StackOptions::new(issuer, stage.dify.base_url(), AppKind::Chat.key());
        options.environment.push(clock.environment());
        let second = Stack::start(options).await.unwrap();
        let origin = Origin::start().await.unwrap();
        origin.forward(
            "/e/",
            &[stage.stack.daemon.base_url(), second.daemon.base_url()],
        );
        stage.front = Some(origin.url("localhost"));
        let pair = Self {
            stage: ScriptedStage {
                stage,
                clock: clock.into(),
            },
            second,
            _origin: origin,
        };
        pair.stage.set_metadata(&json!({}));
        pair.set(&json!({}));
        pair
    }

    /// Changes the settings of both processes.
    fn set(&self, changes: &Value) {
        self.stage.set(changes);
        let settings = self.stage.stage.stack.settings().clone();
        let of_sign_in = merged(
            gateway_tests::sign_in::settings(&self.stage.stage.public_url()),
            &json!({"client_id": "dify-web"}),
        );
        let changes = merged(of_sign_in, changes);
        let settings = merged(settings, &changes);
        self.second.daemon.set_settings(HOOK_ID, settings);
    }

    /// The same request of the bearer of `token` to each process.
    fn requests(&self, method: &Method, path: &str, token: &str) -> [RequestBuilder; 2] {
        let client = harness::http_client();
        [&self.stage.stage.stack.daemon, &self.second.daemon].map(|daemon| {
            let url = format!("{}{path}", daemon.url_of(HOOK_ID));
            client.request(method.clone(), url).bearer_auth(token)
        })
    }

    /// What both processes answer to the bearer of `token`.
    async fn info(&self, token: &str) -> [WholeResponse; 2] {
        let [first, second] = self.requests(&Method::GET, "/info", token);
        [
            WholeResponse::of(first).await,
            WholeResponse::of(second).await,
        ]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_serve_one_sign_in_and_one_session() {
    let pair = Pair::start().await;
    let stage = &pair.stage;
    for _ in 0..4 {
        // The login begins at one process and ends at the other; then each of them is asked in turn.
        let browser = Browser::new();
        let request = prepared(stage, &browser).await;
        let alice = signed_in(stage.come_back(&browser, &request.callback("a-code")).await);
        for _ in 0..4 {
            let whoami = alice
                .fetch(&browser, Method::GET, "/whoami", &Value::Null)
                .await;
            assert_eq!(whoami.status, 200, "{}", whoami.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_at_both_processes_asks_once_each_and_leaves_a_good_session() {
    let pair = Pair::start().await;
    let stage = &pair.stage;
    let browser = Browser::new();
    let request = prepared(stage, &browser).await;
    stage
        .issuer()
        .set_fault("/token", Some(Fault::Slow(Duration::from_millis(300))));
    let callback = request.callback("a-code");
    let pages =
        futures::future::join_all((0..4).map(|_| stage.come_back(&browser, &callback))).await;
    assert!(
        pages.iter().any(|page| page.shown.status == 200),
        "{}",
        pages[0].trail()
    );
    assert!(stage.token_requests() <= 2, "{}", stage.token_requests());
    signed_in(browser.open(&stage.stage.at("/")).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_at_both_processes_goes_on_where_the_provider_does_not_rotate() {
    let pair = Pair::start().await;
    let stage = &pair.stage;
    let browser = Browser::new();
    let alice = stage.sign_in(&browser, "alice").await;
    stage.clock.advance(Duration::from_secs(15 * 60));
    let load = alice.request(Method::POST, "/auth/refresh", &json!({"active": true}));
    let hops = futures::future::join_all((0..4).map(|_| browser.load(load.clone()))).await;
    for hop in hops {
        let hop = hop.unwrap();
        assert_eq!(hop.status, 200, "{}", hop.text());
    }
    assert!(stage.token_requests() <= 3, "{}", stage.token_requests());
    assert_eq!(alice.chat(&browser, "Hello").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_processes_take_new_keys_at_once_and_each_counts_for_itself() {
    let pair = Pair::start().await;
    let stage = &pair.stage.stage;
    let old = stage.token("alice");
    for answer in pair.info(&old).await {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    stage.issuer().rotate(false);
    let new = stage.token("alice");
    for answer in pair.info(&new).await {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    for answer in pair.info(&old).await {
        assert_eq!(answer.refusal().1, "token_key_unknown");
    }

    pair.set(&json!({"requests_per_minute": "1 burst=2"}));
    for left in ["\"user\";r=1;t=60", "\"user\";r=0;t=120"] {
        for answer in pair.info(&new).await {
            assert_eq!(
                (answer.status.as_u16(), answer.header("ratelimit")),
                (200, left)
            );
        }
    }
    for answer in pair.info(&new).await {
        assert_eq!(answer.refusal().1, "user_rate_limited");
        assert_eq!(answer.header("retry-after"), "60");
    }
    for answer in pair.info(&stage.token("bob")).await {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_has_so_many_runs_at_each_process_and_no_more() {
    let pair = Pair::start().await;
    pair.set(&json!({"streams_per_user": "1"}));
    let stage = &pair.stage.stage;
    stage
        .control()
        .set_fault("/chat-messages", DifyFault::NeverEnd);
    let chat = json!({"query": "hi", "response_mode": "streaming", "inputs": {}});
    let chats = |user: &str| {
        let token = stage.token(user);
        let requests = pair.requests(&Method::POST, "/chat-messages", &token);
        requests.map(|request| request.json(&chat))
    };
    stage.seen();
    let mut open = Vec::new();
    for request in chats("alice").into_iter().chain(chats("bob")) {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        open.push(response);
    }
    for request in chats("alice") {
        let answer = WholeResponse::of(request).await;
        assert_eq!(answer.refusal().1, "too_many_streams");
        assert_eq!(answer.header("retry-after"), "5");
    }
    let asked = stage.seen();
    assert_eq!(asked.len(), open.len(), "{asked:?}");
}
