//! The class page: how the class did, who to look at first, and a table of everybody.

use std::fmt::Write as _;
use std::sync::Arc;

use minijinja::{Value, context};
use serde::Serialize;

use super::pair::row;
use super::points::percent;
use super::tally::{BARS, Counts, ExerciseTally, Row, Tally};
use super::text;
use super::{ClassInfo, pair_link};
use crate::diagnostic::Severity;
use crate::gradebook::policy::Points;
use crate::judge::catalog;
use crate::report::escape::{MESSAGE_CHARS, NAME_CHARS};
use crate::similarity::{Pair, Side};

/// Students who are listed to be looked at first; the table has the others.
const FIRST: usize = 40;
/// How many of them are seen before the others are unfolded.
const FIRST_OPEN: usize = 8;
/// Findings that are listed.
const FINDINGS: usize = 20;
/// Pairs that are listed.
const PAIRS: usize = 100;
/// Names that are listed of those who handed in nothing.
const ABSENT: usize = 200;
/// Files that are listed of those that belong to nobody.
const UNRECOGNIZED: usize = 200;

/// The class page but for its table, for a template.
#[derive(Debug, Serialize)]
pub(super) struct ClassView {
    students: String,
    handed_in: String,
    absent: Vec<String>,
    absent_left_out: usize,
    median: Option<String>,
    possible: Option<String>,
    undecided: u64,
    waiting: u64,
    histogram: Option<Histogram>,
    first: Vec<FirstView>,
    first_open: usize,
    first_left_out: usize,
    exercises: Vec<ExerciseView>,
    findings: Vec<FindingView>,
    pairs: Vec<PairRow>,
    pairs_left_out: usize,
    unrecognized: Vec<(String, String)>,
    unrecognized_left_out: usize,
    notes: Vec<String>,
    parts: Vec<String>,
    groups: bool,
}

#[derive(Debug, Serialize)]
struct Histogram {
    drawing: Value,
    bars: Vec<Bar>,
    highest: u64,
    says: String,
}

#[derive(Debug, Serialize)]
struct Bar {
    range: String,
    students: u64,
}

#[derive(Debug, Serialize)]
struct FirstView {
    name: String,
    link: String,
    points: String,
    possible: String,
    reasons: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ExerciseView {
    name: String,
    title: String,
    rate: Rate,
    checks: Vec<CheckView>,
}

#[derive(Debug, Serialize)]
struct CheckView {
    case: String,
    name: String,
    hidden: bool,
    points: u32,
    rate: Rate,
}

/// Of how many who handed in something it passed, and in percent.
#[derive(Debug, Serialize)]
struct Rate {
    passed: u64,
    failed: u64,
    skipped: u64,
    undecided: u64,
    /// Those who handed in something.
    all: u64,
    /// Those who did not.
    missing: u64,
    percent: u64,
    percent_failed: u64,
    /// For the bar, in percent of everybody: passed, failed, and without a hand-in.
    bar: [u64; 3],
}

#[derive(Debug, Serialize)]
struct FindingView {
    code: String,
    severity: &'static str,
    title: String,
    students: u64,
    percent: u64,
    place: Option<String>,
    source: Option<String>,
    name: Option<String>,
    link: Option<String>,
}

#[derive(Debug, Serialize)]
struct PairRow {
    exercise: String,
    left: String,
    right: String,
    left_percent: u8,
    right_percent: u8,
    link: String,
}

impl ClassView {
    pub(super) fn new(info: &ClassInfo, tally: &Tally, pairs: &[Pair]) -> Self {
        let handed_in = || tally.rows.iter().filter(|row| row.handed_in);
        let absent: Vec<&Row> = tally.rows.iter().filter(|row| !row.handed_in).collect();
        let mut first: Vec<&Row> = tally
            .rows
            .iter()
            .filter(|row| !row.reasons.is_empty())
            .collect();
        // Those with the most pressing reason, and most reasons, before the others.
        first.sort_by(|a, b| {
            let key = |row: &Row| {
                (
                    row.reasons.first().map(|(reason, _)| *reason),
                    usize::MAX - row.reasons.len(),
                )
            };
            key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
        });
        let count = |wanted: super::tally::Reason| {
            let has = |row: &&Row| row.reasons.iter().any(|(reason, _)| *reason == wanted);
            tally.rows.iter().filter(has).count() as u64
        };
        let mut points: Vec<Points> = handed_in().map(|row| row.points).collect();
        points.sort_unstable();
        Self {
            students: crate::report::words::counted(tally.rows.len() as u64, "student", "students"),
            handed_in: crate::course::units::human_count(handed_in().count() as u64),
            median: median(&points).map(text::points),
            possible: handed_in().map(|row| row.possible).max().map(text::points),
            undecided: count(super::tally::Reason::Undecided),
            waiting: count(super::tally::Reason::Waiting),
            absent: absent
                .iter()
                .take(ABSENT)
                .map(|row| row.name.clone())
                .collect(),
            absent_left_out: absent.len().saturating_sub(ABSENT),
            histogram: (!points.is_empty()).then(|| histogram(tally)),
            first_open: FIRST_OPEN,
            first_left_out: first.len().saturating_sub(FIRST),
            first: first.into_iter().take(FIRST).map(first_view).collect(),
            exercises: tally.exercises.iter().map(exercise).collect(),
            findings: findings(tally, handed_in().count() as u64),
            pairs: pairs
                .iter()
                .enumerate()
                .take(PAIRS)
                .map(|(at, pair)| pair_row(at, pair, tally))
                .collect(),
            pairs_left_out: pairs.len().saturating_sub(PAIRS),
            unrecognized: info
                .unrecognized
                .iter()
                .take(UNRECOGNIZED)
                .map(|(path, reason)| {
                    (
                        text::line(path, 2 * NAME_CHARS),
                        text::line(reason, MESSAGE_CHARS),
                    )
                })
                .collect(),
            unrecognized_left_out: info.unrecognized.len().saturating_sub(UNRECOGNIZED),
            notes: info
                .notes
                .iter()
                .map(|note| text::line(note, MESSAGE_CHARS))
                .collect(),
            parts: tally
                .parts
                .iter()
                .map(|part| text::line(part, NAME_CHARS))
                .collect(),
            groups: tally.rows.iter().any(|row| row.group.is_some()),
        }
    }
}

/// The rows of the table, each made when the template gets to it.
pub(super) fn rows(tally: &Arc<Tally>) -> Value {
    Value::make_object_iterable(Arc::clone(tally), |tally| {
        Box::new(tally.rows.iter().map(|row| {
            let parts =
                (0..tally.parts.len()).map(|at| match row.parts.get(at).copied().flatten() {
                    None => context! { points => "", full => false, none => false },
                    Some((points, possible)) => context! {
                        points => text::points(points),
                        full => possible.0 > 0 && points >= possible,
                        none => possible.0 > 0 && points.0 <= 0,
                    },
                });
            context! {
                name => row.name.as_str(),
                id => row.id.as_str(),
                group => row.group.as_deref(),
                link => row.link.as_str(),
                handed_in => row.handed_in,
                points => text::points(row.points),
                percent => percent(row.points, row.possible),
                undecided => (row.undecided.0 > 0).then(|| text::points(row.undecided)),
                parts => parts.collect::<Vec<_>>(),
                reasons => row.reasons.iter().map(|(_, words)| words.as_str()).collect::<Value>(),
            }
        }))
    })
}

/// The middle one, or half way between the two in the middle.
fn median(sorted: &[Points]) -> Option<Points> {
    let high = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(high);
    }
    let low = *sorted.get(sorted.len() / 2 - 1)?;
    Some(Points(i64::midpoint(low.0, high.0)))
}

fn first_view(row: &Row) -> FirstView {
    FirstView {
        name: row.name.clone(),
        link: row.link.clone(),
        points: text::points(row.points),
        possible: text::points(row.possible),
        reasons: row.reasons.iter().map(|(_, words)| words.clone()).collect(),
    }
}

impl From<Counts> for Rate {
    fn from(counts: Counts) -> Self {
        let handed_in = counts.handed_in();
        let percent_of = |all: u64, part: u64| (part * 100).checked_div(all).unwrap_or(0);
        let percent = |part| percent_of(handed_in, part);
        let width = |part| percent_of(handed_in + counts.missing, part);
        Self {
            passed: counts.passed,
            failed: counts.failed,
            skipped: counts.skipped,
            undecided: counts.undecided,
            all: handed_in,
            missing: counts.missing,
            percent: percent(counts.passed),
            percent_failed: percent(counts.failed),
            bar: [counts.passed, counts.failed, counts.missing].map(width),
        }
    }
}

fn exercise(tally: &ExerciseTally) -> ExerciseView {
    ExerciseView {
        name: text::line(&tally.id, NAME_CHARS),
        title: text::line(&tally.title, NAME_CHARS),
        rate: tally.counts.into(),
        checks: tally
            .checks
            .iter()
            .map(|check| CheckView {
                case: text::line(&check.case, NAME_CHARS),
                name: text::line(&check.name, NAME_CHARS),
                hidden: check.hidden,
                points: check.points,
                rate: check.counts.into(),
            })
            .collect(),
    }
}

fn findings(tally: &Tally, handed_in: u64) -> Vec<FindingView> {
    let mut codes: Vec<_> = tally.codes.iter().collect();
    codes.sort_by(|(a, of_a), (b, of_b)| of_b.students.cmp(&of_a.students).then_with(|| a.cmp(b)));
    codes
        .into_iter()
        .take(FINDINGS)
        .map(|(code, tally)| {
            let example = tally.example.as_ref();
            FindingView {
                code: text::line(code, NAME_CHARS),
                severity: match tally.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Note => "note",
                },
                title: catalog::explain(code)
                    .map_or_else(|| tally.message.clone(), |entry| entry.title.to_owned()),
                students: tally.students,
                percent: (tally.students * 100).checked_div(handed_in).unwrap_or(0),
                place: example.map(|example| example.place.clone()),
                source: example.map(|example| example.source.clone()),
                name: example.map(|example| example.name.clone()),
                link: example.map(|example| example.link.clone()),
            }
        })
        .collect()
}

fn pair_row(at: usize, pair: &Pair, tally: &Tally) -> PairRow {
    let name = |side: &Side| match (&side.archive, row(side, &tally.rows)) {
        (Some(archive), _) => {
            let archive = text::line(archive, NAME_CHARS);
            format!("{} ({archive})", text::line(&side.student, NAME_CHARS))
        }
        (None, Some(row)) => row.name.clone(),
        (None, None) => text::line(&side.student, NAME_CHARS),
    };
    PairRow {
        exercise: text::line(&pair.exercise, NAME_CHARS),
        left: name(&pair.left),
        right: name(&pair.right),
        left_percent: pair.left.percent,
        right_percent: pair.right.percent,
        link: pair_link(at),
    }
}

fn histogram(tally: &Tally) -> Histogram {
    let highest = tally.bars.iter().copied().max().unwrap_or(0);
    let mut drawing = String::new();
    for (at, count) in tally.bars.iter().enumerate() {
        // Whoever is there is seen, however large the class is.
        let height = match count {
            0 => 0.0,
            count => (100.0 * *count as f64 / highest as f64).max(1.5),
        };
        let _ = write!(
            drawing,
            "<rect x=\"{}\" y=\"{:.1}\" width=\"9.4\" height=\"{height:.1}\"/>",
            at * 10,
            100.0 - height
        );
    }
    let bars: Vec<Bar> = (0..BARS)
        .map(|at| Bar {
            range: match at {
                9 => "90–100 %".to_owned(),
                at => format!("{}–{} %", at * 10, at * 10 + 9),
            },
            students: tally.bars[at],
        })
        .collect();
    let most = bars.iter().rev().max_by_key(|bar| bar.students);
    Histogram {
        says: most.map_or_else(String::new, |bar| {
            let students = crate::report::words::counted(bar.students, "student", "students");
            format!("Most, {students}, have {} of the points.", bar.range)
        }),
        drawing: Value::from_safe_string(drawing),
        bars,
        highest,
    }
}
