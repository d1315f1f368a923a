//! How a run ended, against how it should have ended.

use crate::course::spec::{OutcomeExpectation, OutcomeKind};
use crate::course::units::{human_count, human_size};
use crate::diagnostic::Finding;
use crate::observe::{Frame, Level, Observation, Outcome, UNKNOWN_STD};

use super::marks;
use super::places::Sources;
use super::ruling::Ruling;
use super::words::{plural, quote};

/// Whether the run ended as it should; one finding explains any other end.
pub(super) fn judge(
    expected: &OutcomeExpectation,
    run: &Observation,
    sources: &Sources<'_>,
) -> Ruling {
    let Some(wanted) = Wanted::of(expected) else {
        return Ruling::author(
            "spec/empty-expectation",
            "the outcome that is expected is not said",
        );
    };
    if let Some(what) = wanted.unknown(run) {
        return marks::unmeasured(run, what);
    }
    if wanted.is_met(&run.outcome) {
        return Ruling::passed(match &wanted {
            Wanted::ExitCode(0) => "ended normally".to_owned(),
            _ => format!("{}, as it should", past(&run.outcome)),
        });
    }
    if wanted.hangs_on_panics() && run.findings.iter().any(|r| r.code == UNKNOWN_STD) {
        return Ruling::inconclusive(
            UNKNOWN_STD,
            "whether it panicked is not known: this release of Rust is not understood",
        );
    }
    Ruling::by_fault(explain(run, &wanted, sources))
}

/// The check that every case has unless one of its own says how the run must end.
pub(super) fn judge_normal_end(run: &Observation, sources: &Sources<'_>) -> Ruling {
    let normal = OutcomeExpectation {
        exit_code: Some(0),
        ..OutcomeExpectation::default()
    };
    judge(&normal, run, sources)
}

/// The end as a clause, for those checks that are skipped because of it: "the program panicked".
pub(super) fn clause(outcome: &Outcome) -> String {
    format!("the program {}", past(outcome))
}

#[derive(Debug, Clone, PartialEq)]
enum Wanted<'a> {
    ExitCode(i32),
    Panic(&'a str),
    Kind(OutcomeKind),
    Signal(&'a str),
}

impl<'a> Wanted<'a> {
    fn of(expected: &'a OutcomeExpectation) -> Option<Self> {
        expected
            .exit_code
            .map(Self::ExitCode)
            .or(expected.panic.as_deref().map(Self::Panic))
            .or(expected.kind.map(Self::Kind))
            .or(expected.signal.as_deref().map(Self::Signal))
    }

    /// Whether it hangs on whether std's panic machinery was recognised.
    fn hangs_on_panics(&self) -> bool {
        let kind = |kind: &OutcomeKind| {
            use OutcomeKind::{Aborted, Exited, Panicked};
            matches!(kind, Panicked | Exited | Aborted)
        };
        match self {
            Self::ExitCode(code) => *code == 101,
            Self::Panic(_) => true,
            Self::Kind(wanted) => kind(wanted),
            Self::Signal(_) => false,
        }
    }

    fn is_met(&self, outcome: &Outcome) -> bool {
        match self {
            Self::ExitCode(code) => {
                outcome.kind == OutcomeKind::Exited && outcome.exit_code == Some(*code)
            }
            Self::Panic(text) => {
                outcome.kind == OutcomeKind::Panicked
                    && outcome
                        .message
                        .as_deref()
                        .unwrap_or_default()
                        .contains(text)
            }
            Self::Kind(kind) => outcome.kind == *kind,
            Self::Signal(signal) => outcome.signal.as_deref() == Some(signal),
        }
    }

    /// What would have to be known of a run to say whether it ended so, where that is not known: nobody saw how it died, or the
    /// limit that it is meant to meet was not in force.
    fn unknown(&self, run: &Observation) -> Option<&'static str> {
        let outcome = &run.outcome;
        if let Self::Kind(kind) = self
            && !outcome.cause_known
            && outcome.kind == OutcomeKind::Signaled
            && *kind != OutcomeKind::Exited
        {
            return Some("why the program died");
        }
        let Self::Kind(kind) = self else { return None };
        if run.sandbox.level != Level::None || outcome.kind == *kind {
            return None;
        }
        match kind {
            OutcomeKind::StackOverflow => Some("what it does within a limit on its stack"),
            OutcomeKind::AllocationFailed => Some("what it does within a limit on its heap"),
            OutcomeKind::MemoryLimit => Some("whether it keeps within a limit on memory"),
            OutcomeKind::ProcessLimit => Some("whether it keeps within a limit on processes"),
            _ => None,
        }
    }

    /// What it should have done: "end with exit code 0".
    fn words(&self) -> String {
        match self {
            Self::ExitCode(0) => "end normally".to_owned(),
            Self::ExitCode(code) => format!("end with exit code {code}"),
            Self::Panic("") => "panic".to_owned(),
            Self::Panic(text) => format!("panic with {}", quote(text)),
            Self::Signal(signal) => format!("die by {signal}"),
            Self::Kind(kind) => match kind {
                OutcomeKind::Exited => "end by itself",
                OutcomeKind::Panicked => "panic",
                OutcomeKind::StackOverflow => "overflow its stack",
                OutcomeKind::AllocationFailed => "end with a failed allocation",
                OutcomeKind::Aborted => "abort",
                OutcomeKind::Signaled => "die by a signal",
                OutcomeKind::MemoryLimit => "run into its memory limit",
                OutcomeKind::TimeLimit => "run into its time limit",
                OutcomeKind::OutputLimit => "run into its output limit",
                OutcomeKind::ProcessLimit => "run into its process limit",
                OutcomeKind::Vanished => "exit before its last line",
                OutcomeKind::BuildFailed => "not compile",
            }
            .to_owned(),
        }
    }
}

/// What the program did, in the past tense and without its subject.
fn past(outcome: &Outcome) -> String {
    let message = outcome
        .message
        .as_deref()
        .filter(|message| !message.is_empty());
    match outcome.kind {
        OutcomeKind::Exited => match outcome.exit_code {
            Some(0) => "ended normally".to_owned(),
            Some(code) => format!("ended with exit code {code}"),
            None => "ended".to_owned(),
        },
        OutcomeKind::Panicked => match message {
            Some(message) => format!("panicked with {}", quote(message)),
            None => "panicked".to_owned(),
        },
        OutcomeKind::StackOverflow => "overflowed its stack".to_owned(),
        OutcomeKind::AllocationFailed => {
            "asked for memory that it was refused, and gave up".to_owned()
        }
        OutcomeKind::Aborted => "aborted".to_owned(),
        OutcomeKind::Signaled => match &outcome.signal {
            Some(signal) => format!("was ended by the signal {signal}"),
            None => "was ended by a signal".to_owned(),
        },
        OutcomeKind::MemoryLimit => "used more memory than its limit".to_owned(),
        OutcomeKind::TimeLimit => "ran longer than its time limit".to_owned(),
        OutcomeKind::OutputLimit => "printed more than its output limit".to_owned(),
        OutcomeKind::ProcessLimit => "started more processes or threads than its limit".to_owned(),
        OutcomeKind::Vanished => {
            "ended with exit code 0 before its last line was printed".to_owned()
        }
        OutcomeKind::BuildFailed => "did not compile".to_owned(),
    }
}

fn explain(run: &Observation, wanted: &Wanted<'_>, sources: &Sources<'_>) -> Finding {
    let outcome = &run.outcome;
    let (code, help) = code_and_help(outcome, wanted);
    let mut message = clause(outcome);
    if *wanted != Wanted::ExitCode(0) {
        message = format!("{message}, but it should {}", wanted.words());
    }
    let mut finding = Finding::learner(code, message);
    if let Some(line) = &outcome.place {
        finding = finding.at(sources.source_line(line), label(outcome.kind));
    }
    match outcome.kind {
        OutcomeKind::StackOverflow => finding = recursed(finding, outcome, sources),
        OutcomeKind::Exited | OutcomeKind::Vanished => finding = last_words(finding, run),
        _ => {}
    }
    if outcome.kind != OutcomeKind::Panicked
        && let Some(message) = outcome
            .message
            .as_deref()
            .filter(|message| !message.is_empty())
    {
        finding = finding.note(quote(message).trim_matches('`').to_owned());
    }
    for evidence in outcome.evidence.iter().take(5) {
        finding = finding.note(evidence.clone());
    }
    if let Some(peak) = run.heap.as_ref().map(|heap| heap.peak)
        && matches!(
            outcome.kind,
            OutcomeKind::MemoryLimit | OutcomeKind::AllocationFailed
        )
    {
        finding = biggest_site(finding, run, sources).note(format!(
            "at most {} were alive on the heap at once",
            human_size(peak.bytes)
        ));
    }
    finding.help(help)
}

/// Who held most of the memory, where there is no better place.
fn biggest_site(finding: Finding, run: &Observation, sources: &Sources<'_>) -> Finding {
    let site = run
        .heap
        .iter()
        .flat_map(|heap| &heap.sites)
        .max_by_key(|site| site.total.bytes);
    let Some((site, place)) = site.and_then(|site| Some((site, sources.site(site)?))) else {
        return finding;
    };
    let text = format!(
        "{} were allocated here in all",
        human_size(site.total.bytes)
    );
    if finding.primary.is_some() {
        finding.also(place, text)
    } else {
        finding.at(place, text)
    }
}

/// The function whose calls filled the stack. `main` is never it: what repeats below a line of `main` is code that the
/// line set off, such as a drop inside a drop.
fn recursion(outcome: &Outcome) -> Option<(&Frame, String)> {
    let frames = outcome.frames.iter().filter(|frame| frame.times > 1);
    // Of equals the innermost.
    let frame = frames.rev().max_by_key(|frame| frame.times)?;
    let name = frame.at.function.as_deref()?;
    (name != "main" && !name.ends_with("::main")).then(|| (frame, short_name(name)))
}

/// Says who called itself, and how often; or what else went on and on.
fn recursed(mut finding: Finding, outcome: &Outcome, sources: &Sources<'_>) -> Finding {
    let Some((frame, name)) = recursion(outcome) else {
        // What std's own code did on the learner's behalf has no frame of theirs, but the observer's words.
        let message = outcome.message.as_deref().unwrap_or_default();
        if let Some((_, what)) = message.split_once(" while ") {
            finding.message = format!("{} while {what}", finding.message);
            if let Some(label) = &mut finding.primary {
                "it began here".clone_into(&mut label.text);
            }
        }
        return finding;
    };
    let times = about(frame.times);
    // Functions that called each other in turn did it equally often.
    let round: Vec<&Frame> = outcome
        .frames
        .iter()
        .filter(|other| other.times > 1 && other.times >= frame.times / 2)
        .collect();
    let mut names: Vec<String> = round
        .iter()
        .filter_map(|frame| frame.at.function.as_deref())
        .map(|name| quote(&short_name(name)))
        .collect();
    names.dedup();
    let (who, each, label) = match names.as_slice() {
        [first, .., last] if names.len() > 2 => {
            let more = names.len() - 2;
            let who = format!("{first}, {last} and {more} more called each other {times}");
            (who, "each round of calls takes", "calls the next here")
        }
        [first, second] => {
            let who = format!("{first} and {second} called each other {times}");
            (who, "each pair of calls takes", "calls the other here")
        }
        _ => (
            format!("{} called itself {times}", quote(&name)),
            "each call takes",
            "calls itself here",
        ),
    };
    finding.message = format!("{}: {who}", finding.message);
    let bytes: Option<u64> = round.iter().map(|frame| frame.bytes).sum();
    if let Some(bytes) = bytes {
        finding = finding.note(format!("{each} {} of the stack", human_size(bytes)));
    }
    let place = sources.source_line(&frame.at);
    match &finding.primary {
        None => finding.at(place, label),
        Some(label) if label.place.line == place.line => finding,
        Some(_) => finding.also(place, label),
    }
}

/// A count of calls in words; large ones are only known about.
fn about(times: u64) -> String {
    if times < 1000 {
        return plural(times, "time", "times");
    }
    let unit = 10_u64.saturating_pow(times.ilog10().saturating_sub(1));
    let rounded = times.saturating_add(unit / 2) / unit * unit;
    format!("about {} times", human_count(rounded))
}

/// `Node::drop` for `<main::Node as core::ops::drop::Drop>::drop`; other names without what leads to them.
fn short_name(name: &str) -> String {
    let last = |path: &str| path.rsplit("::").next().unwrap_or(path).to_owned();
    let method = name.rsplit_once(">::").map(|(_, method)| method);
    match (
        name.strip_prefix('<').and_then(|n| n.split_once(" as ")),
        method,
    ) {
        (Some((owner, _)), Some(method)) if !owner.contains('<') => {
            format!("{}::{method}", last(owner))
        }
        _ => name.strip_prefix("main::").unwrap_or(name).to_owned(),
    }
}

/// The last thing that a program said which ended by itself.
fn last_words(finding: Finding, run: &Observation) -> Finding {
    let last = |text: &'static str, stream: &str| {
        let line = stream.lines().rev().find(|line| !line.trim().is_empty())?;
        Some(format!(
            "its last line on {text} is {}",
            quote(line.trim_end())
        ))
    };
    let (stdout, stderr) = (&run.stdout.text, &run.stderr.text);
    let said = match run.outcome.exit_code {
        Some(0) => last("stdout", stdout),
        _ => last("stderr", stderr).or_else(|| last("stdout", stdout)),
    };
    match said {
        Some(said) => finding.note(said),
        None => finding,
    }
}

fn label(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Panicked => "the panic came from here",
        OutcomeKind::StackOverflow => "the stack was full here",
        OutcomeKind::AllocationFailed => "the memory was asked for here",
        _ => "it happened here",
    }
}

fn code_and_help(outcome: &Outcome, wanted: &Wanted<'_>) -> (&'static str, &'static str) {
    match outcome.kind {
        OutcomeKind::Exited if outcome.exit_code == Some(0) => (
            "outcome/ended-normally",
            "does this run really do what the lesson asks for, or does it only print that it did?",
        ),
        OutcomeKind::Exited => (
            "outcome/exit-code",
            "follow the path to this exit code: what does main return, and who calls process::exit?",
        ),
        OutcomeKind::Panicked if matches!(wanted, Wanted::Panic(_)) => (
            "outcome/panic-message",
            "compare the message of the panic with the one that is asked for",
        ),
        OutcomeKind::Panicked => (
            "outcome/panicked",
            "read the message: which value made this line impossible, and where did it come from?",
        ),
        OutcomeKind::StackOverflow => (
            "outcome/stack-overflow",
            "which calls are still open at this point, and what ends them?",
        ),
        OutcomeKind::AllocationFailed => (
            "outcome/allocation-failed",
            "how much memory does this run need at once, and what does it do when there is no more?",
        ),
        OutcomeKind::Aborted => (
            "outcome/aborted",
            "who calls abort, or panics while a panic is already under way?",
        ),
        OutcomeKind::Signaled => (
            "outcome/signaled",
            "which line touched memory that is not its own, or sent the signal?",
        ),
        OutcomeKind::MemoryLimit => (
            "outcome/memory-limit",
            "what is kept that could be given back before more is asked for?",
        ),
        OutcomeKind::TimeLimit => (
            "outcome/time-limit",
            "which loop does not end, or what does the program wait for?",
        ),
        OutcomeKind::OutputLimit => ("outcome/output-limit", "which loop prints without an end?"),
        OutcomeKind::ProcessLimit => (
            "outcome/process-limit",
            "where are threads or processes started, and how many of them at once?",
        ),
        OutcomeKind::Vanished => (
            "outcome/vanished",
            "which path leads out of the program before its last step?",
        ),
        OutcomeKind::BuildFailed => ("outcome/build-failed", "read the compiler's first message"),
    }
}

#[cfg(test)]
mod tests;
