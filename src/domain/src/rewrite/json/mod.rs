//! A JSON body, which stays with the host: it is read once, piece by piece, and Dify gets it with a few edits.

use std::str;

use super::inputs::RawJson;
use super::turns::Turns;
use crate::environment::Environment;
use crate::error::{Code, Refusal};
use crate::json::scanner::{Problem, Scanner};
use crate::request::{Body, Piece};

mod members;
mod place;
mod text;

use members::Members;
use place::Place;

/// Bytes in memory at once. The host hands over as many with the call.
const WINDOW: usize = 64 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What is written into a JSON body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edit<'a> {
    /// The caller, where Dify reads `user` from JSON.
    pub(super) user: Option<&'a str>,
    /// The claims, where the operation takes inputs.
    pub(super) inputs: Option<&'a [(String, RawJson)]>,
}

/// A rewritten body.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Rewritten {
    /// The JSON text.
    pub(super) pieces: Vec<Piece>,
    /// Whether `response_mode` is `streaming`.
    pub(super) streaming: bool,
}

/// Rewrites a body, which must be a JSON object in UTF-8. Dify gets no byte order mark: its parser refuses one.
pub(super) async fn json(
    body: &dyn Body,
    edit: &Edit<'_>,
    environment: &dyn Environment,
) -> Result<Rewritten, Refusal> {
    let mut members = Members::default();
    read(body, &mut members, environment).await?;
    members.edited(edit)
}

async fn read(
    body: &dyn Body,
    members: &mut Members,
    environment: &dyn Environment,
) -> Result<(), Refusal> {
    let mut turns = Turns::new(environment);
    let mut window = vec![0; WINDOW.min(body.len())];
    let mut offset = start(body)?;
    let mut scanner = Scanner::at(offset);
    while let Some(text) = text_at(body, offset, &mut window)? {
        scanner
            .feed(text.as_bytes(), members)
            .map_err(|problem| not_an_object(problem, body, scanner.offset()))?;
        offset += text.len();
        turns.after(text.len()).await;
    }
    scanner
        .end()
        .map_err(|problem| not_an_object(problem, body, scanner.offset()))
}

/// Where the text begins: after a byte order mark of UTF-8.
fn start(body: &dyn Body) -> Result<usize, Refusal> {
    let mut beginning = [0; 3];
    let read = body.read_at(0, &mut beginning);
    match beginning.get(..read).unwrap_or_default() {
        BYTE_ORDER_MARK => Ok(BYTE_ORDER_MARK.len()),
        // JSON begins with two ASCII characters (RFC 4627 §3), so these are the marks and the zeros of the other
        // encodings. Python's parser would read them: they must not be a way around this one.
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0, ..] | [_, 0, ..] => Err(bad(
            "The body is UTF-16 or UTF-32. Send JSON in UTF-8 (RFC 8259 §8.1).",
        )),
        _ => Ok(0),
    }
}

/// The text from `offset` on, as far as it fits into `window` in whole characters. `None` at the end of the body.
fn text_at<'a>(
    body: &dyn Body,
    offset: usize,
    window: &'a mut [u8],
) -> Result<Option<&'a str>, Refusal> {
    let rest = body.len().saturating_sub(offset);
    let fitting = window.len().min(rest);
    let bytes = window.get_mut(..fitting).unwrap_or_default();
    let read = body.read_at(offset, bytes);
    let bytes = bytes.get(..read).unwrap_or_default();
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() == 0 => return Err(not_utf8(body, offset, bytes)),
        // The rest is read again at the beginning of the next window. It is invalid if it is invalid there.
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            str::from_utf8(valid).unwrap_or_default()
        }
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn not_utf8(body: &dyn Body, offset: usize, bytes: &[u8]) -> Refusal {
    let place = Place::of(body, offset);
    let byte = bytes.first().copied().unwrap_or_default();
    bad(&format!(
        "The body is not UTF-8: found the byte 0x{byte:02x} {place}. Send JSON in UTF-8 (RFC 8259 §8.1)."
    ))
}

fn not_an_object(problem: Problem, body: &dyn Body, offset: usize) -> Refusal {
    match problem {
        Problem::NotAnObject => bad("The body is not a JSON object."),
        problem => {
            let place = Place::of(body, offset);
            bad(&format!(
                "The body is not a JSON object that can be relayed: {problem} {place}."
            ))
        }
    }
}

fn bad(message: &str) -> Refusal {
    Refusal::new(Code::BadRequest, message)
}
