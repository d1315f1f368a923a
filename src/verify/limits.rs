//! Where the limits stand: how far the solution is from each inexact bound, and which known-wrong submission comes nearest from the
//! other side.
//!
//! The main function is [`standings`]. A figure is what the judge itself makes of the facts: the tightest value of the bound at which
//! the check passes, found by asking the judge. So a bound of any kind has one, and none can differ from what is graded.

use super::bounds::{self, Bound, Side};
use super::margin;
use super::mutate::CheckName;
use super::wrong::Wrong;
use crate::course::spec::{Case, Check, Exercise};
use crate::judge::{self, Facts, Verdict};

/// Largest value that is tried.
const MOST: f64 = 1e15;
/// What is not larger than this is 0, where it is no whole number.
const LEAST: f64 = 1e-6;
/// Figures are found this exactly.
const EXACT: f64 = 1e-4;

/// One inexact bound, and the figures on both sides of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The check that it belongs to.
    pub check: CheckName,
    /// The bound.
    pub bound: Bound,
    /// Whether it is one end of a range that is narrower than the margin.
    pub nearly_exact: bool,
    /// The solution's figure in each repetition; `None` where the check does not pass whatever the bound is.
    pub good: Vec<Option<f64>>,
    /// Known-wrong submissions that the bound must keep out, by short name, the nearest first; `None` for one that fails whatever
    /// the bound is.
    pub bad: Vec<(String, Option<f64>)>,
}

impl Standing {
    /// The figure of the solution that is nearest to the bound.
    pub fn nearest_good(&self) -> Option<f64> {
        let all: Option<Vec<f64>> = self.good.iter().copied().collect();
        all?.into_iter().reduce(|a, b| match self.bound.side {
            Side::AtLeast => a.min(b),
            Side::AtMost => a.max(b),
        })
    }

    /// Whether a figure is on the other side of the solution's.
    fn is_beyond(&self, figure: Option<f64>) -> bool {
        match (self.nearest_good(), figure) {
            (Some(good), Some(figure)) => match self.bound.side {
                Side::AtLeast => figure < good,
                Side::AtMost => figure > good,
            },
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// Puts the known-wrong submission that is nearest to the bound first.
    fn sort(&mut self) {
        let side = self.bound.side;
        let key = |figure: &Option<f64>| match (figure, side) {
            (None, _) => f64::INFINITY,
            (Some(figure), Side::AtMost) => *figure,
            (Some(figure), Side::AtLeast) => -*figure,
        };
        self.bad.sort_by(|(a_name, a), (b_name, b)| {
            key(a).total_cmp(&key(b)).then_with(|| a_name.cmp(b_name))
        });
    }

    /// The known-wrong submission that is nearest to the bound, and its figure.
    pub fn nearest_bad(&self) -> Option<(&str, f64)> {
        self.bad
            .iter()
            .find_map(|(name, figure)| Some((name.as_str(), (*figure)?)))
    }

    /// The known-wrong submission that the bound would let pass if it were looser by the margin. A bound that is nearly exact has
    /// no room to be so.
    pub fn hair_on_the_other_side(&self) -> Option<(&str, f64)> {
        let (name, figure) = self.nearest_bad()?;
        let part = self.bound.limit / f64::from(margin::PART);
        let part = if self.bound.is_whole() {
            part.floor()
        } else {
            part
        };
        let passes = match self.bound.side {
            Side::AtMost => figure > self.bound.limit && figure <= self.bound.limit + part,
            Side::AtLeast => figure < self.bound.limit && figure >= self.bound.limit - part,
        };
        (passes && !self.nearly_exact).then_some((name, figure))
    }

    /// The whole on one line: `bounded/holds steady: within at most 64 KiB: solution 12 KiB, nearest wrong 9.6 MiB (keeps_all)`.
    pub fn words(&self) -> String {
        let bound = &self.bound;
        let good = match self.nearest_good() {
            Some(figure) => format!("solution {}", bound.words(figure)),
            None if self.good.is_empty() => "no solution".to_owned(),
            None => "the solution passes at no limit".to_owned(),
        };
        let bad = match (self.nearest_bad(), self.bad.len()) {
            (Some((name, figure)), _) => {
                format!("nearest wrong {} ({name})", bound.words(figure))
            }
            (None, 0) => "no known-wrong submission on the other side".to_owned(),
            (None, _) => "known-wrong submissions fail at any limit".to_owned(),
        };
        format!(
            "{}: {} {} {}: {good}, {bad}",
            self.check.full(),
            bound.name(),
            bound.side_words(),
            bound.limit_words(),
        )
    }
}

/// Every inexact bound of the exercise with the figures of its solution, and of the known-wrong submissions that name its check.
pub fn standings(
    exercise: &Exercise,
    solution: &[Facts],
    wrong: &[(Wrong, Facts)],
) -> Vec<Standing> {
    let of_cases = exercise
        .cases
        .iter()
        .flat_map(|case| case.checks.iter().map(move |check| (Some(case), check)));
    let all = of_cases.chain(exercise.checks.iter().map(|check| (None, check)));
    all.flat_map(|(case, check)| of_check(case, check, solution, wrong))
        .collect()
}

fn of_check(
    case: Option<&Case>,
    check: &Check,
    solution: &[Facts],
    wrong: &[(Wrong, Facts)],
) -> Vec<Standing> {
    let name = CheckName {
        case: case.map(|case| case.name.clone()).unwrap_or_default(),
        check: check.name.clone(),
    };
    let bounds = bounds::of(check);
    let mut standings: Vec<(Asked<'_>, Standing)> = Vec::new();
    for (index, bound) in bounds.iter().enumerate() {
        let alone = bounds::alone(check, index);
        let asked = Asked {
            index: index_in(&alone, bound),
            check: alone,
            bound,
            case,
        };
        let good = solution
            .iter()
            .map(|facts| asked.figure(facts, |verdict| verdict == Verdict::Passed));
        let standing = Standing {
            check: name.clone(),
            bound: bound.clone(),
            nearly_exact: margin::is_nearly_exact(bound, &bounds),
            good: good.collect(),
            bad: Vec::new(),
        };
        standings.push((asked, standing));
    }
    for (wrong, facts) in wrong {
        if !wrong.names_check(&name.case, &name.check) || facts.build_failure.is_some() {
            continue;
        }
        let figures: Vec<Option<f64>> = standings
            .iter()
            .map(|(asked, _)| asked.figure(facts, |verdict| verdict != Verdict::Failed))
            .collect();
        let caught = judge::verdict_alone(check, case, facts) == Verdict::Failed;
        // What one bound keeps out says nothing about the others. What slips through is for the bound on whose wrong side it is.
        let mut relevant: Vec<bool> = standings
            .iter()
            .zip(&figures)
            .map(|((asked, standing), figure)| {
                if caught {
                    asked.verdict(asked.bound.limit, facts) == Verdict::Failed
                } else {
                    standing.is_beyond(*figure)
                }
            })
            .collect();
        if !caught && !relevant.contains(&true) {
            relevant.fill(true);
        }
        let short = super::short_name(&wrong.file);
        for (((_, standing), figure), relevant) in standings.iter_mut().zip(figures).zip(relevant) {
            if relevant {
                standing.bad.push((short.to_owned(), figure));
            }
        }
    }
    let sorted = standings.into_iter().map(|(_, mut standing)| {
        standing.sort();
        standing
    });
    sorted.collect()
}

/// Which bound of `check` has these keys.
fn index_in(check: &Check, bound: &Bound) -> usize {
    let all = bounds::of(check);
    all.iter()
        .position(|other| other.keys == bound.keys)
        .unwrap_or(0)
}

/// A check with one bound, about which the judge is asked.
struct Asked<'a> {
    check: Check,
    index: usize,
    bound: &'a Bound,
    case: Option<&'a Case>,
}

impl Asked<'_> {
    fn verdict(&self, limit: f64, facts: &Facts) -> Verdict {
        let check = bounds::with(&self.check, self.index, limit);
        judge::verdict_alone(&check, self.case, facts)
    }

    /// The tightest value at which the verdict is as wanted; `None` if it is not so at any value.
    fn figure(&self, facts: &Facts, wanted: impl Fn(Verdict) -> bool) -> Option<f64> {
        let fine = |limit: f64| wanted(self.verdict(limit, facts));
        match self.bound.side {
            Side::AtMost => {
                let is_low = |limit: f64| !fine(limit);
                edge(self.bound.limit, self.bound.is_whole(), &is_low).1
            }
            Side::AtLeast => edge(self.bound.limit, self.bound.is_whole(), &fine).0,
        }
    }
}

/// Where a property that low numbers have ends: the highest number that is known to have it, and the lowest that has not. `None` if
/// not even 0 has it, or if there is no end to it.
fn edge(start: f64, whole: bool, is_low: &dyn Fn(f64) -> bool) -> (Option<f64>, Option<f64>) {
    if !is_low(0.0) {
        return (None, Some(0.0));
    }
    let least = if whole { 1.0 } else { LEAST };
    let (mut low, mut high) = (0.0, start.max(least));
    if is_low(high) {
        while is_low(high) {
            low = high;
            high *= 4.0;
            if high > MOST {
                return (Some(low), None);
            }
        }
    } else {
        while high > least {
            let lower = (high / 4.0).max(least);
            if is_low(lower) {
                low = lower;
                break;
            }
            high = lower;
        }
    }
    if low == 0.0 {
        // Between nothing and the least that counts.
        return (Some(0.0), Some(if whole { high } else { 0.0 }));
    }
    if whole {
        (low, high) = (low.floor(), high.ceil());
    }
    let close = |low: f64, high: f64| {
        if whole {
            high - low <= 1.0
        } else {
            high <= low * (1.0 + EXACT)
        }
    };
    while !close(low, high) {
        let middle = f64::midpoint(low, high);
        let middle = if whole { middle.floor() } else { middle };
        if is_low(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    (Some(low), Some(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_found_from_anywhere() {
        for wanted in [1.0, 2.0, 3.0, 100.0, 65_537.0, 1e9] {
            for start in [0.0, 1.0, 5.0, 64.0, 70_000.0, 1e12] {
                let (low, high) = edge(start, true, &|limit| limit < wanted);
                assert_eq!((low, high), (Some(wanted - 1.0), Some(wanted)), "{start}");
            }
        }
        for wanted in [0.001, 0.5, 3.0, 86.4] {
            for start in [0.01, 3.0, 500.0] {
                let (low, high) = edge(start, false, &|limit| limit < wanted);
                assert!((low.unwrap() / wanted - 1.0).abs() < 2.0 * EXACT);
                assert!((high.unwrap() / wanted - 1.0).abs() < 2.0 * EXACT);
            }
        }
        assert_eq!(edge(5.0, true, &|_| false), (None, Some(0.0)));
        assert_eq!(
            edge(5.0, true, &|limit| limit <= 0.0),
            (Some(0.0), Some(1.0))
        );
        assert_eq!(
            edge(5.0, false, &|limit| limit <= 0.0),
            (Some(0.0), Some(0.0))
        );
        assert_eq!(edge(5.0, true, &|_| true).1, None);
    }
}
