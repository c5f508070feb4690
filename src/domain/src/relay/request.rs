//! What Dify is asked.

use std::rc::Rc;
use std::time::Duration;

use http::{HeaderMap, Method};
use url::Url;

use crate::environment::Limits;
use crate::request::Piece;

/// A request whose answer the host hands to the client as it arrives.
#[derive(Clone, Debug)]
pub struct RelayRequest {
    /// The method.
    pub method: Method,
    /// The address below [`crate::settings::ApiUrl`].
    pub url: Url,
    /// The headers, the app key among them, marked sensitive.
    pub headers: HeaderMap,
    /// The body; none where the operation has none.
    pub pieces: Option<Vec<Piece>>,
    /// A private certificate authority, PEM.
    pub ca_certificates: Option<Rc<str>>,
    /// Time limits; the size of the answer has none.
    pub limits: Limits,
}

/// The limits of a blocking request. The plugin daemon cuts an answer 600 s after its first byte
/// (`PLUGIN_MAX_EXECUTION_TIMEOUT`), so the gateway ends it before, in words.
pub const BLOCKING: Limits = Limits {
    connect: Duration::from_secs(5),
    head: Duration::from_secs(300),
    idle: Duration::from_secs(120),
    total: Duration::from_secs(590),
    body: usize::MAX,
};

/// The limits of a request for server-sent events: Dify sends the head with a first ping at once.
pub const STREAMING: Limits = Limits {
    head: Duration::from_secs(30),
    ..BLOCKING
};
