//@ about: Puts each number into a box of its own.
//@ finding: heap/too-many-blocks in ten of a thousand/no block for each number
//@ output: right
// TODO(author): a misunderstanding of your own exercise in its place

use std::collections::VecDeque;

use given::Keep;

pub struct Latest {
    capacity: usize,
    numbers: VecDeque<Box<u64>>,
}

impl Latest {
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
        self.numbers.push_back(Box::new(number));
    }

    fn sum(&self) -> u64 {
        self.numbers.iter().map(|number| **number).sum()
    }
}
