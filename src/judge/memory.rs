//! Wrong uses of memory: what happened, where, and what the block's life was.

use crate::course::units::human_count;
use crate::diagnostic::Finding;
use crate::observe::{
    BlockLayout, MemoryError, MemoryErrorKind, MisusedBlock, Observation, Seen, SourceLine,
};

use super::places::Sources;
use super::ruling::Ruling;
use super::words::plural;

/// Name of the check that every case has where wrong uses of memory are looked for.
pub const USES_MEMORY_RIGHTLY: &str = "uses memory rightly";
/// Different wrong uses told in one finding; the first in full.
const FURTHER: usize = 4;

/// One ruling on all that the checked runs showed.
pub(super) fn judge(run: &Observation, sources: &Sources<'_>) -> Ruling {
    let Some(errors) = &run.memory_errors else {
        return Ruling::unmeasurable(
            "run/not-checked",
            "wrong use of memory could not be looked for here",
        );
    };
    let Some((first, further)) = errors.split_first() else {
        let cut = run
            .findings
            .iter()
            .find(|finding| finding.code == "run/check-cut-short");
        return match cut {
            Some(cut) => Ruling::inconclusive("run/check-cut-short", cut.message.clone()),
            None => Ruling::passed("no wrong use of memory was seen"),
        };
    };
    let mut finding = explain(first, sources);
    for error in further.iter().take(FURTHER) {
        let (_, message) = code_and_message(error);
        finding = match error.path.first() {
            Some(line) => finding.also(sources.source_line(line), message),
            None => finding.note(format!("also: {message}")),
        };
    }
    if further.len() > FURTHER {
        let more = (further.len() - FURTHER) as u64;
        finding = finding.note(format!(
            "and {} more",
            plural(more, "wrong use", "wrong uses")
        ));
    }
    Ruling::by_fault(finding)
}

/// A finding for each wrong use that a run showed.
pub fn memory_findings(
    run: &Observation,
    texts: &std::collections::BTreeMap<String, String>,
) -> Vec<Finding> {
    let sources = Sources::new(texts);
    let errors = run.memory_errors.iter().flatten();
    errors.map(|error| explain(error, &sources)).collect()
}

fn explain(error: &MemoryError, sources: &Sources<'_>) -> Finding {
    let (code, message) = code_and_message(error);
    let mut finding = Finding::learner(code, message);
    if let Some(line) = error.path.first() {
        finding = finding.at(sources.source_line(line), label(error));
    }
    if let Some(block) = &error.block {
        finding = life(finding, error, block, sources);
    }
    if let Some(callers) = callers(&error.path) {
        finding = finding.note(callers);
    }
    if error.times > 1 {
        finding = finding.note(format!("seen {} times", human_count(error.times)));
    }
    match error.seen {
        Seen::AtOnce => {}
        Seen::WhenFreed => {
            finding = finding
                .note("seen when the block was freed; the write itself happened some time before");
        }
        Seen::AtTheEnd => {
            finding = finding.note(
                "seen when the program had ended; the write itself happened some time before",
            );
        }
    }
    finding.help(help(error.kind))
}

/// Where the block came from, and where it went.
fn life(
    mut finding: Finding,
    error: &MemoryError,
    block: &MisusedBlock,
    sources: &Sources<'_>,
) -> Finding {
    let made = format!(
        "the block of {} was allocated here",
        bytes(block.layout.size)
    );
    let gone = match (block.moved, error.kind) {
        (true, _) => "it got another size here, and with it another place",
        (false, MemoryErrorKind::DoubleFree) => "it was freed here the first time",
        (false, _) => "it was freed here",
    };
    let mut point = |line: Option<&SourceLine>, text: &str| {
        let Some(line) = line else { return };
        let place = sources.source_line(line);
        let taken = std::mem::replace(&mut finding, Finding::learner("", ""));
        finding = if taken.primary.is_some() {
            taken.also(place, text)
        } else {
            taken.at(place, text)
        };
    };
    point(block.allocated.first(), &made);
    // A wrong layout is seen at the free itself.
    if error.kind != MemoryErrorKind::WrongLayout && error.seen != Seen::WhenFreed {
        point(block.freed.first(), gone);
    }
    finding
}

/// The functions that led to a line, where it is not main's own.
fn callers(path: &[SourceLine]) -> Option<String> {
    let names: Vec<String> = path
        .iter()
        .skip(1)
        .take(3)
        .filter_map(|line| {
            let function = line.function.as_deref()?;
            Some(format!("`{function}` (line {})", line.line))
        })
        .collect();
    (!names.is_empty()).then(|| format!("called from {}", names.join(", from ")))
}

fn bytes(count: u64) -> String {
    plural(count, "byte", "bytes")
}

fn layout(layout: BlockLayout) -> String {
    match layout.align {
        Some(align) => format!("{}, alignment {align}", bytes(layout.size)),
        None => bytes(layout.size),
    }
}

/// How far an address is from what it should be in: "4 bytes after its end".
fn distance(error: &MemoryError) -> Option<String> {
    let block = error.block.as_ref()?;
    let offset = error.offset?;
    let size = i64::try_from(block.layout.size).ok()?;
    // Long strings are read in pieces that begin before them.
    if error.kind == MemoryErrorKind::UseAfterFree && !(0..size).contains(&offset) {
        return None;
    }
    Some(if offset < 0 {
        format!("{} before its start", bytes(offset.unsigned_abs()))
    } else if offset == size {
        "right after its end".to_owned()
    } else if offset > size {
        format!("{} after its end", bytes((offset - size).unsigned_abs()))
    } else {
        format!("byte {offset} of it")
    })
}

fn code_and_message(error: &MemoryError) -> (&'static str, String) {
    let where_in = distance(error).unwrap_or_default();
    let size = error.block.as_ref().map_or_else(String::new, |block| {
        format!(" of {}", bytes(block.layout.size))
    });
    let lies = error
        .detail
        .as_deref()
        .map_or_else(String::new, |detail| format!(": it is {detail}"));
    match error.kind {
        MemoryErrorKind::UseAfterFree => (
            "memory/use-after-free",
            match where_in.as_str() {
                "" => format!("a block{size} is used after it was freed"),
                _ => format!("a block{size} is used after it was freed ({where_in})"),
            },
        ),
        MemoryErrorKind::PastTheEnd => (
            "memory/past-the-end",
            format!("memory beyond a block{size} is used: {where_in}"),
        ),
        MemoryErrorKind::BeforeTheStart => (
            "memory/before-the-start",
            format!("memory before a block{size} is used: {where_in}"),
        ),
        MemoryErrorKind::DoubleFree => (
            "memory/double-free",
            format!("a block{size} is freed that was freed already"),
        ),
        MemoryErrorKind::BadFree => (
            "memory/bad-free",
            match distance(error) {
                Some(inside) => {
                    format!("a pointer into a block{size} is freed, not its start: {inside}")
                }
                None => format!("something is freed that was never allocated{lies}"),
            },
        ),
        MemoryErrorKind::WrongLayout => (
            "memory/wrong-layout",
            match (&error.block, error.given) {
                (Some(block), Some(given)) => format!(
                    "a block is given back as {} but was asked for as {}",
                    layout(given),
                    layout(block.layout)
                ),
                _ => "a block is given back with another layout than it was asked for".to_owned(),
            },
        ),
        MemoryErrorKind::ZeroSize => (
            "memory/zero-size",
            "memory of 0 bytes is asked for, which the allocator's contract forbids".to_owned(),
        ),
        MemoryErrorKind::NullPointer => (
            "memory/null-pointer",
            "a null pointer is read or written through".to_owned(),
        ),
        MemoryErrorKind::WildPointer => (
            "memory/wild-pointer",
            format!("a pointer is used that points to nothing of the program's{lies}"),
        ),
    }
}

/// What a reader sees at the line.
fn label(error: &MemoryError) -> &'static str {
    match (error.seen, error.kind) {
        (Seen::WhenFreed | Seen::AtTheEnd, _) => {
            "the block was freed here, and its surroundings had changed"
        }
        (_, MemoryErrorKind::PastTheEnd | MemoryErrorKind::BeforeTheStart) => {
            "the read or write happens here"
        }
        (_, MemoryErrorKind::DoubleFree) => "it is freed again here",
        (_, MemoryErrorKind::BadFree | MemoryErrorKind::WrongLayout) => "it is freed here",
        (_, MemoryErrorKind::ZeroSize) => "it is asked for here",
        (
            _,
            MemoryErrorKind::UseAfterFree
            | MemoryErrorKind::NullPointer
            | MemoryErrorKind::WildPointer,
        ) => "it is used here",
    }
}

fn help(kind: MemoryErrorKind) -> &'static str {
    match kind {
        MemoryErrorKind::UseAfterFree => {
            "which pointers to this block are left when it is freed, and who still follows one of them?"
        }
        MemoryErrorKind::PastTheEnd | MemoryErrorKind::BeforeTheStart => {
            "how many elements does the block have room for, and which index or offset is used here?"
        }
        MemoryErrorKind::DoubleFree => {
            "who owns this block? count the owners that will free it, and what each of them knows of the others"
        }
        MemoryErrorKind::BadFree => {
            "follow this pointer back to where it was made: is it what the allocator gave?"
        }
        MemoryErrorKind::WrongLayout => {
            "compare the layout that is asked for with the one that is given back: size, alignment, number of elements"
        }
        MemoryErrorKind::ZeroSize => "what should happen when there is nothing to allocate?",
        MemoryErrorKind::NullPointer => "which call can give null, and who looks?",
        MemoryErrorKind::WildPointer => {
            "where was this pointer written last, and was it written at all?"
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::testing::run;
    use super::*;
    use crate::judge::Verdict;

    fn line(number: u32) -> SourceLine {
        SourceLine {
            file: "main.rs".to_owned(),
            line: number,
            column: None,
            function: Some("main".to_owned()),
        }
    }

    fn error(kind: MemoryErrorKind, offset: i64) -> MemoryError {
        MemoryError {
            kind,
            seen: Seen::AtOnce,
            path: vec![line(9)],
            block: Some(MisusedBlock {
                layout: BlockLayout {
                    size: 32,
                    align: Some(8),
                },
                allocated: vec![line(3)],
                freed: vec![line(6)],
                moved: false,
            }),
            offset: Some(offset),
            given: None,
            detail: None,
            times: 1,
        }
    }

    fn ruling(errors: Option<Vec<MemoryError>>) -> Ruling {
        let run = run().with(|run| run.memory_errors = errors).build();
        judge(&run, &Sources::new(&BTreeMap::new()))
    }

    #[test]
    fn a_use_after_free_shows_the_blocks_life() {
        let ruling = ruling(Some(vec![error(MemoryErrorKind::UseAfterFree, 16)]));
        assert_eq!(ruling.verdict, Verdict::Failed);
        let finding = ruling.finding.unwrap();
        assert_eq!(finding.code, "memory/use-after-free");
        assert_eq!(
            finding.message,
            "a block of 32 bytes is used after it was freed (byte 16 of it)"
        );
        assert_eq!(finding.primary.unwrap().place.line, 9);
        let others: Vec<u32> = finding.secondary.iter().map(|l| l.place.line).collect();
        assert_eq!(others, [3, 6]);
    }

    #[test]
    fn distances_are_told_from_the_nearer_end() {
        let message = |kind, offset| code_and_message(&error(kind, offset)).1;
        let beside = message(MemoryErrorKind::UseAfterFree, -26);
        assert!(beside.ends_with("used after it was freed"), "{beside}");
        let after = message(MemoryErrorKind::PastTheEnd, 32);
        assert!(after.ends_with("right after its end"), "{after}");
        let further = message(MemoryErrorKind::PastTheEnd, 36);
        assert!(further.ends_with("4 bytes after its end"), "{further}");
        let before = message(MemoryErrorKind::BeforeTheStart, -1);
        assert!(before.ends_with("1 byte before its start"), "{before}");
    }

    #[test]
    fn nobody_looked_is_not_nothing_found() {
        assert_eq!(ruling(None).verdict, Verdict::Unmeasurable);
        assert_eq!(ruling(Some(Vec::new())).verdict, Verdict::Passed);
    }
}
