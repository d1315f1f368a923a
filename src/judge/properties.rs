//! Properties that hold for any observation and any bound.

use proptest::prelude::*;

use super::testing::{amount, case, check, exercise, facts, line, run, site};
use super::{Facts, Verdict, judge};
use crate::course::spec::{
    Check, ClaimExpectation, ClaimOf, CountBound, CurveExpectation, Exercise, Grows,
    HeapExpectation, HoldsSteady, LeakExpectation, OutcomeExpectation, OutcomeKind,
    OutputExpectation, PagesExpectation, Phase, Quantity, RatioExpectation, Returns, SizeBound,
    StackExpectation,
};
use crate::course::units::Size;
use crate::observe::{Observation, Point};

fn kinds() -> impl Strategy<Value = OutcomeKind> {
    use OutcomeKind as K;
    prop_oneof![
        6 => Just(K::Exited),
        1 => Just(K::Panicked),
        1 => Just(K::StackOverflow),
        1 => Just(K::TimeLimit),
        1 => Just(K::Vanished),
        1 => Just(K::Signaled),
    ]
}

prop_compose! {
    fn points()(
        mark in proptest::option::weighted(0.9, "(round|used:|x)? ?-?[0-9]{0,12}( MB|%|,000)?\\PC{0,4}"),
        number in proptest::option::of(0_u64..20),
        coalesced in proptest::bool::weighted(0.1),
        live in proptest::option::weighted(0.9, any::<u64>()),
        total in proptest::option::weighted(0.9, any::<u64>()),
        peak in proptest::option::weighted(0.9, any::<u64>()),
        cpu_ms in proptest::option::of(any::<f64>()),
    ) -> Point {
        Point {
            mark,
            number,
            path: Vec::new(),
            coalesced,
            total_bytes: total,
            total_blocks: total,
            live_bytes: live,
            live_blocks: live,
            peak_bytes_since: peak,
            resident_bytes: live,
            virtual_bytes: total,
            resident_seen_bytes: peak,
            virtual_seen_bytes: None,
            minor_faults: total,
            major_faults: None,
            cpu_ms,
            wall_ms: None,
            addresses: Vec::new(),
        }
    }
}

prop_compose! {
    fn observations()(
        kind in kinds(),
        exit_code in proptest::option::of(any::<i32>()),
        stdout in "(round [0-9]\n|used: [0-9]{1,3}\n|\\PC{0,9}){0,6}",
        truncated in proptest::bool::weighted(0.1),
        timeline in proptest::collection::vec(points(), 0..8),
        figures in proptest::array::uniform6(any::<u64>()),
        measured in proptest::bool::weighted(0.9),
        complete in proptest::bool::weighted(0.8),
        aslr_off in any::<bool>(),
        line in 0_u32..9,
    ) -> Observation {
        let [a, b, c, d, e, f] = figures;
        run()
            .ends(kind, exit_code)
            .heap(amount(a, b), amount(c, d), amount(e, f))
            .site(site(line, a, e))
            .with(|run| {
                run.stdout.text = stdout;
                run.stdout.truncated = truncated;
                run.timeline = timeline;
                run.aslr_off = aslr_off;
                run.pages.peak_resident_bytes = Some(c);
                run.stack.peak_bytes = Some(d);
                if let Some(heap) = &mut run.heap {
                    heap.complete = complete;
                    heap.definitely_lost = Some(amount(e, f));
                }
                if !measured {
                    run.heap = None;
                }
            })
            .build()
    }
}

/// One check of each kind, with bounds around `bound`.
fn every_kind(bound: u64) -> Vec<Check> {
    let size = Some(SizeBound {
        at_most: Some(Size(bound)),
        ..SizeBound::default()
    });
    let phase = Some(Phase {
        from: Some(line("round")),
        to: Some(line("used")),
    });
    let curve = |curve: CurveExpectation| check("curve", 1, |check| check.curve = Some(curve));
    vec![
        check("outcome", 1, |check| {
            check.outcome = Some(OutcomeExpectation {
                kind: Some(OutcomeKind::Exited),
                ..OutcomeExpectation::default()
            });
        }),
        check("output", 2, |check| {
            check.output = Some(OutputExpectation {
                lines: Some(vec!["round 1".to_owned(), "used: 2".to_owned()]),
                ..OutputExpectation::default()
            });
        }),
        check("heap", 3, |check| {
            check.heap = Some(HeapExpectation {
                peak_bytes: size,
                at_exit_bytes: size,
                ..HeapExpectation::default()
            });
        }),
        check("phase", 1, |check| {
            check.heap = Some(HeapExpectation {
                between: phase.clone(),
                total_bytes: size,
                peak_bytes: size,
                ..HeapExpectation::default()
            });
        }),
        curve(CurveExpectation {
            grows: Some(Grows {
                per_mark: Size(bound),
                percent: Some(20.0),
            }),
            ..CurveExpectation::default()
        }),
        curve(CurveExpectation {
            holds_steady: Some(HoldsSteady {
                after_marks: None,
                within: Size(bound),
            }),
            unit: Some("rounds".to_owned()),
            per_day: Some(bound),
            server: Some(Size(bound)),
            ..CurveExpectation::default()
        }),
        curve(CurveExpectation {
            returns: Some(Returns {
                within: Size(bound),
                after_rising: Some(Size(bound)),
            }),
            ..CurveExpectation::default()
        }),
        check("leak", 1, |check| {
            check.leak = Some(LeakExpectation {
                none: Some(true),
                ..LeakExpectation::default()
            });
        }),
        check("pages", 1, |check| {
            check.pages = Some(PagesExpectation {
                between: phase.clone(),
                resident: size,
                ..PagesExpectation::default()
            });
        }),
        check("stack", 1, |check| {
            check.stack = size.map(|peak| StackExpectation { peak });
        }),
        check("ratio", 1, |check| {
            check.ratio = Some(RatioExpectation {
                of: Quantity::TotalBlocks,
                at_least: Some(bound as f64),
                ..RatioExpectation::default()
            });
        }),
        check("claim", 1, |check| {
            check.claim = Some(ClaimExpectation {
                line: "(?<claim>-?[0-9,.]+ ?[A-Z%]*)".to_owned(),
                of: ClaimOf::LiveBytes,
                absolute: Some(Size(bound)),
                ..ClaimExpectation::default()
            });
        }),
    ]
}

fn one_case(checks: Vec<Check>) -> Exercise {
    exercise(vec![case("main", checks)])
}

fn verdict_of(check: Check, run: &Observation) -> Verdict {
    let facts: Facts = facts([("main", run.clone())]);
    let report = judge("e", &one_case(vec![check]), &facts);
    report.cases[0]
        .checks
        .last()
        .map_or(Verdict::Error, |check| check.verdict)
}

/// A loosened bound must not turn a pass into anything else, nor anything else but a failure into a failure.
fn never_worse(tight: Verdict, loose: Verdict) -> bool {
    tight == loose || (tight == Verdict::Failed) || (loose == Verdict::Passed)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_observation_is_judged_the_same_twice_with_a_score_in_range(run in observations(), bound in any::<u64>()) {
        let exercise = one_case(every_kind(bound));
        let facts = facts([("main", run)]);
        let report = judge("e", &exercise, &facts);
        prop_assert_eq!(&report, &judge("e", &exercise, &facts));
        prop_assert!(report.score.earned + report.score.undecided <= report.score.possible);
        prop_assert_eq!(report.score.possible, 15);
        for check in &report.cases[0].checks {
            prop_assert_eq!(check.earned > 0, check.verdict == Verdict::Passed && check.points > 0);
            prop_assert_eq!(check.finding.is_none(), check.verdict == Verdict::Passed, "{:?}", check);
            prop_assert_eq!(check.summary.is_some(), check.verdict == Verdict::Passed);
        }
    }

    #[test]
    fn loosening_a_bound_never_loses_a_pass(run in observations(), a in any::<u64>(), b in any::<u64>()) {
        let (low, high) = (a.min(b), a.max(b));
        let most = |n| Some(SizeBound { at_most: Some(Size(n)), ..SizeBound::default() });
        let least = |n| Some(CountBound { at_least: Some(n), ..CountBound::default() });
        let heap = |heap| check("heap", 1, |check| check.heap = Some(heap));
        let pairs = [
            (
                heap(HeapExpectation { peak_bytes: most(low), ..HeapExpectation::default() }),
                heap(HeapExpectation { peak_bytes: most(high), ..HeapExpectation::default() }),
            ),
            (
                heap(HeapExpectation { total_blocks: least(high), ..HeapExpectation::default() }),
                heap(HeapExpectation { total_blocks: least(low), ..HeapExpectation::default() }),
            ),
        ];
        for (tight, loose) in pairs {
            let (tight, loose) = (verdict_of(tight, &run), verdict_of(loose, &run));
            prop_assert!(never_worse(tight, loose), "{:?} became {:?}", tight, loose);
        }
        // Checks whose bound is a tolerance: the larger, the looser.
        let steady = |within| check("curve", 1, |check| check.curve = Some(CurveExpectation {
            holds_steady: Some(HoldsSteady { after_marks: Some(0), within: Size(within) }),
            ..CurveExpectation::default()
        }));
        let claim = |absolute| check("claim", 1, |check| check.claim = Some(ClaimExpectation {
            line: "(?<claim>-?[0-9,.]+)".to_owned(),
            absolute: Some(Size(absolute)),
            ..ClaimExpectation::default()
        }));
        let grows = |per_mark, percent| check("curve", 1, |check| check.curve = Some(CurveExpectation {
            grows: Some(Grows { per_mark: Size(per_mark), percent: Some(percent) }),
            ..CurveExpectation::default()
        }));
        let pairs = [
            (steady(low), steady(high)),
            (claim(low), claim(high)),
            (grows(high, 10.0), grows(low, 90.0)),
        ];
        for (tight, loose) in pairs {
            let (tight, loose) = (verdict_of(tight, &run), verdict_of(loose, &run));
            prop_assert!(never_worse(tight, loose), "{:?} became {:?}", tight, loose);
        }
    }

    #[test]
    fn a_leak_more_never_earns_a_pass(lost in 0_u64..1000, more in 1_u64..1000) {
        let none = |lost| {
            let run = run().with(|run| {
                if let Some(heap) = &mut run.heap {
                    heap.definitely_lost = Some(amount(lost, lost));
                }
            }).build();
            verdict_of(check("leak", 1, |check| check.leak = Some(LeakExpectation {
                none: Some(true),
                ..LeakExpectation::default()
            })), &run)
        };
        prop_assert_eq!(none(lost) == Verdict::Passed, lost == 0);
        prop_assert_eq!(none(lost + more), Verdict::Failed);
    }
}
