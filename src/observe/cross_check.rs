//! The recording against what the kernel says. The recording lies in the program's own memory: unsafe code, or a write to
//! /proc/self/mem, can change it. What does not agree is not used; nothing is ever graded from it.

use super::Amount;
use crate::probe::{Recording, ScanEnd};
use crate::sandbox::{AtExit, End, RawRun};

/// Each thread keeps up to 4 KiB to itself before it reports what is alive.
const PEAK_BATCH: u64 = 4096;

/// What became of the recording's mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mapping {
    /// It is where it was put, or nobody could look.
    There,
    /// The probe is still loaded and the recording is not mapped any more, or not whole.
    Removed,
    /// Neither is there: the process has become another program.
    Replaced,
}

/// Looks for the recording among the mappings at the program's end.
pub(super) fn mapping(facts: Option<&AtExit>) -> Mapping {
    let Some(facts) = facts.filter(|facts| !facts.mappings.is_empty()) else {
        return Mapping::There;
    };
    let recording = facts.mappings.iter().filter(|mapping| {
        mapping.name.starts_with("/memfd:recording") && mapping.shared && mapping.write
    });
    let bytes: u64 = recording.map(|mapping| mapping.end - mapping.start).sum();
    let loaded = facts.mappings.iter().any(|mapping| is_probe(&mapping.name));
    if bytes >= crate::probe::layout::RECORDING_SIZE as u64 {
        Mapping::There
    } else if loaded {
        Mapping::Removed
    } else {
        Mapping::Replaced
    }
}

/// Whether the recording is known to be mapped at the program's end.
pub(super) fn is_mapped(facts: Option<&AtExit>) -> bool {
    facts.is_some_and(|facts| !facts.mappings.is_empty()) && mapping(facts) == Mapping::There
}

/// Whether a mapping is of the payload's file.
fn is_probe(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.strip_prefix("probe-")
        .is_some_and(|rest| rest.strip_suffix(".so").is_some())
}

/// What does not agree; empty for an honest recording.
pub(super) fn disagreements(recording: &Recording, raw: &RawRun, end: &ScanEnd) -> Vec<String> {
    let mut found = recording.contradictions();
    let mut say = |wrong: bool, text: &str| {
        if wrong {
            found.push(text.to_owned());
        }
    };
    // Of another program than the recorded one nothing can be compared.
    let replaced = mapping(raw.at_exit.as_ref()) == Mapping::Replaced;
    let facts = raw.at_exit.as_ref().filter(|_| !replaced);
    say(
        mapping(facts) == Mapping::Removed,
        "the program took the recording out of its memory",
    );
    let alone = recording.most_threads <= 1 && matches!(raw.end, End::Exited(_)) && !replaced;
    say(
        alone && raw.limit.is_none() && matches!(end, ScanEnd::Disagrees),
        "the blocks that are alive at the end are not those that were counted",
    );
    let live_at_marks = recording.marks.iter().map(|mark| mark.live);
    let live_at_points = recording.points.iter().map(|point| point.live);
    let most = live_at_marks
        .chain(live_at_points)
        .map(|live| live.bytes)
        .max()
        .unwrap_or(0);
    let slack = u64::from(recording.most_threads).saturating_mul(PEAK_BATCH);
    let peak = recording.peak.bytes.saturating_add(slack);
    say(
        peak < most,
        "more was alive at a printed line than at the peak",
    );
    say(
        peak < average(recording.total),
        "the peak is smaller than the blocks that were allocated",
    );
    if let Some(facts) = facts {
        let faults = recording.marks.iter().map(|mark| mark.minor_faults).max();
        say(
            faults.unwrap_or(0) > facts.minor_faults,
            "more page faults at a printed line than at the end",
        );
        let heap: u64 = recording.spans.iter().map(|span| u64::from(span.len)).sum();
        say(
            heap > facts.peak_virtual,
            "a larger heap than the program's whole memory",
        );
    }
    found
}

/// Bytes of a block of middle size, rounded down: some block was at least as large.
fn average(total: Amount) -> u64 {
    total.bytes.checked_div(total.blocks).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox;

    fn mapped(name: &str, bytes: u64) -> sandbox::Mapping {
        sandbox::Mapping {
            start: 0x1000,
            end: 0x1000 + bytes,
            read: true,
            write: true,
            execute: false,
            shared: true,
            offset: 0,
            name: name.to_owned(),
        }
    }

    #[test]
    fn a_recording_that_is_gone_while_the_probe_is_there_was_removed() {
        let whole = crate::probe::layout::RECORDING_SIZE as u64;
        let facts = |mappings| AtExit {
            mappings,
            ..AtExit::default()
        };
        let recording = mapped("/memfd:recording (deleted)", whole);
        let probe = mapped("/tmp/x/probe-0123456789abcdef.so", 4096);
        let other = mapped("/usr/bin/ls", 4096);
        let what = |mappings| mapping(Some(&facts(mappings)));
        assert_eq!(what(vec![recording, probe.clone()]), Mapping::There);
        let part = mapped("/memfd:recording (deleted)", whole - 4096);
        assert_eq!(what(vec![part, probe.clone()]), Mapping::Removed);
        assert_eq!(what(vec![probe, other.clone()]), Mapping::Removed);
        assert_eq!(what(vec![other]), Mapping::Replaced);
        assert_eq!(mapping(None), Mapping::There);
    }
}
