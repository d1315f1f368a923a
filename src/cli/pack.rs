//! `memgrade pack`.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::console::{Console, print};
use super::options::CourseOption;
use crate::bundle::{self, LeftOut};
use crate::error::{Error, ExitStatus};
use crate::report::style::Ink;
use crate::report::words::counted;

/// Write what students get: the course without solutions, known-wrong submissions and hidden cases
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Harnesses and the checklist's right answers have to be in it, and are sealed: that hides them from a glance and from a search. \
    memgrade opens them, so whoever reads its source can, too. Hidden cases and hidden checks are really not in it: grade with your own \
    course.\n\nExample: memgrade pack -o day4"
)]
pub(super) struct Args {
    /// The folder for the bundle: one that is not there yet, an empty one, or an earlier bundle in which nothing was changed
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,

    #[command(flatten)]
    pub(super) course: CourseOption,
}

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let course = args.course.open()?;
    let itself = course
        .folder()
        .and_then(|folder| folder.canonicalize().ok());
    if itself.is_some() && itself == args.output.canonicalize().ok() {
        return Err(Error::usage(
            format!("{} is the course itself", args.output.display()),
            "name another folder for the bundle: -o DIR",
        ));
    }
    let bundle = bundle::plan(&course)?;
    bundle.write(&args.output)?;
    let style = &console.out;
    let width = bundle.exercises.iter().map(|left| left.id.len()).max();
    let width = width.unwrap_or(0);
    let mut out = String::new();
    for left in &bundle.exercises {
        let files = counted(left.files as u64, "file", "files");
        let _ = writeln!(
            out,
            "  {:<width$}  {files:>8}   left out: {}",
            left.id,
            left_out(left)
        );
    }
    let sealed = bundle.exercises.iter().filter(|left| left.sealed_harness);
    let mut notes = Vec::new();
    match sealed.count() {
        0 => {}
        count => notes.push(counted(count as u64, "harness", "harnesses")),
    }
    if bundle.sealed_answers > 0 {
        let answers = counted(
            bundle.sealed_answers as u64,
            "right answer",
            "right answers",
        );
        notes.push(format!("the checklist's {answers}"));
    }
    if !notes.is_empty() {
        let _ = writeln!(
            out,
            "  in it, but sealed: {}",
            style.paint(Ink::Doubt, &notes.join(", and "))
        );
    }
    let folder = style.clean(&args.output.display().to_string(), 400);
    let files = counted(bundle.files.len() as u64 + 1, "file", "files");
    let _ = writeln!(out, "\nwrote {files} to {folder}");
    print(&out)?;
    Ok(ExitStatus::Passed)
}

/// What is not in the bundle, in words.
fn left_out(left: &LeftOut) -> String {
    let mut parts = Vec::new();
    if left.checks.checks > 0 {
        let of_cases = match left.cases {
            0 => String::new(),
            cases => format!(
                " ({})",
                counted(cases as u64, "hidden case", "hidden cases")
            ),
        };
        parts.push(format!(
            "{} worth {}{of_cases}",
            counted(u64::from(left.checks.checks), "check", "checks"),
            counted(u64::from(left.checks.points), "point", "points"),
        ));
    }
    if left.solution > 0 {
        parts.push("the solution".to_owned());
    }
    if left.wrong > 0 {
        let wrong = counted(
            left.wrong as u64,
            "known-wrong submission",
            "known-wrong submissions",
        );
        parts.push(wrong);
    }
    if parts.is_empty() {
        return "nothing".to_owned();
    }
    parts.join(", ")
}
