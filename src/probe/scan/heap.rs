//! The live blocks at the program's end, and the way from a word to the block that it points into.
//!
//! A program may leave many millions of blocks, so what is kept of one is small, and nothing of its contents. A block's number is
//! that of its cell; large blocks, which have mappings of their own, follow.

use super::memory::{Memory, word_at};
use super::pointers::{Candidates, Pointers};
use super::{MOST_BLOCKS, MOST_BYTES};
use crate::probe::layout::{BLOCK_HEADER, LARGE_PREFIX, LIVE, SHIFTED};
use crate::probe::recording::{Recording, SpanRecord};

/// A live block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    /// Its address.
    pub(super) start: u64,
    /// Bytes as requested.
    pub(super) size: u64,
    /// Stack id and flags.
    pub(super) site: u32,
}

/// What is in a cell.
#[derive(Debug, Clone, Copy)]
struct Cell {
    /// Stack id and flags, with [`USED`]; 0 if no live block is there.
    site: u32,
    size: u16,
    /// How far the block lies behind the cell's own beginning, in units of 16 bytes.
    shift: u16,
}

/// A bit of `site` that no stack has.
const USED: u32 = 1 << 29;

/// A span of small blocks.
#[derive(Debug, Clone, Copy)]
struct Span {
    base: u64,
    len: u32,
    /// Bytes from one cell to the next.
    cell: u32,
    /// Number of its first cell.
    first: u32,
    /// Bytes from its beginning that were ever touched. Cells are taken one after the other: behind there are none in use.
    touched: u32,
}

impl Span {
    fn cells(&self) -> u32 {
        self.len / self.cell
    }

    fn end(&self) -> u64 {
        self.base + u64::from(self.len)
    }

    /// Its bytes; `None` if they cannot be read.
    fn read<'b>(&self, memory: &Memory<'_>, buffer: &'b mut Vec<u8>) -> Option<&'b [u8]> {
        buffer.resize(self.len as usize, 0);
        let (touched, fresh) = buffer.split_at_mut(self.touched as usize);
        fresh.fill(0);
        (memory.read(self.base, touched) == touched.len()).then_some(buffer)
    }
}

/// What a word leads into, if that is a live block's: a cell or a large block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The number.
    pub(super) number: u32,
    /// Bytes from the cell's beginning. Of a large block, which is known to be alive: [`BLOCK_HEADER`] at its start, and otherwise
    /// more.
    pub(super) offset: u16,
}

/// No cell is larger.
const LARGEST_CELL: u32 = 32 << 10;

/// Addresses are looked up in pieces of this size. No span is smaller, so at most two lie in one piece.
const PIECE_BITS: u32 = 16;
/// Most pieces in the table; a heap that is spread further (some 64 GiB) is searched instead.
const MOST_PIECES: u64 = 1 << 20;

/// The heap.
pub(super) struct Heap {
    /// In order of address.
    spans: Vec<Span>,
    /// For each piece of addresses, the first span that ends after its beginning.
    pieces: Vec<u32>,
    cells: Vec<Cell>,
    /// Number of the first large block: all cells have lower ones.
    first_large: u32,
    /// In order of address.
    large: Vec<Block>,
    /// Mappings of the large blocks, in order.
    large_mappings: Vec<(u64, u64)>,
    /// Addresses of spans and large blocks: first, and one past the last.
    low: u64,
    high: u64,
}

impl Heap {
    /// Reads the blocks and the pointers between them; `None` if that cannot be done, or the recording's tables cannot be right.
    pub(super) fn read(memory: &Memory<'_>, recording: &Recording) -> Option<(Self, Pointers)> {
        let mut records = recording.spans.clone();
        records.sort_unstable_by_key(|span| span.base);
        let overlap = |pair: &[SpanRecord]| {
            pair[0].base.saturating_add(u64::from(pair[0].len)) > pair[1].base
        };
        let bytes: u64 = records.iter().map(|span| u64::from(span.len)).sum();
        if records.windows(2).any(overlap)
            || records.iter().any(|span| {
                span.cell > span.len.min(LARGEST_CELL)
                    || span.base.checked_add(span.len.into()).is_none()
            })
            || bytes > MOST_BYTES
        {
            // Spans never overlap: a forged table.
            return None;
        }
        let mut first = 0u32;
        let mut spans = Vec::with_capacity(records.len());
        for SpanRecord { base, len, cell } in records {
            let span = Span {
                base,
                len,
                cell,
                first,
                touched: 0,
            };
            first = first.checked_add(span.cells())?;
            spans.push(span);
        }
        let mut heap = Self {
            low: spans.first().map_or(0, |span| span.base),
            high: spans.last().map_or(0, Span::end),
            pieces: pieces(&spans),
            spans,
            cells: Vec::with_capacity(first as usize),
            first_large: first,
            large: Vec::new(),
            large_mappings: Vec::new(),
        };
        heap.read_large(memory, recording.large_head)?;
        if let (Some(first), Some(last)) = (heap.large.first(), heap.large.last()) {
            let end = last.start.saturating_add(last.size.max(1));
            if heap.spans.is_empty() {
                heap.low = first.start;
            }
            heap.low = heap.low.min(first.start);
            heap.high = heap.high.max(end);
        }
        if heap.numbers() >= 1 << 31 {
            return None;
        }
        let mut candidates = Candidates::with_room(heap.numbers());
        heap.read_cells(memory, &mut candidates)?;
        for block in &heap.large {
            let mut visit = |_, word| candidates.add(heap.place(word));
            memory.words(block.start, block.size, &mut visit);
            candidates.next();
        }
        let pointers = candidates.settle(|place| heap.lands(place))?;
        Some((heap, pointers))
    }

    /// Reads the cells with what is in them. Most memory is read once, and only here. What the words in them lead into is not known
    /// before all have been read, so they are candidates.
    fn read_cells(&mut self, memory: &Memory<'_>, candidates: &mut Candidates) -> Option<()> {
        let mut buffer = Vec::new();
        for i in 0..self.spans.len() {
            let mut span = self.spans[i];
            span.touched =
                u32::try_from(memory.touched(span.base, span.len.into())).unwrap_or(span.len);
            self.spans[i] = span;
            for bytes in span
                .read(memory, &mut buffer)?
                .chunks_exact(span.cell as usize)
            {
                let cell = cell_of(bytes)?;
                if cell.site != 0 {
                    let start = usize::from(cell.shift) * 16 + BLOCK_HEADER;
                    let bytes = bytes.get(start..start + usize::from(cell.size));
                    for word in bytes.unwrap_or_default().as_chunks::<8>().0 {
                        candidates.add(self.place(u64::from_ne_bytes(*word)));
                    }
                }
                candidates.next();
                self.cells.push(cell);
            }
        }
        Some(())
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
            let mut start = node.checked_add((LARGE_PREFIX + BLOCK_HEADER) as u64)?;
            let mut header = [0u8; BLOCK_HEADER];
            header.copy_from_slice(&bytes[LARGE_PREFIX..]);
            if word_at(&header, 8) & LIVE != 0 {
                if word_at(&header, 8) & SHIFTED != 0 {
                    start = start.checked_add(u64::from(offset_of(&header)))?;
                    if memory.read(start - BLOCK_HEADER as u64, &mut header) != header.len() {
                        return None;
                    }
                }
                self.large.push(Block {
                    start,
                    size: word_at(&header, 8) >> 2,
                    site: site_of(&header),
                });
            }
            node = word_at(&bytes, 8);
        }
        self.large.sort_unstable_by_key(|block| block.start);
        self.large_mappings.sort_unstable();
        Some(())
    }

    /// One more than the largest number of a block.
    pub(super) fn numbers(&self) -> usize {
        self.first_large as usize + self.large.len()
    }

    /// Parts of the address space that are heap, in order.
    pub(super) fn mappings(&self) -> Vec<(u64, u64)> {
        let spans = self.spans.iter().map(|span| (span.base, span.end()));
        let mut all: Vec<_> = spans.chain(self.large_mappings.iter().copied()).collect();
        all.sort_unstable();
        all
    }

    /// The number of the live block that `word` points to or into, and whether to its start.
    #[inline]
    pub(super) fn find(&self, word: u64) -> Option<(u32, bool)> {
        let place = self.place(word)?;
        self.lands(place).map(|to_start| (place.number, to_start))
    }

    /// Whether a place is in a live block, and if so whether at its start. One past the end is not inside, except for a block of no
    /// bytes.
    #[inline]
    fn lands(&self, place: Place) -> Option<bool> {
        let offset = u32::from(place.offset);
        let Some(cell) = self.cells.get(place.number as usize) else {
            return Some(offset == HEADER);
        };
        let inside = offset.checked_sub(u32::from(cell.shift) * 16 + HEADER)?;
        (cell.site != 0 && inside < u32::from(cell.size).max(1)).then_some(inside == 0)
    }

    /// What `word` leads into, whether a live block is there or not.
    #[inline]
    fn place(&self, word: u64) -> Option<Place> {
        if word < self.low || word >= self.high {
            return None;
        }
        let Some(span) = self.span_at(word) else {
            let after = self.large.partition_point(|block| block.start <= word);
            let index = after.checked_sub(1)?;
            let block = self.large[index];
            return (word - block.start < block.size.max(1)).then_some(Place {
                number: self.first_large + u32::try_from(index).ok()?,
                offset: HEADER_BYTES + u16::from(word != block.start),
            });
        };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "less than the span's length, which is 32 bits"
        )]
        let offset = (word - span.base) as u32;
        let in_span = offset / span.cell;
        if in_span >= span.cells() {
            return None;
        }
        Some(Place {
            number: span.first + in_span,
            offset: u16::try_from(offset - in_span * span.cell).ok()?,
        })
    }

    /// The span that `address` lies in.
    #[inline]
    fn span_at(&self, address: u64) -> Option<&Span> {
        let first = if self.pieces.is_empty() {
            self.spans.partition_point(|span| span.end() <= address)
        } else {
            let base = self.spans.first()?.base;
            let piece = usize::try_from(address.checked_sub(base)? >> PIECE_BITS).ok()?;
            *self.pieces.get(piece)? as usize
        };
        let near = self.spans.get(first..)?.iter().take(2);
        near.into_iter()
            .find(|span| address >= span.base && address - span.base < u64::from(span.len))
    }

    fn block_in(&self, span: &Span, number: u32) -> Option<Block> {
        let cell = self.cells[number as usize];
        let at = u64::from(number - span.first) * u64::from(span.cell)
            + u64::from(cell.shift) * 16
            + u64::from(HEADER);
        (cell.site != 0).then_some(Block {
            start: span.base + at,
            size: u64::from(cell.size),
            site: cell.site & !USED,
        })
    }

    /// Whether there is a live block of this number.
    #[inline]
    pub(super) fn is_live(&self, number: u32) -> bool {
        // Every number behind the cells' is that of a large block.
        self.cells
            .get(number as usize)
            .is_none_or(|cell| cell.site != 0)
    }

    /// Size and site of a live block.
    #[inline]
    pub(super) fn size_and_site(&self, number: u32) -> Option<(u64, u32)> {
        match self.cells.get(number as usize) {
            Some(cell) => (cell.site != 0).then_some((u64::from(cell.size), cell.site & !USED)),
            None => self
                .large
                .get(number as usize - self.cells.len())
                .map(|block| (block.size, block.site)),
        }
    }

    /// The first two words of each of these blocks, whose numbers are in order; 0 where a block has fewer.
    pub(super) fn beginnings(&self, memory: &Memory<'_>, numbers: &[u32]) -> Vec<[u64; 2]> {
        let mut found = Vec::with_capacity(numbers.len());
        let mut buffer = Vec::new();
        let mut rest = numbers;
        for span in &self.spans {
            let count = rest.partition_point(|number| *number < span.first + span.cells());
            let (here, later) = rest.split_at(count);
            rest = later;
            let blocks = here.iter().map(|number| self.block_in(span, *number));
            let (Some(from), Some(to)) = (here.first(), here.last()) else {
                continue;
            };
            // Only the part of the span that is needed.
            let base = span.base + u64::from(from - span.first) * u64::from(span.cell);
            buffer.resize((to - from + 1) as usize * span.cell as usize, 0);
            memory.read(base, &mut buffer);
            found.extend(blocks.map(|block| match block {
                Some(block) if block.size >= 16 => {
                    let at = usize::try_from(block.start - base).unwrap_or(usize::MAX);
                    [word_at(&buffer, at), word_at(&buffer, at.saturating_add(8))]
                }
                _ => [0, 0],
            }));
        }
        for number in rest {
            let mut bytes = [0u8; 16];
            if let Some(block) = self.large.get(*number as usize - self.cells.len()) {
                memory.read(block.start, &mut bytes);
            }
            found.push([word_at(&bytes, 0), word_at(&bytes, 8)]);
        }
        found
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it is 16")]
const HEADER_BYTES: u16 = BLOCK_HEADER as u16;
const HEADER: u32 = HEADER_BYTES as u32;

fn pieces(spans: &[Span]) -> Vec<u32> {
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
        return Vec::new();
    };
    let count = (last.end() - first.base).div_ceil(1 << PIECE_BITS);
    if count > MOST_PIECES {
        return Vec::new();
    }
    let mut span = 0;
    let mut pieces = Vec::new();
    for piece in 0..count {
        let address = first.base + (piece << PIECE_BITS);
        while spans.get(span).is_some_and(|s| s.end() <= address) {
            span += 1;
        }
        pieces.push(u32::try_from(span).unwrap_or(u32::MAX));
    }
    pieces
}

/// Reads a cell; `None` if it cannot be one.
#[inline]
fn cell_of(cell: &[u8]) -> Option<Cell> {
    let free = Cell {
        site: 0,
        size: 0,
        shift: 0,
    };
    let mut header = &cell[..BLOCK_HEADER];
    let mut shift = 0;
    let mut flags = word_at(header, 8);
    if flags & LIVE == 0 {
        return Some(free);
    }
    if flags & SHIFTED != 0 {
        shift = offset_of(header);
        let at = shift as usize;
        header = cell.get(at..at.checked_add(BLOCK_HEADER)?)?;
        flags = word_at(header, 8);
    }
    Some(Cell {
        site: site_of(header) | USED,
        size: u16::try_from(flags >> 2).ok()?,
        shift: u16::try_from(shift / 16).ok()?,
    })
}

#[inline]
fn site_of(header: &[u8]) -> u32 {
    u32::from_ne_bytes([header[0], header[1], header[2], header[3]])
}

fn offset_of(header: &[u8]) -> u32 {
    u32::from_ne_bytes([header[4], header[5], header[6], header[7]])
}
