//! Tokens that stand for a client and not for a person (RFC 6749 §4.4), by the marks that providers give them.

use super::{audience, claim};
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::settings::{ServiceAccounts, Settings};

/// Auth0's `sub` of a client.
const AUTH0_SUFFIX: &str = "@clients";
/// Keycloak's user of a client.
const KEYCLOAK_PREFIX: &str = "service-account-";

/// Whether the token stands for a client. Refuses it where the settings do not allow that.
pub(super) fn check(claims: &Claims, settings: &Settings) -> Result<bool, Refusal> {
    let Some(evidence) = evidence(claims)? else {
        return Ok(false);
    };
    match settings.service_accounts {
        ServiceAccounts::Allow => Ok(true),
        ServiceAccounts::Refuse => Err(Refusal::new(
            Code::ServiceAccountRefused,
            format!(
                "The token stands for a client and not for a person: {evidence}. Sign a person in, or set \
                 `service_accounts` to `allow`."
            ),
        )),
    }
}

/// Whether the token certainly stands for a client.
pub(super) fn is_evident(claims: &Claims) -> bool {
    matches!(evidence(claims), Ok(Some(_)))
}

/// The client that a service account's token stands for, and the claim that names it.
pub(super) fn client(claims: &Claims) -> Result<Option<(&'static str, &str)>, Refusal> {
    let auth0 = claim::text(claims, "sub")?.and_then(|subject| subject.strip_suffix(AUTH0_SUFFIX));
    Ok(audience::client(claims)?.or_else(|| auth0.map(|client| ("sub", client))))
}

fn evidence(claims: &Claims) -> Result<Option<String>, Refusal> {
    let stated = [
        ("gty", "client-credentials"),
        ("gty", "client_credentials"),
        ("idtyp", "app"),
        ("token_use", "service"),
    ];
    for (name, value) in stated {
        if claim::text(claims, name)? == Some(value) {
            return Ok(Some(format!("`{name}` is \"{value}\"")));
        }
    }
    if claim::text(claims, "preferred_username")?
        .is_some_and(|name| name.starts_with(KEYCLOAK_PREFIX))
    {
        return Ok(Some(format!(
            "`preferred_username` begins with `{KEYCLOAK_PREFIX}`"
        )));
    }
    if claims.get("clientHost").is_some() && claims.get("client_id").is_some() {
        return Ok(Some("it has `client_id` and `clientHost`".to_owned()));
    }
    evidence_of_subject(claims)
}

fn evidence_of_subject(claims: &Claims) -> Result<Option<String>, Refusal> {
    let Some(subject) = claim::text(claims, "sub")? else {
        return Ok(None);
    };
    if subject.ends_with(AUTH0_SUFFIX) {
        return Ok(Some(format!("`sub` ends with `{AUTH0_SUFFIX}`")));
    }
    // RFC 9068 §2.2: where no person is involved, `sub` identifies the client. Okta and Cognito do so.
    if let Some((name, _)) = audience::client(claims)?.filter(|(_, client)| *client == subject) {
        return Ok(Some(format!("`sub` is the client, as `{name}` says")));
    }
    // Entra without the optional claim `idtyp`: a person's `sub` is made for the app and differs from `oid`.
    let is_app = claims.get("tid").is_some()
        && claims.get("scp").is_none()
        && claim::text(claims, "oid")? == Some(subject);
    Ok(is_app.then(|| "`sub` is `oid`, and there is no `scp`".to_owned()))
}
