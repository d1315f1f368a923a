//! The day's page: what a course is for, what comes before and after, and its exercises in order.

use std::fmt::Write as _;

use crate::course::Course;

/// The page, in Markdown.
pub fn page(course: &Course) -> String {
    let mut out = format!("# {}\n", course.title());
    let minutes: u32 = course.exercise_minutes();
    if let Some(outline) = &course.outline {
        let whole = outline.minutes.map(|whole| match minutes {
            0 => duration(whole),
            _ => format!(
                "{}, {minutes} minutes of it for the exercises",
                duration(whole)
            ),
        });
        let day = outline.day.as_ref().map(|day| format!("*{day}*"));
        let facts: Vec<String> = day.into_iter().chain(whole).collect();
        if !facts.is_empty() {
            let _ = writeln!(out, "\n{}.", facts.join(", "));
        }
        neighbor(
            &mut out,
            "Before this day",
            outline.previous.as_ref(),
            &outline.prerequisites,
            "You know already:",
        );
        if !outline.objectives.is_empty() {
            out.push_str("\n## What you can do afterwards\n\n");
            list(&mut out, &outline.objectives);
        }
    }
    exercises(&mut out, course, "## Exercises", false);
    exercises(&mut out, course, "### For whoever has time left", true);
    if let Some(first) = course.exercises.first() {
        let _ = writeln!(
            out,
            "\n`memgrade lesson {0}` shows the lesson of the first one, and `memgrade check {0}` checks what you wrote.",
            first.id
        );
    }
    if let Some(outline) = &course.outline {
        neighbor(
            &mut out,
            "After this day",
            outline.next.as_ref(),
            &outline.outlook,
            "What comes then:",
        );
    }
    out
}

/// The exercises that belong to the day, or those that are extra.
fn exercises(out: &mut String, course: &Course, heading: &str, extra: bool) {
    let chosen = course
        .exercises
        .iter()
        .filter(|entry| course.is_extra(&entry.id) == extra);
    for (number, entry) in chosen.enumerate() {
        if number == 0 {
            let _ = write!(
                out,
                "\n{heading}\n\n| exercise | minutes | |\n|---|--:|---|\n"
            );
        }
        let minutes = entry.exercise.minutes;
        let minutes = minutes.map_or(String::new(), |minutes| minutes.to_string());
        let title = entry.exercise.title.replace('|', "\\|");
        let _ = writeln!(out, "| `{}` | {minutes} | {title} |", entry.id);
    }
}

/// The day before or after.
fn neighbor(
    out: &mut String,
    heading: &str,
    title: Option<&String>,
    sentences: &[String],
    introduction: &str,
) {
    if title.is_none() && sentences.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n## {heading}");
    if let Some(title) = title {
        let _ = writeln!(out, "\n{title}");
    }
    if !sentences.is_empty() {
        let _ = writeln!(out, "\n{introduction}\n");
        list(out, sentences);
    }
}

fn list(out: &mut String, sentences: &[String]) {
    for sentence in sentences {
        let _ = writeln!(out, "- {sentence}");
    }
}

/// `5 hours`, `5 hours 30 minutes`, `45 minutes`.
pub fn duration(minutes: u32) -> String {
    let words = |number: u32, unit: &str| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {unit}{plural}")
    };
    match (minutes / 60, minutes % 60) {
        (0, minutes) => words(minutes, "minute"),
        (hours, 0) => words(hours, "hour"),
        (hours, minutes) => format!("{} {}", words(hours, "hour"), words(minutes, "minute")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_day_has_all_its_parts() {
        insta::assert_snapshot!(page(&Course::embedded().unwrap()));
    }

    #[test]
    fn hours_and_minutes() {
        for (minutes, words) in [
            (1, "1 minute"),
            (45, "45 minutes"),
            (60, "1 hour"),
            (330, "5 hours 30 minutes"),
        ] {
            assert_eq!(duration(minutes), words);
        }
    }
}
