//! Does the lesson hold what it says: its figures are measured, and it takes the minutes that the spec names? And does the day
//! have time for its exercises?

use std::collections::BTreeSet;

use super::{Answer, author};
use crate::build::Optimization;
use crate::course::{Course, Entry};
use crate::diagnostic::{Finding, Place};
use crate::lesson::figures::{Attempt, Reading};
use crate::lesson::{self, Page, Slot};
use crate::report::escape;

/// Longest text of a program's that is told.
const MOST_CHARS: usize = 200;

/// A program of figures, tried at the levels of optimization that its lesson needs.
pub type Attempts = Vec<(Optimization, Attempt)>;

/// The levels at which an exercise's program of figures is to be tried; none where there is nothing to try.
pub fn levels(entry: &Entry) -> Vec<Optimization> {
    let Some(lesson) = entry.lesson.as_ref().filter(|_| entry.figures.is_some()) else {
        return Vec::new();
    };
    let levels = Page::read(&lesson.text).levels();
    if levels.is_empty() {
        // It is tried all the same: what it prints and nobody shows is told.
        return vec![Optimization::Release];
    }
    levels
}

/// Answers for one lesson; nothing where there is none, which is told elsewhere.
pub fn answer(entry: &Entry, attempts: &[(Optimization, Attempt)]) -> Option<Answer> {
    let lesson = entry.lesson.as_ref()?;
    let page = Page::read(&lesson.text);
    let mut problems = Vec::new();
    for problem in &page.problems {
        problems.push(
            author("verify/figure", problem.message.clone())
                .at(Place::line(&lesson.path, problem.line), "here")
                .help(problem.help),
        );
    }
    match &entry.figures {
        None => problems.extend(page.figures().map(|slot| {
            let message = format!("no program measures the figure `{}`", slot.name);
            let help = format!("write `{}` beside the lesson", entry.exercise.figures);
            at(author("verify/figure", message), &lesson.path, slot).help(help)
        })),
        Some(program) => {
            for (_, attempt) in attempts {
                problems.extend(failed(attempt, &program.path));
            }
            let readings: Vec<(Optimization, &Reading)> = attempts
                .iter()
                .filter_map(|(level, attempt)| match attempt {
                    Attempt::Read(reading) => Some((*level, reading)),
                    _ => None,
                })
                .collect();
            // One that did not come to its end is told as such.
            if readings.len() == attempts.len() {
                problems.extend(names(&page, &readings, &lesson.path, &program.path));
            }
        }
    }
    let shown = page.figures().count();
    let figures = if shown == 1 { "figure" } else { "figures" };
    let said = lesson::minutes(&lesson.text);
    problems.extend(minutes(entry, said, &lesson.path));
    let takes = said.map_or(String::new(), |(minutes, _)| format!(", {minutes} minutes"));
    problems.dedup();
    Some(Answer {
        problems,
        ..Answer::new("lesson", format!("{shown} measured {figures}{takes}"))
    })
}

fn at(finding: Finding, file: &str, slot: &Slot) -> Finding {
    finding.at(Place::line(file, slot.line), "this figure")
}

/// A program that does not compile, does not end well, or prints what is no figure.
fn failed(attempt: &Attempt, program: &str) -> Vec<Finding> {
    let here = || Place::line(program, 1);
    match attempt {
        Attempt::NotBuilt(failure) => {
            let cause = &failure.finding;
            let message = format!(
                "the program that measures the figures does not compile: {}",
                cause.message
            );
            let mut finding = author("verify/figures", message);
            finding.primary.clone_from(&cause.primary);
            finding.notes.clone_from(&cause.notes);
            finding.help.clone_from(&cause.help);
            vec![finding]
        }
        Attempt::Died(reason) => {
            let reason = escape::terminal(reason, true, MOST_CHARS);
            vec![author("verify/figures", reason).at(here(), "this program")]
        }
        Attempt::Read(reading) => reading
            .problems
            .iter()
            .map(|problem| {
                let line = escape::terminal(&problem.line, true, MOST_CHARS);
                author("verify/figures", format!("`{line}` is no figure"))
                    .at(here(), "this program prints it")
                    .note(problem.reason)
                    .help(
                        "print lines such as `minor_fault = 0.52 us`, or `major_fault = ? why not`",
                    )
            })
            .collect(),
    }
}

/// Names that the lesson shows and the program does not print, and the other way round.
fn names(
    page: &Page<'_>,
    readings: &[(Optimization, &Reading)],
    lesson: &str,
    program: &str,
) -> Vec<Finding> {
    let mut problems = Vec::new();
    for slot in page.figures() {
        let reading = readings
            .iter()
            .find(|(level, _)| *level == slot.optimization);
        let Some((_, reading)) = reading else {
            continue;
        };
        if !reading.told.contains_key(&slot.name) {
            let message = format!("the program does not print the figure `{}`", slot.name);
            let known = reading.told.keys().map(String::as_str);
            let near = crate::course::load::document::nearest(&slot.name, known);
            let finding = at(author("verify/figure", message), lesson, slot);
            problems.push(match near {
                Some(near) => finding.help(format!("write `{near}`")),
                None => finding.help(format!("let {program} print `{} = …`", slot.name)),
            });
        }
    }
    let shown: BTreeSet<&str> = page.figures().map(|slot| slot.name.as_str()).collect();
    let printed: BTreeSet<&str> = readings
        .iter()
        .flat_map(|(_, reading)| reading.told.keys().map(String::as_str))
        .collect();
    for name in printed.difference(&shown) {
        let message =
            format!("the lesson does not show the figure `{name}`, which readers wait for");
        problems.push(
            author("verify/figure", message)
                .at(Place::line(program, 1), "this program measures it")
                .help(format!(
                    "show it, as `<!-- here: {name} -->text<!-- / -->`, or do not measure it"
                )),
        );
    }
    problems
}

/// The lesson's sentence about its minutes says what the spec says.
fn minutes(entry: &Entry, said: Option<(u32, u32)>, file: &str) -> Option<Finding> {
    let spec = entry.exercise.minutes;
    let (message, line) = match (spec, said) {
        (Some(spec), Some((said, line))) if spec != said => (
            format!(
                "the lesson of `{}` says {said} minutes, and its spec says {spec}",
                entry.id
            ),
            line,
        ),
        (Some(spec), None) => (
            format!(
                "the lesson of `{}` does not say that it takes {spec} minutes",
                entry.id
            ),
            1,
        ),
        (None, Some((said, line))) => (
            format!(
                "the lesson of `{}` says {said} minutes, and its spec says nothing",
                entry.id
            ),
            line,
        ),
        _ => return None,
    };
    let help = match spec {
        Some(spec) => format!("write `It takes about {spec} minutes.`"),
        None => "add `minutes` to `exercise.toml`".to_owned(),
    };
    Some(
        author("verify/minutes", message)
            .at(Place::line(file, line), "here")
            .help(help),
    )
}

/// The course has the time that its exercises take; nothing where it does not say how long it is.
pub fn day(course: &Course) -> Option<Answer> {
    let whole = course.outline.as_ref()?.minutes?;
    let exercises = course.exercise_minutes();
    let mut problems = Vec::new();
    if exercises > whole {
        let message = format!(
            "the course takes {whole} minutes, and its exercises take {exercises} together"
        );
        let mut finding = author("verify/minutes", message).help(format!(
            "write `minutes = {exercises}` or more, or name exercises under `extra`"
        ));
        if let Some(file) = &course.outline_file {
            let line = file.text.lines().position(|line| {
                let key = line.split('=').next().unwrap_or_default();
                key.trim() == "minutes"
            });
            let line = line.map_or(1, |index| u32::try_from(index + 1).unwrap_or(1));
            finding = finding.at(Place::line(&file.path, line), "too little");
        }
        problems.push(finding);
    }
    let silent = course
        .exercises
        .iter()
        .filter(|entry| entry.exercise.minutes.is_none());
    let silent = match silent.count() {
        0 => String::new(),
        count => format!(", {count} do not say"),
    };
    let extra = course
        .exercises
        .iter()
        .filter(|entry| course.is_extra(&entry.id));
    let extra = match extra.count() {
        0 => String::new(),
        count => format!(", {count} are extra"),
    };
    Some(Answer {
        problems,
        ..Answer::new(
            "minutes",
            format!("{exercises} of {whole} for the exercises{extra}{silent}"),
        )
    })
}

#[cfg(test)]
mod tests;
