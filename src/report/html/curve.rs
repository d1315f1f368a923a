//! The curve of live heap over a program's own lines: a drawing, and its figures as a table, from which the page's script
//! reads what it shows for a point.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use minijinja::Value;
use serde::Serialize;

use super::text;
use crate::course::units::{human_count, human_size};
use crate::observe::shape::ShapeKind;
use crate::observe::{Observation, Point};

/// Points that are drawn, and rows of the table.
const POINTS: usize = 60;
/// The drawing's own units. It is stretched to the page, so that lines keep their width and words their size.
const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 160.0;
/// Room above the highest point.
const ABOVE: f64 = 8.0;
/// Characters of a printed line that are shown.
const MARK_CHARS: usize = 60;

/// A curve, for a template.
#[derive(Debug, Serialize)]
pub(super) struct CurveView {
    /// The element's id.
    pub(super) id: String,
    case: String,
    /// What it looks like, in words.
    shape: String,
    /// Words on the axes.
    top: String,
    middle: String,
    first: String,
    last: String,
    /// What is drawn inside of the `svg` element.
    drawing: Value,
    rows: Vec<Row>,
    /// What is left out.
    thinned: Option<String>,
}

#[derive(Debug, Serialize)]
struct Row {
    /// Where it is on the drawing, from left to right.
    x: String,
    /// The printed line, or that there was none.
    mark: String,
    printed: bool,
    live: String,
    bytes: String,
    blocks: Option<String>,
    highest: Option<String>,
}

/// The curve of a run, and how many bytes it takes on the page; `None` where there is none to see.
pub(super) fn view(run: &Observation, id: String, case: &str) -> Option<(CurveView, usize)> {
    let all: Vec<(&Point, u64)> = run
        .timeline
        .iter()
        .filter_map(|point| Some((point, point.live_bytes?)))
        .collect();
    let highest = all.iter().map(|(_, live)| *live).max()?;
    if all.len() < 2 || highest == 0 {
        return None;
    }
    let points = thin(&all);
    let rows: Vec<Row> = points.iter().map(row).collect();
    // What came and went between two lines is part of the picture.
    let top = points
        .iter()
        .filter_map(|at| at.point.peak_bytes_since)
        .fold(highest, u64::max);
    let (first, last) = (rows.first()?, rows.last()?);
    let view = CurveView {
        id,
        case: text::line(case, MARK_CHARS),
        shape: shape(run, &all),
        top: human_size(top),
        middle: human_size(top / 2),
        first: end(first, "start"),
        last: end(last, "end"),
        drawing: Value::from_safe_string(drawing(&points, top)),
        thinned: (points.len() < all.len()).then(|| {
            format!(
                "{} of {} points are shown, the highest among them.",
                points.len(),
                human_count(all.len() as u64)
            )
        }),
        rows,
    };
    let table: usize = view
        .rows
        .iter()
        .map(|row| text::weight(&row.mark) + 190)
        .sum();
    let weight =
        1500 + table + view.drawing.as_str().map_or(0, str::len) + text::weight(&view.shape);
    Some((view, weight))
}

/// A point of the drawing.
#[derive(Debug, Clone, Copy)]
struct At<'a> {
    x: f64,
    point: &'a Point,
    live: u64,
}

/// At most [`POINTS`] of them: the first, the last and the highest, then those with a printed line, then the others; evenly, if
/// there are too many of a kind.
fn thin<'a>(all: &[(&'a Point, u64)]) -> Vec<At<'a>> {
    let last = all.len() - 1;
    let highest = (0..=last).rev().max_by_key(|at| all[*at].1).unwrap_or(0);
    let mut kept = BTreeSet::from([0, last, highest]);
    for printed in [true, false] {
        let of_kind: Vec<usize> = (0..=last)
            .filter(|at| all[*at].0.mark.is_some() == printed && !kept.contains(at))
            .collect();
        let room = POINTS.saturating_sub(kept.len()).min(of_kind.len());
        kept.extend((0..room).map(|n| of_kind[n * of_kind.len() / room]));
    }
    kept.into_iter()
        .map(|at| At {
            x: WIDTH * at as f64 / last as f64,
            point: all[at].0,
            live: all[at].1,
        })
        .collect()
}

fn row(at: &At<'_>) -> Row {
    let point = at.point;
    Row {
        x: format!("{:.1}", at.x),
        mark: match (&point.mark, point.number) {
            (Some(mark), _) if !mark.trim().is_empty() => text::line(mark.trim(), MARK_CHARS),
            (Some(_), Some(number)) => format!("line {number}, empty"),
            (Some(_), None) => "an empty line".to_owned(),
            (None, _) => "between two lines".to_owned(),
        },
        printed: point.mark.is_some(),
        live: human_size(at.live),
        bytes: human_count(at.live),
        blocks: point.live_blocks.map(human_count),
        highest: point.peak_bytes_since.map(human_size),
    }
}

/// What stands under an end of the curve.
fn end(row: &Row, unprinted: &str) -> String {
    if row.printed {
        row.mark.clone()
    } else {
        unprinted.to_owned()
    }
}

fn shape(run: &Observation, all: &[(&Point, u64)]) -> String {
    let Some(shape) = run.heap.as_ref().and_then(|heap| heap.shape.as_ref()) else {
        return match all {
            [(_, first), .., (_, last)] => {
                format!("from {} to {}", human_size(*first), human_size(*last))
            }
            _ => String::new(),
        };
    };
    let [first, last, lowest, highest] = [
        shape.first_bytes,
        shape.last_bytes,
        shape.lowest_bytes,
        shape.highest_bytes,
    ]
    .map(human_size);
    match (shape.kind, shape.bytes_per_step) {
        (ShapeKind::Flat, _) => format!("stays at {last}"),
        (ShapeKind::Growth, Some(step)) => {
            let step = human_size(step);
            format!("keeps growing, by {step} with each step: from {first} to {last}")
        }
        (ShapeKind::Growth, None) => format!("keeps growing, from {first} to {last}"),
        (ShapeKind::Plateau, _) => format!("rises from {first} to {last}, then stays"),
        (ShapeKind::SawTooth, _) => {
            format!("goes up and down between {lowest} and {highest}, and does not grow")
        }
        (ShapeKind::ReturnToBaseline, _) => format!("rises to {highest} and comes back to {last}"),
        (ShapeKind::Fall, _) => format!("falls from {first} to {last}"),
        (ShapeKind::Irregular, _) => format!("goes up and down between {lowest} and {highest}"),
    }
}

fn drawing(points: &[At<'_>], top: u64) -> String {
    let y = |bytes: u64| HEIGHT - (HEIGHT - ABOVE) * bytes as f64 / top as f64;
    let (mut line, mut dots, mut peaks) = (String::new(), String::new(), String::new());
    for at in points {
        let (x, live) = (at.x, at.live);
        let letter = if line.is_empty() { 'M' } else { 'L' };
        let _ = write!(line, "{letter}{x:.1} {:.1}", y(live));
        if at.point.mark.is_some() {
            // A line of no length with round ends is a dot, however the drawing is stretched.
            let _ = write!(dots, "M{x:.1} {:.1}h.01", y(live));
        }
        if let Some(peak) = at.point.peak_bytes_since.filter(|peak| *peak > live) {
            let _ = write!(peaks, "M{x:.1} {:.1}V{:.1}", y(live), y(peak));
        }
    }
    let mut out = String::new();
    let _ = write!(
        out,
        "<path class=\"grid\" d=\"M0 {ABOVE}H{WIDTH}M0 {:.1}H{WIDTH}M0 {HEIGHT}H{WIDTH}\"/>\
         <path class=\"area\" d=\"{line}V{HEIGHT}H0Z\"/>",
        ABOVE + (HEIGHT - ABOVE) / 2.0
    );
    if !peaks.is_empty() {
        let _ = write!(out, "<path class=\"peaks\" d=\"{peaks}\"/>");
    }
    let _ = write!(
        out,
        "<path class=\"line\" d=\"{line}\"/><path class=\"dots\" d=\"{dots}\"/>\
         <path class=\"cursor\" d=\"M0 0V{HEIGHT}\" hidden=\"\"/>"
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn a_curve_says_what_it_shows() {
        let (view, _) = view(&samples::leak_run(), "curve-1".to_owned(), "bounded").unwrap();
        assert_eq!(
            view.shape,
            "keeps growing, by 9.6 MiB with each step: from 9.6 MiB to 96 MiB"
        );
        assert_eq!(view.top, "96 MiB");
        assert_eq!(view.rows.len(), 10);
        assert_eq!(view.rows[9].bytes, "100,663,300");
        assert!(view.thinned.is_none());
    }

    #[test]
    fn many_points_are_thinned_and_the_highest_stays() {
        let mut run = samples::leak_run();
        let point = run.timeline[0].clone();
        run.timeline = (0..4096)
            .map(|at| Point {
                live_bytes: Some(if at == 1777 { 1 << 40 } else { at }),
                mark: (at == 2000).then(|| "the only line".to_owned()),
                ..point.clone()
            })
            .collect();
        let (view, weight) = view(&run, String::new(), "x").unwrap();
        assert!(view.rows.len() <= POINTS && weight < 20_000, "{weight}");
        assert!(
            view.rows.iter().any(|row| row.live == "1024 GiB"),
            "{:?}",
            view.top
        );
        assert!(view.rows.iter().any(|row| row.mark == "the only line"));
        assert_eq!((view.first.as_str(), view.last.as_str()), ("start", "end"));
        assert!(view.thinned.is_some());
    }

    #[test]
    fn what_was_not_measured_has_no_curve() {
        let mut run = samples::leak_run();
        for point in &mut run.timeline {
            point.live_bytes = None;
        }
        assert!(view(&run, String::new(), "x").is_none());
        assert!(view(&samples::overflow_run(), String::new(), "x").is_none());
    }
}
