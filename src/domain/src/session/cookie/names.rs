//! The names of the cookies and where they go.

use crate::session::Slot;
use crate::settings::PublicUrl;

/// Characters of a hook's id in a name. Dify makes 16; the rest is room.
const HOOK_CHARACTERS: usize = 32;

/// The names and paths of one endpoint's cookies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CookieNames {
    session: String,
    slots: [String; 4],
    session_path: String,
    slot_path: String,
    is_secure: bool,
}

impl CookieNames {
    /// The names at `public_url`. `hook_id` is what the daemon calls the endpoint in its address.
    ///
    /// A prefix makes the browser refuse cookies of that name that a page without TLS, or another host of the domain,
    /// plants (draft-ietf-httpbis-rfc6265bis §4.1.3). `__Host-Http-` also keeps scripts from setting one; it asks for the
    /// path `/`. On localhost without TLS there can be none.
    pub fn new(public_url: &PublicUrl, hook_id: &str) -> Self {
        let is_host_bound = public_url.is_secure() && public_url.has_own_host();
        let prefix = match (public_url.is_secure(), is_host_bound) {
            (_, true) => "__Host-Http-",
            (true, false) => "__Secure-",
            (false, false) => "",
        };
        let hook: String = hook_id
            .chars()
            .filter(|character| character.is_ascii_alphanumeric() || "-_".contains(*character))
            .take(HOOK_CHARACTERS)
            .collect();
        let base = public_url.base_path();
        Self {
            session: format!("{prefix}gw_{hook}_s"),
            slots: Slot::ALL.map(|slot| format!("{prefix}gw_{hook}_t{}", slot.number())),
            session_path: format!("{base}/"),
            slot_path: if is_host_bound {
                "/".to_owned()
            } else {
                format!("{base}/auth/")
            },
            is_secure: public_url.is_secure(),
        }
    }

    /// The name of the session cookie.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// The name of a slot.
    pub fn slot(&self, slot: Slot) -> &str {
        let mut names = Slot::ALL.into_iter().zip(&self.slots);
        names
            .find(|(other, _)| *other == slot)
            .map_or("", |(_, name)| name)
    }

    pub(super) fn session_path(&self) -> &str {
        &self.session_path
    }

    pub(super) fn slot_path(&self) -> &str {
        &self.slot_path
    }

    /// Whether the slots go along with every request to the endpoint, and not to `/auth/` alone.
    pub(super) fn slots_go_along(&self) -> bool {
        self.slot_path == "/"
    }

    pub(super) const fn is_secure(&self) -> bool {
        self.is_secure
    }
}
