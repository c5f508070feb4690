//! What the response to a request for Dify is judged by.

use serde::{Deserialize, Serialize};

use crate::operation::{Operation, ResponseKind};
use crate::settings::ApiUrl;

/// What a good response is, and what a bad one may come from.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Expectation {
    /// What a good response is.
    pub response: Expected,
    /// Whether `dify_api_url` looks right.
    pub address: Address,
}

/// What a good response is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The result of a run, which Dify sends when the run has ended.
    BlockingRun,
    /// The bytes of a file, of any content type.
    Bytes,
    /// Server-sent events.
    Events,
    /// JSON, or no content.
    #[default]
    Json,
}

/// Whether `dify_api_url` ends as the address of Dify's app API does.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// In `/v1`, unless a proxy has given it another path.
    #[default]
    Usual,
    /// In something else.
    Unusual,
}

impl Expectation {
    /// Of a request for `operation` to the API at `address`.
    pub fn new(operation: &Operation, streaming: bool, address: &ApiUrl) -> Self {
        let response = match operation.response {
            ResponseKind::Bytes => Expected::Bytes,
            ResponseKind::Events => Expected::Events,
            ResponseKind::Json => Expected::Json,
            ResponseKind::Run if streaming => Expected::Events,
            ResponseKind::Run => Expected::BlockingRun,
        };
        Self {
            response,
            address: Address::of(address),
        }
    }

    /// Of a request that the gateway makes for itself, for JSON.
    pub fn json(address: &ApiUrl) -> Self {
        Self {
            response: Expected::Json,
            address: Address::of(address),
        }
    }
}

impl Address {
    fn of(address: &ApiUrl) -> Self {
        if address.as_url().path().ends_with("/v1") {
            Self::Usual
        } else {
            Self::Unusual
        }
    }
}
