//! How often an identity provider is asked again because a token names a key that nobody knows.
//!
//! Anyone can send tokens with a `kid` of their own making, so such a token must not be worth a request each time. But
//! the first token that a rotated key has signed looks just the same, and should be taken.

use std::time::Duration;

use hmac_sha256::Hash;
use lru::LruCache;

use crate::jose::Header;
use crate::limits;
use crate::time::UnixTime;

/// Which key a header asks for: a digest, so that it takes the same memory however long the `kid` is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct KeyReference([u8; 32]);

impl From<&Header> for KeyReference {
    fn from(header: &Header) -> Self {
        let mut hash = Hash::new();
        hash.update(header.algorithm.as_str());
        // No name of an algorithm has this byte, and a missing `kid` is not an empty one.
        hash.update([0, u8::from(header.key_id.is_some())]);
        hash.update(header.key_id.as_deref().unwrap_or_default());
        Self(hash.finalize())
    }
}

/// The pause of one provider and the keys that it is known not to have.
pub(super) struct UnknownKeys {
    last_attempt: Option<Attempt>,
    absent: LruCache<KeyReference, Absence>,
}

/// A fetch that was made because of an unknown key.
#[derive(Clone, Copy)]
struct Attempt {
    fetch: u64,
    at: UnixTime,
}

struct Absence {
    fetch: u64,
    since: UnixTime,
    wait: Duration,
}

impl UnknownKeys {
    pub(super) fn new() -> Self {
        Self {
            last_attempt: None,
            absent: LruCache::sparse(limits::capacity(limits::UNKNOWN_KEYS)),
        }
    }

    /// Whether the key is worth a request.
    pub(super) fn may_ask(&self, key: KeyReference, now: UnixTime) -> bool {
        let pauses = self
            .last_attempt
            .is_some_and(|attempt| now.is_within(attempt.at, limits::UNKNOWN_KEY_PAUSE));
        // One key that is asked for again and again must not use up the pauses, or it would keep a rotated key out.
        let is_absent = self
            .absent
            .peek(&key)
            .is_some_and(|absence| now.is_within(absence.since, absence.wait));
        !pauses && !is_absent
    }

    /// Fetch number `fetch` is made now because of an unknown key.
    pub(super) const fn start(&mut self, fetch: u64, at: UnixTime) {
        self.last_attempt = Some(Attempt { fetch, at });
    }

    /// Fetch number `fetch` has failed. If it was made for an unknown key it proves nothing, and the shorter pause after
    /// failures takes the place of this one, so that a provider that returns is used at once.
    pub(super) fn fail(&mut self, fetch: u64) {
        self.last_attempt = self.last_attempt.filter(|attempt| attempt.fetch != fetch);
    }

    /// Fetch number `fetch`, which was started at `requested`, has brought no such key. Each time that happens again, the
    /// key is left alone twice as long: a key that is published late is taken soon, a withdrawn one costs little.
    pub(super) fn note_absent(&mut self, key: KeyReference, fetch: u64, requested: UnixTime) {
        self.start(fetch, requested);
        let known = self.absent.get_or_insert_mut(key, || Absence {
            fetch,
            since: requested,
            wait: limits::UNKNOWN_KEY_PAUSE,
        });
        // Several tokens may have waited for the same fetch; it counts once.
        if known.fetch != fetch {
            let wait = known
                .wait
                .saturating_mul(2)
                .min(limits::UNKNOWN_KEY_ABSENCE);
            *known = Absence {
                fetch,
                since: requested,
                wait,
            };
        }
    }
}
