//! `memgrade rerun`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::console::{Console, print};
use super::options::{CourseOption, HiddenOption, RunOptions};
use super::outputs;
use crate::course::limits;
use crate::course::load::document::{nearest, shown};
use crate::course::spec::Case;
use crate::course::units::human_size;
use crate::course::{Course, Entry};
use crate::error::{Error, ExitStatus};
use crate::gradebook::Book;
use crate::gradebook::records::Row;
use crate::grading::Assignment;
use crate::judge::{Report, Verdict};
use crate::observe::Observation;
use crate::report::style::Style;
use crate::report::{Sources, terminal, xray};
use crate::temporary_files::Folder;

/// Run one student's exercise again by hand, from the gradebook, with everything shown
///
/// The files are those that were graded. Nothing in the results changes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  memgrade rerun results ada.lindqvist memory_leak\n  memgrade rerun results ada.lindqvist memory_leak bounded --keep ada"
)]
pub(super) struct Args {
    /// The folder that `memgrade grade` wrote
    results: PathBuf,

    /// The student's id
    student: String,

    /// The exercise
    exercise: String,

    /// One case of it [default: all]
    case: Option<String>,

    /// Also write the student's files into this folder, which must not be there yet
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,

    #[command(flatten)]
    pub(super) course: CourseOption,

    #[command(flatten)]
    run: RunOptions,

    #[command(flatten)]
    hidden: HiddenOption,
}

/// Characters of an argument, a variable or a line of input.
const TEXT_CHARS: usize = 120;

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let course = args.course.open()?;
    let entry = super::options::exercise(&course, &args.exercise)?;
    let only = only_case(entry, args.case.as_deref())?;
    let book = Book::open(&args.results)?;
    outputs::is_of(&book, &course, &args.results)?;
    let rows = book.class()?;
    let row = student(&rows, &args.student)?;
    let record = book.record(row, &[&args.exercise])?;
    book.close()?;

    let folder = Folder::new_in(&std::env::temp_dir())
        .map_err(|source| Error::file("create a folder in", std::env::temp_dir(), source))?;
    write_files(folder.path(), &record.sources)?;
    if let Some(keep) = &args.keep {
        fs::create_dir(keep).map_err(|source| Error::file("create", keep, source))?;
        write_files(keep, &record.sources)?;
    }

    let mut runner = args.run.runner()?;
    runner.expose_hidden_cases(args.hidden.expose_hidden_cases);
    let mut part: Course = course.clone();
    part.exercises = vec![only];
    part.checklist = None;
    let entries: Vec<&Entry> = part.exercises.iter().collect();
    let folders = [folder.path().to_owned()];
    let assignment = Assignment::new(&part, &entries, &folders)?;
    let mut graded = None;
    assignment.grade(&runner, NonZeroUsize::MIN, &mut |_| {}, &mut |_, done| {
        graded = Some(done);
        Ok(())
    })?;
    let graded = graded.ok_or_else(|| Error::Bug("nothing was graded".to_owned()))?;
    print(&everything(
        &graded.report,
        &entries,
        &graded.sources,
        &console.out,
    ))?;
    let passed = graded
        .report
        .exercises
        .iter()
        .all(|exercise| exercise.verdict == Verdict::Passed);
    Ok(if passed {
        ExitStatus::Passed
    } else {
        ExitStatus::Failed
    })
}

/// The exercise with one of its cases alone; checks that compare it with others go.
fn only_case(entry: &Entry, case: Option<&str>) -> Result<Entry, Error> {
    let mut entry = entry.clone();
    let Some(name) = case else {
        return Ok(entry);
    };
    let names: Vec<String> = entry
        .exercise
        .cases
        .iter()
        .map(|case| case.name.clone())
        .collect();
    if !names.iter().any(|known| known == name) {
        let hint = match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", names.join(", ")),
        };
        return Err(Error::usage(
            format!("{} has no case `{}`", entry.id, shown(name)),
            hint,
        ));
    }
    let exercise = &mut entry.exercise;
    exercise.cases.retain(|case| case.name == name);
    exercise.checks.clear();
    for check in exercise.cases.iter_mut().flat_map(|case| &mut case.checks) {
        check.needs.retain(|need| !need.contains('/'));
    }
    for case in &mut exercise.cases {
        case.checks.retain(|check| !compares(check));
    }
    Ok(entry)
}

/// Whether a check looks at another case.
fn compares(check: &crate::course::spec::Check) -> bool {
    check
        .ratio
        .as_ref()
        .is_some_and(|ratio| ratio.numerator.case.is_some() || ratio.denominator.case.is_some())
}

fn student<'r>(rows: &'r [Row], id: &str) -> Result<&'r Row, Error> {
    rows.iter().find(|row| row.id == id).ok_or_else(|| {
        let hint = match nearest(id, rows.iter().map(|row| row.id.as_str())) {
            Some(near) => format!("did you mean `{}`?", shown(near)),
            None => "grades.csv has the ids".to_owned(),
        };
        Error::usage(
            format!("there is no student `{}` in the gradebook", shown(id)),
            hint,
        )
    })
}

/// The learner's files: their paths come from intake, which takes none that leads out.
fn write_files(folder: &std::path::Path, files: &BTreeMap<String, String>) -> Result<(), Error> {
    for (path, text) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| Error::file("create", parent, source))?;
        }
        fs::write(&path, text).map_err(|source| Error::file("write", &path, source))?;
    }
    Ok(())
}

/// What a run was given.
fn given(case: &Case, run: &Observation, style: &Style) -> String {
    let limits = limits::resolve(&case.limits, &[]);
    let args: Vec<String> = case
        .args
        .iter()
        .map(|arg| style.clean(arg, TEXT_CHARS))
        .collect();
    let mut out = format!(
        "arguments  {}\nstdin      {} bytes{}\n",
        if args.is_empty() {
            "none".to_owned()
        } else {
            args.join(" ")
        },
        case.stdin.len(),
        case.stdin
            .lines()
            .next()
            .map_or_else(String::new, |line| format!(
                ": {}",
                style.clean(line, TEXT_CHARS)
            )),
    );
    for (name, value) in &case.env {
        let (name, value) = (
            style.clean(name, TEXT_CHARS),
            style.clean(value, TEXT_CHARS),
        );
        let _ = writeln!(out, "variable   {name}={value}");
    }
    let _ = writeln!(
        out,
        "limits     wall {:?}, cpu {:?}, memory {}, stack {}, output {}, processes {} (before those of --limit)",
        limits.wall,
        limits.cpu,
        human_size(limits.memory),
        human_size(limits.stack),
        human_size(limits.output),
        limits.processes,
    );
    let _ = writeln!(
        out,
        "sandbox    {}; {}",
        run.sandbox.level.name(),
        run.build
            .as_ref()
            .and_then(|build| build.wall_ms)
            .map_or_else(
                || "the program was compiled before".to_owned(),
                |time| format!("compiled in {time:.0} ms")
            ),
    );
    out
}

/// The verdicts, and an x-ray of each case, hidden ones too: this is for teachers.
fn everything(report: &Report, entries: &[&Entry], sources: &Sources, style: &Style) -> String {
    let mut out = String::new();
    for (exercise, entry) in report.exercises.iter().zip(entries) {
        for case in &exercise.cases {
            let spec = entry
                .exercise
                .cases
                .iter()
                .find(|spec| spec.name == case.name);
            if let (Some(run), Some(spec)) = (&case.run, spec) {
                out.push_str(&given(spec, run, style));
                let name = format!("{}/{}", exercise.id, case.name);
                out.push_str(&xray::render(&name, run, &[], sources, style));
                out.push('\n');
            }
        }
    }
    let mut shown = report.clone();
    for case in shown
        .exercises
        .iter_mut()
        .flat_map(|exercise| &mut exercise.cases)
    {
        case.hidden = false;
        for check in &mut case.checks {
            check.hidden = false;
        }
    }
    out.push_str(&terminal::render(&shown, sources, style));
    out
}
