use std::collections::BTreeMap;

use super::*;
use crate::course::spec::{CountBound, Phase, SizeBound};
use crate::course::units::Size;
use crate::judge::Verdict;
use crate::judge::testing::{line, run, site};
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
                sampled_resident_bytes: None,
                foreign_bytes: None,
                peak_resident_bytes: Some(2 << 20),
                peak_resident_seen_bytes: None,
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
        code(&expected((4 << 20) + 1, 1025), &run).as_deref(),
        Some("pages/too-few-faults"),
        "faults say more"
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
fn a_phase_has_a_place() {
    use crate::observe::{Moment, SourceLine};
    let moment = |number, live| Moment {
        number,
        total: crate::judge::testing::amount(live, 1),
        live: crate::judge::testing::amount(live, 1),
    };
    // Line 5 held much before; line 6 allocates within the phase; line 20 prints both lines.
    let (mut before, mut within) = (site(5, 9000, 0), site(6, 3000, 0));
    before.moments = vec![moment(1, 9000), moment(2, 9000)];
    within.moments = vec![moment(1, 0), moment(2, 3000)];
    let printer = SourceLine {
        file: "main.rs".to_owned(),
        line: 20,
        column: None,
        function: None,
    };
    let run = ["reserved", "touched"]
        .into_iter()
        .fold(run(), |run, text| {
            run.mark(text, 0)
                .last(|point| point.path = vec![printer.clone()])
        })
        .last(|point| {
            point.resident_bytes = Some((1 << 20) + 4096);
            point.minor_faults = Some(101);
        })
        .site(before)
        .site(within)
        .build();
    let e = || PagesExpectation {
        between: Some(Phase {
            from: Some(line("reserved")),
            to: Some(line("touched")),
        }),
        ..PagesExpectation::default()
    };
    let faults = |at_least, at_most| CountBound {
        exactly: None,
        at_least,
        at_most,
    };
    let cases = [
        (
            PagesExpectation {
                resident: Some(size(None, Some(1))),
                ..e()
            },
            6,
            "2.9 KiB were allocated here",
        ),
        (
            PagesExpectation {
                resident: Some(size(Some(8192), None)),
                ..e()
            },
            20,
            "measured up to this line",
        ),
        (
            PagesExpectation {
                minor_faults: Some(faults(Some(2), None)),
                ..e()
            },
            20,
            "measured up to this line",
        ),
        (
            PagesExpectation {
                minor_faults: Some(faults(None, Some(0))),
                ..e()
            },
            20,
            "measured up to this line",
        ),
    ];
    for (expected, line, text) in cases {
        let label = ruling(&expected, &run).finding.unwrap().primary.unwrap();
        assert_eq!(
            (label.place.line, label.text.as_str()),
            (line, text),
            "{expected:?}"
        );
    }
    let few = PagesExpectation {
        minor_faults: Some(faults(Some(2), None)),
        ..e()
    };
    assert_eq!(
        ruling(&few, &run).finding.unwrap().message,
        "there is 1 minor page fault between the lines `reserved` and `touched`, where at least 2 is asked for"
    );
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
