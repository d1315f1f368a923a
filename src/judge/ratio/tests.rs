use super::*;
use crate::course::spec::Phase;
use crate::judge::Verdict;
use crate::judge::testing::{amount as heap_amount, facts, line, run};

fn side(case: &str) -> Side {
    Side {
        case: Some(case.to_owned()),
        between: None,
    }
}

fn cpu(at_least: f64, repeat: u32) -> RatioExpectation {
    RatioExpectation {
        numerator: side("a"),
        denominator: side("b"),
        at_least: Some(at_least),
        repeat: Some(repeat),
        ..RatioExpectation::default()
    }
}

fn timed(times: &[(f64, f64)]) -> Facts {
    let runs = |pick: fn(&(f64, f64)) -> f64| {
        times
            .iter()
            .map(|pair| run().with(|run| run.time.cpu_ms = Some(pick(pair))).build())
            .collect::<Vec<_>>()
    };
    let mut facts = Facts::default();
    facts.runs.insert("a".to_owned(), runs(|pair| pair.0));
    facts.runs.insert("b".to_owned(), runs(|pair| pair.1));
    facts
}

fn code(expected: &RatioExpectation, facts: &Facts) -> Option<String> {
    judge(expected, None, facts)
        .finding
        .map(|finding| finding.code)
}

fn bounded(at_least: Option<f64>, at_most: Option<f64>, repeat: u32) -> RatioExpectation {
    RatioExpectation {
        at_least,
        at_most,
        ..cpu(0.0, repeat)
    }
}

#[test]
fn a_ratio_of_times_is_an_interval() {
    // 1000 ms against 10 ms: from 999.5 / 10.5 = 95.2 to 1000.5 / 9.5 = 105.3.
    let ten: &[(f64, f64)] = &[(1000.0, 10.0)];
    let cases = [
        (ten, bounded(None, Some(106.0), 1), None),
        (ten, bounded(None, Some(105.0), 1), Some("ratio/too-short")),
        (ten, bounded(None, Some(96.0), 1), Some("ratio/too-short")),
        (ten, bounded(None, Some(95.0), 1), Some("ratio/too-high")),
        (ten, bounded(Some(95.0), None, 1), None),
        (ten, bounded(Some(96.0), None, 1), Some("ratio/too-short")),
        (ten, bounded(Some(106.0), None, 1), Some("ratio/too-low")),
        (ten, bounded(Some(95.0), Some(106.0), 1), None),
        // Almost no work below is certain enough, one way or the other.
        (
            &[(150.0, 0.0)],
            bounded(None, Some(100.0), 1),
            Some("ratio/too-high"),
        ),
        (&[(150.0, 0.0)], bounded(Some(100.0), None, 1), None),
        (
            &[(150.0, 0.0)],
            bounded(Some(500.0), None, 1),
            Some("ratio/too-short"),
        ),
        (
            &[(0.0, 150.0)],
            bounded(Some(0.1), None, 1),
            Some("ratio/too-low"),
        ),
        (
            &[(0.0, 0.0)],
            bounded(None, Some(1.0), 1),
            Some("ratio/too-short"),
        ),
        // The median of the pairs counts, whatever one of them was.
        (
            &[(1000.0, 100.0), (3000.0, 150.0), (1200.0, 100.0)],
            bounded(Some(11.9), Some(12.1), 3),
            None,
        ),
        (
            &[(1000.0, 100.0), (3000.0, 150.0), (1200.0, 100.0)],
            bounded(Some(12.1), None, 3),
            Some("ratio/too-low"),
        ),
    ];
    for (times, expected, wanted) in cases {
        let found = code(&expected, &timed(times));
        assert_eq!(found.as_deref(), wanted, "{times:?} {expected:?}");
    }
}

#[test]
fn times_that_are_spread_or_few_decide_nothing() {
    let cases = [
        (
            timed(&[(100.0, 100.0), (320.0, 100.0)]),
            2,
            Some("ratio/too-spread"),
        ),
        (timed(&[(100.0, 100.0), (300.0, 100.0)]), 2, None),
        (timed(&[(100.0, 10.0)]), 2, Some("ratio/too-few-runs")),
        // Of times so short the spread says nothing.
        (timed(&[(100.0, 0.1), (100.0, 0.9)]), 2, None),
    ];
    for (facts, repeat, wanted) in cases {
        let ruling = judge(&cpu(0.9, repeat), None, &facts);
        assert_eq!(
            ruling.finding.map(|finding| finding.code).as_deref(),
            wanted
        );
        let verdict = wanted.map_or(Verdict::Passed, |_| Verdict::Inconclusive);
        assert_eq!(ruling.verdict, verdict);
    }
}

#[test]
fn a_finding_names_both_sides() {
    let run = run().mark("stack: start", 0).mark("stack: end", 0).build();
    let mut facts = facts([("main", run)]);
    let phase = |from: Option<&str>, to: &str| Side {
        case: None,
        between: Some(Phase {
            from: from.map(line),
            to: Some(line(to)),
        }),
    };
    let expected = RatioExpectation {
        numerator: phase(Some("start"), "end"),
        denominator: phase(None, "start"),
        ..bounded(Some(5.0), None, 1)
    };
    let message = |facts: &Facts| {
        let finding = judge(&expected, Some("main"), facts).finding.unwrap();
        finding.message
    };
    assert_eq!(
        message(&facts),
        "the phase from the line `stack: start` takes 1.00 times as much CPU time as the phase before the line \
         `stack: start`, where at least 5 is asked for"
    );
    for point in &mut facts.runs.get_mut("main").unwrap()[0].timeline {
        point.cpu_ms = Some(10.0);
    }
    assert!(message(&facts).contains("takes at most 0.05 times as much"));
}

#[test]
fn blocks_are_compared_between_marks_of_one_case() {
    let phase = |from: &str, to: &str| Side {
        case: None,
        between: Some(Phase {
            from: Some(line(from)),
            to: Some(line(to)),
        }),
    };
    let expected = |least| RatioExpectation {
        of: Quantity::TotalBlocks,
        numerator: phase("^b", "^c"),
        denominator: phase("^a", "^b"),
        at_least: Some(least),
        ..RatioExpectation::default()
    };
    let facts = facts([("x", run().mark("a", 0).mark("b", 2).mark("c", 12).build())]);
    assert_eq!(
        judge(&expected(5.0), Some("x"), &facts).verdict,
        Verdict::Passed
    );
    assert_eq!(
        judge(&expected(5.1), Some("x"), &facts).verdict,
        Verdict::Failed
    );
    assert_eq!(judge(&expected(5.0), None, &facts).verdict, Verdict::Error);
}

#[test]
fn nothing_below_is_infinitely_many_and_nothing_at_all_is_a_failure() {
    let of = |numerator, denominator| {
        let whole = |blocks| {
            run()
                .heap(heap_amount(8, blocks), heap_amount(8, 1), heap_amount(0, 0))
                .build()
        };
        let facts = facts([("a", whole(numerator)), ("b", whole(denominator))]);
        let expected = RatioExpectation {
            of: Quantity::TotalBlocks,
            ..cpu(10.0, 1)
        };
        code(&expected, &facts)
    };
    assert_eq!(of(3_000_000, 0), None);
    assert_eq!(of(0, 0).as_deref(), Some("ratio/nothing-to-compare"));
    assert_eq!(of(0, 5).as_deref(), Some("ratio/too-low"));
}

#[test]
fn a_repetition_that_ends_otherwise_decides_nothing() {
    let mut facts = timed(&[(10.0, 10.0), (10.0, 10.0)]);
    facts.runs.get_mut("a").unwrap()[1].outcome.kind = crate::course::spec::OutcomeKind::TimeLimit;
    assert_eq!(
        code(&cpu(1.0, 2), &facts).as_deref(),
        Some("ratio/run-differs")
    );
}
