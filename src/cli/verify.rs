//! `memgrade verify`.

use std::collections::BTreeMap;

use super::console::{Console, print};
use super::options::{self, CourseOption, JobsOption, RunOptions};
use super::progress::{Doing, Progress};
use crate::build::BROKEN_HARNESS;
use crate::course::Entry;
use crate::diagnostic::{Fault, Finding};
use crate::error::{Error, ExitStatus};
use crate::grading;
use crate::intake::Handed;
use crate::judge::Facts;
use crate::report::Sources;
use crate::run::local::Local;
use crate::run::{self, Event, Work};
use crate::verify::lesson::{self, Attempts};
use crate::verify::wrong::{self, Wrong};
use crate::verify::{self, Proof, Subject, Trials, text};

/// Prove that a course separates right programs from wrong ones
///
/// Every starter must fail as its spec says, every solution must pass with margin, and every known-wrong submission
/// must get exactly the findings that it names.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  memgrade verify --mutate\n  memgrade verify memory_leak --repeat 20"
)]
pub(super) struct Args {
    /// The exercises to prove [default: all of the course]
    #[arg(value_name = "EXERCISE")]
    exercises: Vec<String>,

    /// Delete one check at a time and show that a known-wrong submission then slips through
    #[arg(long)]
    mutate: bool,

    /// Run each solution N times and compare its heap figures
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeat: u32,

    #[command(flatten)]
    pub(super) course: CourseOption,

    #[command(flatten)]
    run: RunOptions,

    #[command(flatten)]
    jobs: JobsOption,
}

/// One program to run, and what it is for.
struct Trial<'a> {
    entry: &'a Entry,
    role: Role,
    handed: Handed,
}

enum Role {
    Starter,
    Solution,
    Wrong(Wrong),
}

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let course = args.course.open()?;
    let entries = options::select(&course, &args.exercises)?;
    let mut runner = args.run.runner()?;
    // The programs are the author's, who knows the hidden cases.
    runner.expose_hidden_cases(true);
    let mut headers: BTreeMap<&str, Vec<Finding>> = BTreeMap::new();
    let mut trials = Vec::new();
    for entry in &entries {
        let found = headers.entry(&entry.id).or_default();
        trials.extend(trials_of(entry, args.repeat, found));
    }
    let mut sources = Sources::new();
    for entry in &entries {
        let harness = entry.harness.iter();
        let harness = harness.flat_map(|files| [Some(&files.program), files.given.as_ref()]);
        for file in harness.flatten().chain([&entry.spec]) {
            sources.insert(file.path.clone(), file.text.clone());
        }
    }
    for trial in &trials {
        sources.extend(trial.handed.files.clone());
    }
    let lessons = entries
        .iter()
        .flat_map(|entry| [&entry.lesson, &entry.figures]);
    for file in lessons.flatten().chain(&course.outline_file) {
        sources.insert(file.path.clone(), file.text.clone());
    }

    let names = trials.iter().map(|trial| trial.entry.id.clone()).collect();
    let mut progress = Progress::new(console, names);
    let works = trials.iter().map(|trial| Work {
        exercise: &trial.entry.exercise,
        prepare: Box::new(|| Ok(grading::prepared(trial.entry, trial.handed.clone()))),
    });
    let mut facts: BTreeMap<usize, Facts> = BTreeMap::new();
    run::execute(works.collect(), &runner, args.jobs.count(), &mut |event| {
        progress.event(&event);
        if let Event::Finished {
            work,
            facts: mut known,
        } = event
        {
            if let Some(failure) = &mut known.build_failure
                && let Some(finding) = failure.for_author.take()
            {
                failure.finding = *finding;
            }
            facts.insert(work, *known);
        }
    })?;
    progress.finish();

    let mut gathered: BTreeMap<&str, Trials> = BTreeMap::new();
    for (trial, facts) in trials.into_iter().zip(facts.into_values()) {
        let trials = gathered.entry(&trial.entry.id).or_default();
        match trial.role {
            Role::Starter => trials.starter = Some(facts),
            Role::Solution => trials.solution.push(facts),
            Role::Wrong(wrong) => trials.wrong.push((wrong, facts)),
        }
    }
    let mut attempts = tried(&entries, &runner, console)?;
    let mut proofs: Vec<Proof> = entries
        .iter()
        .map(|entry| {
            let subject = Subject {
                id: &entry.id,
                exercise: &entry.exercise,
                spec_file: &entry.spec.path,
                spec_text: &entry.spec.text,
                lesson: entry.lesson.as_ref().map(|lesson| lesson.text.as_str()),
            };
            let trials = gathered.remove(entry.id.as_str()).unwrap_or_default();
            let headers = headers.remove(entry.id.as_str()).unwrap_or_default();
            let mut proof = verify::prove(&subject, &trials, headers, args.mutate);
            let attempts = attempts.remove(entry.id.as_str()).unwrap_or_default();
            proof.answers.extend(lesson::answer(entry, &attempts));
            proof
        })
        .collect();
    if args.exercises.is_empty() {
        proofs.extend(lesson::day(&course));
    }
    print(&text::render(&proofs, &sources, &console.out))?;
    Ok(status(&proofs))
}

/// Tries the programs that measure the figures of lessons, one after the other.
fn tried<'a>(
    entries: &[&'a Entry],
    runner: &Local,
    console: &Console,
) -> Result<BTreeMap<&'a str, Attempts>, Error> {
    let mut doing = Doing::new(console);
    let mut tried: BTreeMap<&str, Attempts> = BTreeMap::new();
    for entry in entries {
        let Some(program) = &entry.figures else {
            continue;
        };
        for level in lesson::levels(entry) {
            doing.say(&format!("measuring the figures of {}", entry.id));
            let attempt = runner.try_figures(program, level)?;
            tried.entry(&entry.id).or_default().push((level, attempt));
        }
    }
    Ok(tried)
}

/// 2 if a harness does not compile, else 1 if the course does not hold, 75 if only this machine kept it from being shown.
fn status(proofs: &[Proof]) -> ExitStatus {
    let mut problems = proofs.iter().flat_map(Proof::problems).peekable();
    if proofs
        .iter()
        .flat_map(Proof::problems)
        .any(|problem| problem.code == BROKEN_HARNESS)
    {
        // No less an invalid spec than one that cannot be read.
        ExitStatus::Usage
    } else if problems.peek().is_none() {
        ExitStatus::Passed
    } else if problems.all(|problem| problem.fault == Fault::Machine) {
        ExitStatus::Machine
    } else {
        ExitStatus::Failed
    }
}

fn trials_of<'a>(entry: &'a Entry, repeat: u32, headers: &mut Vec<Finding>) -> Vec<Trial<'a>> {
    let mut trials = Vec::new();
    let mut add = |role, folder: &str, files: &BTreeMap<String, String>| {
        let trial = Trial {
            entry,
            role,
            handed: handed(entry, folder, files),
        };
        trials.push(trial);
    };
    if !entry.starter.is_empty() {
        add(
            Role::Starter,
            &format!("exercises/{}", entry.id),
            &entry.starter,
        );
    }
    if !entry.solution.is_empty() {
        for _ in 0..repeat {
            add(
                Role::Solution,
                &format!("solutions/{}", entry.id),
                &entry.solution,
            );
        }
    }
    for file in &entry.wrong {
        let (wrong, findings) = wrong::parse(&file.path, &file.text);
        headers.extend(findings);
        // A known-wrong submission is the root alone; what else the exercise asks for is the solution's.
        let mut files = in_folder(&entry.solution, &format!("solutions/{}", entry.id));
        files.remove(&format!("solutions/{}/{}", entry.id, root_name(entry)));
        files.insert(file.path.clone(), file.text.clone());
        trials.push(Trial {
            entry,
            role: Role::Wrong(wrong),
            handed: Handed {
                files,
                root: Some(file.path.clone()),
                findings: Vec::new(),
            },
        });
    }
    trials
}

fn root_name(entry: &Entry) -> &str {
    entry.exercise.source.root()
}

fn in_folder(files: &BTreeMap<String, String>, folder: &str) -> BTreeMap<String, String> {
    let named = files
        .iter()
        .map(|(name, text)| (format!("{folder}/{name}"), text.clone()));
    named.collect()
}

fn handed(entry: &Entry, folder: &str, files: &BTreeMap<String, String>) -> Handed {
    let root = root_name(entry);
    Handed {
        root: files.contains_key(root).then(|| format!("{folder}/{root}")),
        files: in_folder(files, folder),
        findings: Vec::new(),
    }
}
