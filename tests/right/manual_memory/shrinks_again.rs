//@ about: Asks for zeros, grows from one place, and gives room back when three quarters are empty.

use std::alloc::{self, Layout};
use std::ptr::{self, NonNull};
/// One pointer, `None` without a block; grows by doubling from 1 and shrinks again when a quarter is left.
pub struct Buffer<T> {
    block: Option<NonNull<T>>,
    cap: usize,
    len: usize,
}
unsafe impl<T: Send> Send for Buffer<T> {}
unsafe impl<T: Sync> Sync for Buffer<T> {}
impl<T> Buffer<T> {
    const ZST: bool = std::mem::size_of::<T>() == 0;
    pub fn new() -> Self {
        Self {
            block: None,
            cap: 0,
            len: 0,
        }
    }
    fn layout(cap: usize) -> Layout {
        Layout::from_size_align(
            std::mem::size_of::<T>().checked_mul(cap).unwrap(),
            std::mem::align_of::<T>(),
        )
        .unwrap()
    }
    fn at(&self, i: usize) -> *mut T {
        self.block
            .unwrap_or(NonNull::dangling())
            .as_ptr()
            .wrapping_add(i)
    }
    fn set_cap(&mut self, cap: usize) {
        if Self::ZST || cap == self.cap {
            return;
        }
        self.block = match (self.block, cap) {
            (None, _) => Some(Self::checked(
                unsafe { alloc::alloc_zeroed(Self::layout(cap)) },
                cap,
            )),
            (Some(old), 0) => {
                unsafe { alloc::dealloc(old.as_ptr().cast(), Self::layout(self.cap)) };
                None
            }
            (Some(old), _) => Some(Self::checked(
                unsafe {
                    alloc::realloc(
                        old.as_ptr().cast(),
                        Self::layout(self.cap),
                        Self::layout(cap).size(),
                    )
                },
                cap,
            )),
        };
        self.cap = cap;
    }
    fn checked(p: *mut u8, cap: usize) -> NonNull<T> {
        NonNull::new(p.cast()).unwrap_or_else(|| alloc::handle_alloc_error(Self::layout(cap)))
    }
    pub fn push(&mut self, value: T) {
        if self.len == self.cap {
            self.set_cap((self.cap * 2).max(1));
        }
        unsafe { ptr::write(self.at(self.len), value) };
        self.len += 1;
    }
    pub fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        let value = unsafe { ptr::read(self.at(self.len)) };
        if self.len * 4 <= self.cap {
            self.set_cap(self.len * 2);
        }
        Some(value)
    }
    pub fn get(&self, index: usize) -> Option<&T> {
        if index >= self.len {
            None
        } else {
            unsafe { self.at(index).as_ref() }
        }
    }
    pub fn len(&self) -> usize {
        self.len
    }
    pub fn truncate(&mut self, len: usize) {
        while self.len > len {
            drop(self.pop());
        }
    }
    pub fn push_with(&mut self, count: usize, mut make: impl FnMut(usize) -> T) {
        for _ in 0..count {
            let v = make(self.len);
            self.push(v);
        }
    }
}
impl<T: Clone> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        let mut new = Buffer::new();
        if self.len > 0 {
            new.set_cap(self.len);
        }
        let mut i = 0;
        while let Some(v) = self.get(i) {
            new.push(v.clone());
            i += 1;
        }
        new
    }
}
impl<T> Drop for Buffer<T> {
    fn drop(&mut self) {
        struct Free<'a, T>(&'a mut Buffer<T>);
        impl<T> Drop for Free<'_, T> {
            fn drop(&mut self) {
                self.0.set_cap(0);
            }
        }
        let this = Free(self);
        for i in 0..std::mem::replace(&mut this.0.len, 0) {
            unsafe { this.0.at(i).drop_in_place() }
        }
    }
}
