//! A learner's own allocator on top of the system's is measured underneath: one block of 64 bytes and one of 100, and what it counts is
//! what was asked.
//= heap.total.blocks = 2
//= heap.total.bytes = 164
//= heap.at_exit.blocks = 0
//= stdout.text = "2 164\n"
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;
static BLOCKS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BLOCKS.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    let before = (BLOCKS.load(Ordering::Relaxed), BYTES.load(Ordering::Relaxed));
    drop((vec![1_u8; 100], Box::new([1_u64; 8])));
    let after = (BLOCKS.load(Ordering::Relaxed), BYTES.load(Ordering::Relaxed));
    println!("{} {}", after.0 - before.0, after.1 - before.1);
}
