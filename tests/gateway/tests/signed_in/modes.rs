//! The plugin in each of the SDK's modes.

use gateway_tests::{Answer, Bench};
use http::Method;
use serde_json::json;
use stand_in_daemon::Mode;
use stand_in_dify::AppKind;

#[tokio::test(flavor = "multi_thread")]
async fn a_user_chats_in_every_mode() {
    for mode in [Mode::Local, Mode::Remote, Mode::Serverless] {
        let bench = Bench::with(AppKind::Chatflow, |options| options.mode = mode).await;
        let token = bench.token("alice");
        for (response_mode, expected) in [
            ("blocking", "user=alice"),
            ("streaming", r#""event":"message_end""#),
        ] {
            let chat = json!({"query": "hi", "response_mode": response_mode, "inputs": {"q": "x"}});
            let answer = bench.post(&token, "/chat-messages", &chat).await;
            assert_eq!(answer.status, 200, "{mode:?}");
            assert!(
                answer.text().contains(expected),
                "{mode:?}: {}",
                answer.text()
            );
        }
        let (status, code, _) = Answer::of(bench.request(Method::GET, "/info"))
            .await
            .refusal();
        assert_eq!((status, code.as_str()), (401, "token_missing"), "{mode:?}");
    }
}
