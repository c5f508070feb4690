//! How many requests wait for the same thing.

use std::cell::Cell;
use std::rc::Rc;

/// Counts those who wait, up to a limit. Clones count together.
#[derive(Clone, Debug)]
pub struct Waiters {
    limit: usize,
    waiting: Rc<Cell<usize>>,
}

/// The place of one who waits. It is free again when this is dropped.
#[derive(Debug)]
pub struct Place(Rc<Cell<usize>>);

impl Waiters {
    /// Nobody waits yet.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            waiting: Rc::default(),
        }
    }

    /// One waits already: the request that starts the work has a place, whatever the limit is.
    pub fn with_first(limit: usize) -> (Self, Place) {
        let waiters = Self::new(limit);
        let place = waiters.take();
        (waiters, place)
    }

    /// A place, if one is free.
    pub fn enter(&self) -> Option<Place> {
        (self.waiting.get() < self.limit).then(|| self.take())
    }

    fn take(&self) -> Place {
        self.waiting.set(self.waiting.get() + 1);
        Place(Rc::clone(&self.waiting))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}
