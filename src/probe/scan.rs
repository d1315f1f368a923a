//! The end of a program: which blocks are lost, and which are still reachable.
//!
//! Done from outside, while the program stands in its exit stop with its memory intact, whatever ended it. Every aligned word
//! of the roots that points to a live block, or into one, makes it reachable, and so on through the blocks. Roots are the
//! writable mappings that are not the heap (statics, thread-local storage, what libc keeps), the stacks of threads that are
//! still there, and the main stack unless main has returned: then words that are left behind there would hide leaks.
//! The words are valgrind's: a lost block that no other lost block points to is definitely lost, the others indirectly.

use std::fs::File;
use std::os::unix::fs::FileExt;

use super::code::CodeMap;
use super::layout::{BLOCK_HEADER, COUNTED, LARGE_PREFIX, LIVE, SHIFTED, STACK_ID};
use super::lost::{self, Graph, Node, Ring};
use super::recording::{Recording, SpanRecord};
use crate::observe::Amount;
use crate::sandbox::{AtExit, Mapping, StoppedProcess};

/// Most bytes of the program's memory that are read for the scan.
const MOST_BYTES: u64 = 6 << 30;
/// Most blocks that are looked at.
const MOST_BLOCKS: usize = 40_000_000;
/// Memory is read in pieces of this size.
const PIECE: usize = 1 << 20;

/// What the scan found, by stack id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EndScan {
    /// Lost, and no other lost block points to it.
    pub definitely_lost: Vec<Amount>,
    /// Lost, and another lost block points to it.
    pub indirectly_lost: Vec<Amount>,
    /// Not lost.
    pub still_reachable: Vec<Amount>,
    /// Lost blocks that keep each other alive, of whatever kind.
    pub rings: Vec<Ring>,
    /// Whether the main stack was a root.
    pub main_on_stack: bool,
}

#[derive(Debug, Clone, Copy)]
struct Block {
    start: u64,
    size: u64,
    site: u32,
}

/// The program's memory, with the kernel's word on which pages were ever touched.
struct Memory<'a> {
    process: &'a StoppedProcess<'a>,
    pagemap: Option<File>,
}

impl Memory<'_> {
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

    fn read(&self, address: u64, buffer: &mut [u8]) -> usize {
        self.process.read(address, buffer)
    }
}

/// A span with a copy of its memory: most words that are followed are in such, and one large read is far cheaper than many.
struct SpanIndex {
    base: u64,
    end: u64,
    cell: u64,
    bytes: Vec<u8>,
    /// For each cell, its live block's index in `Blocks::all` plus one; 0 if it is free.
    block: Vec<u32>,
}

/// The live blocks, with a way to find the one at an address.
struct Blocks {
    /// Those of spans in order of address, then the large ones in order of address.
    all: Vec<Block>,
    /// In order of address.
    spans: Vec<SpanIndex>,
    /// Index in `all` of the first large block.
    first_large: usize,
    /// Mappings of large blocks: they are heap, not roots.
    large: Vec<(u64, u64)>,
    low: u64,
    high: u64,
}

impl Blocks {
    /// The block that `word` points to or into. One past the end is not inside, except for a block of no bytes.
    fn find(&self, word: u64) -> Option<usize> {
        if word < self.low || word >= self.high {
            return None;
        }
        let inside = |index: usize| {
            let block = self.all.get(index)?;
            (word >= block.start && word - block.start < block.size.max(1)).then_some(index)
        };
        let after = self.spans.partition_point(|span| span.base <= word);
        if let Some(span) = after.checked_sub(1).map(|i| &self.spans[i])
            && word < span.end
        {
            let cell = usize::try_from((word - span.base) / span.cell).ok()?;
            return inside((*span.block.get(cell)? as usize).checked_sub(1)?);
        }
        let large = self.all.get(self.first_large..)?;
        let after = large.partition_point(|block| block.start <= word);
        inside(
            (self.first_large + after)
                .checked_sub(1)
                .filter(|i| *i >= self.first_large)?,
        )
    }

    /// The words of a block.
    fn words(&self, memory: &Memory<'_>, index: usize, visit: &mut dyn FnMut(u64)) {
        let block = self.all[index];
        if index >= self.first_large {
            return read_words(memory, block.start, block.size, visit);
        }
        let after = self.spans.partition_point(|span| span.base <= block.start);
        let Some(span) = after.checked_sub(1).map(|i| &self.spans[i]) else {
            return;
        };
        let from = usize::try_from(block.start - span.base).unwrap_or(usize::MAX);
        let to = from.saturating_add(usize::try_from(block.size).unwrap_or(usize::MAX));
        for word in span.bytes.get(from..to).unwrap_or_default().chunks_exact(8) {
            visit(word_at(word, 0));
        }
    }
}

/// Scans the stopped program; `None` if its memory cannot be read or does not agree with the recording.
pub(crate) fn scan(
    process: &StoppedProcess<'_>,
    facts: &AtExit,
    recording: &Recording,
    code: &CodeMap,
) -> Option<EndScan> {
    let pagemap = File::open(format!("/proc/{}/pagemap", process.pid())).ok();
    let memory = &Memory { process, pagemap };
    let blocks = live_blocks(memory, recording)?;
    let counted = blocks
        .all
        .iter()
        .filter(|block| block.site & COUNTED != 0)
        .count() as u64;
    if counted != recording.at_exit().blocks {
        // A thread was in the middle of a request, or something wrote over a header.
        return None;
    }
    let main_on_stack = main_on_stack(process, facts, recording, code);
    // What std and libc hold is not the learner's to free, and what it points to is in use.
    let mut reached: Vec<bool> = blocks
        .all
        .iter()
        .map(|block| block.site & COUNTED == 0)
        .collect();
    let mut pending: Vec<usize> = (0..reached.len()).filter(|i| reached[*i]).collect();
    let mut reach = |word: u64, pending: &mut Vec<usize>| {
        if let Some(index) = blocks.find(word)
            && !std::mem::replace(&mut reached[index], true)
        {
            pending.push(index);
        }
    };
    for (start, end) in roots(facts, recording, &blocks.large, main_on_stack) {
        read_words(memory, start, end - start, &mut |word| {
            reach(word, &mut pending);
        });
    }
    while let Some(index) = pending.pop() {
        blocks.words(memory, index, &mut |word| reach(word, &mut pending));
    }
    Some(classify(
        memory,
        &blocks,
        &reached,
        recording.stacks.len(),
        main_on_stack,
    ))
}

/// Splits the lost blocks and adds everything up by stack.
fn classify(
    memory: &Memory<'_>,
    blocks: &Blocks,
    reached: &[bool],
    stacks: usize,
    main_on_stack: bool,
) -> EndScan {
    let lost: Vec<usize> = (0..blocks.all.len()).filter(|i| !reached[*i]).collect();
    // Position among the lost plus one; 0 for the others.
    let mut position = vec![0u32; blocks.all.len()];
    for (i, index) in lost.iter().enumerate() {
        position[*index] = u32::try_from(i + 1).unwrap_or(0);
    }
    let mut graph = Graph::new(lost.len());
    let mut nodes = Vec::with_capacity(lost.len());
    for index in &lost {
        let block = blocks.all[*index];
        let mut words = [0; 2];
        let mut seen = 0;
        blocks.words(memory, *index, &mut |word| {
            if let Some(place) = words.get_mut(seen) {
                *place = word;
            }
            seen += 1;
            if let Some(found) = blocks.find(word)
                && position[found] != 0
            {
                graph.point(
                    position[found] as usize - 1,
                    blocks.all[found].start == word,
                );
            }
        });
        graph.next();
        nodes.push(Node {
            stack: block.site & STACK_ID,
            size: block.size,
            words,
        });
    }
    let (indirect, rings) = graph.classify(&nodes);
    let mut result = EndScan {
        definitely_lost: vec![Amount::default(); stacks],
        indirectly_lost: vec![Amount::default(); stacks],
        still_reachable: vec![Amount::default(); stacks],
        rings,
        main_on_stack,
    };
    for (index, block) in blocks.all.iter().enumerate() {
        if block.site & COUNTED == 0 {
            continue;
        }
        let table = match position[index] as usize {
            0 => &mut result.still_reachable,
            i if indirect[i - 1] => &mut result.indirectly_lost,
            _ => &mut result.definitely_lost,
        };
        lost::add(table, block.site & STACK_ID, block.size);
    }
    result
}

/// Whether main had not returned: a frame of the learner's is above the call that ends the program.
fn main_on_stack(
    process: &StoppedProcess<'_>,
    facts: &AtExit,
    recording: &Recording,
    code: &CodeMap,
) -> bool {
    if !facts.by_exit_call || recording.exit_called {
        return true;
    }
    // `_exit` leaves the frame pointer as its caller had it.
    let Some(main) = facts
        .threads
        .iter()
        .find(|thread| thread.tid == process.pid())
    else {
        return true;
    };
    let mut frame = main.fp;
    for _ in 0..10_000 {
        if frame < main.sp || frame >= recording.stack_end || !frame.is_multiple_of(8) {
            return false;
        }
        let mut words = [0u8; 16];
        if process.read(frame, &mut words) != words.len() {
            return false;
        }
        let word = |at: usize| {
            words
                .get(at..at + 8)
                .and_then(|b| b.try_into().ok())
                .map_or(0, u64::from_ne_bytes)
        };
        if code.is_learner(word(8).wrapping_sub(1).wrapping_sub(recording.exe_base)) {
            return true;
        }
        if word(0) <= frame {
            return false;
        }
        frame = word(0);
    }
    true
}

/// Where pointers can stand outside the heap.
fn roots(
    facts: &AtExit,
    recording: &Recording,
    large: &[(u64, u64)],
    main_on_stack: bool,
) -> Vec<(u64, u64)> {
    let mut heap: Vec<(u64, u64)> = recording
        .spans
        .iter()
        .map(|s| (s.base, s.base + u64::from(s.len)))
        .collect();
    heap.extend_from_slice(large);
    heap.sort_unstable();
    let main = facts
        .threads
        .iter()
        .find(|t| t.sp <= recording.stack_end && on_main_stack(facts, t.sp));
    let mut roots = Vec::new();
    for mapping in facts
        .mappings
        .iter()
        .filter(|m| m.read && m.write && !m.shared)
    {
        if mapping.name == "[stack]" {
            if let Some(main) = main.filter(|_| main_on_stack) {
                roots.push((main.sp.max(mapping.start) & !7, mapping.end));
            }
            continue;
        }
        let mut start = mapping.start;
        // A thread's stack counts from its stack pointer; below lies what earlier calls left behind.
        if let Some(thread) = facts
            .threads
            .iter()
            .find(|t| t.sp >= mapping.start && t.sp < mapping.end)
        {
            start = thread.sp & !7;
        }
        cut(start, mapping, &heap, &mut roots);
    }
    roots
}

fn on_main_stack(facts: &AtExit, sp: u64) -> bool {
    facts
        .mappings
        .iter()
        .any(|m| m.name == "[stack]" && sp >= m.start && sp < m.end)
}

/// The parts of a mapping from `start` that are not in `spans`, the sorted parts of the heap. (Neighboring mappings are one line in maps.)
fn cut(start: u64, mapping: &Mapping, spans: &[(u64, u64)], roots: &mut Vec<(u64, u64)>) {
    let mut at = start;
    for (low, high) in spans
        .iter()
        .copied()
        .filter(|(low, high)| *low < mapping.end && *high > start)
    {
        if low > at {
            roots.push((at, low));
        }
        at = at.max(high);
    }
    if at < mapping.end {
        roots.push((at, mapping.end));
    }
}

/// All live blocks, from the spans' cells and the list of large blocks.
fn live_blocks(memory: &Memory<'_>, recording: &Recording) -> Option<Blocks> {
    let mut all = Vec::new();
    let mut budget = MOST_BYTES;
    let mut records = recording.spans.clone();
    records.sort_unstable_by_key(|span| span.base);
    if records
        .windows(2)
        .any(|pair| pair[0].base + u64::from(pair[0].len) > pair[1].base)
    {
        // Spans never overlap: a forged table.
        return None;
    }
    let mut spans = Vec::with_capacity(records.len());
    for record in records {
        budget = budget.checked_sub(u64::from(record.len))?;
        spans.push(span_blocks(memory, record, &mut all)?);
    }
    let first_large = all.len();
    let mut large = Vec::new();
    let mut node = recording.large_head;
    while node != 0 {
        let mut bytes = [0u8; LARGE_PREFIX + BLOCK_HEADER];
        if memory.read(node, &mut bytes) != bytes.len() || all.len() >= MOST_BLOCKS {
            return None;
        }
        let base = word_at(&bytes, 16);
        large.push((base, base.saturating_add(word_at(&bytes, 24))));
        let mut header = [0u8; BLOCK_HEADER];
        header.copy_from_slice(&bytes[LARGE_PREFIX..]);
        all.extend(block_of(
            memory,
            node + (LARGE_PREFIX + BLOCK_HEADER) as u64,
            &header,
        ));
        node = word_at(&bytes, 8);
    }
    all[first_large..].sort_unstable_by_key(|block: &Block| block.start);
    let low = all.iter().map(|block| block.start).min().unwrap_or(1);
    let high = all
        .iter()
        .map(|block| block.start + block.size.max(1))
        .max()
        .unwrap_or(0);
    Some(Blocks {
        all,
        spans,
        first_large,
        large,
        low,
        high,
    })
}

/// Reads a span and adds its live blocks to `all`.
fn span_blocks(memory: &Memory<'_>, span: SpanRecord, all: &mut Vec<Block>) -> Option<SpanIndex> {
    let mut bytes = vec![0u8; span.len as usize];
    if memory.read(span.base, &mut bytes) != bytes.len() {
        return None;
    }
    let mut block = Vec::with_capacity(bytes.len() / span.cell as usize);
    for (i, cell) in bytes.chunks_exact(span.cell as usize).enumerate() {
        let mut header = [0u8; BLOCK_HEADER];
        header.copy_from_slice(&cell[..BLOCK_HEADER]);
        let start = span.base + i as u64 * u64::from(span.cell) + BLOCK_HEADER as u64;
        let found = block_of(memory, start, &header);
        all.extend(found);
        block.push(if found.is_some() {
            u32::try_from(all.len()).ok()?
        } else {
            0
        });
    }
    let end = span.base + u64::from(span.len);
    (all.len() < MOST_BLOCKS).then_some(SpanIndex {
        base: span.base,
        end,
        cell: u64::from(span.cell),
        bytes,
        block,
    })
}

/// The live block whose cell's header this is.
fn block_of(memory: &Memory<'_>, start: u64, header: &[u8; BLOCK_HEADER]) -> Option<Block> {
    let flags = word_at(header, 8);
    if flags & LIVE == 0 {
        return None;
    }
    if flags & SHIFTED == 0 {
        let site = u32::from_ne_bytes([header[0], header[1], header[2], header[3]]);
        return Some(Block {
            start,
            size: flags >> 2,
            site,
        });
    }
    let offset = u32::from_ne_bytes([header[4], header[5], header[6], header[7]]);
    let start = start + u64::from(offset);
    let mut moved = [0u8; BLOCK_HEADER];
    if memory.read(start - BLOCK_HEADER as u64, &mut moved) != moved.len()
        || word_at(&moved, 8) & SHIFTED != 0
    {
        return None;
    }
    block_of(memory, start, &moved)
}

fn word_at(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 8)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u64::from_ne_bytes)
}

/// Calls `visit` with every aligned word of the range that is not 0. Pages that were never touched are skipped in large pieces
/// by the kernel's own word for it.
fn read_words(memory: &Memory<'_>, start: u64, len: u64, visit: &mut dyn FnMut(u64)) {
    let end = start.saturating_add(len);
    let mut at = start.next_multiple_of(8);
    let mut buffer =
        vec![0u8; PIECE.min(usize::try_from(len).unwrap_or(PIECE).next_multiple_of(8))];
    while at + 8 <= end {
        let want = usize::try_from(end - at).unwrap_or(PIECE).min(buffer.len()) & !7;
        if want == 0 {
            return;
        }
        if len >= PIECE as u64 && !memory.was_touched(at, want as u64) {
            at += want as u64;
            continue;
        }
        let got = memory.read(at, &mut buffer[..want]) & !7;
        for word in buffer[..got].chunks_exact(8) {
            let word = word_at(word, 0);
            if word != 0 {
                visit(word);
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
