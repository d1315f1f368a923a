//@ about: Believes that there is always more memory.
//@ finding: output/no-match in refused/says why

//! A list that asks for its memory by hand, and gives it back by hand.

use std::alloc::{self, Layout};
use std::ptr::NonNull;

/// Elements side by side in one block of the heap.
///
/// The first `len` places hold a value, and the rest of the `capacity` places hold none. That is true whenever anybody
/// else's code runs, so whatever panics there finds a buffer that can be dropped.
pub struct Buffer<T> {
    start: NonNull<T>,
    capacity: usize,
    len: usize,
}

impl<T> Buffer<T> {
    /// An empty buffer. It owns no block.
    pub fn new() -> Self {
        Self {
            start: NonNull::dangling(),
            // Values without size need no block, however many there are.
            capacity: if size_of::<T>() == 0 { usize::MAX } else { 0 },
            len: 0,
        }
    }

    /// Puts a value at the end.
    pub fn push(&mut self, value: T) {
        if self.len == self.capacity {
            self.resize(self.capacity.saturating_mul(2).max(4));
        }
        // SAFETY: there is room for one more, and no value in that place.
        unsafe { self.place(self.len).write(value) };
        self.len += 1;
    }

    /// Takes the last value out.
    pub fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        // SAFETY: there is a value in this place, and it counts as none from now on.
        Some(unsafe { self.place(self.len).read() })
    }

    /// The value in this place.
    pub fn get(&self, index: usize) -> Option<&T> {
        // SAFETY: there is a value in each of the first places, as long as the buffer is borrowed.
        (index < self.len).then(|| unsafe { &*self.place(index) })
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
        while self.len > len {
            // First it does not count any more: if its drop panics, nobody drops it again.
            self.len -= 1;
            // SAFETY: there is a value in this place, which counted until now.
            unsafe { self.place(self.len).drop_in_place() };
        }
    }

    /// Puts `count` more values at the end, which `make` makes of their places.
    pub fn push_with(&mut self, count: usize, mut make: impl FnMut(usize) -> T) {
        self.reserve(count);
        for index in self.len..self.len + count {
            self.push(make(index));
        }
    }

    /// Where the value with this index is, or would be.
    fn place(&self, index: usize) -> *mut T {
        self.start.as_ptr().wrapping_add(index)
    }

    /// Makes room for so many more values.
    fn reserve(&mut self, more: usize) {
        let needed = self.len.checked_add(more).expect("no such capacity");
        if needed > self.capacity {
            self.resize(needed);
        }
    }

    /// Takes a block of another size, which must be larger.
    fn resize(&mut self, capacity: usize) {
        let layout = Layout::array::<T>(capacity).expect("no such capacity");
        let block = match self.layout() {
            // SAFETY: the size is not 0, since it is larger than nothing and values without size never come here.
            None => unsafe { alloc::alloc(layout) },
            // SAFETY: the block was asked for with this layout, and the new size is not 0.
            Some(old) => unsafe { alloc::realloc(self.start.as_ptr().cast(), old, layout.size()) },
        };
        // SAFETY: it was asked for just now.
        self.start = unsafe { NonNull::new_unchecked(block) }.cast();
        self.capacity = capacity;
    }

    /// The layout of the block, if there is one.
    fn layout(&self) -> Option<Layout> {
        let layout = Layout::array::<T>(self.capacity).ok()?;
        (layout.size() > 0).then_some(layout)
    }
}

impl<T> Default for Buffer<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Clone> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::new();
        copy.reserve(self.len);
        for value in (0..self.len).filter_map(|index| self.get(index)) {
            // If a clone panics, the copy is dropped with what it has by then.
            copy.push(value.clone());
        }
        copy
    }
}

impl<T> Drop for Buffer<T> {
    fn drop(&mut self) {
        self.truncate(0);
        if let Some(layout) = self.layout() {
            // SAFETY: the block was asked for with this layout, and no value is in it any more.
            unsafe { alloc::dealloc(self.start.as_ptr().cast(), layout) };
        }
    }
}
