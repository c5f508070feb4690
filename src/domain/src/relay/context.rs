//! What judging a response needs to know of its request.

use serde::{Deserialize, Serialize};

use super::{Expectation, UserKey};
use crate::events::RequestRecord;
use crate::response::RateLimit;
use crate::response::cors::CorsHeaders;

/// Goes to the host with a relay and comes back with the response; the host does not look into it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct RelayContext {
    /// The request's line in the log, as far as it is known.
    pub record: RequestRecord,
    /// The CORS headers of every response to this request.
    pub cors: CorsHeaders,
    /// What the caller has left of the requests that each user has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
    /// What Dify's response is judged by.
    pub expectation: Expectation,
    /// What the request is counted as until it ends.
    pub counted: Counted,
    /// Whether people sign in with their browser here, so that the response must not do anything there.
    pub is_for_browsers: bool,
}

/// What a request is counted as.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Nothing.
    #[default]
    No,
    /// Perhaps the first of the user's requests, with which Dify makes an end user.
    OfUser(UserKey),
    /// The same, and one of the runs that the user may have at once.
    Run {
        /// Whose it is.
        user: UserKey,
        /// The run's own name, so that it ends once, and in the instance that has counted it.
        id: String,
    },
}

impl Counted {
    /// The user, if the request is counted at all.
    pub const fn user(&self) -> Option<UserKey> {
        match self {
            Self::No => None,
            Self::OfUser(user) | Self::Run { user, .. } => Some(*user),
        }
    }
}
