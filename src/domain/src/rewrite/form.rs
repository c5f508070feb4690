//! A urlencoded form sent to an operation that expects an upload. Dify reads `user` from it too.

use std::str;

use super::pairs::Pairs;
use crate::error::{Code, Refusal};
use crate::limits;
use crate::request::Body;

/// Leaves exactly one field `user` in the form `body`.
pub(super) fn form(body: &dyn Body, user: &str) -> Result<String, Refusal> {
    check_length(body.len())?;
    let bytes = body.read_whole();
    let text = str::from_utf8(&bytes).map_err(|_| {
        Refusal::new(
            Code::BadRequest,
            "The form is not UTF-8. Escape other bytes with `%`.",
        )
    })?;
    let mut pairs = Pairs::parse(text);
    pairs.force("user", user);
    let text = pairs.into_text();
    check_length(text.len())?;
    Ok(text)
}

/// Checked twice: before the form is read, and for what Dify gets, which has the caller's `user` in it.
fn check_length(length: usize) -> Result<(), Refusal> {
    if length <= limits::FORM {
        return Ok(());
    }
    let message = format!(
        "The form has {length} bytes, with what the gateway adds. Dify takes at most {}; send a file as `multipart/form-data`.",
        limits::FORM
    );
    Err(Refusal::new(Code::BadRequest, message))
}
