//! From a request of OAuth 2.0, as the room `oauth` encodes it, to one that is sent.

use crate::environment::FetchRequest;
use crate::error::{Code, Refusal};
use crate::oauth::{CannotAuthenticate, EndpointRequest};

/// `request` with method, fields and body of `encoded`.
pub(super) fn completed(request: FetchRequest, encoded: EndpointRequest) -> FetchRequest {
    let mut headers = request.headers;
    headers.extend(encoded.headers);
    FetchRequest {
        method: encoded.method,
        headers,
        body: encoded.body,
        ..request
    }
}

/// The settings' credentials cannot be used at all.
pub(super) fn cannot_authenticate(why: CannotAuthenticate) -> Refusal {
    let message =
        format!("The gateway cannot say to the identity provider which client it is: {why}.");
    Refusal::new(Code::ConfigurationError, message)
}
