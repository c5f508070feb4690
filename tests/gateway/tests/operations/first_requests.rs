//! A new user's first requests, of which Dify would make several users.

use std::time::Duration;

use gateway_tests::Stage;
use serde_json::json;
use stand_in_dify::{AppKind, Fault};
use tokio::sync::mpsc;

#[tokio::test(flavor = "multi_thread")]
async fn six_first_requests_at_once_make_one_user_and_all_are_answered() {
    let stage = Stage::of(AppKind::Chatflow).await;
    stage.set_settings(&json!({"streams_per_user": "6"}));
    for user in ["alice", "bob", "carol"] {
        let token = stage.token(user);
        let chat = json!({"query": "hi", "inputs": {}});
        let answers = (0..6).map(|_| stage.post(&token, "/chat-messages", &chat));
        for answer in futures::future::join_all(answers).await {
            assert_eq!(answer.status.as_u16(), 200, "{user}: {}", answer.text());
        }
        assert_eq!(
            stage.control().end_user_rows(AppKind::Chatflow, user),
            1,
            "{user}"
        );
        let listed = stage.get(&token, "/conversations").await.json();
        assert_eq!(
            listed["data"].as_array().unwrap().len(),
            6,
            "{user} sees every conversation"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_new_user_waits_for_the_first_answer_and_not_for_long() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let (alice, bob) = (stage.token("alice"), stage.token("bob"));
    assert_eq!(stage.get(&bob, "/conversations").await.status.as_u16(), 200);
    // Longer than anybody waits, and than everything below takes.
    let first = Fault::Delay(Duration::from_secs(15));
    stage.control().set_fault_once("/messages", first);

    let (done, mut order) = mpsc::unbounded_channel();
    let finished = |name: &'static str| done.send(name).unwrap();
    let first = async {
        stage.get(&alice, "/messages").await;
        finished("Alice's first");
    };
    let second = async {
        until(|| {
            stage
                .control()
                .requests()
                .iter()
                .any(|request| request.path == "/v1/messages")
        })
        .await;
        let second = async {
            stage.get(&alice, "/conversations").await;
            finished("Alice's second");
        };
        let of_another = async {
            stage.get(&bob, "/conversations").await;
            finished("Bob's");
        };
        tokio::join!(second, of_another);
    };
    tokio::join!(first, second);
    let order: Vec<_> = [order.recv().await, order.recv().await, order.recv().await]
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(order, ["Bob's", "Alice's second", "Alice's first"]);
}

async fn until(is_met: impl Fn() -> bool) {
    while !is_met() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
