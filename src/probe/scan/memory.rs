//! Reading the stopped program's memory.

use std::fs::File;
use std::os::unix::fs::FileExt;

use crate::sandbox::StoppedProcess;

/// Memory is read in pieces of this size.
const PIECE: usize = 1 << 20;

/// The program's memory, with the kernel's word on which pages were ever touched.
pub(super) struct Memory<'a> {
    process: &'a StoppedProcess<'a>,
    pagemap: Option<File>,
}

impl<'a> Memory<'a> {
    pub(super) fn of(process: &'a StoppedProcess<'a>) -> Self {
        let pagemap = File::open(format!("/proc/{}/pagemap", process.pid())).ok();
        Self { process, pagemap }
    }

    /// Reads from `address` on; gives the bytes really read.
    pub(super) fn read(&self, address: u64, buffer: &mut [u8]) -> usize {
        self.process.read(address, buffer)
    }

    /// Whether any page of the range is in memory or swapped out; true where the kernel does not say.
    fn was_touched(&self, start: u64, len: u64) -> bool {
        const PRESENT_OR_SWAPPED: u64 = 3 << 62;
        let Some(pagemap) = &self.pagemap else {
            return true;
        };
        let (first, last) = (start / 4096, (start + len).div_ceil(4096));
        let mut entries = vec![0u8; usize::try_from(last - first).unwrap_or(0) * 8];
        if pagemap.read_exact_at(&mut entries, first * 8).is_err() {
            return true;
        }
        entries
            .chunks_exact(8)
            .any(|entry| word_at(entry, 0) & PRESENT_OR_SWAPPED != 0)
    }

    /// Calls `visit` with every aligned word of the range that is not 0, and its address. Pages that were never touched are skipped
    /// in large pieces by the kernel's own word for it.
    pub(super) fn words(&self, start: u64, len: u64, visit: &mut impl FnMut(u64, u64)) {
        let end = start.saturating_add(len);
        let mut at = start.next_multiple_of(8);
        let mut buffer =
            vec![0u8; PIECE.min(usize::try_from(len).unwrap_or(PIECE).next_multiple_of(8))];
        while at.saturating_add(8) <= end {
            let want = usize::try_from(end - at).unwrap_or(PIECE).min(buffer.len()) & !7;
            if want == 0 {
                return;
            }
            if len >= PIECE as u64 && !self.was_touched(at, want as u64) {
                at += want as u64;
                continue;
            }
            let got = self.read(at, &mut buffer[..want]) & !7;
            for (i, word) in buffer[..got].as_chunks::<8>().0.iter().enumerate() {
                let word = u64::from_ne_bytes(*word);
                if word != 0 {
                    visit(at + i as u64 * 8, word);
                }
            }
            if got < want {
                // A hole: the rest of this page cannot be read.
                at = (at + got as u64 + 1).next_multiple_of(4096);
            } else {
                at += want as u64;
            }
        }
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
