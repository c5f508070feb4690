//! `/files`: uploads and previews.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::json_answer;
use crate::caller::{FormCall, Id, Ids, QueryCall};
use crate::messages::Message;
use crate::multipart::{FilePart, Form};
use crate::refusal::Refusal;
use crate::world::{Tables, World, now};

const MEBIBYTE: usize = 1024 * 1024;

/// One uploaded file.
pub(crate) struct StoredFile {
    id: Uuid,
    /// The end user who uploaded it, and the only one who can send it to an app.
    pub(crate) owner: Uuid,
    name: String,
    extension: String,
    media_type: String,
    pub(crate) bytes: Bytes,
}

/// `POST /files/upload`
pub(crate) async fn upload(
    State(world): State<Arc<World>>,
    call: FormCall,
) -> Result<Response, Refusal> {
    let file = StoredFile::new(acceptable(&call.form)?, call.user.id);
    if file.bytes.len() > file.limit() {
        return Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "file_too_large",
            "",
        ));
    }
    let shown = file.shown(&world);
    world.tables().files.insert(file.id, file);
    Ok(json_answer(StatusCode::CREATED, &shown))
}

/// The one part that may be uploaded, checked in Dify's order.
fn acceptable(form: &Form) -> Result<&FilePart, Refusal> {
    let refusal = |status, code, message: &str| Err(Refusal::new(status, code, message));
    let bad = StatusCode::BAD_REQUEST;
    let Some(part) = form.file("file") else {
        return refusal(bad, "no_file_uploaded", "Please upload your file.");
    };
    if form.file_names() > 1 {
        return refusal(bad, "too_many_files", "Only one file is allowed.");
    }
    if part.content_type.is_empty() {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return refusal(status, "unsupported_file_type", "File type not allowed.");
    }
    if part.filename.is_empty() {
        return refusal(
            bad,
            "filename_not_exists_error",
            "The specified filename does not exist.",
        );
    }
    if part.filename.contains(['/', '\\']) {
        return Err(Refusal::invalid_param(
            "Filename contains invalid characters",
        ));
    }
    Ok(part)
}

impl StoredFile {
    fn new(part: &FilePart, owner: Uuid) -> Self {
        let (stem, extension) = part
            .filename
            .rsplit_once('.')
            .unwrap_or((&part.filename, ""));
        let name = match part.filename.chars().count() {
            0..=200 => part.filename.clone(),
            _ => format!(
                "{}.{extension}",
                stem.split('.')
                    .next()
                    .unwrap_or_default()
                    .chars()
                    .take(200)
                    .collect::<String>()
            ),
        };
        Self {
            id: Uuid::new_v4(),
            owner,
            name,
            extension: extension.to_lowercase(),
            media_type: part
                .content_type
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_lowercase(),
            bytes: part.bytes.clone(),
        }
    }

    pub(crate) fn id(&self) -> Uuid {
        self.id
    }

    /// The most bytes that Dify's default settings allow a file of this extension.
    fn limit(&self) -> usize {
        match self.extension.as_str() {
            "jpg" | "jpeg" | "png" | "webp" | "gif" | "svg" => 10 * MEBIBYTE,
            "mp4" | "mov" | "mpeg" | "webm" => 100 * MEBIBYTE,
            "mp3" | "m4a" | "wav" | "amr" | "mpga" => 50 * MEBIBYTE,
            _ => 15 * MEBIBYTE,
        }
    }

    fn shown(&self, world: &World) -> Value {
        json!({
            "id": self.id,
            "reference": null,
            "name": self.name,
            "size": self.bytes.len(),
            "extension": self.extension,
            "mime_type": self.media_type,
            "created_by": self.owner,
            "created_at": now(),
            "preview_url": null,
            "source_url": self.signed_url(world),
            "original_url": null,
            "user_id": null,
            "tenant_id": world.tenant,
            "conversation_id": null,
            "file_key": null,
        })
    }

    /// A link of the form that in Dify needs no key; the stand-in does not answer it.
    pub(crate) fn signed_url(&self, world: &World) -> String {
        let (id, time, nonce) = (self.id, now(), Uuid::new_v4().simple());
        let sign = hmac_sha256::HMAC::mac(
            format!("{id}|{time}|{nonce}").as_bytes(),
            world.tenant.as_bytes(),
        );
        let sign = utf8_percent_encode(&URL_SAFE.encode(sign), NON_ALPHANUMERIC).to_string();
        format!(
            "{}/files/{id}/file-preview?timestamp={time}&nonce={nonce}&sign={sign}",
            world.origin
        )
    }

    fn kind(&self) -> &'static str {
        match self.media_type.split('/').next() {
            Some("image") => "image",
            Some("audio") => "audio",
            Some("video") => "video",
            _ => "document",
        }
    }
}

/// A file that an app has made for an end user.
pub(crate) fn generated(owner: Uuid, name: &str, media_type: &str, bytes: Bytes) -> StoredFile {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    StoredFile {
        id: Uuid::new_v4(),
        owner,
        name: name.to_owned(),
        extension: extension.to_owned(),
        media_type: media_type.to_owned(),
        bytes,
    }
}

/// A file in the stored inputs of a run.
pub(crate) fn stored_input(world: &World, id: Uuid, kind: &Value) -> Value {
    let tables = world.tables();
    let Some(file) = tables.files.get(&id) else {
        return Value::Null;
    };
    let reference = STANDARD.encode(json!({ "record_id": id }).to_string());
    json!({
        "dify_model_identity": "__dify__file__",
        "id": null,
        "type": kind,
        "transfer_method": "local_file",
        "remote_url": "",
        "reference": format!("dify-file-ref:{reference}"),
        "filename": file.name,
        "extension": format!(".{}", file.extension),
        "mime_type": file.media_type,
        "size": file.bytes.len(),
        "related_id": id,
        "url": file.signed_url(world),
    })
}

/// The files of a message, as `GET /messages` lists them.
pub(crate) fn of_message(world: &World, tables: &Tables, message: &Message) -> Vec<Value> {
    let sent = message.files.iter().map(|id| (id, "user"));
    let made = message.generated.iter().map(|id| (id, "assistant"));
    let files = sent
        .chain(made)
        .filter_map(|(id, whose)| Some((tables.files.get(id)?, whose)));
    let shown = files.map(|(file, whose)| {
        json!({
            "id": file.id,
            "filename": file.name,
            "type": file.kind(),
            "url": file.signed_url(world),
            "mime_type": file.media_type,
            "size": file.bytes.len(),
            "transfer_method": "local_file",
            "belongs_to": whose,
            "upload_file_id": file.id,
        })
    });
    shown.collect()
}

/// `GET /files/<id>/preview`: any message file of the app, no matter who uploaded it.
pub(crate) async fn preview(
    State(world): State<Arc<World>>,
    Ids(Id(id)): Ids<Id>,
    call: QueryCall<false>,
) -> Result<Response, Refusal> {
    let tables = world.tables();
    let message = tables
        .messages
        .values()
        .find(|message| message.files.contains(&id) || message.generated.contains(&id));
    let (Some(message), Some(file)) = (message, tables.files.get(&id)) else {
        let text = "File not found in message context";
        return Err(Refusal::new(StatusCode::NOT_FOUND, "file_not_found", text));
    };
    if message.app != call.app {
        let text = "File access denied: not owned by requesting app";
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "file_access_denied",
            text,
        ));
    }
    let wants_attachment = call.query.get("as_attachment").and_then(Value::as_str) == Some("true");
    Ok(content(file, wants_attachment))
}

/// HTML is never shown in place; everything may be cached by anyone, as in Dify.
fn content(file: &StoredFile, as_attachment: bool) -> Response {
    let is_html = matches!(
        file.media_type.as_str(),
        "text/html" | "application/xhtml+xml"
    );
    let mut response = file.bytes.clone().into_response();
    let headers = response.headers_mut();
    let mut set = |name, value: &str| {
        drop(HeaderValue::from_str(value).map(|value| headers.insert(name, value)))
    };
    set(CACHE_CONTROL, "public, max-age=3600");
    if as_attachment || is_html {
        let name = utf8_percent_encode(&file.name, crate::front::UNRESERVED).to_string();
        set(CONTENT_TYPE, "application/octet-stream");
        set(
            CONTENT_DISPOSITION,
            &format!("attachment; filename*=UTF-8''{name}"),
        );
    } else if file.media_type.starts_with("text/") {
        set(CONTENT_TYPE, &format!("{}; charset=utf-8", file.media_type));
    } else {
        set(CONTENT_TYPE, &file.media_type);
    }
    if is_html {
        set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    }
    response
}
