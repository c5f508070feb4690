//! What becomes of a request, for the host to carry out.

use serde::Deserialize;

use crate::events::Times;
use crate::relay::{RelayContext, RelayRequest, TranslationContext};
use crate::response::Response;

/// What the host has to do for a request.
#[derive(Debug)]
pub enum Outcome {
    /// Send the client this response.
    Response(Response),
    /// Send the client this response with a file of the package as its body.
    File(Box<FileResponse>),
    /// Ask Dify, and respond as [`super::Gateway::judge_response_head`] says.
    Relay(Box<Relay>),
    /// Respond at once, ask Dify meanwhile, and let the gateway write the body of what Dify sends.
    Translation(Box<Translation>),
}

/// A response whose body the host takes from the package.
#[derive(Debug)]
pub struct FileResponse {
    /// The response, without its body.
    pub head: Response,
    /// The name of the file in [`crate::page::DIRECTORY`].
    pub file: String,
    /// Whether the client gets it without its compression, which is that of gzip then.
    pub is_decompressed: bool,
}

/// A request to Dify, and what judging its response needs.
#[derive(Debug)]
pub struct Relay {
    /// The request.
    pub request: RelayRequest,
    /// What comes back with the response.
    pub context: RelayContext,
}

/// A response whose head is known before Dify is asked, and whose body the gateway makes of Dify's, piece by piece.
#[derive(Debug)]
pub struct Translation {
    /// The head of the response, without its body.
    pub head: Response,
    /// The beginning of the body.
    pub opening: &'static str,
    /// The request to Dify.
    pub request: RelayRequest,
    /// What comes back with Dify's response.
    pub context: TranslationContext,
}

/// How a relayed body ended, and where the time went, as the host reports it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub struct RelayReport {
    /// How it ended.
    pub end: RelayEnd,
    gateway: u64,
    dify: u64,
    first_event: Option<u64>,
}

impl RelayReport {
    /// Where the time went.
    pub(super) const fn times(self) -> Times {
        Times::new(self.gateway, self.dify, self.first_event)
    }
}

impl From<RelayEnd> for RelayReport {
    fn from(end: RelayEnd) -> Self {
        Self {
            end,
            gateway: 0,
            dify: 0,
            first_event: None,
        }
    }
}

/// How a relayed body ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum RelayEnd {
    /// Nobody was there to take the rest.
    Abandoned,
    /// Dify's connection broke off; also what is assumed of an end that nobody can read.
    Broken,
    /// All of it was passed on.
    Complete,
    /// A time limit has passed.
    Timeout,
}

impl RelayEnd {
    /// The word for the log, where the body did not end well.
    pub(super) const fn word(self) -> Option<&'static str> {
        match self {
            Self::Abandoned => Some("abandoned"),
            Self::Broken => Some("broken"),
            Self::Complete => None,
            Self::Timeout => Some("timeout"),
        }
    }
}
