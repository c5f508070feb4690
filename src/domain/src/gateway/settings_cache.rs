//! Settings, parsed once for each text that the daemon sends.

use std::cell::RefCell;
use std::rc::Rc;

use lru::LruCache;

use crate::limits::{self, capacity};
use crate::settings::{InvalidSettings, Settings};

/// Settings, or what is wrong with them.
pub type Parsed = Result<Rc<Settings>, Rc<InvalidSettings>>;

/// The settings that were parsed last. Their texts are at most [`limits::PARSED_SETTINGS`] times [`limits::SETTINGS`].
pub struct SettingsCache {
    by_text: RefCell<LruCache<String, Parsed>>,
}

impl SettingsCache {
    /// An empty cache.
    pub fn new() -> Self {
        Self {
            by_text: RefCell::new(LruCache::new(capacity(limits::PARSED_SETTINGS))),
        }
    }

    /// The settings that `json` means. An entry serves exactly its own text.
    pub fn parse(&self, json: &str) -> Parsed {
        let mut cache = self.by_text.borrow_mut();
        if let Some(parsed) = cache.get(json) {
            return parsed.clone();
        }
        let parsed = Settings::parse(json).map(Rc::new).map_err(Rc::new);
        // A text that is too long is parsed again with each request: that costs a look for the ends of its members.
        if json.len() <= limits::SETTINGS {
            cache.put(json.to_owned(), parsed.clone());
        }
        parsed
    }
}
