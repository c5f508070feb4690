//! Refusals that the host sends itself, where it cannot ask the module or must not. `cargo xtask manifest` writes them to
//! `host/sdk/refusals.py`, so that their text has one source.

use super::{Code, Refusal};
use crate::limits;

/// The gateway has failed.
pub fn internal_error() -> Refusal {
    Refusal::new(
        Code::InternalError,
        "The gateway could not handle this request because of a fault of its own. Try again. If it happens again, give \
         the request id to the administrator of this endpoint: the plugin's log tells more.",
    )
}

/// The endpoint, or the whole process, has as many requests under way as it may have.
pub fn busy() -> Refusal {
    Refusal::new(
        Code::Busy,
        "The gateway has as many requests under way as it allows. Try again after the time in `Retry-After`.",
    )
    .with_retry_after(limits::BUSY_WAIT)
}

/// The head of the client's request is larger than the gateway reads.
pub fn request_head_too_large() -> Refusal {
    Refusal::new(
        Code::RequestHeadTooLarge,
        format!(
            "The head of this request has more than {} fields or {} KiB. Send fewer or shorter fields.",
            limits::REQUEST_HEAD_FIELDS,
            limits::REQUEST_HEAD / 1024
        ),
    )
}

/// All of them.
pub fn all() -> [Refusal; 3] {
    [busy(), internal_error(), request_head_too_large()]
}
