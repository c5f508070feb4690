//! `Set-Cookie` (RFC 6265 §4.1). A response has one at most: the daemon drops all others.

use std::fmt;
use std::time::Duration;

use http::HeaderValue;

use super::CookieNames;
use crate::session::transaction::kept_for;
use crate::session::{SealedSession, Slot};
use crate::settings::SessionLimits;
use crate::time::UnixTime;

/// The value of one `Set-Cookie`.
#[derive(Clone, Eq, PartialEq)]
pub struct SetCookie(String);

impl SetCookie {
    /// Sets the session until its hours are over.
    pub fn session(
        names: &CookieNames,
        sealed: &SealedSession,
        now: UnixTime,
        limits: &SessionLimits,
    ) -> Self {
        let left = sealed.session().expires_in(now, limits);
        Self::new(
            names,
            names.session(),
            sealed.value(),
            names.session_path(),
            left,
        )
    }

    /// Removes the session.
    pub fn no_session(names: &CookieNames) -> Self {
        Self::new(
            names,
            names.session(),
            "",
            names.session_path(),
            Duration::ZERO,
        )
    }

    /// Puts a sealed transaction into `slot`.
    pub fn slot(names: &CookieNames, slot: Slot, sealed: &str) -> Self {
        let kept = kept_for(names.slots_go_along());
        Self::new(names, names.slot(slot), sealed, names.slot_path(), kept)
    }

    fn new(names: &CookieNames, name: &str, value: &str, path: &str, kept: Duration) -> Self {
        let secure = if names.is_secure() { "; Secure" } else { "" };
        let seconds = kept.as_secs();
        Self(format!(
            "{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
        ))
    }

    /// The text of the field.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The field's value, which no log shows.
    pub fn to_header(&self) -> HeaderValue {
        // A URL's path and base64url have visible ASCII characters alone.
        let mut value = HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for SetCookie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.split('=').next().unwrap_or_default();
        write!(formatter, "SetCookie({name}, redacted)")
    }
}
