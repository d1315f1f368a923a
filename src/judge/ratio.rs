//! Two cases or two phases compared: paired runs, the ratio of each pair, the median judged.
//!
//! CPU times are known to within a fraction of a millisecond, so a ratio of them is an interval. It fails where even
//! the ratio that suits the program best is out of bounds, passes where even the worst is within, and decides nothing
//! in between.

use crate::course::spec::{Quantity, RatioExpectation, Side};
use crate::diagnostic::Finding;
use crate::observe::Observation;

use super::Facts;
use super::figures::{self, Counter};
use super::marks::{self, Marks, Span};
use super::ruling::{Judged, Ruling, settle};
use super::words::brief;

/// How far a CPU time may be off either way: the kernel adds to it what interrupts and the fetching of a first page
/// took, which comes to tenths of a millisecond on a busy machine.
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
    let mut ratios: Vec<Pair> = Vec::new();
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
        let Some((low, high)) = between(a, b, expected.of) else {
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
        };
        ratios.push(Pair {
            above: a,
            below: b,
            low,
            high,
        });
    }
    let (low, high) = (
        median(ratios.iter().map(|pair| pair.low)),
        median(ratios.iter().map(|pair| pair.high)),
    );
    ratios.sort_by(|a, b| (a.above / a.below).total_cmp(&(b.above / b.below)));
    spread(expected, &ratios)?;
    let too_low = expected.at_least.filter(|least| high < *least);
    let too_high = expected.at_most.filter(|most| low > *most);
    if too_low.is_none() && too_high.is_none() {
        let surely_low = expected.at_least.is_none_or(|least| low >= least);
        let surely_high = expected.at_most.is_none_or(|most| high <= most);
        if !(surely_low && surely_high) {
            return too_close(low, high).stop();
        }
        let middle = median(ratios.iter().map(|pair| pair.above / pair.below));
        return Ok(Ruling::passed(format!(
            "{} times as {}",
            times(middle),
            much(expected.of)
        )));
    }
    let names = (
        side_words(&expected.numerator, &above[0]),
        side_words(&expected.denominator, &below[0]),
    );
    Ok(Ruling::by_fault(out_of_bounds(
        expected, &ratios, too_low, &names,
    )))
}

/// What one pair of runs gave.
#[derive(Debug, Clone, Copy)]
struct Pair {
    above: f64,
    below: f64,
    low: f64,
    high: f64,
}

/// The smallest and the largest that the ratio of two figures may be; `None` where there is nothing on either side.
pub(super) fn between(above: f64, below: f64, of: Quantity) -> Option<(f64, f64)> {
    let doubt = match of {
        Quantity::CpuTime => DOUBT_MS,
        Quantity::TotalBlocks | Quantity::TotalBytes | Quantity::PeakBytes => 0.0,
    };
    let (least, most) = ((above - doubt).max(0.0), above + doubt);
    if most == 0.0 && below + doubt == 0.0 {
        return None;
    }
    Some((least / (below + doubt), most / (below - doubt).max(0.0)))
}

/// Makes sure that repetitions agree as well as the spec asks, as far as doubt does not explain it.
fn spread(expected: &RatioExpectation, ratios: &[Pair]) -> Judged<()> {
    let largest = ratios.iter().map(|pair| pair.low).fold(0.0, f64::max);
    let smallest = ratios
        .iter()
        .map(|pair| pair.high)
        .fold(f64::INFINITY, f64::min);
    let allowed = expected.spread.unwrap_or(DEFAULT_SPREAD).max(1.0);
    if ratios.len() < 2 || largest <= smallest * allowed {
        return Ok(());
    }
    Ruling::inconclusive(
        "ratio/too-spread",
        format!("repetitions differ too much to decide: the ratio lies between {smallest:.2} and {largest:.2}"),
    )
    .note(format!("allowed: the largest at most {allowed} times the smallest"))
    .note("close other programs and check again")
    .stop()
}

fn out_of_bounds(
    expected: &RatioExpectation,
    sorted: &[Pair],
    too_low: Option<f64>,
    names: &(String, String),
) -> Finding {
    let (code, wanted, help) = match too_low {
        Some(least) => (
            "ratio/too-low",
            format!("at least {least}"),
            "does the first one really do the work that should make it larger?",
        ),
        None => (
            "ratio/too-high",
            format!("at most {}", expected.at_most.unwrap_or_default()),
            "does each of the two really do its work, and no more than that?",
        ),
    };
    let Some(pair) = sorted.get(sorted.len() / 2) else {
        return Finding::learner(code, "the ratio is out of bounds");
    };
    let doubtful = pair.high > 2.0 * pair.low;
    let middle = pair.above / pair.below;
    let ratio = match too_low {
        _ if !doubtful => times(middle),
        Some(_) => format!("at most {}", times(pair.high)),
        None => format!("at least {}", times(pair.low)),
    };
    let (first, second) = names;
    let mut finding = Finding::learner(
        code,
        format!(
            "{first} takes {ratio} times as {} as {second}, where {wanted} is asked for",
            much(expected.of)
        ),
    );
    finding = finding.note(format!(
        "measured: {} against {}",
        amount(pair.above, expected.of),
        amount(pair.below, expected.of)
    ));
    if sorted.len() > 1 {
        finding = finding.note(format!("the median of {} paired runs counts", sorted.len()));
    }
    finding.help(help)
}

/// A side in words: `the phase from the line …`, `the case …`.
fn side_words(side: &Side, run: &Observation) -> String {
    let marks = Marks::new(run);
    let span = side.between.as_ref().map(|phase| marks.span(Some(phase)));
    let of_case = side.case.as_ref().map(|case| format!("the case `{case}`"));
    match span.and_then(Result::ok) {
        Some(Span { from: Some(at), .. }) => format!("the phase from the line {}", brief(at.line)),
        Some(Span { to: Some(at), .. }) => format!("the phase before the line {}", brief(at.line)),
        _ => of_case.unwrap_or_else(|| "the whole run".to_owned()),
    }
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

/// The ruling that a ratio is not known well enough.
pub(super) fn too_close(low: f64, high: f64) -> Ruling {
    let ruling = Ruling::inconclusive(
        "ratio/too-short",
        format!(
            "the times are too short to decide: the ratio may be anything from {} to {}",
            times(low),
            times(high)
        ),
    );
    ruling.note(format!("a CPU time is known to within {DOUBT_MS} ms"))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
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
mod tests;
