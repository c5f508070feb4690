//! The query that Dify gets.

use super::Identity;
use super::pairs::Pairs;
use crate::error::{Code, Refusal};
use crate::operation::{Operation, UserPlace};

/// The filter of `GET /workflows/logs`; its value is Dify's `user`.
const LOG_FILTER: &str = "created_by_end_user_session_id";

/// Rewrites the undecoded `query` of a request for `operation`.
///
/// # Errors
/// `invalid_param` for a `keyword` beside the filter of `GET /workflows/logs`.
pub fn query(
    operation: &Operation,
    query: &str,
    identity: &Identity<'_>,
) -> Result<String, Refusal> {
    let mut pairs = Pairs::parse(query);
    pairs.remove("user");
    if operation.user == UserPlace::Query {
        pairs.force("user", identity.user);
    }
    filter_logs(&mut pairs, identity)?;
    Ok(pairs.into_text())
}

/// Dify ignores an empty filter and takes the first of several, so the gateway leaves exactly one: the caller.
fn filter_logs(pairs: &mut Pairs, identity: &Identity<'_>) -> Result<(), Refusal> {
    if identity.filters_logs {
        pairs.force(LOG_FILTER, identity.user);
    }
    // Dify joins the end users twice under one alias and fails with 500.
    if pairs.has_value(LOG_FILTER) && pairs.has_value("keyword") {
        return Err(Refusal::new(
            Code::InvalidParam,
            format!(
                "`keyword` cannot be used together with `{LOG_FILTER}`, which Dify answers with an error. \
                 The gateway sets that filter to the caller for everyone who does not meet `admin_claims`. \
                 Leave `keyword` out."
            ),
        ));
    }
    Ok(())
}
