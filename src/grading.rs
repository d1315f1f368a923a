//! Grading: from submissions to reports, one after the other as they get ready.
//!
//! The main function is [`grade`]. It reads as the pipeline: intake, plan, build, run, observe (all behind
//! [`run::execute`]), judge.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::build::{Harness, Request};
use crate::course::{Course, Entry, answers};
use crate::error::Error;
use crate::intake::syntax;
use crate::intake::{self, Handed};
use crate::judge::{self, ChecklistReport, ExerciseReport, Facts, Report};
use crate::report::Sources;
use crate::run::{self, Event, Prepared, Runner, Work};

/// A submission's report, with the texts that its findings point into.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded {
    /// The report.
    pub report: Report,
    /// The learner's files.
    pub sources: Sources,
}

/// Grades each of `folders`. `done` gets every submission as soon as it is graded, with its index.
///
/// The checklist is part of a report when all exercises of the course are, because its evidence comes from them.
///
/// # Errors
/// [`Error::Interrupted`] after Ctrl-C; what was given to `done` until then stays true. Errors of `done` end the work.
pub fn grade(
    course: &Course,
    entries: &[&Entry],
    folders: &[PathBuf],
    runner: &dyn Runner,
    jobs: NonZeroUsize,
    progress: &mut dyn FnMut(&Event),
    done: &mut dyn FnMut(usize, Graded) -> Result<(), Error>,
) -> Result<(), Error> {
    let works = folders
        .iter()
        .flat_map(|folder| entries.iter().map(move |entry| work(folder, entry)));
    let whole_course = entries.len() == course.exercises.len();
    let mut open: BTreeMap<usize, BTreeMap<usize, Facts>> = BTreeMap::new();
    let mut result = Ok(());
    run::execute(works.collect(), runner, jobs, &mut |event| {
        progress(&event);
        let Event::Finished { work, facts } = event else {
            return;
        };
        let (submission, exercise) = (work / entries.len(), work % entries.len());
        let known = open.entry(submission).or_default();
        known.insert(exercise, *facts);
        if known.len() == entries.len()
            && let Some(facts) = open.remove(&submission)
            && result.is_ok()
        {
            let checklist = whole_course.then_some(course);
            let graded = judged(entries, facts, checklist, &folders[submission]);
            result = graded.and_then(|graded| done(submission, graded));
        }
    })?;
    result
}

/// Whether anything at all was handed in for one of the exercises.
///
/// # Errors
/// [`Error::Usage`] if `folder` is no folder.
pub fn anything_handed_in(folder: &Path, entries: &[&Entry]) -> Result<bool, Error> {
    let exercises = entries
        .iter()
        .map(|entry| (entry.id.as_str(), &entry.exercise));
    let submission = intake::read(folder, exercises)?;
    Ok(submission.exercises.values().any(|handed| {
        let missing = |code: &str| code == "source/missing";
        !handed.files.is_empty()
            || handed
                .findings
                .iter()
                .any(|finding| !missing(&finding.code))
    }))
}

fn work<'a>(folder: &'a Path, entry: &'a Entry) -> Work<'a> {
    Work {
        exercise: &entry.exercise,
        prepare: Box::new(move || {
            let mut submission = intake::read(folder, [(entry.id.as_str(), &entry.exercise)])?;
            let handed = submission.exercises.remove(&entry.id).unwrap_or_default();
            Ok(prepared(entry, handed))
        }),
    }
}

/// What is known of a program before it is built: its files, and what they break of the exercise's rules.
pub fn prepared(entry: &Entry, handed: Handed) -> Prepared {
    let exercise = &entry.exercise;
    let mut source_findings = handed.findings;
    let Some(root) = handed.root else {
        return Prepared {
            request: None,
            facts: Facts {
                sources: handed.files,
                source_findings,
                ..Facts::default()
            },
        };
    };
    source_findings.extend(syntax::check(exercise, &handed.files, &root));
    let purpose = syntax::deliberate(&handed.files, &root);
    let bytes = |(path, text): (&String, &String)| (path.clone(), text.clone().into_bytes());
    Prepared {
        request: Some(Request {
            files: handed.files.iter().map(bytes).collect(),
            root,
            edition: exercise.source.edition,
            unsafe_code: exercise.source.unsafe_code,
            allow_lints: exercise.source.allow_lints.clone(),
            memory_errors: exercise.memory_errors,
            harness: harness(entry),
        }),
        facts: Facts {
            sources: handed.files,
            source_findings,
            purpose,
            ..Facts::default()
        },
    }
}

fn harness(entry: &Entry) -> Option<Harness> {
    let files = entry.harness.clone()?;
    let spec = entry.exercise.harness.as_ref()?;
    Some(Harness {
        program: files.program,
        given: files.given,
        interface: spec.interface.clone(),
    })
}

fn judged(
    entries: &[&Entry],
    facts: BTreeMap<usize, Facts>,
    course: Option<&Course>,
    folder: &Path,
) -> Result<Graded, Error> {
    let mut sources = Sources::new();
    let mut exercises = Vec::new();
    for (index, facts) in facts {
        let entry = entries[index];
        exercises.push(judge::judge(&entry.id, &entry.exercise, &facts));
        sources.extend(facts.sources);
    }
    let checklist = match course {
        Some(course) => checklist(course, folder, &exercises, &mut sources)?,
        None => None,
    };
    Ok(Graded {
        report: judge::total(exercises, checklist),
        sources,
    })
}

fn checklist(
    course: &Course,
    folder: &Path,
    exercises: &[ExerciseReport],
    sources: &mut Sources,
) -> Result<Option<ChecklistReport>, Error> {
    let Some(checklist) = &course.checklist else {
        return Ok(None);
    };
    let submission = intake::read(folder, [])?;
    let mut findings = submission.answer_findings;
    let text = submission.answers.unwrap_or_default();
    let (answers, of_text) = answers::parse_answers(intake::ANSWERS, &text, checklist);
    findings.extend(of_text);
    let report = judge::judge_checklist(checklist, &answers, findings, exercises);
    sources.insert(intake::ANSWERS.to_owned(), text);
    Ok(Some(report))
}
