//! The kind of a token. Providers sign all kinds with the same keys, so a good signature says nothing of the kind.

use super::claim;
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::json::shown;
use crate::settings::TokenKind;

/// Header `typ` of what may be an access token: absent or `JWT` says nothing, `at+jwt` is explicit (RFC 9068 §2.1).
const PLAIN: &str = "jwt";
const ACCESS: &str = "at+jwt";
/// `typ` with which some providers mark ID tokens.
const ID: [&str; 2] = ["id+jwt", "id_token+jwt"];

/// Values of the claims `typ` (Keycloak) and `token_use` (Cognito, Hydra), lower case.
const ID_USES: [&str; 2] = ["id", "id_token"];
const ACCESS_USES: [&str; 4] = ["access", "access_token", "bearer", "dpop"];
const OTHER_USES: [&str; 4] = ["logout", "offline", "refresh", "refresh_token"];

/// Refuses tokens of other kinds than `setting`. `media_type` is the header's, lower case, without `application/`.
pub(super) fn check(
    media_type: Option<&str>,
    claims: &Claims,
    setting: TokenKind,
) -> Result<(), Refusal> {
    let media_type = media_type.unwrap_or(PLAIN);
    let uses = [stated_use(claims, "typ")?, stated_use(claims, "token_use")?];
    if let Some(why) = neither_access_nor_id(media_type, claims, &uses, "access") {
        return Err(refuse(&why));
    }
    let id = stated_by(&uses, &ID_USES).or_else(|| id_by_form(media_type, claims));
    let access = access_evidence(media_type, &uses);
    match (setting, id, access) {
        (TokenKind::Access, Some(evidence), _) => Err(refuse(&format!(
            "it is an ID token: {evidence}. Send the access token, or set `token_kind`"
        ))),
        (TokenKind::Id, _, Some(evidence)) => Err(refuse(&format!(
            "it is an access token: {evidence}. Send the ID token, or set `token_kind`"
        ))),
        _ => Ok(()),
    }
}

/// Refuses what a provider has put into `id_token` although it is none. No setting of the endpoint and no client can change
/// that.
pub(super) fn check_id_token(media_type: Option<&str>, claims: &Claims) -> Result<(), Refusal> {
    let media_type = media_type.unwrap_or(PLAIN);
    let uses = [stated_use(claims, "typ")?, stated_use(claims, "token_use")?];
    let why = neither_access_nor_id(media_type, claims, &uses, "ID").or_else(|| {
        let evidence = access_evidence(media_type, &uses)?;
        Some(format!("it is an access token: {evidence}"))
    });
    match why {
        None => Ok(()),
        Some(why) => Err(refuse(&format!(
            "{why}. The identity provider must put an ID token into `id_token` of its token response"
        ))),
    }
}

fn access_evidence(media_type: &str, uses: &[Use]) -> Option<String> {
    stated_by(uses, &ACCESS_USES).or_else(|| access_by_form(media_type))
}

/// `wanted` is the kind that was expected.
fn neither_access_nor_id(
    media_type: &str,
    claims: &Claims,
    uses: &[Use],
    wanted: &str,
) -> Option<String> {
    if claims.get("events").is_some() {
        let why = "it has `events`, which logout and security-event tokens have";
        return Some(why.to_owned());
    }
    if media_type != PLAIN && media_type != ACCESS && !ID.contains(&media_type) {
        return Some(format!(
            "its header's `typ` is {}, but that of an {wanted} token is {} or absent",
            shown(&media_type.into()),
            if wanted == "ID" {
                "`JWT`"
            } else {
                "`JWT`, `at+jwt`"
            }
        ));
    }
    stated_by(uses, &OTHER_USES)
}

/// A claim that states what the token is for, and its value in lower case.
type Use = Option<(&'static str, String)>;

fn stated_use(claims: &Claims, name: &'static str) -> Result<Use, Refusal> {
    let value = claim::text(claims, name)?;
    Ok(value.map(|value| (name, value.to_ascii_lowercase())))
}

fn stated_by(uses: &[Use], values: &[&str]) -> Option<String> {
    let mut stated = uses.iter().flatten();
    let (name, value) = stated.find(|(_, value)| values.contains(&value.as_str()))?;
    Some(format!("its claim `{name}` is \"{value}\""))
}

/// `nonce` is not evidence: Keycloak and Authentik put it into access tokens as well.
fn id_by_form(media_type: &str, claims: &Claims) -> Option<String> {
    if ID.contains(&media_type) {
        return Some(format!("its header's `typ` is \"{media_type}\""));
    }
    let hash = ["at_hash", "c_hash"]
        .into_iter()
        .find(|name| claims.get(name).is_some())?;
    Some(format!("it has `{hash}`"))
}

fn access_by_form(media_type: &str) -> Option<String> {
    (media_type == ACCESS).then(|| format!("its header's `typ` is \"{ACCESS}\""))
}

fn refuse(why: &str) -> Refusal {
    Refusal::new(
        Code::TokenTypeRefused,
        format!("The token is of the wrong kind: {why}."),
    )
}
