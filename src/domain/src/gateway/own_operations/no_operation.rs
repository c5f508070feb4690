//! What the fallback says: OPTIONS, 404 and 405.

use http::{HeaderValue, Method};

use crate::error::{Code, Refusal};
use crate::limits;
use crate::operation;
use crate::request::Request;
use crate::response::Response;
use crate::response::cors::CorsHeaders;

/// The methods of the path for OPTIONS, preflight or not.
///
/// # Errors
/// `not_found` and `method_not_allowed`.
pub fn response(request: &Request, cors: &CorsHeaders) -> Result<Response, Refusal> {
    let path = &request.path;
    let Some(methods) = operation::methods_at(path) else {
        let path = printable(path);
        return Err(Refusal::new(
            Code::NotFound,
            format!("This endpoint has no operation at the path `{path}`."),
        ));
    };
    let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
    let methods = methods.join(", ");
    if request.method == Method::OPTIONS {
        return Ok(cors.options(&methods, &request.headers));
    }
    let refusal = Refusal::new(
        Code::MethodNotAllowed,
        format!("This path takes {methods}, not {}.", request.method),
    );
    Err(match HeaderValue::from_str(&methods) {
        Ok(allow) => refusal.with_allow(allow),
        Err(_) => refusal,
    })
}

/// The beginning of a path that a client wrote, fit for a message.
fn printable(path: &str) -> String {
    path.chars()
        .filter(|character| !character.is_control())
        .take(limits::QUOTED_PATH)
        .collect()
}
