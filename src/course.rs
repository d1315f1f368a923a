//! Courses and exercises: what an author writes, read and checked.
//!
//! The main types are [`Course`], which reads a folder or the built-in course, and [`spec::Exercise`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diagnostic::{Fault, Finding, Place, Severity};
use crate::error::Error;
use crate::intake::bounded::Unreadable;

pub mod answers;
pub mod checklist;
mod files;
pub mod grading_policy;
pub mod interface;
pub mod limits;
pub mod load;
pub mod outline;
pub mod seal;
pub mod spec;
pub mod stray;
pub mod units;

use checklist::Checklist;
use files::Files;
use outline::Outline;
use spec::Exercise;

/// Longest id of an exercise or a question.
pub(crate) const MAX_ID: usize = 60;

/// Most exercises of a course, and most known-right and known-wrong submissions of an exercise.
const MAX_ENTRIES: usize = 500;

/// A course, read and found valid.
#[derive(Debug, Clone)]
pub struct Course {
    /// What `course.toml` says; `None` where there is no such file, and the exercises stand in the order of their ids.
    pub outline: Option<Outline>,
    /// `course.toml` itself, for findings about it.
    pub outline_file: Option<SourceFile>,
    /// The exercises in the course's order.
    pub exercises: Vec<Entry>,
    /// The checklist, if the course has one.
    pub checklist: Option<Checklist>,
    /// The programs of the checklist's predictions, by the name that the checklist gives them.
    pub programs: BTreeMap<String, SourceFile>,
    /// `solutions/answers.toml`, if the course has it.
    pub answers: Option<SourceFile>,
    /// What is doubtful about the course: findings that are no errors.
    pub warnings: Vec<Finding>,
    files: Files,
}

/// An exercise with the files that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The name of its folder.
    pub id: String,
    /// Its spec.
    pub exercise: Exercise,
    /// The spec's path and text, for findings about it.
    pub spec: SourceFile,
    /// The program that calls the learner's code, where the exercise has one.
    pub harness: Option<Harness>,
    /// What a learner begins with: the text of each of `source.files` that is there, by that name.
    pub starter: BTreeMap<String, String>,
    /// The lesson's page, if there is one.
    pub lesson: Option<SourceFile>,
    /// The program that measures the lesson's figures, if there is one.
    pub figures: Option<SourceFile>,
    /// The model solution, as `starter`; empty where the course has none (a student's bundle, for one).
    pub solution: BTreeMap<String, String>,
    /// Submissions that are known to be right, beside the solution, by name; none in the built-in course.
    pub right: Vec<SourceFile>,
    /// Submissions that are known to be wrong, by name; none in the built-in course.
    pub wrong: Vec<SourceFile>,
}

/// The files of an exercise's harness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Harness {
    /// The program.
    pub program: SourceFile,
    /// What the learner's code and the harness share.
    pub given: Option<SourceFile>,
}

/// A text file of a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path, relative to the course, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Course {
    /// Reads the course in `folder`. All that is wrong in all its files comes back at once as [`Error::Author`].
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let is_course = folder.join("course.toml").exists() || folder.join("exercises").is_dir();
        if !is_course {
            return Err(Error::usage(
                format!("{} is not a course", folder.display()),
                "a course has a course.toml or a folder exercises/; name it with --course DIR",
            ));
        }
        Self::read(Files::Folder(folder.to_owned()))
    }

    /// The course that comes with memgrade.
    pub fn embedded() -> Result<Self, Error> {
        Self::read(Files::embedded()).map_err(|error| match error {
            Error::Author { findings } => Error::Bug(format!(
                "the built-in course is not valid: {}",
                findings.first().map_or("no findings", |f| &f.message)
            )),
            other => other,
        })
    }

    fn read(files: Files) -> Result<Self, Error> {
        Reader {
            files,
            findings: Vec::new(),
        }
        .course()
    }

    /// The exercise with this id.
    pub fn exercise(&self, id: &str) -> Option<&Entry> {
        self.exercises.iter().find(|entry| entry.id == id)
    }

    /// The id that looks most like `written`, for "did you mean".
    pub fn nearest(&self, written: &str) -> Option<&str> {
        let ids = self.exercises.iter().map(|entry| entry.id.as_str());
        load::document::nearest(written, ids)
    }

    /// The course's name.
    pub fn title(&self) -> &str {
        self.outline.as_ref().map_or("exercises", |o| &o.title)
    }

    /// Whether an exercise is for whoever has time left.
    pub fn is_extra(&self, id: &str) -> bool {
        let outline = self.outline.as_ref();
        outline.is_some_and(|outline| outline.extra.iter().any(|extra| extra == id))
    }

    /// Minutes of all the exercises that say how long they take, and are not extra.
    pub fn exercise_minutes(&self) -> u32 {
        let counted = self.exercises.iter().filter(|e| !self.is_extra(&e.id));
        let minutes = counted.filter_map(|e| e.exercise.minutes);
        minutes.fold(0, u32::saturating_add)
    }

    /// The folder that it was read from; `None` for the built-in course.
    pub fn folder(&self) -> Option<&Path> {
        self.files.folder()
    }
}

/// Ids become file names, keys and arguments, so they keep to letters that mean nothing anywhere.
pub(crate) fn check_id(id: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if id.is_empty() {
        Err("an id cannot be empty".to_owned())
    } else if id.len() > MAX_ID {
        Err(format!("an id cannot be longer than {MAX_ID} characters"))
    } else if !id.chars().all(plain) || id.starts_with('-') {
        Err(format!(
            "the id `{}` may only hold `a` to `z`, `0` to `9`, `_` and `-`, and not begin with `-`",
            load::document::shown(id)
        ))
    } else {
        Ok(())
    }
}

/// Reads a course, collecting findings on the way.
struct Reader {
    files: Files,
    findings: Vec<Finding>,
}

impl Reader {
    fn course(mut self) -> Result<Course, Error> {
        let outline_text = self.text("course.toml");
        let outline = outline_text.as_ref().and_then(|file| {
            let (outline, findings) = load::parse_course(&file.path, &file.text);
            self.findings.extend(findings);
            outline
        });
        let ids = match (&outline, outline_text.is_some()) {
            (Some(outline), _) => outline.exercises.clone(),
            (None, true) => Vec::new(),
            (None, false) => self.found_ids(),
        };
        let mut exercises = Vec::new();
        let mut known = load::Known::new();
        for id in ids.into_iter().take(MAX_ENTRIES) {
            let entry = self.entry(&id, outline_text.as_ref());
            known.insert(id, entry.as_ref().map(|entry| check_names(&entry.exercise)));
            exercises.extend(entry);
        }
        let mut programs = BTreeMap::new();
        let checklist = self.text("exercises/checklist.toml").and_then(|file| {
            // Where it is not known which exercises there are, none is missing.
            let (checklist, findings) = if outline.is_some() || outline_text.is_none() {
                load::checklist_of(&file.path, &file.text, &known)
            } else {
                load::parse_checklist(&file.path, &file.text)
            };
            self.findings.extend(findings);
            if let Some(checklist) = &checklist {
                programs = self.programs(checklist, &file);
            }
            checklist
        });
        let answers = self.text("solutions/answers.toml");
        let is_error = |f: &Finding| f.severity == Severity::Error;
        if self.findings.iter().any(is_error) {
            return Err(Error::Author {
                findings: self.findings,
            });
        }
        if exercises.is_empty() {
            return Err(Error::usage(
                "the course has no exercise",
                "memgrade new EXERCISE makes one",
            ));
        }
        Ok(Course {
            outline,
            outline_file: outline_text,
            exercises,
            checklist,
            programs,
            answers,
            warnings: self.findings,
            files: self.files,
        })
    }

    /// Ids of the folders under `exercises/` that hold a spec.
    fn found_ids(&self) -> Vec<String> {
        let has_spec = |id: &String| {
            let spec = self.files.read(&format!("exercises/{id}/exercise.toml"));
            !matches!(spec, Err(Unreadable::Missing))
        };
        let mut ids = self.files.names("exercises");
        ids.retain(|id| check_id(id).is_ok() && has_spec(id));
        ids
    }

    fn entry(&mut self, id: &str, outline: Option<&SourceFile>) -> Option<Entry> {
        let folder = format!("exercises/{id}");
        let Some(spec) = self.text(&format!("{folder}/exercise.toml")) else {
            self.missing_spec(id, outline);
            return None;
        };
        let (exercise, findings) = load::parse_exercise(&spec.path, &spec.text);
        self.findings.extend(findings);
        let exercise = exercise?;
        let harness = self.harness(&folder, &exercise, &spec);
        let starter = self.sources(&folder, &exercise);
        if starter.is_empty() {
            let root = exercise.source.root();
            self.findings.push(
                Finding::new(
                    "spec/missing-file",
                    Severity::Warning,
                    Fault::Author,
                    format!("there is no starter {folder}/{root} for learners to begin with"),
                )
                .at(
                    Place::line(spec.path.clone(), 1),
                    "belongs to this exercise",
                ),
            );
        }
        let lesson = self.text(&format!("{folder}/{}", exercise.lesson));
        if lesson.is_none() {
            self.findings.push(
                Finding::new(
                    "spec/missing-file",
                    Severity::Warning,
                    Fault::Author,
                    format!("there is no lesson {folder}/{}", exercise.lesson),
                )
                .at(
                    Place::line(spec.path.clone(), 1),
                    "belongs to this exercise",
                ),
            );
        }
        let figures = self.figures(&folder, &exercise);
        let solution = self.sources(&format!("solutions/{id}"), &exercise);
        let right = self.submissions("right", id);
        let wrong = self.submissions("wrong", id);
        Some(Entry {
            id: id.to_owned(),
            exercise,
            spec,
            harness,
            starter,
            lesson,
            figures,
            solution,
            right,
            wrong,
        })
    }

    fn missing_spec(&mut self, id: &str, outline: Option<&SourceFile>) {
        let path = format!("exercises/{id}/exercise.toml");
        // An unreadable file has its own finding.
        if self.findings.iter().any(|f| place_is(f, &path)) {
            return;
        }
        let message = format!("there is no {path}");
        let mut finding =
            Finding::new("spec/missing-file", Severity::Error, Fault::Author, message);
        if let Some(outline) = outline {
            let quoted = format!("\"{id}\"");
            let line = outline.text.lines().position(|line| line.contains(&quoted));
            let line = line.map_or(1, |index| u32::try_from(index + 1).unwrap_or(1));
            finding = finding.at(Place::line(outline.path.clone(), line), "listed here");
        }
        let names = self.files.names("exercises");
        if let Some(near) = load::document::nearest(id, names.iter().map(String::as_str)) {
            finding = finding.help(format!("there is a folder exercises/{near}"));
        }
        self.findings.push(finding);
    }

    /// The text of each of the exercise's source files that is in `folder`.
    fn sources(&mut self, folder: &str, exercise: &Exercise) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for name in &exercise.source.files {
            if let Some(file) = self.text(&format!("{folder}/{name}")) {
                found.insert(name.clone(), file.text);
            }
        }
        found
    }

    /// The program beside the lesson that measures its figures: never a file that is something else already.
    fn figures(&mut self, folder: &str, exercise: &Exercise) -> Option<SourceFile> {
        let name = &exercise.figures;
        let harness = exercise.harness.iter();
        let of_harness = harness.flat_map(|h| [Some(&h.file), h.given.as_ref()]);
        let taken = of_harness.flatten().chain(&exercise.source.files);
        if taken.into_iter().any(|other| other == name) {
            return None;
        }
        self.text(&format!("{folder}/{name}"))
    }

    fn harness(&mut self, folder: &str, exercise: &Exercise, spec: &SourceFile) -> Option<Harness> {
        let wanted = exercise.harness.as_ref()?;
        let program = self.program_of_harness(folder, &wanted.file, spec);
        let given = wanted.given.as_ref();
        let given = given.map(|file| self.part_of_harness(folder, file, spec));
        if let Some(program) = &program
            && interface::names_everything(&program.text)
        {
            let message = "the harness brings in everything of the learner's code by `submission::*`, so a learner's item could take \
                           the place of one of its own";
            let finding = Finding::new("spec/harness", Severity::Error, Fault::Author, message);
            let line = program
                .text
                .lines()
                .position(|line| line.contains("submission::"));
            let line = line.map_or(1, |index| u32::try_from(index + 1).unwrap_or(1));
            self.findings.push(
                finding
                    .at(Place::line(program.path.clone(), line), "everything")
                    .help("name what it uses: `use submission::{Cache, …};`"),
            );
        }
        Some(Harness {
            program: program?,
            given: match given {
                None => None,
                Some(given) => Some(given?),
            },
        })
    }

    /// The programs of a checklist's predictions.
    fn programs(
        &mut self,
        checklist: &Checklist,
        spec: &SourceFile,
    ) -> BTreeMap<String, SourceFile> {
        let mut programs = BTreeMap::new();
        for (_, predict) in checklist.predictions() {
            let name = &predict.program;
            if !programs.contains_key(name)
                && let Some(file) = self.named_file("exercises", name, "a prediction", spec)
            {
                programs.insert(name.clone(), file);
            }
        }
        programs
    }

    /// The program of a harness: a student's bundle has it in sealed form only.
    fn program_of_harness(
        &mut self,
        folder: &str,
        file: &str,
        spec: &SourceFile,
    ) -> Option<SourceFile> {
        let path = format!("{folder}/{file}");
        let open = !matches!(self.files.read(&path), Err(Unreadable::Missing));
        let sealed = (!open).then(|| self.text(&format!("{path}{}", seal::EXTENSION)));
        let Some(sealed) = sealed.flatten() else {
            return self.part_of_harness(folder, file, spec);
        };
        let id = folder.rsplit('/').next().unwrap_or(folder);
        let opened = seal::open(&seal::harness_name(id), &sealed.text);
        if opened.is_none() {
            let message = format!("the sealed harness {} cannot be opened", sealed.path);
            let finding = Finding::new("spec/sealed", Severity::Error, Fault::Author, message);
            let help =
                "get the course again; a sealed file belongs to one exercise and cannot be edited";
            let place = Place::line(sealed.path, 1);
            self.findings
                .push(finding.at(place, "this file").help(help));
        }
        Some(SourceFile {
            path,
            text: opened?,
        })
    }

    fn part_of_harness(
        &mut self,
        folder: &str,
        file: &str,
        spec: &SourceFile,
    ) -> Option<SourceFile> {
        self.named_file(folder, file, "the harness of this exercise", spec)
    }

    /// A file that `spec` names and that must be there, for the sake of `user`.
    fn named_file(
        &mut self,
        folder: &str,
        file: &str,
        user: &str,
        spec: &SourceFile,
    ) -> Option<SourceFile> {
        let path = format!("{folder}/{file}");
        let found = self.text(&path);
        // One that cannot be read has its own finding.
        if found.is_none() && !self.findings.iter().any(|f| place_is(f, &path)) {
            let quoted = format!("\"{file}\"");
            let line = spec.text.lines().position(|line| line.contains(&quoted));
            let line = line.map_or(1, |index| u32::try_from(index + 1).unwrap_or(1));
            let message = format!("there is no {path}, which {user} needs");
            self.findings.push(
                Finding::new("spec/missing-file", Severity::Error, Fault::Author, message)
                    .at(Place::line(spec.path.clone(), line), "named here"),
            );
        }
        found
    }

    /// Submissions of which the author knows what they are: `right` or `wrong`.
    fn submissions(&mut self, kind: &str, id: &str) -> Vec<SourceFile> {
        let folder = format!("tests/{kind}/{id}");
        let mut names = self.files.names(&folder);
        names.retain(|name| Path::new(name).extension().is_some_and(|e| e == "rs"));
        names.truncate(MAX_ENTRIES);
        names
            .iter()
            .filter_map(|name| self.text(&format!("{folder}/{name}")))
            .collect()
    }

    /// A file's text; `None` with a finding if it is there and cannot be read, without one if it is not there.
    fn text(&mut self, path: &str) -> Option<SourceFile> {
        let (code, message) = match self.files.read(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => {
                    return Some(SourceFile {
                        path: path.to_owned(),
                        text,
                    });
                }
                Err(_) => ("spec/not-utf8", format!("{path} is not UTF-8 text")),
            },
            Err(Unreadable::Missing) => return None,
            Err(Unreadable::NotRegular(kind)) => (
                "spec/unreadable",
                format!("{path} is {kind}, not a regular file"),
            ),
            Err(Unreadable::TooLarge) => {
                ("spec/too-large", format!("{path} is larger than 1.0 MiB"))
            }
            Err(Unreadable::Io(error)) => {
                ("spec/unreadable", format!("{path} cannot be read: {error}"))
            }
        };
        let finding = Finding::new(code, Severity::Error, Fault::Author, message);
        self.findings
            .push(finding.at(Place::line(path, 1), "this file"));
        None
    }
}

fn place_is(finding: &Finding, path: &str) -> bool {
    finding
        .primary
        .as_ref()
        .is_some_and(|label| label.place.file == path)
}

/// Every check of an exercise as `case/check`; the case of those that compare cases is empty.
fn check_names(exercise: &Exercise) -> BTreeSet<String> {
    let of_cases = exercise.cases.iter().flat_map(|case| {
        let name = |check: &spec::Check| format!("{}/{}", case.name, check.name);
        case.checks.iter().map(name)
    });
    let comparing = exercise
        .checks
        .iter()
        .map(|check| format!("/{}", check.name));
    of_cases.chain(comparing).collect()
}

#[cfg(test)]
mod tests;
