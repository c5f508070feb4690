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
use crate::sound;
use crate::world::World;

/// Dify's limit, in bytes.
const MOST_AUDIO: usize = 30 * 1024 * 1024;

/// `AUDIO_EXTENSIONS` of `api/constants/__init__.py`; the type of a part must be `audio/` and one of them
/// (`AudioService.transcript_asr`).
const EXTENSIONS: [&str; 5] = ["amr", "m4a", "mp3", "mpga", "wav"];

/// `POST /audio-to-text`: the "text" says what kind of sound was heard, of what is no WAV its SHA-256.
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
    let extension = part.content_type.strip_prefix("audio/");
    if !extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) {
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
    if !part.bytes.starts_with(b"RIFF") {
        return Ok(ok(&json!({ "text": sha256(&part.bytes) })));
    }
    let heard = sound::heard(&part.bytes)
        .ok_or_else(|| bad("completion_request_error", "The sound cannot be decoded."))?;
    Ok(ok(&json!({ "text": heard })))
}

/// `POST /text-to-audio`: silence, long enough to arrive in more than one piece, with the text as its title.
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
    let mut audio = sound::titled(&text);
    audio.extend(sound::silence(700));
    Ok(([(CONTENT_TYPE, "audio/mpeg")], audio).into_response())
}

/// The answer of the end user's own message.
fn own_answer(world: &World, call: &JsonCall<false>, id: &str) -> Option<String> {
    let id = Uuid::parse_str(id).ok()?;
    let tables = world.tables();
    let message = messages::own(&tables, &call.user, id).ok()?;
    Some(message.answer.clone())
}
