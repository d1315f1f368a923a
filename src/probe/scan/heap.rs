//! The heap as it was at the program's end: a copy of every span of small blocks, the list of large ones, and the way from a
//! word to the block that it points into.
//!
//! A program may leave many millions of blocks. So nothing is kept per block: its size and stack are read from its header in the
//! copy, and a block's number is that of its cell.

use memmap2::MmapMut;

use super::memory::{Memory, word_at};
use super::{MOST_BLOCKS, MOST_BYTES};
use crate::probe::layout::{BLOCK_HEADER, LARGE_PREFIX, LIVE, SHIFTED};
use crate::probe::recording::Recording;

/// A live block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    /// Its address.
    pub(super) start: u64,
    /// Bytes as requested.
    pub(super) size: u64,
    /// Stack id and flags.
    pub(super) site: u32,
    /// Where its bytes are in the copy; `None` for a large block.
    copy: Option<usize>,
}

impl Block {
    /// Whether it has a mapping of its own.
    pub(super) fn is_large(self) -> bool {
        self.copy.is_none()
    }
}

/// A span of small blocks.
#[derive(Debug, Clone, Copy)]
struct Span {
    base: u64,
    len: u32,
    /// Bytes from one cell to the next.
    cell: u32,
    /// Where its bytes are in the copy.
    copy: usize,
    /// Number of its first cell.
    first: u32,
}

/// Addresses are looked up in pieces of this size. No span is smaller, so at most two lie in one piece.
const PIECE_BITS: u32 = 16;
/// Most pieces in the table; a heap that is spread further (some 64 GiB) is searched instead.
const MOST_PIECES: u64 = 1 << 20;

/// The heap.
pub(super) struct Heap {
    copy: MmapMut,
    /// In order of address.
    spans: Vec<Span>,
    /// For each piece of addresses, the first span that ends after its beginning.
    pieces: Vec<u32>,
    /// Addresses of the spans: first, and one past the last.
    low: u64,
    high: u64,
    /// In order of address.
    large: Vec<Block>,
    /// Mappings of the large blocks.
    pub(super) large_mappings: Vec<(u64, u64)>,
    /// Cells, and with them the numbers of small blocks.
    cells: u32,
}

impl Heap {
    /// Copies the heap; `None` if it cannot be read, or the recording's tables cannot be right.
    pub(super) fn read(memory: &Memory<'_>, recording: &Recording) -> Option<Self> {
        let mut records = recording.spans.clone();
        records.sort_unstable_by_key(|span| span.base);
        let overlap = |pair: &[crate::probe::recording::SpanRecord]| {
            pair[0].base.saturating_add(u64::from(pair[0].len)) > pair[1].base
        };
        if records.windows(2).any(overlap) || records.iter().any(|span| span.cell > span.len) {
            // Spans never overlap: a forged table.
            return None;
        }
        let bytes = records
            .iter()
            .map(|span| u64::from(span.len))
            .sum::<u64>()
            .max(1);
        if bytes > MOST_BYTES {
            return None;
        }
        let mut copy = MmapMut::map_anon(usize::try_from(bytes).ok()?).ok()?;
        #[cfg(target_os = "linux")]
        {
            // Only faster: fewer page faults. Where there are no large pages, small ones do.
            let _ = copy.advise(memmap2::Advice::HugePage);
        }
        let mut spans = Vec::with_capacity(records.len());
        let (mut at, mut first) = (0usize, 0u32);
        for record in &records {
            let room = copy.get_mut(at..at + record.len as usize)?;
            if memory.read(record.base, room) != room.len() {
                return None;
            }
            spans.push(Span {
                base: record.base,
                len: record.len,
                cell: record.cell,
                copy: at,
                first,
            });
            at += record.len as usize;
            first = first.checked_add(record.len / record.cell)?;
        }
        let mut heap = Self {
            copy,
            pieces: Vec::new(),
            low: spans.first().map_or(0, |span| span.base),
            high: spans
                .last()
                .map_or(0, |span| span.base + u64::from(span.len)),
            spans,
            large: Vec::new(),
            large_mappings: Vec::new(),
            cells: first,
        };
        heap.read_large(memory, recording.large_head)?;
        heap.make_pieces();
        Some(heap)
    }

    /// Follows the list of large blocks. A list that runs in a ring has more nodes than there can be.
    fn read_large(&mut self, memory: &Memory<'_>, head: u64) -> Option<()> {
        let mut node = head;
        while node != 0 {
            let mut bytes = [0u8; LARGE_PREFIX + BLOCK_HEADER];
            if memory.read(node, &mut bytes) != bytes.len() || self.large.len() >= MOST_BLOCKS {
                return None;
            }
            let base = word_at(&bytes, 16);
            self.large_mappings
                .push((base, base.saturating_add(word_at(&bytes, 24))));
            let start = node.checked_add((LARGE_PREFIX + BLOCK_HEADER) as u64)?;
            let header = &bytes[LARGE_PREFIX..];
            let flags = word_at(header, 8);
            if flags & LIVE != 0 {
                let (start, size, site) = if flags & SHIFTED == 0 {
                    (start, flags >> 2, site_of(header))
                } else {
                    let start = start.checked_add(u64::from(offset_of(header)))?;
                    let mut moved = [0u8; BLOCK_HEADER];
                    if memory.read(start - BLOCK_HEADER as u64, &mut moved) != moved.len() {
                        return None;
                    }
                    (start, word_at(&moved, 8) >> 2, site_of(&moved))
                };
                self.large.push(Block {
                    start,
                    size,
                    site,
                    copy: None,
                });
            }
            node = word_at(&bytes, 8);
        }
        self.large.sort_unstable_by_key(|block| block.start);
        self.large_mappings.sort_unstable();
        Some(())
    }

    fn make_pieces(&mut self) {
        let pieces = (self.high - self.low).div_ceil(1 << PIECE_BITS);
        if pieces > MOST_PIECES {
            return;
        }
        let mut span = 0;
        for piece in 0..pieces {
            let address = self.low + (piece << PIECE_BITS);
            while self
                .spans
                .get(span)
                .is_some_and(|s| s.base + u64::from(s.len) <= address)
            {
                span += 1;
            }
            self.pieces.push(u32::try_from(span).unwrap_or(u32::MAX));
        }
    }

    /// One more than the largest number of a block.
    pub(super) fn numbers(&self) -> usize {
        self.cells as usize + self.large.len()
    }

    /// Parts of the address space that are heap, in order.
    pub(super) fn mappings(&self) -> Vec<(u64, u64)> {
        let spans = self
            .spans
            .iter()
            .map(|span| (span.base, span.base + u64::from(span.len)));
        let mut all: Vec<_> = spans.chain(self.large_mappings.iter().copied()).collect();
        all.sort_unstable();
        all
    }

    /// The span that `address` lies in.
    #[inline]
    fn span_at(&self, address: u64) -> Option<&Span> {
        if address < self.low || address >= self.high {
            return None;
        }
        let first = if self.pieces.is_empty() {
            self.spans
                .partition_point(|span| span.base + u64::from(span.len) <= address)
        } else {
            *self
                .pieces
                .get(usize::try_from((address - self.low) >> PIECE_BITS).ok()?)?
                as usize
        };
        self.spans
            .get(first..)?
            .iter()
            .take(2)
            .find(|span| address >= span.base && address - span.base < u64::from(span.len))
    }

    /// The live block that `word` points to or into, with its number. One past the end is not inside, except for a block of no
    /// bytes.
    #[inline]
    pub(super) fn find(&self, word: u64) -> Option<(usize, Block)> {
        if let Some(span) = self.span_at(word) {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "less than the span's length, which is 32 bits"
            )]
            let cell = (word - span.base) as u32 / span.cell;
            let block = self.cell_block(span, cell)?;
            return inside(block, word).then_some(((span.first + cell) as usize, block));
        }
        let after = self.large.partition_point(|block| block.start <= word);
        let index = after.checked_sub(1)?;
        let block = self.large[index];
        inside(block, word).then_some((self.cells as usize + index, block))
    }

    /// The live block in a cell.
    #[inline]
    fn cell_block(&self, span: &Span, cell: u32) -> Option<Block> {
        if cell >= span.len / span.cell {
            return None;
        }
        let offset = cell as usize * span.cell as usize;
        let mut at = span.copy + offset;
        let mut start = span.base + (offset + BLOCK_HEADER) as u64;
        let mut header = self.copy.get(at..at + BLOCK_HEADER)?;
        let mut flags = word_at(header, 8);
        if flags & LIVE == 0 {
            return None;
        }
        if flags & SHIFTED != 0 {
            let shift = offset_of(header);
            if shift >= span.cell {
                return None;
            }
            at += shift as usize;
            start += u64::from(shift);
            header = self.copy.get(at..at + BLOCK_HEADER)?;
            flags = word_at(header, 8);
        }
        Some(Block {
            start,
            size: flags >> 2,
            site: site_of(header),
            copy: Some(at + BLOCK_HEADER),
        })
    }

    /// Calls `visit` with every live block and its number, in order of address within the small and within the large ones.
    pub(super) fn each(&self, mut visit: impl FnMut(usize, Block)) {
        for span in &self.spans {
            for cell in 0..span.len / span.cell {
                if let Some(block) = self.cell_block(span, cell) {
                    visit((span.first + cell) as usize, block);
                }
            }
        }
        for (index, block) in self.large.iter().enumerate() {
            visit(self.cells as usize + index, *block);
        }
    }

    /// The live block of a number.
    pub(super) fn block(&self, number: u32) -> Option<Block> {
        if number >= self.cells {
            return self.large.get((number - self.cells) as usize).copied();
        }
        let after = self.spans.partition_point(|span| span.first <= number);
        let span = self.spans.get(after.checked_sub(1)?)?;
        self.cell_block(span, number - span.first)
    }

    /// Reads the first bytes of a block that has as many.
    pub(super) fn beginning(&self, memory: &Memory<'_>, block: Block, buffer: &mut [u8]) {
        match block.copy.map(|at| self.copy.get(at..at + buffer.len())) {
            Some(Some(bytes)) => buffer.copy_from_slice(bytes),
            Some(None) => {}
            None => {
                memory.read(block.start, buffer);
            }
        }
    }

    /// Calls `visit` with every aligned word of a block.
    #[inline]
    pub(super) fn words(&self, memory: &Memory<'_>, block: Block, visit: &mut impl FnMut(u64)) {
        let Some(at) = block.copy else {
            return memory.words(block.start, block.size, visit);
        };
        let end = at.saturating_add(usize::try_from(block.size).unwrap_or(usize::MAX));
        for word in self
            .copy
            .get(at..end)
            .unwrap_or_default()
            .as_chunks::<8>()
            .0
        {
            visit(u64::from_ne_bytes(*word));
        }
    }
}

#[inline]
fn inside(block: Block, word: u64) -> bool {
    word >= block.start && word - block.start < block.size.max(1)
}

#[inline]
fn site_of(header: &[u8]) -> u32 {
    u32::from_ne_bytes([header[0], header[1], header[2], header[3]])
}

fn offset_of(header: &[u8]) -> u32 {
    u32::from_ne_bytes([header[4], header[5], header[6], header[7]])
}
