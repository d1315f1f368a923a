//@ about: Adds each number to a sum, from which nothing is ever taken away.
//@ finding: output/differs in ten of a thousand/sums up the latest
// TODO(author): a misunderstanding of your own exercise in its place

use given::Keep;

pub struct Latest {
    sum: u64,
}

impl Latest {
    pub fn new(_capacity: usize) -> Self {
        Self { sum: 0 }
    }
}

impl Keep for Latest {
    fn add(&mut self, number: u64) {
        self.sum += number;
    }

    fn sum(&self) -> u64 {
        self.sum
    }
}
