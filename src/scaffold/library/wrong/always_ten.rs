//@ about: Has room for ten, whatever the capacity is.
//@ finding: output/differs in never full/obeys its capacity
// TODO(author): a misunderstanding of your own exercise in its place

use std::collections::VecDeque;

use given::Keep;

pub struct Latest {
    numbers: VecDeque<u64>,
}

impl Latest {
    pub fn new(_capacity: usize) -> Self {
        Self {
            numbers: VecDeque::with_capacity(10),
        }
    }
}

impl Keep for Latest {
    fn add(&mut self, number: u64) {
        if self.numbers.len() == 10 {
            self.numbers.pop_front();
        }
        self.numbers.push_back(number);
    }

    fn sum(&self) -> u64 {
        self.numbers.iter().sum()
    }
}
