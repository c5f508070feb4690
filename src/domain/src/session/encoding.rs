//! The bytes inside a seal: postcard, which writes no names and so leaves the most room for the content.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The bytes of `content`.
pub(super) fn encode(content: &impl Serialize) -> Option<Vec<u8>> {
    postcard::to_allocvec(content).ok()
}

/// The content that `bytes` are, to the last one.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (content, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(content)
}
