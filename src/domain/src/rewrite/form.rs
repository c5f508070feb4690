//! An urlencoded form, where a file upload is expected. Dify reads its `user` too.

use std::str;

use super::pairs::Pairs;
use crate::error::{Code, Refusal};
use crate::request::Body;

/// Flask's limit for what it keeps of a form in memory.
const LONGEST_FORM: usize = 500_000;

/// Leaves exactly one field `user` in the form `body`.
pub(super) fn form(body: &dyn Body, user: &str) -> Result<String, Refusal> {
    check_length(body.len())?;
    let mut bytes = vec![0; body.len()];
    let read = body.read_at(0, &mut bytes);
    bytes.truncate(read);
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

/// What is sent is bounded before it is taken apart, and what Dify gets has the caller's `user` in it.
fn check_length(length: usize) -> Result<(), Refusal> {
    if length <= LONGEST_FORM {
        return Ok(());
    }
    let message = format!(
        "The form has {length} bytes, with what the gateway adds. Dify takes at most {LONGEST_FORM}; send a file as `multipart/form-data`."
    );
    Err(Refusal::new(Code::BadRequest, message))
}
