//@ about: Keeps everything, and looks at the latest only when the sum is asked for.
//@ finding: heap/peak-over-limit in ten of a thousand/keeps no more than ten
//@ output: right
// TODO(author): a misunderstanding of your own exercise in its place

use given::Keep;

pub struct Latest {
    capacity: usize,
    numbers: Vec<u64>,
}

impl Latest {
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            numbers: Vec::new(),
        }
    }
}

impl Keep for Latest {
    fn add(&mut self, number: u64) {
        self.numbers.push(number);
    }

    fn sum(&self) -> u64 {
        self.numbers.iter().rev().take(self.capacity).sum()
    }
}
