//! The end of a program: which blocks are lost, which are still reachable, and who holds them.
//!
//! Done from outside, while the program stands in its exit stop with its memory intact, whatever ended it. Every aligned word
//! of the roots that points to a live block, or into one, makes it reachable, and so on through the blocks. Roots are the
//! writable mappings that are not the heap (statics, thread-local storage, what libc keeps), the stacks of threads that are
//! still there, and the main stack unless main has returned: then words that are left behind there would hide leaks.
//! The words are valgrind's: a lost block that no other lost block points to is definitely lost, the others indirectly.

mod foreign;
mod heap;
mod lost;
mod memory;
mod pointers;
mod rings;
mod roots;

use std::collections::BTreeMap;

use self::heap::Heap;
use self::lost::Lost;
use self::memory::{Memory, word_at};
use self::pointers::Pointers;
pub use self::rings::{Ring, RingMember, RingShape};
use self::roots::Roots;
use super::code::CodeMap;
use super::layout::{COUNTED, STACK_ID};
use super::recording::Recording;
use crate::observe::{Amount, Holder};
use crate::sandbox::{AtExit, StoppedProcess};

/// Most bytes of the program's small blocks that are looked through.
const MOST_BYTES: u64 = 6 << 30;
/// Most large blocks that are looked at; each has 33 KiB at least.
const MOST_BLOCKS: usize = 1 << 20;

/// Owner of a number: nobody so far. Otherwise the number of the root that reached it, plus one.
const NOBODY: u32 = 0;

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
    /// Reference cycles: lost blocks that own each other.
    pub rings: Vec<Ring>,
    /// Whether the main stack was a root.
    pub main_on_stack: bool,
    /// Deepest stack of the spawned threads that were still there, bytes; `None` if there was none.
    pub deepest_running: Option<u64>,
    /// Writable memory that neither the allocator nor libc took, bytes.
    pub foreign_bytes: u64,
}

/// What came of the scan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ScanEnd {
    /// It could not be done.
    #[default]
    Missing,
    /// The blocks in the program's memory are not those that the recording counts: a thread was in the middle of a request, or
    /// something wrote over one or the other.
    Disagrees,
    /// It was done.
    Done(Box<EndScan>),
}

impl ScanEnd {
    /// What it found, if it was done.
    pub fn done(&self) -> Option<&EndScan> {
        match self {
            Self::Done(end) => Some(end),
            Self::Missing | Self::Disagrees => None,
        }
    }
}

/// Scans the stopped program.
pub(crate) fn scan(
    process: &StoppedProcess<'_>,
    facts: &AtExit,
    recording: &Recording,
    code: &CodeMap,
) -> ScanEnd {
    let memory = Memory::of(process);
    let Some((heap, pointers)) = Heap::read(&memory, recording) else {
        return ScanEnd::Missing;
    };
    let Ok(numbers) = u32::try_from(heap.numbers()) else {
        return ScanEnd::Missing;
    };
    let counts = |number: &u32| {
        heap.size_and_site(*number)
            .is_some_and(|(_, site)| site & COUNTED != 0)
    };
    if (0..numbers).filter(counts).count() as u64 != recording.at_exit().blocks {
        return ScanEnd::Disagrees;
    }
    let main_on_stack = main_on_stack(process, facts, recording, code);
    let mut roots = Roots::of(facts, recording, code, &heap.mappings(), main_on_stack);
    let owner = owners(&memory, &heap, &pointers, &mut roots);
    let is_lost = |number: u32| owner[number as usize] == NOBODY && heap.is_live(number);
    let lost = Lost::of(&pointers, is_lost);
    let mut result = EndScan {
        main_on_stack,
        deepest_running: deepest_running(&memory, facts, recording),
        foreign_bytes: foreign::bytes(facts, recording, &heap.mappings()),
        ..EndScan::default()
    };
    sum_up(
        &heap,
        &owner,
        &lost,
        &roots,
        recording.stacks.len(),
        &mut result,
    );
    let counted = |stack: u32| {
        let stack = recording.stacks.get(stack as usize);
        stack.is_some_and(|stack| code.makes_counted(&stack.frames, recording.exe_base))
    };
    result.rings = rings::cycles(&memory, &heap, &pointers, lost, counted);
    ScanEnd::Done(Box::new(result))
}

/// How deep the stacks of the spawned threads reach that are still there: to the lowest word ever written.
fn deepest_running(memory: &Memory<'_>, facts: &AtExit, recording: &Recording) -> Option<u64> {
    let stacks = recording.thread_stacks.iter();
    let running = stacks.filter(|stack| {
        let mut threads = facts.threads.iter();
        threads.any(|thread| thread.is_on(stack.low, stack.high))
    });
    let depths = running.filter_map(|stack| {
        let lowest = memory.lowest_written(stack.low, stack.top)?;
        Some(stack.top - lowest)
    });
    depths.max()
}

/// Follows the pointers from the roots: for each number who owns it, the first root that reached it.
fn owners(
    memory: &Memory<'_>,
    heap: &Heap,
    pointers: &Pointers,
    roots: &mut Roots<'_>,
) -> Vec<u32> {
    let mut owner = vec![NOBODY; heap.numbers()];
    let mut pending = Vec::new();
    let mut reach = |number: u32, root: u32, owner: &mut Vec<u32>| {
        owner[number as usize] = root + 1;
        pending.push(number);
        while let Some(from) = pending.pop() {
            for (to, _) in pointers.of(from) {
                if owner[to as usize] == NOBODY {
                    owner[to as usize] = root + 1;
                    pending.push(to);
                }
            }
        }
    };
    for range in roots.ranges.clone() {
        memory.words(
            range.start,
            range.end - range.start,
            &mut |address, word| {
                if let Some((number, _)) = heap.find(word)
                    && owner[number as usize] == NOBODY
                {
                    reach(number, roots.number(range, address), &mut owner);
                }
            },
        );
    }
    // What std and libc hold is not the learner's to free, and what it points to is in use.
    let other = roots.other();
    for number in 0..pointers.numbers() {
        if owner[number as usize] == NOBODY
            && heap
                .size_and_site(number)
                .is_some_and(|(_, site)| site & COUNTED == 0)
        {
            reach(number, other, &mut owner);
        }
    }
    owner
}

/// Adds everything up by stack.
fn sum_up(
    heap: &Heap,
    owner: &[u32],
    lost: &Lost,
    roots: &Roots<'_>,
    stacks: usize,
    result: &mut EndScan,
) {
    result.still_reachable = vec![Amount::default(); stacks];
    result.definitely_lost = vec![Amount::default(); stacks];
    result.indirectly_lost = vec![Amount::default(); stacks];
    let mut held: BTreeMap<(u32, u32), Amount> = BTreeMap::new();
    // Blocks of one stack and one root mostly come together.
    let mut run = ((0, 0), Amount::default());
    for ((number, owner), indirect) in (0u32..).zip(owner).zip(&lost.indirect) {
        let Some((size, site)) = heap.size_and_site(number) else {
            continue;
        };
        let stack = site & STACK_ID;
        if site & COUNTED == 0 {
            continue;
        }
        match owner.checked_sub(1) {
            None if *indirect => add(&mut result.indirectly_lost, stack, size),
            None => add(&mut result.definitely_lost, stack, size),
            Some(root) => {
                add(&mut result.still_reachable, stack, size);
                if run.0 != (stack, root) {
                    put(&mut held, run);
                    run = ((stack, root), Amount::default());
                }
                run.1.blocks += 1;
                run.1.bytes = run.1.bytes.saturating_add(size);
            }
        }
    }
    put(&mut held, run);
    result.holders = held
        .into_iter()
        .filter_map(|((stack, root), amount)| {
            let (kind, name) = roots.holders.get(root as usize)?.clone();
            Some((stack, Holder { kind, name, amount }))
        })
        .collect();
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
    // main's own frame is below the first return address that is followed: it asked the kernel itself, or called `_exit`.
    let learner = |address: u64| code.is_learner(address.wrapping_sub(recording.exe_base));
    let mut top = [0u8; 8];
    let called = process.read(main.sp, &mut top) == top.len();
    if learner(main.pc) || called && learner(word_at(&top, 0).wrapping_sub(1)) {
        return true;
    }
    let mut frame = main.fp;
    for _ in 0..10_000 {
        if frame < main.sp || frame >= recording.stack_end || !frame.is_multiple_of(8) {
            return false;
        }
        let mut words = [0u8; 16];
        if process.read(frame, &mut words) != words.len() {
            return false;
        }
        if learner(word_at(&words, 8).wrapping_sub(1)) {
            return true;
        }
        if word_at(&words, 0) <= frame {
            return false;
        }
        frame = word_at(&words, 0);
    }
    true
}
