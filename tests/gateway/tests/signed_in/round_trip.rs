//! Users of the real `oidc-provider` chat, and see their own conversations only.

use std::time::Duration;

use gateway_tests::{Stage, WholeResponse};
use harness::{Algorithm, SignIn};
use serde_json::{Value, json};
use stand_in_dify::{AppKind, SeenRequest};

async fn token(stage: &Stage, user: &str) -> String {
    let tokens = stage.identity_provider().sign_in(user).await;
    tokens.unwrap().access_token
}

fn body(seen: &SeenRequest) -> Value {
    serde_json::from_slice(seen.body.as_ref().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_in_user_chats_as_the_tokens_subject_and_sees_no_other_conversation() {
    let stage = Stage::with_identity_provider(AppKind::Chatflow).await;
    let alice = token(&stage, "alice").await;
    let bob = token(&stage, "bob").await;
    let forged = json!({"q": "x", "__oidc_email": "boss@example.com", "__oidc_level": 9, "__oidc_other": "y"});
    let chat = json!({"query": "hi", "response_mode": "blocking", "user": "bob", "inputs": forged});

    let answer = stage.post(&alice, "/chat-messages", &chat).await;
    let seen = stage.seen();
    assert_answers(
        &answer,
        "q=hi|user=alice|email=alice@example.com|level=|inq=x",
    );
    assert_eq!(
        seen.iter().map(body).collect::<Vec<_>>(),
        [json!({
            "query": "hi", "response_mode": "blocking", "user": "alice",
            "inputs": {"q": "x", "__oidc_email": "alice@example.com"},
        })]
    );
    assert_eq!(seen[0].headers["authorization"], "Bearer app-chatflow");

    let conversation = answer.json()["conversation_id"].clone();
    let answer = stage.post(&bob, "/chat-messages", &chat).await;
    assert_answers(&answer, "q=hi|user=bob|email=bob@example.com|level=|inq=x");

    assert_eq!(
        conversations(&stage, &alice, "").await,
        std::slice::from_ref(&conversation)
    );
    assert_eq!(
        conversations(&stage, &bob, "?user=alice&us%65r=alice").await,
        [answer.json()["conversation_id"].clone()]
    );
    let queries: Vec<String> = stage.seen().into_iter().map(|seen| seen.query).collect();
    assert_eq!(queries[1..], ["user=alice", "user=bob"]);

    let id = conversation.as_str().unwrap();
    for (user, status, messages) in [(&alice, 200, 1), (&bob, 404, 0)] {
        let answer = stage
            .get(user, &format!("/messages?conversation_id={id}"))
            .await;
        let count = answer.json()["data"].as_array().map_or(0, Vec::len);
        assert_eq!((answer.status.as_u16(), count), (status, messages));
    }
}

fn assert_answers(answer: &WholeResponse, text: &str) {
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["answer"]),
        (200, &json!(text))
    );
    assert_eq!(
        answer.header("content-type"),
        "application/json; charset=utf-8"
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("vary"), "Authorization, Origin");
}

async fn conversations(stage: &Stage, token: &str, query: &str) -> Vec<Value> {
    let answer = stage.get(token, &format!("/conversations{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let listed = answer.json()["data"].as_array().unwrap().clone();
    listed
        .into_iter()
        .map(|conversation| conversation["id"].clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_rotated_keys_are_taken_at_once_and_those_of_withdrawn_keys_no_more() {
    let stage = Stage::with_identity_provider(AppKind::Chatflow).await;
    let provider = stage.identity_provider();
    let old = token(&stage, "alice").await;
    assert_eq!(stage.get(&old, "/info").await.status, 200);

    provider.rotate_keys(false).await.unwrap();
    let new = token(&stage, "alice").await;
    assert_eq!(stage.get(&new, "/info").await.status, 200);
    let (status, code, _) = stage.get(&old, "/info").await.refusal();
    assert_eq!((status, code.as_str()), (401, "token_key_unknown"));
    assert_eq!(provider.requests().await.unwrap()["/jwks"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_the_provider_issues_only_access_tokens_for_this_endpoint_are_taken() {
    let stage = Stage::with_identity_provider(AppKind::Chatflow).await;
    let provider = stage.identity_provider();
    let issued = async |resource: &str| {
        let sign_in = SignIn {
            resource: Some(resource),
            ..SignIn::of("alice")
        };
        provider.sign_in_with(sign_in).await.unwrap().access_token
    };
    for algorithm in Algorithm::ALL {
        let token = issued(&format!("urn:dify:alg:{}", algorithm.name())).await;
        let answer = stage.get(&token, "/info").await;
        assert_eq!(
            answer.status,
            200,
            "{}: {}",
            algorithm.name(),
            answer.text()
        );
    }
    stage.seen();
    stage.set_settings(&json!({"clock_skew": "0"}));
    let short = issued("urn:dify:short").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    for (name, token, expected) in [
        (
            "for another API",
            issued("urn:dify:api").await,
            "token_audience_refused",
        ),
        ("opaque", issued("urn:dify:opaque").await, "token_opaque"),
        ("of two seconds", short, "token_expired"),
    ] {
        let answer = stage.get(&token, "/info").await;
        let found = (answer.status.as_u16(), &answer.json()["code"]);
        assert_eq!(found, (401, &json!(expected)), "{name}");
    }
    assert!(stage.seen().is_empty(), "Dify was asked");
}
