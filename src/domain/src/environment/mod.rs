//! What the gateway needs from the outside: HTTP exchanges, the time, random bytes, a log.
//!
//! Nothing in here blocks. An exchange is a future that the environment completes later, because the environment runs all
//! requests on one thread and must never be re-entered (see the crate `gateway`).

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use futures::future::LocalBoxFuture;
use http::{HeaderMap, Method, StatusCode};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::time::UnixTime;

#[cfg(test)]
pub(crate) mod fake;

/// How the gateway names itself in the requests that it makes (RFC 9110 §10.1.5).
pub const USER_AGENT: &str = concat!("oidc-gateway/", env!("CARGO_PKG_VERSION"));

/// The outside world, as the gateway sees it.
pub trait Environment: 'static {
    /// Starts an HTTP exchange and resolves with its whole response.
    fn fetch(
        &self,
        request: FetchRequest,
    ) -> LocalBoxFuture<'static, Result<FetchResponse, TransportError>>;

    /// The time of the environment's clock.
    fn now(&self) -> UnixTime;

    /// Fills `bytes` with random ones that nobody can guess and that never come again, also in another instance.
    fn fill_random(&self, bytes: &mut [u8]);

    /// Writes one line to the plugin's log. The line carries no secret.
    fn log(&self, level: LogLevel, line: &str);

    /// Runs `task` beside the request that starts it, and beyond it.
    fn spawn(&self, task: LocalBoxFuture<'static, ()>);

    /// How the process is doing that runs the gateway.
    fn process_state(&self) -> ProcessState;

    /// Resolves after `duration`, or a little later.
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()>;
}

impl dyn Environment {
    /// `LENGTH` random bytes, as [`Environment::fill_random`] makes them.
    pub fn random_bytes<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        self.fill_random(&mut bytes);
        bytes
    }
}

/// How the process is doing that runs the gateway, and what of an endpoint only the process knows.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub struct ProcessState {
    /// Seconds of processor time.
    pub cpu_seconds: f64,
    /// Bytes of resident memory.
    pub resident_bytes: u64,
    /// Seconds since 1970 at its start.
    pub started: f64,
    /// How often this endpoint's instance was lost and made again.
    pub restarts: u64,
    /// Requests to this endpoint that never came to the module, by code.
    pub early_refusals: BTreeMap<String, u64>,
}

/// How much a line matters; also the least that the setting `log_level` lets through.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub enum LogLevel {
    /// What only a developer of the gateway wants to see.
    Debug,
    /// One line a request.
    #[default]
    Info,
    /// The gateway works, but something needs an administrator.
    Warn,
    /// A request could not be served.
    Error,
}

/// A request that the gateway makes itself and reads whole.
#[derive(Clone, Debug)]
pub struct FetchRequest {
    /// The method.
    pub method: Method,
    /// The address, without a fragment.
    pub url: Url,
    /// The headers; what must not be printed is marked sensitive.
    pub headers: HeaderMap,
    /// The body, empty for none.
    pub body: Vec<u8>,
    /// Where the address comes from, which decides what the environment lets it reach.
    pub reach: Reach,
    /// A private certificate authority, PEM.
    pub ca_certificates: Option<Rc<str>>,
    /// Time and size limits that the environment enforces.
    pub limits: Limits,
}

/// Who chose an address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reach {
    /// The administrator: the settings name its origin, and the environment lets the call reach exactly those.
    Configured,
    /// The identity provider, in a document: the environment refuses private addresses, also those of the settings.
    Discovered,
}

/// Limits of one exchange.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// For the TCP and TLS handshakes together.
    pub connect: Duration,
    /// From the request's first byte to the response's head.
    pub head: Duration,
    /// Between two bytes of the response's body.
    pub idle: Duration,
    /// From the start of the exchange to the end of the response.
    pub total: Duration,
    /// Bytes of the response's body.
    pub body: usize,
}

/// A whole response.
#[derive(Clone, Debug)]
pub struct FetchResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers. The environment's adapter has dropped those whose name or value is not valid.
    pub headers: HeaderMap,
    /// The body, at most [`Limits::body`] long.
    pub body: Vec<u8>,
}

/// Why an exchange has no response.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TransportError {
    /// The environment has as many exchanges under way as it allows.
    #[error("too many exchanges are under way")]
    Busy,
    /// No connection: refused, unreachable, or the name is unknown.
    #[error("could not connect")]
    Connect,
    /// The TLS handshake failed; most often an unknown certificate authority.
    #[error("the TLS handshake failed")]
    Tls,
    /// One of the time limits has passed.
    #[error("took too long")]
    Timeout,
    /// The connection ended before the response did.
    #[error("the connection broke off")]
    Broken,
    /// What came back is not HTTP.
    #[error("the response is not HTTP")]
    Malformed,
    /// The response is larger than [`Limits::body`], or its head is larger than the environment takes.
    #[error("the response is too large")]
    TooLarge,
    /// The environment refused to go there: an origin that the settings do not name, or a private address.
    #[error("the address is not one that this endpoint may reach")]
    Refused,
}
