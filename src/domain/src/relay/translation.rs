//! What a translation needs again when Dify has responded: a relay whose body the gateway writes anew.

use serde::{Deserialize, Serialize};

use super::{Counted, Expectation, UserKey};
use crate::events::RequestRecord;
use crate::mcp::{CallPlan, Id};

/// Goes to the host with a translation and comes back with Dify's response; the host does not look into it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TranslationContext {
    /// The request's line in the log, as far as it is known.
    pub record: RequestRecord,
    /// What Dify's response is judged by.
    pub expectation: Expectation,
    /// What the request is counted as until it ends.
    pub counted: Counted,
    /// What becomes of Dify's response.
    pub plan: CallPlan,
    /// By what the client can cancel the call.
    pub cancels: Option<CallName>,
}

/// Whose call it is, in which session, and which of its requests. Clients count their requests from 0, so two windows of
/// one person have the same identities.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct CallName {
    /// Whose it is.
    pub user: UserKey,
    /// The session.
    pub session: String,
    /// The request.
    pub request: Id,
}
