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
//!   highest point: then it is **growth**, by what they grow.
//! - Only falls: **fall**. Anything else is **irregular**.

use std::collections::BTreeMap;

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
    /// Bytes that came with each step, rounded; for growth. From the first point to the last, or, where the curve goes up and
    /// down, from low point to low point.
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
    let (over, curve) = curve(timeline);
    let (kind, tolerance_bytes) = classify(&curve)?;
    let (first, last) = (curve.first()?, curve.last()?);
    let (lowest_bytes, highest_bytes) = bounds(&curve);
    let rise = rise(timeline);
    let growing = rise.as_ref().and_then(|rise| match over {
        Steps::Lines => grown_between(&heap.sites, rise),
        Steps::Allocations => still_there(&heap.sites, rise.bytes()),
    });
    Some(Shape {
        kind,
        tolerance_bytes,
        over,
        points: curve.len() as u64,
        steps: last.0.saturating_sub(first.0),
        first_bytes: first.1,
        last_bytes: last.1,
        lowest_bytes,
        highest_bytes,
        bytes_per_step: rise.and_then(|rise| {
            let half = rise.steps / 2;
            rise.bytes().saturating_add(half).checked_div(rise.steps)
        }),
        site: growing.as_ref().map(|(line, _)| line.clone()),
        site_bytes: growing.map(|(_, bytes)| bytes),
        projection: None,
    })
}

/// How a growing curve grows, measured between two of its points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rise {
    /// Where it is measured from: the first point, or the first low point of a saw-tooth that grows. What comes before the first
    /// fall may be the start, so of four low points or more the first is left out.
    pub from: At,
    /// To where: the last point, or the last low point.
    pub to: At,
    /// Steps in between: lines that differ only in their numbers, as far as all lines were kept; else all lines, or blocks.
    pub steps: u64,
    /// Whether the points are low points.
    teeth: bool,
}

impl Rise {
    /// By how much it grows.
    pub fn bytes(&self) -> u64 {
        self.to.1.saturating_sub(self.from.1)
    }
}

/// Where a growing curve is measured; `None` for one of another shape.
pub fn rise(timeline: &[Point]) -> Option<Rise> {
    let (over, curve) = curve(timeline);
    let (kind, tolerance) = classify(&curve)?;
    if kind != ShapeKind::Growth {
        return None;
    }
    let turns = turns(&curve, tolerance);
    let lows = lows(&turns);
    let teeth = turns.windows(2).any(|pair| pair[1].1 < pair[0].1);
    let (from, to) = match lows.as_slice() {
        [_, first, .., last] if teeth && lows.len() > 3 => (*first, *last),
        [first, .., last] if teeth => (*first, *last),
        _ => (*curve.first()?, *curve.last()?),
    };
    let marks = timeline.iter().filter(|point| point.mark.is_some());
    let all_kept =
        marks.clone().count() as u64 == marks.filter_map(|point| point.number).max().unwrap_or(0);
    let between = |x: u64| x > from.0 && x <= to.0;
    let steps = match over {
        Steps::Lines if all_kept => {
            let numbers = alike(timeline).into_iter().filter_map(|point| point.number);
            numbers.filter(|number| between(*number)).count() as u64
        }
        _ => to.0.saturating_sub(from.0),
    };
    Some(Rise {
        from,
        to,
        steps,
        teeth,
    })
}

/// The curve that has a shape: over the program's lines, or over what it allocated if it printed too few.
fn curve(timeline: &[Point]) -> (Steps, Vec<At>) {
    let lines = steps(timeline);
    if lines.len() >= FEWEST {
        let at = |point: &&Point| Some((point.number?, point.live_bytes?));
        return (Steps::Lines, lines.iter().filter_map(at).collect());
    }
    let at = |point: &Point| Some((point.total_blocks?, point.live_bytes?));
    let mut curve: Vec<At> = timeline.iter().filter_map(at).collect();
    // Lines that were written together, or without a request in between, are one moment.
    curve.dedup();
    (Steps::Allocations, curve)
}

/// The lines that are the program's steps: those that differ only in their numbers, if there are enough of them, else all.
/// Of lines that were written together, and share one point, the last counts.
pub fn steps(timeline: &[Point]) -> Vec<&Point> {
    let mut steps = alike(timeline);
    let mut next: Option<&Point> = None;
    let mut last_of_each = Vec::new();
    while let Some(point) = steps.pop() {
        if next.is_none_or(|next| !written_together(point, next)) {
            last_of_each.push(point);
        }
        next = Some(point);
    }
    last_of_each.reverse();
    last_of_each
}

/// Whether two lines were one write: everything that was sampled is equal, and the clock is among it.
fn written_together(a: &Point, b: &Point) -> bool {
    let moment = |point: &Point| (point.total_blocks, point.live_bytes, point.wall_ms);
    a.coalesced && b.coalesced && moment(a) == moment(b)
}

/// The lines that differ only in their numbers, those with a number first; all that were written alone if such are too few.
fn alike(timeline: &[Point]) -> Vec<&Point> {
    let sampled = |point: &&Point| point.mark.is_some() && point.live_bytes.is_some();
    let lines: Vec<&Point> = timeline.iter().filter(sampled).collect();
    let mut kinds: BTreeMap<(&str, &str), (u64, bool, &Point)> = BTreeMap::new();
    for point in &lines {
        let counts = point.mark.as_deref().is_some_and(has_number);
        let kind = kinds.entry(pattern(point)).or_insert((0, counts, point));
        if kind.0 == 0 || !written_together(kind.2, point) {
            kind.0 += 1;
        }
        kind.2 = point;
    }
    let most = kinds
        .iter()
        .rev()
        .filter(|(_, (times, ..))| *times >= FEWEST as u64)
        .max_by_key(|(_, (times, counts, _))| (*times, *counts))
        .map(|(most, _)| *most);
    lines
        .into_iter()
        .filter(|point| match most {
            Some(most) => pattern(point) == most,
            None => !point.coalesced,
        })
        .collect()
}

fn has_number(line: &str) -> bool {
    line.bytes().any(|byte| byte.is_ascii_digit())
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
fn grown_between(sites: &[Site], rise: &Rise) -> Option<(SourceLine, u64)> {
    let (first, last) = (rise.from.0, rise.to.0);
    let within = |site: &Site| -> Vec<u64> {
        let moments = site.moments.iter();
        let mut bytes: Vec<u64> = moments
            .filter(|m| (first..=last).contains(&m.number))
            .map(|m| m.live.bytes)
            .collect();
        // A site's moments begin when it first allocates: before that it had nothing.
        if site.moments.first().is_some_and(|m| m.number > first) {
            bytes.insert(0, 0);
        }
        bytes
    };
    let grown = |site: &Site| {
        let bytes = within(site);
        let ends = bytes.first().zip(bytes.last());
        ends.map_or(0, |(before, after)| after.saturating_sub(*before))
    };
    if !rise.teeth {
        return most(sites, grown);
    }
    // What goes up and down may stand high at one of the two lines and low at the other: its low points are compared.
    let low_points = |site: &Site| {
        let bytes = within(site);
        let third = bytes.len().div_ceil(3);
        let early = bytes.iter().take(third).min();
        let late = bytes.iter().rev().take(third).min();
        early
            .zip(late)
            .map_or(0, |(early, late)| late.saturating_sub(*early))
    };
    let (line, _) = most(sites, low_points)?;
    let site = |site: &&Site| {
        (site.file.as_ref(), site.line, site.column)
            == (Some(&line.file), Some(line.line), line.column)
    };
    let bytes = sites
        .iter()
        .find(site)
        .map_or(0, |site| grown(site).max(low_points(site)));
    Some((line, bytes))
}

/// Without lines there are no figures in between: the line that holds at least half of the growth at the end, or held it at the
/// line printed when most was alive.
fn still_there(sites: &[Site], growth: u64) -> Option<(SourceLine, u64)> {
    let half = |(_, bytes): &(SourceLine, u64)| *bytes >= growth / 2;
    let at_highest_mark = |site: &Site| site.at_highest_mark.map_or(0, |held| held.bytes);
    most(sites, |site| site.at_exit.bytes)
        .filter(half)
        .or_else(|| most(sites, at_highest_mark).filter(half))
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
