//! The containers that are open.

use super::problem::Problem;
use crate::limits;

/// One bit for each level.
const _: () = assert!(limits::JSON_LEVELS <= u128::BITS as usize);

/// The containers around the next value, a bit for each.
#[derive(Debug, Default)]
pub(super) struct Levels {
    depth: usize,
    /// The lowest bit is the innermost container; an object is 1.
    objects: u128,
}

impl Levels {
    /// How many there are.
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    /// Whether the innermost is an object.
    pub(super) const fn is_in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    /// Opens one.
    pub(super) fn open(&mut self, is_object: bool) -> Result<(), Problem> {
        if self.depth == limits::JSON_LEVELS {
            return Err(Problem::TooDeep);
        }
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(is_object);
        Ok(())
    }

    /// Closes the innermost.
    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.objects >>= 1;
    }
}
