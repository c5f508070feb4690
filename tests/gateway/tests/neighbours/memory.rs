//! What fills memory.

use futures::future::join_all;
use gateway_tests::{Holdings, WholeResponse};
use harness::CannedResponse;
use http::Method;
use serde_json::json;
use stand_in_dify::AppKind;

use super::pair::Pair;

const MIB: u64 = 1024 * 1024;
const CHAT: &str = "/chat-messages";

/// A message of four mebibytes, which needs room in the neighbour's instance.
async fn assert_serves_a_large_message(pair: &Pair) {
    let text = "x".repeat(4 * MIB as usize);
    let chat = json!({"query": text, "response_mode": "blocking", "inputs": {}});
    let answer = pair.neighbours("bob", &chat).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

async fn assert_has_grown_less_than(bytes: u64, before: Holdings, pair: &Pair) {
    let now = Holdings::of(&pair.stage);
    let grown = now.resident.saturating_sub(before.resident);
    assert!(grown < bytes, "{} MiB", grown / MIB);
    assert_serves_a_large_message(pair).await;
    pair.stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_bodies_of_ten_mebibytes_take_no_more_than_one_and_a_half_of_each() {
    const BODY: u64 = 10 * MIB - 1024;
    let pair = Pair::of(AppKind::Chatflow).await;
    pair.stage.set_settings(&json!({
        "dify_api_url": format!("{}/v1", pair.silence.url()), "input_claims": "none", "streams_per_user": "0",
    }));
    let token = pair.stage.token("mallory");
    let before = Holdings::of(&pair.stage);
    Holdings::forget_peak(&pair.stage);
    let text = "x".repeat(BODY as usize - 200);
    let chat = json!({"query": text, "response_mode": "blocking", "inputs": {}});
    let body = chat.to_string();
    let chats: Vec<_> = (0..20)
        .map(|_| {
            let request = pair.stage.request(Method::POST, CHAT).bearer_auth(&token);
            let request = request
                .header("content-type", "application/json")
                .body(body.clone());
            tokio::spawn(request.send())
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_secs(10)).await;
    assert_serves_a_large_message(&pair).await;
    let peak = Holdings::of(&pair.stage).peak - before.resident;
    assert!(peak < 20 * BODY * 3 / 2, "{} MiB", peak / MIB);
    chats.iter().for_each(|chat| chat.abort());
}

#[tokio::test(flavor = "multi_thread")]
async fn introspection_answers_of_64_kib_do_not_fill_it() {
    let pair = Pair::of(AppKind::Chatflow).await;
    pair.stage.set_settings(&json!({
        "token_validation": "introspection", "client_secret": "secret", "input_claims": "none",
    }));
    let issuer = pair.stage.issuer();
    let mut claims = issuer.claims("mallory");
    claims["active"] = json!(true);
    claims["filler"] = json!("x".repeat(60 * 1024));
    issuer.set_answer("/introspect", CannedResponse::json(&claims));
    let before = Holdings::of(&pair.stage);
    for number in 0..400 {
        let token = format!("opaque-{number}");
        assert_eq!(pair.stage.get(&token, "/info").await.status, 200);
    }
    assert_has_grown_less_than(32 * MIB, before, &pair).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_change_370_times_do_not_fill_it() {
    let pair = Pair::of(AppKind::Chatflow).await;
    let token = pair.stage.token("mallory");
    let chat = json!({"query": "hi", "response_mode": "blocking", "inputs": {}});
    let before = Holdings::of(&pair.stage);
    for number in 0..370 {
        pair.stage.set_settings(
            &json!({"required_claims": "", "clock_skew": (number % 300).to_string()}),
        );
        assert_eq!(pair.stage.post(&token, CHAT, &chat).await.status, 200);
    }
    assert_has_grown_less_than(32 * MIB, before, &pair).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_three_megabytes_are_refused_and_not_kept() {
    let pair = Pair::of(AppKind::Chatflow).await;
    let before = Holdings::of(&pair.stage);
    for number in 0..48 {
        let settings =
            json!({"required_claims": format!("group={number}{}", "x".repeat(3_000_000))});
        pair.stage.set_settings(&settings);
        let answers =
            join_all((0..2).map(|_| WholeResponse::of(pair.stage.request(Method::GET, "/info"))))
                .await;
        for answer in answers {
            assert_eq!(answer.refusal().1, "configuration_error");
        }
    }
    assert_has_grown_less_than(64 * MIB, before, &pair).await;
}
