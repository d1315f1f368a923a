//! `memgrade new`.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::console::{Console, print};
use super::options::CourseOption;
use crate::error::{Error, ExitStatus};
use crate::report::style::Ink;
use crate::scaffold::{self, Kind, Listing};

/// Make a new exercise, small and working, to be replaced piece by piece
#[derive(Debug, clap::Args)]
#[command(
    after_help = "In an empty folder a course begins with it. What you have to write is marked TODO(author), and `memgrade verify` says what is \
    left. Nothing is ever overwritten.\n\nExamples:\n  memgrade new ring_buffer\n  memgrade new ring_buffer --harness"
)]
pub(super) struct Args {
    /// Its id: `a` to `z`, `0` to `9`, `_` and `-`
    #[arg(value_name = "ID")]
    id: String,

    /// The learner writes a library, and a program that learners do not see calls it
    #[arg(long)]
    harness: bool,

    #[command(flatten)]
    pub(super) course: CourseOption,
}

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let folder = args.course.folder().unwrap_or_else(|| PathBuf::from("."));
    let kind = if args.harness {
        Kind::Library
    } else {
        Kind::Program
    };
    let made = scaffold::make(&folder, &args.id, kind)?;
    let style = &console.out;
    let mut out = String::new();
    for file in &made.files {
        let path = folder.join(file);
        let path = path
            .strip_prefix(".")
            .unwrap_or(&path)
            .display()
            .to_string();
        let _ = writeln!(out, "  {:<50} {}", style.clean(&path, 400), about(file));
    }
    let listed = match made.outline {
        Listing::New => "course.toml was made, and lists it",
        Listing::Added => "course.toml lists it now",
        Listing::Already => "course.toml listed it already",
        Listing::None => {
            "this course has no course.toml: its exercises stand in the order of their ids"
        }
    };
    let _ = writeln!(out, "\n{listed}");
    let next = format!("memgrade verify {}", args.id);
    let _ = writeln!(
        out,
        "it works as it stands; `{}` says what is left to write",
        style.paint(Ink::Accent, &next)
    );
    print(&out)?;
    Ok(ExitStatus::Passed)
}

/// What a new file is, in a few words.
fn about(file: &str) -> &'static str {
    let name = file.rsplit('/').next().unwrap_or(file);
    match (file.split('/').next(), name) {
        (Some("tests"), _) => "known to be wrong",
        (Some("solutions"), _) => "the solution",
        (_, "exercise.toml") => "the spec",
        (_, "README.md") => "the lesson",
        (_, "given.rs") => "what learners get to use",
        (_, "harness.rs") => "the program that calls the learner's code",
        _ => "the starter",
    }
}
