//! Feedback for one student, as a plain text file: the terminal's report without colour.

use super::escape::NAME_CHARS;
use super::style::Style;
use super::{Graded, Sources, terminal};
use crate::gradebook::record::Record;
use crate::judge::Report;

/// Characters of a sentence about a hand-in or its points.
const NOTE_CHARS: usize = 1_000;
/// Columns of a feedback file.
const WIDTH: usize = 100;

/// Draws the feedback. Of hidden cases and checks only names and verdicts are shown.
pub fn render(graded: &Graded, sources: &Sources) -> String {
    let heading = heading(&graded.id, graded.name.as_deref());
    format!("{heading}\n\n{}", body(&graded.report, sources))
}

fn heading(id: &str, name: Option<&str>) -> String {
    let style = Style::plain(WIDTH);
    let id = style.clean(id, NAME_CHARS);
    match name {
        Some(name) if !name.trim().is_empty() => {
            format!("{} ({id})", style.clean(name, NAME_CHARS))
        }
        _ => id,
    }
}

fn body(report: &Report, sources: &Sources) -> String {
    terminal::render(report, sources, &Style::plain(WIDTH))
}

/// The same for a student of a class, with what the points are made of.
pub fn of_record(record: &Record) -> String {
    let style = Style::plain(WIDTH);
    let mut text = String::new();
    let mut say = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    let grade = &record.grade;
    if !record.handed_in {
        say("Nothing was handed in.".to_owned());
    }
    if let Some(attempt) = &record.attempt {
        say(format!("Graded: {}.", style.clean(attempt, NAME_CHARS)));
    }
    for note in &record.notes {
        say(format!("Note: {}", style.clean(note, NOTE_CHARS)));
    }
    let undecided = match grade.undecided.0 {
        0 => String::new(),
        _ => format!(", {} undecided", grade.undecided),
    };
    say(format!(
        "Points: {} of {}{undecided}",
        grade.points, grade.possible
    ));
    for part in grade.parts.iter().filter(|part| !part.notes.is_empty()) {
        let id = style.clean(&part.id, NAME_CHARS);
        let notes = part.notes.iter();
        let notes: Vec<String> = notes.map(|note| style.clean(note, NOTE_CHARS)).collect();
        say(format!("  {id}: {} ({})", part.points, notes.join("; ")));
    }
    for step in &grade.steps {
        let what = style.clean(&step.what, NOTE_CHARS);
        let sign = if step.points.0 > 0 { "+" } else { "" };
        say(format!("  {what}: {sign}{}", step.points));
    }
    if let Some(comment) = &grade.comment {
        say(format!(
            "Your teacher says: {}",
            style.clean(comment, NOTE_CHARS)
        ));
    }
    let heading = heading(&record.id, record.name.as_deref());
    let rest = body(&record.report, &record.sources);
    format!("{heading}\n\n{text}\n{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn feedback_is_addressed_and_plain() {
        let graded = Graded {
            id: "ann".to_owned(),
            name: Some("Ann\u{1b}[31m Lee".to_owned()),
            report: samples::report(),
        };
        let text = render(&graded, &samples::sources());
        assert!(
            text.starts_with("Ann␛[31m Lee (ann)\n\nmemory_leak  Simulate"),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'));
        assert!(!text.contains("SECRET"));
        let nameless = Graded {
            name: None,
            ..graded
        };
        assert!(render(&nameless, &samples::sources()).starts_with("ann\n\n"));
    }
}
