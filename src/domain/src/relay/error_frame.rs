//! Dify's `event: error` frame (`_error_to_stream_response`), for streams that do not end well.

use serde::Serialize;

use crate::error::Code;
use crate::json;

#[derive(Serialize)]
struct Frame<'a> {
    event: &'static str,
    code: &'static str,
    message: &'a str,
    status: u16,
    request_id: &'a str,
}

/// The frame with which a stream ends when Dify's does not.
pub fn error_frame(code: Code, message: &str, request_id: &str) -> String {
    let frame = Frame {
        event: "error",
        code: code.as_str(),
        message,
        status: code.status().as_u16(),
        request_id,
    };
    format!("data: {}\n\n", json::text(&frame))
}
