//! The body of a message, which is small and held whole.

use http::HeaderMap;

use crate::error::{Code, Refusal};
use crate::limits;
use crate::request::Body;
use crate::rewrite;

/// Reads it.
///
/// # Errors
/// `unsupported_media_type` where it is no JSON, `body_too_large`, and `bad_request` where there is none.
pub fn read(headers: &HeaderMap, body: &dyn Body) -> Result<Vec<u8>, Refusal> {
    rewrite::check_json(headers, body)?;
    let length = body.len();
    if length > limits::MCP_BODY {
        let message = format!(
            "The message has {length} bytes, and a message of MCP may have {}. Send less; files go by their address.",
            limits::MCP_BODY
        );
        return Err(Refusal::new(Code::BodyTooLarge, message));
    }
    Ok(body.read_whole())
}
