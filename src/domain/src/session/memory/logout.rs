//! What the provider's logout tokens end (OpenID Connect Back-Channel Logout §2.4).

use hmac_sha256::Hash;

use super::recent::Recent;
use crate::limits;
use crate::session::Session;
use crate::settings::SessionLimits;
use crate::time::UnixTime;

/// Which sessions a logout token ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogoutMark<'a> {
    /// The session of the provider with this `sid`, of this person if `subject` is there.
    Session {
        /// `sid`.
        sid: &'a str,
        /// `sub`.
        subject: Option<&'a str>,
    },
    /// Every session of this person whose ID token is older than the logout token.
    Person {
        /// `sub`.
        subject: &'a str,
        /// `iat` of the logout token.
        issued: UnixTime,
    },
}

/// A hash takes the same room for every text.
type Key = [u8; 32];

#[derive(Debug)]
pub(super) struct LogoutMarks {
    by_sid: Recent<Key>,
    by_sid_and_subject: Recent<Key>,
    by_subject: Recent<Key, UnixTime>,
    seen: Recent<Key>,
}

impl Default for LogoutMarks {
    fn default() -> Self {
        Self {
            by_sid: Recent::new(limits::LOGOUT_MARKS),
            by_sid_and_subject: Recent::new(limits::LOGOUT_MARKS),
            by_subject: Recent::new(limits::LOGOUT_MARKS),
            seen: Recent::new(limits::LOGOUT_MARKS),
        }
    }
}

impl LogoutMarks {
    pub(super) fn note(
        &self,
        jti: &str,
        mark: &LogoutMark<'_>,
        now: UnixTime,
        limits: &SessionLimits,
    ) -> bool {
        let jti = Hash::hash(jti.as_bytes());
        if self.seen.has(&jti, now) {
            return false;
        }
        // The sessions that it ends would count for as long, and the token itself for less.
        let until = now.plus(limits.lifetime);
        self.seen.remember(jti, until);
        match *mark {
            LogoutMark::Session { sid, subject: None } => self.by_sid.remember(key(&[sid]), until),
            LogoutMark::Session {
                sid,
                subject: Some(subject),
            } => self
                .by_sid_and_subject
                .remember(key(&[sid, subject]), until),
            LogoutMark::Person { subject, issued } => {
                let subject = key(&[subject]);
                let earlier = self.by_subject.get(&subject, now);
                let latest = earlier.map_or(issued, |earlier| earlier.max(issued));
                self.by_subject.set(subject, latest, until);
            }
        }
        true
    }

    pub(super) fn end(&self, session: &Session, now: UnixTime) -> bool {
        let person = session.person();
        let by_sid = person.provider_session.as_deref().is_some_and(|sid| {
            self.by_sid.has(&key(&[sid]), now)
                || self
                    .by_sid_and_subject
                    .has(&key(&[sid, &person.subject]), now)
        });
        let logout = self.by_subject.get(&key(&[&person.subject]), now);
        by_sid || logout.is_some_and(|logout| session.began() < logout)
    }
}

fn key(parts: &[&str]) -> Key {
    let mut hash = Hash::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize()
}
