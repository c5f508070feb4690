//! The refusal of a token whose key nobody knows, with the usual remedy.

use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::jose::{Header, JwkSet};
use crate::json::shown;
use crate::token::remedy;

use super::cause::Cause;

/// Why there is no key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NoKeyReason {
    /// The token names none, and more than one fits.
    Ambiguous,
    /// None of the provider's fits.
    NotPublished,
    /// None of the setting `jwks` fits.
    NotInSettings,
}

/// Where no provider's usual remedy is known.
const AGAIN: &str = "Sign in again: the provider may have withdrawn the key.";

/// For keys of the setting `jwks`.
const STATIC: &str = "Add the key there, or empty the setting so that keys are fetched.";

/// The refusal. Only the log says which keys there are.
pub(super) fn refuse(
    issuer: &Issuer,
    header: &Header,
    reason: NoKeyReason,
    known: &JwkSet,
) -> Refusal {
    let algorithm = header.algorithm.as_str();
    let reference = match &header.key_id {
        Some(id) => format!(
            "names the key `kid` {} for {algorithm}",
            shown(&id.as_str().into())
        ),
        None => format!("names no key (`kid`) for {algorithm}"),
    };
    let (keys, remedy) = match reason {
        NoKeyReason::Ambiguous => (
            "more than one key of",
            "The provider must name the key in its tokens.",
        ),
        NoKeyReason::NotPublished => ("no key of", usual_remedy(issuer)),
        NoKeyReason::NotInSettings => ("no key that the setting `jwks` gives for", STATIC),
    };
    let message = format!("The token {reference}, and {keys} `{issuer}` fits. {remedy}");
    Refusal::new(Code::TokenKeyUnknown, message).with_log_detail(known_algorithms(known))
}

/// Why a key set verifies no token at all. Then nobody needs to sign in again: an administrator must do something.
pub(super) fn none_usable(keys: &JwkSet) -> Option<Cause> {
    if keys.keys().next().is_some() {
        return None;
    }
    let remedy = "Have the provider publish an asymmetric signing key; some do so only once somebody has signed in.";
    let found = match keys.skipped() {
        0 => "the set is empty".to_owned(),
        1 => format!("its only key was left out: {}", reasons(keys)),
        skipped => format!("all its {skipped} keys were left out: {}", reasons(keys)),
    };
    Some(Cause::invalid(found, remedy))
}

/// Each reason once, with the number of its keys where there are several reasons.
fn reasons(keys: &JwkSet) -> String {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for reason in keys.why_skipped() {
        match counted.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => counted.push((reason, 1)),
        }
    }
    let several = counted.len() > 1;
    let texts = counted.into_iter().map(|(reason, count)| {
        if several {
            format!("{reason} ({count})")
        } else {
            reason
        }
    });
    texts.collect::<Vec<_>>().join("; ")
}

fn usual_remedy(issuer: &Issuer) -> &'static str {
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
