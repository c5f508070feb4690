//! `/info`, `/parameters`, `/meta` and `/site`: what an app is.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use crate::answer::ok;
use crate::caller::Key;
use crate::kind::AppKind;
use crate::world::World;

/// `GET /info`
pub(crate) async fn info(Key(app): Key) -> Response {
    let mut description = app.title().to_owned();
    if app.mode().has_graph() {
        description.push_str(" (loopback probe)");
    }
    ok(&json!({
        "name": app.title(),
        "description": description,
        "tags": [],
        "mode": app.mode().name(),
        "author_name": "admin",
    }))
}

/// `GET /parameters`
pub(crate) async fn parameters(State(world): State<Arc<World>>, Key(app): Key) -> Response {
    let form = world.app(app).switches().form.clone();
    let form: Vec<Value> = form.iter().map(|field| field.entry(app.mode())).collect();
    let speech = if app.has_audio() { "en-US" } else { "" };
    let mut text_to_speech = json!({ "enabled": app.has_audio(), "language": speech, "voice": "" });
    if app.has_audio() {
        text_to_speech["autoPlay"] = json!("enabled");
    }
    ok(&json!({
        "opening_statement": "",
        "suggested_questions": [],
        "suggested_questions_after_answer": { "enabled": app.suggests() },
        "speech_to_text": { "enabled": app.has_audio() },
        "text_to_speech": text_to_speech,
        "retriever_resource": { "enabled": true },
        "annotation_reply": { "enabled": false },
        "more_like_this": { "enabled": false },
        "user_input_form": form,
        "sensitive_word_avoidance": moderation(app),
        "file_upload": file_upload(app),
        "system_parameters": {
            "image_file_size_limit": 10,
            "video_file_size_limit": 100,
            "audio_file_size_limit": 50,
            "file_size_limit": 15,
            "workflow_file_upload_limit": 10,
        },
    }))
}

fn moderation(app: AppKind) -> Value {
    if app.mode().has_graph() {
        return json!({ "enabled": false });
    }
    json!({ "enabled": false, "type": "", "configs": [] })
}

fn file_upload(app: AppKind) -> Value {
    if !app.mode().has_graph() {
        let methods = ["remote_url", "local_file"];
        return json!({
            "image": { "detail": "high", "enabled": false, "number_limits": 3, "transfer_methods": methods },
        });
    }
    let enabled = matches!(
        app,
        AppKind::AudioChatflow | AppKind::Chatflow | AppKind::Workflow
    );
    let methods = ["local_file", "remote_url"];
    let mut upload = json!({
        "allowed_file_extensions": [".TXT", ".PNG", ".JPG", ".PDF"],
        "allowed_file_types": ["image", "document", "custom"],
        "allowed_file_upload_methods": methods,
        "enabled": enabled,
        "number_limits": 3,
    });
    if !enabled {
        upload["image"] =
            json!({ "enabled": false, "number_limits": 3, "transfer_methods": methods });
    }
    upload
}

/// `GET /meta`
pub(crate) async fn meta(Key(_): Key) -> Response {
    ok(&json!({ "tool_icons": {} }))
}

/// `GET /site`
pub(crate) async fn site(Key(app): Key) -> Response {
    ok(&json!({
        "title": app.title(),
        "chat_color_theme": null,
        "chat_color_theme_inverted": false,
        "icon_type": "emoji",
        "icon": "🤖",
        "icon_background": "#FFEAD5",
        "description": null,
        "copyright": null,
        "privacy_policy": null,
        "input_placeholder": null,
        "custom_disclaimer": "",
        "default_language": "en-US",
        "show_workflow_steps": true,
        "use_icon_as_answer_icon": false,
        "icon_url": null,
    }))
}
