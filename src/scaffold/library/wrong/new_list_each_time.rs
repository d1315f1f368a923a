//@ about: Makes a new list whenever one number goes and another comes.
//@ finding: heap/too-many-blocks in ten of a thousand/no block for each number
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
        let oldest = (self.numbers.len() + 1).saturating_sub(self.capacity);
        let mut kept = self.numbers[oldest..].to_vec();
        kept.push(number);
        self.numbers = kept;
    }

    fn sum(&self) -> u64 {
        self.numbers.iter().sum()
    }
}
