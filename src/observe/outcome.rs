//! How a run ended, told from kernel evidence: fault address against stack bounds, refused requests, limits measured.
//! An exit status cannot tell a stack overflow, a failed allocation and `abort()` apart: all three are SIGABRT.

use super::{Frame, Outcome, SourceLine, frames};
use crate::course::spec::OutcomeKind;
use crate::course::units::{human_count, human_size};
use crate::probe::{Recording, Symbols};
use crate::sandbox::{End, FatalFault, LimitHit, Limits, RawRun, SIGABRT, SIGBUS, SIGSEGV};

/// Where the system's own status codes for errors begin on Windows, as `GetExitCodeProcess` gives them; no program
/// chooses one of these by habit.
const ERROR_STATUS: u32 = 0xC000_0000;
/// Exit code of a Rust program whose main thread panicked.
const PANIC_CODE: i32 = 101;
/// Longest panic message kept.
const MESSAGE: usize = 500;

/// Decides how the run ended.
pub(super) fn outcome(
    raw: &RawRun,
    limits: &Limits,
    recording: Option<&Recording>,
    symbols: &mut Symbols<'_>,
) -> Outcome {
    let mut outcome = Outcome {
        kind: OutcomeKind::Exited,
        exit_code: match raw.end {
            End::Exited(code) => Some(code),
            End::Signaled(_) => None,
        },
        signal: match raw.end {
            End::Signaled(signal) => Some(crate::sandbox::signal_name(signal)),
            End::Exited(_) => None,
        },
        message: None,
        place: None,
        frames: Vec::new(),
        cause_known: true,
        evidence: Vec::new(),
    };
    if let Some(limit) = raw.limit {
        by_limit(&mut outcome, limit, raw, limits);
        return outcome;
    }
    match raw.end {
        End::Exited(code) => exited(&mut outcome, code, raw, recording, symbols),
        End::Signaled(signal) => signaled(&mut outcome, signal, raw, recording, symbols),
    }
    outcome
}

fn by_limit(outcome: &mut Outcome, limit: LimitHit, raw: &RawRun, limits: &Limits) {
    let (kind, message) = match limit {
        LimitHit::Wall => (
            OutcomeKind::TimeLimit,
            format!(
                "still running after {:.1} s of wall-clock time",
                limits.wall.as_secs_f64()
            ),
        ),
        LimitHit::Cpu => (
            OutcomeKind::TimeLimit,
            format!(
                "used more than {:.1} s of CPU time",
                limits.cpu.as_secs_f64()
            ),
        ),
        LimitHit::Memory(bytes) => (
            OutcomeKind::MemoryLimit,
            format!(
                "{} resident, over the limit of {}",
                human_size(bytes),
                human_size(limits.memory)
            ),
        ),
        LimitHit::Output { stderr } => (
            OutcomeKind::OutputLimit,
            format!(
                "more than {} on {}",
                human_size(limits.output),
                if stderr { "stderr" } else { "stdout" }
            ),
        ),
        LimitHit::Processes => (
            OutcomeKind::ProcessLimit,
            format!(
                "more than {} processes and threads at once",
                limits.processes
            ),
        ),
        LimitHit::Interrupted => (OutcomeKind::Signaled, "broken off from outside".to_owned()),
    };
    outcome.kind = kind;
    outcome.message = Some(message);
    let mut measured = vec![format!("{:.2} s wall", raw.wall.as_secs_f64())];
    measured.extend(raw.cpu.map(|cpu| format!("{:.2} s CPU", cpu.as_secs_f64())));
    let peak = raw.at_exit.as_ref().map(|facts| facts.peak_resident);
    let resident = peak.or(raw.polled_resident);
    measured.extend(resident.map(|bytes| format!("{} resident at most", human_size(bytes))));
    outcome
        .evidence
        .push(format!("measured: {}", measured.join(", ")));
}

fn exited(
    outcome: &mut Outcome,
    code: i32,
    raw: &RawRun,
    recording: Option<&Recording>,
    symbols: &mut Symbols<'_>,
) {
    let text = panic_text(&raw.stderr.kept);
    let panicked = match recording {
        // A panic that leaves main ends it; whoever calls `exit` has decided on the code.
        Some(recording) => recording.panics > 0 && !recording.exit_called,
        None => text.is_some(),
    };
    if !raw.examined && code.cast_unsigned() >= ERROR_STATUS {
        unexamined(
            outcome,
            &format!("the system ended it with status {code:#010x}"),
        );
        return;
    }
    if code != PANIC_CODE || !panicked {
        return;
    }
    outcome.kind = OutcomeKind::Panicked;
    panic_details(outcome, text, recording, symbols);
}

fn signaled(
    outcome: &mut Outcome,
    signal: i32,
    raw: &RawRun,
    recording: Option<&Recording>,
    symbols: &mut Symbols<'_>,
) {
    // std's handler reports a fault in the guard page and aborts; without it the fault itself is deadly.
    if let Some(fault) = raw
        .fault
        .as_ref()
        .filter(|_| matches!(signal, SIGABRT | SIGSEGV | SIGBUS))
    {
        if fault.stack_guard {
            outcome.kind = OutcomeKind::StackOverflow;
            stack_overflow(outcome, fault, symbols);
            return;
        }
        if signal != SIGABRT {
            outcome.kind = OutcomeKind::Signaled;
            outcome.message = Some(format!("tried to use address {:#x}", fault.address));
            outcome.evidence.push(format!(
                "fault at {:#x}, stack pointer {:#x}",
                fault.address, fault.sp
            ));
            frames::at_fault(outcome, fault, symbols);
            return;
        }
    }
    if signal != SIGABRT {
        outcome.kind = OutcomeKind::Signaled;
        if !raw.examined && matches!(signal, SIGSEGV | SIGBUS) {
            unexamined(outcome, "ended by a fault");
        }
        return;
    }
    if let Some(refused) = recording
        .and_then(|r| r.refused)
        .filter(|refused| refused.last)
    {
        outcome.kind = OutcomeKind::AllocationFailed;
        outcome.message = Some(format!(
            "a request for {} was refused",
            human_size(refused.bytes)
        ));
        let by = if refused.by_limit {
            "the heap limit"
        } else {
            "the system"
        };
        outcome.evidence.push(format!(
            "request for {} bytes refused by {by}, then SIGABRT",
            human_count(refused.bytes)
        ));
        place_by_stack(outcome, recording, refused.stack, symbols);
        return;
    }
    let text = panic_text(&raw.stderr.kept);
    if !raw.examined && text.is_none() {
        unexamined(outcome, "ended by SIGABRT");
        return;
    }
    if recording.map_or(text.is_some(), died_of_panic) {
        outcome.kind = OutcomeKind::Panicked;
        outcome
            .evidence
            .push("a panic that could not unwind, then SIGABRT".to_owned());
        panic_details(outcome, text, recording, symbols);
        return;
    }
    outcome.kind = OutcomeKind::Aborted;
    if let Some(stack) = recording.and_then(|r| r.abort_stack) {
        place_by_stack(outcome, recording, stack, symbols);
    }
    let evidence = if recording.is_some_and(|r| r.bad_frees > 0) {
        outcome.message = Some("it freed memory that was not a live block".to_owned());
        "the free was refused, then SIGABRT"
    } else {
        "SIGABRT that neither a fault, a refused request nor a panic led to"
    };
    outcome.evidence.push(evidence.to_owned());
}

/// Whether a panic led to SIGABRT. One that was caught is over: the stack that called `abort` then leads through no panic.
/// Without that stack, nothing may have been allocated since the panic.
fn died_of_panic(recording: &Recording) -> bool {
    let aborted = recording
        .abort_stack
        // The first stack stands for those that had no room in the tables.
        .filter(|id| *id > 0)
        .and_then(|id| recording.stacks.get(id as usize));
    match aborted {
        Some(stack) => recording.panics > 0 && stack.panics,
        None => recording.abort_stack.is_some() && recording.panicked_last,
    }
}

/// An end that has several possible reasons, with nobody there who saw which.
fn unexamined(outcome: &mut Outcome, how: &str) {
    outcome.kind = OutcomeKind::Signaled;
    outcome.cause_known = false;
    outcome.evidence.push(format!(
        "{how}; a stack overflow, a refused request and abort cannot be told apart here"
    ));
}

fn stack_overflow(outcome: &mut Outcome, fault: &FatalFault, symbols: &mut Symbols<'_>) {
    let thread = if fault.main_thread {
        "the main thread"
    } else {
        "a spawned thread"
    };
    let size = fault.stack.map(|(low, high)| high.saturating_sub(low));
    outcome.message = Some(match size {
        Some(size) => format!("the stack of {thread} overflowed its {}", human_size(size)),
        None => format!("the stack of {thread} overflowed"),
    });
    outcome.evidence.push(format!(
        "fault at {:#x}, in the guard below the stack; stack pointer {:#x}",
        fault.address, fault.sp
    ));
    outcome
        .evidence
        .push(format!("{} frames deep", human_count(fault.frame_count)));
    frames::at_fault(outcome, fault, symbols);
}

fn panic_details(
    outcome: &mut Outcome,
    text: Option<String>,
    recording: Option<&Recording>,
    symbols: &mut Symbols<'_>,
) {
    outcome.message = text;
    if let Some(recording) = recording {
        place_by_stack(outcome, Some(recording), recording.panic_stack, symbols);
    }
}

fn place_by_stack(
    outcome: &mut Outcome,
    recording: Option<&Recording>,
    id: u32,
    symbols: &mut Symbols<'_>,
) {
    let Some(stack) = recording.and_then(|r| r.stacks.get(id as usize)) else {
        return;
    };
    let path = symbols.path(&stack.frames);
    outcome.place = path.first().cloned();
    outcome.frames = path
        .into_iter()
        .take(16)
        .map(|at: SourceLine| Frame {
            at,
            times: 1,
            bytes: None,
        })
        .collect();
}

/// The message of the last panic on stderr. Only for showing: that a panic happened is known otherwise.
fn panic_text(stderr: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(stderr);
    let at = text.rfind(" panicked at ")?;
    let (_, rest) = text[at..].split_once(":\n")?;
    let ends = ["\nnote: ", "\nstack backtrace:"];
    let end = ends.iter().filter_map(|end| rest.find(end)).min();
    let end = end.unwrap_or(rest.len());
    Some(rest[..end].trim_end().chars().take(MESSAGE).collect())
}

#[cfg(test)]
mod tests {
    use super::panic_text;

    #[test]
    fn the_last_panic_is_the_one_told() {
        let stderr = b"thread 'main' panicked at main.rs:3:5:\nfirst\nnote: run with\nthread 'main' panicked at main.rs:9:1:\nboom\ntwo lines\nnote: run with `RUST_BACKTRACE=1`\n";
        assert_eq!(panic_text(stderr).as_deref(), Some("boom\ntwo lines"));
        let traced = b"thread 'main' panicked at panicking.rs:9:1:\ncannot unwind\nstack backtrace:\n   0: 0x55 - std\n";
        assert_eq!(panic_text(traced).as_deref(), Some("cannot unwind"));
        assert_eq!(panic_text(b"hello"), None);
    }
}
