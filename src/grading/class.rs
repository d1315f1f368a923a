//! Grading a class: what is not known yet is built and run, each program once, whoever handed it in; the rest comes from the
//! gradebook.
//!
//! The main type is [`Hands`], what all submissions hold, without their texts. Its `run` does what is missing, and its `report` puts
//! together what is known of one submission.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::predictions::{self, Prediction};
use super::{Filter, prepared};
use crate::course::answers::{self, Answers};
use crate::course::checklist::Checklist;
use crate::course::{Course, Entry};
use crate::error::Error;
use crate::gradebook::free_text::{self, Texts};
use crate::gradebook::{Book, Judgment, Known};
use crate::intake::{self, Handed};
use crate::judge::{self, Answered, Facts, Given, Report};
use crate::report::Sources;
use crate::run::{self, Event, Means, Runner, Work};

/// Goes into every key; counts up when the judge says something else of the same runs.
const FORM: &str = "memgrade judgment 1";

/// One attempt of a student's.
#[derive(Debug, Clone, Copy)]
pub struct Submission<'a> {
    /// The student's id.
    pub student: &'a str,
    /// Where the files are; `None` where nothing was handed in, or nothing of it could be read.
    pub folder: Option<&'a Path>,
}

/// What one submission holds.
#[derive(Debug, Default)]
struct Hand {
    /// The key of each exercise's judgment, in the course's order.
    keys: Vec<String>,
    /// Whether there is anything of each exercise.
    handed: Vec<bool>,
    /// The hash of the answers' text and of what is wrong with it; empty where the checklist is not asked.
    answers: String,
    /// What a teacher marks.
    texts: Texts,
}

/// A course as it is graded: with what goes into the keys.
#[derive(Debug)]
struct Spec<'a> {
    entry: &'a Entry,
    /// As JSON.
    text: String,
    /// The hash of all that a judgment depends on but the program.
    hash: blake3::Hash,
}

/// What all submissions of a class hold.
#[derive(Debug)]
pub struct Hands<'a> {
    course: &'a Course,
    specs: Vec<Spec<'a>>,
    submissions: &'a [Submission<'a>],
    read: Vec<Hand>,
    identity: String,
    /// A hash of the checklist and the programs that it runs.
    checklist: String,
}

/// What a class is graded with.
#[derive(Clone, Copy)]
pub struct With<'a> {
    /// Where judgments are kept.
    pub book: &'a Book,
    /// The grading that they are made for.
    pub grading: i64,
    /// What builds and runs.
    pub runner: &'a dyn Runner,
    /// Workers, memory, and what was run before.
    pub means: Means<'a>,
}

/// A piece of work of a class.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// An exercise, of the first submission that has it.
    Exercise { submission: usize, exercise: usize },
    /// A program whose figures somebody predicts.
    Prediction { index: usize },
}

/// What there is to do.
#[derive(Debug, Default)]
pub struct ToDo<'a> {
    parts: Vec<Part>,
    predictions: Vec<(usize, Prediction<'a>)>,
    /// The cases to run again of each part of the work, by the part's place.
    again: BTreeMap<usize, Vec<String>>,
    /// The submissions that wait for each part of the work, by the part's place.
    waiting: Vec<Vec<usize>>,
    /// How many programs are to be built and judged, each counted once.
    pub programs: usize,
    /// How many more are the same as one of these.
    pub shared: usize,
}

impl ToDo<'_> {
    /// Whether nothing is to be built or run.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The submissions that wait for each part of the work.
    pub fn waiting(&self) -> &[Vec<usize>] {
        &self.waiting
    }
}

impl<'a> Hands<'a> {
    /// Reads all submissions, with as many threads as there are jobs.
    ///
    /// # Errors
    /// [`Error::Bug`]; what is wrong with a submission is told by its judgment.
    pub fn read(
        course: &'a Course,
        submissions: &'a [Submission<'a>],
        runner: &dyn Runner,
        jobs: NonZeroUsize,
    ) -> Result<Self, Error> {
        let identity = runner.identity();
        let specs: Result<Vec<Spec<'a>>, Error> = course
            .exercises
            .iter()
            .map(|entry| spec(entry, &identity))
            .collect();
        let mut hands = Self {
            course,
            specs: specs?,
            submissions,
            read: Vec::new(),
            checklist: checklist_hash(course)?,
            identity,
        };
        let (next, read) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
        std::thread::scope(|scope| {
            for _ in 0..jobs.get().min(submissions.len()) {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(submission) = submissions.get(index) else {
                            return;
                        };
                        let hand = hands.hand(submission);
                        let mut read = read.lock().unwrap_or_else(PoisonError::into_inner);
                        read.insert(index, hand);
                    }
                });
            }
        });
        let read = read.into_inner().unwrap_or_else(PoisonError::into_inner);
        hands.read = read.into_values().collect::<Result<_, _>>()?;
        Ok(hands)
    }

    fn hand(&self, submission: &Submission<'_>) -> Result<Hand, Error> {
        let exercises = self
            .specs
            .iter()
            .map(|spec| (spec.entry.id.as_str(), &spec.entry.exercise));
        let read = submission
            .folder
            .map(|folder| intake::read(folder, exercises));
        // A folder that has gone meanwhile was not handed in.
        let read = read.and_then(Result::ok).unwrap_or_default();
        let mut keys = Vec::new();
        let mut handed_in = Vec::new();
        for spec in &self.specs {
            let nothing = || intake::nothing(&spec.entry.id, &spec.entry.exercise);
            let handed = read.exercises.get(&spec.entry.id);
            let handed = handed.cloned().unwrap_or_else(nothing);
            keys.push(spec.key(&content(&handed)?));
            handed_in.push(!handed.files.is_empty());
        }
        let answers = if self.course.checklist.is_some() {
            let findings = json(&read.answer_findings)?;
            hash(&[read.answers.as_deref().unwrap_or_default(), &findings])
        } else {
            String::new()
        };
        Ok(Hand {
            keys,
            handed: handed_in,
            answers,
            texts: self.texts_in(read.answers.as_deref()),
        })
    }

    fn texts_in(&self, answers: Option<&str>) -> Texts {
        let checklist = self.course.checklist.as_ref();
        let asks = |checklist: &&Checklist| checklist.items.iter().any(|item| item.text.is_some());
        let Some((checklist, text)) = checklist.filter(asks).zip(answers) else {
            return Texts::new();
        };
        let (answers, _) = answers::parse_answers(intake::ANSWERS, text, checklist);
        free_text::texts_of(&answers)
    }

    /// The free texts that a submission holds.
    pub fn texts(&self, submission: usize) -> &Texts {
        &self.read[submission].texts
    }

    /// The key of each exercise's judgment, with the exercise's id.
    pub fn keys(&self, submission: usize) -> impl Iterator<Item = (&str, &str)> {
        let keys = self.read[submission].keys.iter();
        let ids = self.specs.iter().map(|spec| spec.entry.id.as_str());
        ids.zip(keys.map(String::as_str))
    }

    /// Who builds, runs and measures.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// A hash of all that the report of a submission depends on, besides what a teacher gives by hand; `None` while something of it
    /// is not judged.
    pub fn state(&self, submission: usize, known: &BTreeMap<String, Known>) -> Option<String> {
        let hand = &self.read[submission];
        let mut parts = vec![
            self.checklist.clone(),
            hand.answers.clone(),
            self.identity.clone(),
        ];
        for key in &hand.keys {
            let known = known.get(key)?;
            parts.push(key.clone());
            // One that was made again may say something else.
            parts.push(known.grading.to_string());
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Some(hash(&parts))
    }

    /// What there is to do: what nobody knows yet, what this machine could not measure before, and what `again` names.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn missing(
        &self,
        known: &BTreeMap<String, Known>,
        again: &Filter,
        settled: &dyn Fn(usize) -> bool,
    ) -> Result<ToDo<'a>, Error> {
        let mut to_do = ToDo::default();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (submission, hand) in self.read.iter().enumerate() {
            let student = self.submissions[submission].student;
            for (exercise, key) in hand.keys.iter().enumerate() {
                let entry = self.specs[exercise].entry;
                let cases = again.cases(student, entry);
                let missing = known.get(key).is_none_or(|known| known.provisional);
                if !missing && cases.is_empty() {
                    continue;
                }
                let place = *places.entry(key).or_insert_with(|| {
                    to_do.parts.push(Part::Exercise {
                        submission,
                        exercise,
                    });
                    to_do.waiting.push(Vec::new());
                    to_do.parts.len() - 1
                });
                let another = hand.handed[exercise] && !to_do.waiting[place].is_empty();
                to_do.shared += usize::from(another);
                to_do.programs += usize::from(hand.handed[exercise] && !another);
                to_do.waiting[place].push(submission);
                // Two who have the same program may each be named for another case of it.
                to_do.again.entry(place).or_default().extend(cases);
            }
        }
        let mut asked = BTreeSet::new();
        for (index, submission) in self.submissions.iter().enumerate() {
            if settled(index) {
                continue;
            }
            let Some(answers) = self.answers(submission)? else {
                continue;
            };
            for prediction in Prediction::all(self.course, &answers.answers) {
                if asked.insert(prediction.given()) {
                    let place = to_do.predictions.len();
                    to_do.parts.push(Part::Prediction { index: place });
                    to_do.waiting.push(vec![index]);
                    to_do.predictions.push((index, prediction));
                }
            }
        }
        Ok(to_do)
    }

    fn answers(&self, submission: &Submission<'_>) -> Result<Option<predictions::Read>, Error> {
        match submission.folder.filter(|folder| folder.is_dir()) {
            Some(folder) => predictions::read(self.course, folder),
            None if self.course.checklist.is_some() => Ok(Some(predictions::Read::default())),
            None => Ok(None),
        }
    }

    /// A name for each part of the work, and the submission that it belongs to.
    pub fn names<'n>(&'n self, to_do: &'n ToDo<'_>) -> impl Iterator<Item = (usize, &'n str)> {
        to_do.parts.iter().map(|part| match *part {
            Part::Exercise {
                submission,
                exercise,
            } => (submission, self.specs[exercise].entry.id.as_str()),
            Part::Prediction { index } => {
                let (submission, prediction) = &to_do.predictions[index];
                (*submission, prediction.item)
            }
        })
    }

    /// Does what there is to do, and keeps each judgment in the gradebook as soon as it is made.
    ///
    /// # Errors
    /// [`Error::Interrupted`] after Ctrl-C, and what keeps the gradebook from being written; what was kept until then stays.
    pub fn run(
        &self,
        to_do: &ToDo<'_>,
        with: &With<'_>,
        known: &mut BTreeMap<String, Known>,
        progress: &mut dyn FnMut(&Event),
    ) -> Result<(), Error> {
        let mut works = Vec::new();
        for (place, part) in to_do.parts.iter().enumerate() {
            let work = match *part {
                Part::Exercise {
                    submission,
                    exercise,
                } => self.work(submission, exercise),
                Part::Prediction { index } => to_do.predictions[index].1.work(),
            };
            works.push(Work {
                again: to_do.again.get(&place).cloned().unwrap_or_default(),
                ..work
            });
        }
        let mut result = Ok(());
        run::execute(works, with.runner, with.means, &mut |event| {
            progress(&event);
            let Event::Finished {
                work,
                facts,
                places,
            } = event
            else {
                return;
            };
            // Runs of predictions are remembered, and that is all.
            if let Part::Exercise {
                submission,
                exercise,
            } = to_do.parts[work]
                && result.is_ok()
            {
                let judgment = self.judgment(submission, exercise, &facts, places);
                result = with
                    .book
                    .keep_judgment(&judgment, with.grading)
                    .map(|kept| {
                        known.insert(judgment.key, kept);
                    });
            }
        })?;
        result
    }

    fn work(&self, submission: usize, exercise: usize) -> Work<'_> {
        let entry = self.specs[exercise].entry;
        match self.submissions[submission].folder {
            Some(folder) => super::work(folder, entry),
            None => Work {
                exercise: &entry.exercise,
                prepare: Box::new(move || {
                    Ok(prepared(entry, intake::nothing(&entry.id, &entry.exercise)))
                }),
                again: Vec::new(),
            },
        }
    }

    fn judgment(
        &self,
        submission: usize,
        exercise: usize,
        facts: &Facts,
        places: BTreeMap<String, run::memory::Place>,
    ) -> Judgment {
        let spec = &self.specs[exercise];
        let report = judge::judge(&spec.entry.id, &spec.entry.exercise, facts);
        Judgment {
            key: self.read[submission].keys[exercise].clone(),
            content: hash_of(&facts.sources),
            spec: spec.text.clone(),
            identity: self.identity.clone(),
            report,
            places,
            sources: facts.sources.clone(),
            provisional: !facts.unmeasurable.is_empty(),
        }
    }

    /// What is known of a submission, with the text of its answers. `None` while something of it is not judged.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Interrupted`].
    pub fn report(
        &self,
        submission: usize,
        book: &Book,
        runner: &dyn Runner,
        given: &dyn Fn(&Answers) -> BTreeMap<String, Given>,
    ) -> Result<Option<(Report, Sources)>, Error> {
        let answers = self.answers(&self.submissions[submission])?;
        let mut exercises = Vec::new();
        for key in &self.read[submission].keys {
            // A drawing of memory stands beside what the run showed.
            match book.report_of(key, answers.is_some())? {
                Some(report) => exercises.push(report),
                None => return Ok(None),
            }
        }
        let mut sources = Sources::new();
        let checklist = match (&self.course.checklist, answers) {
            (Some(checklist), Some(read)) => {
                let predictions = Prediction::all(self.course, &read.answers);
                let mut predicted = BTreeMap::new();
                if !predictions.is_empty() {
                    let means = Means {
                        memory: book,
                        ..Means::workers(NonZeroUsize::MIN)
                    };
                    let works = predictions.iter().map(Prediction::work).collect();
                    run::execute(works, runner, means, &mut |event| {
                        if let Event::Finished { work, facts, .. } = event {
                            predicted.insert(predictions[work].item.to_owned(), *facts);
                        }
                    })?;
                }
                let answered = Answered {
                    checklist,
                    answers: &read.answers,
                    exercises: &exercises,
                    predictions: &predicted,
                    given: &given(&read.answers),
                };
                let report = judge::judge_checklist(answered, read.findings.clone());
                sources.insert(intake::ANSWERS.to_owned(), read.text);
                Some(report)
            }
            _ => None,
        };
        for case in exercises
            .iter_mut()
            .flat_map(|exercise| &mut exercise.cases)
        {
            case.run = None;
        }
        Ok(Some((judge::total(exercises, checklist), sources)))
    }
}

impl Spec<'_> {
    fn key(&self, content: &str) -> String {
        hash(&[self.hash.to_hex().as_str(), content])
    }
}

fn spec<'a>(entry: &'a Entry, identity: &str) -> Result<Spec<'a>, Error> {
    let bug = |error: serde_json::Error| Error::Bug(format!("a spec as JSON: {error}"));
    let text = serde_json::to_string_pretty(&entry.exercise).map_err(bug)?;
    let harness = entry.harness.as_ref();
    let program = harness.map_or("", |harness| &harness.program.text);
    let given = harness.and_then(|harness| harness.given.as_ref());
    let given = given.map_or("", |file| &file.text);
    let parts = [FORM, identity, &entry.id, &text, program, given];
    let mut hasher = blake3::Hasher::new();
    update(&mut hasher, &parts);
    Ok(Spec {
        entry,
        text,
        hash: hasher.finalize(),
    })
}

/// A hash of the questions, and of the programs that they run.
fn checklist_hash(course: &Course) -> Result<String, Error> {
    let Some(checklist) = &course.checklist else {
        return Ok(String::new());
    };
    let text = json(checklist)?;
    let programs = course.programs.values();
    let programs = programs.flat_map(|file| [file.path.as_str(), file.text.as_str()]);
    let parts: Vec<&str> = [text.as_str()].into_iter().chain(programs).collect();
    Ok(hash(&parts))
}

/// A hash of what was handed in for an exercise: its files, and what is wrong with it.
fn content(handed: &Handed) -> Result<String, Error> {
    let findings = json(&handed.findings)?;
    let root = handed.root.as_deref().unwrap_or_default();
    let files = handed
        .files
        .iter()
        .flat_map(|(path, text)| [path.as_str(), text.as_str()]);
    let parts: Vec<&str> = [findings.as_str(), root].into_iter().chain(files).collect();
    Ok(hash(&parts))
}

/// A hash of the files of a program.
pub(super) fn hash_of(files: &Sources) -> String {
    let texts: Vec<&str> = files
        .iter()
        .flat_map(|(path, text)| [path.as_str(), text.as_str()])
        .collect();
    hash(&texts)
}

fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Bug(format!("JSON: {error}")))
}

fn hash(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    update(&mut hasher, parts);
    hasher.finalize().to_hex().to_string()
}

/// Each part with its length before it, so that no two lists of parts are the same bytes.
fn update(hasher: &mut blake3::Hasher, parts: &[&str]) {
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
}
