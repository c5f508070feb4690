//! The keys of the endpoint's cookies, derived once for its settings.

use std::cell::RefCell;
use std::rc::Rc;

use lru::LruCache;

use crate::limits::{self, capacity};
use crate::session::Keys;
use crate::settings::{Settings, SignIn};

/// What keys are derived for: the settings, by their digest, and the daemon's id of the endpoint.
type Owner = ([u8; 32], String);

/// The keys that were derived last.
pub(super) struct KeyRing(RefCell<LruCache<Owner, Rc<Keys>>>);

impl KeyRing {
    /// None yet.
    pub fn new() -> Self {
        let most = capacity(limits::PARSED_SETTINGS);
        Self(RefCell::new(LruCache::new(most)))
    }

    /// The keys of `endpoint` under these settings.
    pub fn of(&self, settings: &Settings, sign_in: &SignIn, endpoint: &str) -> Rc<Keys> {
        let owner = (settings.digest, endpoint.to_owned());
        let mut keys = self.0.borrow_mut();
        let derive = || Rc::new(Keys::new(settings, sign_in, endpoint));
        Rc::clone(keys.get_or_insert(owner, derive))
    }
}
