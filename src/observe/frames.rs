//! The frames of a stack at a fault: which function of the learner's was at work, which one recursed, and how deep.

use std::collections::BTreeMap;

use super::{Frame, Outcome, SourceLine};
use crate::course::units::human_count;
use crate::probe::Symbols;
use crate::sandbox::FatalFault;

/// Frames told of one stack.
const TOLD: usize = 16;
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
    if let Some((function, times)) = recursive.filter(|(_, times)| *times >= RECURSES) {
        let of_it = |line: &&SourceLine| line.function.as_ref() == Some(&function);
        // The innermost activation may be at its first instruction; the one that called it stands at the call.
        outcome.place = lines.iter().flatten().filter(of_it).nth(1).cloned();
        let between =
            fault.frame_count.saturating_sub(kept).saturating_mul(times) / (inner.max(1) as u64);
        if let Some(frame) = frames
            .iter_mut()
            .find(|frame| frame.at.function.as_ref() == Some(&function))
        {
            frame.times = frame.times.saturating_add(between);
            frame.bytes = frame_bytes(fault, &lines[..inner], &function);
        }
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
