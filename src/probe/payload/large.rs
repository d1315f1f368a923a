//! Large blocks: a mapping for each, in a list that memgrade can walk from outside.

use core::ptr::null_mut;

use crate::heap::{header_of, header_word};
use crate::layout::{BLOCK_HEADER, BlockHeader, LARGE_PREFIX, Large, MAPPED};
use crate::stacks::Origin;
use crate::thread::Lock;
use crate::{start, sys};

static LOCK: Lock = Lock::new();

fn mapped_word(origin: Origin, size: usize) -> BlockHeader {
    let word = header_word(origin, size);
    BlockHeader { site: word.site | MAPPED, ..word }
}

/// A block of `size` bytes with its header.
#[cold]
#[inline(never)]
pub(crate) unsafe fn block(size: usize, origin: Origin) -> *mut u8 {
    let Some(len) = mapping_len(size) else { return null_mut() };
    let base = sys::map(len);
    if base.is_null() {
        return base;
    }
    // SAFETY: fresh memory of ours, large enough for prefix and header.
    unsafe {
        let node = base.cast::<Large>();
        *node = Large { previous: 0, next: 0, base: base as u64, len: len as u64 };
        link(node);
        let block = base.add(LARGE_PREFIX + BLOCK_HEADER);
        *header_of(block) = mapped_word(origin, size);
        block
    }
}

fn mapping_len(size: usize) -> Option<usize> {
    let len = size.checked_add(LARGE_PREFIX + BLOCK_HEADER + 4095)? & !4095;
    (len < 1 << 47).then_some(len)
}

/// Enters a large block in the list. Blocks from before the start are not in it: they do not count.
unsafe fn link(node: *mut Large) {
    if !start::on() {
        return;
    }
    let _guard = LOCK.lock();
    let header = start::header();
    // SAFETY: nodes of the list are mapped and changed under the lock only.
    unsafe {
        (*node).next = header.large_head;
        (*node).previous = 0;
        if header.large_head != 0 {
            (*(header.large_head as *mut Large)).previous = node as u64;
        }
        header.large_head = node as u64;
        header.heap_virtual = header.heap_virtual.wrapping_add((*node).len);
    }
}

/// Takes a large block out of the list, if it is in it.
unsafe fn unlink(node: *mut Large) {
    if !start::on() {
        return;
    }
    let _guard = LOCK.lock();
    let header = start::header();
    // SAFETY: as in `link`.
    unsafe {
        if (*node).previous == 0 && header.large_head != node as u64 {
            return;
        }
        if (*node).next != 0 {
            (*((*node).next as *mut Large)).previous = (*node).previous;
        }
        if (*node).previous == 0 {
            header.large_head = (*node).next;
        } else {
            (*((*node).previous as *mut Large)).next = (*node).next;
        }
        header.heap_virtual = header.heap_virtual.wrapping_sub((*node).len);
    }
}

/// Gives a block's mapping back.
#[cold]
#[inline(never)]
pub(crate) unsafe fn release(block: *mut u8) {
    // SAFETY: a large block that is no longer used: its node stands in front of its header.
    unsafe {
        let node = block.sub(BLOCK_HEADER + LARGE_PREFIX).cast::<Large>();
        unlink(node);
        sys::munmap((*node).base as *mut u8, (*node).len as usize);
    }
}

/// Gives a block another size, in place where its mapping allows.
#[cold]
pub(crate) unsafe fn resize(block: *mut u8, size: usize, origin: Origin) -> *mut u8 {
    // SAFETY: a large block: its node stands in front of its header.
    unsafe {
        let Some(len) = mapping_len(size) else { return null_mut() };
        let node = block.sub(BLOCK_HEADER + LARGE_PREFIX).cast::<Large>();
        if (*node).len as usize == len {
            *header_of(block) = mapped_word(origin, size);
            return block;
        }
        unlink(node);
        let base = sys::remap((*node).base as *mut u8, (*node).len as usize, len);
        if base.is_null() {
            link(node);
            return null_mut();
        }
        let node = base.cast::<Large>();
        (*node).base = base as u64;
        (*node).len = len as u64;
        link(node);
        let block = base.add(LARGE_PREFIX + BLOCK_HEADER);
        *header_of(block) = mapped_word(origin, size);
        block
    }
}

/// The block whose mapping `address` lies in, as if it were not moved within it.
pub(crate) fn holding(address: usize) -> Option<usize> {
    let _guard = LOCK.lock();
    let mut node = start::header().large_head as *const Large;
    while !node.is_null() {
        // SAFETY: nodes are mapped while they are in the list.
        unsafe {
            let (base, len) = ((*node).base as usize, (*node).len as usize);
            if address >= base && address < base + len {
                return Some(base + LARGE_PREFIX + BLOCK_HEADER);
            }
            node = (*node).next as *const Large;
        }
    }
    None
}
