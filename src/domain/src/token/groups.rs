//! `required_claims`, and Entra's group overage: a token of a person with more than 200 groups names the address of the
//! list instead of the groups.

use serde_json::Value;

use crate::claims::{Claims, Rules};
use crate::error::{Code, Refusal};

/// Refuses a token that does not meet `required_claims`. Only the log says which rule.
pub(super) fn check(claims: &Claims, required: &Rules) -> Result<(), Refusal> {
    let Err(unmet) = required.met_by(claims) else {
        return Ok(());
    };
    if left_out_of(claims, required) {
        let message = "The token names no groups because the person has too many (Entra's group overage), and the \
            endpoint asks for one. In Entra choose \"Groups assigned to the application\" under Token configuration, \
            or use app roles and a rule on `roles`.";
        return Err(Refusal::new(Code::GroupsOverage, message).with_log_detail(unmet));
    }
    let message = "The token does not meet the endpoint's `required_claims`. Ask the administrator for access; the \
        gateway's log has the rule.";
    Err(Refusal::new(Code::RequiredClaims, message).with_log_detail(unmet))
}

/// Whether the rules ask for groups that the provider left out of the token.
pub(super) fn left_out_of(claims: &Claims, rules: &Rules) -> bool {
    let elsewhere = claims
        .get("_claim_names")
        .and_then(|names| names.get("groups"))
        .is_some();
    let overage = elsewhere
        || claims
            .get("hasgroups")
            .is_some_and(|has| has == &Value::Bool(true) || has == "true");
    overage
        && claims.get("groups").is_none()
        && rules.names().any(|path| path.as_literal() == "groups")
}
