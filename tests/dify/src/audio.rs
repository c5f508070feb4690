//! `/audio-to-text` and `/text-to-audio`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::ok;
use crate::caller::{FormCall, JsonCall};
use crate::messages;
use crate::refusal::Refusal;
use crate::seen::sha256;
use crate::world::World;

/// Dify's limit, in bytes.
const MOST_AUDIO: usize = 30 * 1024 * 1024;

/// `POST /audio-to-text`: the "text" is the SHA-256 of what was heard.
pub(crate) async fn to_text(
    State(world): State<Arc<World>>,
    call: FormCall,
) -> Result<Response, Refusal> {
    let bad = |code, message: &str| Refusal::new(StatusCode::BAD_REQUEST, code, message);
    if !call.app.has_audio() {
        return Err(bad(
            "speech_to_text_disabled",
            "Speech to text is disabled.",
        ));
    }
    let part = call
        .form
        .file("file")
        .ok_or_else(|| bad("no_audio_uploaded", "Please upload your audio."))?;
    if !part.content_type.starts_with("audio/") {
        let message = "Audio type not allowed.";
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_audio_type",
            message,
        ));
    }
    if part.bytes.len() > MOST_AUDIO {
        let message = "Audio size larger than 30 mb";
        return Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "audio_too_large",
            message,
        ));
    }
    if !world.options.models {
        return Err(bad(
            "provider_not_initialize",
            "Default model not found for speech2text",
        ));
    }
    Ok(ok(&json!({ "text": sha256(&part.bytes) })))
}

/// `POST /text-to-audio`: the "audio" is the text's UTF-8 repeated until it is long enough to
/// arrive in more than one piece.
pub(crate) async fn to_audio(
    State(world): State<Arc<World>>,
    call: JsonCall<false>,
) -> Result<Response, Refusal> {
    let text = match call.body.get("message_id").and_then(Value::as_str) {
        Some(id) => match own_answer(&world, &call, id) {
            Some(text) => text,
            None => return Ok(ok(&Value::Null)),
        },
        None => match call.body.get("text").and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => return Err(Refusal::invalid_param("Text is required")),
        },
    };
    if !call.app.has_audio() {
        return Err(Refusal::invalid_param("TTS is not enabled"));
    }
    if !world.options.models {
        let message = "Default model not found for tts";
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "provider_not_initialize",
            message,
        ));
    }
    let audio = format!("{text}\n").repeat(1 + 65_536 / (text.len() + 1));
    Ok(([(CONTENT_TYPE, "audio/mpeg")], audio).into_response())
}

/// The answer of the end user's own message.
fn own_answer(world: &World, call: &JsonCall<false>, id: &str) -> Option<String> {
    let id = Uuid::parse_str(id).ok()?;
    let tables = world.tables();
    let message = messages::own(&tables, &call.user, id).ok()?;
    Some(message.answer.clone())
}
