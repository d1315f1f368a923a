//! The shape of the curve of live heap: flat, growth, plateau, saw-tooth, back to the baseline.
//!
//! The main function is [`classify`]. Its points are exact, so its tolerance is no allowance for noise: it says how large a
//! change must be before it counts as one.
//!
//! - The tolerance is an eighth of the range (highest minus lowest), and at least [`LEAST`] bytes. The curve is reduced to its
//!   *swings*: rises and falls of more than that.
//! - **Flat**: the range is at most [`LEAST`] bytes, or at most a fiftieth of the highest point and no growth.
//! - No fall, and it comes within the tolerance of its last value in the first two fifths: **plateau**. Later: **growth**. A
//!   list that doubles its buffer stands still for up to half of the run, so less than that is no plateau. One step that makes
//!   three quarters of the rise is a plateau if a quarter of the run comes after it.
//! - One rise and one fall back to within the tolerance of the first point: **return to the baseline**.
//! - Two falls or more: **saw-tooth**, unless the low points between the teeth grow in turn, by more than a fiftieth of the
//!   highest point: then it is **growth**.
//! - Only falls: **fall**. Anything else is **irregular**.

use serde::{Deserialize, Serialize};

use super::{Heap, Point, Site, SourceLine};

/// Fewest points that have a shape.
pub const FEWEST: usize = 4;
/// Changes of at most so many bytes never count.
pub const LEAST: u64 = 1024;
/// The tolerance is the range divided by this.
const SHARE: u64 = 8;
/// A range of at most the highest point divided by this is level.
const LEVEL: u64 = 50;

/// The shape of the curve of live heap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Shape {
    /// Its kind.
    pub kind: ShapeKind,
    /// Changes of at most so many bytes do not count.
    pub tolerance_bytes: u64,
    /// What the curve runs over.
    pub over: Steps,
    /// How many points it has.
    pub points: u64,
    /// Steps from the first point to the last: lines or blocks.
    pub steps: u64,
    /// Live bytes at the first point.
    pub first_bytes: u64,
    /// Live bytes at the last point.
    pub last_bytes: u64,
    /// The lowest point.
    pub lowest_bytes: u64,
    /// The highest point.
    pub highest_bytes: u64,
    /// Bytes that came with each step from the first point to the last, rounded; for growth.
    #[serde(default)]
    pub bytes_per_step: Option<u64>,
    /// The line that allocated most of what grew; for growth, where it is known.
    #[serde(default)]
    pub site: Option<SourceLine>,
    /// By how much that line's blocks grew.
    #[serde(default)]
    pub site_bytes: Option<u64>,
    /// When a server would be full; for growth, in what `run` prints.
    #[serde(default)]
    pub projection: Option<Projection>,
}

/// Kinds of shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ShapeKind {
    /// It stays where it is.
    Flat,
    /// It rises to its end.
    Growth,
    /// It rises, and then stays where it is.
    Plateau,
    /// It goes up and down, and its low points do not grow.
    SawTooth,
    /// It rises once and comes back to where it began.
    ReturnToBaseline,
    /// It only falls.
    Fall,
    /// None of these.
    Irregular,
}

/// What a curve runs over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Steps {
    /// The lines that the program printed: those that differ only in their numbers where there are enough of them.
    Lines,
    /// The blocks that it had allocated.
    Allocations,
}

/// When a server would be full if the heap kept growing like this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Projection {
    /// The server's memory.
    pub server_bytes: u64,
    /// After so many.
    pub full_after: u64,
    /// Of what: the word that the program's own lines count (`transactions`), else `steps`.
    pub unit: String,
    /// All of it in a sentence.
    pub text: String,
}

/// A point: its place on the x axis, and live bytes.
pub type At = (u64, u64);

/// The kind of a curve whose points are ordered by their x, and the tolerance in bytes; `None` for fewer than [`FEWEST`].
pub fn classify(curve: &[At]) -> Option<(ShapeKind, u64)> {
    if curve.len() < FEWEST {
        return None;
    }
    let (low, high) = bounds(curve);
    let range = high - low;
    if range <= LEAST {
        return Some((ShapeKind::Flat, LEAST));
    }
    let tolerance = (range / SHARE).max(LEAST);
    let kind = swinging(curve, tolerance, high / LEVEL);
    if kind != ShapeKind::Growth && range <= high / LEVEL {
        return Some((ShapeKind::Flat, high / LEVEL));
    }
    Some((kind, tolerance))
}

fn bounds(curve: &[At]) -> (u64, u64) {
    curve.iter().fold((u64::MAX, 0), |(low, high), at| {
        (low.min(at.1), high.max(at.1))
    })
}

/// The kind of a curve with a range of more than `tolerance`.
fn swinging(curve: &[At], tolerance: u64, level: u64) -> ShapeKind {
    let turns = turns(curve, tolerance);
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else {
        return ShapeKind::Irregular;
    };
    let is_fall = |pair: &[At]| pair[1].1 < pair[0].1;
    let falls = turns.windows(2).filter(|pair| is_fall(pair)).count();
    let rises = turns.len().saturating_sub(1 + falls);
    match (rises, falls) {
        (0, _) => ShapeKind::Fall,
        (_, 0) => rising(curve, tolerance),
        (1, 1) => {
            let rose_first = turns.get(1).is_some_and(|turn| turn.1 > first.1);
            if rose_first && last.1.abs_diff(first.1) <= tolerance {
                ShapeKind::ReturnToBaseline
            } else if rose_first && last.1 > first.1 && settled_by(curve, tolerance, 2, 5) {
                // Something large at the start, given back, and then a level.
                ShapeKind::Plateau
            } else {
                ShapeKind::Irregular
            }
        }
        (_, 1) => ShapeKind::Irregular,
        _ => {
            let mut lows = lows(&turns);
            // What comes after the last low point is part of the run.
            lows.extend(lows.last().map(|low| (last.0, low.1)));
            let (low, high) = bounds(&lows);
            let tolerance = ((high - low) / SHARE).max(LEAST).max(level);
            // One swing that rises: the low points never go back by more than the tolerance.
            let one_rise = match self::turns(&lows, tolerance).as_slice() {
                [from, to] => to.1 > from.1,
                _ => false,
            };
            let grows = lows.len() > 3 && one_rise && rising(&lows, tolerance) == ShapeKind::Growth;
            if grows {
                ShapeKind::Growth
            } else {
                ShapeKind::SawTooth
            }
        }
    }
}

/// A curve without falls.
fn rising(curve: &[At], tolerance: u64) -> ShapeKind {
    let (low, high) = bounds(curve);
    let steps = curve.windows(2);
    let largest = steps.map(|pair| pair[1].1.saturating_sub(pair[0].1)).max();
    if largest.unwrap_or(0) > (high - low) / 4 * 3 {
        return if settled_by(curve, tolerance, 3, 4) {
            ShapeKind::Plateau
        } else {
            ShapeKind::Irregular
        };
    }
    if settled_by(curve, tolerance, 2, 5) {
        ShapeKind::Plateau
    } else {
        ShapeKind::Growth
    }
}

/// Whether the curve comes within the tolerance of its last value, to stay there, in this part of its x axis.
fn settled_by(curve: &[At], tolerance: u64, numerator: u64, denominator: u64) -> bool {
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else {
        return false;
    };
    let outside = |at: &&At| at.1.abs_diff(last.1) > tolerance;
    let settled = match curve.iter().rposition(|at| outside(&at)) {
        Some(i) => curve.get(i + 1).unwrap_or(last),
        None => first,
    };
    let part = |x: u64| u128::from(x.saturating_sub(first.0));
    part(settled.0) * u128::from(denominator) <= part(last.0) * u128::from(numerator)
}

/// The first point, the points where the curve turns by more than `tolerance`, and the end of the last swing.
fn turns(curve: &[At], tolerance: u64) -> Vec<At> {
    let Some(first) = curve.first() else {
        return Vec::new();
    };
    let mut turns = vec![*first];
    // The extremes since the last turn, and whether the swing that is under way rises.
    let (mut low, mut high, mut rises) = (*first, *first, None);
    for at in curve {
        if at.1 < low.1 {
            low = *at;
        }
        if at.1 > high.1 {
            high = *at;
        }
        match rises {
            None if at.1 - low.1 > tolerance || high.1 - at.1 > tolerance => {
                let up = at.1 - low.1 > tolerance;
                // Below the tolerance the first point is as good an extreme as any.
                rises = Some(up);
                (low, high) = (*at, *at);
            }
            Some(true) if high.1 - at.1 > tolerance => {
                turns.push(high);
                rises = Some(false);
                low = *at;
            }
            Some(false) if at.1 - low.1 > tolerance => {
                turns.push(low);
                rises = Some(true);
                high = *at;
            }
            _ => {}
        }
    }
    match rises {
        Some(true) => turns.push(high),
        Some(false) => turns.push(low),
        None => {}
    }
    turns
}

/// The low points among turns.
fn lows(turns: &[At]) -> Vec<At> {
    let lower = |i: usize, other: Option<&At>| other.is_none_or(|other| turns[i].1 < other.1);
    (0..turns.len())
        .filter(|i| {
            let before = i.checked_sub(1).and_then(|before| turns.get(before));
            lower(*i, before) && lower(*i, turns.get(i + 1))
        })
        .map(|i| turns[i])
        .collect()
}

/// The shape of a run's curve; `None` with too few points.
pub fn shape(timeline: &[Point], heap: &Heap) -> Option<Shape> {
    let lines = steps(timeline);
    let (over, curve) = if lines.len() >= FEWEST {
        let at = |point: &&Point| Some((point.number?, point.live_bytes?));
        (Steps::Lines, lines.iter().filter_map(at).collect())
    } else {
        let at = |point: &Point| Some((point.total_blocks?, point.live_bytes?));
        let curve: Vec<At> = timeline.iter().filter_map(at).collect();
        (Steps::Allocations, curve)
    };
    let (kind, tolerance_bytes) = classify(&curve)?;
    let (first, last) = (curve.first()?, curve.last()?);
    let (lowest_bytes, highest_bytes) = bounds(&curve);
    let grows = kind == ShapeKind::Growth;
    let growth = last.1.saturating_sub(first.1);
    let steps = last.0.saturating_sub(first.0);
    let growing = match over {
        Steps::Lines => grown_between(&heap.sites, first.0, last.0),
        Steps::Allocations => still_there(&heap.sites, growth),
    };
    let growing = growing.filter(|_| grows);
    Some(Shape {
        kind,
        tolerance_bytes,
        over,
        points: curve.len() as u64,
        steps,
        first_bytes: first.1,
        last_bytes: last.1,
        lowest_bytes,
        highest_bytes,
        bytes_per_step: growth
            .saturating_add(steps / 2)
            .checked_div(steps)
            .filter(|_| grows),
        site: growing.as_ref().map(|(line, _)| line.clone()),
        site_bytes: growing.map(|(_, bytes)| bytes),
        projection: None,
    })
}

/// The lines that are the program's steps: those that differ only in their numbers, if there are enough of them, else all.
/// Lines that were written together share one point, and are left out.
pub fn steps(timeline: &[Point]) -> Vec<&Point> {
    let lines: Vec<&Point> = timeline
        .iter()
        .filter(|point| point.mark.is_some() && point.live_bytes.is_some() && !point.coalesced)
        .collect();
    let mut kinds: Vec<(&str, &str)> = lines.iter().map(|point| pattern(point)).collect();
    kinds.sort_unstable();
    let most = kinds
        .chunk_by(|a, b| a == b)
        .max_by_key(|alike| alike.len())
        .filter(|alike| alike.len() >= FEWEST)
        .and_then(|alike| alike.first().copied());
    match most {
        Some(most) => lines
            .into_iter()
            .filter(|point| pattern(point) == most)
            .collect(),
        None => lines,
    }
}

/// What stands before the first number of a line, and the word after it.
fn pattern(point: &Point) -> (&str, &str) {
    let text = point.mark.as_deref().unwrap_or_default();
    let (before, rest) = text.split_at(
        text.find(|c: char| c.is_ascii_digit())
            .unwrap_or(text.len()),
    );
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || ",._ ".contains(c));
    let word = rest
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(rest.len());
    (before, &rest[..word])
}

/// The line whose blocks grew most between two printed lines, as far as its figures there were kept.
fn grown_between(sites: &[Site], first: u64, last: u64) -> Option<(SourceLine, u64)> {
    let grown = |site: &Site| {
        let within = site
            .moments
            .iter()
            .filter(|m| (first..=last).contains(&m.number));
        let (mut before, mut after) = (None, 0);
        for moment in within {
            before.get_or_insert(moment.live.bytes);
            after = moment.live.bytes;
        }
        // A site's moments begin when it first allocates: before that it had nothing.
        let late = site.moments.first().is_some_and(|m| m.number > first);
        let before = if late { 0 } else { before.unwrap_or(0) };
        after.saturating_sub(before)
    };
    most(sites, grown)
}

/// Without lines there are no figures in between: the line that holds at least half of the growth at the end.
fn still_there(sites: &[Site], growth: u64) -> Option<(SourceLine, u64)> {
    most(sites, |site| site.at_exit.bytes).filter(|(_, bytes)| *bytes >= growth / 2)
}

fn most(sites: &[Site], measure: impl Fn(&Site) -> u64) -> Option<(SourceLine, u64)> {
    let known = sites.iter().filter_map(|site| {
        let line = SourceLine {
            file: site.file.clone()?,
            line: site.line?,
            column: site.column,
            function: site.function.clone(),
        };
        Some((line, measure(site)))
    });
    // Of equals the first, so that every run says the same.
    let most = known.reduce(|best, next| if next.1 > best.1 { next } else { best });
    most.filter(|(_, bytes)| *bytes > 0)
}

#[cfg(test)]
mod tests;
