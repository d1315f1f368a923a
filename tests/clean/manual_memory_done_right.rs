//@ memory_errors
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};

struct Buffer {
    start: *mut u8,
    layout: Layout,
}

impl Buffer {
    fn new(size: usize) -> Self {
        let layout = Layout::from_size_align(size, 16).unwrap();
        let start = unsafe { alloc(layout) };
        if start.is_null() {
            handle_alloc_error(layout);
        }
        unsafe { start.write_bytes(1, size) };
        Self { start, layout }
    }

    fn sum(&self) -> u32 {
        (0..self.layout.size()).map(|i| u32::from(unsafe { self.start.add(i).read() })).sum()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        unsafe { dealloc(self.start, self.layout) }
    }
}

fn main() {
    println!("{}", (1..20).map(|n| Buffer::new(n * 100).sum()).sum::<u32>());
}
