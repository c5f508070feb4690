//! Users of the real `oidc-provider` chat, and see their own conversations only.

use gateway_tests::Bench;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_in_user_chats_as_the_tokens_subject() {
    let bench = Bench::with_identity_provider(AppKind::Chatflow).await;
    let alice = bench.identity_provider().sign_in("alice").await.unwrap().access_token;
    let chat = json!({
        "query": "hi", "response_mode": "blocking", "user": "bob",
        "inputs": {"q": "x", "__oidc_email": "boss@example.com", "__oidc_level": 9},
    });
    let answer = bench.post(&alice, "/chat-messages", &chat).await;
    println!("{:?} {:#}", answer.headers, answer.json());
    for seen in bench.seen() {
        println!("{seen:?}");
    }
    for line in bench.stack.daemon.log_lines() { println!("{line:?}"); }
    let _: Value = answer.json();
}
