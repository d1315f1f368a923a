//! `extensions.csv` in the results: more time that a teacher gives to single students or groups.
//!
//! The main types are [`Extensions`], the table, and [`MoreTime`], what it comes to for a class. The columns are `student` (an id, or
//! the name of a group), `exercise` (an exercise, `checklist`; nothing or `*` for all), `extension` (`3 days`, or another due time) and
//! `comment`, which is the teacher's own and is shown to nobody else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::policy::Policy;
use super::roll::ByHand;
use super::table;
use crate::class::Student;
use crate::course::grading_policy::{Extension, Grading};
use crate::course::load::document::shown;
use crate::error::Error;
use crate::report::escape;

/// The file's name.
pub const FILE: &str = "extensions.csv";

/// More time for a student.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extended {
    /// The exercise, or `checklist`; empty for all.
    pub part: String,
    /// Until when.
    pub extension: Extension,
    /// As it is written.
    pub written: String,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    line: usize,
    /// The student's id or the group, as written.
    who: String,
    more: Extended,
    comment: String,
}

/// The table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    rows: Vec<Row>,
}

/// What each student of a class got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoreTime {
    of: BTreeMap<String, Vec<Extended>>,
}

impl Extended {
    /// In words, for the grade.
    pub fn said(&self) -> String {
        let what = match self.extension {
            Extension::By(_) => self.written.clone(),
            Extension::Until(_) => format!("until {}", self.written),
        };
        if self.part.is_empty() {
            what
        } else {
            format!("{} for {}", what, self.part)
        }
    }
}

impl MoreTime {
    /// What a student got, in the table's order.
    pub fn of(&self, student: &str) -> &[Extended] {
        self.of.get(student).map_or(&[], Vec::as_slice)
    }
}

impl Extensions {
    /// Reads what a teacher has written; nothing if the file is not there. `written` is the policy in which moments without an offset
    /// are meant.
    ///
    /// # Errors
    /// [`Error::Usage`] for a table that cannot be understood, with the line to change; [`Error::File`].
    pub fn read(path: &Path, written: &Grading) -> Result<Self, Error> {
        let Some(text) = table::text_of(path)? else {
            return Ok(Self::default());
        };
        Self::parse(&text, written).map_err(|message| {
            let message = format!("{} cannot be used: {message}", path.display());
            Error::usage(message, "correct it, or move it away to grade without it")
        })
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// What is wrong, with the line to change.
    pub fn parse(text: &str, written: &Grading) -> Result<Self, String> {
        let mut rows: Vec<Row> = Vec::new();
        let columns = ["student", "extension"];
        for line in table::rows(text, &columns, &["exercise", "comment"])? {
            let cell = |index: usize| line.cells.get(index).map_or("", |cell| cell.trim());
            if line.cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let here = |message: String| format!("line {}: {message}", line.number);
            let (who, extension, part) = (cell(0), cell(1), cell(2));
            if who.is_empty() {
                return Err(here("the column `student` is empty".to_owned()));
            }
            if extension.is_empty() {
                return Err(here(
                    "the column `extension` is empty; write `3 days` or `2026-11-27T23:59`"
                        .to_owned(),
                ));
            }
            let read = written.extension(extension).map_err(|problem| {
                let help = problem.help.map(|help| format!("; {help}"));
                let help = help.unwrap_or_default();
                here(format!("the column `extension`: {}{help}", problem.message))
            })?;
            let part = if part == "*" { "" } else { part };
            let same = |row: &&Row| row.who == who && row.more.part == part;
            if let Some(before) = rows.iter().find(same) {
                return Err(here(format!(
                    "the extension of {} is given in line {} already; take one of the two out",
                    shown(who),
                    before.line
                )));
            }
            rows.push(Row {
                line: line.number,
                who: who.to_owned(),
                more: Extended {
                    part: part.to_owned(),
                    extension: read,
                    written: extension.to_owned(),
                },
                comment: cell(3).to_owned(),
            });
        }
        Ok(Self { rows })
    }

    /// What it comes to for the students of a class. A name that is a student's id is that student, and no group.
    pub fn for_class(&self, students: &[Student]) -> MoreTime {
        let mut more = MoreTime::default();
        let class = Names::new(students);
        for row in &self.rows {
            for student in class.meant(&row.who) {
                let of = more.of.entry((*student).to_owned()).or_default();
                of.push(row.more.clone());
            }
        }
        more
    }

    /// All rows.
    pub fn by_hand(&self) -> Vec<ByHand> {
        let of_row = |row: &Row| ByHand {
            file: FILE,
            student: row.who.clone(),
            part: row.more.part.clone(),
            points: row.more.written.clone(),
            comment: row.comment.clone(),
        };
        self.rows.iter().map(of_row).collect()
    }

    /// Rows that change nothing, one sentence each.
    pub fn unused(&self, students: &[Student], parts: &[&str], policy: &Policy) -> Vec<String> {
        let class = Names::new(students);
        let mut notes = Vec::new();
        for row in &self.rows {
            let part = row.more.part.as_str();
            let reason = if class.meant(&row.who).is_empty() {
                format!("there is no student or group `{}`", shown(&row.who))
            } else if !part.is_empty() && !parts.contains(&part) {
                format!("there is no exercise `{}`", shown(part))
            } else if let (Extension::Until(until), Some(due)) = (row.more.extension, policy.due)
                && until <= due
            {
                format!("{} is not after the due time", shown(&row.more.written))
            } else {
                continue;
            };
            notes.push(format!(
                "{FILE}, line {}, changes nothing: {reason}",
                row.line
            ));
        }
        if !self.rows.is_empty() && policy.late_per_day.is_none() && policy.cutoff.is_none() {
            notes.push(format!(
                "{FILE} changes no points: the policy takes nothing for lateness"
            ));
        }
        notes
    }
}

/// The students of a class by what a row may call them.
struct Names<'a> {
    ids: BTreeMap<String, &'a str>,
    groups: BTreeMap<String, Vec<&'a str>>,
}

impl<'a> Names<'a> {
    fn new(students: &'a [Student]) -> Self {
        let mut names = Self {
            ids: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        for student in students {
            for id in written(&student.id) {
                names.ids.insert(id, &student.id);
            }
            for group in student.group.iter().flat_map(|group| written(group)) {
                names.groups.entry(group).or_default().push(&student.id);
            }
        }
        names
    }

    fn meant(&self, who: &str) -> Vec<&'a str> {
        match self.ids.get(who) {
            Some(id) => vec![id],
            None => self.groups.get(who).cloned().unwrap_or_default(),
        }
    }
}

/// How a name may stand in a table: as it is, and so that it is no formula.
fn written(name: &str) -> BTreeSet<String> {
    let escaped = escape::csv_cell(name);
    BTreeSet::from([name.trim().to_owned(), escaped.trim().to_owned()])
}

#[cfg(test)]
mod tests;
