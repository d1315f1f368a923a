//! An allocator of the program's own that takes 1 MiB from the kernel and hands it out itself: its blocks are its own business, the
//! mapping is seen.
//= heap.total.blocks = 0
//= pages.foreign_bytes = 1048576
//= stdout.text = "100\n"
use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicUsize, Ordering};

unsafe extern "C" {
    fn mmap(at: *mut u8, len: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> *mut u8;
}

struct Bump;
static NEXT: AtomicUsize = AtomicUsize::new(0);

unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if NEXT.load(Ordering::Relaxed) == 0 {
            let start = unsafe { mmap(std::ptr::null_mut(), 1 << 20, 3, 0x22, -1, 0) };
            NEXT.store(start as usize, Ordering::Relaxed);
        }
        let at = NEXT.load(Ordering::Relaxed).next_multiple_of(layout.align());
        NEXT.store(at + layout.size(), Ordering::Relaxed);
        at as *mut u8
    }

    unsafe fn dealloc(&self, _block: *mut u8, _layout: Layout) {}
}

#[global_allocator]
static ALLOCATOR: Bump = Bump;

fn main() {
    let numbers: Vec<u32> = (0..100).collect();
    println!("{}", numbers.len());
}
