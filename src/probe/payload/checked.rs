//! Looking for wrong uses of memory: every block of the learner's on pages of its own, beside pages that may not be touched.
//!
//! A touch beyond a block, or of a block that was freed, then is a fault at that very instruction, which the tracer sees.
//! Freed pages are never handed out again. Bytes of a block's pages that are not its own hold a known value and are looked
//! at when the block is freed. There are two such modes: blocks end where a guard begins, or begin where one ends. No figure
//! is taken from these runs.

use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};

use crate::layout::{
    ARENA, BLOCK_FREED, BLOCK_LIVE, BLOCK_MOVED, CANARY, CHECKED_END, CHECKED_START, CheckedBlock, GUARD, MAX_CHECKED, MAX_CHECKED_LIVE,
    MAX_WRONG, WRONG_AFTER, WRONG_BEFORE, WRONG_DOUBLE_FREE, WRONG_FREE, WRONG_LAYOUT, WRONG_ZERO, WRONGS, Wrong,
};
use crate::stacks::Origin;
use crate::thread::{self, Local, Lock};
use crate::{count, heap, start, sys};

const PAGE: usize = 4096;

/// The interface of the global allocator that is linked into checked programs.
#[repr(C)]
pub(crate) struct Functions {
    allocate: unsafe extern "C" fn(usize, usize, bool) -> *mut u8,
    release: unsafe extern "C" fn(*mut u8, usize, usize),
    reallocate: unsafe extern "C" fn(*mut u8, usize, usize, usize) -> *mut u8,
}

pub(crate) static FUNCTIONS: Functions =
    Functions { allocate: allocate_layout, release: release_layout, reallocate: reallocate_layout };

/// Size and alignment as a Rust program states them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    size: usize,
    align: usize,
}

static ON: AtomicBool = AtomicBool::new(false);
static LOCK: Lock = Lock::new();
/// Blocks in the table. An entry is written before it is counted, and never moves.
static COUNT: AtomicUsize = AtomicUsize::new(0);
static mut TABLE: *mut CheckedBlock = null_mut();
static mut AT_START: bool = false;
static mut FIRST: usize = 0;
static mut END: usize = 0;
/// Where the next block's pages begin.
static mut NEXT: usize = 0;
static mut ALIVE: usize = 0;

/// Whether this run is for finding wrong uses.
#[inline(always)]
pub(crate) fn on() -> bool {
    ON.load(Relaxed)
}

/// Reserves the address space. Once, before counting starts.
pub(crate) fn prepare() {
    let header = start::header();
    if !matches!(header.checked, CHECKED_END | CHECKED_START) {
        return;
    }
    // A limit on address space may forbid as much as there should be.
    let mut len = ARENA;
    let mut arena = sys::reserve(len);
    while arena.is_null() && len > 1 << 30 {
        len /= 2;
        arena = sys::reserve(len);
    }
    let table = sys::map(MAX_CHECKED * size_of::<CheckedBlock>());
    if arena.is_null() || table.is_null() {
        return;
    }
    // SAFETY: single-threaded here.
    unsafe {
        TABLE = table.cast();
        FIRST = arena as usize;
        END = FIRST + len;
        NEXT = FIRST + GUARD;
        AT_START = header.checked == CHECKED_START;
    }
    header.checked_table = table as u64;
    header.arena = arena as u64;
    header.arena_len = len as u64;
    ON.store(true, Release);
}

fn in_arena(address: usize) -> bool {
    // SAFETY: written once, before other threads.
    unsafe { (FIRST..END).contains(&address) }
}

/// The pages of a block: first address and length.
fn pages_of(block: &CheckedBlock) -> (usize, usize) {
    let start = block.start as usize & !(PAGE - 1);
    let end = (block.start as usize + block.size as usize).next_multiple_of(PAGE);
    (start, (end - start).max(PAGE))
}

/// The last block that begins at or below `address`, and its index.
fn block_below(address: usize) -> Option<(usize, *mut CheckedBlock)> {
    let (mut low, mut high) = (0, COUNT.load(Acquire));
    while low < high {
        let middle = usize::midpoint(low, high);
        // SAFETY: below the count.
        if unsafe { (*TABLE.add(middle)).start as usize } <= address {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    // SAFETY: as above.
    low.checked_sub(1).map(|index| (index, unsafe { TABLE.add(index) }))
}

/// The block that begins at `address`, alive or not.
fn block_at(address: usize) -> Option<(usize, *mut CheckedBlock)> {
    // SAFETY: an entry of the table.
    block_below(address).filter(|(_, block)| unsafe { (**block).start as usize } == address)
}

/// Size of a live checked block.
pub(crate) fn size_at(block: *mut u8) -> Option<usize> {
    if !on() {
        return None;
    }
    // SAFETY: an entry of the table.
    let block = unsafe { *block_at(block as usize)?.1 };
    (block.state == BLOCK_LIVE).then_some(block.size as usize)
}

/// A block on pages of its own, zeroed; null if it is not the learner's or there is no room: then it is an ordinary one.
#[cold]
pub(crate) unsafe fn block(local: *mut Local, size: usize, align: usize, origin: Origin) -> *mut u8 {
    if !origin.counts() || local.is_null() || size > ARENA {
        return null_mut();
    }
    let aligned = if align == 0 { 16 } else { align };
    let _guard = LOCK.lock();
    // SAFETY: under the lock; pages come from the reservation.
    unsafe {
        let index = COUNT.load(Relaxed);
        let first = NEXT.next_multiple_of(aligned.max(PAGE));
        let len = size.max(1).next_multiple_of(PAGE);
        let room = first.checked_add(len + GUARD).is_some_and(|end| end <= END);
        if !room || index == MAX_CHECKED || ALIVE == MAX_CHECKED_LIVE || !sys::open_pages(first as *mut u8, len) {
            start::add(&mut start::header().unchecked, 1);
            return null_mut();
        }
        NEXT = first + len + GUARD;
        ALIVE += 1;
        let at = if AT_START { first } else { (first + len - size.max(1)) & !(aligned - 1) };
        let entry = CheckedBlock {
            start: at as u64,
            size: size as u64,
            align: align as u32,
            state: BLOCK_LIVE,
            allocated: origin.id(),
            freed: 0,
        };
        (first as *mut u8).write_bytes(CANARY, at - first);
        ((at + size) as *mut u8).write_bytes(CANARY, first + len - at - size);
        *TABLE.add(index) = entry;
        COUNT.store(index + 1, Release);
        start::header().checked_blocks = index as u64 + 1;
        at as *mut u8
    }
}

/// Notes a wrong use; the first ones are kept.
unsafe fn wrong(kind: u32, address: usize, block: Option<usize>, given: Option<Layout>, stack: u32) {
    if !start::on() {
        return;
    }
    let _guard = LOCK.lock();
    let header = start::header();
    let index = header.wrong as usize;
    header.wrong += 1;
    if index >= MAX_WRONG {
        return;
    }
    let wrong = Wrong {
        kind,
        stack,
        address: address as u64,
        block: block.map_or(0, |index| index as u64 + 1),
        size: given.map_or(0, |given| given.size as u64),
        align: given.map_or(0, |given| given.align as u64),
    };
    // SAFETY: within the region.
    unsafe { *start::at(WRONGS).cast::<Wrong>().add(index) = wrong };
}

/// free, with the layout if it is known.
#[cold]
pub(crate) unsafe fn release(block: *mut u8, fp: usize, given: Option<Layout>) {
    let local = thread::local();
    // SAFETY: `fp` is the caller's frame; entries are changed under the lock.
    unsafe {
        let origin = heap::origin_of(local, fp);
        let address = block as usize;
        if !in_arena(address) {
            // What std frees for itself may come from before the start, and is in no list.
            if origin.counts() && heap::block_at(address).is_none_or(|(start, _)| start != address) {
                return wrong(WRONG_FREE, address, None, given, origin.id());
            }
            return heap::release_any(block, fp);
        }
        let Some((index, entry)) = block_at(address) else {
            let around = block_below(address).map(|(index, _)| index);
            return wrong(WRONG_FREE, address, around, given, origin.id());
        };
        let was = {
            let _guard = LOCK.lock();
            let was = *entry;
            if was.state == BLOCK_LIVE {
                (*entry).state = BLOCK_FREED;
                (*entry).freed = origin.id();
                ALIVE -= 1;
            }
            was
        };
        if was.state != BLOCK_LIVE {
            return wrong(WRONG_DOUBLE_FREE, address, Some(index), given, origin.id());
        }
        look_at(index, &was, given, origin.id());
        let (first, len) = pages_of(&was);
        sys::close_pages(first as *mut u8, len);
        if !local.is_null() && start::on() {
            count::freed(local, was.size as usize, was.allocated | crate::layout::COUNTED);
        }
    }
}

/// Compares a block that goes with what it should be.
unsafe fn look_at(index: usize, block: &CheckedBlock, given: Option<Layout>, stack: u32) {
    let made = Layout { size: block.size as usize, align: block.align as usize };
    let (first, len) = pages_of(block);
    let (start, end) = (block.start as usize, (block.start + block.size) as usize);
    // SAFETY: the block's own pages, which are still open.
    unsafe {
        if given.is_some_and(|given| made.align != 0 && given != made) {
            wrong(WRONG_LAYOUT, start, Some(index), given, stack);
        }
        let changed = |address: &usize| *(*address as *const u8) != CANARY;
        if let Some(address) = (first..start).rev().find(changed) {
            wrong(WRONG_BEFORE, address, Some(index), None, stack);
        }
        if let Some(address) = (end..first + len).find(changed) {
            wrong(WRONG_AFTER, address, Some(index), None, stack);
        }
    }
}

/// realloc, with the old layout if it is known. A block always moves, so that whoever kept its address is found out.
#[cold]
pub(crate) unsafe fn reallocate(block: *mut u8, size: usize, fp: usize, given: Option<Layout>) -> *mut u8 {
    let local = thread::local();
    // SAFETY: as `release`; the old block's pages are open while it is copied.
    unsafe {
        let origin = heap::origin_of(local, fp);
        let address = block as usize;
        if !in_arena(address) {
            if origin.counts() && heap::block_at(address).is_none_or(|(start, _)| start != address) {
                wrong(WRONG_FREE, address, None, given, origin.id());
                crate::abort();
            }
            return heap::reallocate_any(block, size, fp);
        }
        let found = block_at(address);
        let Some((index, entry)) = found.filter(|(_, entry)| (**entry).state == BLOCK_LIVE) else {
            let kind = if found.is_some() { WRONG_DOUBLE_FREE } else { WRONG_FREE };
            let around = block_below(address).map(|(index, _)| index);
            wrong(kind, address, around, given, origin.id());
            crate::abort();
        };
        let was = *entry;
        if !count::within_limit(size, was.size as usize) {
            count::refused(size, origin.id(), true);
            return null_mut();
        }
        let align = given.map_or(was.align as usize, |given| given.align);
        let mut new = self::block(local, size, align, origin);
        if new.is_null() {
            new = heap::ordinary(local, size, align, origin);
        }
        if new.is_null() {
            return new;
        }
        core::ptr::copy_nonoverlapping(block, new, size.min(was.size as usize));
        look_at(index, &was, given, origin.id());
        {
            let _guard = LOCK.lock();
            (*entry).state = BLOCK_MOVED;
            (*entry).freed = origin.id();
            ALIVE -= 1;
        }
        let (first, len) = pages_of(&was);
        sys::close_pages(first as *mut u8, len);
        if start::on() {
            count::freed(local, was.size as usize, was.allocated | crate::layout::COUNTED);
            count::allocated(local, size, origin);
        }
        new
    }
}

unsafe extern "C" fn allocate_layout(size: usize, align: usize, zero: bool) -> *mut u8 {
    let fp = crate::frame_pointer();
    let local = thread::local();
    // SAFETY: called by the program's global allocator under its contract, but for sizes of 0.
    unsafe {
        let origin = heap::origin_of(local, fp);
        if size == 0 && origin.counts() {
            wrong(WRONG_ZERO, 0, None, Some(Layout { size, align }), origin.id());
        }
        if origin.counts() && !count::within_limit(size, 0) {
            count::refused(size, origin.id(), true);
            return null_mut();
        }
        let block = block(local, size, align, origin);
        if !block.is_null() {
            count::allocated(local, size, origin);
            return block;
        }
        let block = heap::ordinary(local, size, align, origin);
        if block.is_null() {
            count::refused(size, origin.id(), false);
            return block;
        }
        if zero {
            block.write_bytes(0, size);
        }
        if !local.is_null() {
            count::allocated(local, size, origin);
        }
        block
    }
}

unsafe extern "C" fn release_layout(block: *mut u8, size: usize, align: usize) {
    let fp = crate::frame_pointer();
    // SAFETY: called by the program's global allocator; what it gives is looked at.
    unsafe { release(block, fp, Some(Layout { size, align })) }
}

unsafe extern "C" fn reallocate_layout(block: *mut u8, size: usize, align: usize, new: usize) -> *mut u8 {
    let fp = crate::frame_pointer();
    // SAFETY: as `release_layout`.
    unsafe { reallocate(block, new, fp, Some(Layout { size, align })) }
}
