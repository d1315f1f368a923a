use std::collections::BTreeMap;

use super::*;
use crate::course::units::Size;
use crate::judge::Verdict;
use crate::judge::testing::{amount, run, site};

fn ruling(expected: &CurveExpectation, run: &Observation) -> Ruling {
    judge(
        expected,
        run,
        &Marks::new(run),
        &Sources::new(&BTreeMap::new()),
    )
}

fn curve(lives: &[u64]) -> Observation {
    lives
        .iter()
        .enumerate()
        .fold(run(), |run, (i, live)| {
            run.mark(&format!("After {} transactions", (i + 1) * 100_000), *live)
        })
        .build()
}

fn grows(per_mark: u64, percent: Option<f64>) -> CurveExpectation {
    CurveExpectation {
        grows: Some(Grows {
            per_mark: Size(per_mark),
            percent,
        }),
        ..CurveExpectation::default()
    }
}

fn steady(after: u32, within: u64) -> CurveExpectation {
    CurveExpectation {
        holds_steady: Some(HoldsSteady {
            after_marks: Some(after),
            within: Size(within),
        }),
        unit: Some("transactions".to_owned()),
        per_day: Some(1_000_000),
        ..CurveExpectation::default()
    }
}

fn returns(within: u64, after_rising: Option<u64>) -> CurveExpectation {
    CurveExpectation {
        returns: Some(Returns {
            within: Size(within),
            after_rising: after_rising.map(Size),
        }),
        ..CurveExpectation::default()
    }
}

fn code(expected: &CurveExpectation, lives: &[u64]) -> Option<String> {
    ruling(expected, &curve(lives))
        .finding
        .map(|finding| finding.code)
}

#[test]
fn growth_is_measured_from_the_first_point_to_the_last() {
    assert_eq!(code(&grows(100, None), &[100, 200, 300, 400]), None);
    assert_eq!(
        code(&grows(100, None), &[100, 200, 300, 399]).as_deref(),
        Some("curve/flat")
    );
    assert_eq!(
        code(&grows(0, None), &[100, 100]).as_deref(),
        Some("curve/flat")
    );
    assert_eq!(
        code(&grows(1, None), &[200, 100]).as_deref(),
        Some("curve/flat")
    );
}

#[test]
fn growth_is_even_within_percent_of_the_whole_growth() {
    let late = [0, 0, 0, 0, 100];
    assert_eq!(
        code(&grows(10, None), &late).as_deref(),
        Some("curve/uneven")
    );
    assert_eq!(
        code(&grows(10, Some(75.0)), &late),
        None,
        "75 percent below the line, and allowed"
    );
    assert_eq!(
        code(&grows(10, Some(74.9)), &late).as_deref(),
        Some("curve/uneven")
    );
    // A vector of 16-byte items that doubles its capacity, 100,000 at a time.
    let doubling: Vec<u64> = (1..=10)
        .map(|i: u64| (i * 100_000).next_power_of_two() * 16)
        .collect();
    assert_eq!(code(&grows(1_000_000, None), &doubling), None);
}

#[test]
fn steady_counts_after_the_warm_up() {
    assert_eq!(code(&steady(2, 10), &[0, 500, 1000, 1010, 1000]), None);
    assert_eq!(
        code(&steady(1, 10), &[0, 500, 1000, 1010, 1000]).as_deref(),
        Some("curve/grows")
    );
    assert_eq!(
        code(&steady(2, 9), &[0, 500, 1000, 1010, 1000]).as_deref(),
        Some("curve/unsteady")
    );
    assert_eq!(
        code(&steady(2, 10), &[0, 500, 1000]).as_deref(),
        Some("marks/missing")
    );
    assert_eq!(
        code(&steady(2, 10), &[0, 500, 1000, 100, 90]).as_deref(),
        Some("curve/unsteady")
    );
}

#[test]
fn a_heap_that_keeps_growing_is_projected_in_the_learners_units() {
    let step = 10_066_330;
    let lives: Vec<u64> = (1..=10).map(|i| i * step).collect();
    let mut observation = curve(&lives);
    let mut site = site(31, 10 * step, 0);
    site.at_highest_mark = Some(amount(10 * step, 1_000_000));
    observation.heap.as_mut().unwrap().sites.push(site);
    let finding = ruling(&steady(2, 65536), &observation).finding.unwrap();
    assert_eq!(
        finding.message,
        "the heap keeps growing, by 9.6 MiB with every 100,000 transactions"
    );
    let label = finding.primary.unwrap();
    assert_eq!(label.place.line, 31);
    assert_eq!(
        label.text,
        "1,000,000 blocks allocated here were still alive"
    );
    assert!(
        finding.notes[0].starts_with("live heap  ▁"),
        "{:?}",
        finding.notes
    );
    assert!(
        finding.notes[0].ends_with(
            "9.6 -> 96 MiB over 10 steps; bounded means flat after step 2, within 64 KiB"
        ),
        "{:?}",
        finding.notes
    );
    assert_eq!(
        finding.notes[1],
        "an 8 GiB server is full after 85 million transactions: on day 86 at a million a day"
    );
}

#[test]
fn a_return_has_a_baseline_and_a_rise() {
    assert_eq!(code(&returns(10, Some(900)), &[100, 1000, 110]), None);
    assert_eq!(
        code(&returns(9, None), &[100, 1000, 110]).as_deref(),
        Some("curve/does-not-return")
    );
    assert_eq!(
        code(&returns(9, None), &[100, 1000, 90]).as_deref(),
        Some("curve/does-not-return")
    );
    assert_eq!(
        code(&returns(10, Some(901)), &[100, 1000, 110]).as_deref(),
        Some("curve/never-rose")
    );
}

#[test]
fn a_rise_between_two_lines_counts() {
    let run = run()
        .mark("a", 100)
        .mark("b", 100)
        .last(|point| point.peak_bytes_since = Some(5000))
        .build();
    assert_eq!(
        ruling(&returns(0, Some(4900)), &run).verdict,
        Verdict::Passed
    );
}

#[test]
fn only_selected_lines_are_points() {
    let expected = CurveExpectation {
        marks: Some("^round".to_owned()),
        ..steady(0, 0)
    };
    let run = run()
        .mark("start", 0)
        .mark("round 1", 50)
        .mark("x", 9)
        .mark("round 2", 50)
        .build();
    assert_eq!(ruling(&expected, &run).verdict, Verdict::Passed);
    let none = CurveExpectation {
        marks: Some("^nothing".to_owned()),
        ..steady(0, 0)
    };
    assert_eq!(ruling(&none, &run).finding.unwrap().code, "marks/missing");
}

#[test]
fn thinned_points_keep_their_distance() {
    let mut run = curve(&[100, 200, 300, 400, 500]);
    run.timeline.remove(2);
    assert_eq!(
        ruling(&grows(100, Some(1.0)), &run).verdict,
        Verdict::Passed
    );
    assert_eq!(
        ruling(&grows(101, Some(1.0)), &run).finding.unwrap().code,
        "curve/flat"
    );
}

#[test]
fn what_was_written_at_once_or_not_recorded_decides_nothing() {
    let at_once = run()
        .mark("a", 1)
        .mark("b", 1)
        .mark("c", 1)
        .at_once()
        .build();
    assert_eq!(
        ruling(&steady(0, 0), &at_once).verdict,
        Verdict::Inconclusive
    );
    let mut blind = curve(&[1, 2, 3]);
    blind.timeline.clear();
    assert_eq!(ruling(&steady(0, 0), &blind).verdict, Verdict::Unmeasurable);
    let mut half = curve(&[1, 2, 3]);
    half.timeline[1].live_bytes = None;
    assert_eq!(ruling(&steady(0, 0), &half).verdict, Verdict::Unmeasurable);
    assert_eq!(
        ruling(&steady(0, 0), &run().build()).finding.unwrap().code,
        "marks/missing"
    );
}

#[test]
fn growth_and_not_size_is_blamed() {
    use crate::observe::{Moment, SourceLine};
    let moments = |lives: &[u64]| -> Vec<Moment> {
        (1..)
            .zip(lives)
            .map(|(number, live)| Moment {
                number,
                total: amount(*live, 1),
                live: amount(*live, 1),
            })
            .collect()
    };
    // Line 3 holds most, from the warm-up on; line 4 grows; line 5 goes up and down.
    let observed = |lives: &[u64]| {
        let mut observation = curve(lives);
        let sites = [
            (3, [5000, 9000, 9000, 9000, 9000]),
            (4, [0, 0, 300, 600, 800]),
            (5, [0, 700, 0, 700, 0]),
        ];
        for (line, lives) in sites {
            let mut site = site(line, 9000, 0);
            site.moments = moments(&lives);
            observation.heap.as_mut().unwrap().sites.push(site);
        }
        let printer = SourceLine {
            file: "main.rs".to_owned(),
            line: 20,
            column: None,
            function: None,
        };
        for point in &mut observation.timeline {
            point.path = vec![printer.clone()];
        }
        observation
    };
    let cases = [
        (
            steady(1, 10),
            [5000, 9000, 9300, 9600, 9800],
            "curve/grows",
            4,
            "what is allocated here grew by 800 bytes over these steps",
        ),
        // The highest line counts, not the last one.
        (
            steady(1, 10),
            [5000, 9000, 9300, 9800, 9700],
            "curve/grows",
            4,
            "what is allocated here grew by 600 bytes over these steps",
        ),
        (
            steady(1, 10),
            [5000, 9700, 9000, 9700, 9000],
            "curve/unsteady",
            4,
            "what is allocated here moves between 0 bytes and 800 bytes",
        ),
        (
            returns(10, None),
            [5000, 9000, 9000, 9000, 9800],
            "curve/does-not-return",
            3,
            "what is allocated here grew by 3.9 KiB over these steps",
        ),
        (
            grows(1, Some(10.0)),
            [5000, 9000, 9300, 9600, 9800],
            "curve/uneven",
            20,
            "the line of that step",
        ),
        (
            returns(10, Some(1 << 20)),
            [5000, 9000, 9000, 9000, 5000],
            "curve/never-rose",
            20,
            "the last of these lines",
        ),
        (
            steady(9, 10),
            [1, 2, 3, 4, 5],
            "marks/missing",
            20,
            "the last of them",
        ),
    ];
    for (expected, lives, code, line, text) in cases {
        let finding = ruling(&expected, &observed(&lives)).finding.unwrap();
        assert_eq!(finding.code, code);
        let label = finding.primary.unwrap();
        assert_eq!(
            (label.place.line, label.text.as_str()),
            (line, text),
            "{code} {lives:?}"
        );
    }
}
