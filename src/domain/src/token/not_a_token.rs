//! What clients send by mistake where a token belongs.

use crate::error::{Code, Refusal};
use crate::settings::AppKey;

/// What languages print for a value that is not there, lower case: the client asked for its token too early, or not at
/// all.
const NOTHINGS: [&str; 8] = [
    "",
    "false",
    "nan",
    "nil",
    "none",
    "null",
    "true",
    "undefined",
];

/// Prefixes of Dify's keys, of an app and of its knowledge.
const DIFY_PREFIXES: [&str; 2] = ["app-", "dataset-"];
/// The letters and digits after the prefix.
const DIFY_KEY_LENGTH: usize = 24;

/// How JavaScript's text of an object begins, such as a promise that nobody awaited. The name of its class follows.
const OBJECT: &str = "[object ";
/// The longest name of a JavaScript class that is repeated in a message.
const LONGEST_CLASS: usize = 32;
const LONGEST_NOTHING: usize = OBJECT.len() + LONGEST_CLASS + "]".len();

/// Refuses what follows `Bearer` and cannot be a token, however it would be checked.
///
/// # Errors
/// [`Code::TokenMalformed`], which says what was sent. A token is never repeated.
pub(super) fn check(credential: &str) -> Result<(), Refusal> {
    let text = without_quotes(credential);
    if is_nothing(text) {
        return Err(refuse(&format!(
            "The client sent the text `{credential}` instead of a token: it had none when it made the request. Have it \
             wait for the sign-in and send the access token"
        )));
    }
    let scheme = text.split(' ').next().unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Err(refuse(
            "The client sent the word `Bearer` twice. Have it add the scheme once, before the token",
        ));
    }
    if text.len() < credential.len() {
        return Err(refuse(
            "The client sent the token in quotation marks. Have it send the token without them",
        ));
    }
    Ok(())
}

/// Refuses a key of Dify. It is never sent to an identity provider, and never repeated.
///
/// # Errors
/// [`Code::TokenMalformed`].
pub(super) fn check_dify_key(token: &str, app_key: &AppKey) -> Result<(), Refusal> {
    if app_key.is(token) || looks_like_dify_key(token) {
        return Err(refuse(
            "The client sent a key of Dify instead of a token. The gateway adds the app key itself: have the client send \
             the access token that it got from the identity provider. Keep the key out of clients, because anyone who \
             has it can act as every user; make a new one if a client had it",
        ));
    }
    Ok(())
}

/// JSON-encoded tokens keep their quotation marks.
fn without_quotes(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

fn is_nothing(text: &str) -> bool {
    if text.len() > LONGEST_NOTHING {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let class = lower
        .strip_prefix(OBJECT)
        .and_then(|rest| rest.strip_suffix(']'));
    let is_object =
        class.is_some_and(|class| class.len() <= LONGEST_CLASS && is_alphanumeric(class));
    is_object || NOTHINGS.contains(&lower.as_str())
}

fn looks_like_dify_key(token: &str) -> bool {
    let mut keys = DIFY_PREFIXES
        .iter()
        .filter_map(|prefix| token.strip_prefix(prefix));
    keys.any(|key| key.len() == DIFY_KEY_LENGTH && is_alphanumeric(key))
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn refuse(message: &str) -> Refusal {
    Refusal::new(Code::TokenMalformed, format!("{message}."))
}
