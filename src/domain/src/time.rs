//! Points in time: those of the environment's clock and those in tokens.

use std::time::Duration;

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored, as RFC 7519 §2 counts `NumericDate`.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnixTime {
    milliseconds: u64,
}

impl UnixTime {
    /// The point `milliseconds` after the epoch.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self { milliseconds }
    }

    /// The point `seconds` after the epoch, or the last point there is if that is later.
    pub const fn from_secs(seconds: u64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> u64 {
        self.milliseconds
    }

    /// Whole seconds since the epoch.
    pub const fn as_secs(self) -> u64 {
        self.milliseconds / 1000
    }

    /// The time from `earlier` to `self`; zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.milliseconds.saturating_sub(earlier.milliseconds))
    }

    /// `self` moved into the future, at most to the last point there is.
    pub fn plus(self, duration: Duration) -> Self {
        let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self::from_millis(self.milliseconds.saturating_add(milliseconds))
    }

    /// Whether `self` lies in the `span` that begins at `start`. A clock that was set back is in no such span, so it
    /// keeps nothing longer than it should be kept.
    pub fn is_within(self, start: Self, span: Duration) -> bool {
        start <= self && self.since(start) < span
    }

    /// What is left of the `span` that begins at `start`; zero outside of it.
    pub fn remaining(self, start: Self, span: Duration) -> Duration {
        if self.is_within(start, span) {
            span - self.since(start)
        } else {
            Duration::ZERO
        }
    }
}

/// Seconds for `Retry-After` and for a sentence with the same number: rounded up, because who comes too early comes in
/// vain, and at least one.
pub fn whole_seconds(wait: Duration) -> u64 {
    let begun = u64::from(wait.subsec_nanos() > 0);
    wait.as_secs().saturating_add(begun).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_rounded_up_and_at_least_one() {
        for (milliseconds, expected) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (4999, 5)] {
            let wait = Duration::from_millis(milliseconds);
            assert_eq!(whole_seconds(wait), expected, "{milliseconds}");
        }
        assert_eq!(whole_seconds(Duration::MAX), u64::MAX);
    }

    #[test]
    fn a_span_begins_at_its_start_and_ends_before_its_end() {
        let start = UnixTime::from_secs(100);
        let span = Duration::from_secs(10);
        for (now, expected) in [(99, None), (100, Some(10)), (109, Some(1)), (110, None)] {
            let now = UnixTime::from_secs(now);
            assert_eq!(now.is_within(start, span), expected.is_some(), "{now:?}");
            let remaining = Duration::from_secs(expected.unwrap_or(0));
            assert_eq!(now.remaining(start, span), remaining, "{now:?}");
        }
    }
}
