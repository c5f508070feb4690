//! Points in time, as the host's clock and the tokens tell them.

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

    /// The point `seconds` after the epoch; what does not fit is the last point there is.
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

    /// The time from `earlier` to `self`, zero where `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.milliseconds.saturating_sub(earlier.milliseconds))
    }

    /// `self` moved into the future; what does not fit is the last point there is.
    pub fn plus(self, duration: Duration) -> Self {
        let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self::from_millis(self.milliseconds.saturating_add(milliseconds))
    }
}
