//! Margins: a limit that a good program meets by a hair will fail the next good program.
//!
//! Every bound that is not exact is made tighter by a twentieth, and the good program is judged again. Whatever
//! passed before and does not pass then had no margin.

use crate::course::spec::{Check, CountBound, CurveExpectation, Exercise, SizeBound};
use crate::course::units::Size;

/// The part of a bound that must be left as margin: one twentieth, 5 %.
const PART: u64 = 20;

/// The exercise with every inexact bound of every check made tighter by 5 %.
#[must_use]
pub fn tightened(exercise: &Exercise) -> Exercise {
    let mut exercise = exercise.clone();
    let of_cases = exercise.cases.iter_mut().flat_map(|case| &mut case.checks);
    for check in of_cases.chain(&mut exercise.checks) {
        tighten(check);
    }
    exercise
}

fn tighten(check: &mut Check) {
    if let Some(output) = &mut check.output
        && let Some(numbers) = &mut output.numbers
    {
        shrink_float(&mut numbers.percent);
        shrink_float(&mut numbers.absolute);
    }
    if let Some(heap) = &mut check.heap {
        for bound in [
            &mut heap.total_bytes,
            &mut heap.peak_bytes,
            &mut heap.at_exit_bytes,
        ] {
            tighten_sizes(bound);
        }
        for bound in [&mut heap.total_blocks, &mut heap.at_exit_blocks] {
            tighten_counts(bound);
        }
    }
    if let Some(curve) = &mut check.curve {
        tighten_curve(curve);
    }
    if let Some(leak) = &mut check.leak {
        raise(&mut leak.at_least);
    }
    if let Some(pages) = &mut check.pages {
        for bound in [&mut pages.resident, &mut pages.virtual_size] {
            tighten_sizes(bound);
        }
        for bound in [&mut pages.minor_faults, &mut pages.major_faults] {
            tighten_counts(bound);
        }
    }
    if let Some(stack) = &mut check.stack {
        tighten_size(&mut stack.peak);
    }
    if let Some(ratio) = &mut check.ratio {
        if let Some(at_least) = &mut ratio.at_least {
            *at_least *= 1.0 + 1.0 / PART as f64;
        }
        shrink_float(&mut ratio.at_most);
    }
    if let Some(claim) = &mut check.claim {
        shrink_float(&mut claim.percent);
        shrink(&mut claim.absolute);
        tighten_counts(&mut claim.times);
    }
}

fn tighten_curve(curve: &mut CurveExpectation) {
    if let Some(grows) = &mut curve.grows {
        grows.per_mark.0 += grows.per_mark.0 / PART;
        shrink_float(&mut grows.percent);
    }
    if let Some(steady) = &mut curve.holds_steady {
        steady.within.0 -= steady.within.0 / PART;
    }
    if let Some(returns) = &mut curve.returns {
        returns.within.0 -= returns.within.0 / PART;
        raise(&mut returns.after_rising);
    }
}

fn raise(size: &mut Option<Size>) {
    if let Some(size) = size {
        size.0 = size.0.saturating_add(size.0 / PART);
    }
}

fn shrink(size: &mut Option<Size>) {
    if let Some(size) = size {
        size.0 -= size.0 / PART;
    }
}

fn shrink_float(value: &mut Option<f64>) {
    if let Some(value) = value {
        *value -= *value / PART as f64;
    }
}

fn tighten_sizes(bound: &mut Option<SizeBound>) {
    if let Some(bound) = bound {
        tighten_size(bound);
    }
}

fn tighten_size(bound: &mut SizeBound) {
    let mut inner = CountBound {
        exactly: None,
        at_least: bound.at_least.map(|size| size.0),
        at_most: bound.at_most.map(|size| size.0),
    };
    tighten_count(&mut inner);
    bound.at_least = inner.at_least.map(Size);
    bound.at_most = inner.at_most.map(Size);
}

fn tighten_counts(bound: &mut Option<CountBound>) {
    if let Some(bound) = bound {
        tighten_count(bound);
    }
}

/// A range that is narrower than the margin itself means a nearly exact figure and stays as it is.
fn tighten_count(bound: &mut CountBound) {
    let low = bound.at_least.map(|low| low.saturating_add(low / PART));
    let high = bound.at_most.map(|high| high - high / PART);
    if let (Some(low), Some(high)) = (low, high)
        && low > high
    {
        return;
    }
    (bound.at_least, bound.at_most) = (low, high);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tight(check: &str) -> Check {
        let text = format!(
            "format_version = 1\ntitle = \"t\"\n[[case]]\nname = \"c\"\n[[case.check]]\nname = \"k\"\n{check}\n"
        );
        let exercise: Exercise = toml::from_str(&text).unwrap();
        tightened(&exercise).cases.remove(0).checks.remove(0)
    }

    #[test]
    fn bounds_move_inwards_by_a_twentieth() {
        let heap = tight("heap = { peak_bytes = { at_least = 1000, at_most = 2000 } }").heap;
        let peak = heap.unwrap().peak_bytes.unwrap();
        assert_eq!(
            (peak.at_least, peak.at_most),
            (Some(Size(1050)), Some(Size(1900)))
        );
        let curve = tight("curve = { holds_steady = { within = 1000 } }").curve;
        assert_eq!(curve.unwrap().holds_steady.unwrap().within, Size(950));
        let leak = tight("leak = { at_least = 1000 }").leak;
        assert_eq!(leak.unwrap().at_least, Some(Size(1050)));
        let ratio = tight("ratio = { at_least = 2.0, at_most = 4.0 }")
            .ratio
            .unwrap();
        assert_eq!((ratio.at_least, ratio.at_most), (Some(2.1), Some(3.8)));
    }

    #[test]
    fn exact_and_nearly_exact_and_small_figures_stay() {
        let heap =
            tight("heap = { total_blocks = { exactly = 100 }, at_exit_blocks = { at_most = 0 } }");
        let heap = heap.heap.unwrap();
        assert_eq!(heap.total_blocks.unwrap().exactly, Some(100));
        assert_eq!(heap.at_exit_blocks.unwrap().at_most, Some(0));
        let pages = tight("pages = { minor_faults = { at_least = 1000, at_most = 1050 } }").pages;
        assert_eq!(pages.unwrap().minor_faults.unwrap().at_least, Some(1000));
        let claim = tight("claim = { line = \"x\", times = { at_least = 1 } }").claim;
        assert_eq!(claim.unwrap().times.unwrap().at_least, Some(1));
    }
}
