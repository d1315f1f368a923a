//! The end of a program: which blocks are lost, which are still reachable, and who holds them.
//!
//! Done from outside, while the program stands in its exit stop with its memory intact, whatever ended it. Every aligned word
//! of the roots that points to a live block, or into one, makes it reachable, and so on through the blocks. Roots are the
//! writable mappings that are not the heap (statics, thread-local storage, what libc keeps), the stacks of threads that are
//! still there, and the main stack unless main has returned: then words that are left behind there would hide leaks.
//! The words are valgrind's: a lost block that no other lost block points to is definitely lost, the others indirectly.

mod heap;
mod memory;
mod roots;

use std::collections::BTreeMap;

use self::heap::{Block, Heap};
use self::memory::{Memory, word_at};
use self::roots::Roots;
use super::code::CodeMap;
use super::layout::{COUNTED, STACK_ID};
use super::lost::{Classes, Graph, Node, Ring};
use super::recording::Recording;
use crate::observe::{Amount, Holder};
use crate::sandbox::{AtExit, StoppedProcess};

/// Most bytes of the program's small blocks that are copied for the scan.
const MOST_BYTES: u64 = 6 << 30;
/// Most large blocks that are looked at; each has 33 KiB at least.
const MOST_BLOCKS: usize = 1 << 20;

/// State of a block's number: no live block there.
const FREE: u32 = 0;
/// Live, and not reached so far.
const UNREACHED: u32 = 1;
/// From here on: reached, by the root of the number that is left when this is taken away.
const REACHED: u32 = 2;
/// Flag: lost, the rest being its number among the lost.
const LOST: u32 = 1 << 31;

/// What the scan found, by stack id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EndScan {
    /// Lost, and no other lost block points to it.
    pub definitely_lost: Vec<Amount>,
    /// Lost, and another lost block points to it.
    pub indirectly_lost: Vec<Amount>,
    /// Not lost.
    pub still_reachable: Vec<Amount>,
    /// Who holds what is still reachable of a stack.
    pub holders: Vec<(u32, Holder)>,
    /// Lost blocks that keep each other alive, of whatever kind.
    pub rings: Vec<Ring>,
    /// Whether the main stack was a root.
    pub main_on_stack: bool,
}

/// Scans the stopped program; `None` if its memory cannot be read or does not agree with the recording.
pub(crate) fn scan(
    process: &StoppedProcess<'_>,
    facts: &AtExit,
    recording: &Recording,
    code: &CodeMap,
) -> Option<EndScan> {
    let memory = Memory::of(process);
    let heap = Heap::read(&memory, recording)?;
    let mut state = vec![FREE; heap.numbers()];
    let mut counted = 0;
    heap.each(|number, block| {
        state[number] = UNREACHED;
        counted += u64::from(block.site & COUNTED != 0);
    });
    if counted != recording.at_exit().blocks {
        // A thread was in the middle of a request, or something wrote over a header.
        return None;
    }
    let main_on_stack = main_on_stack(process, facts, recording, code);
    let roots = Roots::of(facts, recording, code, &heap.mappings(), main_on_stack);
    let mut trace = Trace {
        memory: &memory,
        heap: &heap,
        state,
        path: Vec::new(),
        large: Vec::new(),
    };
    let roots = trace.mark(roots);
    let mut result = EndScan {
        main_on_stack,
        ..EndScan::default()
    };
    trace.sum_up(&roots, recording.stacks.len(), &mut result);
    Some(result)
}

/// Following pointers.
struct Trace<'a> {
    memory: &'a Memory<'a>,
    heap: &'a Heap,
    /// By number.
    state: Vec<u32>,
    /// Small blocks on the way down.
    path: Vec<Block>,
    /// Large blocks still to be looked through.
    large: Vec<Block>,
}

/// A lost block.
#[derive(Debug, Clone, Copy)]
struct Lost {
    number: u32,
    stack: u32,
    size: u64,
    counts: bool,
}

impl Trace<'_> {
    fn mark<'r>(&mut self, mut roots: Roots<'r>) -> Roots<'r> {
        for range in roots.ranges.clone() {
            let memory = self.memory;
            memory.placed_words(
                range.start,
                range.end - range.start,
                &mut |address, word| {
                    if let Some((number, block)) = self.heap.find(word)
                        && self.state[number] == UNREACHED
                    {
                        let root = roots.number(range, address);
                        self.reach(number, block, root);
                    }
                },
            );
        }
        // What std and libc hold is not the learner's to free, and what it points to is in use.
        let other = roots.other();
        let heap = self.heap;
        heap.each(|number, block| {
            if block.site & COUNTED == 0 && self.state[number] == UNREACHED {
                self.reach(number, block, other);
            }
        });
        roots
    }

    /// A block is reached by a root, and with it all that it points to, and so on.
    fn reach(&mut self, number: usize, block: Block, root: u32) {
        let (heap, memory) = (self.heap, self.memory);
        self.enter(number, block, root);
        loop {
            while let Some(block) = self.path.pop() {
                heap.words(memory, block, &mut |word| self.word(word, root));
            }
            let Some(block) = self.large.pop() else {
                return;
            };
            heap.words(memory, block, &mut |word| {
                self.word(word, root);
                // At once, while the block's header is still in the processor's cache.
                while let Some(block) = self.path.pop() {
                    heap.words(memory, block, &mut |word| self.word(word, root));
                }
            });
        }
    }

    #[inline]
    fn word(&mut self, word: u64, root: u32) {
        if let Some((number, block)) = self.heap.find(word)
            && self.state[number] == UNREACHED
        {
            self.enter(number, block, root);
        }
    }

    #[inline]
    fn enter(&mut self, number: usize, block: Block, root: u32) {
        self.state[number] = REACHED.saturating_add(root).min(LOST - 1);
        if block.is_large() {
            self.large.push(block);
        } else if block.size >= 8 {
            self.path.push(block);
        }
    }

    /// Splits the lost blocks and adds everything up by stack.
    fn sum_up(mut self, roots: &Roots<'_>, stacks: usize, result: &mut EndScan) {
        result.still_reachable = vec![Amount::default(); stacks];
        result.definitely_lost = vec![Amount::default(); stacks];
        result.indirectly_lost = vec![Amount::default(); stacks];
        let mut held: BTreeMap<(u32, u32), Amount> = BTreeMap::new();
        // Blocks of one stack and one root mostly come together.
        let mut run = ((0, 0), Amount::default());
        let mut lost: Vec<Lost> = Vec::new();
        let (heap, memory) = (self.heap, self.memory);
        heap.each(|number, block| {
            let stack = block.site & STACK_ID;
            let counts = block.site & COUNTED != 0;
            let state = &mut self.state[number];
            if *state == UNREACHED {
                *state = LOST | u32::try_from(lost.len()).unwrap_or(0);
                lost.push(Lost {
                    number: u32::try_from(number).unwrap_or(u32::MAX),
                    stack,
                    size: block.size,
                    counts,
                });
            } else if counts {
                add(&mut result.still_reachable, stack, block.size);
                let key = (stack, *state - REACHED);
                if run.0 != key {
                    put(&mut held, run);
                    run = (key, Amount::default());
                }
                run.1.blocks += 1;
                run.1.bytes = run.1.bytes.saturating_add(block.size);
            }
        });
        put(&mut held, run);
        result.holders = held
            .into_iter()
            .filter_map(|((stack, root), amount)| {
                let (kind, name) = roots.holders.get(root as usize)?.clone();
                Some((stack, Holder { kind, name, amount }))
            })
            .collect();
        let mut graph = Graph::new(lost.len());
        for block in lost.iter().filter_map(|lost| heap.block(lost.number)) {
            heap.words(memory, block, &mut |word| {
                if let Some((number, found)) = heap.find(word)
                    && self.state[number] & LOST != 0
                {
                    graph.point(self.state[number] & !LOST, found.start == word);
                }
            });
            graph.next();
        }
        let Classes { indirect, rings } = graph.classify(|index| {
            let lost = lost[index as usize];
            let block = heap.block(lost.number);
            let mut header = [0u8; 16];
            if let Some(block) = block.filter(|block| block.size >= 16) {
                heap.beginning(memory, block, &mut header);
            }
            Node {
                stack: lost.stack,
                size: lost.size,
                words: [word_at(&header, 0), word_at(&header, 8)],
            }
        });
        for (lost, indirect) in lost.iter().zip(&indirect).filter(|(lost, _)| lost.counts) {
            let table = if *indirect {
                &mut result.indirectly_lost
            } else {
                &mut result.definitely_lost
            };
            add(table, lost.stack, lost.size);
        }
        result.rings = rings;
    }
}

/// Adds a run of blocks to what its root holds of its stack.
fn put(held: &mut BTreeMap<(u32, u32), Amount>, (key, more): ((u32, u32), Amount)) {
    if more.blocks > 0 {
        let sum = held.entry(key).or_default();
        sum.blocks += more.blocks;
        sum.bytes = sum.bytes.saturating_add(more.bytes);
    }
}

/// Adds a block to the sums by stack.
#[inline]
fn add(table: &mut [Amount], stack: u32, size: u64) {
    if let Some(sum) = table.get_mut(stack as usize) {
        sum.blocks += 1;
        sum.bytes = sum.bytes.saturating_add(size);
    }
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
        let caller = word_at(&words, 8)
            .wrapping_sub(1)
            .wrapping_sub(recording.exe_base);
        if code.is_learner(caller) {
            return true;
        }
        if word_at(&words, 0) <= frame {
            return false;
        }
        frame = word_at(&words, 0);
    }
    true
}
