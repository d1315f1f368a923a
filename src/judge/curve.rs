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
use crate::observe::{Observation, Site};

use super::figures;
use super::leak::held;
use super::marks::{self, At, Marks};
use super::moments::Moments;
use super::places::Sources;
use super::projection::{self, Counts};
use super::ruling::{Judged, Ruling, settle};
use super::sparkline;
use super::words::{blocks, limit_size, plural, signed_size};

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
        let finding = match self.samples.last() {
            Some(last) => self
                .sources
                .printer(finding, last.at.point, "the last of them"),
            None => finding,
        };
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
            );
            let finding = self
                .sources
                .printer(finding, sample.at.point, "the line of that step")
                .note(self.spark("even means along a straight line"))
                .note(format!(
                    "allowed: {percent} percent off the line from the first point to the last"
                ));
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
        if let Some((site, bytes)) = freed {
            let text = format!(
                "{} were allocated here, and freed before the end",
                human_size(bytes)
            );
            finding = self.sources.at_site(finding, site, text);
        } else if let Some(last) = self.samples.last() {
            finding = self
                .sources
                .printer(finding, last.at.point, "the line of the last step");
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
            let level = human_size(last.live);
            return Ruling::passed(match spread {
                0 => format!("holds steady at {level}"),
                _ => format!("holds steady at {level}, within {}", human_size(spread)),
            });
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
            );
            let finding = self.moved(finding, first, last).note(self.spark(&meaning));
            return Ruling::by_fault(finding.help(
                "which step takes much more than the others, and when does it give it back?",
            ));
        }
        let slope = self.slope(after);
        let mut finding = Finding::learner(
            "curve/grows",
            format!("the heap keeps growing, by {}", self.rate(slope)),
        );
        let highest = flat.iter().max_by_key(|sample| sample.live);
        finding = self.grown(finding, first, highest.unwrap_or(last));
        finding = finding.note(self.spark(&meaning));
        if let Some(note) = projection::note(slope, self.counts().as_ref(), self.expected) {
            finding = finding.note(note);
        }
        Ruling::by_fault(
            finding.help("what happens to the oldest thing that is kept when a new one comes in?"),
        )
    }

    /// Points at the line whose memory grew most from one sample to another.
    fn grown(&self, finding: Finding, from: &Sample<'_>, to: &Sample<'_>) -> Finding {
        let (first, last) = (from.at.number, to.at.number);
        let moments = Moments::of(self.run);
        let most = figures::biggest(self.run, |site| moments.growth(site, first, last));
        let Some((site, bytes)) = most else {
            return self
                .sources
                .printer(finding, to.at.point, "this step's line");
        };
        let text = if moments.range(site, first, last).is_some() {
            format!(
                "what is allocated here grew by {} over these steps",
                human_size(bytes)
            )
        } else {
            let held = figures::held(site).blocks;
            let verb = if held == 1 { "was" } else { "were" };
            format!("{} allocated here {verb} still alive", blocks(held))
        };
        let finding = self.sources.at_site(finding, site, text);
        match held::note(site) {
            Some(note) => finding.note(note),
            None => finding,
        }
    }

    /// Points at the line whose memory moved most between these samples.
    fn moved(&self, finding: Finding, from: &Sample<'_>, to: &Sample<'_>) -> Finding {
        let moments = Moments::of(self.run);
        let range = |site: &Site| moments.range(site, from.at.number, to.at.number);
        let most = figures::biggest(self.run, |site| {
            range(site).map_or(0, |(low, high)| high - low)
        });
        match most.and_then(|(site, _)| Some((site, range(site)?))) {
            Some((site, (low, high))) => {
                let (low, high) = (human_size(low), human_size(high));
                let text = format!("what is allocated here moves between {low} and {high}");
                self.sources.at_site(finding, site, text)
            }
            None => finding,
        }
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
            );
            let finding = self
                .sources
                .printer(finding, last.at.point, "the last of these lines")
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
        if difference > 0 {
            finding = self.grown(finding, first, last);
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
mod tests;
