//! How often an identity provider is asked again because a token names a key that nobody knows.
//!
//! Anyone can send tokens with a `kid` of their own making, so such a token must not be worth a request each time. But
//! the first token that a rotated key has signed looks just the same, and should be taken.

use std::num::NonZeroUsize;
use std::time::Duration;

use lru::LruCache;

use super::cached::is_within;
use crate::jose::{Algorithm, Header};
use crate::time::UnixTime;

/// Between two requests that are made because of unknown keys.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// The longest that a key stays known to be absent.
const LONGEST_ABSENCE: Duration = Duration::from_secs(10 * 60);

/// How many absent keys are remembered. Each has cost a request, and those are rare.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(63);

/// What a header says of its key.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Wanted {
    algorithm: Algorithm,
    key_id: Option<String>,
}

impl From<&Header> for Wanted {
    fn from(header: &Header) -> Self {
        Self {
            algorithm: header.algorithm,
            key_id: header.key_id.clone(),
        }
    }
}

/// The cool-down of one provider and the keys that it is known not to have.
pub(super) struct UnknownKeys {
    asked: Option<Asked>,
    absent: LruCache<Wanted, Absence>,
}

#[derive(Clone, Copy)]
struct Asked {
    fetch: u64,
    at: UnixTime,
}

struct Absence {
    fetch: u64,
    seen: UnixTime,
    wait: Duration,
}

impl UnknownKeys {
    pub(super) fn new() -> Self {
        Self {
            asked: None,
            absent: LruCache::sparse(REMEMBERED),
        }
    }

    /// Whether `wanted` is worth a request. One key that is asked for again and again must not use up the cool-down,
    /// or it would keep a rotated key out.
    pub(super) fn may_ask(&self, wanted: &Wanted, now: UnixTime) -> bool {
        let cools_down = self
            .asked
            .is_some_and(|asked| is_within(now, asked.at, COOL_DOWN));
        let absent = self
            .absent
            .peek(wanted)
            .is_some_and(|absence| is_within(now, absence.seen, absence.wait));
        !cools_down && !absent
    }

    /// Fetch number `fetch` is made now because of an unknown key.
    pub(super) const fn asked(&mut self, fetch: u64, at: UnixTime) {
        self.asked = Some(Asked { fetch, at });
    }

    /// Fetch number `fetch` failed. If it was made for an unknown key it proves nothing, and the shorter pause after
    /// failures takes the place of the cool-down, so that a provider that returns is used at once.
    pub(super) fn failed(&mut self, fetch: u64) {
        self.asked = self.asked.filter(|asked| asked.fetch != fetch);
    }

    /// The answer of fetch number `fetch`, which was started at `asked`, has no such key. Each time that is found anew
    /// the key is left alone twice as long: a key that is published late is taken soon, a withdrawn one costs little.
    pub(super) fn absent(&mut self, wanted: Wanted, fetch: u64, asked: UnixTime) {
        self.asked = Some(Asked { fetch, at: asked });
        let known = self.absent.get_or_insert_mut(wanted, || Absence {
            fetch,
            seen: asked,
            wait: COOL_DOWN,
        });
        if known.fetch != fetch {
            let wait = known.wait.saturating_mul(2).min(LONGEST_ABSENCE);
            *known = Absence {
                fetch,
                seen: asked,
                wait,
            };
        }
    }
}
