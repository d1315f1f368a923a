//! `manual.csv` in the results: points and comments that a teacher gives by hand.
//!
//! The main type is [`Manual`]. The columns are `student`, `part` (an exercise, `checklist`, or nothing for the sum), `points`
//! (`7.5` stands in the place of what was there, `+1` and `-2` change it) and `comment`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::policy::Points;
use super::roll::ByHand;
use super::table;
use crate::course::grading_policy::hundredths;
use crate::course::load::document::shown;
use crate::error::Error;
use crate::report::escape;

/// The file's name.
pub const FILE: &str = "manual.csv";

/// What a row does to points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// They stand in the place of what was there.
    Set(Points),
    /// They are added, or taken where they are below 0.
    Add(Points),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    line: usize,
    /// The exercise, or `checklist`; empty for the sum.
    part: String,
    change: Option<Change>,
    comment: String,
}

/// What was given by hand to a class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manual {
    /// By student, as written in the file.
    rows: BTreeMap<String, Vec<Row>>,
}

/// What was given by hand to one student.
#[derive(Debug, Clone, Default)]
pub struct ManualOf<'a> {
    rows: Vec<&'a Row>,
}

impl Manual {
    /// Reads what a teacher has written; nothing if the file is not there.
    ///
    /// # Errors
    /// [`Error::Usage`] for a table that cannot be understood, with the line to change; [`Error::File`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let Some(text) = table::text_of(path)? else {
            return Ok(Self::default());
        };
        Self::parse(&text).map_err(|message| {
            let message = format!("{} cannot be used: {message}", path.display());
            Error::usage(message, "correct it, or move it away to grade without it")
        })
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// What is wrong, with the line to change.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut manual = Self::default();
        for line in table::rows(text, &["student", "part", "points"], &["comment"])? {
            let cell = |index: usize| line.cells.get(index).map_or("", |cell| cell.trim());
            let (student, part, points) = (cell(0), cell(1), cell(2));
            if line.cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let here = |message: String| format!("line {}: {message}", line.number);
            if student.is_empty() {
                return Err(here("the column `student` is empty".to_owned()));
            }
            let row = Row {
                line: line.number,
                part: plain(part).to_owned(),
                change: change(points).map_err(here)?,
                comment: plain(cell(3)).to_owned(),
            };
            let rows = manual.rows.entry(student.to_owned()).or_default();
            if let Some(Change::Set(_)) = row.change {
                let sets = |other: &&Row| {
                    other.part == row.part && matches!(other.change, Some(Change::Set(_)))
                };
                if let Some(before) = rows.iter().find(sets) {
                    let (student, line) = (shown(student), before.line);
                    return Err(here(format!(
                        "the points of {student} are given in line {line} already; to change them write `+1` or `-1`"
                    )));
                }
            }
            rows.push(row);
        }
        Ok(manual)
    }

    /// What was given to this student.
    pub fn of(&self, student: &str) -> ManualOf<'_> {
        let escaped = escape::csv_cell(student);
        let names = BTreeSet::from([student.trim(), escaped.trim()]);
        let rows = names.into_iter().filter_map(|name| self.rows.get(name));
        ManualOf {
            rows: rows.flatten().collect(),
        }
    }

    /// Whether nothing was given to anybody.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All rows.
    pub fn by_hand(&self) -> Vec<ByHand> {
        let of_student = |(student, rows): (&String, &Vec<Row>)| {
            let of_row = |row: &Row| ByHand {
                file: FILE,
                student: student.clone(),
                part: row.part.clone(),
                points: match row.change {
                    None => String::new(),
                    Some(Change::Set(points)) => points.to_string(),
                    Some(Change::Add(points)) if points.0 < 0 => points.to_string(),
                    Some(Change::Add(points)) => format!("+{points}"),
                },
                comment: row.comment.clone(),
            };
            rows.iter().map(of_row).collect::<Vec<_>>()
        };
        self.rows.iter().flat_map(of_student).collect()
    }

    /// Rows that count for nobody, one sentence each: their student or part is not there.
    pub fn unused(&self, students: &[&str], parts: &[&str]) -> Vec<String> {
        let escaped = students.iter().map(|id| escape::csv_cell(id));
        let mut known: BTreeSet<String> = escaped.map(|id| id.trim().to_owned()).collect();
        known.extend(students.iter().map(|id| id.trim().to_owned()));
        let mut notes = Vec::new();
        for (student, rows) in &self.rows {
            for row in rows {
                let missing = if known.contains(student) {
                    let there = row.part.is_empty() || parts.contains(&row.part.as_str());
                    (!there).then(|| format!("there is no exercise `{}`", shown(&row.part)))
                } else {
                    Some(format!("there is no student `{}`", shown(student)))
                };
                let note =
                    |missing| format!("{FILE}, line {}, counts for nobody: {missing}", row.line);
                notes.extend(missing.map(|missing| (row.line, note(missing))));
            }
        }
        notes.sort();
        notes.into_iter().map(|(_, note)| note).collect()
    }
}

impl ManualOf<'_> {
    /// What changes the points of a part (the sum if it is empty): first what sets them, then what is added.
    pub fn changes(&self, part: &str) -> Vec<Change> {
        let of_part = self.rows.iter().filter(|row| row.part == part);
        let mut changes: Vec<Change> = of_part.filter_map(|row| row.change).collect();
        changes.sort_by_key(|change| matches!(change, Change::Add(_)));
        changes
    }

    /// What was written about a part (the sum if it is empty).
    pub fn comment(&self, part: &str) -> Option<String> {
        let of_part = self.rows.iter().filter(|row| row.part == part);
        let said = of_part.map(|row| row.comment.as_str());
        let said: Vec<&str> = said.filter(|comment| !comment.is_empty()).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }
}

/// A cell without the `'` that keeps spreadsheets from taking it for a formula.
fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '|', '%', '\u{2212}']) => rest,
        _ => cell,
    }
}

/// `7.5`, `+1`, `-2`; also `plus 1` and `minus 2`, which no spreadsheet takes for numbers.
fn change(cell: &str) -> Result<Option<Change>, String> {
    let cell = plain(cell);
    let word = |word: &str| {
        cell.get(..word.len())
            .is_some_and(|w| w.eq_ignore_ascii_case(word))
    };
    let (negative, rest) = if word("plus ") {
        (Some(false), &cell["plus ".len()..])
    } else if word("minus ") {
        (Some(true), &cell["minus ".len()..])
    } else if let Some(rest) = cell.strip_prefix('+') {
        (Some(false), rest)
    } else if let Some(rest) = cell.strip_prefix(['-', '\u{2212}']) {
        (Some(true), rest)
    } else {
        (None, cell)
    };
    let rest = rest.trim();
    if rest.is_empty() && negative.is_none() {
        return Ok(None);
    }
    let message = |message| format!("the column `points`: {message}");
    // One sign is enough.
    if rest.starts_with(['+', '-', '\u{2212}']) {
        return Err(message(format!(
            "`{}` is not a number such as `7.5`",
            shown(cell)
        )));
    }
    let value = hundredths(rest).map_err(message)?;
    Ok(Some(match negative {
        None => Change::Set(Points(value)),
        Some(false) => Change::Add(Points(value)),
        Some(true) => Change::Add(Points(-value)),
    }))
}

#[cfg(test)]
mod tests;
