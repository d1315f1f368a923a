//! `memgrade list`.

use std::fmt::Write as _;

use super::console::{Console, print};
use super::options::CourseOption;
use crate::course::Course;
use crate::course::spec::Exercise;
use crate::error::{Error, ExitStatus};
use crate::lesson::day;
use crate::report::style::{Ink, Style};

/// List the exercises of a course
///
/// Lines of exercises begin with two blanks and the exercise's id; what is said about the day does not.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) course: CourseOption,
}

/// Longer titles are cut.
const MOST_CHARS: usize = 200;

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let course = args.course.open()?;
    let style = &console.out;
    let width = course.exercises.iter().map(|entry| entry.id.len()).max();
    let width = width.unwrap_or(0);
    let mut out = format!(
        "{}\n",
        style.paint(Ink::Strong, &style.clean(course.title(), MOST_CHARS))
    );
    about_the_day(&mut out, &course, style);
    for entry in &course.exercises {
        let exercise = &entry.exercise;
        let minutes = exercise
            .minutes
            .map_or(String::new(), |minutes| format!("{minutes} min"));
        let head = format!(
            "  {:<width$}  {:>3} {}  {minutes:>6}  ",
            entry.id,
            points(exercise),
            if points(exercise) == 1 {
                "point "
            } else {
                "points"
            }
        );
        let title = style.clean(&exercise.title, MOST_CHARS);
        let extra = if course.is_extra(&entry.id) {
            style.paint(Ink::Faint, " (extra)")
        } else {
            String::new()
        };
        let _ = writeln!(out, "{head}{title}{extra}");
    }
    print(&out)?;
    Ok(ExitStatus::Passed)
}

/// The day's name and length, and its neighbors.
fn about_the_day(out: &mut String, course: &Course, style: &Style) {
    let Some(outline) = &course.outline else {
        return;
    };
    let length = outline.minutes.map(day::duration);
    let name: Vec<String> = outline.day.iter().cloned().chain(length).collect();
    let line = |label: &str, text: &String| format!("{label}{text}");
    let lines = (!name.is_empty())
        .then(|| name.join(", "))
        .into_iter()
        .chain(outline.previous.as_ref().map(|text| line("before: ", text)))
        .chain(outline.next.as_ref().map(|text| line("after: ", text)));
    for text in lines {
        let text = style.clean(&text, MOST_CHARS);
        let _ = writeln!(out, "{}", style.paint(Ink::Faint, &text));
    }
}

/// Points that can be earned.
fn points(exercise: &Exercise) -> u32 {
    let of_cases = exercise.cases.iter().flat_map(|case| &case.checks);
    of_cases
        .chain(&exercise.checks)
        .map(|check| check.points.unwrap_or(1))
        .sum()
}
