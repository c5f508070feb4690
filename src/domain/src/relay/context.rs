//! What judging an answer needs to know of its request.

use serde::{Deserialize, Serialize};

use crate::events::RequestRecord;
use crate::response::cors::CorsHeaders;

/// Goes to the host with a relay and comes back with the answer; the host does not look into it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct RelayContext {
    /// The request's line in the log, as far as it is known.
    pub trail: RequestRecord,
    /// The CORS headers of every answer to this request.
    pub cors: CorsHeaders,
    /// The user's key among first requests and open streams, where the request is counted there.
    pub user_key: Option<[u8; 32]>,
    /// Whether Dify makes an end user of the request's `user` where it has none.
    pub makes_a_user: bool,
    /// Whether the request holds one of the user's streams until it ends.
    pub holds_stream: bool,
}
