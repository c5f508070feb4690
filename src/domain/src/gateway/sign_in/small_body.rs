//! Bodies that the sign-in reads whole: short ones.

use crate::error::{Code, Refusal};
use crate::request::Body;

/// The bytes of `body`, at most `limit`.
///
/// # Errors
/// `bad_request` where it is longer.
pub(super) fn read(body: &dyn Body, limit: usize) -> Result<Vec<u8>, Refusal> {
    let length = body.len();
    if length > limit {
        let message = format!(
            "The body has {length} bytes; this operation takes at most {limit}. Send nothing but its own members."
        );
        return Err(Refusal::new(Code::BadRequest, message));
    }
    Ok(body.read_whole())
}

/// The one value of `name` in a urlencoded form.
///
/// # Errors
/// `bad_request` where it is there more than once.
pub(super) fn form_value(form: &[u8], name: &str) -> Result<Option<String>, Refusal> {
    let mut values = url::form_urlencoded::parse(form).filter(|(other, _)| other == name);
    let value = values.next().map(|(_, value)| value.into_owned());
    if values.next().is_some() {
        let message = format!("The form has `{name}` more than once. Send it once.");
        return Err(Refusal::new(Code::BadRequest, message));
    }
    Ok(value)
}
