//! The request line that Dify gets.

use http::Method;
use url::Url;

use crate::error::{Code, Refusal};
use crate::limits;

/// Refuses a request if its line, with what the gateway has written into it, is longer than Dify takes.
///
/// # Errors
/// `invalid_param`.
pub fn check_request_line(method: &Method, url: &Url) -> Result<(), Refusal> {
    let query = url.query().map_or(0, |query| "?".len() + query.len());
    let length = method.as_str().len() + url.path().len() + query + "  HTTP/1.1".len();
    if length <= limits::REQUEST_LINE {
        return Ok(());
    }
    let message = format!(
        "The request line for Dify has {length} bytes, with what the gateway adds. Dify takes at most {}; shorten the query.",
        limits::REQUEST_LINE
    );
    Err(Refusal::new(Code::InvalidParam, message))
}
