//! Tokens that are refused, and those of every algorithm that is accepted.

use gateway_tests::{Stage, WholeResponse};
use harness::{Algorithm, TestIssuer};
use http::Method;
use serde_json::json;
use stand_in_dify::AppKind;

mod rows;

use rows::{claims, credentials, malformed, signatures};

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_is_refused_by_name_and_reaches_nobody() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let stranger = TestIssuer::start().await.unwrap();
    let good = stage.token("alice");
    let rows = credentials()
        .into_iter()
        .chain(malformed(&good))
        .chain(claims(stage.issuer(), &stranger))
        .chain(signatures(stage.issuer()));
    let chat = json!({"query": "hi", "response_mode": "blocking", "inputs": {}});
    for row in rows {
        let mut request = stage.request(Method::POST, "/chat-messages").json(&chat);
        if !row.authorization.is_empty() {
            request = request.header("authorization", &row.authorization);
        }
        let answer = WholeResponse::of(request).await;
        let (status, code, message) = answer.refusal();
        assert_eq!(
            (status, code.as_str(), without_seconds(&message)),
            (row.status, row.code, row.message),
            "{}",
            row.name
        );
        assert_eq!(
            answer.header("www-authenticate"),
            challenge(status, &code, &message),
            "{}",
            row.name
        );
        assert!(stage.seen().is_empty(), "{}: Dify was asked", row.name);
        assert_eq!(
            stage.get(&good, "/info").await.status,
            200,
            "after {}",
            row.name
        );
        stage.seen();
    }
    assert!(
        stranger.seen().is_empty(),
        "an issuer was asked that no setting names"
    );
    stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_credential_is_refused_and_never_quietly_left_out() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let (alice, bob) = (stage.token("alice"), stage.token("bob"));
    let request = stage.request(Method::GET, "/whoami").bearer_auth(&alice);
    let (status, code, _) = WholeResponse::of(request.bearer_auth(&bob)).await.refusal();
    assert_eq!((status, code.as_str()), (400, "authorization_malformed"));
    assert_eq!(stage.get(&alice, "/whoami").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_all_algorithms_are_accepted() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    for algorithm in Algorithm::ALL {
        let token = issuer.token(algorithm, &issuer.claims("alice"));
        let answer = stage.get(&token, "/info").await;
        assert_eq!(
            answer.status,
            200,
            "{}: {}",
            algorithm.name(),
            answer.text()
        );
    }
    assert_eq!(issuer.requests("/jwks"), 1);
}

/// RFC 6750 section 3: what was wrong, unless no token was sent.
fn challenge(status: u16, code: &str, message: &str) -> String {
    let error = match status {
        _ if code == "token_missing" => return "Bearer realm=\"dify\"".to_owned(),
        400 => "invalid_request",
        401 => "invalid_token",
        _ => panic!("{status} {code}"),
    };
    // RFC 6750 section 3 allows neither in a description.
    let description = message.replace('"', "'").replace('\\', "/");
    let description = description.replace('§', "section ");
    format!("Bearer realm=\"dify\", error=\"{error}\", error_description=\"{description}\"")
}

/// Seconds pass while a test runs.
fn without_seconds(message: &str) -> String {
    let words = message.split(' ').collect::<Vec<_>>();
    let counted = |index: usize| words.get(index + 1).is_some_and(|next| *next == "seconds");
    let words = words.iter().enumerate();
    let words: Vec<&str> = words
        .map(|(index, word)| if counted(index) { "N" } else { word })
        .collect();
    words.join(" ")
}
