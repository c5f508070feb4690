//! What Dify is asked.

use std::rc::Rc;

use http::{HeaderMap, Method};
use url::Url;

use crate::environment::Limits;
use crate::limits;
use crate::request::Piece;

/// A request whose response the host hands to the client as it arrives.
#[derive(Clone, Debug)]
pub struct RelayRequest {
    /// The method.
    pub method: Method,
    /// The address below [`crate::settings::ApiUrl`].
    pub url: Url,
    /// The headers, the app key among them, marked sensitive.
    pub headers: HeaderMap,
    /// The body; `None` where the operation has none.
    pub pieces: Option<Vec<Piece>>,
    /// A private certificate authority, PEM.
    pub ca_certificates: Option<Rc<str>>,
    /// Time limits; the size of the response has none.
    pub limits: Limits,
}

/// The limits of a blocking request.
pub const BLOCKING: Limits = Limits {
    connect: limits::DIFY_CONNECT,
    head: limits::DIFY_HEAD_BLOCKING,
    idle: limits::DIFY_SILENCE,
    total: limits::DIFY_TOTAL,
    body: usize::MAX,
};

/// The limits of a request for server-sent events.
pub const STREAMING: Limits = Limits {
    head: limits::DIFY_HEAD_STREAMING,
    ..BLOCKING
};
