//! A cycle is named also where each request comes through the learner's own global allocator.
//= heap.cycles.len = 1
//= heap.cycles[0].blocks = 2
//= heap.cycles[0].bytes = 64
//= heap.total.blocks = 2
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
struct Counting;
static COUNT: AtomicUsize = AtomicUsize::new(0);
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, l: Layout) -> *mut u8 { COUNT.fetch_add(1, Ordering::Relaxed); unsafe { System.alloc(l) } }
    unsafe fn dealloc(&self, p: *mut u8, l: Layout) { unsafe { System.dealloc(p, l) } }
}
#[global_allocator]
static A: Counting = Counting;
struct N { next: RefCell<Option<Rc<N>>> }
fn main() {
    let a = Rc::new(N { next: RefCell::new(None) });
    let b = Rc::new(N { next: RefCell::new(Some(a.clone())) });
    *a.next.borrow_mut() = Some(b);
    std::hint::black_box(COUNT.load(Ordering::Relaxed));
}
