//! Dify's `user`, from a claim.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac_sha256::HMAC;
use serde_json::Value;

use super::{remedy, service_account};
use crate::claims::{ClaimPath, Claims};
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::json::shown;
use crate::limits;
use crate::settings::{ServiceAccounts, Settings, UserFormat};

/// Dify's own name for callers without a `user`; all of them share one history.
const DEFAULT_USER: &str = "DEFAULT-USER";
/// What the gateway puts before a client's ID. No claim of a person may begin with it.
const SERVICE_PREFIX: &str = "service:";

/// The claim that is believed only where it is verified.
const EMAIL: &str = "email";

/// 1 to 255 printable characters, not blank, not `DEFAULT-USER`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct User(String);

impl User {
    /// The value that Dify gets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value `text` of the claim `name`, as it is.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, Refusal> {
        check_text(name, text)?;
        Ok(Self(text.to_owned()))
    }

    /// The first claim of `user_claim` that the token has; for a service account without one, its client.
    pub(super) fn from_claims(
        claims: &Claims,
        issuer: &Issuer,
        settings: &Settings,
        is_service_account: bool,
    ) -> Result<Self, Refusal> {
        let (name, text) = match source(claims, settings) {
            Some((path, value)) => (path.as_str(), from_value(path, value, claims, settings)?),
            None => match service_account::client(claims)?.filter(|_| is_service_account) {
                Some((name, client)) => (name, format!("{SERVICE_PREFIX}{client}")),
                None => return Err(missing(claims, &settings.user_claim)),
            },
        };
        let user = Self::parse(name, &text)?;
        Ok(match &settings.user_format {
            UserFormat::Claim => user,
            UserFormat::Hashed(key) => Self(hashed(key.reveal(), [issuer.as_str(), name, &text])),
        })
    }
}

/// Whether another claim of the person could change who they are: an earlier claim of `user_claim` than the first that
/// the token has, or the word on whether its address is verified. Who somebody is must not depend on what else the token
/// lacks, which the scopes that a client asks for decide. A client has no claims at the userinfo endpoint.
pub(super) fn lacks_claims(claims: &Claims, settings: &Settings) -> bool {
    let first = settings.user_claim.first();
    let is_sure = first.is_some_and(|path| match claims.at(path) {
        Some(_) if path.as_literal() == EMAIL => claims.get("email_verified").is_some(),
        value => value.is_some(),
    });
    !is_sure && !service_account::is_evident(claims)
}

/// The first claim of `user_claim` that there is.
pub(super) fn source<'a>(
    claims: &'a Claims,
    settings: &'a Settings,
) -> Option<(&'a ClaimPath, &'a Value)> {
    let mut paths = settings.user_claim.iter();
    paths.find_map(|path| claims.at(path).map(|value| (path, value)))
}

fn from_value(
    path: &ClaimPath,
    value: &Value,
    claims: &Claims,
    settings: &Settings,
) -> Result<String, Refusal> {
    let refuse = |why: &str| unusable(path.as_str(), why);
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if !number.is_f64() => number.to_string(),
        _ => {
            let why = format!("is {}, neither a string nor an integer", shown(value));
            return Err(refuse(&why));
        }
    };
    if path.as_literal() == EMAIL {
        check_email(claims)?;
    }
    let has_services = settings.service_accounts == ServiceAccounts::Allow;
    if has_services && text.starts_with(SERVICE_PREFIX) {
        return Err(refuse(
            "begins with `service:`, which is reserved for service accounts",
        ));
    }
    Ok(text)
}

/// An address that nobody verified could be anybody's. Some providers write the boolean as a string.
fn check_email(claims: &Claims) -> Result<(), Refusal> {
    match claims.get("email_verified") {
        None | Some(Value::Bool(true)) => Ok(()),
        Some(Value::String(text)) if text == "true" => Ok(()),
        Some(other) => Err(Refusal::new(
            Code::EmailNotVerified,
            format!(
                "The endpoint identifies people by `email`, and the token's `email_verified` is {}. Have the person verify \
                 the address, or use `sub` in `user_claim`.",
                shown(other)
            ),
        )),
    }
}

fn check_text(name: &str, text: &str) -> Result<(), Refusal> {
    let characters = text.chars().count();
    if text.trim().is_empty() {
        return Err(unusable(name, "is blank"));
    }
    if characters > limits::USER {
        return Err(unusable(
            name,
            &format!("has {characters} characters, more than {}", limits::USER),
        ));
    }
    if text == DEFAULT_USER {
        return Err(unusable(
            name,
            "is `DEFAULT-USER`, which Dify uses for callers without a user",
        ));
    }
    if !text.chars().all(is_printable) {
        return Err(unusable(name, "has invisible characters"));
    }
    Ok(())
}

/// The standard library knows which characters Unicode calls format, separator, private or unassigned, because it
/// escapes them in debug output. It escapes combining marks only at the beginning of a text, hence the dot.
fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    let text = String::from_iter(['.', character]);
    !character.is_control() && !text.escape_debug().to_string().contains("\\u{")
}

/// Each field is preceded by its length, so no two triples give the same bytes.
fn hashed(key: &str, fields: [&str; 3]) -> String {
    let mut mac = HMAC::new(key);
    for field in fields {
        let length = u64::try_from(field.len()).unwrap_or(u64::MAX);
        mac.update(length.to_be_bytes());
        mac.update(field);
    }
    format!("u_{}", URL_SAFE_NO_PAD.encode(mac.finalize()))
}

fn missing(claims: &Claims, tried: &[ClaimPath]) -> Refusal {
    let tried: Vec<&str> = tried.iter().map(ClaimPath::as_str).collect();
    let message = format!(
        "The token has none of the claims that say who the person is: {}.",
        tried.join(", ")
    );
    remedy::refuse(Code::UserClaimMissing, claims, message)
}

fn unusable(name: &str, why: &str) -> Refusal {
    let message = format!(
        "The token's claim `{name}` {why}, so it cannot be a Dify user. It is never changed to fit: write another \
         claim into `user_claim`, or have the identity provider change it."
    );
    Refusal::new(Code::UserClaimUnusable, message)
}
