//! Printed lines, as the payload wrote them.

use std::mem::offset_of;

use super::Bytes;
use crate::observe::Amount;
use crate::probe::layout::{
    MARK_ADDRESSES, MARK_COALESCED, MARK_PAGES, MARK_TEXT, Mark, MarkAddress,
};

/// A printed line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MarkRecord {
    /// Number of the line, from 1.
    pub number: u64,
    /// The line's beginning, as bytes.
    pub text: Vec<u8>,
    /// Several lines share these figures.
    pub coalesced: bool,
    /// Stack that wrote it.
    pub stack: u32,
    /// Ever allocated.
    pub total: Amount,
    /// Alive.
    pub live: Amount,
    /// Most bytes alive since the mark before.
    pub peak_since: u64,
    /// Resident bytes without the payload's own.
    pub resident: Option<u64>,
    /// Virtual bytes without the payload's own.
    pub virtual_bytes: Option<u64>,
    /// Resident bytes as the program itself reads them.
    pub resident_seen: Option<u64>,
    /// Virtual bytes as the program itself reads them.
    pub virtual_seen: Option<u64>,
    /// Minor faults without the payload's own.
    pub minor_faults: u64,
    /// Major faults.
    pub major_faults: u64,
    /// CPU time in nanoseconds.
    pub cpu_ns: u64,
    /// Wall-clock time since the start in nanoseconds.
    pub wall_ns: u64,
    /// Addresses that stand in the line.
    pub addresses: Vec<AddressRecord>,
}

/// An address in a printed line, as it was when the line was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRecord {
    /// The address.
    pub address: u64,
    /// Size of the live block that it lies in.
    pub block_bytes: Option<u64>,
    /// It lies in the stack of a spawned thread.
    pub on_thread_stack: bool,
}

/// Reads one of them.
pub(super) fn read_mark(mark: Bytes<'_>) -> MarkRecord {
    const PAGE: u64 = 4096;
    let flags = mark.u32(offset_of!(Mark, flags));
    let text_len = (mark.u32(offset_of!(Mark, text_len)) as usize).min(MARK_TEXT);
    let text = offset_of!(Mark, text);
    let pages = flags & MARK_PAGES != 0;
    let own_pages = mark.u64(offset_of!(Mark, own_pages));
    let resident_pages = mark.u64(offset_of!(Mark, resident_pages));
    let resident = resident_pages
        .saturating_sub(own_pages)
        .saturating_mul(PAGE);
    let virtual_bytes = mark
        .u64(offset_of!(Mark, virtual_pages))
        .saturating_mul(PAGE);
    let addresses = mark
        .u64(offset_of!(Mark, addresses_len))
        .min(MARK_ADDRESSES as u64);
    MarkRecord {
        number: mark.u64(offset_of!(Mark, number)),
        text: mark
            .0
            .get(text..text + text_len)
            .unwrap_or_default()
            .to_vec(),
        coalesced: flags & MARK_COALESCED != 0,
        stack: u32::try_from(mark.u64(offset_of!(Mark, stack))).unwrap_or(0),
        total: mark.amount(
            offset_of!(Mark, total_bytes),
            offset_of!(Mark, total_blocks),
        ),
        live: mark.amount(offset_of!(Mark, live_bytes), offset_of!(Mark, live_blocks)),
        peak_since: mark.u64(offset_of!(Mark, interval_peak)),
        resident: pages.then_some(resident),
        resident_seen: pages.then_some(resident_pages.saturating_mul(PAGE)),
        virtual_seen: pages.then_some(virtual_bytes),
        virtual_bytes: pages
            .then(|| virtual_bytes.saturating_sub(mark.u64(offset_of!(Mark, own_virtual)))),
        minor_faults: mark
            .u64(offset_of!(Mark, minor_faults))
            .saturating_sub(mark.u64(offset_of!(Mark, own_faults))),
        major_faults: mark.u64(offset_of!(Mark, major_faults)),
        cpu_ns: mark.u64(offset_of!(Mark, cpu_ns)),
        wall_ns: mark.u64(offset_of!(Mark, wall_ns)),
        addresses: (0..usize::try_from(addresses).unwrap_or(0))
            .map(|i| {
                let at = offset_of!(Mark, addresses) + i * size_of::<MarkAddress>();
                AddressRecord {
                    address: mark.u64(at + offset_of!(MarkAddress, address)),
                    block_bytes: (mark.u64(at + offset_of!(MarkAddress, block)) != 0)
                        .then(|| mark.u64(at + offset_of!(MarkAddress, size))),
                    on_thread_stack: mark.u64(at + offset_of!(MarkAddress, on_stack)) != 0,
                }
            })
            .collect(),
    }
}
