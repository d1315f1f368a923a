//! The global allocator of a program that is built to be checked. It hands every request on with its layout, which malloc does not
//! get to know. When the run is not for checking it is std's own.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

#[global_allocator]
static ALLOCATOR: Checked = Checked;

struct Checked;

/// What the payload offers.
#[repr(C)]
struct Functions {
    allocate: unsafe extern "C" fn(usize, usize, bool) -> *mut u8,
    release: unsafe extern "C" fn(*mut u8, usize, usize),
    reallocate: unsafe extern "C" fn(*mut u8, usize, usize, usize) -> *mut u8,
}

unsafe extern "C" {
    fn dlsym(handle: *mut u8, name: *const u8) -> *mut u8;
}

/// Null until it was looked for; [`NONE`] where there is none.
static FUNCTIONS: AtomicPtr<Functions> = AtomicPtr::new(null_mut());
const NONE: *mut Functions = std::ptr::dangling_mut();

fn functions() -> Option<&'static Functions> {
    let mut functions = FUNCTIONS.load(Ordering::Relaxed);
    if functions.is_null() {
        // SAFETY: a C string; the symbol, where it exists, is the payload's function of this type.
        functions = unsafe {
            let symbol = dlsym(null_mut(), c"memgrade_allocator".as_ptr().cast());
            if symbol.is_null() {
                NONE
            } else {
                let ask: unsafe extern "C" fn() -> *mut Functions = std::mem::transmute(symbol);
                let functions = ask();
                if functions.is_null() { NONE } else { functions }
            }
        };
        FUNCTIONS.store(functions, Ordering::Relaxed);
    }
    if functions == NONE {
        return None;
    }
    // SAFETY: a static of the payload, which is never unloaded.
    Some(unsafe { &*functions })
}

// SAFETY: either std's own allocator or the payload's, which keeps malloc's promises and the alignment.
unsafe impl GlobalAlloc for Checked {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match functions() {
            Some(functions) => unsafe { (functions.allocate)(layout.size(), layout.align(), false) },
            None => unsafe { System.alloc(layout) },
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match functions() {
            Some(functions) => unsafe { (functions.allocate)(layout.size(), layout.align(), true) },
            None => unsafe { System.alloc_zeroed(layout) },
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match functions() {
            Some(functions) => unsafe { (functions.release)(block, layout.size(), layout.align()) },
            None => unsafe { System.dealloc(block, layout) },
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        match functions() {
            Some(functions) => unsafe { (functions.reallocate)(block, layout.size(), layout.align(), size) },
            None => unsafe { System.realloc(block, layout, size) },
        }
    }
}
