//! Where a request came from: the chain of frame pointers, hashed, looked up, and on first sight classified.
//!
//! A block counts if its stack passes through the learner's crate, and the code between the learner's innermost frame and
//! the request is not one of std's one-time allocations. memgrade has described both as ranges of code.

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering::*};

use crate::layout::{
    CLASS_ALLOCATOR, CLASS_LEARNER, CLASS_PANIC, CLASS_RUNTIME, COUNTED, FRAMES, MAX_FRAMES, MAX_STACKS, STACK_DEPTH,
    STACK_ID, STACKS, Stack,
};
use crate::thread::{Local, Lock};
use crate::{start, sys};

/// Where a request came from: the stack's id and [`COUNTED`], as it stands in a block's header.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Origin {
    pub(crate) site: u32,
}

impl Origin {
    /// Memory before the payload has started, in a forked child, and of the payload's own: handed out, not counted.
    pub(crate) const NOBODY: Self = Self { site: 0 };

    fn new(id: u32, counts: bool) -> Self {
        Self { site: id | if counts { COUNTED } else { 0 } }
    }

    /// The stack's id; 0 is no stack.
    #[inline(always)]
    pub(crate) fn id(self) -> u32 {
        self.site & STACK_ID
    }

    /// Whether its blocks count.
    #[inline(always)]
    pub(crate) fn counts(self) -> bool {
        self.site & COUNTED != 0
    }
}

// The index from hash to id: entries `hash & !ID | id`, 0 is empty, at most half of them used. When it is that full, one of twice
// the size follows behind it. Whoever still looks into the old one finds what it holds, or comes to `insert`.
const ID: u64 = MAX_STACKS as u64 - 1;
const FIRST_INDEX: usize = 2048;
const LAST_INDEX: usize = MAX_STACKS * 2;
static mut INDEXES: *mut AtomicU64 = core::ptr::null_mut();
/// Entries of the index in use.
static SIZE: AtomicUsize = AtomicUsize::new(FIRST_INDEX);
static LOCK: Lock = Lock::new();

/// The index of `size` entries. Those before it have `size - FIRST_INDEX` together.
unsafe fn index(size: usize) -> *const AtomicU64 {
    // SAFETY: written once before counting starts; there is room for all sizes.
    unsafe { INDEXES.add(size - FIRST_INDEX) }
}

/// The entry for a hash: its id, or else the empty place where it belongs.
unsafe fn entry(hash: u64) -> Result<u32, &'static AtomicU64> {
    let size = SIZE.load(Acquire);
    let tag = tag(hash);
    let mut i = place(hash, size);
    loop {
        // SAFETY: within the index, which always has empty entries.
        let entry = unsafe { &*index(size).add(i) };
        match entry.load(Acquire) {
            0 => return Err(entry),
            known if known & !ID == tag => return Ok((known & ID) as u32),
            _ => i = (i + 1) & (size - 1),
        }
    }
}

fn tag(hash: u64) -> u64 {
    hash & !ID | 1 << 63
}

/// Where a hash, or an entry that was made of it, belongs in an index of `size` entries.
fn place(hash: u64, size: usize) -> usize {
    (hash >> 40) as usize & (size - 1)
}

/// Puts an index of twice the size in the place of a full one. Under the lock.
unsafe fn grow() {
    let size = SIZE.load(Relaxed);
    // SAFETY: both lie within the mapping, and nobody else writes to them.
    unsafe {
        let (old, new) = (index(size), index(size * 2));
        start::own_pages(new as *mut u8, size * 2 * 8);
        for known in (0..size).map(|i| (*old.add(i)).load(Relaxed)).filter(|known| *known != 0) {
            let mut i = place(known, size * 2);
            while (*new.add(i)).load(Relaxed) != 0 {
                i = (i + 1) & (size * 2 - 1);
            }
            (*new.add(i)).store(known, Relaxed);
        }
    }
    SIZE.store(size * 2, Release);
}

pub(crate) fn prepare() {
    let len = LAST_INDEX * 2 * 8;
    let indexes = sys::map(len);
    // SAFETY: single-threaded here.
    unsafe { INDEXES = indexes.cast() };
    start::own_virtual(len);
    start::header().own_maps[2..].copy_from_slice(&[indexes as u64, len as u64]);
    // Faults at once: later ones would look like the program's.
    start::own_pages(indexes, FIRST_INDEX * 8);
    start::own_pages(start::at(STACKS), 4096);
    start::own_pages(start::at(FRAMES), 4096);
    start::own_pages(start::at(crate::layout::SNAPSHOT), 4096);
    let header = start::header();
    // Id 0 is "no stack": requests without a frame to follow.
    header.stacks = 1;
    header.point_stride = 64;
    header.mark_stride = 1;
    header.moment_stride = 1;
}

/// The next frame up from `fp`, if there is one within the thread's stack.
#[inline(always)]
unsafe fn up(fp: usize, high: usize) -> usize {
    // SAFETY: callers keep `fp` within the stack.
    let next = unsafe { *(fp as *const usize) };
    if next > fp && next <= high - 16 && next & 7 == 0 { next } else { 0 }
}

/// The outermost frame that can be reached from `fp`.
pub(crate) unsafe fn outermost(mut fp: usize, high: usize) -> usize {
    loop {
        // SAFETY: `fp` is a frame on the stack that ends at `high`.
        match unsafe { up(fp, high) } {
            0 => return fp,
            next => fp = next,
        }
    }
}

#[inline(always)]
unsafe fn return_address(fp: usize) -> u64 {
    // SAFETY: callers keep `fp` within the stack.
    unsafe { *((fp + 8) as *const u64) }
}

/// Finds the origin of a request whose innermost frame is at `fp`.
#[inline(always)]
pub(crate) unsafe fn origin(local: *mut Local, fp: usize) -> Origin {
    // SAFETY: `local` is this thread's.
    unsafe {
        match (*local).memo.recall(fp) {
            Some(origin) => origin,
            None => walk(local, fp),
        }
    }
}

/// Walks a stack that is not remembered.
#[inline(never)]
unsafe fn walk(local: *mut Local, fp: usize) -> Origin {
    // SAFETY: `local` is this thread's, frames are followed only within its stack.
    unsafe {
        let high = (*local).stack_high;
        if fp < (*local).stack_low || fp + 16 > high {
            return Origin::new(0, start::header().learner_known == 0);
        }
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut frame = fp;
        let mut depth = 0;
        while depth < STACK_DEPTH {
            hash = (hash ^ return_address(frame)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            hash ^= hash >> 29;
            depth += 1;
            frame = up(frame, high);
            if frame == 0 {
                break;
            }
        }
        let Ok(id) = entry(hash) else { return insert(hash, fp, depth, high) };
        let stack = stack(id);
        let origin = Origin::new(id, stack.counts != 0);
        if stack.class == CLASS_PANIC as u8 {
            panicked(id);
        } else {
            (*local).memo.remember(fp, depth, origin);
        }
        origin
    }
}

/// What the recording says of a stack.
unsafe fn stack(id: u32) -> Stack {
    // SAFETY: ids are below MAX_STACKS.
    unsafe { *start::at(STACKS).cast::<Stack>().add(id as usize) }
}

#[cold]
fn panicked(id: u32) {
    let header = start::header();
    header.panic_at = crate::count::sums().0;
    header.panic_stack = id;
    start::add(&mut header.panics, 1);
}

/// Notes who called abort.
pub(crate) unsafe fn aborted(fp: usize) {
    let local = crate::thread::local();
    // SAFETY: `local` is null or this thread's, `fp` the caller's frame.
    unsafe {
        if !local.is_null() && (*local).counting {
            start::header().abort_stack = 1 << 32 | u64::from(origin(local, fp).id());
        }
    }
}

/// A stack that is seen for the first time.
#[cold]
#[inline(never)]
unsafe fn insert(hash: u64, fp: usize, depth: usize, high: usize) -> Origin {
    let _guard = LOCK.lock();
    let header = start::header();
    // SAFETY: under the lock; indices are bounded by the checks.
    unsafe {
        if header.stacks as usize * 2 >= SIZE.load(Relaxed) && SIZE.load(Relaxed) < LAST_INDEX {
            grow();
        }
        // Another thread may have been faster.
        let empty = match entry(hash) {
            Ok(id) => return Origin::new(id, stack(id).counts != 0),
            Err(empty) => empty,
        };
        let (class, counts) = classify(fp, high);
        let id = header.stacks;
        let first = header.frames as usize;
        if id as usize >= MAX_STACKS || first + depth > MAX_FRAMES {
            header.overflowed = 1;
            if class == CLASS_PANIC {
                panicked(0);
            }
            return Origin::new(0, counts);
        }
        // The pages that this stack is the first to need are the payload's own.
        let stack = start::at(STACKS).cast::<Stack>().add(id as usize);
        let frames = start::at(FRAMES).cast::<u64>().add(first);
        own(stack.cast(), size_of::<Stack>());
        own(frames.cast(), depth * 8);
        own(start::counters(0).add(id as usize).cast(), size_of::<crate::layout::Counter>());
        own(start::at(crate::layout::SNAPSHOT).cast::<crate::layout::Live>().add(id as usize).cast(), 16);
        let mut frame = fp;
        for k in 0..depth {
            *frames.add(k) = return_address(frame);
            let next = up(frame, high);
            if next == 0 {
                break;
            }
            frame = next;
        }
        *stack = Stack { frames: first as u32, depth: depth as u16, counts: u8::from(counts), class: class as u8 };
        header.frames += depth as u64;
        header.stacks += 1;
        if class == CLASS_PANIC {
            panicked(id);
        }
        empty.store(tag(hash) | u64::from(id), Release);
        Origin::new(id, counts)
    }
}

/// Populates the page in which `pointer..pointer+len` ends if the range is the first in it.
fn own(pointer: *mut u8, len: usize) {
    let end = pointer as usize + len;
    let page = (end - 1) & !4095;
    if page >= pointer as usize {
        start::own_pages(page as *mut u8, 4096);
    }
}

/// Walks the whole stack, innermost first, up to the frame that decides. Deep recursion inside std is followed further than
/// is kept, so that the decision does not depend on what is kept.
unsafe fn classify(fp: usize, high: usize) -> (u32, bool) {
    let header = start::header();
    let ranges = start::ranges();
    let mut frame = fp;
    let mut steps = 0;
    // SAFETY: within the stack.
    let caller = unsafe { return_address(frame) }.wrapping_sub(header.exe_base);
    if caller < header.text_start || caller > header.text_end {
        // libc's or the loader's own.
        return (0, false);
    }
    let mut decision = None;
    while frame != 0 && steps < 100_000 {
        // SAFETY: within the stack. The return address may be the first byte after a call that does not return, so the
        // call itself is looked up.
        let pc = unsafe { return_address(frame) }.wrapping_sub(1).wrapping_sub(header.exe_base);
        let after = ranges.partition_point(|range| range.start <= pc);
        if after > 0 {
            let range = &ranges[after - 1];
            if pc - range.start < u64::from(range.end) {
                match range.class {
                    CLASS_ALLOCATOR => decision = None,
                    class @ (CLASS_LEARNER | CLASS_RUNTIME | CLASS_PANIC) if decision.is_none() => {
                        decision = Some((class, class == CLASS_LEARNER));
                        if header.own_allocator == 0 {
                            break;
                        }
                    }
                    _ => {}
                }
            }
        }
        // SAFETY: within the stack.
        frame = unsafe { up(frame, high) };
        steps += 1;
    }
    decision.unwrap_or((0, header.learner_known == 0))
}
