//! Sealing: XChaCha20-Poly1305, in base64url. Its nonce of 24 bytes is long enough to be drawn at random for every
//! cookie of every instance (draft-irtf-cfrg-xchacha §2.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use super::keys::{Keys, Kind, joined};
use crate::limits;

/// The form of what is sealed. Another form does not open, so an older cookie counts as absent.
const VERSION: u8 = 1;
const TAG: usize = 16;

/// The random bytes of one seal.
pub(super) type Nonce = [u8; 24];

/// The length in characters of `length` bytes when they are sealed.
pub(super) const fn sealed_length(length: usize) -> usize {
    (length + TAG + size_of::<Nonce>())
        .saturating_mul(4)
        .div_ceil(3)
}

/// Seals `plain` as a cookie of `kind` in `slot`, which is 0 for a session.
pub(super) fn seal(
    keys: &Keys,
    kind: Kind,
    slot: u8,
    nonce: &Nonce,
    plain: &[u8],
) -> Option<String> {
    let bound = associated_data(kind, slot);
    let payload = Payload {
        msg: plain,
        aad: &bound,
    };
    let sealed = cipher(keys, kind)
        .encrypt(&XNonce::from(*nonce), payload)
        .ok()?;
    Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
}

/// What was sealed with these keys as a cookie of `kind` in `slot`.
pub(super) fn open(keys: &Keys, kind: Kind, slot: u8, text: &str) -> Option<Vec<u8>> {
    if text.len() > limits::COOKIE_VALUE {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (nonce, sealed) = bytes.split_first_chunk()?;
    let bound = associated_data(kind, slot);
    let payload = Payload {
        msg: sealed,
        aad: &bound,
    };
    cipher(keys, kind)
        .decrypt(&XNonce::from(*nonce), payload)
        .ok()
}

fn cipher(keys: &Keys, kind: Kind) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*keys.of(kind)))
}

fn associated_data(kind: Kind, slot: u8) -> Vec<u8> {
    joined(&[&[VERSION], kind.label().as_bytes(), &[slot]])
}
