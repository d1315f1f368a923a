//! Resident and virtual memory and page faults, for a run or a phase of it; and the depth of the stack.

use crate::course::spec::{PagesExpectation, StackExpectation};
use crate::course::units::human_size;
use crate::diagnostic::Finding;
use crate::observe::Observation;

use super::bounds::{Bound, Fit, Known};
use super::figures::{self, Counter};
use super::marks::{self, Marks, Span};
use super::places::Sources;
use super::ruling::{Judged, Ruling, settle};
use super::words::{signed_count, signed_size};

/// How much further off a size may be where address-space randomisation could not be turned off.
const RANDOM_BYTES: u64 = 256 << 10;
/// How many more or fewer faults there may be then.
const RANDOM_FAULTS: u64 = 64;

/// Judges all bounds; the first that does not hold is the finding, the others its notes.
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
        (Counter::Resident, expected.resident.map(Bound::from)),
        (Counter::Virtual, expected.virtual_size.map(Bound::from)),
        (Counter::MinorFaults, expected.minor_faults.map(Bound::from)),
        (Counter::MajorFaults, expected.major_faults.map(Bound::from)),
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
                    let finding = start(counter, too_much, message, slack);
                    if too_much {
                        with_owner(finding, counter, value, run, sources)
                    } else {
                        finding
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
fn measure(counter: Counter, run: &Observation, span: &Span<'_>) -> Judged<i128> {
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
    match counter {
        Counter::MinorFaults => format!("{} minor page faults", signed_count(value)),
        Counter::MajorFaults => format!("{} major page faults", signed_count(value)),
        _ => format!("{} of {}", signed_size(value), counter.name()),
    }
}

fn message(counter: Counter, value: i128, bound: &Bound, span: &Span<'_>) -> String {
    let (phase, wanted) = (span.words(), bound.words());
    let whole = span.from.is_none() && span.to.is_none();
    match counter {
        Counter::MinorFaults | Counter::MajorFaults => {
            format!(
                "there are {} {phase}, where {wanted} is asked for",
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

/// Points at the line that allocated at least half of the memory that is too much, if one did.
fn with_owner(
    finding: Finding,
    counter: Counter,
    value: i128,
    run: &Observation,
    sources: &Sources<'_>,
) -> Finding {
    if !matches!(counter, Counter::Resident | Counter::Virtual) {
        return finding;
    }
    let half = |bytes: u64| i128::from(bytes) * 2 >= value;
    match figures::biggest(run, |site| site.total.bytes).filter(|(_, bytes)| half(*bytes)) {
        Some((site, bytes)) => match sources.site(site) {
            Some(place) => finding.at(place, format!("{} were allocated here", human_size(bytes))),
            None => finding,
        },
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
mod tests {
    use std::collections::BTreeMap;

    use super::super::testing::{line, run, site};
    use super::*;
    use crate::course::spec::{CountBound, Phase, SizeBound};
    use crate::course::units::Size;
    use crate::judge::Verdict;
    use crate::observe::Pages;

    fn size(at_least: Option<u64>, at_most: Option<u64>) -> SizeBound {
        SizeBound {
            exactly: None,
            at_least: at_least.map(Size),
            at_most: at_most.map(Size),
        }
    }

    fn ruling(expected: &PagesExpectation, run: &Observation) -> Ruling {
        judge(
            expected,
            run,
            &Marks::new(run),
            &Sources::new(&BTreeMap::new()),
        )
    }

    fn code(expected: &PagesExpectation, run: &Observation) -> Option<String> {
        ruling(expected, run).finding.map(|finding| finding.code)
    }

    #[test]
    fn a_run_is_judged_by_its_peaks() {
        let run = run()
            .with(|run| {
                run.pages = Pages {
                    peak_resident_bytes: Some(2 << 20),
                    peak_virtual_bytes: Some(500 << 20),
                    minor_faults: Some(1000),
                    major_faults: Some(0),
                };
            })
            .build();
        let e = PagesExpectation::default;
        let faults = |at_least, at_most| {
            Some(CountBound {
                exactly: None,
                at_least,
                at_most,
            })
        };
        let cases = [
            (
                PagesExpectation {
                    resident: Some(size(None, Some(2 << 20))),
                    ..e()
                },
                None,
            ),
            (
                PagesExpectation {
                    resident: Some(size(None, Some((2 << 20) - 1))),
                    ..e()
                },
                Some("pages/resident-over-limit"),
            ),
            (
                PagesExpectation {
                    resident: Some(size(Some(3 << 20), None)),
                    ..e()
                },
                Some("pages/resident-too-low"),
            ),
            (
                PagesExpectation {
                    virtual_size: Some(size(Some(501 << 20), None)),
                    ..e()
                },
                Some("pages/virtual-too-low"),
            ),
            (
                PagesExpectation {
                    virtual_size: Some(size(None, Some(1))),
                    ..e()
                },
                Some("pages/virtual-over-limit"),
            ),
            (
                PagesExpectation {
                    minor_faults: faults(Some(1000), Some(1000)),
                    ..e()
                },
                None,
            ),
            (
                PagesExpectation {
                    minor_faults: faults(Some(1001), None),
                    ..e()
                },
                Some("pages/too-few-faults"),
            ),
            (
                PagesExpectation {
                    major_faults: faults(Some(1), None),
                    ..e()
                },
                Some("pages/too-few-faults"),
            ),
            (
                PagesExpectation {
                    minor_faults: faults(None, Some(999)),
                    ..e()
                },
                Some("pages/too-many-faults"),
            ),
            (e(), Some("spec/empty-expectation")),
        ];
        for (expected, wanted) in cases {
            assert_eq!(code(&expected, &run).as_deref(), wanted, "{expected:?}");
        }
    }

    #[test]
    fn a_phase_is_judged_by_its_growth() {
        let run = run()
            .mark("reserved", 0)
            .mark("touched", 0)
            .last(|point| {
                point.resident_bytes = Some(5 << 20);
                point.minor_faults = Some(1124);
            })
            .build();
        let expected = |least, faults| PagesExpectation {
            between: Some(Phase {
                from: Some(line("reserved")),
                to: Some(line("touched")),
            }),
            resident: Some(size(Some(least), None)),
            minor_faults: Some(CountBound {
                exactly: Some(faults),
                ..CountBound::default()
            }),
            ..PagesExpectation::default()
        };
        assert_eq!(code(&expected(4 << 20, 1024), &run), None);
        assert_eq!(
            code(&expected((4 << 20) + 1, 1024), &run).as_deref(),
            Some("pages/resident-too-low")
        );
        assert_eq!(
            code(&expected(4 << 20, 1025), &run).as_deref(),
            Some("pages/too-few-faults")
        );
    }

    #[test]
    fn the_line_that_allocated_most_of_it_is_shown() {
        let expected = PagesExpectation {
            resident: Some(size(None, Some(1))),
            ..PagesExpectation::default()
        };
        let place = |total| {
            let run = run()
                .site(site(5, total, 0))
                .with(|run| run.pages.peak_resident_bytes = Some(4096))
                .build();
            ruling(&expected, &run)
                .finding
                .unwrap()
                .primary
                .map(|label| label.place.line)
        };
        assert_eq!(place(2048), Some(5));
        assert_eq!(place(2047), None);
    }

    #[test]
    fn tolerances_widen_where_addresses_are_random() {
        let expected = PagesExpectation {
            resident: Some(size(None, Some(1 << 20))),
            ..PagesExpectation::default()
        };
        let run = |aslr_off, peak| {
            run()
                .with(|run| {
                    run.aslr_off = aslr_off;
                    run.pages.peak_resident_bytes = Some(peak);
                })
                .build()
        };
        let edge = (1 << 20) + RANDOM_BYTES;
        assert_eq!(ruling(&expected, &run(true, edge)).verdict, Verdict::Failed);
        assert_eq!(
            ruling(&expected, &run(false, edge)).verdict,
            Verdict::Passed
        );
        assert_eq!(
            ruling(&expected, &run(false, edge + 1)).verdict,
            Verdict::Failed
        );
    }

    #[test]
    fn what_was_not_measured_is_not_judged() {
        let expected = PagesExpectation {
            resident: Some(size(None, Some(1))),
            ..PagesExpectation::default()
        };
        assert_eq!(
            ruling(&expected, &run().build()).verdict,
            Verdict::Unmeasurable
        );
        let open = PagesExpectation {
            between: Some(Phase {
                from: Some(line("a")),
                to: None,
            }),
            ..expected
        };
        assert_eq!(
            ruling(&open, &run().mark("a", 0).build()).verdict,
            Verdict::Error
        );
    }

    #[test]
    fn the_stack_has_two_sides() {
        let ruling = |bound: SizeBound, peak| {
            let expected = StackExpectation { peak: bound };
            judge_stack(
                &expected,
                &run().with(|run| run.stack.peak_bytes = peak).build(),
            )
        };
        let code = |ruling: Ruling| ruling.finding.map(|finding| finding.code);
        assert_eq!(code(ruling(size(None, Some(4096)), Some(4096))), None);
        assert_eq!(
            code(ruling(size(None, Some(4096)), Some(4097))).as_deref(),
            Some("stack/too-deep")
        );
        assert_eq!(
            code(ruling(size(Some(4096), None), Some(4095))).as_deref(),
            Some("stack/too-shallow")
        );
        assert_eq!(
            ruling(size(Some(1), None), None).verdict,
            Verdict::Unmeasurable
        );
    }
}
