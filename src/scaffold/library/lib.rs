// TODO(author): what learners begin with; it compiles, and fails as the spec says under `[starter]`
//! Keeps the latest numbers.

use given::Keep;

/// Keeps so many of the latest numbers.
pub struct Latest {
    capacity: usize,
}

impl Latest {
    /// TODO: room for `capacity` numbers.
    pub fn new(capacity: usize) -> Self {
        Self { capacity }
    }
}

impl Keep for Latest {
    fn add(&mut self, _number: u64) {
        // TODO: keep the number, and let the oldest one go where there is no room.
    }

    fn sum(&self) -> u64 {
        // TODO: the sum of the numbers that are kept.
        self.capacity as u64
    }
}
