//! The refusal of a token whose key nobody knows, with the usual remedy.

use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::jose::{Header, JwkSet};
use crate::json::shown;
use crate::token::remedy;

/// Why there is no key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Why {
    /// The token names none, and more than one fits.
    Ambiguous,
    /// None of the provider's fits.
    Unknown,
    /// None of the setting `jwks` fits.
    UnknownToSettings,
}

/// Where no provider's usual remedy is known.
const AGAIN: &str = "Sign in again: the provider may have withdrawn the key.";

/// For keys of the setting `jwks`.
const STATIC: &str = "Add the key there, or empty the setting so that keys are fetched.";

/// The refusal. Only the log says which keys there are.
pub(super) fn refuse(issuer: &Issuer, header: &Header, why: Why, known: &JwkSet) -> Refusal {
    let algorithm = header.algorithm.as_str();
    let said = match &header.key_id {
        Some(id) => format!(
            "names the key `kid` {} for {algorithm}",
            shown(&id.as_str().into())
        ),
        None => format!("names no key (`kid`) for {algorithm}"),
    };
    let (found, remedy) = match why {
        Why::Ambiguous => (
            "more than one key of",
            "The provider must name the key in its tokens.",
        ),
        Why::Unknown => ("no key of", usual_cure(issuer)),
        Why::UnknownToSettings => ("no key that the setting `jwks` gives for", STATIC),
    };
    let message = format!("The token {said}, and {found} `{issuer}` fits. {remedy}");
    Refusal::new(Code::TokenKeyUnknown, message).with_log_detail(known_algorithms(known))
}

fn usual_cure(issuer: &Issuer) -> &'static str {
    remedy::usual(Code::TokenKeyUnknown, issuer.as_str(), &Claims::default()).unwrap_or(AGAIN)
}

fn known_algorithms(keys: &JwkSet) -> String {
    let mut names: Vec<_> = keys
        .keys()
        .flat_map(|key| key.algorithms())
        .map(|algorithm| algorithm.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    format!(
        "{} usable keys are known, for {}",
        keys.keys().count(),
        names.join(", ")
    )
}
