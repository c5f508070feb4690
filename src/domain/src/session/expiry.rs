//! How long a session counts, at a given time and under given limits.

use std::time::Duration;

use super::Session;
use crate::limits;
use crate::settings::SessionLimits;
use crate::time::UnixTime;

/// What a session opens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Everything.
    Good,
    /// The check with the provider is overdue: it opens the refresh, the page and the logout.
    CheckOverdue,
    /// The provider has been out of reach for too long: it opens the same, and API requests are answered with
    /// `identity_provider_unavailable`.
    GraceOver,
    /// Its hours are over: it opens nothing.
    Expired,
}

impl Session {
    /// What the session opens at `now`. Whether it was idle for too long is another question: [`Session::is_idle`].
    pub fn standing(&self, now: UnixTime, limits: &SessionLimits) -> Standing {
        if is_over(now, self.issued, self.lifetime(limits)) {
            return Standing::Expired;
        }
        let (from, allowed) = match self.unreachable {
            _ if self.token.is_none() => return Standing::Good,
            Some(_) if is_over(now, self.checked, limits::SESSION_GRACE) => {
                return Standing::GraceOver;
            }
            Some(attempt) => (attempt, limits::SESSION_RETRY),
            None => (self.checked, limits.check),
        };
        if is_over(now, from, allowed + limits::SESSION_OVERDUE) {
            Standing::CheckOverdue
        } else {
            Standing::Good
        }
    }

    /// Whether the person has not used it for too long. Asked at a refresh and when a page is opened.
    pub fn is_idle(&self, now: UnixTime, limits: &SessionLimits) -> bool {
        is_over(now, self.used, limits.idle)
    }

    /// Whether it was checked so recently that a refresh needs no provider.
    pub fn is_fresh(&self, now: UnixTime, limits: &SessionLimits) -> bool {
        self.unreachable.is_none() && !is_over(now, self.checked, limits.check / 2)
    }

    /// Whether the last attempt at a check has reached the provider.
    pub const fn provider_is_reachable(&self) -> bool {
        self.unreachable.is_none()
    }

    /// How long until the person must sign in again: what is left of its hours.
    pub fn expires_in(&self, now: UnixTime, limits: &SessionLimits) -> Duration {
        remaining(now, self.issued, self.lifetime(limits))
    }

    /// How long until the page should have it checked; zero where that is due.
    pub fn check_in(&self, now: UnixTime, limits: &SessionLimits) -> Duration {
        let (from, wait) = match self.unreachable {
            Some(attempt) => (attempt, limits::SESSION_RETRY),
            None => (self.checked, limits.check),
        };
        remaining(now, from, wait).min(self.expires_in(now, limits))
    }

    /// When it ends at the latest. What is remembered of it may be forgotten then.
    pub fn ends(&self, limits: &SessionLimits) -> UnixTime {
        self.issued.plus(self.lifetime(limits))
    }

    /// Nobody can be asked whether the person may still come in where the provider gave no token for it.
    fn lifetime(&self, limits: &SessionLimits) -> Duration {
        match self.token {
            Some(_) => limits.lifetime,
            None => limits.lifetime.min(limits::SESSION_WITHOUT_CHECK),
        }
    }
}

/// Whether `span` has passed since `start`, a time that another instance may have noted. One that is further in the future
/// than two clocks differ was noted by a clock that was set back since.
pub(super) fn is_over(now: UnixTime, start: UnixTime, span: Duration) -> bool {
    remaining(now, start, span).is_zero()
}

fn remaining(now: UnixTime, start: UnixTime, span: Duration) -> Duration {
    if start > now && start.since(now) <= limits::CLOCK_DIFFERENCE {
        return span;
    }
    now.remaining(start, span)
}
