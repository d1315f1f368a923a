//! A vector by hand: grows by `realloc`, drops its elements, frees with the capacity's layout.

use std::alloc::{Layout, alloc, dealloc, realloc};

struct Stack<T> {
    first: *mut T,
    len: usize,
    capacity: usize,
}

impl<T> Stack<T> {
    fn push(&mut self, value: T) {
        if self.len == self.capacity {
            let old = Layout::array::<T>(self.capacity).unwrap();
            let capacity = (self.capacity * 2).max(1);
            let new = Layout::array::<T>(capacity).unwrap();
            self.first = unsafe {
                if self.capacity == 0 { alloc(new) } else { realloc(self.first.cast(), old, new.size()) }.cast()
            };
            self.capacity = capacity;
        }
        unsafe { self.first.add(self.len).write(value) };
        self.len += 1;
    }

    fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        Some(unsafe { self.first.add(self.len).read() })
    }
}

impl<T> Drop for Stack<T> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
        if self.capacity > 0 {
            unsafe { dealloc(self.first.cast(), Layout::array::<T>(self.capacity).unwrap()) }
        }
    }
}

fn main() {
    let mut stack = Stack { first: std::ptr::null_mut(), len: 0, capacity: 0 };
    for i in 0..1000 {
        stack.push(format!("number {i}"));
    }
    println!("{:?} {:?}", stack.pop(), stack.len);
}
