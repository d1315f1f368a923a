//! Handing out memory: size classes with a cache per thread, and mappings of their own for large blocks ([`large`]).
//!
//! Every block has a 16-byte header in front of it with its stack and requested size; a side table would cost several times
//! more. Spans of small blocks and the list of large blocks are in the recording, so that memgrade can walk all live blocks
//! from outside when the program ends. Fresh memory is never touched: `vec![0; n]` stays unmapped until it is used.

use core::ptr::null_mut;

use crate::layout::{
    BLOCK_HEADER, BlockHeader, COUNTED, LIVE, MAPPED, MAX_SPANS, SHIFTED, SPANS, Span,
};
use crate::stacks::{self, Origin};
use crate::thread::{self, Local, Lock};
use crate::{checked, count, large, start, sys};

/// Cells of 32 to 1024 bytes in steps of 16, then four sizes per doubling up to 32 KiB.
const CLASSES: usize = 63 + 20;
/// Largest cell; larger blocks are mapped.
const LARGEST_CELL: usize = 32 << 10;
/// A thread keeps at most this many free cells of a class before it hands them on.
const CACHE_MOST: u32 = 256;
const SMALL_SPAN: usize = 64 << 10;
const LARGE_SPAN: usize = 1 << 20;

/// A free cell. Its header (not live) stays in front of these links.
struct Free {
    next: *mut Free,
    /// First cell of the next batch, in the global list.
    batch: *mut Free,
}

/// Free cells of one thread.
#[repr(C)]
pub(crate) struct Cache {
    free: [*mut Free; CLASSES],
    bump: [usize; CLASSES],
    end: [usize; CLASSES],
    count: [u32; CLASSES],
    spans: [u32; CLASSES],
}

static mut BATCHES: [*mut Free; CLASSES] = [null_mut(); CLASSES];
static BATCH_LOCK: Lock = Lock::new();
static SPAN_LOCK: Lock = Lock::new();

#[inline(always)]
fn class_of(cell: usize) -> usize {
    if cell <= 1024 {
        return (cell - 1) / 16 - 1;
    }
    let top = (usize::BITS - 1 - (cell - 1).leading_zeros()) as usize;
    63 + (top - 10) * 4 + ((cell - 1) >> (top - 2) & 3)
}

#[inline(always)]
fn cell_size(class: usize) -> usize {
    if class < 63 {
        return (class + 2) * 16;
    }
    let (doubling, step) = ((class - 63) / 4, (class - 63) % 4);
    (step + 5) << (doubling + 8)
}

#[inline(always)]
pub(crate) unsafe fn header_of(block: *mut u8) -> *mut BlockHeader {
    // SAFETY: every block of ours has one.
    unsafe { block.sub(BLOCK_HEADER).cast() }
}

#[inline(always)]
pub(crate) unsafe fn origin_of(local: *mut Local, fp: usize) -> Origin {
    // SAFETY: `local` is null or this thread's.
    unsafe { if local.is_null() || !(*local).counting { Origin::NOBODY } else { stacks::origin(local, fp) } }
}

/// malloc and calloc.
#[inline(always)]
pub(crate) unsafe fn allocate(size: usize, zero: bool, fp: usize) -> *mut u8 {
    // SAFETY: `fp` is the caller's frame.
    unsafe {
        let Some(local) = thread::ordinary() else { return allocate_any(size, zero, fp) };
        let origin = stacks::origin(local, fp);
        let block = cell(local, size, zero, origin);
        if block.is_null() {
            count::refused(size, origin.id(), false);
        } else if origin.counts() {
            count::allocated_alone(local, size, origin);
        }
        block
    }
}

/// The long way of [`allocate`].
#[cold]
#[inline(never)]
unsafe fn allocate_any(size: usize, zero: bool, fp: usize) -> *mut u8 {
    let local = thread::local();
    // SAFETY: `fp` is the caller's frame.
    unsafe {
        let origin = origin_of(local, fp);
        if origin.counts() && !count::within_limit(size, 0) {
            count::refused(size, origin.id(), true);
            return null_mut();
        }
        let block = if checked::on() { checked::block(local, size, 0, origin) } else { null_mut() };
        let block = if block.is_null() { cell(local, size, zero, origin) } else { block };
        if block.is_null() {
            count::refused(size, origin.id(), false);
        } else if !local.is_null() {
            count::allocated(local, size, origin);
        }
        block
    }
}

/// memalign and its like.
pub(crate) unsafe fn allocate_aligned(size: usize, align: usize, fp: usize) -> *mut u8 {
    // SAFETY: as `allocate`.
    unsafe {
        if align <= 16 {
            return allocate(size, false, fp);
        }
        let local = thread::local();
        let origin = origin_of(local, fp);
        if origin.counts() && !count::within_limit(size, 0) {
            count::refused(size, origin.id(), true);
            return null_mut();
        }
        let block = if checked::on() { checked::block(local, size, align, origin) } else { null_mut() };
        let block = if block.is_null() { aligned_cell(local, size, align, origin) } else { block };
        if block.is_null() {
            count::refused(size, origin.id(), false);
        } else if !local.is_null() {
            count::allocated(local, size, origin);
        }
        block
    }
}

/// A block that is not on pages of its own, whatever its alignment.
pub(crate) unsafe fn ordinary(local: *mut Local, size: usize, align: usize, origin: Origin) -> *mut u8 {
    // SAFETY: as `cell` and `aligned_cell`.
    unsafe { if align <= 16 { cell(local, size, false, origin) } else { aligned_cell(local, size, align, origin) } }
}

unsafe fn aligned_cell(local: *mut Local, size: usize, align: usize, origin: Origin) -> *mut u8 {
    let fits = align.is_power_of_two() && align < 1 << 31;
    let Some(room) = size.checked_add(align).filter(|_| fits) else { return null_mut() };
    // SAFETY: the cell has `align` bytes more than the block, so the moved header and block fit.
    unsafe {
        let cell = cell(local, room, false, origin);
        if cell.is_null() {
            return cell;
        }
        // Always moved on by 16 bytes at least, so that the cell keeps its own header: it says what the cell was made for.
        let block = (cell as usize + BLOCK_HEADER).next_multiple_of(align) as *mut u8;
        let shift = (block as usize - cell as usize) as u32;
        let made = *header_of(cell);
        *header_of(cell) = BlockHeader { offset: shift, size_flags: made.size_flags | SHIFTED, ..made };
        *header_of(block) =
            BlockHeader { site: made.site & !MAPPED, offset: shift, size_flags: (size as u64) << 2 | LIVE };
        block
    }
}

pub(crate) fn header_word(origin: Origin, size: usize) -> BlockHeader {
    BlockHeader { site: origin.site, offset: 0, size_flags: (size as u64) << 2 | LIVE }
}

/// A block of `size` bytes with its header.
#[inline(always)]
unsafe fn cell(local: *mut Local, size: usize, zero: bool, origin: Origin) -> *mut u8 {
    // Small requests share the smallest cell: a free cell needs room for its links.
    if size > LARGEST_CELL - BLOCK_HEADER || local.is_null() {
        // SAFETY: a new mapping.
        return unsafe { large::block(size, origin) };
    }
    let class = class_of((size + BLOCK_HEADER).max(32));
    // SAFETY: the cache is this thread's.
    unsafe {
        let cache = &mut (*local).cache;
        let free = *cache.free.get_unchecked(class);
        let block = if free.is_null() {
            let bump = *cache.bump.get_unchecked(class);
            if bump == *cache.end.get_unchecked(class) {
                return refill(cache, class, size, zero, origin);
            }
            *cache.bump.get_unchecked_mut(class) = bump + cell_size(class);
            // Never used before: still zero.
            (bump + BLOCK_HEADER) as *mut u8
        } else {
            *cache.free.get_unchecked_mut(class) = (*free).next;
            *cache.count.get_unchecked_mut(class) -= 1;
            if zero {
                free.cast::<u8>().write_bytes(0, size);
            }
            free.cast()
        };
        *header_of(block) = header_word(origin, size);
        block
    }
}

/// The cache has no cell of a class: takes a batch that another thread handed on, or a new span.
#[cold]
#[inline(never)]
unsafe fn refill(cache: &mut Cache, class: usize, size: usize, zero: bool, origin: Origin) -> *mut u8 {
    // SAFETY: global lists under their locks; a span is fresh memory of ours.
    unsafe {
        let batch = {
            let _guard = BATCH_LOCK.lock();
            let batch = BATCHES[class];
            if !batch.is_null() {
                BATCHES[class] = (*batch).batch;
            }
            batch
        };
        if !batch.is_null() {
            cache.free[class] = (*batch).next;
            cache.count[class] = CACHE_MOST - 1;
            if zero {
                batch.cast::<u8>().write_bytes(0, size);
            }
            *header_of(batch.cast()) = header_word(origin, size);
            return batch.cast();
        }
        let len = if cache.spans[class] < 8 { SMALL_SPAN } else { LARGE_SPAN };
        let base = span(len, cell_size(class));
        if base.is_null() {
            return null_mut();
        }
        cache.spans[class] += 1;
        let step = cell_size(class);
        cache.bump[class] = base as usize + step;
        cache.end[class] = base as usize + len / step * step;
        let block = base.add(BLOCK_HEADER);
        *header_of(block) = header_word(origin, size);
        block
    }
}

/// Maps a span and enters it in the recording.
unsafe fn span(len: usize, block: usize) -> *mut u8 {
    let _guard = SPAN_LOCK.lock();
    let base = sys::map(len);
    if base.is_null() || !start::on() {
        return base;
    }
    let header = start::header();
    let index = header.spans as usize;
    if index >= MAX_SPANS {
        header.overflowed = 1;
        return base;
    }
    // SAFETY: `index` is within the region.
    unsafe {
        let entry = start::at(SPANS).cast::<Span>().add(index);
        if index.is_multiple_of(4096 / size_of::<Span>()) {
            start::own_pages(entry.cast(), size_of::<Span>());
        }
        *entry = Span { base: base as u64, len: len as u32, block: block as u32 };
    }
    header.spans += 1;
    header.heap_virtual += len as u64;
    base
}

/// Requested size of a live block; ends the program if it is not one.
#[inline(always)]
unsafe fn live_size(block: *mut u8, fp: usize) -> usize {
    // SAFETY: every block of ours has a header; a wild pointer may fault here, as it would in libc.
    unsafe {
        let flags = (*header_of(block)).size_flags;
        if flags & (LIVE | SHIFTED) != LIVE {
            bad_free(fp);
        }
        (flags >> 2) as usize
    }
}

/// A double free, or a free of something that was never handed out: noted, and the program ends as glibc ends it.
#[cold]
pub(crate) unsafe fn bad_free(fp: usize) -> ! {
    // SAFETY: `fp` is the caller's frame.
    unsafe {
        if start::on() {
            start::header().bad_free_stack = origin_of(thread::local(), fp).id();
            start::add(&mut start::header().bad_frees, 1);
        }
        crate::abort()
    }
}

/// malloc_usable_size.
pub(crate) unsafe fn size_of_block(block: *mut u8, fp: usize) -> usize {
    if let Some(size) = checked::size_at(block) {
        return size;
    }
    // SAFETY: a live block.
    unsafe { live_size(block, fp) }
}

/// free.
#[inline(always)]
pub(crate) unsafe fn release(block: *mut u8, fp: usize) {
    // SAFETY: `block` is a live block, which `live_size` checks.
    unsafe {
        let Some(local) = thread::ordinary() else { return release_extraordinary(block, fp) };
        let header = *header_of(block);
        if !is_in_a_cell(&header) {
            return release_any(block, fp);
        }
        let size = (header.size_flags >> 2) as usize;
        if header.site & COUNTED != 0 {
            count::freed_alone(local, size, header.site);
        }
        put_back(local, block, size);
    }
}

#[cold]
#[inline(never)]
unsafe fn release_extraordinary(block: *mut u8, fp: usize) {
    // SAFETY: as `release`.
    unsafe { if checked::on() { checked::release(block, fp, None) } else { release_any(block, fp) } }
}

/// Whether this is the header of a live block that stands at its cell's beginning.
#[inline(always)]
fn is_in_a_cell(header: &BlockHeader) -> bool {
    header.size_flags & (LIVE | SHIFTED) == LIVE && header.site & MAPPED == 0 && header.offset == 0
}

/// The long way of [`release`].
#[cold]
#[inline(never)]
pub(crate) unsafe fn release_any(block: *mut u8, fp: usize) {
    let local = thread::local();
    // SAFETY: `block` is a live block, which `live_size` checks.
    unsafe {
        let size = live_size(block, fp);
        let header = header_of(block);
        let site = (*header).site;
        if site != 0 && start::on() && !local.is_null() {
            count::freed(local, size, site);
        }
        if (*header).offset != 0 {
            return release_shifted(local, block);
        }
        give_back(local, block, size);
    }
}

/// Puts back a cell, or the mapping of a large block; `size` is what it was made for.
unsafe fn give_back(local: *mut Local, block: *mut u8, size: usize) {
    // SAFETY: the block is ours and no longer used.
    unsafe {
        if (*header_of(block)).site & MAPPED != 0 {
            large::release(block);
        } else if let Some(local) = local.as_mut() {
            put_back(local, block, size);
        } else {
            (*header_of(block)).size_flags &= !LIVE;
        }
    }
}

/// Puts a cell into the thread's cache.
#[inline(always)]
unsafe fn put_back(local: &mut Local, block: *mut u8, size: usize) {
    // SAFETY: the block is ours and no longer used.
    unsafe {
        (*header_of(block)).size_flags = 0;
        let class = class_of((size + BLOCK_HEADER).max(32));
        let cache = &mut local.cache;
        let free = block.cast::<Free>();
        (*free).next = *cache.free.get_unchecked(class);
        *cache.free.get_unchecked_mut(class) = free;
        let count = cache.count.get_unchecked_mut(class);
        *count += 1;
        if *count >= CACHE_MOST * 2 {
            hand_on(cache, class);
        }
    }
}

/// Hands a batch of free cells on to whoever needs them: the consumer of a channel frees what the producer allocates.
#[cold]
#[inline(never)]
unsafe fn hand_on(cache: &mut Cache, class: usize) {
    if sys::single_threaded() {
        return;
    }
    // SAFETY: the list has at least CACHE_MOST cells.
    unsafe {
        let first = cache.free[class];
        let mut last = first;
        for _ in 1..CACHE_MOST {
            last = (*last).next;
        }
        cache.free[class] = (*last).next;
        cache.count[class] -= CACHE_MOST;
        (*last).next = null_mut();
        let _guard = BATCH_LOCK.lock();
        (*first).batch = BATCHES[class];
        BATCHES[class] = first;
    }
}

/// Puts back the cell of a block that was moved within it.
#[cold]
unsafe fn release_shifted(local: *mut Local, block: *mut u8) {
    // SAFETY: the cell's own header, in front of it, says what the cell was made for.
    unsafe {
        let cell = block.sub((*header_of(block)).offset as usize);
        (*header_of(block)).size_flags &= !LIVE;
        let header = header_of(cell);
        (*header).size_flags &= !SHIFTED;
        (*header).offset = 0;
        give_back(local, cell, ((*header).size_flags >> 2) as usize);
    }
}

/// realloc: counted as a free of the old block and an allocation of the new one, the peak holding one of them.
#[inline(always)]
pub(crate) unsafe fn reallocate(block: *mut u8, size: usize, fp: usize) -> *mut u8 {
    // SAFETY: `block` is a live block, which `live_size` checks.
    unsafe {
        let Some(local) = thread::ordinary() else {
            return if checked::on() {
                checked::reallocate(block, size, fp, None)
            } else {
                reallocate_any(block, size, fp)
            };
        };
        let old = live_size(block, fp);
        let site = (*header_of(block)).site;
        let origin = stacks::origin(local, fp);
        let moved = resize(local, block, old, size, origin);
        if moved.is_null() {
            count::refused(size, origin.id(), false);
            return moved;
        }
        if site & COUNTED != 0 {
            count::freed_alone(local, old, site);
        }
        if origin.counts() {
            count::allocated_alone(local, size, origin);
        }
        moved
    }
}

/// The long way of [`reallocate`].
#[cold]
#[inline(never)]
pub(crate) unsafe fn reallocate_any(block: *mut u8, size: usize, fp: usize) -> *mut u8 {
    let local = thread::local();
    // SAFETY: `block` is a live block, which `live_size` checks.
    unsafe {
        let old = live_size(block, fp);
        let site = (*header_of(block)).site;
        let origin = origin_of(local, fp);
        let counted = start::on() && !local.is_null();
        let less = if site & COUNTED != 0 { old } else { 0 };
        if origin.counts() && !count::within_limit(size, less) {
            count::refused(size, origin.id(), true);
            return null_mut();
        }
        let moved = resize(local, block, old, size, origin);
        if moved.is_null() {
            count::refused(size, origin.id(), false);
        } else if counted {
            count::freed(local, old, site);
            count::allocated(local, size, origin);
        }
        moved
    }
}

/// Gives a block another size, in place where its cell or mapping allows.
unsafe fn resize(local: *mut Local, block: *mut u8, old: usize, size: usize, origin: Origin) -> *mut u8 {
    const SMALL: usize = LARGEST_CELL - BLOCK_HEADER;
    // SAFETY: `block` is live and has `old` bytes.
    unsafe {
        let header = *header_of(block);
        if header.offset == 0 && !local.is_null() {
            if header.site & MAPPED != 0 {
                if size > SMALL {
                    return large::resize(block, size, origin);
                }
            } else if size <= SMALL && class_of((old + BLOCK_HEADER).max(32)) == class_of((size + BLOCK_HEADER).max(32)) {
                *header_of(block) = header_word(origin, size);
                return block;
            }
        }
        let new = cell(local, size, false, origin);
        if new.is_null() {
            return new;
        }
        core::ptr::copy_nonoverlapping(block, new, old.min(size));
        if (*header_of(block)).offset != 0 {
            release_shifted(local, block);
        } else {
            give_back(local, block, old);
        }
        new
    }
}

/// The live block that `address` lies in: its start and size. For addresses that the program prints; rare.
pub(crate) fn block_at(address: usize) -> Option<(usize, usize)> {
    let header = start::header();
    for i in 0..(header.spans as usize).min(MAX_SPANS) {
        // SAFETY: within the region; spans are never unmapped.
        unsafe {
            let span = *start::at(SPANS).cast::<Span>().add(i);
            let Some(distance) = (address as u64).checked_sub(span.base) else { continue };
            if distance >= u64::from(span.len) {
                continue;
            }
            let cell = span.base as usize + distance as usize / span.block as usize * span.block as usize;
            return block_in(cell + BLOCK_HEADER, address);
        }
    }
    // SAFETY: a large block's first block address.
    large::holding(address).and_then(|block| unsafe { block_in(block, address) })
}

/// The block in the cell whose first block address is `block`, if `address` lies in it.
unsafe fn block_in(block: usize, address: usize) -> Option<(usize, usize)> {
    // SAFETY: the cell is ours and mapped.
    unsafe {
        let mut block = block;
        let mut header = *header_of(block as *mut u8);
        if header.size_flags & SHIFTED != 0 {
            block += header.offset as usize;
            header = *header_of(block as *mut u8);
        }
        let size = (header.size_flags >> 2) as usize;
        let inside = header.size_flags & LIVE != 0 && address >= block && address < block + size.max(1);
        inside.then_some((block, size))
    }
}
