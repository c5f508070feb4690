//! The methods of the protocol that this server has.

use http::StatusCode;

use super::failure::Failure;
use super::version::{Era, MODERN};

/// What a request wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// A tool is called.
    Call,
    /// The server says what it is.
    Discover,
    /// A session begins.
    Initialize,
    /// The tools are listed.
    List,
    /// Nothing but an answer.
    Ping,
}

impl Method {
    /// What the method is, in its era.
    ///
    /// # Errors
    /// −32601 for one that this server does not have.
    pub fn of(method: &str, era: Era) -> Result<Self, Failure> {
        match (method, era) {
            ("tools/call", _) => Ok(Self::Call),
            ("tools/list", _) => Ok(Self::List),
            ("server/discover", Era::Modern) => Ok(Self::Discover),
            ("initialize", Era::Legacy) => Ok(Self::Initialize),
            ("ping", Era::Legacy) => Ok(Self::Ping),
            _ => Err(Failure::method_not_found(
                status_of_unknown_method(era),
                format!(
                    "This server has tools and nothing else: `tools/list`, `tools/call`, and `initialize` and `ping`, or from \
                     revision {MODERN} on `server/discover`."
                ),
            )),
        }
    }
}

/// In the legacy era clients take 404 for an ended session (2025-11-25, Transports, «Session Management»).
const fn status_of_unknown_method(era: Era) -> StatusCode {
    match era {
        Era::Legacy => StatusCode::OK,
        Era::Modern => StatusCode::NOT_FOUND,
    }
}
