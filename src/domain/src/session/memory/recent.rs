//! A bounded set whose members are forgotten at a time of their own.

use std::cell::RefCell;
use std::fmt;
use std::hash::Hash;

use lru::LruCache;

use crate::limits::capacity;
use crate::time::UnixTime;

/// Where there are too many members, the one that was remembered first is forgotten first.
pub(super) struct Recent<K: Eq + Hash, V = ()> {
    entries: RefCell<LruCache<K, (V, UnixTime)>>,
}

impl<K: Eq + Hash, V: Copy> Recent<K, V> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            entries: RefCell::new(LruCache::new(capacity(most))),
        }
    }

    /// Remembers `value` for `key` until that time.
    pub(super) fn set(&self, key: K, value: V, until: UnixTime) {
        self.entries.borrow_mut().put(key, (value, until));
    }

    /// What is remembered for `key`. To be asked for keeps nothing longer.
    pub(super) fn get(&self, key: &K, now: UnixTime) -> Option<V> {
        let entries = self.entries.borrow();
        let (value, until) = entries.peek(key)?;
        (now < *until).then_some(*value)
    }
}

impl<K: Eq + Hash> Recent<K> {
    pub(super) fn remember(&self, key: K, until: UnixTime) {
        self.set(key, (), until);
    }

    pub(super) fn has(&self, key: &K, now: UnixTime) -> bool {
        self.get(key, now).is_some()
    }
}

impl<K: Eq + Hash, V> fmt::Debug for Recent<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Recent({} entries)", self.entries.borrow().len())
    }
}
