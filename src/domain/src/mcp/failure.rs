//! Errors of the protocol itself, as JSON-RPC reports them. What goes wrong inside a tool is a result instead.

use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

/// A JSON-RPC error, and the status of HTTP that goes with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub(super) error: ErrorObject,
    pub(super) status: StatusCode,
}

/// The member `error` (JSON-RPC 2.0 §5.1).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct ErrorObject {
    code: i32,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
}

impl Failure {
    /// The body is not JSON.
    pub(super) fn parse(message: impl Into<String>) -> Self {
        Self::new(-32700, StatusCode::BAD_REQUEST, message)
    }

    /// The JSON is no message of the protocol.
    pub(super) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(-32600, StatusCode::BAD_REQUEST, message)
    }

    /// No such method.
    pub(super) fn method_not_found(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(-32601, status, message)
    }

    /// The parameters are not those of the method.
    pub fn invalid_params(message: impl Into<String>) -> Self {
        Self::new(-32602, StatusCode::OK, message)
    }

    /// What every modern request must say of itself is missing.
    pub(super) fn missing_meta(message: impl Into<String>) -> Self {
        Self::new(-32602, StatusCode::BAD_REQUEST, message)
    }

    /// The server cannot do what it should.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(-32603, StatusCode::OK, message)
    }

    /// A field of HTTP contradicts the body (2026-07-28, Transports, «Server Validation»).
    pub(super) fn header_mismatch(message: impl Into<String>) -> Self {
        Self::new(-32020, StatusCode::BAD_REQUEST, message)
    }

    /// The revision is not one that is spoken (2026-07-28, Versioning).
    pub(super) fn unsupported_version(requested: &str) -> Self {
        let supported = super::version::SUPPORTED;
        let mut failure = Self::new(
            -32022,
            StatusCode::BAD_REQUEST,
            format!(
                "This server does not speak that revision of the protocol. It speaks {}.",
                supported.join(", ")
            ),
        );
        failure.error.data =
            Some(serde_json::json!({"supported": supported, "requested": requested}));
        failure
    }

    fn new(code: i32, status: StatusCode, message: impl Into<String>) -> Self {
        let error = ErrorObject {
            code,
            message: message.into(),
            data: None,
        };
        Self { error, status }
    }
}
