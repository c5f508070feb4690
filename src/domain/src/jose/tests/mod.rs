mod client_key;
mod keys;
mod selection;
mod setting;
mod signature;
mod vectors;
mod wycheproof;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// base64url of a text or of bytes.
pub(super) fn encode(content: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(content)
}
