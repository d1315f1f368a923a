//! `memgrade check`.

use std::path::{Path, PathBuf};

use super::console::{Console, print};
use super::options::{self, CourseOption, HiddenOption, JobsOption, RunOptions};
use super::progress::Progress;
use crate::build::BROKEN_HARNESS;
use crate::course::Entry;
use crate::error::{Error, ExitStatus};
use crate::grading::{self, Graded};
use crate::intake;
use crate::judge::{Report, Verdict};
use crate::report::{self, github, json, junit, terminal};

/// Build, run and judge a submission
///
/// A submission is a folder with, for each exercise, EXERCISE/main.rs or EXERCISE.rs, and answers.toml.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    memgrade check --submission examples/submission\n  \
    memgrade check memory_leak --limit wall=2s\n  \
    memgrade check --format junit > memgrade.xml")]
pub(super) struct Args {
    /// The exercises to check [default: all of the course]
    #[arg(value_name = "EXERCISE")]
    exercises: Vec<String>,

    /// The submission's folder [default: exercises/ of the course in the working directory, else the working directory]
    #[arg(long, value_name = "DIR")]
    submission: Option<PathBuf>,

    /// How to write the report
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,

    #[command(flatten)]
    pub(super) course: CourseOption,

    #[command(flatten)]
    run: RunOptions,

    #[command(flatten)]
    hidden: HiddenOption,

    #[command(flatten)]
    jobs: JobsOption,
}

/// Formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// memgrade/report/v1
    Json,
    /// Annotations and a log for GitHub Actions
    Github,
    /// `JUnit` XML
    #[value(help = "JUnit XML")]
    Junit,
}

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let course = args.course.open()?;
    let entries = options::select(&course, &args.exercises)?;
    let folder = args
        .submission
        .clone()
        .unwrap_or_else(options::default_submission);
    let asked = course.checklist.is_some() && entries.len() == course.exercises.len();
    nothing_to_check(&folder, &entries, asked)?;
    let mut runner = args.run.runner()?;
    runner.expose_hidden_cases(args.hidden.expose_hidden_cases);
    let folders = std::slice::from_ref(&folder);
    let assignment = grading::Assignment::new(&course, &entries, folders)?;
    let names = assignment.names().into_iter().map(|(_, name)| name);
    let mut progress = Progress::new(console, names.collect());
    let mut graded = None;
    assignment.grade(
        &runner,
        args.jobs.count(),
        &mut |event| progress.event(event),
        &mut |_, done| {
            graded = Some(done);
            Ok(())
        },
    )?;
    progress.finish();
    let graded = graded.ok_or_else(|| Error::Bug("no report came of the check".to_owned()))?;
    print(&draw(&graded, args.format, &folder, console)?)?;
    Ok(status(&graded.report))
}

fn nothing_to_check(folder: &Path, entries: &[&Entry], answers: bool) -> Result<(), Error> {
    if grading::anything_handed_in(folder, entries, answers)? {
        return Ok(());
    }
    let places = entries
        .iter()
        .map(|entry| format!("{0}/{1} or {0}.rs", entry.id, entry.exercise.source.root()));
    let answers = answers.then(|| intake::ANSWERS.to_owned());
    let places: Vec<String> = places.chain(answers).collect();
    Err(Error::Nothing {
        message: format!("nothing to check in {}", folder.display()),
        hints: vec![
            format!("looked for {}", places.join(", ")),
            "name the submission's folder with --submission DIR".to_owned(),
        ],
    })
}

fn draw(
    graded: &Graded,
    format: Format,
    folder: &Path,
    console: &Console,
) -> Result<String, Error> {
    let (report, sources) = (&graded.report, &graded.sources);
    let bug = |error: String| Error::Bug(format!("the report cannot be written: {error}"));
    match format {
        Format::Human => Ok(terminal::render(report, sources, &console.out)),
        Format::Json => json::report_json(report).map_err(|error| bug(error.to_string())),
        Format::Junit => {
            junit::render(&report::for_learner(report)).map_err(|error| bug(error.to_string()))
        }
        Format::Github => {
            let workflow = github::Workflow {
                folder: &folder_in_repository(folder),
                random: &unguessable(),
            };
            Ok(github::render(report, sources, workflow))
        }
    }
}

/// The folder as annotations name it: relative to the repository, which is where a workflow's steps run.
fn folder_in_repository(folder: &Path) -> String {
    let plain = folder.strip_prefix(".").unwrap_or(folder);
    let relative = std::env::current_dir()
        .ok()
        .and_then(|here| plain.strip_prefix(here).ok().map(Path::to_owned));
    relative
        .as_deref()
        .unwrap_or(plain)
        .to_string_lossy()
        .into_owned()
}

/// Bytes that the program which was checked could not know: the seeds of the standard library's hash tables come from
/// the system's random numbers, and were drawn after the program had ended.
fn unguessable() -> Vec<u8> {
    use std::hash::BuildHasher as _;
    let draw = |number: u8| std::hash::RandomState::new().hash_one(number).to_le_bytes();
    [draw(1), draw(2)].concat()
}

/// 2 if the harness of an exercise does not compile, else 1 if anything failed, else 75 if anything is undecided.
pub(super) fn status(report: &Report) -> ExitStatus {
    let findings = report
        .exercises
        .iter()
        .flat_map(|exercise| &exercise.findings);
    if findings
        .into_iter()
        .any(|finding| finding.code == BROKEN_HARNESS)
    {
        return ExitStatus::Usage;
    }
    let items = report
        .checklist
        .iter()
        .flat_map(|checklist| &checklist.items);
    let verdicts: Vec<Verdict> = report
        .exercises
        .iter()
        .map(|exercise| exercise.verdict)
        // What waits for a teacher is no fault of this machine.
        .chain(items.filter(|item| !item.pending).map(|item| item.verdict))
        .collect();
    if verdicts
        .iter()
        .any(|verdict| matches!(verdict, Verdict::Failed | Verdict::Skipped))
    {
        ExitStatus::Failed
    } else if verdicts.iter().any(|verdict| verdict.is_undecided()) {
        ExitStatus::Machine
    } else {
        ExitStatus::Passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{ExerciseReport, Score};

    fn report(verdicts: &[Verdict]) -> Report {
        let exercise = |verdict: &Verdict| ExerciseReport {
            id: String::new(),
            title: String::new(),
            verdict: *verdict,
            score: Score::default(),
            cases: Vec::new(),
            findings: Vec::new(),
            withheld: None,
        };
        Report {
            score: Score::default(),
            exercises: verdicts.iter().map(exercise).collect(),
            checklist: None,
        }
    }

    #[test]
    fn a_failure_outweighs_what_is_undecided() {
        use Verdict::{Error, Failed, Inconclusive, Passed, Unmeasurable};
        for (verdicts, expected) in [
            (&[Passed, Passed][..], ExitStatus::Passed),
            (&[Passed, Failed, Unmeasurable], ExitStatus::Failed),
            (&[Passed, Unmeasurable], ExitStatus::Machine),
            (&[Passed, Inconclusive], ExitStatus::Machine),
            (&[Error], ExitStatus::Machine),
        ] {
            assert_eq!(status(&report(verdicts)), expected, "{verdicts:?}");
        }
    }

    #[test]
    fn two_tokens_are_never_the_same() {
        assert_ne!(unguessable(), unguessable());
        assert_eq!(unguessable().len(), 16);
    }
}
