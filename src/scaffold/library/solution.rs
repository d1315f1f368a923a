// TODO(author): the model solution; it passes every check with room to spare
//! Keeps the latest numbers.

use std::collections::VecDeque;

use given::Keep;

/// Keeps so many of the latest numbers.
pub struct Latest {
    capacity: usize,
    numbers: VecDeque<u64>,
}

impl Latest {
    /// Room for `capacity` numbers.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            numbers: VecDeque::with_capacity(capacity),
        }
    }
}

impl Keep for Latest {
    fn add(&mut self, number: u64) {
        if self.numbers.len() == self.capacity {
            self.numbers.pop_front();
        }
        self.numbers.push_back(number);
    }

    fn sum(&self) -> u64 {
        self.numbers.iter().sum()
    }
}
