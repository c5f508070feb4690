//! What is wrong with a token's form or signature, as a refusal with its remedy.

use super::remedy;
use crate::error::{Code, Refusal};
use crate::jose::{Algorithm, Error, Jwk, UnverifiedToken};

/// Parses a token in compact form.
///
/// # Errors
/// What the token is instead, before any cryptography: opaque, too large, encrypted, of another algorithm, with a
/// header that no access token needs, or malformed.
pub fn parse(compact: &str) -> Result<UnverifiedToken<'_>, Refusal> {
    let token = UnverifiedToken::parse(compact).map_err(|error| refusal(&error, compact))?;
    if token.has_nonce && remedy::is_entra(&token.claims) {
        return Err(Refusal::new(Code::TokenHeaderRefused, remedy::GRAPH));
    }
    Ok(token)
}

/// Refuses a token whose signature `key` did not make.
///
/// # Errors
/// [`Code::TokenSignatureInvalid`].
pub fn check_signature(key: &Jwk, token: &UnverifiedToken<'_>) -> Result<(), Refusal> {
    key.verify(token).map_err(|_| {
        remedy::refuse(
            Code::TokenSignatureInvalid,
            &token.claims,
            "The issuer's key did not make this token's signature: the token was changed, or somebody else signed it.",
        )
    })
}

/// The refusal of what was sent instead of a signed token.
pub(super) fn refusal(error: &Error, compact: &str) -> Refusal {
    let (code, message) = match error {
        Error::Algorithm(name) => return refuse_algorithm(error, name.as_str()),
        Error::Encrypted => (Code::TokenEncrypted, remedy::ENCRYPTED.to_owned()),
        Error::HeaderTooLarge(_) => (
            Code::TokenTooLarge,
            format!("The token is too large: {error}."),
        ),
        Error::Nested => (
            Code::TokenHeaderRefused,
            format!("The token is refused: {error}. Send the inner one."),
        ),
        Error::Opaque => (
            Code::TokenOpaque,
            format!(
                "The token is opaque, not a JWT, so no key can verify it. {}",
                remedy::of_opaque(compact)
            ),
        ),
        Error::Signature => (
            Code::TokenSignatureInvalid,
            format!("The token is refused: {error}."),
        ),
        Error::TooLarge(_) => (
            Code::TokenTooLarge,
            format!(
                "The token is too large: {error}. Have the identity provider put fewer groups or roles into it."
            ),
        ),
        Error::Understood(..) => (
            Code::TokenHeaderRefused,
            format!("The token is refused: {error}."),
        ),
        Error::AlgorithmMissing
        | Error::Empty(_)
        | Error::Encoding(_)
        | Error::Json(..)
        | Error::Member(..)
        | Error::Parts(_) => (
            Code::TokenMalformed,
            format!(
                "The token is malformed: {error}. Send it exactly as the identity provider issued it."
            ),
        ),
    };
    Refusal::new(code, message)
}

fn refuse_algorithm(error: &Error, name: Option<&str>) -> Refusal {
    let why = match name {
        Some(name) if name.eq_ignore_ascii_case("none") => ", so it is not signed at all",
        Some(name) if name.to_ascii_uppercase().starts_with("HS") => remedy::SHARED_SECRET,
        _ => "",
    };
    let message = format!(
        "The token is refused: {error}{why}. Accepted are {}.",
        Algorithm::names()
    );
    Refusal::new(Code::TokenAlgorithmRefused, message)
}
