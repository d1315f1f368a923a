//! Whose grades moved, and why.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use crate::grading::settle::{Moved, Settled};
use crate::report::style::{Ink, Style};
use crate::report::words;

/// Most students who are named.
const MOST_STUDENTS: usize = 40;
/// Most lines of a spec that are shown.
const MOST_LINES: usize = 24;
/// Characters of a name, and of a line.
const NAME_CHARS: usize = 40;
const LINE_CHARS: usize = 160;

/// A spec that is another than before, as JSON.
pub(super) struct SpecChange {
    /// The exercise.
    pub(super) exercise: String,
    /// The text before.
    pub(super) before: String,
    /// The text now.
    pub(super) after: String,
}

/// All of it, for a dry run.
pub(super) fn render(settled: &Settled, specs: &[SpecChange], style: &Style) -> String {
    let moved = &settled.moved;
    let mut out = String::new();
    for change in specs {
        let _ = writeln!(
            out,
            "the spec of {} changed:",
            style.clean(&change.exercise, NAME_CHARS)
        );
        let diff = TextDiff::from_lines(&change.before, &change.after);
        let lines = diff
            .iter_all_changes()
            .filter(|line| line.tag() != ChangeTag::Equal);
        for line in lines.take(MOST_LINES) {
            let sign = if line.tag() == ChangeTag::Insert {
                "+"
            } else {
                "-"
            };
            let _ = writeln!(
                out,
                "  {sign} {}",
                style.clean(line.value().trim_end(), LINE_CHARS)
            );
        }
        out.push('\n');
    }
    out.push_str(&students(moved, style));
    if !moved.is_empty() {
        out.push('\n');
    }
    let grades = match moved.len() {
        0 => "no grade".to_owned(),
        count => words::counted(count as u64, "grade", "grades"),
    };
    let kept = match settled.others {
        0 => String::new(),
        others => format!(
            "; {} the points they have, of another total or with other words",
            words::counted(others as u64, "student keeps", "students keep")
        ),
    };
    let first = match settled.first {
        0 => String::new(),
        first => format!(
            "; {} would be graded for the first time",
            words::counted(first as u64, "student", "students")
        ),
    };
    let _ = writeln!(out, "{grades} would move{kept}{first}; nothing is written");
    out
}

/// Those that moved with this grading.
pub(super) fn summary(moved: &[Moved], style: &Style) -> String {
    if moved.is_empty() {
        return String::new();
    }
    format!("grades that moved:\n{}", students(moved, style))
}

fn students(moved: &[Moved], style: &Style) -> String {
    let mut out = String::new();
    for one in moved.iter().take(MOST_STUDENTS) {
        let _ = writeln!(
            out,
            "{}   {} -> {} points",
            style.paint(Ink::Strong, &style.clean(&one.student, NAME_CHARS)),
            one.before,
            one.after
        );
        for change in &one.changes {
            let points = |points: Option<crate::gradebook::policy::Points>| {
                points.map_or_else(|| "-".to_owned(), |points| points.to_string())
            };
            let part = if change.part.is_empty() {
                "sum"
            } else {
                &change.part
            };
            let _ = writeln!(
                out,
                "  {}   {} -> {}: {}",
                style.clean(part, NAME_CHARS),
                points(change.before),
                points(change.after),
                style.clean(&change.reason, 4 * LINE_CHARS)
            );
        }
    }
    if moved.len() > MOST_STUDENTS {
        let _ = writeln!(out, "… and {} more", moved.len() - MOST_STUDENTS);
    }
    out
}
