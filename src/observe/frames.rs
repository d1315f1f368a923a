//! The frames of a stack at a fault: which function of the learner's was at work, which one recursed, and how deep.

use std::collections::BTreeMap;

use super::{Frame, Outcome, SourceLine};
use crate::course::units::{human_count, human_size};
use crate::probe::Symbols;
use crate::sandbox::FatalFault;

/// Frames told of one stack.
const TOLD: usize = 16;
/// Most functions that call each other in turn.
const LONGEST_ROUND: usize = 8;
/// A function that appears at least so often among the innermost frames recurses.
const RECURSES: u64 = 3;

/// Adds frames, place and depth of a fault to an outcome.
pub(super) fn at_fault(outcome: &mut Outcome, fault: &FatalFault, symbols: &mut Symbols<'_>) {
    let lines: Vec<Vec<SourceLine>> = fault
        .frames
        .iter()
        .enumerate()
        // The first is where the fault happened, the others are return addresses.
        .map(|(i, address)| {
            if i == 0 {
                symbols.lines_at(*address)
            } else {
                symbols.lines(*address)
            }
        })
        .collect();
    // Only the two ends of a deep stack are kept; the innermost half shows what repeats.
    let kept = fault.frames.len() as u64;
    let inner = if fault.frame_count > kept {
        lines.len() / 2
    } else {
        lines.len()
    };
    let recursive = most_frequent(
        lines[..inner]
            .iter()
            .flatten()
            .filter_map(|line| line.function.clone()),
    );
    let mut frames = coalesce(lines.iter().flatten());
    outcome.place = frames.first().map(|frame| frame.at.clone());
    if let Some((function, _)) = recursive.filter(|(_, times)| *times >= RECURSES) {
        let of_it = |line: &&SourceLine| line.function.as_ref() == Some(&function);
        // The innermost activation may be at its first instruction; the one that called it stands at the call.
        outcome.place = lines.iter().flatten().filter(of_it).nth(1).cloned();
        if let Some(round) = round(&lines[..inner]) {
            frames = called_each_other(fault, &lines, inner, &round);
        } else if let Some(frame) = frames
            .iter_mut()
            .find(|frame| frame.at.function.as_ref() == Some(&function))
        {
            let between = between(fault, &lines[..inner], &function);
            frame.times = frame.times.saturating_add(between);
            frame.bytes = frame_bytes(fault, &lines[..inner], &function);
        }
    } else if let (Some(bytes), Some(_)) = (
        fault.large_frame,
        lines.first().and_then(|lines| lines.first()),
    ) {
        if let Some(frame) = frames.first_mut() {
            frame.bytes = Some(bytes);
        }
        outcome.evidence.push(format!(
            "the innermost frame would have {}",
            human_size(bytes)
        ));
    } else if let Some(what) = foreign_recursion(fault, &lines[..inner], symbols) {
        // std's own code recursed, on the learner's behalf: dropping a long list, for example.
        outcome.evidence.push(format!(
            "most of the {} frames: {what}",
            human_count(fault.frame_count)
        ));
        if let Some(message) = &mut outcome.message {
            message.push_str(" while ");
            message.push_str(&what);
        }
    }
    frames.truncate(TOLD);
    outcome.frames = frames;
}

/// How many of the frames that were not kept are a function's, by how often it comes among the innermost ones.
fn between(fault: &FatalFault, lines: &[Vec<SourceLine>], function: &str) -> u64 {
    let left_out = fault.frame_count.saturating_sub(fault.frames.len() as u64);
    let is_it = |line: &SourceLine| line.function.as_deref() == Some(function);
    let mut at = (0u64..)
        .zip(lines)
        .filter(|(_, lines)| lines.iter().any(is_it));
    let Some((first, _)) = at.next() else {
        return 0;
    };
    // From the first to the last there are whole rounds.
    match at.map(|(index, _)| index).enumerate().last() {
        Some((more, last)) => left_out.saturating_mul(more as u64 + 1) / (last - first),
        None => 0,
    }
}

/// The functions that called each other in turn, innermost first, if the innermost frames show nothing else.
fn round(lines: &[Vec<SourceLine>]) -> Option<Vec<String>> {
    let names: Option<Vec<&str>> = lines
        .iter()
        .flatten()
        .map(|line| line.function.as_deref())
        .collect();
    let names = names?;
    let repeats = |length: &usize| {
        names
            .windows(length + 1)
            .all(|some| some[0] == some[*length])
    };
    let length = (1..=LONGEST_ROUND).find(repeats)?;
    let times = names.len() / length;
    (length > 1 && times as u64 >= RECURSES).then(|| {
        names[..length]
            .iter()
            .map(|&name| name.to_owned())
            .collect()
    })
}

/// Each function of a round with how often it was called, and then whoever began it.
fn called_each_other(
    fault: &FatalFault,
    lines: &[Vec<SourceLine>],
    inner: usize,
    round: &[String],
) -> Vec<Frame> {
    let is_of = |line: &SourceLine, name: &str| line.function.as_deref() == Some(name);
    let all = || lines.iter().flatten();
    let mut frames = Vec::new();
    for name in round {
        let of_it = || all().filter(|line| is_of(line, name));
        // The innermost activation may be at its first instruction; the others stand at the call.
        frames.extend(of_it().nth(1).map(|at| Frame {
            at: at.clone(),
            times: (of_it().count() as u64).saturating_add(between(fault, &lines[..inner], name)),
            bytes: own_bytes(fault, &lines[..inner], name),
        }));
    }
    let in_round = |line: &&SourceLine| round.iter().any(|name| is_of(line, name));
    let last = all().collect::<Vec<_>>().iter().rposition(in_round);
    frames.extend(coalesce(all().skip(last.map_or(0, |last| last + 1))));
    frames
}

/// How large a function's own frame is: the median distance from its callee's to its own.
fn own_bytes(fault: &FatalFault, lines: &[Vec<SourceLine>], function: &str) -> Option<u64> {
    let pointers = fault.frame_pointers.windows(2).zip(lines.iter().skip(1));
    let own = pointers.filter(|(pair, lines)| {
        let is_it = |line: &SourceLine| line.function.as_deref() == Some(function);
        pair[0] != 0 && pair[1] > pair[0] && lines.iter().any(is_it)
    });
    let mut sizes: Vec<u64> = own.map(|(pair, _)| pair[1] - pair[0]).collect();
    sizes.sort_unstable();
    sizes.get(sizes.len() / 2).copied()
}

/// How much of the stack each activation of a function takes: the median distance from one to the next.
fn frame_bytes(fault: &FatalFault, lines: &[Vec<SourceLine>], function: &str) -> Option<u64> {
    let is_it = |lines: &&Vec<SourceLine>| {
        lines
            .iter()
            .any(|line| line.function.as_deref() == Some(function))
    };
    let pointers: Vec<u64> = fault
        .frame_pointers
        .iter()
        .zip(lines)
        .filter(|(pointer, lines)| **pointer != 0 && is_it(lines))
        .map(|(pointer, _)| *pointer)
        .collect();
    let mut distances: Vec<u64> = pointers
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]))
        .collect();
    distances.sort_unstable();
    distances.get(distances.len() / 2).copied()
}

/// Frames with consecutive ones of one function as one.
fn coalesce<'a>(lines: impl Iterator<Item = &'a SourceLine>) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    for line in lines {
        match frames.last_mut() {
            Some(last) if last.at.function == line.function => last.times += 1,
            _ => frames.push(Frame {
                at: line.clone(),
                times: 1,
                bytes: None,
            }),
        }
    }
    frames
}

fn most_frequent(names: impl Iterator<Item = String>) -> Option<(String, u64)> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    // Of equals the first by name, so that every run says the same.
    counts.into_iter().rev().max_by_key(|(_, count)| *count)
}

/// What the frames that are not the learner's mostly do, in words.
fn foreign_recursion(
    fault: &FatalFault,
    lines: &[Vec<SourceLine>],
    symbols: &Symbols<'_>,
) -> Option<String> {
    let names = fault
        .frames
        .iter()
        .zip(lines)
        .filter(|(_, lines)| lines.is_empty())
        .filter_map(|(address, _)| symbols.function(address.wrapping_sub(1)));
    let names: Vec<String> = names.collect();
    let dropped = most_frequent(names.iter().filter_map(|name| dropped_type(name)));
    if let Some((what, times)) = dropped
        && times >= RECURSES
    {
        return Some(format!("dropping one `{what}` inside the other"));
    }
    let (name, times) = most_frequent(names.into_iter())?;
    (times >= RECURSES).then(|| format!("calling `{name}`"))
}

/// The type that drop glue such as `core::ptr::drop_in_place::<main::Node>` drops, if it is one of the learner's own.
fn dropped_type(function: &str) -> Option<String> {
    let (_, rest) = function
        .split_once("drop_in_place::<")
        .or_else(|| function.split_once("drop_glue::<"))?;
    let name = rest.strip_suffix('>')?;
    let own =
        !name.starts_with("alloc::") && !name.starts_with("core::") && !name.starts_with("std::");
    own.then(|| {
        name.split_once("::")
            .map_or(name, |(_, short)| short)
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::{dropped_type, most_frequent};

    #[test]
    fn drop_glue_names_the_learners_type() {
        assert_eq!(
            dropped_type("core::ptr::drop_in_place::<main::Node>").as_deref(),
            Some("Node")
        );
        assert_eq!(
            dropped_type("core::ptr::drop_in_place::<alloc::boxed::Box<main::Node>>"),
            None
        );
        assert_eq!(dropped_type("main::walk"), None);
    }

    #[test]
    fn of_equals_the_first_by_name_is_taken() {
        let names = ["b", "a", "b", "a"].map(str::to_owned).into_iter();
        assert_eq!(most_frequent(names), Some(("a".to_owned(), 2)));
    }
}
