//! The scopes of a token: `scope` as a string (RFC 9068 §2.2.3) or an array, `scp` (Entra, Okta) and `permissions`
//! (Auth0).

use serde_json::Value;

use super::claim;
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::json::shown;
use crate::settings::Settings;

/// Every scope that the token grants.
pub(super) fn granted(claims: &Claims) -> Result<Vec<String>, Refusal> {
    let mut scopes = Vec::new();
    for name in ["scope", "scp"] {
        let words = claim::texts(claims, name)?.unwrap_or_default();
        scopes.extend(words.into_iter().flat_map(|words| words.split(' ')));
    }
    // Other providers use this name for other things; whatever is not a list of strings grants nothing.
    if let Some(Value::Array(permissions)) = claims.get("permissions") {
        scopes.extend(permissions.iter().filter_map(Value::as_str));
    }
    scopes.retain(|scope| !scope.is_empty());
    Ok(scopes.into_iter().map(str::to_owned).collect())
}

/// Adds the scopes of the setting to those that a refusal asks for: clients ask for exactly what a challenge names, and
/// would come back without the others.
pub fn with_required(refusal: Refusal, settings: &Settings) -> Refusal {
    let Some(scope) = refusal.scope().map(str::to_owned) else {
        return refusal;
    };
    let words = settings.scopes.iter().map(String::as_str);
    let further = words.filter(|word| !scope.split(' ').any(|own| own == *word));
    let all: Vec<&str> = std::iter::once(scope.as_str()).chain(further).collect();
    refusal.with_scope(all.join(" "))
}

/// Refuses a token that lacks one of `required`.
pub(super) fn check(granted: &[String], required: &[String]) -> Result<(), Refusal> {
    let missing: Vec<&str> = required
        .iter()
        .filter(|scope| !granted.contains(scope))
        .map(String::as_str)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!(
        "The token lacks the scope {}; it has {}. Have the client ask for it when people sign in.",
        missing.join(" "),
        shown(&Value::from(granted.join(" ")))
    );
    Err(Refusal::new(Code::InsufficientScope, message).with_scope(required.join(" ")))
}
