//! Options that several commands share, and what they resolve to.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sysinfo::System;

use crate::course::grading_policy::PolicyOverride;
use crate::course::limits::{self, Override};
use crate::course::units::human_size;
use crate::course::{Course, Entry};
use crate::diagnostic::Finding;
use crate::error::Error;
use crate::observe::Level;
use crate::report::Sources;
use crate::run::local::Local;
use crate::sandbox;

/// Reads an option, and says what to write in its place where it cannot be read: clap shows one text.
pub(super) fn read<T: FromStr<Err = Error>>(text: &str) -> Result<T, String> {
    text.parse::<T>().map_err(|error| {
        let said = error.to_string();
        let all: Vec<&str> = [said.as_str()]
            .into_iter()
            .chain(error.hints().iter().map(String::as_str))
            .collect();
        all.join("; ")
    })
}

/// The same of a rule of the grading policy.
pub(super) fn read_policy(text: &str) -> Result<PolicyOverride, String> {
    text.parse::<PolicyOverride>()
        .map_err(|problem| match &problem.help {
            Some(help) => format!("{problem}; {help}"),
            None => problem.to_string(),
        })
}

/// Which course.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct CourseOption {
    /// The course's folder [default: the course in the working directory, else the built-in one]
    #[arg(long, value_name = "DIR")]
    course: Option<PathBuf>,
}

impl CourseOption {
    /// The folder that is meant; `None` for the built-in course.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        self.course.clone().or_else(|| {
            Path::new("course.toml")
                .exists()
                .then(|| PathBuf::from("."))
        })
    }

    /// Reads the course.
    pub(super) fn open(&self) -> Result<Course, Error> {
        match self.folder() {
            Some(folder) => Course::open(&folder),
            None => Course::embedded(),
        }
    }

    /// The texts that findings about the course point into.
    pub(super) fn texts(&self, findings: &[Finding]) -> Sources {
        let folder = self.folder().unwrap_or_default();
        let mut texts = BTreeMap::new();
        for finding in findings {
            let labels = finding.primary.iter().chain(&finding.secondary);
            for file in labels.map(|label| &label.place.file) {
                if !texts.contains_key(file)
                    && let Ok(text) = std::fs::read_to_string(folder.join(file))
                {
                    texts.insert(file.clone(), text);
                }
            }
        }
        texts
    }
}

/// Where students work: beside the specs of the course that they are in.
pub(super) fn default_submission() -> PathBuf {
    let exercises = Path::new("exercises");
    if Path::new("course.toml").exists() && exercises.is_dir() {
        exercises.to_owned()
    } else {
        PathBuf::from(".")
    }
}

/// The exercises with these ids in the course's order, or all of them if none is named.
pub(super) fn select<'a>(course: &'a Course, ids: &[String]) -> Result<Vec<&'a Entry>, Error> {
    for id in ids {
        exercise(course, id)?;
    }
    let chosen = |entry: &&Entry| ids.is_empty() || ids.contains(&entry.id);
    Ok(course.exercises.iter().filter(chosen).collect())
}

/// The exercise with this id, or an error that suggests the nearest.
pub(super) fn exercise<'a>(course: &'a Course, id: &str) -> Result<&'a Entry, Error> {
    course.exercise(id).ok_or_else(|| {
        let known: Vec<&str> = course
            .exercises
            .iter()
            .map(|entry| entry.id.as_str())
            .collect();
        Error::Usage {
            message: format!("there is no exercise `{id}` in this course"),
            hints: vec![match course.nearest(id) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has {}", known.join(", ")),
            }],
        }
    })
}

/// How programs are run.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct RunOptions {
    /// A limit for every run, such as wall=2s or memory=256MiB; can be repeated (`memgrade explain limits` lists them)
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    limits: Vec<Override>,

    /// Run nothing if programs cannot be contained at this level at least [without a value: full]
    #[arg(long, value_name = "LEVEL", num_args = 0..=1, require_equals = true, default_missing_value = "full")]
    require_sandbox: Option<Required>,
}

/// What becomes of hidden cases where programs could read them.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct HiddenOption {
    /// Run hidden cases even where programs can read your files, and so the hidden cases themselves
    #[arg(long)]
    pub(super) expose_hidden_cases: bool,
}

/// Levels that can be required; docs/sandbox.md says what each is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Required {
    Full,
    Landlock,
}

impl RunOptions {
    /// What builds and runs; finds the toolchain first, so that a machine without one is told at once.
    pub(super) fn runner(&self) -> Result<Local, Error> {
        self.check_sandbox()?;
        Local::new(self.limits.clone())
    }

    /// What runs executables that are there already.
    pub(super) fn runner_of_executables(&self) -> Result<Local, Error> {
        self.check_sandbox()?;
        Local::without_compiler(self.limits.clone())
    }

    /// Refuses what is below the level that is required.
    fn check_sandbox(&self) -> Result<(), Error> {
        let required = match self.require_sandbox {
            None => return Ok(()),
            Some(Required::Full) => Level::Full,
            Some(Required::Landlock) => Level::Landlock,
        };
        let ladder = sandbox::ladder();
        if ladder.level <= required {
            return Ok(());
        }
        let refused = ladder
            .refused
            .iter()
            .filter(|(level, _)| *level <= required);
        let mut hints: Vec<String> = refused
            .map(|(level, reason)| format!("level `{}` does not work here: {reason}", level.name()))
            .collect();
        hints.extend(sandbox::advice(ladder).into_iter().map(String::from));
        Err(Error::Machine {
            message: format!(
                "programs can be contained at level `{}` here, and --require-sandbox asks for `{}`",
                ladder.level.name(),
                required.name()
            ),
            hints,
        })
    }
}

/// How many programs at once.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct JobsOption {
    /// Programs that are built or run at once [default: as many as there are processors and room in memory]
    #[arg(long, short, value_name = "N", value_parser = jobs)]
    jobs: Option<NonZeroUsize>,
}

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let wrong = |_| "expected a number, at least 1".to_owned();
    text.parse().map_err(wrong)
}

/// More workers than this help nobody.
const MOST_JOBS: usize = 256;

impl JobsOption {
    /// The number of workers.
    pub(super) fn count(&self) -> NonZeroUsize {
        let jobs = self.jobs.map_or_else(workers_that_fit, NonZeroUsize::get);
        NonZeroUsize::new(jobs.min(MOST_JOBS)).unwrap_or(NonZeroUsize::MIN)
    }
}

impl JobsOption {
    /// The number of workers where a budget of memory is kept beside it.
    pub(super) fn processors(&self) -> NonZeroUsize {
        let processors = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let jobs = self.jobs.map_or_else(processors, NonZeroUsize::get);
        NonZeroUsize::new(jobs.min(MOST_JOBS)).unwrap_or(NonZeroUsize::MIN)
    }
}

/// One for each processor, but no more than can each reach the default memory limit: a machine that swaps measures
/// nothing well.
fn workers_that_fit() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    // Where nothing is known of the memory, the processors decide.
    let free = free_memory().unwrap_or(u64::MAX);
    let fit = usize::try_from(free / limits::DEFAULTS.memory).unwrap_or(usize::MAX);
    processors.min(fit.max(1))
}

/// This machine, in words that stay the same from one grading to the next.
pub(super) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut words = format!(
        "{} {}, {cores} processors",
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    if let Ok(mut system) = System::new() {
        system.refresh_memory();
        words.push_str(", ");
        words.push_str(&human_size(system.total_memory()));
    }
    words
}

/// Memory that programs can still get: the machine's, or the control group's if that is less.
pub(super) fn free_memory() -> Option<u64> {
    let mut system = System::new().ok()?;
    system.refresh_memory();
    let host = system.available_memory();
    let free = system
        .cgroup_limits()
        .map_or(host, |group| host.min(group.free_memory));
    (host > 0).then_some(free)
}
