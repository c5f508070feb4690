//! The audience of a token, and the client that it was issued to. A token for another application of the same provider
//! has a good signature too.

use serde_json::Value;

use super::{claim, remedy};
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::json::shown;
use crate::settings::{Settings, TokenValidation};

/// Claims that name the client: OpenID Connect and Entra v2.0, RFC 9068, Okta, Entra v1.0.
const CLIENT: [&str; 4] = ["azp", "client_id", "cid", "appid"];

/// Refuses tokens that are meant for another application.
///
/// A token whose audience is `resource` was asked for with it (RFC 8707 §2), by whatever client: those that register
/// themselves have an identity that nobody knows beforehand.
pub(super) fn check(
    claims: &Claims,
    issuer: &Issuer,
    settings: &Settings,
    resource: Option<&str>,
) -> Result<(), Refusal> {
    let clients = client_ids(issuer, settings);
    let audiences = claim::audiences(claims)?;
    // A userinfo response names no audience; the setting's help says what that means.
    if audiences.is_none() && settings.token_validation == TokenValidation::Userinfo {
        return Ok(());
    }
    let is_for = |resource: &str| {
        audiences
            .iter()
            .flatten()
            .any(|audience| *audience == resource)
    };
    if resource.is_some_and(is_for) {
        return Ok(());
    }
    if settings.audience.is_empty() {
        return check_audience(claims, audiences, &clients, resource);
    }
    let expected: Vec<&str> = settings.audience.iter().map(String::as_str).collect();
    let mut audiences = audiences.iter().flatten();
    if !audiences.any(|audience| expected.contains(audience)) {
        return Err(refuse_audience(claims, "audience", &expected, resource));
    }
    check_client(claims, &clients)
}

/// The client that the token was issued to, and the claim that names it.
pub(super) fn client(claims: &Claims) -> Result<Option<(&'static str, &str)>, Refusal> {
    for name in CLIENT {
        if let Some(client) = claim::text(claims, name)? {
            return Ok(Some((name, client)));
        }
    }
    Ok(None)
}

/// The client IDs that hold for this issuer.
fn client_ids<'a>(issuer: &Issuer, settings: &'a Settings) -> Vec<&'a str> {
    let applying = settings
        .client_ids
        .iter()
        .filter(|client| client.is_for(issuer));
    applying.map(|client| client.id.as_str()).collect()
}

/// Without `aud`, Cognito's `client_id` takes its place.
fn check_audience(
    claims: &Claims,
    audiences: Option<Vec<&str>>,
    clients: &[&str],
    resource: Option<&str>,
) -> Result<(), Refusal> {
    let meant_for = match audiences {
        Some(audiences) => audiences,
        None => claim::text(claims, "client_id")?.into_iter().collect(),
    };
    if !meant_for.iter().any(|audience| clients.contains(audience)) {
        return Err(refuse_audience(claims, "client_id", clients, resource));
    }
    Ok(())
}

/// Every claim that names a client must name one of ours: two that differ are not weighed against each other.
fn check_client(claims: &Claims, clients: &[&str]) -> Result<(), Refusal> {
    if client(claims)?.is_none() {
        let message = format!(
            "The token names no client (`azp`, `client_id`, `cid` or `appid`); with the setting `audience` it must be \
             one of {}.",
            list(clients)
        );
        return Err(remedy::refuse(Code::TokenClientRefused, claims, message));
    }
    for name in CLIENT {
        let other = claim::text(claims, name)?.filter(|client| !clients.contains(client));
        if let Some(other) = other {
            let remedy = in_quotes("client_id", &[other], clients).unwrap_or_else(|| {
                " Write the client into `client_id` if its people may use this endpoint.".to_owned()
            });
            let message = format!(
                "The token was issued to the client {} (`{name}`); it must be one of {}.{remedy}",
                shown(&Value::from(other)),
                list(clients)
            );
            return Err(remedy::refuse(Code::TokenClientRefused, claims, message));
        }
    }
    Ok(())
}

fn refuse_audience(
    claims: &Claims,
    setting: &str,
    expected: &[&str],
    resource: Option<&str>,
) -> Refusal {
    let audience = claims.get("aud").filter(|_| claim::has_audience(claims));
    let found = match (audience, claims.get("client_id"), claims.get("azp")) {
        (Some(audience), _, _) => format!("The token's `aud` is {}", shown(audience)),
        (None, Some(client), _) => format!(
            "The token has no `aud`, and its `client_id` is {}",
            shown(client)
        ),
        (None, None, Some(party)) => format!(
            "The token has neither `aud` nor `client_id`, only the `azp` {}",
            shown(party)
        ),
        (None, None, None) => "The token has neither `aud` nor `client_id`".to_owned(),
    };
    let meant_for = claim::audiences(claims).ok().flatten();
    let client = || claim::text(claims, "client_id").ok().flatten();
    let meant_for = meant_for.unwrap_or_else(|| client().into_iter().collect());
    let remedy = in_quotes(setting, &meant_for, expected).unwrap_or_default();
    let accepted = match resource {
        Some(resource) => format!("{} or {resource}", list(expected)),
        None => list(expected),
    };
    let message = format!("{found}; this endpoint accepts tokens for {accepted}.{remedy}");
    remedy::refuse(Code::TokenAudienceRefused, claims, message)
}

/// What to write where one of the `found` names has spaces or commas and was taken for several `expected` ones.
fn in_quotes(setting: &str, found: &[&str], expected: &[&str]) -> Option<String> {
    let is_separator = |character: char| character == ',' || character.is_whitespace();
    let is_split = |name: &&&str| {
        let mut parts = name.split(is_separator).filter(|part| !part.is_empty());
        name.contains(is_separator) && parts.all(|part| expected.contains(&part))
    };
    let name = found.iter().find(is_split)?;
    Some(format!(
        " A space or a comma separates two values in `{setting}`: an administrator must write {} there, in double \
         quotes.",
        shown(&Value::from(*name))
    ))
}

fn list(names: &[&str]) -> String {
    match names {
        [] => "no client of this issuer".to_owned(),
        names => names.join(", "),
    }
}
