use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Bytes that live on the heap.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, with a count.
struct Counting;

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    println!("vec = {} bytes", size_of::<Vec<u64>>());
    println!("str = {} bytes", size_of::<&str>());
    println!("pointer = {} bytes", size_of::<Box<u64>>());
    println!("option_box = {} bytes", size_of::<Option<Box<u64>>>());
    let before = LIVE.load(Relaxed);
    let million: Vec<u64> = black_box((0..1_000_000).collect());
    println!("million = {} bytes", LIVE.load(Relaxed) - before);
    let _boxes: Vec<Box<u64>> = black_box(million.iter().copied().map(Box::new).collect());
    println!(
        "million_boxes = {} bytes",
        LIVE.load(Relaxed) - before - size_of_val(&*million)
    );
}
