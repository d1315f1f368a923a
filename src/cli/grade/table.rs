//! What `grade` says at its end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use unicode_width::UnicodeWidthStr as _;

use crate::class::Class;
use crate::gradebook::free_text::{self, FreeTexts};
use crate::gradebook::records::Row;
use crate::gradebook::roll::Checklists;
use crate::grading::class::ToDo;
use crate::grading::settle::Settled;
use crate::report::style::{Ink, Style};
use crate::report::words;

use crate::cli::outputs;

/// Most students in the table; the report has all of them.
const MOST_ROWS: usize = 60;
/// Most hand-ins that are named as unrecognized.
const MOST_UNRECOGNIZED: usize = 12;
/// Characters of a name.
const NAME_CHARS: usize = 40;
/// Characters of a path or a sentence.
const TEXT_CHARS: usize = 200;

/// One line for each student.
pub(super) fn render(rows: &[Row], style: &Style) -> String {
    let shown = rows.get(..MOST_ROWS).unwrap_or(rows);
    let ids: Vec<String> = shown
        .iter()
        .map(|row| style.clean(&row.id, NAME_CHARS))
        .collect();
    let wide = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let width = wide(&mut ids.iter().map(|id| id.width()));
    let points: Vec<(String, String)> = shown
        .iter()
        .map(|row| (row.grade.points.to_string(), row.grade.possible.to_string()))
        .collect();
    let earned = wide(&mut points.iter().map(|(earned, _)| earned.len()));
    let possible = wide(&mut points.iter().map(|(_, possible)| possible.len()));
    let mut out = String::new();
    for ((row, id), (of, all)) in shown.iter().zip(&ids).zip(&points) {
        let pad = " ".repeat(width.saturating_sub(id.width()));
        let mut notes = Vec::new();
        if !row.handed_in() {
            notes.push(style.paint(Ink::Doubt, "nothing handed in"));
        }
        let before = format!("{id}{pad}   {of:>earned$} of {all:>possible$} points   ");
        if let Some(problem) = row.problems.first().filter(|_| row.grade.points.0 == 0) {
            let room = style.width.saturating_sub(before.width());
            notes.push(style.paint(Ink::Doubt, &clipped(problem, room, style)));
        }
        if row.grade.undecided.0 > 0 {
            notes.push(style.paint(Ink::Doubt, &format!("{} undecided", row.grade.undecided)));
        }
        if row.late == Some(true) {
            notes.push("late".to_owned());
        }
        if !row.grade.more_time.is_empty() {
            notes.push("more time".to_owned());
        }
        let notes = notes.join(", ");
        let line = format!("{before}{notes}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if rows.len() > shown.len() {
        let _ = writeln!(out, "… and {} more students", rows.len() - shown.len());
    }
    out
}

/// The beginning of a sentence that the report has in full.
fn clipped(text: &str, room: usize, style: &Style) -> String {
    style.cut(&style.clean(text, TEXT_CHARS), room.max(NAME_CHARS))
}

/// What was done and what was not needed.
pub(super) fn summary(
    class: &Class,
    to_do: &ToDo<'_>,
    settled: &Settled,
    pairs: usize,
    style: &Style,
) -> String {
    let mut out = String::new();
    let count = |count: usize, one: &str, many: &str| words::counted(count as u64, one, many);
    let absent = class
        .students
        .iter()
        .filter(|student| student.attempts.is_empty())
        .count();
    let _ = write!(
        out,
        "{} ({}): {} graded",
        count(class.students.len(), "student", "students"),
        class.layout.name(),
        settled.anew,
    );
    if settled.as_before > 0 {
        let _ = write!(out, ", {} as before", settled.as_before);
    }
    if absent > 0 {
        let _ = write!(out, ", {absent} handed in nothing");
    }
    let _ = write!(
        out,
        "; {} judged",
        count(to_do.programs, "program", "programs")
    );
    if to_do.shared > 0 {
        let _ = write!(out, ", {} more are the same as one of these", to_do.shared);
    }
    out.push('\n');
    if !settled.gone.is_empty() {
        let gone = settled.gone.iter().take(MOST_UNRECOGNIZED);
        let mut gone: Vec<String> = gone.map(|id| style.clean(id, NAME_CHARS)).collect();
        if settled.gone.len() > gone.len() {
            gone.push(format!("{} more", settled.gone.len() - gone.len()));
        }
        let _ = writeln!(
            out,
            "no longer in the class: {}; the gradebook keeps what they had",
            gone.join(", ")
        );
    }
    if pairs > 0 {
        let _ = writeln!(
            out,
            "{} much: the report shows them side by side, as a hint for you",
            count(pairs, "pair of programs shares", "pairs of programs share")
        );
    }
    out
}

/// What else a teacher should know.
pub(super) fn notes(
    class: &Class,
    texts: &FreeTexts,
    said: &[String],
    results: &Path,
    style: &Style,
) -> String {
    let mut out = String::new();
    if texts.waiting() > 0 {
        let _ = writeln!(
            out,
            "{} to be marked: fill in the column `points` of {} and grade again",
            words::counted(texts.waiting() as u64, "free text is", "free texts are"),
            style.clean(
                &results.join(free_text::FILE).display().to_string(),
                TEXT_CHARS
            ),
        );
    }
    for note in said.iter().take(MOST_UNRECOGNIZED) {
        let _ = writeln!(out, "note: {}", style.clean(note, 2 * TEXT_CHARS));
    }
    for one in class.unrecognized.iter().take(MOST_UNRECOGNIZED) {
        let _ = writeln!(
            out,
            "not recognized: {}: {}",
            style.clean(&one.path, TEXT_CHARS),
            style.clean(&one.reason, TEXT_CHARS)
        );
    }
    if class.unrecognized.len() > MOST_UNRECOGNIZED {
        let more = class.unrecognized.len() - MOST_UNRECOGNIZED;
        let _ = writeln!(out, "not recognized: {more} more, which the report lists");
    }
    out
}

/// Who declares the same id in their answers.
pub(super) fn same_ids(checklists: &Checklists, style: &Style) -> String {
    let mut by_id: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let declared = checklists
        .iter()
        .filter_map(|(student, report)| Some((student, report.student.as_deref()?)));
    for (student, id) in declared {
        by_id
            .entry(id)
            .or_default()
            .push(style.clean(student, NAME_CHARS));
    }
    let mut out = String::new();
    for (id, students) in by_id.into_iter().filter(|(_, students)| students.len() > 1) {
        let _ = writeln!(
            out,
            "{} all say that they are `{}`: their questions had the same numbers",
            students.join(", "),
            style.clean(id, NAME_CHARS),
        );
    }
    out
}

/// Where everything is; the report last.
pub(super) fn places(results: &Path, style: &Style) -> String {
    let folder = style.clean(&results.display().to_string(), TEXT_CHARS);
    let page = outputs::report_page(results).display().to_string();
    format!(
        "grades.csv, results.json and feedback/ are in {folder}; the report is {}\n",
        style.clean(&page, TEXT_CHARS)
    )
}
