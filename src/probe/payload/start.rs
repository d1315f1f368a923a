//! Starting: finds the recording, keeps it from children, counts what the payload itself takes.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering::*};

use crate::layout::{
    COUNTERS, COUNTERS_STRIDE, Counter, Header, MAGIC, RANGES, RECORDING_SIZE, Range, SLOT_TABLE, Slot, VERSION,
};
use crate::{checked, marks, stacks, sys, thread};

static mut RECORDING: *mut u8 = core::ptr::null_mut();
/// True between the start and a fork's child: allocations are counted.
static RECORDING_ON: AtomicBool = AtomicBool::new(false);

/// Whether allocations are counted.
#[inline(always)]
pub(crate) fn on() -> bool {
    RECORDING_ON.load(Relaxed)
}

/// The recording at `offset`.
#[inline(always)]
pub(crate) fn at(offset: usize) -> *mut u8 {
    // SAFETY: set once before counting starts; every offset is a constant region plus a bounded index.
    unsafe { RECORDING.add(offset) }
}

/// The header. Fields that several threads write are accessed as atomics or under a lock.
#[inline(always)]
pub(crate) fn header() -> &'static mut Header {
    // SAFETY: the mapping lives as long as the process; memory shared between threads is accessed as said above.
    unsafe { &mut *at(0).cast::<Header>() }
}

/// Adds to a header field that several threads write.
pub(crate) fn add(field: &mut u64, n: u64) {
    // SAFETY: an aligned u64 of the recording.
    unsafe { AtomicU64::from_ptr(field) }.fetch_add(n, Relaxed);
}

pub(crate) fn slot(index: usize) -> *mut Slot {
    // SAFETY: `index` is below SLOTS.
    unsafe { at(SLOT_TABLE).cast::<Slot>().add(index) }
}

pub(crate) fn counters(index: usize) -> *mut Counter {
    at(COUNTERS + index * COUNTERS_STRIDE).cast()
}

/// The ranges of code that memgrade has described, sorted.
pub(crate) fn ranges() -> &'static [Range] {
    let n = (header().ranges as usize).min(crate::layout::MAX_RANGES);
    // SAFETY: within the region, written by memgrade before the program started.
    unsafe { core::slice::from_raw_parts(at(RANGES).cast(), n) }
}

/// Notes address space that the payload took for itself.
pub(crate) fn own_virtual(bytes: usize) {
    add(&mut header().own_virtual, bytes as u64);
}

/// Touches `len` bytes of the payload's own now, and notes pages and faults as its own.
pub(crate) fn own_pages(pointer: *mut u8, len: usize) {
    let before = sys::faults().0;
    let first = pointer as usize & !4095;
    let last = (pointer as usize + len).div_ceil(4096) * 4096;
    // SAFETY: callers pass parts of the payload's own mappings.
    unsafe { sys::populate(first as *mut u8, last - first) };
    add(&mut header().own_faults, sys::faults().0 - before);
    add(&mut header().own_pages, ((last - first) / 4096) as u64);
}

/// A thread took slot `index`; `active` threads have one now.
pub(crate) fn enter_slot(index: usize, active: u32) {
    let header = header();
    header.slots = header.slots.max(index as u32 + 1);
    header.most_threads = header.most_threads.max(active);
    own_pages(counters(index).cast(), 4096);
}

/// A forked child must not write to the parent's recording: it gets a private empty one and stops counting.
unsafe extern "C" fn in_child() {
    RECORDING_ON.store(false, Relaxed);
    thread::count_from_now();
    // SAFETY: the mapping is ours, the child has one thread.
    unsafe { sys::map_over(RECORDING, RECORDING_SIZE) };
}

#[used]
#[unsafe(link_section = ".init_array")]
static START: extern "C" fn(i32, *const *const u8, *mut *mut u8) = start;

/// Runs before main, after libc is ready. Reads `MEMGRADE_RECORDING=<fd>`, and takes it and `LD_PRELOAD` out of the
/// environment, so that neither the program nor its children see them.
extern "C" fn start(_argc: i32, _argv: *const *const u8, environment: *mut *mut u8) {
    let Some(fd) = take_environment(environment) else { return };
    let recording = sys::map_shared(fd, RECORDING_SIZE);
    // SAFETY: the descriptor was given to the payload alone.
    unsafe { sys::close(fd) };
    if recording.is_null() {
        return;
    }
    let before = sys::faults().0;
    // SAFETY: single-threaded here; the mapping has the size of the layout.
    unsafe { RECORDING = recording };
    let header = header();
    if header.magic != MAGIC || header.version != VERSION {
        return;
    }
    own_virtual(RECORDING_SIZE);
    stacks::prepare();
    thread::prepare();
    marks::prepare();
    // SAFETY: libc's and the kernel's own values.
    unsafe {
        header.stack_end = sys::__libc_stack_end as u64;
        header.exe_base = executable_base();
        sys::pthread_atfork(None, None, Some(in_child));
    }
    thread::local();
    checked::prepare();
    header.started = 1;
    // All of them, those that were noted on the way as well.
    header.own_faults = sys::faults().0 - before;
    RECORDING_ON.store(true, Release);
    thread::count_from_now();
}

/// Where the executable was loaded: the difference between where its program headers are and where they say they are.
unsafe fn executable_base() -> u64 {
    const AT_PHDR: u64 = 3;
    const AT_PHNUM: u64 = 5;
    const PT_PHDR: u32 = 6;
    // SAFETY: the kernel's own values: `AT_PHNUM` program headers of 56 bytes at `AT_PHDR`.
    unsafe {
        let (headers, count) = (sys::getauxval(AT_PHDR), sys::getauxval(AT_PHNUM));
        for i in 0..count.min(64) {
            let entry = (headers + i * 56) as *const u8;
            if entry.cast::<u32>().read_unaligned() == PT_PHDR {
                let says = entry.add(16).cast::<u64>().read_unaligned();
                return headers.wrapping_sub(says);
            }
        }
    }
    0
}

fn take_environment(environment: *mut *mut u8) -> Option<i32> {
    let mut found = None;
    let mut from = environment;
    let mut to = environment;
    // SAFETY: the environment is an array of C strings that ends with null; entries only move down.
    unsafe {
        while !(*from).is_null() {
            let entry = core::ffi::CStr::from_ptr((*from).cast()).to_bytes();
            if let Some(digits) = entry.strip_prefix(b"MEMGRADE_RECORDING=") {
                found = Some(digits.iter().fold(0i32, |n, d| n.wrapping_mul(10).wrapping_add(i32::from(d.wrapping_sub(b'0')))));
            } else if !entry.starts_with(b"LD_PRELOAD=") {
                *to = *from;
                to = to.add(1);
            }
            from = from.add(1);
        }
        *to = core::ptr::null_mut();
    }
    found
}
