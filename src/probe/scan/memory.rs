//! Reading the stopped program's memory.

use std::cell::Cell;
use std::fs::File;

use crate::probe::positioned::read_exact_at;
use crate::sandbox::StoppedProcess;

/// Memory is read in pieces of this size.
const PIECE: usize = 256 << 10;

/// The program's memory, with the kernel's word on which pages were ever touched.
pub(super) struct Memory<'a> {
    process: &'a StoppedProcess<'a>,
    pagemap: Option<File>,
    /// Taken while words are read: one buffer for all of them.
    buffer: Cell<Vec<u8>>,
}

impl<'a> Memory<'a> {
    pub(super) fn of(process: &'a StoppedProcess<'a>) -> Self {
        let pagemap = File::open(format!("/proc/{}/pagemap", process.pid())).ok();
        Self {
            process,
            pagemap,
            buffer: Cell::default(),
        }
    }

    /// Reads from `address` on; gives the bytes really read.
    pub(super) fn read(&self, address: u64, buffer: &mut [u8]) -> usize {
        self.process.read(address, buffer)
    }

    /// How much of the range, from its beginning, holds all of its pages that are in memory or swapped out; all of it where the kernel
    /// does not say.
    pub(super) fn touched(&self, start: u64, len: u64) -> u64 {
        const PRESENT_OR_SWAPPED: u64 = 3 << 62;
        let Some(pagemap) = &self.pagemap else {
            return len;
        };
        let (first, end) = (start / 4096, (start + len).div_ceil(4096));
        let mut entries = vec![0u8; usize::try_from(end - first).unwrap_or(0) * 8];
        if read_exact_at(pagemap, &mut entries, first * 8).is_err() {
            return len;
        }
        let pages = entries.as_chunks::<8>().0;
        let last = pages
            .iter()
            .rposition(|entry| u64::from_ne_bytes(*entry) & PRESENT_OR_SWAPPED != 0);
        last.map_or(0, |page| {
            let end = (first + page as u64 + 1) * 4096;
            end.saturating_sub(start).min(len)
        })
    }

    /// The lowest word of the range that is not 0; pages that were never touched are skipped. `None` where the kernel does not say which.
    pub(super) fn lowest_written(&self, start: u64, end: u64) -> Option<u64> {
        const PRESENT_OR_SWAPPED: u64 = 3 << 62;
        let pagemap = self.pagemap.as_ref()?;
        let (first, last) = (start / 4096, end.div_ceil(4096));
        let mut entries = vec![0u8; usize::try_from(last - first).ok()? * 8];
        read_exact_at(pagemap, &mut entries, first * 8).ok()?;
        for (entry, page) in entries.as_chunks::<8>().0.iter().zip(first..) {
            if u64::from_ne_bytes(*entry) & PRESENT_OR_SWAPPED == 0 {
                continue;
            }
            let mut bytes = [0u8; 4096];
            let got = self.read(page * 4096, &mut bytes);
            let words = bytes[..got]
                .as_chunks::<8>()
                .0
                .iter()
                .zip((page * 4096..).step_by(8));
            let written = words
                .filter(|(word, address)| u64::from_ne_bytes(**word) != 0 && *address >= start)
                .map(|(_, address)| address)
                .next();
            if let Some(address) = written {
                return Some(address.min(end));
            }
        }
        Some(end)
    }

    /// Calls `visit` with every aligned word of the range that is not 0, and its address. Pages that were never touched are skipped
    /// in large pieces by the kernel's own word for it.
    pub(super) fn words(&self, start: u64, len: u64, visit: &mut impl FnMut(u64, u64)) {
        let end = start.saturating_add(len);
        let mut at = start.next_multiple_of(8);
        let mut buffer = self.buffer.take();
        buffer.resize(PIECE, 0);
        while at.saturating_add(8) <= end {
            let want = usize::try_from(end - at).unwrap_or(PIECE).min(buffer.len()) & !7;
            if want == 0 {
                break;
            }
            let touched = usize::try_from(self.touched(at, want as u64)).unwrap_or(want) & !7;
            let got = self.read(at, &mut buffer[..touched]) & !7;
            for (i, word) in buffer[..got].as_chunks::<8>().0.iter().enumerate() {
                let word = u64::from_ne_bytes(*word);
                if word != 0 {
                    visit(at + i as u64 * 8, word);
                }
            }
            if got < touched {
                // A hole: the rest of this page cannot be read.
                at = (at + got as u64 + 1).next_multiple_of(4096);
            } else {
                at += want as u64;
            }
        }
        self.buffer.set(buffer);
    }
}

/// The word at a place in some bytes; 0 outside.
#[inline]
pub(super) fn word_at(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 8)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u64::from_ne_bytes)
}
