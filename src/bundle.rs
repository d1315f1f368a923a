//! A student's bundle: a course with all that students need, and without what would give the answers away.
//!
//! The main functions are [`plan`], which makes the files of a bundle, and [`Bundle::write`], which puts them into a folder. Specs and
//! checklists are written anew from what was read of them: so no comment, and nothing that this file forgets, can come along. Hidden
//! cases and hidden checks are not in it at all. Harnesses and right answers have to be, and are sealed (see
//! [`crate::course::seal`]), which hides them from a glance and from a search, and from nobody who wants to know.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;
use toml::{Table, Value};

use crate::course::checklist::Checklist;
use crate::course::outline::Outline;
use crate::course::spec::{Check, Exercise, FORMAT_VERSION, RatioExpectation, Starter, Withheld};
use crate::course::{Course, Entry, load, seal};
use crate::diagnostic::Finding;
use crate::error::Error;
use crate::verify::lesson::linked_files;

mod write;

pub use write::MANIFEST;

/// The files of a bundle, and what is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Bytes by path, relative to the bundle's folder and with `/`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What every exercise lost, in the course's order.
    pub exercises: Vec<LeftOut>,
    /// Questions of the checklist whose right answers are sealed.
    pub sealed_answers: usize,
}

/// What a bundle does not have of an exercise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// The exercise.
    pub id: String,
    /// Files of it in the bundle.
    pub files: usize,
    /// Hidden cases.
    pub cases: usize,
    /// Checks, those of hidden cases among them, and their points.
    pub checks: Withheld,
    /// Files of the solution.
    pub solution: usize,
    /// Known-wrong submissions.
    pub wrong: usize,
    /// Whether its harness is in the bundle in sealed form only.
    pub sealed_harness: bool,
}

/// The bundle of a course.
///
/// # Errors
/// [`Error::Bug`] if something cannot be written in a form that reads back as the same.
pub fn plan(course: &Course) -> Result<Bundle, Error> {
    let mut bundle = Bundle {
        files: BTreeMap::new(),
        exercises: Vec::new(),
        sealed_answers: 0,
    };
    let outline = course.outline.clone().unwrap_or_else(|| Outline {
        format_version: FORMAT_VERSION,
        title: course.title().to_owned(),
        day: None,
        minutes: None,
        objectives: Vec::new(),
        exercises: course.exercises.iter().map(|e| e.id.clone()).collect(),
        extra: Vec::new(),
        previous: None,
        prerequisites: Vec::new(),
        next: None,
        outlook: Vec::new(),
        grading: None,
    });
    let text = as_toml(&outline, "course.toml", load::parse_course)?;
    bundle.add("course.toml", text);
    let mut gone = BTreeSet::new();
    for entry in &course.exercises {
        bundle.exercise(entry, &mut gone)?;
    }
    if let Some(checklist) = &course.checklist {
        bundle.checklist(checklist, &gone)?;
    }
    bundle.pictures(course);
    for left in &mut bundle.exercises {
        let inside = format!("exercises/{}/", left.id);
        let own = bundle.files.keys().filter(|path| path.starts_with(&inside));
        left.files = own.count();
    }
    for program in course.programs.values() {
        bundle.add(&program.path, program.text.clone());
    }
    bundle.add("README.md", readme(course, &bundle));
    Ok(bundle)
}

impl Bundle {
    fn add(&mut self, path: &str, text: impl Into<Vec<u8>>) {
        self.files.insert(path.to_owned(), text.into());
    }

    /// All that students get of an exercise. Names of checks that they do not get go into `gone`, as evidence names them.
    fn exercise(&mut self, entry: &Entry, gone: &mut BTreeSet<String>) -> Result<(), Error> {
        let id = &entry.id;
        let (exercise, left) = without_hidden(&entry.exercise);
        gone.extend(
            left.checks
                .iter()
                .map(|(case, check)| format!("{id}/{case}/{check}")),
        );
        gone.extend(left.cases.iter().map(|case| format!("{id}/{case}")));
        let path = format!("exercises/{id}/exercise.toml");
        let text = as_toml(&exercise, &path, load::parse_exercise)?;
        self.add(&path, text);
        for (name, text) in &entry.starter {
            self.add(&format!("exercises/{id}/{name}"), text.clone());
        }
        if let Some(harness) = &entry.harness {
            let program = &harness.program;
            let sealed = seal::seal_file(&seal::harness_name(id), &program.text);
            self.add(&format!("{}{}", program.path, seal::EXTENSION), sealed);
            if let Some(given) = &harness.given {
                self.add(&given.path, given.text.clone());
            }
        }
        for file in entry.lesson.iter().chain(&entry.figures) {
            self.add(&file.path, file.text.clone());
        }
        self.exercises.push(LeftOut {
            id: id.clone(),
            files: 0,
            cases: left.cases.len(),
            checks: left.withheld,
            solution: entry.solution.len(),
            wrong: entry.wrong.len(),
            sealed_harness: entry.harness.is_some(),
        });
        Ok(())
    }

    /// Pictures and the like that lessons link to, as far as they lie where students get things. What is written anew is never copied.
    fn pictures(&mut self, course: &Course) {
        let pages = course.exercises.iter().filter_map(|e| e.lesson.as_ref());
        for path in pages.flat_map(|page| linked_files(&page.path, &page.text)) {
            let name = path.rsplit('/').next().unwrap_or(&path);
            let is_file = course.is_file(&path) == Some(true) && course.is_given(&path);
            if is_file
                && name.rsplit_once('.').is_none_or(|(_, end)| end != "toml")
                && !self.files.contains_key(&path)
                && let Some(bytes) = course.bytes_of(&path)
            {
                self.add(&path, bytes);
            }
        }
    }

    /// The questions without what is right, and without evidence that nobody can give here.
    fn checklist(&mut self, checklist: &Checklist, gone: &BTreeSet<String>) -> Result<(), Error> {
        let mut sealed = checklist.sealed();
        for item in &mut sealed.items {
            let before = item.evidence.len();
            // Evidence for a check of no case can be written with or without the case's empty name.
            let is_gone = |name: &String| {
                let (exercise, rest) = name.split_once('/').unwrap_or((name, ""));
                gone.contains(name) || gone.contains(&format!("{exercise}//{rest}"))
            };
            item.evidence.retain(|name| !is_gone(name));
            let lost = u32::try_from(before - item.evidence.len()).unwrap_or(u32::MAX);
            let lost = item.withheld.unwrap_or(0).saturating_add(lost);
            item.withheld = (lost > 0).then_some(lost);
            if let Some(layout) = &mut item.layout {
                layout.measured = layout.measured.take().filter(|case| !gone.contains(case));
            }
        }
        let path = "exercises/checklist.toml";
        let text = toml::to_string_pretty(&sealed)
            .map_err(|error| Error::Bug(format!("{path} cannot be packed: {error}")))?;
        let (opened, findings) = load::parse_checklist(path, &text);
        if opened.is_none() {
            return Err(unreadable(path, &findings));
        }
        self.sealed_answers = sealed
            .items
            .iter()
            .filter(|item| item.predict.is_none())
            .count();
        self.add(path, text);
        Ok(())
    }
}

/// What was taken out of an exercise.
#[derive(Debug, Default)]
struct Gone {
    /// Names of cases.
    cases: BTreeSet<String>,
    /// Case and name of each check.
    checks: BTreeSet<(String, String)>,
    withheld: Withheld,
}

impl Gone {
    fn take(&mut self, case: &str, check: &Check) {
        self.checks.insert((case.to_owned(), check.name.clone()));
        self.withheld += Withheld {
            checks: 1,
            points: check.points.unwrap_or(1),
        };
    }

    /// Whether a check of `case` cannot be judged without what is gone.
    fn is_compared(&self, case: &str, check: &Check) -> bool {
        let sides = |ratio: &RatioExpectation| {
            let sides = [&ratio.numerator, &ratio.denominator];
            sides.map(|side| side.case.clone().unwrap_or_else(|| case.to_owned()))
        };
        let named = check.ratio.as_ref().map(sides).into_iter().flatten();
        named.into_iter().any(|name| self.cases.contains(&name))
    }
}

/// The exercise without hidden cases, hidden checks, and what only its author needs.
fn without_hidden(exercise: &Exercise) -> (Exercise, Gone) {
    let mut open = exercise.clone();
    let mut gone = Gone::default();
    for case in open.cases.iter().filter(|case| case.hidden) {
        gone.cases.insert(case.name.clone());
        for check in &case.checks {
            gone.take(&case.name, check);
        }
    }
    open.cases.retain(|case| !case.hidden);
    let hides = |gone: &mut Gone, case: &str, checks: &mut Vec<Check>| {
        checks.retain(|check| {
            let hidden = check.hidden || gone.is_compared(case, check);
            if hidden {
                gone.take(case, check);
            }
            !hidden
        });
    };
    for case in &mut open.cases {
        hides(&mut gone, &case.name, &mut case.checks);
    }
    hides(&mut gone, "", &mut open.checks);
    for case in &mut open.cases {
        forget(&gone, &case.name, &mut case.checks);
    }
    forget(&gone, "", &mut open.checks);
    open.starter = Starter::default();
    let mut withheld = open.withheld.unwrap_or_default();
    withheld += gone.withheld;
    open.withheld = (withheld.checks > 0).then_some(withheld);
    (open, gone)
}

/// Takes away needs of checks that are gone.
fn forget(gone: &Gone, case: &str, checks: &mut [Check]) {
    for check in checks {
        check.needs.retain(|need| {
            let of =
                |case: &str, name: &str| gone.checks.contains(&(case.to_owned(), name.to_owned()));
            let elsewhere = need
                .split_once('/')
                .is_some_and(|(case, name)| of(case, name));
            !(of(case, need) || of("", need) || elsewhere)
        });
    }
}

/// A value as TOML that reads back as the same.
fn as_toml<T: Serialize + PartialEq>(
    value: &T,
    path: &str,
    read: impl FnOnce(&str, &str) -> (Option<T>, Vec<Finding>),
) -> Result<String, Error> {
    let text = pruned(value)?;
    let (again, findings) = read(path, &text);
    if again.as_ref() == Some(value) {
        Ok(text)
    } else {
        Err(unreadable(path, &findings))
    }
}

fn unreadable(path: &str, findings: &[Finding]) -> Error {
    let why = findings.first().map_or("it is another one", |f| &f.message);
    Error::Bug(format!("{path} was packed and does not read back: {why}"))
}

/// Keys that say nothing where they are empty or false.
const SILENT: [&str; 21] = [
    "allow_lints",
    "args",
    "case",
    "check",
    "count_reachable",
    "env",
    "findings",
    "forbid",
    "hidden",
    "hints",
    "limits",
    "memory_errors",
    "needs",
    "objectives",
    "outlook",
    "prerequisites",
    "regions",
    "require",
    "starter",
    "stdin",
    "words",
];

/// Tables whose keys are the author's own.
const OPEN: [&str; 2] = ["env", "words"];

/// TOML without keys that say nothing.
fn pruned(value: &impl Serialize) -> Result<String, Error> {
    let bug = |error: String| Error::Bug(format!("a spec cannot be written: {error}"));
    let mut table = Table::try_from(value).map_err(|error| bug(error.to_string()))?;
    prune(&mut table);
    toml::to_string_pretty(&table).map_err(|error| bug(error.to_string()))
}

fn prune(table: &mut Table) {
    for (key, value) in table.iter_mut() {
        match value {
            Value::Table(inner) if !OPEN.contains(&key.as_str()) => prune(inner),
            Value::Array(list) => list.iter_mut().for_each(|value| {
                if let Value::Table(inner) = value {
                    prune(inner);
                }
            }),
            _ => {}
        }
    }
    table.retain(|key, value| {
        let empty = match value {
            Value::Table(inner) => inner.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::String(text) => text.is_empty(),
            Value::Boolean(yes) => !*yes,
            _ => false,
        };
        !(empty && SILENT.contains(&key))
    });
}

/// The bundle's first page.
fn readme(course: &Course, bundle: &Bundle) -> String {
    let first = course.exercises.first().map_or("", |entry| &entry.id);
    let title = course.title();
    let rows = [
        ("list".to_owned(), "what there is to do"),
        (format!("lesson {first}"), "what to read first"),
        (format!("check {first}"), "build, run, measure, judge"),
        (format!("hint {first}"), "a push in the right direction"),
    ];
    let width = rows.iter().map(|(command, _)| command.len()).max();
    let width = width.unwrap_or(0);
    let mut text = format!(
        "# {title}\n\nOpen a terminal in this folder. Each folder in `exercises/` has a lesson, `README.md`, and a file to begin with, \
         which you change.\n\n"
    );
    for (command, about) in rows {
        let _ = writeln!(text, "    memgrade {command:<width$}   {about}");
    }
    if course.checklist.is_some() {
        text += "\nAnswers to the questions of `exercises/checklist.toml` go into `exercises/answers.toml`; `memgrade quiz` asks them.\n";
    }
    let mut withheld = Withheld::default();
    for left in &bundle.exercises {
        withheld += left.checks;
    }
    if withheld.checks > 0 {
        text += "\nYour teacher has further checks, with other inputs. `memgrade check` says how many points they are worth.\n";
    }
    text
}

#[cfg(test)]
mod tests;
