//! An urlencoded form, where a file upload is expected. Dify reads its `user` too.

use std::str;

use super::pairs::Pairs;
use crate::error::{Code, Refusal};

/// Flask's limit for what it keeps of a form in memory.
const LONGEST_FORM: usize = 500_000;

/// Leaves exactly one field `user` in the form `body`.
pub(super) fn form(body: &[u8], user: &str) -> Result<String, Refusal> {
    if body.len() > LONGEST_FORM {
        let message = format!(
            "The form has {} bytes. Dify takes at most {LONGEST_FORM}; send a file as `multipart/form-data`.",
            body.len()
        );
        return Err(Refusal::new(Code::BadRequest, message));
    }
    let text = str::from_utf8(body).map_err(|_| {
        Refusal::new(
            Code::BadRequest,
            "The form is not UTF-8. Escape other bytes with `%`.",
        )
    })?;
    let mut pairs = Pairs::parse(text);
    pairs.force("user", user);
    Ok(pairs.into_text())
}
