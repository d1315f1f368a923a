//! Two submissions side by side, with the lines marked that are alike.

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::source::{self, Band, File};
use super::tally::Row;
use super::text;
use crate::report::escape::NAME_CHARS;
use crate::similarity::{Lines, Pair, Side};

/// Bytes of one side's source.
const SIDE: usize = 400 * 1024;
/// Places that are marked.
const MATCHES: usize = 200;

/// A pair, for a template.
#[derive(Debug, Serialize)]
pub(super) struct PairView {
    exercise: String,
    left: SideView,
    right: SideView,
    matches: Vec<MatchView>,
    matches_left_out: usize,
}

#[derive(Debug, Serialize)]
struct SideView {
    /// The name, or the id where no name is known.
    student: String,
    /// Where the student's page is, seen from the class page.
    link: Option<String>,
    archive: Option<String>,
    percent: u8,
    files: Vec<FileView>,
}

#[derive(Debug, Serialize)]
struct FileView {
    name: String,
    lines: Value,
}

#[derive(Debug, Serialize)]
struct MatchView {
    number: usize,
    left: String,
    right: String,
    lines: u32,
}

impl PairView {
    /// `rows`: the students of this class.
    pub(super) fn new(pair: &Pair, rows: &[Row]) -> Self {
        let shown = || pair.matches.iter().take(MATCHES).zip(1..);
        let left: Vec<(usize, &Lines)> = shown()
            .map(|(alike, number)| (number, &alike.left))
            .collect();
        let right: Vec<(usize, &Lines)> = shown()
            .map(|(alike, number)| (number, &alike.right))
            .collect();
        Self {
            exercise: text::line(&pair.exercise, NAME_CHARS),
            left: side(&pair.left, rows, ("l", "r"), &left),
            right: side(&pair.right, rows, ("r", "l"), &right),
            matches: shown()
                .map(|(alike, number)| MatchView {
                    number,
                    left: lines(&alike.left),
                    right: lines(&alike.right),
                    lines: alike
                        .left
                        .last
                        .saturating_sub(alike.left.first)
                        .saturating_add(1),
                })
                .collect(),
            matches_left_out: pair.matches.len().saturating_sub(MATCHES),
        }
    }

    pub(super) fn into_value(self) -> Value {
        Value::from(Serde(self))
    }
}

fn lines(lines: &Lines) -> String {
    let file = text::line(&lines.file, NAME_CHARS);
    if lines.first == lines.last {
        format!("{file}:{}", lines.first)
    } else {
        format!("{file}:{}–{}", lines.first, lines.last)
    }
}

fn side(side: &Side, rows: &[Row], letters: (&str, &str), matches: &[(usize, &Lines)]) -> SideView {
    let mut left = SIDE;
    let mut files = Vec::new();
    for (name, text) in &side.files {
        let file = File::new(text);
        let bands: Vec<Band> = matches
            .iter()
            .filter(|(_, lines)| lines.file == *name)
            .map(|(number, lines)| Band {
                lines: (lines.first, lines.last),
                number: *number,
                id: format!("{}{number}", letters.0),
                other: format!("{}{number}", letters.1),
            })
            .collect();
        let lines = source::banded(&file, &bands, left);
        left = left.saturating_sub(lines.len());
        files.push(FileView {
            name: text::line(name, NAME_CHARS),
            lines: Value::from_safe_string(lines),
        });
    }
    let row = row(side, rows);
    SideView {
        student: row.map_or_else(
            || text::line(&side.student, NAME_CHARS),
            |row| row.name.clone(),
        ),
        link: row.map(|row| row.link.clone()),
        archive: side
            .archive
            .as_deref()
            .map(|archive| text::line(archive, NAME_CHARS)),
        percent: side.percent,
        files,
    }
}

/// The row of a side's student, if it is one of this class.
pub(super) fn row<'a>(side: &Side, rows: &'a [Row]) -> Option<&'a Row> {
    let student = text::line(&side.student, NAME_CHARS);
    rows.iter()
        .find(|row| side.archive.is_none() && row.id == student)
}
