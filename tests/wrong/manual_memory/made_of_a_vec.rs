//@ about: Wraps a `Vec`, which does all of it.
//@ finding: source/forbidden-item

//! A list that asks for its memory by hand, and gives it back by hand.

/// Elements side by side in one block of the heap.
#[derive(Clone)]
pub struct Buffer<T> {
    values: Vec<T>, //~ source/forbidden-item
}

impl<T> Buffer<T> {
    /// An empty buffer.
    pub fn new() -> Self {
        Self { values: [].into() }
    }

    /// Puts a value at the end.
    pub fn push(&mut self, value: T) {
        self.values.push(value);
    }

    /// Takes the last value out.
    pub fn pop(&mut self) -> Option<T> {
        self.values.pop()
    }

    /// The value in this place.
    pub fn get(&self, index: usize) -> Option<&T> {
        self.values.get(index)
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Drops values from the end, until there are no more than `len`.
    pub fn truncate(&mut self, len: usize) {
        self.values.truncate(len);
    }

    /// Puts `count` more values at the end, which `make` makes of their places.
    pub fn push_with(&mut self, count: usize, make: impl FnMut(usize) -> T) {
        let first = self.values.len();
        self.values.extend((first..first + count).map(make));
    }
}
