//! `grades.csv`: one row for each student.

use super::{ExportError, Row};
use crate::course::grading_policy::CHECKLIST;
use crate::report::escape::{self, MESSAGE_CHARS, NAME_CHARS};

/// Columns before those of the parts.
const BEFORE: [&str; 9] = [
    "id",
    "name",
    "email",
    "group",
    "handed_in",
    "submitted",
    "late",
    "more_time",
    "attempt",
];

/// Columns after them. The parts and `adjustments` add up to the total.
const AFTER: [&str; 5] = ["adjustments", "total", "possible", "undecided", "comment"];

/// Writes the table: who it is, points for each part, what changed their sum, and the comment. No cell is a formula.
///
/// A student whose grade lacks a part that others have gets an empty cell, not 0.
///
/// # Errors
/// [`ExportError::Table`].
pub fn csv(rows: &[Row]) -> Result<String, ExportError> {
    let parts = parts(rows);
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let names = parts.iter().map(|id| cell(id, NAME_CHARS));
    let header = BEFORE.into_iter().map(str::to_owned).chain(names);
    writer.write_record(header.chain(AFTER.map(str::to_owned)))?;
    for row in rows {
        let grade = &row.grade;
        let text = |text: &Option<String>| cell(text.as_deref().unwrap_or_default(), NAME_CHARS);
        let word = |word: Option<bool>| word.map_or("", |yes| if yes { "yes" } else { "no" });
        let mut cells = vec![
            cell(&row.id, NAME_CHARS),
            text(&row.name),
            text(&row.identity.email),
            text(&row.group),
            word(Some(row.handed_in)).to_owned(),
            row.submitted.map(|at| at.to_string()).unwrap_or_default(),
            word(row.late).to_owned(),
            cell(&grade.more_time.join("; "), MESSAGE_CHARS),
            text(&row.attempt),
        ];
        for id in &parts {
            let part = grade.parts.iter().find(|part| part.id == *id);
            cells.push(part.map(|part| part.points.to_string()).unwrap_or_default());
        }
        let steps: i64 = grade.steps.iter().map(|step| step.points.0).sum();
        cells.extend([
            crate::gradebook::policy::Points(steps).to_string(),
            grade.points.to_string(),
            grade.possible.to_string(),
            grade.undecided.to_string(),
            cell(grade.comment.as_deref().unwrap_or_default(), MESSAGE_CHARS),
        ]);
        writer.write_record(cells)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| ::csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Ids of all parts that anybody has, in the order of the course; the checklist comes last.
pub(super) fn parts(rows: &[Row]) -> Vec<&str> {
    let mut ids: Vec<&str> = Vec::new();
    for part in rows.iter().flat_map(|row| &row.grade.parts) {
        if !ids.contains(&part.id.as_str()) {
            ids.push(&part.id);
        }
    }
    ids.sort_by_key(|id| *id == CHECKLIST);
    ids
}

/// A cell of text: bounded, and no formula.
pub(super) fn cell(text: &str, limit: usize) -> String {
    let bounded: String = text.chars().take(limit * 2).collect();
    escape::csv_cell(&bounded)
}
