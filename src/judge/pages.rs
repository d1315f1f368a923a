//! Resident and virtual memory and page faults, for a run or a phase of it; and the depth of the stack.

use crate::course::spec::{PagesExpectation, StackExpectation};
use crate::course::units::human_size;
use crate::diagnostic::Finding;
use crate::observe::{Observation, Site};

use super::bounds::{Bound, Fit, Known};
use super::figures::{self, Counter};
use super::marks::{self, Marks, Span};
use super::moments::Moments;
use super::places::Sources;
use super::ruling::{Judged, Ruling, settle};
use super::words::{signed_count, signed_size};

/// How much further off a size may be where address-space randomisation could not be turned off.
const RANDOM_BYTES: u64 = 256 << 10;
/// How many more or fewer faults there may be then.
const RANDOM_FAULTS: u64 = 64;

/// Judges all bounds; the first that does not hold is the finding, the others its notes. Faults go first: resident
/// memory follows from the pages that were touched, and says less about them.
pub(super) fn judge(
    expected: &PagesExpectation,
    run: &Observation,
    marks: &Marks<'_>,
    sources: &Sources<'_>,
) -> Ruling {
    settle(judge_bounds(expected, run, marks, sources))
}

fn judge_bounds(
    expected: &PagesExpectation,
    run: &Observation,
    marks: &Marks<'_>,
    sources: &Sources<'_>,
) -> Judged<Ruling> {
    let bounds: Vec<(Counter, Bound)> = [
        (Counter::MinorFaults, expected.minor_faults.map(Bound::from)),
        (Counter::MajorFaults, expected.major_faults.map(Bound::from)),
        (Counter::Resident, expected.resident.map(Bound::from)),
        (Counter::Virtual, expected.virtual_size.map(Bound::from)),
    ]
    .into_iter()
    .filter_map(|(counter, bound)| Some((counter, bound?)))
    .filter(|(_, bound)| !bound.is_empty())
    .collect();
    if bounds.is_empty() {
        return Ruling::author("spec/empty-expectation", "no bound on pages is given").stop();
    }
    let span = marks.span(expected.between.as_ref())?;
    let mut finding: Option<Finding> = None;
    let mut undecided = None;
    let mut summary = Vec::new();
    for (counter, bound) in bounds {
        let value = match measure(counter, run, &span) {
            Ok(value) => value,
            Err(ruling) => {
                undecided.get_or_insert(ruling);
                continue;
            }
        };
        let slack = if run.aslr_off { 0 } else { slack(counter) };
        match bound.fit(Known::exactly(value), slack) {
            Fit::Within | Fit::Unknown => summary.push(words(counter, value)),
            fit => {
                let too_much = fit == Fit::TooMuch;
                let message = message(counter, value, &bound, &span);
                finding = Some(if let Some(finding) = finding {
                    finding.note(format!("also: {message}"))
                } else {
                    let mut finding = start(counter, too_much, message, slack);
                    if too_much {
                        finding = with_owner(finding, counter, value, run, &span, sources);
                    }
                    match &span.to {
                        Some(to) => sources.printer(finding, to.point, "measured up to this line"),
                        None => finding,
                    }
                });
            }
        }
    }
    match (finding, undecided) {
        (Some(finding), _) => Ok(Ruling::by_fault(finding)),
        (None, Some(ruling)) => Err(ruling),
        (None, None) => Ok(Ruling::passed(summary.join(", "))),
    }
}

fn slack(counter: Counter) -> u64 {
    match counter {
        Counter::MinorFaults | Counter::MajorFaults => RANDOM_FAULTS,
        _ => RANDOM_BYTES,
    }
}

/// Peak or count of the whole run, growth within a phase.
pub(super) fn measure(counter: Counter, run: &Observation, span: &Span<'_>) -> Judged<i128> {
    if span.from.is_some() || span.to.is_some() {
        if span.to.is_none() && matches!(counter, Counter::Resident | Counter::Virtual) {
            return Ruling::author(
                "spec/open-phase",
                format!(
                    "{} is measured at lines, so a phase of it needs a line that ends it",
                    counter.name()
                ),
            )
            .stop();
        }
        return figures::rise(run, span, counter);
    }
    let value = match counter {
        Counter::Resident => run.pages.peak_resident_bytes,
        Counter::Virtual => run.pages.peak_virtual_bytes,
        Counter::MinorFaults => run.pages.minor_faults,
        _ => run.pages.major_faults,
    };
    match value {
        Some(value) => Ok(i128::from(value)),
        None => marks::unmeasured(run, counter.name()).stop(),
    }
}

fn words(counter: Counter, value: i128) -> String {
    let faults = |one, many| match value {
        1 => format!("1 {one}"),
        _ => format!("{} {many}", signed_count(value)),
    };
    match counter {
        Counter::MinorFaults => faults("minor page fault", "minor page faults"),
        Counter::MajorFaults => faults("major page fault", "major page faults"),
        _ => format!("{} of {}", signed_size(value), counter.name()),
    }
}

fn message(counter: Counter, value: i128, bound: &Bound, span: &Span<'_>) -> String {
    let (phase, wanted) = (span.words(), bound.words());
    let whole = span.from.is_none() && span.to.is_none();
    match counter {
        Counter::MinorFaults | Counter::MajorFaults => {
            let verb = if value == 1 { "is" } else { "are" };
            format!(
                "there {verb} {} {phase}, where {wanted} is asked for",
                words(counter, value)
            )
        }
        _ if whole => format!(
            "{} peaks at {}, where {wanted} is asked for",
            counter.name(),
            signed_size(value)
        ),
        _ => format!(
            "{} grows by {} {phase}, where {wanted} is asked for",
            counter.name(),
            signed_size(value)
        ),
    }
}

fn start(counter: Counter, too_much: bool, message: String, slack: u64) -> Finding {
    let (code, help) = match (counter, too_much) {
        (Counter::Virtual, true) => (
            "pages/virtual-over-limit",
            "how much address space is reserved, and is all of it needed?",
        ),
        (Counter::Virtual, false) => (
            "pages/virtual-too-low",
            "is the memory really reserved before this point, in one piece and of the size that is asked for?",
        ),
        (Counter::MinorFaults | Counter::MajorFaults, true) => (
            "pages/too-many-faults",
            "which pages are touched here for the first time, and by what?",
        ),
        (Counter::MinorFaults | Counter::MajorFaults, false) => (
            "pages/too-few-faults",
            "is each page really touched here, and not already before?",
        ),
        (_, true) => (
            "pages/resident-over-limit",
            "reserving memory costs no pages; what writes to it (or reads it) before this point?",
        ),
        (_, false) => (
            "pages/resident-too-low",
            "memory becomes resident when it is touched; is every page of it touched before this point?",
        ),
    };
    let finding = Finding::learner(code, message).help(help);
    match slack {
        0 => finding,
        _ => finding.note(
            "address-space randomisation could not be turned off on this machine, so the bounds were widened",
        ),
    }
}

/// Points at the line that held at least half of the memory that is too much, if one did; where no line of the output
/// says what was alive, at the one that allocated so much.
fn with_owner(
    finding: Finding,
    counter: Counter,
    value: i128,
    run: &Observation,
    span: &Span<'_>,
    sources: &Sources<'_>,
) -> Finding {
    if !matches!(counter, Counter::Resident | Counter::Virtual) {
        return finding;
    }
    let moments = Moments::of(run);
    let held = |site: &Site| match (span.from, span.to) {
        (Some(from), Some(to)) => moments.growth(site, from.number, to.number),
        _ => moments.held_within(site, span),
    };
    let half = |(_, bytes): &(&Site, u64)| i128::from(*bytes) * 2 >= value;
    let most = figures::biggest(run, held)
        .filter(half)
        .or_else(|| figures::biggest(run, |site| site.total.bytes).filter(half));
    match most {
        Some((site, bytes)) => {
            let text = format!("{} were allocated here", human_size(bytes));
            sources.at_site(finding, site, text)
        }
        None => finding,
    }
}

/// Judges how deep the stack reached.
pub(super) fn judge_stack(expected: &StackExpectation, run: &Observation) -> Ruling {
    let bound = Bound::from(expected.peak);
    if bound.is_empty() {
        return Ruling::author("spec/empty-expectation", "no bound on the stack is given");
    }
    let Some(peak) = run.stack.peak_bytes else {
        return marks::unmeasured(run, "the depth of the stack");
    };
    let (code, help) = match bound.fit(Known::exactly(i128::from(peak)), 0) {
        Fit::Within | Fit::Unknown => {
            return Ruling::passed(format!("the stack reached {}", human_size(peak)));
        }
        Fit::TooMuch => (
            "stack/too-deep",
            "what does each open call keep on the stack, and how many calls are open at once?",
        ),
        Fit::TooLittle => (
            "stack/too-shallow",
            "are the calls really open at the same time, each inside the one before?",
        ),
    };
    let mut finding = Finding::learner(
        code,
        format!(
            "the stack reached {}, where {} is asked for",
            human_size(peak),
            bound.words()
        ),
    );
    if let Some(limit) = run.stack.limit_bytes {
        finding = finding.note(format!("its limit was {}", human_size(limit)));
    }
    Ruling::by_fault(finding.help(help))
}

#[cfg(test)]
mod tests;
