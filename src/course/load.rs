//! Reading specs: everything that is wrong in a file is reported at once, each thing at its place.
//!
//! The main function is [`parse_exercise`]. A file is read in three steps, and a problem in one does not hide those of
//! the next: TOML's grammar (with recovery), the JSON Schema made from the types, and the rules between keys. Only a
//! file without errors is handed to serde.

mod checklist;
pub(crate) mod document;
mod exercise;
mod expectation;
mod grading;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use self::document::{Document, Node, Notebook};
use self::schema::Schema;
use super::checklist::Checklist;
use super::outline::Outline;
use super::spec::{Exercise, FORMAT_VERSION};
use crate::diagnostic::{Fault, Finding};

/// Reads `exercise.toml`. `file` is its path as findings name it. The exercise is there if no finding is an error.
pub fn parse_exercise(file: &str, text: &str) -> (Option<Exercise>, Vec<Finding>) {
    parse(file, text, &schema::EXERCISE, exercise::check)
}

/// Reads `checklist.toml`. Whether the checks that it names exist is for [`super::Course::open`] to say.
pub fn parse_checklist(file: &str, text: &str) -> (Option<Checklist>, Vec<Finding>) {
    let read = parse(file, text, &schema::CHECKLIST, |root, notebook| {
        checklist::check(root, None, notebook);
    });
    checklist::open_seals(file, text, read)
}

/// Names of the checks of each exercise, as `case/check`; `None` for an exercise that could not be read.
pub(super) type Known = BTreeMap<String, Option<BTreeSet<String>>>;

/// Reads the `checklist.toml` of a course whose checks are known.
pub(super) fn checklist_of(
    file: &str,
    text: &str,
    known: &Known,
) -> (Option<Checklist>, Vec<Finding>) {
    let read = parse(file, text, &schema::CHECKLIST, |root, notebook| {
        checklist::check(root, Some(known), notebook);
    });
    checklist::open_seals(file, text, read)
}

/// Reads `course.toml`.
pub fn parse_course(file: &str, text: &str) -> (Option<Outline>, Vec<Finding>) {
    parse(file, text, &schema::COURSE, course_rules)
}

fn parse<T: DeserializeOwned>(
    file: &str,
    text: &str,
    schema: &Schema,
    rules: impl FnOnce(Node<'_>, &mut Notebook<'_>),
) -> (Option<T>, Vec<Finding>) {
    let mut notebook = Notebook::new(file, text, "spec", Fault::Author);
    let Some(document) = Document::read(text, &mut notebook) else {
        return (None, notebook.finish());
    };
    schema.check(document.root(), &mut notebook);
    format_version(document.root(), &mut notebook);
    rules(document.root(), &mut notebook);
    document.settle(&mut notebook);
    if notebook.has_errors() {
        return (None, notebook.finish());
    }
    match toml::from_str(text) {
        Ok(value) => (Some(value), notebook.finish()),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let message = error.message().to_owned();
            notebook.error("invalid", &span, message, "here");
            (None, notebook.finish())
        }
    }
}

fn format_version(root: Node<'_>, notebook: &mut Notebook<'_>) {
    let Some(node) = root.get("format_version") else {
        return;
    };
    if let Some(version) = node.integer()
        && version != i128::from(FORMAT_VERSION)
    {
        let message = format!(
            "this file says format version {version}, but this memgrade reads version {FORMAT_VERSION}"
        );
        let finding = notebook.finding("format-version", &node.span(), message, "not known");
        notebook.add(if version > i128::from(FORMAT_VERSION) {
            finding.help("install a newer memgrade, or write `1`")
        } else {
            finding.help("write `1`")
        });
    }
}

/// What stands on the day's page: each a line that says something.
fn day(root: Node<'_>, notebook: &mut Notebook<'_>) {
    let lines = ["title", "day", "previous", "next"];
    let lists = ["objectives", "prerequisites", "outlook"];
    let lines = lines
        .iter()
        .filter_map(|key| root.get(key).map(|node| (*key, node)));
    let of_lists = lists
        .iter()
        .flat_map(|key| root.list(key).map(move |node| (*key, node)));
    for (key, node) in lines.chain(of_lists) {
        let Some(text) = node.str() else { continue };
        if text.trim().is_empty() {
            let message = format!("`{key}` says nothing");
            let finding = notebook.finding("empty", &node.span(), message, "empty");
            notebook.add(finding.help("write a line, or take it out"));
        } else if text.trim().contains('\n') {
            let message = format!("`{key}` must be one line");
            notebook.error("text", &node.span(), message, "more than one line");
        }
    }
    if let Some(minutes) = root.get("minutes")
        && minutes.integer() == Some(0)
    {
        let message = "a course takes some minutes";
        notebook.error("out-of-range", &minutes.span(), message, "not 0");
    }
}

/// What is extra is one of the exercises, and not all of them are.
fn extra(root: Node<'_>, notebook: &mut Notebook<'_>) {
    let known: Vec<&str> = root.list("exercises").filter_map(|id| id.str()).collect();
    let mut seen = BTreeSet::new();
    for id in root.list("extra") {
        let Some(text) = id.str() else { continue };
        if !known.contains(&text) {
            let message = format!(
                "there is no exercise `{}` in this course",
                document::shown(text)
            );
            let mut finding = notebook.finding("unknown-name", &id.span(), message, "not listed");
            if let Some(near) = document::nearest(text, known.iter().copied()) {
                finding = finding.help(format!("write `\"{near}\"`"));
            }
            notebook.add(finding);
        } else if !seen.insert(text) {
            let message = format!("the exercise `{}` is listed twice", document::shown(text));
            notebook.error("duplicate", &id.span(), message, "again");
        }
    }
    if let Some(list) = root.get("extra")
        && !known.is_empty()
        && known.iter().all(|id| seen.contains(id))
    {
        let message = "all exercises are extra, so the day has none";
        notebook.error("empty", &list.span(), message, "too many");
    }
}

fn course_rules(root: Node<'_>, notebook: &mut Notebook<'_>) {
    day(root, notebook);
    extra(root, notebook);
    grading::check(root, notebook);
    let mut seen = BTreeMap::new();
    for id in root.list("exercises") {
        let Some(text) = id.str() else { continue };
        if let Err(reason) = super::check_id(text) {
            notebook.error("id", &id.span(), reason, "not an id");
        }
        if let Some(first) = seen.insert(text, id.span()) {
            let place = notebook.place(&first);
            let message = format!("the exercise `{}` is listed twice", document::shown(text));
            let finding = notebook
                .finding("duplicate", &id.span(), message, "again")
                .also(place, "first");
            notebook.add(finding);
        }
    }
    if let Some(list) = root.get("exercises")
        && list.value().as_array().is_some_and(|a| a.is_empty())
    {
        notebook.error(
            "empty",
            &list.span(),
            "a course needs an exercise",
            "none here",
        );
    }
}

#[cfg(test)]
mod tests;
