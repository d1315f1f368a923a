//! The figures: totals per thread, live and peak of the process, counters per stack.
//!
//! With one thread every figure is exact at every moment. With several, each thread keeps up to [`BATCH`] bytes to itself
//! before it adds them to the process's live bytes, so the peak can be low by at most `BATCH` bytes for each thread; totals
//! and the live bytes at marks and at the end are sums over the threads, and exact.

use core::sync::atomic::{AtomicU64, Ordering::*};

use crate::layout::{COUNTED, MAX_POINTS, POINTS, Point, STACK_ID};
use crate::stacks::Origin;
use crate::thread::{ACTIVE, Local, Lock};
use crate::{start, sys};

/// Bytes that a thread keeps to itself while other threads run.
const BATCH: i64 = 4096;

static SHARED_SLOT: Lock = Lock::new();

/// Sums over all threads: blocks and bytes ever allocated, blocks and bytes alive.
pub(crate) fn sums() -> (u64, u64, u64, u64) {
    let (mut blocks, mut bytes, mut freed_blocks, mut freed_bytes) = (0u64, 0u64, 0u64, 0u64);
    for i in 0..start::header().slots as usize {
        // SAFETY: within the table; other threads may be counting, each figure is read whole.
        unsafe {
            let slot = start::slot(i);
            blocks += (&raw const (*slot).blocks).read_volatile();
            bytes += (&raw const (*slot).bytes).read_volatile();
            freed_blocks += (&raw const (*slot).freed_blocks).read_volatile();
            freed_bytes += (&raw const (*slot).freed_bytes).read_volatile();
        }
    }
    (blocks, bytes, blocks.wrapping_sub(freed_blocks), bytes.wrapping_sub(freed_bytes))
}

/// Whether `size` more bytes (with `less` about to be freed) stay within the heap limit.
#[inline(always)]
pub(crate) fn within_limit(size: usize, less: usize) -> bool {
    let limit = start::header().heap_limit;
    limit == 0 || within(limit, size, less)
}

#[cold]
fn within(limit: u64, size: usize, less: usize) -> bool {
    let (_, _, _, live) = sums();
    live.saturating_add(size as u64).saturating_sub(less as u64) <= limit
}

/// Notes a request that is refused.
#[cold]
pub(crate) fn refused(size: usize, site: u32, by_limit: bool) {
    if !start::on() {
        return;
    }
    let header = start::header();
    header.refused_at = sums().0;
    header.refused_bytes = size as u64;
    header.refused_stack = site;
    header.refused_by_limit = u32::from(by_limit);
    start::add(&mut header.refused, 1);
}

/// Counts a new block, if it counts.
pub(crate) unsafe fn allocated(local: *mut Local, size: usize, origin: Origin) {
    if origin.counts() {
        // SAFETY: `local` is this thread's.
        unsafe {
            let _guard = if (*local).shared { Some(SHARED_SLOT.lock()) } else { None };
            allocated_alone(local, size, origin);
        }
    }
}

/// Counts a new block that counts, in a slot that no other thread writes to now.
#[inline(always)]
pub(crate) unsafe fn allocated_alone(local: *mut Local, size: usize, origin: Origin) {
    // SAFETY: `local` is this thread's; ids are below MAX_STACKS.
    unsafe {
        let slot = &mut *(*local).slot;
        slot.blocks += 1;
        slot.bytes += size as u64;
        let counter = &mut *(*local).counters.add(origin.id() as usize);
        counter.blocks += 1;
        counter.bytes += size as u64;
        if sys::single_threaded() {
            let header = start::header();
            header.live_blocks = header.live_blocks.wrapping_add(1);
            header.live_bytes = header.live_bytes.wrapping_add(size as u64);
            if header.live_bytes > header.interval_peak {
                header.interval_peak = header.live_bytes;
                if header.live_bytes > header.peak_bytes {
                    header.peak_bytes = header.live_bytes;
                    header.peak_blocks = header.live_blocks;
                }
            }
        } else {
            keep(local, size as i64, 1);
        }
        if slot.blocks >= (*local).next_point {
            point(local);
        }
    }
}

/// Counts a block that is freed, if it counted.
pub(crate) unsafe fn freed(local: *mut Local, size: usize, site: u32) {
    if site & COUNTED != 0 {
        // SAFETY: `local` is this thread's.
        unsafe {
            let _guard = if (*local).shared { Some(SHARED_SLOT.lock()) } else { None };
            freed_alone(local, size, site);
        }
    }
}

/// Counts a block that is freed and counted, in a slot that no other thread writes to now.
#[inline(always)]
pub(crate) unsafe fn freed_alone(local: *mut Local, size: usize, site: u32) {
    // SAFETY: as in `allocated_alone`.
    unsafe {
        let slot = &mut *(*local).slot;
        slot.freed_blocks += 1;
        slot.freed_bytes += size as u64;
        let counter = &mut *(*local).counters.add((site & STACK_ID) as usize);
        counter.freed_blocks += 1;
        counter.freed_bytes += size as u64;
        if sys::single_threaded() {
            let header = start::header();
            header.live_blocks = header.live_blocks.wrapping_sub(1);
            header.live_bytes = header.live_bytes.wrapping_sub(size as u64);
        } else {
            keep(local, -(size as i64), -1);
        }
    }
}

/// Changes the live bytes that a thread keeps to itself while there are others.
#[inline(always)]
unsafe fn keep(local: *mut Local, bytes: i64, blocks: i64) {
    // SAFETY: this thread's slot.
    let slot = unsafe { &mut *(*local).slot };
    slot.delta_bytes += bytes;
    slot.delta_blocks += blocks;
    if ACTIVE.load(Relaxed) <= 1 || slot.delta_bytes.abs() >= BATCH {
        // SAFETY: as above.
        unsafe { flush(local) }
    }
}

/// Adds what a thread kept to itself to the process, whoever shares its slot.
pub(crate) unsafe fn report(local: *mut Local) {
    // SAFETY: this thread's state.
    unsafe {
        let _guard = if (*local).shared { Some(SHARED_SLOT.lock()) } else { None };
        flush(local);
    }
}

/// Adds what this thread kept to itself to the process's live bytes.
#[cold]
#[inline(never)]
unsafe fn flush(local: *mut Local) {
    // SAFETY: this thread's slot, and header fields that are accessed atomically once there are threads.
    unsafe {
        let slot = &mut *(*local).slot;
        let (bytes, blocks) = (slot.delta_bytes, slot.delta_blocks);
        slot.delta_bytes = 0;
        slot.delta_blocks = 0;
        let header = start::header();
        let live_blocks = AtomicU64::from_ptr(&raw mut header.live_blocks).fetch_add(blocks as u64, Relaxed);
        let live = AtomicU64::from_ptr(&raw mut header.live_bytes)
            .fetch_add(bytes as u64, Relaxed)
            .wrapping_add(bytes as u64);
        // Frees can be reported before the allocations of another thread: below zero is no peak.
        if (live as i64) < 0 {
            return;
        }
        AtomicU64::from_ptr(&raw mut header.interval_peak).fetch_max(live, Relaxed);
        if AtomicU64::from_ptr(&raw mut header.peak_bytes).fetch_max(live, Relaxed) < live {
            header.peak_blocks = live_blocks.wrapping_add(blocks as u64);
        }
    }
}

/// Keeps a point of the curve between marks, thinning when the table is full.
#[cold]
#[inline(never)]
unsafe fn point(local: *mut Local) {
    let header = start::header();
    let table = start::at(POINTS).cast::<Point>();
    // SAFETY: only the main thread comes here; indices are below MAX_POINTS.
    unsafe {
        if header.points as usize == MAX_POINTS {
            for i in 0..MAX_POINTS / 2 {
                *table.add(i) = *table.add(2 * i + 1);
            }
            header.points = MAX_POINTS as u64 / 2;
            header.point_stride *= 2;
        }
        (*local).next_point = (*(*local).slot).blocks + header.point_stride;
        let (total_blocks, total_bytes, live_blocks, live_bytes) = sums();
        *table.add(header.points as usize) =
            Point { lines: header.lines, total_bytes, total_blocks, live_bytes, live_blocks };
    }
    header.points += 1;
}
