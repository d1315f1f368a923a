use std::collections::BTreeMap;

use super::*;
use crate::course::spec::{ClaimRatio, CountBound, MarkRef, Phase};
use crate::course::units::Size;
use crate::judge::Verdict;
use crate::judge::testing::{line, run};

fn claim(of: ClaimOf) -> ClaimExpectation {
    ClaimExpectation {
        line: "used: (?<claim>[-0-9.,]+ ?[A-Za-z]*)".to_owned(),
        of,
        ..ClaimExpectation::default()
    }
}

fn ruling(expected: &ClaimExpectation, run: &Observation) -> Ruling {
    let files = BTreeMap::from([(
        "main.rs".to_owned(),
        "fn main() {\n    println!(\"used: {}\", 0);\n}\n".to_owned(),
    )]);
    judge(expected, run, &Marks::new(run), &Sources::new(&files))
}

fn verdict(expected: &ClaimExpectation, run: &Observation) -> Verdict {
    ruling(expected, run).verdict
}

#[test]
fn a_printed_figure_is_compared_with_the_measured_one() {
    let live = claim(ClaimOf::LiveBytes);
    assert_eq!(
        verdict(&live, &run().mark("used: 4096", 4096).build()),
        Verdict::Passed
    );
    assert_eq!(
        verdict(&live, &run().mark("used: 4,096 bytes", 4096).build()),
        Verdict::Passed
    );
    assert_eq!(
        verdict(&live, &run().mark("used: 9.5 MB", 9_549_999).build()),
        Verdict::Passed
    );
    let finding = ruling(&live, &run().mark("used: 0", 10_066_330).build())
        .finding
        .unwrap();
    assert_eq!(finding.code, "claims/untrue");
    assert_eq!(
        finding.message,
        "line 1 of stdout says `0` for the heap in use, but 9.6 MiB was measured"
    );
    assert_eq!(finding.primary.unwrap().place.line, 2);
}

#[test]
fn tolerances_are_percent_or_bytes() {
    let run = run().mark("used: 100", 110).build();
    let with = |percent, absolute: Option<u64>| ClaimExpectation {
        percent,
        absolute: absolute.map(Size),
        ..claim(ClaimOf::LiveBytes)
    };
    assert_eq!(verdict(&with(None, None), &run), Verdict::Failed);
    assert_eq!(
        verdict(&with(Some(9.0), None), &run),
        Verdict::Passed,
        "9.9 and half a digit"
    );
    assert_eq!(verdict(&with(Some(8.0), None), &run), Verdict::Failed);
    assert_eq!(verdict(&with(None, Some(10)), &run), Verdict::Passed);
    assert_eq!(verdict(&with(None, Some(9)), &run), Verdict::Failed);
}

#[test]
fn mixed_up_units_are_told() {
    let finding = ruling(
        &claim(ClaimOf::LiveBytes),
        &run().mark("used: 16.0 MB", 16 << 20).build(),
    )
    .finding
    .unwrap();
    assert!(
        finding
            .notes
            .iter()
            .any(|note| note.contains("true in MiB: an MB has 1,000,000 bytes")),
        "{finding:?}"
    );
}

#[test]
fn other_figures_and_differences_can_be_claimed() {
    let run = || {
        run()
            .mark("start", 100)
            .mark("used: 50", 150)
            .last(|point| point.peak_bytes_since = Some(400))
    };
    let since = |of| ClaimExpectation {
        since: Some(line("^start")),
        ..claim(of)
    };
    assert_eq!(
        verdict(&since(ClaimOf::LiveBytes), &run().build()),
        Verdict::Passed
    );
    assert_eq!(
        verdict(&since(ClaimOf::TotalBlocks), &run().build()),
        Verdict::Passed
    );
    assert_eq!(
        verdict(&claim(ClaimOf::LiveBytes), &run().build()),
        Verdict::Failed
    );
    assert_eq!(
        verdict(&claim(ClaimOf::MinorFaults), &run().build()),
        Verdict::Failed
    );
    let finding = ruling(&claim(ClaimOf::PeakBytes), &run().build())
        .finding
        .unwrap();
    assert!(
        finding
            .message
            .ends_with("for the heap's peak, but 400 bytes was measured"),
        "{}",
        finding.message
    );
    let missing = ClaimExpectation {
        since: Some(MarkRef::default()),
        ..claim(ClaimOf::LiveBytes)
    };
    assert_eq!(verdict(&missing, &run().build()), Verdict::Error);
}

#[test]
fn a_program_may_count_the_probe_in_what_it_reads_of_itself() {
    let expected = claim(ClaimOf::Resident);
    let run = |text| {
        run()
            .mark(text, 0)
            .last(|point| {
                point.resident_bytes = Some(4096);
                point.resident_seen_bytes = Some(8192);
            })
            .build()
    };
    assert_eq!(verdict(&expected, &run("used: 4096")), Verdict::Passed);
    assert_eq!(verdict(&expected, &run("used: 8192")), Verdict::Passed);
    assert_eq!(verdict(&expected, &run("used: 6000")), Verdict::Failed);
}

#[test]
fn a_claimed_ratio_is_measured_in_the_same_run() {
    let phase = |from: &str, to: &str| Phase {
        from: Some(line(from)),
        to: Some(line(to)),
    };
    let expected = ClaimExpectation {
        line: "(?<claim>[0-9.]+)x".to_owned(),
        ratio: Some(ClaimRatio {
            of: Quantity::TotalBlocks,
            numerator: phase("^b", "^c"),
            denominator: phase("^a", "^b"),
        }),
        ..claim(ClaimOf::Ratio)
    };
    let run = |text| {
        run()
            .mark("a", 0)
            .mark("b", 2)
            .mark("c", 12)
            .mark(text, 12)
            .build()
    };
    assert_eq!(verdict(&expected, &run("5.0x")), Verdict::Passed);
    assert_eq!(verdict(&expected, &run("5.1x")), Verdict::Failed);
}

#[test]
fn a_claimed_ratio_of_times_is_doubted_as_far_as_the_clocks_allow() {
    let phase = |from: &str, to: &str| Phase {
        from: Some(line(from)),
        to: Some(line(to)),
    };
    let expected = ClaimExpectation {
        line: "(?<claim>[0-9.]+)x".to_owned(),
        percent: Some(10.0),
        ratio: Some(ClaimRatio {
            of: Quantity::CpuTime,
            numerator: phase("^b", "^c"),
            denominator: phase("^a", "^b"),
        }),
        ..claim(ClaimOf::Ratio)
    };
    // From a to b `below` ms, from b to c 1000 ms; and so long the program waited: between b and c if that was seen.
    let doubted = |text, below, waited, seen| {
        let at = |ms| {
            move |point: &mut crate::observe::Point| {
                point.cpu_ms = Some(ms);
                let wait = if ms > below { waited } else { 0.0 };
                point.wall_ms = Some(ms + wait).filter(|_| seen);
            }
        };
        let run = run()
            .mark("a", 0)
            .last(at(0.0))
            .mark("b", 0)
            .last(at(below))
            .mark("c", 0)
            .last(at(below + 1000.0))
            .mark(text, 0)
            .with(|run| {
                run.time.cpu_ms = Some(below + 1000.0);
                run.time.wall_ms = below + 1000.0 + waited;
            })
            .build();
        ruling(&expected, &run).finding.map(|finding| finding.code)
    };
    let code = |text, below, waited| doubted(text, below, waited, false);
    let cases = [
        ("10.0x", 100.0, 0.0, None),
        ("8.0x", 100.0, 0.0, Some("claims/untrue")),
        ("0.1x", 100.0, 500.0, Some("claims/untrue")),
        // The wait may have been in the one phase or in the other.
        ("10.0x", 100.0, 500.0, None),
        ("8.0x", 100.0, 500.0, None),
        ("16.0x", 100.0, 500.0, None),
        ("20.0x", 100.0, 500.0, Some("claims/untrue")),
        // A phase of less than can be timed.
        ("900x", 1.0, 0.0, Some("ratio/too-short")),
        ("100x", 1.0, 0.0, Some("claims/untrue")),
    ];
    for (text, below, waited, wanted) in cases {
        assert_eq!(
            code(text, below, waited).as_deref(),
            wanted,
            "{text} {below} {waited}"
        );
    }
    // A wait between b and c makes the ratio larger on the wall, never smaller.
    for (text, wanted) in [
        ("10.0x", None),
        ("14.0x", None),
        ("6.0x", Some("claims/untrue")),
        ("0.1x", Some("claims/untrue")),
    ] {
        let found = doubted(text, 100.0, 500.0, true);
        assert_eq!(found.as_deref(), wanted, "{text}");
    }
}

#[test]
fn all_untrue_lines_are_named_in_one_finding() {
    let run = run()
        .mark("used: 1.0 MiB", 1 << 20)
        .mark("used: 2.0 MiB", 1 << 20)
        .mark("used: 3.0 MiB", 1 << 20)
        .mark("used: 4.0 MiB", 1 << 20)
        .mark("used: 5.0 MiB", 1 << 20)
        .build();
    let finding = ruling(&claim(ClaimOf::LiveBytes), &run).finding.unwrap();
    assert_eq!(
        finding.message,
        "line 2 of stdout says `2.0 MiB` for the heap in use, but 1.0 MiB was measured"
    );
    assert_eq!(
        finding.notes.last().map(String::as_str),
        Some(
            "also untrue: line 3: `3.0 MiB`, measured 1.0 MiB; line 4: `4.0 MiB`, measured 1.0 MiB; and 1 more"
        )
    );
}

#[test]
fn a_figure_is_told_with_the_unit_and_the_decimals_of_the_claim() {
    let cases = [
        ("used: 9.25 MiB", 1_083_344, "1.03 MiB"),
        ("used: 3 MiB", 1_083_344, "1.0 MiB"),
        ("used: 900 kB", 1_083_344, "1083.3 kB"),
        ("used: 500.0 MiB", 4096, "4.0 KiB"),
        ("used: 3", 1_083_344, "1.0 MiB"),
    ];
    for (text, live, words) in cases {
        let run = run().mark(text, live).build();
        let message = ruling(&claim(ClaimOf::LiveBytes), &run)
            .finding
            .unwrap()
            .message;
        assert!(
            message.ends_with(&format!("but {words} was measured")),
            "{message}"
        );
    }
}

#[test]
fn a_claim_must_be_made_as_often_as_asked() {
    let times = |bound| ClaimExpectation {
        times: Some(bound),
        ..claim(ClaimOf::LiveBytes)
    };
    let two = run().mark("used: 1", 1).mark("used: 2", 2).build();
    let exactly = |n| {
        times(CountBound {
            exactly: Some(n),
            ..CountBound::default()
        })
    };
    let code = |expected: &ClaimExpectation, run| ruling(expected, run).finding.map(|f| f.code);
    assert_eq!(code(&exactly(2), &two), None);
    assert_eq!(code(&exactly(3), &two).as_deref(), Some("claims/missing"));
    assert_eq!(code(&exactly(1), &two).as_deref(), Some("claims/too-often"));
    assert_eq!(
        code(&claim(ClaimOf::LiveBytes), &run().build()).as_deref(),
        Some("claims/missing")
    );
}

#[test]
fn an_untrue_claim_in_a_joint_write_decides_nothing_and_a_true_one_passes() {
    let expected = claim(ClaimOf::LiveBytes);
    let joint = |text| run().mark("title", 0).mark(text, 64).at_once().build();
    assert_eq!(verdict(&expected, &joint("used: 64")), Verdict::Passed);
    assert_eq!(
        verdict(&expected, &joint("used: 32")),
        Verdict::Inconclusive
    );
}

#[test]
fn what_was_not_measured_is_not_judged() {
    let expected = claim(ClaimOf::Resident);
    let run = run()
        .mark("used: 5", 0)
        .last(|point| point.resident_bytes = None)
        .build();
    assert_eq!(verdict(&expected, &run), Verdict::Unmeasurable);
    let words = ClaimExpectation {
        line: "used".to_owned(),
        ..claim(ClaimOf::LiveBytes)
    };
    assert_eq!(verdict(&words, &run), Verdict::Error);
}

#[test]
fn the_stack_at_the_moment_says_who_printed() {
    use crate::observe::SourceLine;
    let at = |line| SourceLine {
        file: "main.rs".to_owned(),
        line,
        column: None,
        function: None,
    };
    let told = |coalesced| {
        let run = run()
            .mark("used: 0", 4096)
            .last(|point| {
                point.path = vec![at(7), at(9)];
                point.coalesced = coalesced;
            })
            .build();
        ruling(&claim(ClaimOf::LiveBytes), &run).finding.unwrap()
    };
    let finding = told(false);
    assert_eq!(finding.primary.unwrap().place.line, 7);
    assert_eq!(finding.secondary[0].place.line, 9);
    assert_eq!(told(true).code, "marks/coalesced");
}

#[test]
fn a_claim_that_is_missing_shows_the_line_that_comes_nearest() {
    let run = run()
        .mark("start", 0)
        .mark("used: much", 0)
        .last(|point| {
            point.path = vec![crate::observe::SourceLine {
                file: "main.rs".to_owned(),
                line: 12,
                column: Some(5),
                function: None,
            }];
        })
        .build();
    let finding = ruling(&claim(ClaimOf::LiveBytes), &run).finding.unwrap();
    assert_eq!(finding.code, "claims/missing");
    assert_eq!(finding.notes, ["line 2 comes nearest: `used: much`"]);
    assert_eq!(finding.primary.unwrap().place.line, 12);
}
