//! Margins: a limit that a good program meets by a hair will fail the next good program.
//!
//! Every bound that is not exact is made tighter by a twentieth, and the good program is judged again. Whatever
//! passed before and does not pass then had no margin.

use super::bounds::{self, Bound, Side};
use crate::course::spec::{Check, Exercise};

/// The part of a bound that must be left as margin: one twentieth, 5 %.
pub const PART: u32 = 20;

/// The exercise with every inexact bound of every check made tighter by 5 %.
#[must_use]
pub fn tightened(exercise: &Exercise) -> Exercise {
    let mut exercise = exercise.clone();
    let of_cases = exercise.cases.iter_mut().flat_map(|case| &mut case.checks);
    for check in of_cases.chain(&mut exercise.checks) {
        *check = tighter(check);
    }
    exercise
}

fn tighter(check: &Check) -> Check {
    let bounds = bounds::of(check);
    let mut tight = check.clone();
    for (index, bound) in bounds.iter().enumerate() {
        if !is_nearly_exact(bound, &bounds) {
            tight = bounds::with(&tight, index, moved(bound));
        }
    }
    tight
}

/// The number of a bound that was made tighter. Of whole numbers only whole ones are a twentieth.
fn moved(bound: &Bound) -> f64 {
    let part = bound.limit / f64::from(PART);
    let part = if bound.is_whole() { part.floor() } else { part };
    match bound.side {
        Side::AtLeast => bound.limit + part,
        Side::AtMost => bound.limit - part,
    }
}

/// A range that is narrower than the margin itself means a nearly exact figure and stays as it is.
pub(super) fn is_nearly_exact(bound: &Bound, all: &[Bound]) -> bool {
    let other = all.iter().find(|other| {
        let ends = bound.keys.split_last().zip(other.keys.split_last());
        ends.is_some_and(|((end, range), (other_end, other_range))| {
            let both = [*end, *other_end];
            let of_range = both == ["at_least", "at_most"] || both == ["at_most", "at_least"];
            of_range && range == other_range && bound.is_whole()
        })
    });
    other.is_some_and(|other| match bound.side {
        Side::AtLeast => moved(bound) > moved(other),
        Side::AtMost => moved(other) > moved(bound),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::units::Size;

    fn tight(check: &str) -> Check {
        tighter(&bounds::check_of(check))
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
