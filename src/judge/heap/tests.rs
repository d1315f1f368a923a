use std::collections::BTreeMap;

use super::*;
use crate::course::spec::{CountBound, Phase, SizeBound};
use crate::course::units::Size;
use crate::judge::Verdict;
use crate::judge::testing::{amount, line, run, site};

fn ruling(expected: &HeapExpectation, run: &Observation) -> Ruling {
    judge(
        expected,
        run,
        &Marks::new(run),
        &Sources::new(&BTreeMap::new()),
    )
}

fn blocks_between(exactly: u64) -> HeapExpectation {
    HeapExpectation {
        between: Some(Phase {
            from: Some(line("^start")),
            to: Some(line("^end")),
        }),
        total_blocks: Some(CountBound {
            exactly: Some(exactly),
            ..CountBound::default()
        }),
        ..HeapExpectation::default()
    }
}

fn at_most(bytes: u64) -> SizeBound {
    SizeBound {
        at_most: Some(Size(bytes)),
        ..SizeBound::default()
    }
}

#[test]
fn blocks_between_two_marks_are_counted_exactly() {
    let run = run()
        .mark("start", 10)
        .mark("end", 13)
        .site(site(4, 13, 0))
        .build();
    assert_eq!(ruling(&blocks_between(3), &run).verdict, Verdict::Passed);
    let few = ruling(&blocks_between(4), &run).finding.unwrap();
    assert_eq!(
        (few.code.as_str(), few.primary),
        ("heap/too-few-blocks", None)
    );
    let many = ruling(&blocks_between(0), &run).finding.unwrap();
    assert_eq!(many.code, "heap/too-many-blocks");
    assert_eq!(
        many.message,
        "3 blocks are allocated between the lines `start` and `end`, where exactly 0 is asked for"
    );
    assert_eq!(
        many.primary.unwrap().text,
        "13 blocks were allocated here in the whole run"
    );
}

#[test]
fn a_peak_just_at_its_limit_passes() {
    let expected = |limit| HeapExpectation {
        peak_bytes: Some(at_most(limit)),
        ..HeapExpectation::default()
    };
    let run = run()
        .heap(amount(5000, 5), amount(4096, 1), amount(0, 0))
        .build();
    assert_eq!(ruling(&expected(4096), &run).verdict, Verdict::Passed);
    let finding = ruling(&expected(4095), &run).finding.unwrap();
    assert_eq!(finding.code, "heap/peak-over-limit");
    assert_eq!(finding.notes, ["measured: 4.0 KiB (4,096 bytes)"]);
}

#[test]
fn a_peak_between_marks_is_blamed_on_who_allocated_most() {
    let expected = HeapExpectation {
        peak_bytes: Some(at_most(1)),
        ..HeapExpectation::default()
    };
    let label = |live| {
        let run = run()
            .mark("a", live)
            .heap(amount(5000, 5), amount(4000, 1), amount(0, 0))
            .site(site(3, 4900, 0))
            .site(site(4, 100, 90))
            .build();
        ruling(&expected, &run).finding.unwrap().primary.unwrap()
    };
    assert_eq!(label(3000).place.line, 4);
    assert_eq!(label(2900).place.line, 3);
}

#[test]
fn every_bound_has_its_code() {
    let more = |n| {
        Some(CountBound {
            at_least: Some(n),
            ..CountBound::default()
        })
    };
    let more_bytes = |n| {
        Some(SizeBound {
            at_least: Some(Size(n)),
            ..SizeBound::default()
        })
    };
    let e = HeapExpectation::default;
    let run = run()
        .heap(amount(100, 10), amount(50, 5), amount(20, 2))
        .site(site(7, 100, 20))
        .build();
    let cases = [
        (
            HeapExpectation {
                total_bytes: Some(at_most(99)),
                ..e()
            },
            "heap/too-many-bytes",
        ),
        (
            HeapExpectation {
                total_bytes: more_bytes(101),
                ..e()
            },
            "heap/too-few-bytes",
        ),
        (
            HeapExpectation {
                total_blocks: more(11),
                ..e()
            },
            "heap/too-few-blocks",
        ),
        (
            HeapExpectation {
                peak_bytes: more_bytes(51),
                ..e()
            },
            "heap/peak-too-low",
        ),
        (
            HeapExpectation {
                at_exit_bytes: Some(at_most(19)),
                ..e()
            },
            "heap/still-allocated",
        ),
        (
            HeapExpectation {
                at_exit_bytes: more_bytes(21),
                ..e()
            },
            "heap/freed-early",
        ),
        (
            HeapExpectation {
                at_exit_blocks: more(3),
                ..e()
            },
            "heap/freed-early",
        ),
    ];
    for (expected, code) in cases {
        assert_eq!(ruling(&expected, &run).finding.unwrap().code, code);
    }
}

#[test]
fn a_second_broken_bound_is_a_note() {
    let expected = HeapExpectation {
        total_bytes: Some(at_most(1)),
        peak_bytes: Some(at_most(1)),
        ..HeapExpectation::default()
    };
    let run = run()
        .heap(amount(100, 10), amount(50, 5), amount(0, 0))
        .build();
    let finding = ruling(&expected, &run).finding.unwrap();
    assert_eq!(finding.code, "heap/too-many-bytes");
    assert!(
        finding
            .notes
            .iter()
            .any(|note| note.starts_with("also: the heap peaks")),
        "{finding:?}"
    );
}

#[test]
fn a_heap_that_was_not_measured_is_neither_right_nor_wrong() {
    let expected = HeapExpectation {
        peak_bytes: Some(at_most(1)),
        ..HeapExpectation::default()
    };
    let run = run().with(|run| run.heap = None).build();
    assert_eq!(ruling(&expected, &run).verdict, Verdict::Unmeasurable);
}

#[test]
fn a_recording_that_was_cut_short_decides_what_it_can() {
    let peak = |limit| HeapExpectation {
        peak_bytes: Some(at_most(limit)),
        ..HeapExpectation::default()
    };
    let mut run = run()
        .heap(amount(100, 10), amount(50, 5), amount(0, 0))
        .build();
    run.heap.as_mut().unwrap().complete = false;
    assert_eq!(ruling(&peak(49), &run).verdict, Verdict::Failed);
    assert_eq!(ruling(&peak(50), &run).verdict, Verdict::Inconclusive);
    run.outcome.kind = crate::course::spec::OutcomeKind::TimeLimit;
    assert_eq!(
        ruling(&peak(50), &run).verdict,
        Verdict::Passed,
        "until it was killed, all was recorded"
    );
}

#[test]
fn too_little_in_a_phase_points_at_the_line_that_ends_it() {
    let run = run()
        .mark("start", 10)
        .mark("end", 13)
        .last(|point| {
            point.path = vec![crate::observe::SourceLine {
                file: "main.rs".to_owned(),
                line: 20,
                column: None,
                function: None,
            }];
        })
        .build();
    let label = ruling(&blocks_between(4), &run).finding.unwrap().primary;
    let label = label.unwrap();
    assert_eq!(
        (label.place.line, label.text.as_str()),
        (20, "measured up to this line")
    );
}
