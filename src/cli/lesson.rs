//! `memgrade lesson`.

use super::console::{Console, print};
use super::options::{self, CourseOption};
use crate::error::{Error, ExitStatus};
use crate::report::escape;

/// Show the lesson of an exercise
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: memgrade lesson memory_leak | less")]
pub(super) struct Args {
    /// The exercise
    exercise: String,

    #[command(flatten)]
    pub(super) course: CourseOption,
}

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let course = args.course.open()?;
    let entry = options::exercise(&course, &args.exercise)?;
    let Some(lesson) = &entry.lesson else {
        return Err(Error::Nothing {
            message: format!("the exercise `{}` has no lesson", entry.id),
            hints: vec![format!(
                "its author may write exercises/{}/{}",
                entry.id, entry.exercise.lesson
            )],
        });
    };
    // A course can come from anywhere: nothing in it may drive the terminal.
    let lines = escape::terminal_lines(&lesson.text, console.out.unicode, usize::MAX);
    print(&(lines.join("\n") + "\n"))?;
    Ok(ExitStatus::Passed)
}
