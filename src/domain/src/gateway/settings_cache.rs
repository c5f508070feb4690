//! Settings, parsed once for each text that the daemon sends.

use std::cell::RefCell;
use std::rc::Rc;

use lru::LruCache;

use crate::limits::{self, capacity};
use crate::settings::{Mistakes, Settings};

/// Settings, or every mistake in them.
pub type Parsed = Result<Rc<Settings>, Mistakes>;

/// The parsed settings of the endpoints that were used last.
pub struct SettingsCache {
    by_endpoint: RefCell<LruCache<String, (String, Parsed)>>,
}

impl SettingsCache {
    /// An empty cache.
    pub fn new() -> Self {
        Self {
            by_endpoint: RefCell::new(LruCache::new(capacity(limits::PARSED_SETTINGS))),
        }
    }

    /// The settings that `json` means. An entry serves only its own endpoint and exactly its own text.
    pub fn parse(&self, endpoint: &str, json: &str) -> Parsed {
        let mut cache = self.by_endpoint.borrow_mut();
        if let Some((text, parsed)) = cache.get(endpoint)
            && text == json
        {
            return parsed.clone();
        }
        let parsed = Settings::parse(json).map(Rc::new);
        cache.put(endpoint.to_owned(), (json.to_owned(), parsed.clone()));
        parsed
    }
}
