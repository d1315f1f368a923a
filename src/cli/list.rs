//! `memgrade list`.

use std::fmt::Write as _;

use super::console::{Console, print};
use super::options::CourseOption;
use crate::course::spec::Exercise;
use crate::error::{Error, ExitStatus};
use crate::report::style::Ink;

/// List the exercises of a course
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
    for entry in &course.exercises {
        let exercise = &entry.exercise;
        let minutes = exercise
            .minutes
            .map_or(String::new(), |minutes| format!("{minutes} min"));
        let head = format!(
            "  {:<width$}  {:>3} points  {minutes:>6}  ",
            entry.id,
            points(exercise)
        );
        let title = style.clean(&exercise.title, MOST_CHARS);
        let _ = writeln!(out, "{head}{title}");
    }
    print(&out)?;
    Ok(ExitStatus::Passed)
}

/// Points that can be earned.
fn points(exercise: &Exercise) -> u32 {
    let of_cases = exercise.cases.iter().flat_map(|case| &case.checks);
    of_cases
        .chain(&exercise.checks)
        .map(|check| check.points.unwrap_or(1))
        .sum()
}
