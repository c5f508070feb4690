//! How much of its requests a user has left: the fields of draft-ietf-httpapi-ratelimit-headers-10.

use http::{HeaderMap, HeaderName};
use serde::{Deserialize, Serialize};

use super::header_value;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What a user has left, as a client is told it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct RateLimit {
    /// Requests that a user has after a pause: the quota (§3.1.2, `q`).
    pub quota: u32,
    /// Seconds in which the quota comes back: the window (§3.1.4, `w`).
    pub window: u64,
    /// Requests that are left (§4.1.1, `r`).
    pub remaining: u32,
    /// Seconds until all of the quota is there again (§4.1.2, `t`).
    pub reset: u64,
}

impl RateLimit {
    /// Puts the fields into `headers`.
    pub fn apply(self, headers: &mut HeaderMap) {
        let Self {
            quota,
            window,
            remaining,
            reset,
        } = self;
        let policy = format!("\"user\";q={quota};w={window}");
        headers.insert(RATE_LIMIT_POLICY, header_value(&policy));
        let left = format!("\"user\";r={remaining};t={reset}");
        headers.insert(RATE_LIMIT, header_value(&left));
    }
}
