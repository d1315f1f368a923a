//! Proving: from a course's files to what [`crate::verify`] judges. It runs what has to be run and looks at what has to be looked at.
//!
//! The main functions are [`gather`], which runs starters, solutions, known-right and known-wrong submissions, and [`tidy`], which asks the
//! toolchain's tools about the author's files.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use crate::build::{Formatted, Linted};
use crate::course::spec::Edition;
use crate::course::{Course, Entry, SourceFile};
use crate::diagnostic::Finding;
use crate::error::Error;
use crate::grading;
use crate::intake::Handed;
use crate::judge::Facts;
use crate::report::Sources;
use crate::run::local::Local;
use crate::run::{self, Event, Means, Runner, Work};
use crate::verify::Trials;
use crate::verify::lesson::linked_files;
use crate::verify::right::{self, Right};
use crate::verify::tidy::Tidy;
use crate::verify::wrong::{self, Wrong};

/// One program to run, and what it is for.
struct Trial<'a> {
    entry: &'a Entry,
    role: Role,
    handed: Handed,
}

enum Role {
    Starter,
    Solution,
    Right(Right),
    Wrong(Wrong),
}

/// Which programs are run.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// How often each solution is.
    pub repeat: u32,
    /// Whether starters are.
    pub starters: bool,
}

/// Runs the programs of each of `entries`, and gives what came of them in the same order.
///
/// # Errors
/// [`Error::Interrupted`] after Ctrl-C, [`Error::Machine`] when no thread can be started.
pub fn gather(
    entries: &[&Entry],
    wanted: Wanted,
    runner: &dyn Runner,
    jobs: NonZeroUsize,
    progress: &mut dyn FnMut(&Event, &[String]),
) -> Result<Vec<Trials>, Error> {
    let mut gathered: BTreeMap<&str, Trials> = BTreeMap::new();
    let mut trials = Vec::new();
    for entry in entries {
        let headers = &mut gathered.entry(&entry.id).or_default().headers;
        trials.extend(trials_of(entry, wanted, headers));
    }
    let names: Vec<String> = trials.iter().map(|trial| trial.entry.id.clone()).collect();
    let works = trials.iter().map(|trial| Work {
        exercise: &trial.entry.exercise,
        prepare: Box::new(|| Ok(grading::prepared(trial.entry, trial.handed.clone()))),
        again: Vec::new(),
    });
    let mut facts: BTreeMap<usize, Facts> = BTreeMap::new();
    run::execute(
        works.collect(),
        runner,
        Means::workers(jobs),
        &mut |event| {
            progress(&event, &names);
            if let Event::Finished {
                work,
                facts: mut known,
                ..
            } = event
            {
                if let Some(failure) = &mut known.build_failure
                    && let Some(finding) = failure.for_author.take()
                {
                    failure.finding = *finding;
                }
                facts.insert(work, *known);
            }
        },
    )?;
    for (trial, facts) in trials.into_iter().zip(facts.into_values()) {
        let trials = gathered.entry(&trial.entry.id).or_default();
        match trial.role {
            Role::Starter => trials.starter = Some(facts),
            Role::Solution => trials.solution.push(facts),
            Role::Right(right) => trials.right.push((right, facts)),
            Role::Wrong(wrong) => trials.wrong.push((wrong, facts)),
        }
    }
    let taken = entries
        .iter()
        .map(|entry| gathered.remove(entry.id.as_str()).unwrap_or_default());
    Ok(taken.collect())
}

fn trials_of<'a>(entry: &'a Entry, wanted: Wanted, headers: &mut Vec<Finding>) -> Vec<Trial<'a>> {
    let mut trials = Vec::new();
    let mut add = |role, folder: &str, files: &BTreeMap<String, String>| {
        trials.push(Trial {
            entry,
            role,
            handed: handed(entry, folder, files),
        });
    };
    if wanted.starters && !entry.starter.is_empty() {
        let folder = format!("exercises/{}", entry.id);
        add(Role::Starter, &folder, &entry.starter);
    }
    if !entry.solution.is_empty() {
        let folder = format!("solutions/{}", entry.id);
        for _ in 0..wanted.repeat {
            add(Role::Solution, &folder, &entry.solution);
        }
    }
    let mut in_place_of_the_root = |role, file: &SourceFile| {
        // Such a submission is the root alone; what else the exercise asks for is the solution's.
        let mut files = in_folder(&entry.solution, &format!("solutions/{}", entry.id));
        files.remove(&format!("solutions/{}/{}", entry.id, root_name(entry)));
        files.insert(file.path.clone(), file.text.clone());
        trials.push(Trial {
            entry,
            role,
            handed: Handed {
                files,
                root: Some(file.path.clone()),
                findings: Vec::new(),
            },
        });
    };
    for file in &entry.right {
        let right = right::parse(&file.path, &file.text);
        in_place_of_the_root(Role::Right(right), file);
    }
    for file in &entry.wrong {
        let (wrong, findings) = wrong::parse(&file.path, &file.text);
        headers.extend(findings);
        in_place_of_the_root(Role::Wrong(wrong), file);
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

/// Every text of an exercise's author, by path: the spec, the lesson, all sources.
pub fn texts(entry: &Entry) -> Sources {
    let mut texts = Sources::new();
    let harness = entry.harness.iter();
    let harness = harness.flat_map(|files| [Some(&files.program), files.given.as_ref()]);
    let files = harness
        .flatten()
        .chain([&entry.spec])
        .chain(&entry.lesson)
        .chain(&entry.figures)
        .chain(&entry.right)
        .chain(&entry.wrong);
    for file in files {
        texts.insert(file.path.clone(), file.text.clone());
    }
    texts.extend(in_folder(
        &entry.starter,
        &format!("exercises/{}", entry.id),
    ));
    texts.extend(in_folder(
        &entry.solution,
        &format!("solutions/{}", entry.id),
    ));
    texts
}

/// Settings of rustfmt's that a course can have, as paths in its folder.
const SETTINGS: [&str; 2] = ["rustfmt.toml", ".rustfmt.toml"];

/// Something to ask a tool.
enum Task<'a> {
    Format {
        path: String,
        text: &'a str,
        edition: Edition,
    },
    Lint {
        what: &'static str,
        handed: Handed,
        /// Whether the exercise's own crates are looked at with it.
        own: bool,
    },
}

enum Told {
    Formatted(String, Formatted),
    Linted(&'static str, Linted),
}

/// Asks the tools about the files of each of `entries`, with at most `jobs` of them at once, and gives what they say in the same
/// order.
///
/// # Errors
/// [`Error::Interrupted`] after Ctrl-C, [`Error::Machine`] and [`Error::File`] when nothing can be run.
pub fn tidy(
    course: &Course,
    entries: &[&Entry],
    local: &Local,
    jobs: NonZeroUsize,
) -> Result<Vec<Tidy>, Error> {
    let settings = SETTINGS.iter().find_map(|path| course.text_of(path));
    let tasks: Vec<(usize, Task<'_>)> = entries
        .iter()
        .enumerate()
        .flat_map(|(index, entry)| tasks(entry).into_iter().map(move |task| (index, task)))
        .collect();
    let ask = |index: usize, task: &Task<'_>| match task {
        Task::Format {
            path,
            text,
            edition,
        } => {
            let formatted = local.formatted(text, *edition, settings.as_deref())?;
            Ok(Told::Formatted(path.clone(), formatted))
        }
        Task::Lint { what, handed, own } => {
            let prepared = entries
                .get(index)
                .and_then(|entry| grading::prepared(entry, handed.clone()).request);
            Ok(Told::Linted(
                what,
                match prepared {
                    Some(request) => local.linted(&request, *own)?,
                    None => Linted::DoesNotCompile,
                },
            ))
        }
    };
    let told = in_parallel(&tasks, jobs, &|(index, task)| ask(*index, task))?;
    let mut all: Vec<Tidy> = entries
        .iter()
        .map(|entry| {
            let page = entry.lesson.as_ref();
            let linked = page.map(|page| linked_files(&page.path, &page.text));
            Tidy {
                strays: course.strays(entry, &linked.unwrap_or_default()),
                ..Tidy::default()
            }
        })
        .collect();
    for ((index, _), told) in tasks.iter().zip(told) {
        let tidy = &mut all[*index];
        match told {
            Told::Formatted(path, formatted) => tidy.formatted.push((path, formatted)),
            Told::Linted(what, linted) => tidy.linted.push((what, linted)),
        }
    }
    Ok(all)
}

fn tasks(entry: &Entry) -> Vec<Task<'_>> {
    let edition = entry.exercise.source.edition;
    let mut files: Vec<(String, &str)> = Vec::new();
    for (folder, sources) in [
        ("exercises", &entry.starter),
        ("solutions", &entry.solution),
    ] {
        for (name, text) in sources {
            files.push((format!("{folder}/{}/{name}", entry.id), text));
        }
    }
    if let Some(harness) = &entry.harness {
        for file in [Some(&harness.program), harness.given.as_ref()]
            .into_iter()
            .flatten()
        {
            files.push((file.path.clone(), &file.text));
        }
    }
    if let Some(file) = &entry.figures {
        files.push((file.path.clone(), &file.text));
    }
    let mut tasks: Vec<Task<'_>> = files
        .into_iter()
        .map(|(path, text)| Task::Format {
            path,
            text,
            edition,
        })
        .collect();
    for (what, folder, sources) in [
        ("solution", "solutions", &entry.solution),
        ("starter", "exercises", &entry.starter),
    ] {
        if !sources.is_empty() {
            tasks.push(Task::Lint {
                what,
                handed: handed(entry, &format!("{folder}/{}", entry.id), sources),
                own: what == "solution",
            });
        }
    }
    tasks
}

/// Does something with each of `items`, at most `jobs` at once, and gives the results in their order. The first error ends it.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    jobs: NonZeroUsize,
    work: &(dyn Fn(&T) -> Result<R, Error> + Sync),
) -> Result<Vec<R>, Error> {
    let next = Mutex::new(items.iter().enumerate());
    let done: Mutex<BTreeMap<usize, R>> = Mutex::new(BTreeMap::new());
    let failed: Mutex<Option<Error>> = Mutex::new(None);
    let worker = || {
        loop {
            let item = next.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((index, item)) = item else { return };
            match work(item) {
                Ok(result) => {
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.insert(index, result);
                }
                Err(error) => {
                    let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                    failed.get_or_insert(error);
                    // Nobody begins anything more.
                    let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
                    next.by_ref().for_each(drop);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for number in 1..=jobs.get().min(items.len()) {
            let started = std::thread::Builder::new()
                .name(format!("tidy {number}"))
                .spawn_scoped(scope, worker);
            if let Err(source) = started {
                return Err(Error::machine(
                    format!("cannot start a thread: {source}"),
                    "use fewer workers: --jobs 1",
                ));
            }
        }
        Ok(())
    })?;
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(done.into_values().collect())
}
