//! Grades out: tables for spreadsheets and for the platforms that teachers upload grades to.
//!
//! The main type is [`Row`], one student. Everything here is a function of its inputs. Who cannot be matched with what a platform
//! knows is listed in [`Filled::skipped`], with the reason; nobody is left out silently.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::Timestamp;

use crate::class::Identity;
use crate::error::Error;
use crate::gradebook::policy::{Grade, Points};
use crate::gradebook::record::Record;

mod canvas;
mod columns;
mod csv;
mod feedback;
mod gradescope;
mod json;
mod moodle;
mod sheet;

pub use self::csv::csv;
pub use canvas::canvas;
pub use feedback::{FeedbackLayout, TextOf, Zipped, feedback_zip};
pub use gradescope::gradescope;
pub use json::{GRADES_SCHEMA, json};
pub use moodle::moodle;

/// A form that grades are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table for spreadsheets.
    Csv,
    /// Everything, for scripts.
    Json,
    /// The teacher's own grading worksheet of Moodle, filled in.
    Moodle,
    /// A table that Canvas's gradebook imports.
    Canvas,
    /// A table in the form of Gradescope's own downloads.
    GradescopeCsv,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Csv,
        Self::Json,
        Self::Moodle,
        Self::Canvas,
        Self::GradescopeCsv,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Moodle => "moodle",
            Self::Canvas => "canvas",
            Self::GradescopeCsv => "gradescope-csv",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Self::ALL.into_iter();
        all.find(|format| format.name() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("grades can be written as {names}")
        })
    }
}

/// One student, without the report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// The student's id.
    pub id: String,
    /// The name, where one is known.
    pub name: Option<String>,
    /// A file name made from the id: safe on every system, and no other student's.
    pub file_stem: String,
    /// What platforms know the student by.
    pub identity: Identity,
    /// The group, where there is one.
    pub group: Option<String>,
    /// Whether anything was handed in at all.
    pub handed_in: bool,
    /// When it was handed in, where that is known.
    pub submitted: Option<Timestamp>,
    /// Whether it was late, where that is known.
    pub late: Option<bool>,
    /// Which of the attempts is graded; `None` where there is one only.
    pub attempt: Option<String>,
    /// The points in the end, and what they are made of.
    pub grade: Grade,
}

impl From<&Record> for Row {
    fn from(record: &Record) -> Self {
        Self {
            id: record.id.clone(),
            name: record.name.clone(),
            file_stem: record.file_stem.clone(),
            identity: record.identity.clone(),
            group: record.group.clone(),
            handed_in: record.handed_in,
            submitted: record.submitted,
            late: record.late,
            attempt: record.attempt.clone(),
            grade: record.grade.clone(),
        }
    }
}

/// How platforms' tables are filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Who handed in nothing gets 0; otherwise the cell stays empty.
    pub missing_is_zero: bool,
    /// What stands between points and their decimals; as in the teacher's own file if not said.
    pub decimal: Option<DecimalMark>,
    /// The heading of the column for points, where it is not found.
    pub grade_column: Option<String>,
    /// The heading of the column for comments, where it is not found.
    pub comment_column: Option<String>,
    /// Which comments are written.
    pub comments: Comments,
}

/// What stands between points and their decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DecimalMark {
    /// `7.50`.
    #[default]
    Point,
    /// `7,50`.
    Comma,
}

impl FromStr for DecimalMark {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "." | "point" => Ok(Self::Point),
            "," | "comma" => Ok(Self::Comma),
            _ => Err("a decimal mark is `point` or `comma`".to_owned()),
        }
    }
}

/// Which comments are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Comments {
    /// Those for whom the teacher's file has none yet.
    #[default]
    WhereEmpty,
    /// All, in the place of what the teacher's file has.
    Replace,
    /// None.
    Leave,
}

/// A platform's table, filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many students got points in it.
    pub filled: usize,
    /// Who got none, with the reason: students of ours, and rows of the teacher's file that are nobody's.
    pub skipped: Vec<(String, String)>,
    /// What is to be known before it is uploaded, one sentence each.
    pub problems: Vec<String>,
}

/// Why a table cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The teacher's file is not what it should be.
    #[error("{message}")]
    Unusable {
        /// What is wrong with it.
        message: String,
        /// What to do.
        help: String,
    },
    /// The writer of tables refused.
    #[error("the table cannot be written: {0}")]
    Table(#[from] ::csv::Error),
    /// The writer of JSON refused.
    #[error("the grades cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The writer of archives refused.
    #[error("the archive cannot be written: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// The archive's file cannot be written.
    #[error("the archive cannot be written: {0}")]
    Io(#[from] std::io::Error),
}

impl ExportError {
    fn unusable(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Unusable {
            message: message.into(),
            help: help.into(),
        }
    }
}

impl From<ExportError> for Error {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Unusable { message, help } => Self::usage(message, help),
            other => Self::Bug(other.to_string()),
        }
    }
}

/// Points as platforms write them.
fn shown_points(points: Points, mark: DecimalMark) -> String {
    let size = points.0.unsigned_abs();
    let sign = if points.0 < 0 { "-" } else { "" };
    let mark = match mark {
        DecimalMark::Point => '.',
        DecimalMark::Comma => ',',
    };
    format!("{sign}{}{mark}{:02}", size / 100, size % 100)
}

/// A name with nothing in it that differs between two ways of writing it.
fn plain_name(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || c == '_' || c == ',');
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

/// The same name whichever of its parts comes first.
fn unordered_name(name: &str) -> String {
    let plain = plain_name(name);
    let mut words: Vec<&str> = plain.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

/// What students are looked up by: each key leads to one row, or to none where it is ambiguous.
struct Index(BTreeMap<String, Option<usize>>);

impl Index {
    fn new<'a>(
        keys: impl Iterator<Item = (usize, Option<&'a str>)>,
        plain: fn(&str) -> String,
    ) -> Self {
        let mut index: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for (row, key) in keys {
            let Some(key) = key.map(plain).filter(|key| !key.is_empty()) else {
                continue;
            };
            index
                .entry(key)
                .and_modify(|other| *other = None)
                .or_insert(Some(row));
        }
        Self(index)
    }

    fn get(&self, key: &str) -> Option<usize> {
        self.0.get(key).copied().flatten()
    }
}

/// An id or an address without what its writer's hand may have added.
fn plain_id(id: &str) -> String {
    id.trim().to_lowercase()
}

/// How a student is called in a message.
fn called(row: &Row) -> String {
    match &row.name {
        Some(name) if !name.trim().is_empty() && *name != row.id => format!("{} ({name})", row.id),
        _ => row.id.clone(),
    }
}

/// What is written about points that are not final, for all platforms.
fn undecided(rows: &[Row]) -> Option<String> {
    let count = rows
        .iter()
        .filter(|row| row.handed_in && row.grade.undecided.0 > 0)
        .count();
    let some = if count == 1 {
        "1 student has".to_owned()
    } else {
        format!("{count} students have")
    };
    (count > 0).then(|| format!("{some} undecided points, which are not in the grades yet"))
}

#[cfg(test)]
mod tests;
