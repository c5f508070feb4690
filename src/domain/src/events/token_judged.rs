//! A bearer token was judged.

use serde::Serialize;

use crate::environment::LogLevel;

/// A bearer token was judged. The line has nothing of the token but the name of its algorithm.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct TokenJudged<'a> {
    event: &'static str,
    request_id: &'a str,
    endpoint: &'a str,
    verdict: &'static str,
    algorithm: &'static str,
    seen: bool,
}

impl<'a> TokenJudged<'a> {
    pub(super) const LEVEL: LogLevel = LogLevel::Debug;

    /// The token of the request with this id. `verdict` is the code of the refusal or `accepted`; `algorithm` is `none` for
    /// a token that names none of ours or was asked about at the provider; `seen` tells whether its signature was checked
    /// before.
    pub const fn new(
        request_id: &'a str,
        endpoint: &'a str,
        verdict: &'static str,
        algorithm: &'static str,
        seen: bool,
    ) -> Self {
        Self {
            event: "token_judged",
            request_id,
            endpoint,
            verdict,
            algorithm,
            seen,
        }
    }

    /// The code of the refusal, or `accepted`.
    pub const fn verdict(&self) -> &'static str {
        self.verdict
    }

    /// The name of the algorithm, or `none`.
    pub const fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// Whether the signature was checked before.
    pub const fn was_seen(&self) -> bool {
        self.seen
    }
}
