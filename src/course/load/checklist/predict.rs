//! The rules of questions that a run answers.

use std::collections::BTreeSet;

use super::super::document::{Node, Notebook, shown};
use super::super::exercise::inside_path;

/// Most values of a parameter, and most parameters of a question.
const MOST: usize = 1000;

pub(super) fn check(item: Node<'_>, predict: Node<'_>, notebook: &mut Notebook<'_>) {
    program(predict, notebook);
    parameters(item, predict, notebook);
    figure(predict, notebook);
    tolerance(predict, notebook);
}

fn program(predict: Node<'_>, notebook: &mut Notebook<'_>) {
    let Some(program) = predict.get("program") else {
        return;
    };
    inside_path(program, notebook);
    let is_rust = |path: &str| {
        std::path::Path::new(path)
            .extension()
            .is_some_and(|e| e == "rs")
    };
    if program.str().is_some_and(|path| !is_rust(path)) {
        let message = "the program of a prediction is a Rust file";
        let finding = notebook.finding("path", &program.span(), message, "not one");
        notebook
            .add(finding.help("write `\"predict/growing.rs\"`, for exercises/predict/growing.rs"));
    }
}

/// Every `{name}` is a parameter, and every parameter stands in the question: learners must know their own.
fn parameters(item: Node<'_>, predict: Node<'_>, notebook: &mut Notebook<'_>) {
    let table = predict.get("parameters");
    let mut names = BTreeSet::new();
    for parameter in table.iter().flat_map(Node::entries) {
        let name = parameter.key().unwrap_or_default();
        names.insert(name);
        if crate::course::check_id(name).is_err() {
            let message = format!("`{}` cannot be the name of a parameter", shown(name));
            notebook.error(
                "id",
                &parameter.key_span(),
                message,
                "`a` to `z`, `0` to `9`, `_`, `-`",
            );
        }
        let count = parameter.elements().count();
        if count == 0 || count > MOST {
            let message = format!("a parameter has 1 to {MOST} values, and not {count}");
            notebook.error("empty", &parameter.span(), message, "its values");
        }
        let question = item.get("question");
        if let Some(text) = question.and_then(|question| question.str())
            && !text.contains(&format!("{{{name}}}"))
        {
            let message = format!(
                "the question does not say `{{{}}}`, so nobody knows their value",
                shown(name)
            );
            notebook.error(
                "unknown-name",
                &parameter.key_span(),
                message,
                "not in the question",
            );
        }
    }
    let args = predict.list("args");
    for node in args.into_iter().chain(item.get("question")) {
        let Some(text) = node.str() else { continue };
        for name in placeholders(text) {
            if !names.contains(name) {
                let message = format!("`{{{}}}` is not a parameter of this question", shown(name));
                notebook.error("unknown-name", &node.span(), message, "not found");
            }
        }
    }
}

/// The names in `{name}`; braces around anything else are text.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('}')?;
        crate::course::check_id(name).is_ok().then_some(name)
    })
}

fn figure(predict: Node<'_>, notebook: &mut Notebook<'_>) {
    let of = predict
        .get("of")
        .and_then(|of| of.str())
        .unwrap_or_default();
    let line = predict.get("line");
    if of == "printed" {
        match line {
            None => {
                let message = "`of = \"printed\"` needs `line`: which line says the number?";
                notebook.error("missing-key", &predict.span(), message, "no line");
            }
            Some(line) => {
                let text = line.str().unwrap_or_default();
                if regex::Regex::new(text)
                    .is_ok_and(|regex| !regex.capture_names().flatten().any(|name| name == "value"))
                {
                    let message = "this expression has no group named `value`";
                    let finding = notebook.finding(
                        "regex",
                        &line.span(),
                        message,
                        "which part is the number?",
                    );
                    notebook.add(finding.help("write `(?<value>\\\\d+)` around it"));
                }
            }
        }
    } else if let Some(line) = line {
        let message = "`line` belongs to `of = \"printed\"`";
        notebook.error("bounds", &line.span(), message, "of no use here");
    }
    if let Some(between) = predict.get("between")
        && matches!(of, "lost_bytes" | "lost_blocks" | "stack_peak" | "printed")
    {
        let message = format!("`{of}` is known for the whole run only");
        notebook.error("bounds", &between.span(), message, "leave it out");
    }
}

fn tolerance(predict: Node<'_>, notebook: &mut Notebook<'_>) {
    let given: Vec<Node<'_>> = ["percent", "absolute"]
        .iter()
        .filter_map(|key| predict.get(key))
        .collect();
    for node in &given {
        if node.number().is_some_and(|n| n < 0.0) {
            let message = "a tolerance cannot be negative";
            notebook.error("bounds", &node.span(), message, "below zero");
        }
    }
    if let Some(of) = predict.get("of")
        && matches!(
            of.str(),
            Some("minor_faults" | "resident" | "virtual_size" | "stack_peak")
        )
        && given
            .iter()
            .all(|node| node.number().is_none_or(|n| n <= 0.0))
    {
        let message = "this figure is a little different from run to run and from compiler to compiler: it needs a tolerance";
        let finding = notebook.finding("bounds", &of.span(), message, "without one");
        notebook.add(finding.help("write `percent = 10` or `absolute = 8`"));
    }
}
