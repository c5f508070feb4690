//! The request line that Dify gets.

use http::Method;
use url::Url;

use crate::error::{Code, Refusal};

/// Gunicorn's `limit_request_line` in Dify's image. It answers a longer one with a web page instead of JSON.
const LONGEST: usize = 4094;

/// Refuses a request whose line, with everything that the gateway has written into it, is longer than Dify takes.
///
/// # Errors
/// `invalid_param`.
pub fn check_request_line(method: &Method, url: &Url) -> Result<(), Refusal> {
    let query = url.query().map_or(0, |query| "?".len() + query.len());
    let length = method.as_str().len() + url.path().len() + query + "  HTTP/1.1".len();
    if length <= LONGEST {
        return Ok(());
    }
    let message = format!(
        "The request line for Dify has {length} bytes, with what the gateway adds. Dify takes at most {LONGEST}; shorten the query."
    );
    Err(Refusal::new(Code::InvalidParam, message))
}
