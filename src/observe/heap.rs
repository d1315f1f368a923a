//! Heap, page and stack figures of a whole run.

use std::collections::BTreeMap;

use super::paths::Paths;
use super::{Amount, Cycle, Heap, Holder, Moment, Pages, Site, SourceLine, Stack};
use crate::probe::recording::StackRecord;
use crate::probe::{EndScan, Recording, Symbols};
use crate::sandbox::{AtExit, Limits, RawRun};

/// Where the figures come from.
pub(super) struct Sources<'a> {
    pub(super) raw: &'a RawRun,
    pub(super) recording: Option<&'a Recording>,
    pub(super) end: Option<&'a EndScan>,
    /// The program came to its own end.
    pub(super) finished: bool,
    /// It has become another program.
    pub(super) replaced: bool,
}

impl Sources<'_> {
    /// The kernel's figures at the end, unless they are another program's.
    fn at_exit(&self) -> Option<&AtExit> {
        self.raw.at_exit.as_ref().filter(|_| !self.replaced)
    }
}

/// The heap figures; `None` without a recording.
pub(super) fn heap(sources: &Sources<'_>, symbols: &mut Symbols<'_>) -> Option<Heap> {
    let recording = sources.recording?;
    let sum = |table: fn(&EndScan) -> &Vec<Amount>| {
        sources
            .end
            .map(|end| table(end).iter().copied().fold(Amount::default(), plus))
    };
    Some(Heap {
        total: recording.total,
        peak: recording.peak,
        at_exit: recording.at_exit(),
        definitely_lost: sum(|end| &end.definitely_lost),
        indirectly_lost: sum(|end| &end.indirectly_lost),
        still_reachable: sum(|end| &end.still_reachable),
        sites: sites(recording, sources.end, symbols),
        cycles: cycles(recording, sources.end, symbols),
        shape: None,
        complete: sources.finished && !recording.overflowed,
    })
}

pub(super) fn plus(a: Amount, b: Amount) -> Amount {
    Amount {
        bytes: a.bytes.saturating_add(b.bytes),
        blocks: a.blocks.saturating_add(b.blocks),
    }
}

/// The reference cycles, by the lines of their members.
fn cycles(recording: &Recording, end: Option<&EndScan>, symbols: &mut Symbols<'_>) -> Vec<Cycle> {
    let mut cycles: BTreeMap<Vec<SourceLine>, Vec<Cycle>> = BTreeMap::new();
    let mut known: BTreeMap<u32, Option<SourceLine>> = BTreeMap::new();
    for ring in end.iter().flat_map(|end| &end.rings) {
        let mut line_of = |stack: u32| {
            let look = || {
                let stack = recording.stacks.get(stack as usize)?;
                symbols.path(&stack.frames).into_iter().next()
            };
            known.entry(stack).or_insert_with(look).clone()
        };
        let members = &ring.shape.members;
        let lines: Vec<Option<SourceLine>> = members.iter().map(|m| line_of(m.stack)).collect();
        let counted = |i: &usize| members[*i].counted && lines[*i].is_some();
        let places: Vec<usize> = (0..members.len()).filter(counted).collect();
        if places.is_empty() {
            continue;
        }
        let mut through: Vec<SourceLine> = (0..members.len())
            .filter(|i| !counted(i))
            .filter_map(|i| lines[i].clone())
            .collect();
        through.sort_unstable();
        through.dedup();
        let cycle = Cycle {
            count: ring.count,
            blocks: members.iter().map(|member| member.blocks).sum(),
            bytes: members.iter().map(|member| member.bytes).sum(),
            members: places.iter().filter_map(|i| lines[*i].clone()).collect(),
            edges: between(&places, &ring.shape.edges),
            through,
        };
        // Rings that differ only in what the reader does not see are one.
        let alike = cycles.entry(cycle.members.clone()).or_default();
        let same = |other: &&mut Cycle| {
            (other.blocks, other.bytes, &other.edges) == (cycle.blocks, cycle.bytes, &cycle.edges)
        };
        match alike.iter_mut().find(same) {
            Some(other) => other.count += cycle.count,
            None => alike.push(cycle),
        }
    }
    let mut cycles: Vec<Cycle> = cycles.into_values().flatten().collect();
    cycles.sort_by_key(|cycle| std::cmp::Reverse(cycle.bytes.saturating_mul(cycle.count)));
    cycles
}

/// Who holds whom among the blocks at `places`, when what lies between them (a buffer, a table) is left out.
fn between(places: &[usize], edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (from, start) in places.iter().enumerate() {
        let mut seen = vec![*start];
        let mut pending = vec![*start];
        while let Some(at) = pending.pop() {
            let first = edges.partition_point(|edge| edge.0 < at);
            for (_, to) in edges[first..].iter().take_while(|edge| edge.0 == at) {
                if let Ok(to) = places.binary_search(to) {
                    found.push((from, to));
                } else if !seen.contains(to) {
                    seen.push(*to);
                    pending.push(*to);
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Stacks summed up by the innermost line of the learner's.
fn sites(recording: &Recording, end: Option<&EndScan>, symbols: &mut Symbols<'_>) -> Vec<Site> {
    let mut by_line: BTreeMap<Option<SourceLine>, (Site, u64, Paths)> = BTreeMap::new();
    for (id, stack) in recording
        .stacks
        .iter()
        .enumerate()
        .filter(|(_, s)| s.total.blocks > 0)
    {
        let path = symbols.path(&stack.frames);
        let line = path.first().cloned();
        let site = site(stack, id, &path, end);
        match by_line.get_mut(&line) {
            None => {
                let mut paths = Paths::default();
                paths.add(&path, &site);
                by_line.insert(line, (site, stack.total.bytes, paths));
            }
            Some((known, most, paths)) => {
                add(known, &site);
                paths.add(&path, &site);
                // The path shown is that of the stack with most bytes.
                if stack.total.bytes > *most {
                    *most = stack.total.bytes;
                    known.path = site.path;
                }
            }
        }
    }
    let with_paths = |(mut site, _, paths): (Site, u64, Paths)| {
        (site.paths, site.more_paths) = paths.told();
        site
    };
    let mut sites: Vec<Site> = by_line.into_values().map(with_paths).collect();
    for site in &mut sites {
        site.holders
            .sort_by_key(|holder| std::cmp::Reverse(holder.amount.bytes));
    }
    // Stable: sites with equal figures stay in the order of their lines.
    sites.sort_by_key(|site| std::cmp::Reverse((site.at_exit.bytes, site.total.bytes)));
    sites
}

fn site(stack: &StackRecord, id: usize, path: &[SourceLine], end: Option<&EndScan>) -> Site {
    let line = path.first();
    let of = |table: fn(&EndScan) -> &Vec<Amount>| {
        end.map(|end| table(end).get(id).copied().unwrap_or_default())
    };
    Site {
        file: line.map(|line| line.file.clone()),
        line: line.map(|line| line.line),
        column: line.and_then(|line| line.column),
        function: line.and_then(|line| line.function.clone()),
        path: path.to_vec(),
        paths: Vec::new(),
        more_paths: 0,
        total: stack.total,
        at_exit: crate::probe::recording::less(stack.total, stack.freed),
        at_highest_mark: stack.at_highest_mark,
        moments: stack
            .moments
            .iter()
            .map(|(number, total, live)| Moment {
                number: *number,
                total: *total,
                live: *live,
            })
            .collect(),
        definitely_lost: of(|end| &end.definitely_lost),
        indirectly_lost: of(|end| &end.indirectly_lost),
        still_reachable: of(|end| &end.still_reachable),
        holders: end
            .iter()
            .flat_map(|end| &end.holders)
            .filter(|(stack, _)| *stack as usize == id)
            .map(|(_, holder)| holder.clone())
            .collect(),
    }
}

fn add(site: &mut Site, more: &Site) {
    let both = |a: Option<Amount>, b: Option<Amount>| a.zip(b).map(|(a, b)| plus(a, b)).or(a).or(b);
    site.total = plus(site.total, more.total);
    site.at_exit = plus(site.at_exit, more.at_exit);
    site.at_highest_mark = both(site.at_highest_mark, more.at_highest_mark);
    // A stack that was first seen after a mark has no figures there: both lists are ordered by line.
    for moment in &more.moments {
        match site
            .moments
            .binary_search_by_key(&moment.number, |known| known.number)
        {
            Ok(i) => {
                site.moments[i].total = plus(site.moments[i].total, moment.total);
                site.moments[i].live = plus(site.moments[i].live, moment.live);
            }
            Err(i) => site.moments.insert(i, *moment),
        }
    }
    site.definitely_lost = both(site.definitely_lost, more.definitely_lost);
    site.indirectly_lost = both(site.indirectly_lost, more.indirectly_lost);
    site.still_reachable = both(site.still_reachable, more.still_reachable);
    for holder in &more.holders {
        let same = |known: &&mut Holder| (known.kind, &known.name) == (holder.kind, &holder.name);
        match site.holders.iter_mut().find(same) {
            Some(known) => known.amount = plus(known.amount, holder.amount),
            None => site.holders.push(holder.clone()),
        }
    }
}

/// Pages of the whole run, without the payload's own.
pub(super) fn pages(sources: &Sources<'_>) -> Pages {
    let Some(facts) = sources.at_exit() else {
        let sampled = sources.raw.polled_resident;
        return Pages {
            sampled_resident_bytes: sampled.filter(|_| !sources.raw.examined),
            ..Pages::default()
        };
    };
    let (pages, address_space, faults) = sources
        .recording
        .map_or((0, 0, 0), |r| (r.own_pages, r.own_virtual, r.own_faults));
    Pages {
        peak_resident_bytes: Some(
            facts
                .peak_resident
                .saturating_sub(pages.saturating_mul(4096)),
        ),
        sampled_resident_bytes: None,
        peak_resident_seen_bytes: Some(facts.peak_resident),
        peak_virtual_bytes: Some(facts.peak_virtual.saturating_sub(address_space)),
        minor_faults: Some(facts.minor_faults.saturating_sub(faults)),
        major_faults: Some(facts.major_faults),
        foreign_bytes: sources.end.map(|end| end.foreign_bytes),
    }
}

/// The deepest of the threads that have ended and those that were still there.
fn threads_peak(sources: &Sources<'_>) -> Option<u64> {
    let ended = sources.recording.map(|recording| recording.deepest_ended);
    let running = sources.end.and_then(|end| end.deepest_running);
    ended.max(running).filter(|bytes| *bytes > 0)
}

/// The main stack, from where libc says that it begins to the deepest word that was ever written.
pub(super) fn stack(sources: &Sources<'_>, limits: &Limits) -> Stack {
    let facts = sources.at_exit();
    let mapping = facts.and_then(|facts| facts.mappings.iter().find(|m| m.name == "[stack]"));
    let known = sources.recording.map(|r| r.stack_end);
    let begins = known.or(mapping.map(|m| m.end));
    let lowest = facts.and_then(|facts| facts.stack_lowest);
    // Where the list's end is taken for the beginning, arguments and environment lie in between, of which nothing is known.
    let start = known.and(facts.and_then(|facts| facts.stack_start));
    Stack {
        peak_bytes: begins.zip(lowest).map(|(begins, lowest)| {
            let written = begins.saturating_sub(lowest);
            start.map_or(written, |start| written.max(touched(begins, start)))
        }),
        limit_bytes: sources.raw.examined.then_some(limits.stack),
        threads_peak_bytes: threads_peak(sources),
    }
}

/// What the kernel gives every program for a stack, whether it uses it or not, and a page.
const STACK_AT_FIRST: u64 = (128 + 64) << 10;
/// No page is larger; the lowest touched byte lies in the lowest one.
const LARGEST_PAGE: u64 = 64 << 10;

/// How much of the stack was touched at least: it grows only to where it is touched, and stays so. Zeros that a program writes over what
/// it had used do not take this back.
fn touched(begins: u64, start: u64) -> u64 {
    let mapped = begins.saturating_sub(start);
    if mapped > STACK_AT_FIRST {
        mapped - LARGEST_PAGE
    } else {
        0
    }
}
