//! A list that asks for its memory by hand, and gives it back by hand.
//!
//! It keeps nothing so far. Six places are yours: TODO 1 to TODO 6. You may change what you like, and add functions,
//! as long as those that are here stay `pub` and keep their types. `Vec`, `Box` and their like may not be used: this is
//! what they are made of. You will need `std::alloc`: `alloc`, `realloc`, `dealloc`, `Layout`.

use std::ptr::NonNull;

/// Elements side by side in one block of the heap.
///
/// The first `len` places hold a value, and the rest of the `capacity` places hold none.
pub struct Buffer<T> {
    start: NonNull<T>,
    capacity: usize,
    len: usize,
}

impl<T> Buffer<T> {
    /// An empty buffer. It owns no block.
    pub fn new() -> Self {
        // TODO 1: how many values without size, such as `()`, have room in no block at all?
        Self {
            start: NonNull::dangling(),
            capacity: 0,
            len: 0,
        }
    }

    /// Puts a value at the end.
    pub fn push(&mut self, value: T) {
        // TODO 2: is there room? If not, ask for a larger block. What if there is none to be had? Then write the value
        // to its place; there is no old one in there that could be dropped.
        drop(value);
    }

    /// Takes the last value out.
    pub fn pop(&mut self) -> Option<T> {
        // TODO 3: who owns the value after this?
        None
    }

    /// The value in this place.
    pub fn get(&self, index: usize) -> Option<&T> {
        // TODO 3: `index` may be any number.
        let _ = index;
        None
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Drops values from the end, until there are no more than `len`.
    pub fn truncate(&mut self, len: usize) {
        // TODO 4: the drop of a value is somebody else's code. What does your buffer look like while it runs?
        let _ = len;
    }

    /// Puts `count` more values at the end, which `make` makes of their places.
    pub fn push_with(&mut self, count: usize, mut make: impl FnMut(usize) -> T) {
        // TODO 5: so is `make`. It may panic after half of the values.
        let places = self.len..self.len + count;
        places.for_each(|place| drop(make(place)));
    }
}

impl<T> Default for Buffer<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Clone> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        // TODO 5: and so is the `clone` of a value. A copy needs one block, of the right size.
        Self::new()
    }
}

impl<T> Drop for Buffer<T> {
    fn drop(&mut self) {
        // TODO 6: what has to go first, the values or their block?
    }
}
