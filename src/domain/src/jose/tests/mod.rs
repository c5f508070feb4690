mod form;
mod keys;
mod limits;
mod selection;
mod setting;
mod signature;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// base64url of a text or of bytes.
pub(super) fn encode(content: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(content)
}

/// A token in the right form, with a signature that nobody made.
pub(super) fn unsigned(header: &str, payload: &str) -> String {
    format!(
        "{}.{}.{}",
        encode(header),
        encode(payload),
        encode("signature")
    )
}
