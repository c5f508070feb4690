//! Many requests, or costly ones.

use std::time::Duration;

use futures::future::join_all;
use gateway_tests::{WholeResponse, raw_with};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

use super::pair::{FACTOR, Pair, RESOLUTION, again_and_again};

const CHAT: &str = "/chat-messages";

fn blocking_chat() -> Value {
    json!({"query": "hi", "response_mode": "blocking", "inputs": {}})
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_with_20_000_fields_are_refused_and_disturb_nobody() {
    let pair = Pair::of(AppKind::Chatflow).await;
    let lines = b"a: b\r\n".repeat(20_000);
    let attack = again_and_again(4, Duration::from_millis(20), || async {
        let answer = raw_with(&pair.stage, "GET", "/info", &lines).await;
        let (status, code, _) = answer.refusal();
        assert_eq!((status, code.as_str()), (431, "request_head_too_large"));
    });
    pair.assert_undisturbed("heads", attack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn preflights_for_one_name_4000_times_get_it_once_and_disturb_nobody() {
    let pair = Pair::of(AppKind::Chatflow).await;
    pair.stage
        .set_settings(&json!({"allowed_origins": "https://app.example"}));
    let fields = format!("authorization{}", ",authorization".repeat(4_000));
    let lines = format!(
        "Origin: https://app.example\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: {fields}\r\n"
    );
    let attack = again_and_again(4, Duration::from_millis(20), || async {
        let answer = raw_with(&pair.stage, "OPTIONS", CHAT, lines.as_bytes()).await;
        assert_eq!(answer.status, 204);
        assert_eq!(
            answer.header("access-control-allow-headers"),
            "authorization"
        );
    });
    pair.assert_undisturbed("preflights", attack).await;
}

/// A chat of ten mebibytes whose member `x` is this. A comma too many at the end lets it be refused, so that only reading
/// it is measured.
fn large_chat(x: &str) -> Vec<u8> {
    format!(r#"{{"query":"hi","inputs":{{}},"x":{x},}}"#).into_bytes()
}

/// A client that sends `body` again and again.
async fn send(pair: &Pair, body: &[u8]) {
    let token = pair.stage.token("mallory");
    again_and_again(1, Duration::ZERO, || async {
        let request = pair
            .stage
            .request(Method::POST, CHAT)
            .bearer_auth(&token)
            .header("content-type", "application/json");
        let answer = WholeResponse::of(request.body(body.to_vec())).await;
        assert_eq!(answer.refusal().1, "bad_request");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn json_that_is_costly_to_read_delays_nobody_more_than_a_text_of_its_size() {
    const SIZE: usize = 10 * 1024 * 1024 - 200;
    let list = |element: &str| large_chat(&format!("[{}0]", element.repeat(SIZE / element.len())));
    let members = r#""a":0,"#.repeat(SIZE / 6);
    let rows = [
        ("zeros", list("0,")),
        ("lists", list("[],")),
        (
            "equal members",
            large_chat(&format!(r#"{{{members}"a":0}}"#)),
        ),
        ("numbers", list("1.5e300,")),
        (
            "escapes",
            large_chat(&format!(r#""{}""#, r"\u00e9".repeat(SIZE / 6))),
        ),
    ];
    let pair = Pair::of(AppKind::Chatflow).await;
    // The daemon hands a body over in one line of twice its size, and each waits for those before it.
    let text = large_chat(&format!(r#""{}""#, "x".repeat(SIZE)));
    let usual = pair.slowest_during(send(&pair, &text)).await;
    for (name, body) in rows {
        let slowest = pair.slowest_during(send(&pair, &body)).await;
        assert!(
            slowest <= (usual * 2).max(RESOLUTION * FACTOR),
            "{name}: the neighbour's 99th percentile is {slowest:?}, with a text of that size it is {usual:?}"
        );
    }
    pair.stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_chats_that_wait_for_a_dify_that_hangs_disturb_nobody() {
    let pair = Pair::of(AppKind::Chatflow).await;
    let hanging =
        json!({"dify_api_url": format!("{}/v1", pair.silence.url()), "input_claims": "none"});
    for (limit, code) in [("4", "too_many_streams"), ("0", "busy")] {
        let mut settings = hanging.clone();
        settings["streams_per_user"] = json!(limit);
        pair.stage.set_settings(&settings);
        let token = pair.stage.token("mallory");
        let chats: Vec<_> = (0..1000)
            .map(|_| {
                let request = pair.stage.request(Method::POST, CHAT);
                tokio::spawn(request.bearer_auth(&token).json(&blocking_chat()).send())
            })
            .collect();
        pair.assert_undisturbed(&format!("limit {limit}"), async {
            // Who is refused is refused at once, and so are those without a token.
            let answer = WholeResponse::of(pair.stage.request(Method::POST, CHAT)).await;
            assert_eq!(answer.refusal().1, "token_missing");
            let answer = pair.stage.post(&token, CHAT, &blocking_chat()).await;
            assert_eq!(answer.refusal().1, code);
            assert!(!answer.header("retry-after").is_empty());
        })
        .await;
        chats.iter().for_each(|chat| chat.abort());
    }
    assert!(
        pair.silence.open_connections() > 4,
        "without a limit more are under way"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_health_check_of_an_endpoint_whose_dify_hangs_disturbs_nobody() {
    let pair = Pair::of(AppKind::Chatflow).await;
    pair.stage.set_settings(
        &json!({"dify_api_url": format!("{}/v1", pair.silence.url()), "input_claims": "none"}),
    );
    let attack = again_and_again(1200, Duration::from_secs(1), || async {
        let answer = WholeResponse::of(pair.stage.request(Method::GET, "/health")).await;
        assert_eq!(answer.status, 503);
    });
    pair.assert_undisturbed("health", attack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn made_up_tokens_of_a_provider_that_hangs_disturb_nobody() {
    let pair = Pair::of(AppKind::Chatflow).await;
    let good = pair.stage.token("alice");
    assert_eq!(pair.stage.get(&good, "/info").await.status, 200);
    let issuer = pair.stage.issuer();
    issuer.set_fault("/jwks", Some(harness::Fault::Slow(Duration::from_secs(60))));
    issuer.rotate(false);
    let unknown = pair.stage.token("mallory");
    let attack = again_and_again(400, Duration::from_millis(500), || async {
        let answer = pair.stage.get(&unknown, "/info").await;
        assert!(
            [401, 503].contains(&answer.status.as_u16()),
            "{}",
            answer.text()
        );
    });
    pair.assert_undisturbed("unknown keys", async {
        futures::future::join(attack, async {
            // Tokens of keys that are known are taken meanwhile.
            let answers = join_all((0..20).map(|_| pair.stage.get(&good, "/info"))).await;
            for answer in answers {
                assert_eq!(answer.status, 200, "{}", answer.text());
            }
        })
        .await;
    })
    .await;
}
