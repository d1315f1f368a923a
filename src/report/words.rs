//! The words that reports share.

use super::style::{Ink, Style};
use crate::course::spec::OutcomeKind;
use crate::course::units::human_count;
use crate::judge::{Score, Verdict};
use crate::observe::Outcome;

/// A verdict, as in the JSON contract.
pub(super) const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Skipped => "skipped",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Unmeasurable => "unmeasurable",
        Verdict::Error => "error",
    }
}

/// The colour of a verdict.
pub(super) const fn ink(verdict: Verdict) -> Ink {
    match verdict {
        Verdict::Passed => Ink::Good,
        Verdict::Failed => Ink::Bad,
        Verdict::Skipped => Ink::Faint,
        Verdict::Inconclusive | Verdict::Unmeasurable => Ink::Doubt,
        Verdict::Error => Ink::Fault,
    }
}

/// `6 of 10 points`, with the undecided ones named.
pub(super) fn score(score: Score) -> String {
    let noun = if score.possible == 1 {
        "point"
    } else {
        "points"
    };
    let undecided = if score.undecided == 0 {
        String::new()
    } else {
        format!(", {} undecided", score.undecided)
    };
    format!("{} of {} {noun}{undecided}", score.earned, score.possible)
}

/// The colour of a score.
pub(super) const fn score_ink(score: Score) -> Ink {
    if score.earned == score.possible {
        Ink::Good
    } else if score.earned + score.undecided == score.possible {
        Ink::Doubt
    } else {
        Ink::Bad
    }
}

/// `1 block`, `2 blocks`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        human_count(count),
        if count == 1 { one } else { many }
    )
}

/// A time for people: `140 ms`, `2.3 s`.
pub(super) fn milliseconds(ms: f64) -> String {
    if ms >= 1000.0 {
        format!("{:.1} s", ms / 1000.0)
    } else if ms >= 10.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{ms:.1} ms")
    }
}

/// How a program ended, as the rest of a sentence that begins with its name.
pub(super) fn outcome(outcome: &Outcome, style: &Style) -> String {
    let signal = outcome
        .signal
        .as_deref()
        .map(|signal| style.clean(signal, super::escape::NAME_CHARS));
    match outcome.kind {
        OutcomeKind::Exited => match outcome.exit_code {
            Some(code) => format!("exited with code {code}"),
            None => "exited".to_owned(),
        },
        OutcomeKind::Panicked => "panicked".to_owned(),
        OutcomeKind::StackOverflow => "overflowed its stack".to_owned(),
        OutcomeKind::AllocationFailed => "gave up when an allocation was refused".to_owned(),
        OutcomeKind::Aborted => "aborted itself".to_owned(),
        OutcomeKind::Signaled => match signal {
            Some(signal) => format!("was killed by {signal}"),
            None => "was killed by a signal".to_owned(),
        },
        OutcomeKind::MemoryLimit => "was stopped: more memory than the limit".to_owned(),
        OutcomeKind::TimeLimit => "was stopped: more time than the limit".to_owned(),
        OutcomeKind::OutputLimit => "was stopped: more output than the limit".to_owned(),
        OutcomeKind::ProcessLimit => "was stopped: more processes than the limit".to_owned(),
        OutcomeKind::Vanished => "exited with code 0 before it was done".to_owned(),
        OutcomeKind::BuildFailed => "did not compile".to_owned(),
    }
}
