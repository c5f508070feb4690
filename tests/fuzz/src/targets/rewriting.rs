//! What the targets of `gateway_domain::rewrite` share.

use futures::FutureExt;
use gateway_domain::error::Refusal;
use gateway_domain::operation::Operation;
use gateway_domain::request::Piece;
use gateway_domain::rewrite::{self, Identity, RawJson};
use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};

use super::identity_provider::IdentityProvider;

/// The caller.
pub(crate) const USER: &str = "alice";

/// The caller with these claims for inputs.
pub(crate) fn caller(inputs: &[(String, RawJson)], filters_logs: bool) -> Identity<'_> {
    Identity {
        user: USER,
        filters_logs,
        inputs,
    }
}

/// The operation of this handler.
pub(crate) fn operation(handler: &str) -> &'static Operation {
    Operation::of_handler(handler).expect("a handler")
}

/// The body that Dify gets instead of `sent`, or why it is refused.
pub(crate) fn relayed(
    operation: &Operation,
    content_type: &'static str,
    sent: &[u8],
    caller: &Identity<'_>,
) -> Result<Relayed, Refusal> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    let environment = IdentityProvider::new(b"", b"");
    let body = rewrite::body(operation, &headers, &sent, caller, &*environment)
        .now_or_never()
        .expect("a short body is read at once")?;
    Ok(Relayed {
        bytes: joined(&body.pieces.expect("a body"), sent),
        streaming: body.streaming,
    })
}

/// What Dify gets.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Relayed {
    /// The body.
    pub(crate) bytes: Vec<u8>,
    /// Whether the gateway takes the answer for a stream.
    pub(crate) streaming: bool,
}

/// The pieces as one; those of the client lie in what was sent, in its order, and none overlaps another.
fn joined(pieces: &[Piece], sent: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut end = 0;
    for piece in pieces {
        match piece {
            Piece::Own(own) => bytes.extend(own),
            Piece::Client { offset, length } => {
                assert!(*offset >= end && *length > 0);
                end = offset + length;
                bytes.extend(sent.get(*offset..end).expect("within the body"));
            }
        }
    }
    bytes
}
