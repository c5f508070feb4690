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

/// A WAV of 16-bit PCM.
fn wav(rate: u32, samples: &[i16]) -> Vec<u8> {
    let length = u32::try_from(samples.len()).unwrap() * 2;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + length).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    wav.extend([1_u16, 1].map(u16::to_le_bytes).concat());
    wav.extend([rate, rate * 2].map(u32::to_le_bytes).concat());
    wav.extend([2_u16, 16].map(u16::to_le_bytes).concat());
    wav.extend(b"data");
    wav.extend(length.to_le_bytes());
    wav.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    wav
}

#[tokio::test]
async fn a_sound_is_heard_where_it_is_what_it_says() {
    let stand_in = start();
    let cut = wav(16_000, &[1, 2, 3]).split_last().unwrap().1.to_vec();
    let cases = [
        (
            "audio/wav",
            wav(16_000, &[0, 9]),
            "A sound of 16000 Hz in 1 channel.",
        ),
        (
            "audio/wav",
            wav(48_000, &[9]),
            "A sound of 48000 Hz in 1 channel.",
        ),
        (
            "audio/wav",
            wav(16_000, &[0; 9]),
            "Silence of 16000 Hz in 1 channel.",
        ),
        ("audio/wav", cut, "completion_request_error"),
        (
            "audio/webm",
            b"\x1aE\xdf\xa3".to_vec(),
            "unsupported_audio_type",
        ),
        ("audio/x-wav", wav(16_000, &[9]), "unsupported_audio_type"),
    ];
    for (kind, sound, expected) in cases {
        let mut form = format!(
            "--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nalice\r\n--b\r\nContent-Disposition: form-data; \
             name=\"file\"; filename=\"a\"\r\nContent-Type: {kind}\r\n\r\n"
        )
        .into_bytes();
        form.extend(sound);
        form.extend(b"\r\n--b--\r\n");
        let mut request = format!(
            "POST /v1/audio-to-text HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer \
             app-audio_chatflow\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n",
            form.len()
        )
        .into_bytes();
        request.extend(form);
        let answer = crate::client::raw(stand_in.address(), &request).await;
        let answer = String::from_utf8(answer).unwrap();
        let body: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        let told = body.get("text").or(body.get("code"));
        assert_eq!(told, Some(&json!(expected)), "{kind}");
    }
}

#[tokio::test]
async fn an_app_with_autoplay_says_its_answer_before_the_end() {
    let stand_in = start();
    let (names, _) = stream(&stand_in, AppKind::AudioChatflow, "/chat-messages").await;
    let end = "message_end tts_message tts_message tts_message tts_message tts_message tts_message_end workflow_finished";
    assert!(names.ends_with(end), "{names}");
    let (names, _) = stream(&stand_in, AppKind::Chatflow, "/chat-messages").await;
    assert!(!names.contains("tts"), "{names}");
}
