//! The apps that need a model, with one.

use serde_json::{Value, json};
use stand_in_dify::{AppKind, StandIn};

use crate::client::{ask, json, start};

/// The events of a streamed answer: names, and the text that they say together.
async fn stream(stand_in: &StandIn, app: AppKind, path: &str) -> (String, String) {
    let body = r#"{"inputs":{"__oidc_email":"a@b"},"query":"hi","user":"alice","response_mode":"streaming"}"#;
    let (status, head, body) = ask(stand_in, app, "POST", path, body).await;
    assert_eq!(status, 200);
    assert!(
        head.contains("content-type: text/event-stream; charset=utf-8"),
        "{head}"
    );
    let data = body.lines().filter_map(|line| line.strip_prefix("data: "));
    let events: Vec<Value> = data
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let names: Vec<&str> = events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    let text = events
        .iter()
        .filter_map(|event| event["answer"].as_str())
        .collect();
    (names.join(" "), text)
}

#[tokio::test]
async fn each_mode_streams_in_its_own_events() {
    let stand_in = start();
    let cases = [
        (
            AppKind::Chat,
            "/chat-messages",
            "message message message message_end",
        ),
        (
            AppKind::Completion,
            "/completion-messages",
            "message message message message_end",
        ),
        (
            AppKind::AgentChat,
            "/chat-messages",
            "agent_thought agent_message agent_message agent_message message_end",
        ),
    ];
    for (app, path, events) in cases {
        let expected = (events.to_owned(), "q=hi user=alice email=a@b".to_owned());
        assert_eq!(stream(&stand_in, app, path).await, expected, "{app:?}");
    }
}

#[tokio::test]
async fn a_blocking_answer_says_the_same_at_once() {
    let stand_in = start();
    let body = r#"{"inputs":{},"query":"hi","user":"alice"}"#;
    for (app, path) in [
        (AppKind::Chat, "/chat-messages"),
        (AppKind::Completion, "/completion-messages"),
    ] {
        let answer = json(&stand_in, app, "POST", path, body).await;
        assert_eq!(answer["answer"], "q=hi user=alice email=", "{app:?}");
        assert_eq!(
            answer.get("conversation_id").is_some(),
            app == AppKind::Chat,
            "{app:?}"
        );
    }
}

#[tokio::test]
async fn text_becomes_audio_and_questions_are_suggested() {
    let stand_in = start();
    let body = r#"{"text":"hi","user":"alice"}"#;
    let (status, head, audio) = ask(
        &stand_in,
        AppKind::AudioChatflow,
        "POST",
        "/text-to-audio",
        body,
    )
    .await;
    assert_eq!((status, audio.get(..3)), (200, Some("ID3")));
    assert!(audio.contains("hi") && audio.len() > 65_536, "{audio:?}");
    assert!(head.contains("content-type: audio/mpeg"), "{head}");

    let chat = r#"{"inputs":{"secs":"0"},"query":"hi","user":"alice"}"#;
    let answer = json(
        &stand_in,
        AppKind::SlowChatflow,
        "POST",
        "/chat-messages",
        chat,
    )
    .await;
    let path = format!(
        "/messages/{}/suggested?user=alice",
        answer["id"].as_str().unwrap()
    );
    let suggested = json(&stand_in, AppKind::SlowChatflow, "GET", &path, "").await;
    assert_eq!(
        suggested,
        json!({ "result": "success", "data": ["What follows from \"hi\"?"] })
    );
}
