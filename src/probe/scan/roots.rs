//! Where pointers can stand outside the heap, and whose those places are.

use std::collections::BTreeMap;

use crate::observe::HolderKind;
use crate::probe::code::CodeMap;
use crate::probe::recording::{Recording, ThreadStackRecord};
use crate::sandbox::{AtExit, Mapping, ThreadAtExit};

/// A range of addresses that is looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: u64,
    pub(super) end: u64,
    /// What it is, unless a thread-local variable lies there.
    kind: HolderKind,
}

/// The roots, and the names of those that hold something.
pub(super) struct Roots<'a> {
    facts: &'a AtExit,
    code: &'a CodeMap,
    /// The stacks of spawned threads.
    stacks: &'a [ThreadStackRecord],
    exe_base: u64,
    /// In the order in which they are looked through: kind, then address.
    pub(super) ranges: Vec<Range>,
    /// Those that hold something, by number.
    pub(super) holders: Vec<(HolderKind, Option<String>)>,
    numbers: BTreeMap<(HolderKind, Option<String>), u32>,
}

impl<'a> Roots<'a> {
    /// `heap` are the parts of the address space that are heap, in order. `main_on_stack` says whether main had not returned.
    pub(super) fn of(
        facts: &'a AtExit,
        recording: &'a Recording,
        code: &'a CodeMap,
        heap: &[(u64, u64)],
        main_on_stack: bool,
    ) -> Self {
        let mut roots = Self {
            facts,
            code,
            stacks: &recording.thread_stacks,
            exe_base: recording.exe_base,
            ranges: Vec::new(),
            holders: Vec::new(),
            numbers: BTreeMap::new(),
        };
        let mut none = heap.to_vec();
        none.extend(stacks_of_the_gone(facts, recording));
        // The payload keeps no blocks of the program's, only what it hands out next.
        none.extend(&recording.own_maps);
        none.sort_unstable();
        for mapping in &facts.mappings {
            if mapping.read && mapping.write && !mapping.shared {
                roots.mapping(mapping, &none, recording.stack_end, main_on_stack);
            }
        }
        roots
            .ranges
            .sort_unstable_by_key(|range| (range.kind, range.start));
        roots
    }

    fn mapping(
        &mut self,
        mapping: &Mapping,
        none: &[(u64, u64)],
        stack_end: u64,
        main_on_stack: bool,
    ) {
        if mapping.name == "[stack]" {
            let inside = |t: &&ThreadAtExit| {
                t.sp >= mapping.start && t.sp < mapping.end && t.sp <= stack_end
            };
            // After an overflow the stack pointer is on the stack of the signal handler, and all of the main one is in use.
            let main = self.facts.threads.iter().find(inside);
            let start = main.map_or(mapping.start, |main| main.sp & !7);
            if main_on_stack {
                self.push(start, mapping.end, HolderKind::MainStack);
            }
            return;
        }
        // A thread's stack counts from its stack pointer; below lies what earlier calls left behind. The thread's own block
        // of thread-local storage lies on its stack too, and tells that it is in use while a signal handler runs elsewhere.
        let threads = &self.facts.threads;
        let inside = |t: &&ThreadAtExit| t.sp >= mapping.start && t.sp < mapping.end;
        let in_use = |stack: &ThreadStackRecord| {
            let within = stack.low >= mapping.start && stack.high <= mapping.end;
            within && threads.iter().any(|t| t.is_on(stack.low, stack.high))
        };
        let (start, kind) = match threads.iter().find(inside) {
            Some(thread) => (thread.sp & !7, HolderKind::ThreadStack),
            None if self.stacks.iter().any(in_use) => (mapping.start, HolderKind::ThreadStack),
            None if self.has_statics(mapping) => (mapping.start, HolderKind::Static),
            None => (mapping.start, HolderKind::Other),
        };
        // Neighboring mappings are one line in maps: the heap and stacks without a thread are cut out.
        let mut at = start;
        for (low, high) in none
            .iter()
            .copied()
            .filter(|(low, high)| *low < mapping.end && *high > start)
        {
            if low > at {
                self.push(at, low, kind);
            }
            at = at.max(high);
        }
        if at < mapping.end {
            self.push(at, mapping.end, kind);
        }
    }

    fn push(&mut self, start: u64, end: u64, kind: HolderKind) {
        self.ranges.push(Range { start, end, kind });
    }

    fn has_statics(&self, mapping: &Mapping) -> bool {
        let start = mapping.start.wrapping_sub(self.exe_base);
        // A mapping below the executable has no relative addresses.
        mapping.start >= self.exe_base
            && self
                .code
                .has_statics(start, mapping.end.wrapping_sub(self.exe_base))
    }

    /// The number of the root that the word at `address`, in `range`, belongs to.
    pub(super) fn number(&mut self, range: Range, address: u64) -> u32 {
        let thread_local = self.facts.threads.iter().find_map(|thread| {
            let (start, end) = self.code.thread_local_range(thread.tls);
            (start..end).contains(&address).then(|| address - start)
        });
        let (kind, name) = match thread_local {
            Some(offset) => match self.code.thread_local_at(offset) {
                Some(name) => (HolderKind::ThreadLocal, Some(name)),
                None => (HolderKind::Other, None),
            },
            None if range.kind == HolderKind::Static => {
                match self.code.static_at(address.wrapping_sub(self.exe_base)) {
                    Some(name) => (HolderKind::Static, Some(name)),
                    // std's own static, or one without a symbol.
                    None => (HolderKind::Other, None),
                }
            }
            None => (range.kind, None),
        };
        self.enter(kind, name.map(str::to_owned))
    }

    /// The number of what std and libc hold.
    pub(super) fn other(&mut self) -> u32 {
        self.enter(HolderKind::Other, None)
    }

    fn enter(&mut self, kind: HolderKind, name: Option<String>) -> u32 {
        let holders = &mut self.holders;
        *self.numbers.entry((kind, name.clone())).or_insert_with(|| {
            holders.push((kind, name));
            u32::try_from(holders.len() - 1).unwrap_or(u32::MAX)
        })
    }
}

/// Stacks whose threads have ended. libc keeps them, as they are, for threads to come: a mapping with its guard below.
fn stacks_of_the_gone(facts: &AtExit, recording: &Recording) -> Vec<(u64, u64)> {
    let stacks = recording.thread_stacks.iter();
    let mut gone: Vec<(u64, u64)> = stacks.map(|stack| (stack.low, stack.high)).collect();
    gone.retain(|(low, high)| {
        let used = facts.threads.iter().any(|t| t.is_on(*low, *high));
        // Where the stack was given back, something else may lie there now.
        let guarded = facts
            .mappings
            .iter()
            .any(|m| m.end == *low && !m.read && !m.write && !m.execute);
        !used && guarded
    });
    gone
}
