//! The body that Dify gets.

use http::header::CONTENT_ENCODING;
use http::{HeaderMap, Method};

use super::Identity;
use super::content_type::ContentType;
use super::form::form;
use super::json::{self, json};
use super::multipart::multipart;
use super::parameters;
use crate::environment::Environment;
use crate::error::{Code, Refusal};
use crate::limits;
use crate::operation::{BodyKind, Operation, ResponseKind, UserPlace};
use crate::request::{self, Piece};

/// The longest name of a content coding that a message repeats. Registered ones are shorter.
const LONGEST_CODING: usize = 32;

/// What the SDK hands over for an empty POST or PUT: the end of a chunked body, which the daemon sends and nobody
/// decodes.
const PHANTOM: &[u8] = b"0\r\n\r\n";

/// A rewritten body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Body {
    /// Its pieces. `None` if there is no body.
    pub pieces: Option<Vec<Piece>>,
    /// Its content type.
    pub content_type: Option<String>,
    /// Whether a successful response is a stream of events.
    pub streaming: bool,
}

/// Rewrites the body of a request for `operation`.
///
/// # Errors
/// `body_too_large` if the daemon has cut it, `unsupported_media_type` and `bad_request` if the operation does not take
/// it, `invalid_param` if `inputs` is not an object.
pub async fn body(
    operation: &Operation,
    headers: &HeaderMap,
    body: &dyn request::Body,
    identity: &Identity<'_>,
    environment: &dyn Environment,
) -> Result<Body, Refusal> {
    if operation.body == BodyKind::Nothing {
        let streaming = operation.response == ResponseKind::Events;
        return Ok(Body {
            pieces: None,
            content_type: None,
            streaming,
        });
    }
    if body.len() >= limits::BODY {
        let message = format!(
            "The body is so long that Dify's plugin daemon cuts it. Send fewer than {} bytes.",
            limits::BODY
        );
        return Err(Refusal::new(Code::BodyTooLarge, message));
    }
    check_coding(headers)?;
    match (operation.body, ContentType::of(headers)) {
        (BodyKind::Json, _) if operation.method == Method::DELETE && body.is_empty() => {
            json_body(operation, &b"{}".as_slice(), identity, environment).await
        }
        (BodyKind::Json, ContentType::Json) => {
            check_filled(body)?;
            json_body(operation, body, identity, environment).await
        }
        (BodyKind::Multipart, ContentType::Multipart(Some(boundary))) => {
            let pieces = Some(multipart(body, &boundary, identity.user, environment).await?);
            Ok(Body {
                pieces,
                content_type: Some(boundary.content_type()),
                streaming: false,
            })
        }
        (BodyKind::Multipart, ContentType::Multipart(None)) => Err(Refusal::new(
            Code::BadRequest,
            "`Content-Type: multipart/form-data` needs one `boundary` of 1 to 70 characters (RFC 2046 §5.1.1).",
        )),
        (BodyKind::Multipart, ContentType::Form) => {
            check_filled(body)?;
            let text = form(body, identity.user)?;
            Ok(Body {
                pieces: Some(vec![Piece::Own(text.into_bytes())]),
                content_type: Some("application/x-www-form-urlencoded".to_owned()),
                streaming: false,
            })
        }
        (_, found) => Err(unsupported(operation.body, &found)),
    }
}

/// Refuses a body that is no JSON to begin with: none, an encoded one, or one of another content type.
///
/// # Errors
/// `unsupported_media_type` and `bad_request`.
pub fn check_json(headers: &HeaderMap, body: &dyn request::Body) -> Result<(), Refusal> {
    check_coding(headers)?;
    match ContentType::of(headers) {
        ContentType::Json => check_filled(body),
        found => Err(unsupported(BodyKind::Json, &found)),
    }
}

/// Refuses an encoded body. The gateway could not check it, and Dify does not decode it.
fn check_coding(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(value) = headers.get(CONTENT_ENCODING) else {
        return Ok(());
    };
    let coding = value.to_str().unwrap_or_default().trim();
    if coding.eq_ignore_ascii_case("identity") {
        return Ok(());
    }
    let found = match coding {
        token if parameters::is_token(token) && token.len() <= LONGEST_CODING => {
            format!("`{token}`")
        }
        _ => "not one coding".to_owned(),
    };
    let message = format!(
        "The `Content-Encoding` of the body is {found}. Neither the gateway nor Dify \
         decodes a body. Send it without a content coding."
    );
    Err(Refusal::new(Code::UnsupportedMediaType, message))
}

async fn json_body(
    operation: &Operation,
    body: &dyn request::Body,
    identity: &Identity<'_>,
    environment: &dyn Environment,
) -> Result<Body, Refusal> {
    let edit = json::Edit {
        user: (operation.user == UserPlace::Json).then_some(identity.user),
        inputs: operation.takes_inputs.then_some(identity.inputs),
    };
    let rewritten = json(body, &edit, environment).await?;
    Ok(Body {
        pieces: Some(rewritten.pieces),
        content_type: Some("application/json".to_owned()),
        streaming: operation.response == ResponseKind::Run && rewritten.streaming,
    })
}

fn check_filled(body: &dyn request::Body) -> Result<(), Refusal> {
    let mut beginning = [0; PHANTOM.len()];
    let is_phantom = body.len() == PHANTOM.len()
        && body.read_at(0, &mut beginning) == PHANTOM.len()
        && beginning == *PHANTOM;
    if body.is_empty() || is_phantom {
        return Err(Refusal::new(
            Code::BadRequest,
            "The body is empty. This operation needs one.",
        ));
    }
    Ok(())
}

fn unsupported(body: BodyKind, found: &ContentType) -> Refusal {
    let found = match found {
        ContentType::Form => "`application/x-www-form-urlencoded`",
        ContentType::Json => "`application/json`",
        ContentType::Missing => "missing",
        ContentType::Multipart(_) => "`multipart/form-data`",
        ContentType::Other(media_type) => &format!("`{media_type}`"),
        ContentType::Unreadable => "not a media type",
    };
    let expected = match body {
        BodyKind::Multipart => "multipart/form-data",
        _ => "application/json",
    };
    let message = format!("The content type is {found}. This operation takes `{expected}`.");
    Refusal::new(Code::UnsupportedMediaType, message)
}
