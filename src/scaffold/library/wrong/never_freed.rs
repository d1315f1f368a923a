//@ about: Makes the list live as long as the program, and never gives it back.
//@ finding: leak/forgotten in ten of a thousand/nothing is lost
//@ output: right
// TODO(author): a misunderstanding of your own exercise in its place

use std::collections::VecDeque;

use given::Keep;

pub struct Latest {
    capacity: usize,
    numbers: &'static mut VecDeque<u64>,
}

impl Latest {
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            numbers: Box::leak(Box::new(VecDeque::with_capacity(capacity))),
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
