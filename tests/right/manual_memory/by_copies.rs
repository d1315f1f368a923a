//@ about: Gives the block a type of its own, grows by a half, copies to a new block, and counts by a guard.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit, size_of};
use std::ptr;
/// The block alone: frees itself, and knows nothing of values.
struct Raw<T> {
    at: *mut T,
    room: usize,
    _owns: PhantomData<T>,
}
impl<T> Raw<T> {
    fn with_room(room: usize) -> Self {
        if size_of::<T>() == 0 || room == 0 {
            return Self {
                at: ptr::NonNull::dangling().as_ptr(),
                room: if size_of::<T>() == 0 { usize::MAX } else { 0 },
                _owns: PhantomData,
            };
        }
        let layout = Layout::array::<MaybeUninit<T>>(room).unwrap();
        let at = unsafe { alloc(layout) } as *mut T;
        if at.is_null() {
            handle_alloc_error(layout)
        }
        Self {
            at,
            room,
            _owns: PhantomData,
        }
    }
}
impl<T> Drop for Raw<T> {
    fn drop(&mut self) {
        if size_of::<T>() > 0 && self.room > 0 {
            unsafe { dealloc(self.at.cast(), Layout::array::<T>(self.room).unwrap()) }
        }
    }
}
pub struct Buffer<T> {
    len: usize,
    raw: Raw<T>,
}
impl<T> Buffer<T> {
    pub fn new() -> Self {
        Self {
            len: 0,
            raw: Raw::with_room(0),
        }
    }
    fn room_for(&mut self, n: usize) {
        if n <= self.raw.room {
            return;
        }
        let next = Raw::with_room(n.max(self.raw.room + self.raw.room / 2 + 1));
        unsafe { ptr::copy_nonoverlapping(self.raw.at, next.at, self.len) };
        self.raw = next;
    }
    pub fn push(&mut self, value: T) {
        self.room_for(self.len + 1);
        let value = ManuallyDrop::new(value);
        unsafe { ptr::copy_nonoverlapping(&*value, self.raw.at.add(self.len), 1) };
        self.len += 1;
    }
    pub fn pop(&mut self) -> Option<T> {
        if self.len == 0 {
            return None;
        }
        self.len -= 1;
        let mut out = MaybeUninit::<T>::uninit();
        unsafe {
            out.as_mut_ptr()
                .copy_from_nonoverlapping(self.raw.at.add(self.len), 1);
            Some(out.assume_init())
        }
    }
    fn all(&self) -> &[T] {
        unsafe { std::slice::from_raw_parts(self.raw.at, self.len) }
    }
    pub fn get(&self, index: usize) -> Option<&T> {
        self.all().get(index)
    }
    pub fn len(&self) -> usize {
        self.len
    }
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len {
            return;
        }
        let rest = ptr::slice_from_raw_parts_mut(unsafe { self.raw.at.add(len) }, self.len - len);
        self.len = len;
        unsafe { ptr::drop_in_place(rest) }
    }
    pub fn push_with(&mut self, count: usize, mut make: impl FnMut(usize) -> T) {
        struct Guard<'a> {
            len: &'a mut usize,
            now: usize,
        }
        impl Drop for Guard<'_> {
            fn drop(&mut self) {
                *self.len = self.now;
            }
        }
        self.room_for(self.len + count);
        let at = self.raw.at;
        let now = self.len;
        let mut guard = Guard {
            len: &mut self.len,
            now,
        };
        for _ in 0..count {
            unsafe { at.add(guard.now).write(make(guard.now)) };
            guard.now += 1;
        }
    }
}
impl<T: Clone> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        let mut copy = Self {
            len: 0,
            raw: Raw::with_room(self.len),
        };
        copy.push_with(self.len, |i| self.all()[i].clone());
        copy
    }
}
impl<T> Drop for Buffer<T> {
    fn drop(&mut self) {
        self.truncate(0);
    }
}
