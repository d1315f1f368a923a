//! How live heap develops from mark to mark.
//!
//! Points of the curve are exact live bytes at the selected marks. Lines that were thinned out keep their place on
//! the x axis: a point's x is how many selected lines were printed before it.
//!
//! - *grows*: from the first to the last point the heap rises by at least `per_mark` for each line, and no point lies
//!   further than `percent` percent of that rise off the straight line through the two.
//! - *holds steady*: after the warm-up, the highest and the lowest point are at most `within` apart.
//! - *returns*: the last point is at most `within` from the first; in between the heap rose by `after_rising`.

use crate::course::spec::{CurveExpectation, Grows, HoldsSteady, Returns};
use crate::course::units::human_size;
use crate::diagnostic::Finding;
use crate::observe::Observation;

use super::figures;
use super::marks::{self, At, Marks};
use super::places::Sources;
use super::projection::{self, Counts};
use super::ruling::{Judged, Ruling, settle};
use super::sparkline;
use super::words::{limit_size, plural, signed_size};

/// How far a point may lie off the straight line, in percent of the whole growth, if the spec does not say.
const DEFAULT_PERCENT: f64 = 50.0;

/// A point of the curve: how many selected lines came before it, and what was alive.
#[derive(Debug, Clone, Copy)]
struct Sample<'a> {
    x: u64,
    live: u64,
    at: At<'a>,
}

/// Judges the curve.
pub(super) fn judge(
    expected: &CurveExpectation,
    run: &Observation,
    marks: &Marks<'_>,
    sources: &Sources<'_>,
) -> Ruling {
    settle(compare(expected, run, marks, sources))
}

fn compare(
    expected: &CurveExpectation,
    run: &Observation,
    marks: &Marks<'_>,
    sources: &Sources<'_>,
) -> Judged<Ruling> {
    let samples = samples(expected, run, marks)?;
    let curve = Curve {
        expected,
        run,
        sources,
        samples: &samples,
    };
    if let Some(grows) = &expected.grows {
        curve.need(marks, 2)?;
        Ok(curve.grows(grows))
    } else if let Some(steady) = &expected.holds_steady {
        let warm_up = usize::try_from(steady.after_marks.unwrap_or(1)).unwrap_or(usize::MAX);
        curve.need(marks, warm_up.saturating_add(2))?;
        Ok(curve.holds_steady(steady))
    } else if let Some(returns) = &expected.returns {
        curve.need(marks, 2)?;
        Ok(curve.returns(returns))
    } else {
        Ruling::author(
            "spec/empty-expectation",
            "the curve that is expected is not said",
        )
        .stop()
    }
}

fn samples<'a>(
    expected: &CurveExpectation,
    run: &Observation,
    marks: &Marks<'a>,
) -> Judged<Vec<Sample<'a>>> {
    let regex = expected.marks.as_deref().map(marks::regex).transpose()?;
    let selected = match &regex {
        Some(regex) => marks.matching(regex),
        None => marks.all().to_vec(),
    };
    if selected.is_empty() {
        return match &regex {
            Some(regex) if marks.count_matching(regex) == 0 => marks.never_came(regex),
            _ if marks.thinned() => marks::not_recorded(run).stop(),
            _ => marks.never_came(&marks::regex(".*")?),
        };
    }
    for (a, b) in selected.iter().zip(selected.iter().skip(1)) {
        if marks.written_at_once(a, b) {
            return marks::coalesced(a, b).stop();
        }
    }
    let mut samples: Vec<Sample<'a>> = Vec::with_capacity(selected.len());
    for at in selected {
        let next = samples.last().map_or(0, |last| last.x + 1);
        let x = marks
            .matching_before(regex.as_ref(), at.number)
            .unwrap_or(next)
            .max(next);
        let Some(live) = at.point.live_bytes else {
            return marks::unmeasured(run, "live heap from line to line").stop();
        };
        samples.push(Sample { x, live, at });
    }
    Ok(samples)
}

struct Curve<'a, 's> {
    expected: &'a CurveExpectation,
    run: &'a Observation,
    sources: &'a Sources<'s>,
    samples: &'a [Sample<'a>],
}

impl Curve<'_, '_> {
    /// Makes sure that there are enough points; fewer printed lines are the learner's.
    fn need(&self, marks: &Marks<'_>, least: usize) -> Judged<()> {
        let lines = self
            .samples
            .last()
            .map_or(0, |sample| sample.x.saturating_add(1));
        if lines >= u64::try_from(least).unwrap_or(u64::MAX) {
            return Ok(());
        }
        if marks.cut_off() {
            return Ruling::inconclusive(
                "marks/cut-off",
                "the program printed more than is kept; lines are missing",
            )
            .stop();
        }
        let finding = Finding::learner(
            "marks/missing",
            format!(
                "{} printed, but at least {least} are needed to see how the heap develops",
                plural(lines, "line that counts was", "lines that count were")
            ),
        )
        .help("print one line after each step, as the lesson shows");
        Ruling::by_fault(finding).stop()
    }

    fn lives(&self) -> Vec<u64> {
        self.samples.iter().map(|sample| sample.live).collect()
    }

    fn counts(&self) -> Option<Counts> {
        let lines: Vec<(u64, &str)> = self
            .samples
            .iter()
            .map(|sample| (sample.x, sample.at.line))
            .collect();
        projection::counts(&lines, self.expected)
    }

    /// Bytes for each line from sample `first` to the last.
    fn slope(&self, first: usize) -> f64 {
        match (self.samples.get(first), self.samples.last()) {
            (Some(a), Some(b)) if b.x > a.x => (b.live as f64 - a.live as f64) / (b.x - a.x) as f64,
            _ => 0.0,
        }
    }

    /// "9.6 MiB with every 100,000 transactions", or "… with every line".
    fn rate(&self, slope: f64) -> String {
        let size = signed_size(whole(slope));
        match self.counts() {
            Some(counts) => format!("{size} with every {}", counts.step_words()),
            None => format!("{size} with every step"),
        }
    }

    fn grows(&self, grows: &Grows) -> Ruling {
        let (Some(first), Some(last)) = (self.samples.first(), self.samples.last()) else {
            return marks::not_recorded(self.run);
        };
        let steps = last.x - first.x;
        let growth = i128::from(last.live) - i128::from(first.live);
        let needed = i128::from(grows.per_mark.0) * i128::from(steps);
        let slope = self.slope(0);
        if growth < needed || growth <= 0 {
            return self.too_flat(grows, growth, slope);
        }
        let percent = grows.percent.unwrap_or(DEFAULT_PERCENT).max(0.0);
        let rise = growth as f64;
        let worst = self
            .samples
            .iter()
            .map(|sample| {
                let line = first.live as f64 + slope * (sample.x - first.x) as f64;
                (sample, (sample.live as f64 - line) / rise * 100.0)
            })
            .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        if let Some((sample, off)) = worst
            && off.abs() > percent
        {
            let side = if off > 0.0 { "above" } else { "below" };
            let finding = Finding::learner(
                "curve/uneven",
                format!(
                    "the heap grows, but not evenly: at line {} it is {:.0} percent of its whole growth {side} a straight line",
                    sample.at.number,
                    off.abs()
                ),
            )
            .note(self.spark("even means along a straight line"))
            .note(format!("allowed: {percent} percent off the line from the first point to the last"));
            return Ruling::by_fault(
                finding.help("does every step do the same work, and keep the same amount?"),
            );
        }
        Ruling::passed(format!("grows by {}, as it should", self.rate(slope)))
    }

    fn too_flat(&self, grows: &Grows, growth: i128, slope: f64) -> Ruling {
        let wanted = limit_size(grows.per_mark.0);
        let message = if growth <= 0 {
            format!("the heap does not grow, where every step should add at least {wanted}")
        } else {
            format!(
                "the heap grows by only {}, where every step should add at least {wanted}",
                self.rate(slope)
            )
        };
        let mut finding = Finding::learner("curve/flat", message);
        let freed = figures::biggest(self.run, |site| {
            site.total.bytes.saturating_sub(figures::held(site).bytes)
        });
        if let Some((site, bytes)) = freed
            && let Some(place) = self.sources.site(site)
        {
            let text = format!(
                "{} were allocated here, and freed before the end",
                human_size(bytes)
            );
            finding = finding.at(place, text);
        }
        let finding = finding.note(self.spark("growing means higher with every line"));
        Ruling::by_fault(
            finding.help(
                "what should be kept from each step, and who keeps it after the step is over?",
            ),
        )
    }

    fn holds_steady(&self, steady: &HoldsSteady) -> Ruling {
        let warm_up = u64::from(steady.after_marks.unwrap_or(1));
        let after = self
            .samples
            .iter()
            .position(|sample| sample.x >= warm_up)
            .unwrap_or(0);
        let flat = self.samples.get(after..).unwrap_or_default();
        let lives = || flat.iter().map(|sample| sample.live);
        let (Some(low), Some(high), Some(first), Some(last)) =
            (lives().min(), lives().max(), flat.first(), flat.last())
        else {
            return marks::not_recorded(self.run);
        };
        let spread = high - low;
        if spread <= steady.within.0 {
            return Ruling::passed(format!(
                "holds steady at {}, within {}",
                human_size(last.live),
                human_size(spread)
            ));
        }
        // It grows if most of the difference is there at the end; otherwise it goes up and down.
        let growing = last.live > first.live && last.live - first.live > spread / 2;
        let meaning = format!(
            "bounded means flat after step {warm_up}, within {}",
            limit_size(steady.within.0)
        );
        if !growing {
            let finding = Finding::learner(
                "curve/unsteady",
                format!(
                    "the heap does not hold steady: it moves between {} and {}, which is {} apart",
                    human_size(low),
                    human_size(high),
                    human_size(spread)
                ),
            )
            .note(self.spark(&meaning));
            return Ruling::by_fault(finding.help(
                "which step takes much more than the others, and when does it give it back?",
            ));
        }
        let slope = self.slope(after);
        let mut finding = Finding::learner(
            "curve/grows",
            format!("the heap keeps growing, by {}", self.rate(slope)),
        );
        let (from, to) = (first.at.number, last.at.number);
        if let Some((site, _)) = figures::biggest(self.run, |site| figures::growth(site, from, to))
            && let Some(place) = self.sources.site(site)
        {
            finding = finding.at(place, Self::alive_here(site));
            if let Some(caller) = site.path.get(1) {
                finding = finding.also(self.sources.source_line(caller), "called from here");
            }
        }
        finding = finding.note(self.spark(&meaning));
        for note in projection::notes(slope, self.counts().as_ref(), self.expected) {
            finding = finding.note(note);
        }
        Ruling::by_fault(
            finding.help("what happens to the oldest thing that is kept when a new one comes in?"),
        )
    }

    fn alive_here(site: &crate::observe::Site) -> String {
        let held = figures::held(site);
        let verb = if held.blocks == 1 { "was" } else { "were" };
        let when = if held == site.at_exit {
            "end"
        } else {
            "highest line"
        };
        format!(
            "{} allocated here {verb} alive at the {when}",
            super::words::blocks(held.blocks)
        )
    }

    fn returns(&self, returns: &Returns) -> Ruling {
        let (Some(first), Some(last)) = (self.samples.first(), self.samples.last()) else {
            return marks::not_recorded(self.run);
        };
        let between = self
            .run
            .timeline
            .get(first.at.index + 1..=last.at.index)
            .unwrap_or_default();
        let top = between
            .iter()
            .flat_map(|point| [point.live_bytes, point.peak_bytes_since])
            .flatten()
            .max()
            .unwrap_or(0);
        let rise = top.saturating_sub(first.live);
        if let Some(least) = returns.after_rising
            && rise < least.0
        {
            let finding = Finding::learner(
                "curve/never-rose",
                format!(
                    "the heap rises by only {} above where it began, where at least {} is asked for",
                    human_size(rise),
                    limit_size(least.0)
                ),
            )
            .note(self.spark("the heap should rise and come back"));
            return Ruling::by_fault(
                finding.help("is the memory really allocated and in use between these lines?"),
            );
        }
        let difference = i128::from(last.live) - i128::from(first.live);
        if difference.unsigned_abs() <= u128::from(returns.within.0) {
            return Ruling::passed(format!("rose by {} and came back", human_size(rise)));
        }
        let side = if difference > 0 { "above" } else { "below" };
        let mut finding = Finding::learner(
            "curve/does-not-return",
            format!(
                "the heap does not come back: at the last line it is {} {side} where it began",
                signed_size(i128::try_from(difference.unsigned_abs()).unwrap_or(i128::MAX))
            ),
        );
        if difference > 0
            && let Some((site, _)) = figures::biggest(self.run, |site| {
                figures::growth(site, first.at.number, last.at.number)
            })
            && let Some(place) = self.sources.site(site)
        {
            finding = finding.at(place, Self::alive_here(site));
        }
        let finding = finding.note(self.spark(&format!(
            "back means within {} of the first line",
            limit_size(returns.within.0)
        )));
        Ruling::by_fault(
            finding
                .help("what still owns memory at the last line that did not exist at the first?"),
        )
    }

    fn spark(&self, meaning: &str) -> String {
        let steps = self
            .samples
            .last()
            .map_or(0, |sample| sample.x.saturating_add(1));
        format!(
            "{} over {steps} steps; {meaning}",
            sparkline::line(&self.lives())
        )
    }
}

fn whole(value: f64) -> i128 {
    #[expect(clippy::cast_possible_truncation, reason = "casts of floats saturate")]
    let whole = value.round() as i128;
    whole
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::testing::{amount, run, site};
    use super::*;
    use crate::course::units::Size;
    use crate::judge::Verdict;

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
            "1,000,000 blocks allocated here were alive at the highest line"
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
}
