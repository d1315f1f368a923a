//! Wrong uses of memory, from what two checked runs showed: in one every block ends where a guard begins, in the other every
//! block begins where a guard ends. A touch of a guard is a fault at the very line; a write that misses it is seen later, by
//! the bytes that it changed.

use super::assemble::remark;
use super::timeline::resolve;
use super::{
    BlockLayout, MemoryError, MemoryErrorKind, MisusedBlock, Observation, Remark, Seen, SourceLine,
};
use crate::course::spec::Region;
use crate::diagnostic::{Fault, Severity};
use crate::probe::checked::Beside;
use crate::probe::layout::{
    MAX_CHECKED_LIVE, WRONG_AFTER, WRONG_BEFORE, WRONG_DOUBLE_FREE, WRONG_FREE, WRONG_LAYOUT,
};
use crate::probe::recording::{AddressRecord, WrongRecord};
use crate::probe::{BlockRecord, CheckedEnd, CodeMap, Recording, Symbols};
use crate::sandbox::{FatalFault, RawRun};

/// Different errors that are told.
const TOLD: usize = 32;
/// Addresses below this are null and a field's offset.
const NULL_REACH: u64 = 64 << 10;
/// `si_addr` of an address that no pointer can have.
const NO_ADDRESS: u64 = u64::MAX;
const SIGSEGV: i32 = 11;
const SIGBUS: i32 = 7;

/// One checked run.
pub struct CheckedRun<'a, 'code> {
    /// What the kernel said.
    pub raw: &'a RawRun,
    /// What the payload wrote.
    pub recording: &'a Recording,
    /// The blocks at the end; `None` if they could not be read.
    pub end: Option<&'a CheckedEnd>,
    /// The executable's code.
    pub code: &'a CodeMap,
    /// The executable's symbols.
    pub symbols: &'a mut Symbols<'code>,
}

/// Adds the wrong uses that a checked run showed to an observation, and what the run could not look at.
pub fn memory_errors(run: &mut Observation, mut checked: CheckedRun<'_, '_>) {
    let mut found = of_run(&mut checked);
    if let Some(known) = run.memory_errors.take() {
        found = merge(known, found);
    }
    run.memory_errors = Some(found);
    let mut say = |code: &str, message: &str| {
        if run.findings.iter().all(|known| known.code != code) {
            run.findings
                .push(remark(code, Severity::Note, Fault::Machine, message));
        }
    };
    if checked.recording.unchecked > 0 {
        let text = format!(
            "some blocks were not checked for wrong use: only about {MAX_CHECKED_LIVE} can be at once, and a million in all"
        );
        say("run/partly-checked", &text);
    }
    if checked.raw.limit.is_some() {
        say(
            "run/check-cut-short",
            "a run that looks for wrong use of memory came to a limit: it is slower and larger than the measured one",
        );
    }
}

/// Says that layouts are not known.
pub fn layouts_not_checked(run: &mut Observation) {
    run.findings.push(remark(
        "run/layouts-not-checked",
        Severity::Note,
        Fault::Machine,
        "layouts were not checked: the program has an allocator of its own, or was not built by memgrade; blocks that it takes from malloc were checked",
    ));
}

/// Says that nobody could look for wrong uses here.
pub fn not_checked(run: &mut Observation) {
    let finding: Remark = remark(
        "run/not-checked",
        Severity::Warning,
        Fault::Machine,
        "wrong use of memory was not looked for: that needs Linux and a program that the probe can be loaded into",
    );
    run.findings.push(finding);
}

fn of_run(run: &mut CheckedRun<'_, '_>) -> Vec<MemoryError> {
    let nothing = CheckedEnd::default();
    let end = run.end.unwrap_or(&nothing);
    let mut found = Vec::new();
    for wrong in &run.recording.wrong {
        let seen = match wrong.kind {
            WRONG_AFTER | WRONG_BEFORE => Seen::WhenFreed,
            _ => Seen::AtOnce,
        };
        found.push(seen_by_payload(wrong, seen, end, run));
    }
    found.extend(
        run.raw
            .fault
            .as_ref()
            .and_then(|fault| at_fault(fault, end, run)),
    );
    for wrong in &end.damaged {
        found.push(seen_by_payload(wrong, Seen::AtTheEnd, end, run));
    }
    count_equal(found)
}

fn seen_by_payload(
    wrong: &WrongRecord,
    seen: Seen,
    end: &CheckedEnd,
    run: &mut CheckedRun<'_, '_>,
) -> MemoryError {
    let kind = match wrong.kind {
        WRONG_AFTER => MemoryErrorKind::PastTheEnd,
        WRONG_BEFORE => MemoryErrorKind::BeforeTheStart,
        WRONG_DOUBLE_FREE => MemoryErrorKind::DoubleFree,
        WRONG_FREE => MemoryErrorKind::BadFree,
        WRONG_LAYOUT => MemoryErrorKind::WrongLayout,
        _ => MemoryErrorKind::ZeroSize,
    };
    let block = wrong
        .block
        .and_then(|index| end.blocks.get(usize::try_from(index).ok()?))
        // The block below a bad address need not be the one that is meant.
        .filter(|block| {
            kind != MemoryErrorKind::BadFree || wrong.address - block.start < block.size
        });
    let path = match seen {
        Seen::AtTheEnd => Vec::new(),
        _ => path(wrong.stack, run),
    };
    let offset = block.and_then(|block| offset(block, wrong.address));
    let no_block = kind == MemoryErrorKind::BadFree && block.is_none();
    MemoryError {
        kind,
        seen,
        path,
        block: block.map(|block| misused(block, run)),
        offset: offset.filter(|_| kind != MemoryErrorKind::WrongLayout),
        given: wrong
            .given
            .filter(|_| kind == MemoryErrorKind::WrongLayout)
            .map(|(size, align)| BlockLayout {
                size,
                align: Some(align),
            }),
        detail: no_block.then(|| lies(wrong.address, run)).flatten(),
        times: 1,
    }
}

/// What a fault was, unless it is an overflow of the stack.
fn at_fault(
    fault: &FatalFault,
    end: &CheckedEnd,
    run: &mut CheckedRun<'_, '_>,
) -> Option<MemoryError> {
    if fault.stack_guard || !matches!(fault.signal, SIGSEGV | SIGBUS) {
        return None;
    }
    let (low, len) = run.recording.arena;
    let in_arena = fault.address >= low && fault.address - low < len;
    let near = if in_arena {
        end.near(fault.address)
    } else {
        None
    };
    let block = near.and_then(|(index, _)| end.blocks.get(usize::try_from(index).ok()?));
    let kind = match near {
        Some((_, Beside::After)) if block.is_some_and(|block| block.freed.is_none()) => {
            MemoryErrorKind::PastTheEnd
        }
        Some((_, Beside::Before)) if block.is_some_and(|block| block.freed.is_none()) => {
            MemoryErrorKind::BeforeTheStart
        }
        // On the pages of a freed block, or beside it: the pointer is that block's.
        Some(_) => MemoryErrorKind::UseAfterFree,
        None if fault.address < NULL_REACH => MemoryErrorKind::NullPointer,
        None => MemoryErrorKind::WildPointer,
    };
    let mut path: Vec<SourceLine> = Vec::new();
    for (i, address) in fault.frames.iter().enumerate() {
        // The first is where the fault happened, the others are return addresses.
        path.extend(if i == 0 {
            run.symbols.lines_at(*address)
        } else {
            run.symbols.lines(*address)
        });
    }
    Some(MemoryError {
        kind,
        seen: Seen::AtOnce,
        path,
        offset: block.and_then(|block| offset(block, fault.address)),
        block: block.map(|block| misused(block, run)),
        given: None,
        detail: (kind == MemoryErrorKind::WildPointer)
            .then(|| lies(fault.address, run))
            .flatten(),
        times: 1,
    })
}

fn offset(block: &BlockRecord, address: u64) -> Option<i64> {
    i64::try_from(i128::from(address) - i128::from(block.start)).ok()
}

fn path(stack: u32, run: &mut CheckedRun<'_, '_>) -> Vec<SourceLine> {
    let stack = run.recording.stacks.get(stack as usize);
    stack
        .map(|stack| run.symbols.path(&stack.frames))
        .unwrap_or_default()
}

fn misused(block: &BlockRecord, run: &mut CheckedRun<'_, '_>) -> MisusedBlock {
    MisusedBlock {
        layout: BlockLayout {
            size: block.size,
            align: block.align,
        },
        allocated: path(block.allocated, run),
        freed: block
            .freed
            .map(|stack| path(stack, run))
            .unwrap_or_default(),
        moved: block.moved,
    }
}

/// Where an address lies that is in no block.
fn lies(address: u64, run: &CheckedRun<'_, '_>) -> Option<String> {
    if address == NO_ADDRESS {
        return Some("an address that no pointer can have".to_owned());
    }
    let record = AddressRecord {
        address,
        block_bytes: None,
        on_thread_stack: false,
    };
    let found = resolve(record, run.recording, run.raw, run.code);
    match found.region {
        Region::Unmapped => Some("in memory that the program does not have".to_owned()),
        _ => found.detail,
    }
}

/// Equal errors as one, in the order in which they were seen first.
fn count_equal(errors: Vec<MemoryError>) -> Vec<MemoryError> {
    let mut counted: Vec<MemoryError> = Vec::new();
    for error in errors {
        let same = counted.iter().position(|known| {
            MemoryError {
                times: 1,
                ..known.clone()
            } == error
        });
        match same {
            Some(known) => counted[known].times += 1,
            None if counted.len() < TOLD => counted.push(error),
            None => {}
        }
    }
    counted
}

/// Joins what two runs showed: an error that both saw is told as the one that saw it earlier tells it.
fn merge(first: Vec<MemoryError>, second: Vec<MemoryError>) -> Vec<MemoryError> {
    let mut all = first;
    for error in second {
        match all.iter_mut().find(|known| alike(known, &error)) {
            Some(known) if error.seen < known.seen => *known = error,
            Some(_) => {}
            None => all.push(error),
        }
    }
    all.truncate(TOLD);
    all
}

/// Whether two errors are one, seen in two ways.
fn alike(a: &MemoryError, b: &MemoryError) -> bool {
    let same_block = match (&a.block, &b.block) {
        (Some(a), Some(b)) => a.layout == b.layout && a.allocated == b.allocated,
        (None, None) => true,
        _ => false,
    };
    // A wild address is another in each run.
    let same_place = a.seen != b.seen || a.path == b.path;
    a.kind == b.kind && same_block && same_place
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32) -> SourceLine {
        SourceLine {
            file: "main.rs".to_owned(),
            line: number,
            column: None,
            function: None,
        }
    }

    fn error(kind: MemoryErrorKind, seen: Seen, at: u32) -> MemoryError {
        MemoryError {
            kind,
            seen,
            path: vec![line(at)],
            block: Some(MisusedBlock {
                layout: BlockLayout {
                    size: 8,
                    align: Some(8),
                },
                allocated: vec![line(1)],
                freed: Vec::new(),
                moved: false,
            }),
            offset: Some(8),
            given: None,
            detail: None,
            times: 1,
        }
    }

    #[test]
    fn the_run_that_saw_it_first_tells_it() {
        let late = error(MemoryErrorKind::PastTheEnd, Seen::WhenFreed, 9);
        let exact = error(MemoryErrorKind::PastTheEnd, Seen::AtOnce, 5);
        let joined = merge(vec![late.clone()], vec![exact.clone()]);
        assert_eq!(joined, std::slice::from_ref(&exact));
        assert_eq!(merge(vec![exact.clone()], vec![late]), [exact]);
    }

    #[test]
    fn different_lines_are_different_errors() {
        let a = error(MemoryErrorKind::DoubleFree, Seen::AtOnce, 5);
        let b = error(MemoryErrorKind::DoubleFree, Seen::AtOnce, 6);
        assert_eq!(merge(vec![a.clone()], vec![b.clone()]), [a, b]);
    }

    #[test]
    fn equal_errors_are_counted() {
        let a = error(MemoryErrorKind::DoubleFree, Seen::AtOnce, 5);
        let counted = count_equal(vec![a.clone(), a.clone(), a]);
        assert_eq!((counted.len(), counted[0].times), (1, 3));
    }
}
