//! Grading: from submissions to reports, one after the other as they get ready.
//!
//! The main type is [`Assignment`]. Its `grade` reads as the pipeline: intake, plan, build, run, observe (all behind
//! [`run::execute`]), judge.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::build::{Harness, Request};
use crate::course::answers;
use crate::course::{Course, Entry};
use crate::error::Error;
use crate::intake::syntax;
use crate::intake::{self, Handed};
use crate::judge::{self, Answered, ChecklistReport, ExerciseReport, Facts, Report};
use crate::report::Sources;
use crate::run::{self, Event, Means, Prepared, Runner, Work};

pub mod class;
mod filter;
mod predictions;
pub mod settle;
pub mod similar;

pub use filter::{Filter, Pattern};
use predictions::Prediction;

/// A submission's report, with the texts that its findings point into.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded {
    /// The report.
    pub report: Report,
    /// The learner's files.
    pub sources: Sources,
}

/// Submissions to grade, and all that has to be built and run for them.
#[derive(Debug)]
pub struct Assignment<'a> {
    course: &'a Course,
    entries: &'a [&'a Entry],
    folders: &'a [PathBuf],
    /// The answers of each submission; `None` where the checklist is not asked for.
    answers: Vec<Option<predictions::Read>>,
    predictions: Vec<Vec<Prediction<'a>>>,
}

/// One piece of the work for a submission.
#[derive(Debug, Clone, Copy)]
enum Part {
    Exercise(usize),
    Prediction(usize),
}

/// What is known of a submission so far.
#[derive(Default)]
struct Known {
    exercises: BTreeMap<usize, Facts>,
    predictions: BTreeMap<usize, Facts>,
}

impl<'a> Assignment<'a> {
    /// Reads the answers of each of `folders`, which decide what is to be run.
    ///
    /// The checklist is part of a report when all exercises of the course are, because its evidence comes from them.
    ///
    /// # Errors
    /// [`Error::Usage`] if one of the folders is none.
    pub fn new(
        course: &'a Course,
        entries: &'a [&'a Entry],
        folders: &'a [PathBuf],
    ) -> Result<Self, Error> {
        let whole_course = entries.len() == course.exercises.len();
        let mut answers = Vec::new();
        let mut predictions = Vec::new();
        for folder in folders {
            let read = if whole_course {
                predictions::read(course, folder)?
            } else {
                None
            };
            let needed = read
                .as_ref()
                .map(|read| Prediction::all(course, &read.answers));
            predictions.push(needed.unwrap_or_default());
            answers.push(read);
        }
        Ok(Self {
            course,
            entries,
            folders,
            answers,
            predictions,
        })
    }

    /// The parts of the work, submission by submission.
    fn parts(&self) -> Vec<(usize, Part)> {
        let of_one = |(submission, predictions): (usize, &Vec<Prediction<'_>>)| {
            let exercises = (0..self.entries.len()).map(Part::Exercise);
            let predictions = (0..predictions.len()).map(Part::Prediction);
            let parts: Vec<Part> = exercises.chain(predictions).collect();
            parts.into_iter().map(move |part| (submission, part))
        };
        self.predictions
            .iter()
            .enumerate()
            .flat_map(of_one)
            .collect()
    }

    /// A name for each part of the work, and the index of the submission that it belongs to.
    pub fn names(&self) -> Vec<(usize, String)> {
        let named = |(submission, part): (usize, Part)| match part {
            Part::Exercise(index) => (submission, self.entries[index].id.clone()),
            Part::Prediction(index) => (
                submission,
                self.predictions[submission][index].item.to_owned(),
            ),
        };
        self.parts().into_iter().map(named).collect()
    }

    fn work(&self, submission: usize, part: Part) -> Work<'_> {
        match part {
            Part::Exercise(index) => work(&self.folders[submission], self.entries[index]),
            Part::Prediction(index) => self.predictions[submission][index].work(),
        }
    }

    /// Grades. `done` gets every submission as soon as it is graded, with its index.
    ///
    /// # Errors
    /// [`Error::Interrupted`] after Ctrl-C; what was given to `done` until then stays true. Errors of `done` end the work.
    pub fn grade(
        &self,
        runner: &dyn Runner,
        jobs: NonZeroUsize,
        progress: &mut dyn FnMut(&Event),
        done: &mut dyn FnMut(usize, Graded) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let parts = self.parts();
        let works = parts
            .iter()
            .map(|(submission, part)| self.work(*submission, *part));
        let mut open: BTreeMap<usize, Known> = BTreeMap::new();
        let mut result = Ok(());
        run::execute(
            works.collect(),
            runner,
            Means::workers(jobs),
            &mut |event| {
                progress(&event);
                let Event::Finished { work, facts, .. } = event else {
                    return;
                };
                let (submission, part) = parts[work];
                let known = open.entry(submission).or_default();
                match part {
                    Part::Exercise(index) => known.exercises.insert(index, *facts),
                    Part::Prediction(index) => known.predictions.insert(index, *facts),
                };
                let complete = known.exercises.len() == self.entries.len()
                    && known.predictions.len() == self.predictions[submission].len();
                if complete
                    && let Some(known) = open.remove(&submission)
                    && result.is_ok()
                {
                    result = done(submission, self.judged(submission, known));
                }
            },
        )?;
        result
    }

    fn judged(&self, submission: usize, known: Known) -> Graded {
        let mut sources = Sources::new();
        let mut exercises = Vec::new();
        for (index, facts) in known.exercises {
            let entry = self.entries[index];
            exercises.push(judge::judge(&entry.id, &entry.exercise, &facts));
            sources.extend(facts.sources);
        }
        let predictions = &self.predictions[submission];
        let predicted: BTreeMap<String, Facts> = known
            .predictions
            .into_iter()
            .map(|(index, facts)| (predictions[index].item.to_owned(), facts))
            .collect();
        let checklist = match (&self.course.checklist, &self.answers[submission]) {
            (Some(checklist), Some(read)) => {
                sources.insert(intake::ANSWERS.to_owned(), read.text.clone());
                let answered = Answered {
                    checklist,
                    answers: &read.answers,
                    exercises: &exercises,
                    predictions: &predicted,
                    // What a teacher gives for free texts is in the results of a class, and nowhere else.
                    given: &BTreeMap::new(),
                };
                Some(judge::judge_checklist(answered, read.findings.clone()))
            }
            _ => None,
        };
        Graded {
            report: judge::total(exercises, checklist),
            sources,
        }
    }
}

/// What comes of the course's own answers, beside the reports of its own solutions; `None` if it has no checklist or no answers.
///
/// # Errors
/// [`Error::Interrupted`] after Ctrl-C.
pub fn model_answers(
    course: &Course,
    exercises: &[ExerciseReport],
    runner: &dyn Runner,
    jobs: NonZeroUsize,
) -> Result<Option<ChecklistReport>, Error> {
    let (Some(checklist), Some(file)) = (&course.checklist, &course.answers) else {
        return Ok(None);
    };
    let (answers, findings) = answers::parse_answers(&file.path, &file.text, checklist);
    let predictions = Prediction::all(course, &answers);
    let mut predicted = BTreeMap::new();
    let works = predictions.iter().map(Prediction::work);
    run::execute(
        works.collect(),
        runner,
        Means::workers(jobs),
        &mut |event| {
            if let Event::Finished { work, facts, .. } = event {
                predicted.insert(predictions[work].item.to_owned(), *facts);
            }
        },
    )?;
    let answered = Answered {
        checklist,
        answers: &answers,
        exercises,
        predictions: &predicted,
        given: &BTreeMap::new(),
    };
    Ok(Some(judge::judge_checklist(answered, findings)))
}

/// Whether anything at all was handed in for one of the exercises, or, with `answers`, for the checklist.
///
/// # Errors
/// [`Error::Usage`] if `folder` is no folder.
pub fn anything_handed_in(folder: &Path, entries: &[&Entry], answers: bool) -> Result<bool, Error> {
    let exercises = entries
        .iter()
        .map(|entry| (entry.id.as_str(), &entry.exercise));
    let submission = intake::read(folder, exercises)?;
    let answered = submission.answers.is_some() || !submission.answer_findings.is_empty();
    Ok(answers && answered
        || submission.exercises.values().any(|handed| {
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
        again: Vec::new(),
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
