//! Two cases or two phases compared: paired runs, the ratio of each pair, the median judged.

use crate::course::spec::{Quantity, RatioExpectation, Side};
use crate::diagnostic::Finding;
use crate::observe::Observation;

use super::Facts;
use super::figures::{self, Counter};
use super::marks::{self, Marks, Span};
use super::ruling::{Judged, Ruling, settle};

/// CPU time below this is too short to compare.
pub(super) const SHORTEST_MS: f64 = 2.0;
/// How far a single CPU time may be off, by an interrupt or by a page that had to be fetched.
const DOUBT_MS: f64 = 0.5;
/// Largest over smallest ratio beyond which nothing can be said, if the spec does not say.
const DEFAULT_SPREAD: f64 = 3.0;
/// Paired repetitions for CPU time, if the spec does not say.
const CPU_REPEATS: u32 = 5;

/// Judges a ratio; `own_case` is the case of sides that name none.
pub(super) fn judge(expected: &RatioExpectation, own_case: Option<&str>, facts: &Facts) -> Ruling {
    settle(compare(expected, own_case, facts))
}

/// Cases that the ratio is about.
pub(super) fn cases<'a>(expected: &'a RatioExpectation, own_case: Option<&'a str>) -> Vec<&'a str> {
    [&expected.numerator, &expected.denominator]
        .into_iter()
        .filter_map(|side| side.case.as_deref().or(own_case))
        .collect()
}

fn compare(expected: &RatioExpectation, own_case: Option<&str>, facts: &Facts) -> Judged<Ruling> {
    if expected.at_least.is_none() && expected.at_most.is_none() {
        return Ruling::author("spec/empty-expectation", "no bound on the ratio is given").stop();
    }
    let above = runs(&expected.numerator, own_case, facts)?;
    let below = runs(&expected.denominator, own_case, facts)?;
    let cpu = expected.of == Quantity::CpuTime;
    let asked = expected
        .repeat
        .unwrap_or(if cpu { CPU_REPEATS } else { 1 })
        .max(1);
    let pairs: Vec<(&Observation, &Observation)> = above
        .iter()
        .zip(below)
        .take(usize::try_from(asked).unwrap_or(usize::MAX))
        .collect();
    if pairs.len() < usize::try_from(asked).unwrap_or(usize::MAX) {
        return Ruling::inconclusive(
            "ratio/too-few-runs",
            format!(
                "{asked} paired runs are needed for this comparison, and there are {}",
                pairs.len()
            ),
        )
        .stop();
    }
    let mut ratios = Vec::new();
    let mut shown = Vec::new();
    let mut short: Vec<((f64, f64), (f64, f64))> = Vec::new();
    let mut shortest = f64::INFINITY;
    for (i, (a, b)) in pairs.iter().enumerate() {
        if a.outcome.kind != above[0].outcome.kind || b.outcome.kind != below[0].outcome.kind {
            return Ruling::inconclusive(
                "ratio/run-differs",
                format!(
                    "repetition {} ended in another way than the first run",
                    i + 1
                ),
            )
            .stop();
        }
        let (a, b) = (
            value(a, &expected.numerator, expected.of)?,
            value(b, &expected.denominator, expected.of)?,
        );
        if cpu && a.min(b) < SHORTEST_MS {
            // A short time is only known to be short; that may be enough.
            short.push((least_and_most(a), least_and_most(b)));
            shortest = shortest.min(a.min(b));
        }
        if a == 0.0 && b == 0.0 {
            let finding = Finding::learner(
                "ratio/nothing-to-compare",
                format!(
                    "there is nothing to compare: both sides have 0 {}",
                    unit(expected.of)
                ),
            );
            return Ruling::by_fault(
                finding.help("is the work on both sides really done between its lines?"),
            )
            .stop();
        }
        ratios.push(a / b);
        shown.push(format!(
            "{} against {}",
            amount(a, expected.of),
            amount(b, expected.of)
        ));
    }
    if !short.is_empty() {
        // The pair that is certain either way stands for all; if any pair is not, nothing is.
        let all_short = short.len() == ratios.len();
        let surely = |least: bool| {
            short.iter().all(|((a_least, a_most), (b_least, b_most))| {
                let (smallest, largest) = (a_least / b_most, a_most / b_least);
                match (least, expected.at_least, expected.at_most) {
                    (true, Some(at_least), _) => largest < at_least,
                    (false, _, Some(at_most)) => smallest > at_most,
                    _ => false,
                }
            })
        };
        if !(all_short && (surely(true) || surely(false))) {
            return too_short(shortest).stop();
        }
        let median = median_of(&mut ratios);
        return Ok(verdict(expected, median, &shown));
    }
    let median = median_of(&mut ratios);
    let (Some(smallest), Some(largest)) = (ratios.first(), ratios.last()) else {
        return marks::unmeasured(&above[0], "the ratio").stop();
    };
    let spread = largest / smallest;
    let allowed = expected.spread.unwrap_or(DEFAULT_SPREAD).max(1.0);
    if ratios.len() > 1 && spread > allowed {
        return Ruling::inconclusive(
            "ratio/too-spread",
            format!("repetitions differ too much to decide: the ratio lies between {smallest:.2} and {largest:.2}"),
        )
        .note(format!("allowed: the largest at most {allowed} times the smallest"))
        .note("close other programs and check again")
        .stop();
    }
    Ok(verdict(expected, median, &shown))
}

fn verdict(expected: &RatioExpectation, median: f64, shown: &[String]) -> Ruling {
    let (code, wanted, help) = match (expected.at_least, expected.at_most) {
        (Some(least), _) if median < least => (
            "ratio/too-low",
            format!("at least {least}"),
            "does the first side really do the work that should make it larger?",
        ),
        (_, Some(most)) if median > most => (
            "ratio/too-high",
            format!("at most {most}"),
            "what does the first side do that the second does not need to?",
        ),
        _ => return Ruling::passed(format!("{} times as {}", times(median), much(expected.of))),
    };
    let mut finding = Finding::learner(
        code,
        format!(
            "the first side has {} times as {} as the second, where {wanted} is asked for",
            times(median),
            much(expected.of)
        ),
    );
    if let Some(pair) = shown.get(shown.len() / 2) {
        finding = finding.note(format!("measured: {pair}"));
    }
    if shown.len() > 1 {
        finding = finding.note(format!("the median of {} paired runs counts", shown.len()));
    }
    Ruling::by_fault(finding.help(help))
}

fn runs<'a>(side: &Side, own_case: Option<&str>, facts: &'a Facts) -> Judged<&'a [Observation]> {
    let Some(case) = side.case.as_deref().or(own_case) else {
        return Ruling::author(
            "spec/side-without-case",
            "a side of the ratio does not say which case it means",
        )
        .stop();
    };
    match facts.runs.get(case) {
        Some(runs) if !runs.is_empty() => Ok(runs),
        _ => Ruling::unmeasurable("run/not-measured", format!("the case `{case}` was not run"))
            .stop(),
    }
}

fn value(run: &Observation, side: &Side, of: Quantity) -> Judged<f64> {
    let marks = Marks::new(run);
    let span = marks.span(side.between.as_ref())?;
    quantity(run, &span, of)
}

/// A quantity of a run or a phase of it.
pub(super) fn quantity(run: &Observation, span: &Span<'_>, of: Quantity) -> Judged<f64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a ratio has fewer digits than that"
    )]
    let float = |value: i128| value as f64;
    match of {
        Quantity::CpuTime => cpu_ms(run, span),
        Quantity::TotalBlocks | Quantity::TotalBytes
            if figures::cut_short(run) && span.to.is_none() =>
        {
            Ruling::inconclusive(
                "run/incomplete",
                "the recording was cut short, so its totals are not known",
            )
            .stop()
        }
        Quantity::TotalBlocks => figures::rise(run, span, Counter::TotalBlocks).map(float),
        Quantity::TotalBytes => figures::rise(run, span, Counter::TotalBytes).map(float),
        Quantity::PeakBytes => {
            let peak = figures::peak(run, span)?;
            if peak.low == peak.high {
                Ok(float(peak.low))
            } else {
                Ruling::inconclusive(
                    "run/incomplete",
                    "the peak of this phase is not known exactly",
                )
                .stop()
            }
        }
    }
}

fn cpu_ms(run: &Observation, span: &Span<'_>) -> Judged<f64> {
    let start = match &span.from {
        None => Some(0.0),
        Some(at) => at.point.cpu_ms,
    };
    let end = match &span.to {
        None => run.time.cpu_ms,
        Some(at) => at.point.cpu_ms,
    };
    match (start, end) {
        (Some(start), Some(end)) if (end - start).is_finite() => Ok((end - start).max(0.0)),
        _ => marks::unmeasured(run, "CPU time").stop(),
    }
}

/// The ruling that a CPU time is too short to be compared.
pub(super) fn too_short(ms: f64) -> Ruling {
    Ruling::inconclusive(
        "ratio/too-short",
        format!("one side took only {ms:.1} ms of CPU time, too little to be timed reliably"),
    )
    .note(format!("at least {SHORTEST_MS} ms are needed on each side"))
}

/// What a CPU time may really be.
fn least_and_most(ms: f64) -> (f64, f64) {
    ((ms - DOUBT_MS).max(0.0), ms + DOUBT_MS)
}

fn median_of(ratios: &mut [f64]) -> f64 {
    ratios.sort_by(f64::total_cmp);
    median(ratios)
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    match (
        sorted.len() % 2,
        middle.checked_sub(1).and_then(|i| sorted.get(i)),
        sorted.get(middle),
    ) {
        (0, Some(a), Some(b)) => f64::midpoint(*a, *b),
        (_, _, Some(b)) => *b,
        _ => f64::NAN,
    }
}

fn times(ratio: f64) -> String {
    if ratio.is_infinite() {
        "infinitely many".to_owned()
    } else if ratio < 10.0 {
        format!("{ratio:.2}")
    } else {
        format!("{ratio:.0}")
    }
}

fn unit(of: Quantity) -> &'static str {
    match of {
        Quantity::CpuTime => "ms of CPU time",
        Quantity::TotalBlocks => "blocks",
        Quantity::TotalBytes | Quantity::PeakBytes => "bytes",
    }
}

fn much(of: Quantity) -> &'static str {
    match of {
        Quantity::CpuTime => "much CPU time",
        Quantity::TotalBlocks => "many blocks",
        Quantity::TotalBytes => "many bytes",
        Quantity::PeakBytes => "high a peak",
    }
}

fn amount(value: f64, of: Quantity) -> String {
    match of {
        Quantity::CpuTime => format!("{value:.1} ms"),
        _ => format!("{} {}", super::words::rough_count(value), unit(of)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{amount as heap_amount, facts, line, run};
    use super::*;
    use crate::course::spec::Phase;
    use crate::judge::Verdict;

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

    #[test]
    fn the_median_of_the_pairs_is_judged() {
        let facts = timed(&[(100.0, 10.0), (300.0, 20.0), (120.0, 10.0)]);
        assert_eq!(code(&cpu(12.0, 3), &facts), None);
        assert_eq!(
            code(&cpu(12.1, 3), &facts).as_deref(),
            Some("ratio/too-low")
        );
        let most = RatioExpectation {
            at_least: None,
            at_most: Some(11.9),
            ..cpu(0.0, 3)
        };
        assert_eq!(code(&most, &facts).as_deref(), Some("ratio/too-high"));
    }

    #[test]
    fn times_that_are_short_or_spread_or_few_decide_nothing() {
        let cases = [
            (timed(&[(100.0, 1.9)]), 1, "ratio/too-short"),
            (timed(&[(10.0, 10.0), (31.0, 10.0)]), 2, "ratio/too-spread"),
            (timed(&[(10.0, 10.0)]), 2, "ratio/too-few-runs"),
        ];
        for (facts, repeat, wanted) in cases {
            let ruling = judge(&cpu(1.0, repeat), None, &facts);
            assert_eq!(ruling.verdict, Verdict::Inconclusive);
            assert_eq!(ruling.finding.unwrap().code, wanted);
        }
        assert_eq!(
            code(&cpu(1.0, 2), &timed(&[(10.0, 10.0), (30.0, 10.0)])),
            None,
            "three times is still allowed"
        );
        assert_eq!(
            code(&cpu(1.0, 1), &timed(&[(2.0, 2.0)])),
            None,
            "two milliseconds are enough"
        );
    }

    #[test]
    fn a_time_too_short_to_measure_may_still_be_too_short_by_far() {
        let most = |at_most| RatioExpectation {
            at_least: None,
            at_most: Some(at_most),
            ..cpu(0.0, 1)
        };
        let skipped = timed(&[(150.5, 0.1)]);
        assert_eq!(
            code(&most(249.0), &skipped).as_deref(),
            Some("ratio/too-high")
        );
        assert_eq!(
            code(&most(250.0), &skipped).as_deref(),
            Some("ratio/too-short")
        );
        assert_eq!(
            code(&cpu(0.1, 1), &timed(&[(1.0, 1500.0)])).as_deref(),
            Some("ratio/too-low")
        );
        assert_eq!(
            code(&cpu(0.001, 1), &timed(&[(1.0, 1500.0)])).as_deref(),
            Some("ratio/too-short")
        );
        assert_eq!(
            code(&most(1.0), &timed(&[(1.0, 1.0)])).as_deref(),
            Some("ratio/too-short")
        );
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
        facts.runs.get_mut("a").unwrap()[1].outcome.kind =
            crate::course::spec::OutcomeKind::TimeLimit;
        assert_eq!(
            code(&cpu(1.0, 2), &facts).as_deref(),
            Some("ratio/run-differs")
        );
    }
}
