//! The rules of `checklist.toml` that hold between keys.

use std::collections::BTreeMap;

use super::Known;
use super::document::{Node, Notebook, nearest, shown};

pub(super) fn check(root: Node<'_>, known: Option<&Known>, notebook: &mut Notebook<'_>) {
    let mut seen = BTreeMap::new();
    for item in root.list("item") {
        if let Some(id) = item.get("id")
            && let Some(text) = id.str()
        {
            if let Err(reason) = crate::course::check_id(text) {
                notebook.error("id", &id.span(), reason, "not an id");
            }
            if let Some(first) = seen.insert(text, id.span()) {
                let place = notebook.place(&first);
                let message = format!("there are two questions with the id `{}`", shown(text));
                let finding = notebook
                    .finding("duplicate", &id.span(), message, "the second")
                    .also(place, "the first");
                notebook.add(finding);
            }
        }
        evidence(item, known, notebook);
        if let Some(points) = item.get("points")
            && points.integer().is_some_and(|n| n > 1_000_000)
        {
            let message = "a question cannot give more than 1,000,000 points";
            notebook.error("points", &points.span(), message, "too many");
        }
        if let Some(choice) = item.get("choice") {
            self::choice(choice, notebook);
        }
        if let Some(number) = item.get("number") {
            self::number(number, notebook);
        }
        if let Some(order) = item.get("order") {
            self::order(order, notebook);
        }
        if let Some(matching) = item.get("match") {
            self::matching(matching, notebook);
        }
    }
}

fn evidence(item: Node<'_>, known: Option<&Known>, notebook: &mut Notebook<'_>) {
    for check in item.list("evidence") {
        let Some(text) = check.str() else { continue };
        let parts: Vec<&str> = text.split('/').collect();
        let [exercise, _, name] = parts.as_slice() else {
            bad_evidence(check, text, notebook);
            continue;
        };
        if exercise.is_empty() || name.is_empty() {
            bad_evidence(check, text, notebook);
            continue;
        }
        let Some(known) = known else { continue };
        let (message, near) = match known.get(*exercise) {
            // The exercise has findings of its own.
            Some(None) => continue,
            Some(Some(checks)) => {
                let full = |check: &String| format!("{exercise}/{check}");
                let all: Vec<String> = checks.iter().map(full).collect();
                if all.iter().any(|name| name == text) {
                    continue;
                }
                let near = nearest(text, all.iter().map(String::as_str)).map(str::to_owned);
                (format!("there is no check `{}`", shown(text)), near)
            }
            None => {
                let ids = known.keys().map(String::as_str);
                let near = nearest(exercise, ids).map(|id| text.replacen(exercise, id, 1));
                (format!("there is no exercise `{}`", shown(exercise)), near)
            }
        };
        let mut finding = notebook.finding("unknown-name", &check.span(), message, "not found");
        finding.help = near.map(|near| format!("write `\"{near}\"`"));
        notebook.add(finding);
    }
}

fn bad_evidence(check: Node<'_>, text: &str, notebook: &mut Notebook<'_>) {
    let message = format!("`{}` does not name a check", shown(text));
    let finding = notebook.finding("unknown-name", &check.span(), message, "not a check");
    notebook.add(finding.help("write `exercise/case/check`"));
}

/// `key` must be one of the keys of `table`.
fn known_key(key: Node<'_>, table: Node<'_>, notebook: &mut Notebook<'_>) {
    let Some(text) = key.str() else { return };
    if table.get(text).is_some() {
        return;
    }
    let name = table.key().unwrap_or_default();
    let message = format!("`{}` is not a key of `{name}`", shown(text));
    let mut finding = notebook.finding("unknown-name", &key.span(), message, "not found");
    let keys = table.entries().filter_map(|e| e.key());
    if let Some(near) = nearest(text, keys) {
        finding = finding.help(format!("write `\"{near}\"`"));
    }
    notebook.add(finding);
}

/// Every element of `list` is a key of `table`, and none stands twice.
fn distinct_keys(list: Node<'_>, table: Node<'_>, notebook: &mut Notebook<'_>) {
    let mut seen = std::collections::BTreeSet::new();
    for key in list.elements() {
        known_key(key, table, notebook);
        if let Some(text) = key.str()
            && !seen.insert(text)
        {
            let message = format!("`{}` stands here twice", shown(text));
            notebook.error("duplicate", &key.span(), message, "the second");
        }
    }
}

fn choice(choice: Node<'_>, notebook: &mut Notebook<'_>) {
    let (Some(options), Some(right)) = (choice.get("options"), choice.get("right")) else {
        return;
    };
    distinct_keys(right, options, notebook);
    if right.value().as_array().is_some_and(|a| a.is_empty()) {
        let message = "a choice needs at least one right option";
        notebook.error("empty", &right.span(), message, "none is right");
    }
    if options.value().as_table().is_some_and(|t| t.len() < 2) {
        let message = "a choice needs at least two options";
        notebook.error("empty", &options.span(), message, "nothing to choose from");
    }
}

fn number(number: Node<'_>, notebook: &mut Notebook<'_>) {
    if let Some(percent) = number.get("percent")
        && percent.number().is_some_and(|n| n < 0.0)
    {
        let message = "`percent` cannot be negative";
        notebook.error("bounds", &percent.span(), message, "below zero");
    }
    if let Some(unit) = number.get("unit")
        && unit.str().is_some_and(|text| text.trim().is_empty())
    {
        let message = "a unit cannot be empty; leave the key out";
        notebook.error("unit", &unit.span(), message, "empty");
    }
}

fn order(order: Node<'_>, notebook: &mut Notebook<'_>) {
    let (Some(things), Some(right)) = (order.get("things"), order.get("right")) else {
        return;
    };
    distinct_keys(right, things, notebook);
    let placed: Vec<&str> = right.elements().filter_map(|e| e.str()).collect();
    for thing in things.entries() {
        let key = thing.key().unwrap_or_default();
        if !placed.contains(&key) {
            let message = format!("`{}` has no place in `right`", shown(key));
            notebook.error(
                "missing-key",
                &thing.key_span(),
                message,
                "not in the order",
            );
        }
    }
}

fn matching(matching: Node<'_>, notebook: &mut Notebook<'_>) {
    let (Some(left), Some(right), Some(pairs)) = (
        matching.get("left"),
        matching.get("right"),
        matching.get("pairs"),
    ) else {
        return;
    };
    for pair in pairs.entries() {
        let key = pair.key().unwrap_or_default();
        if left.get(key).is_none() {
            let message = format!("`{}` is not a key of `left`", shown(key));
            let mut finding =
                notebook.finding("unknown-name", &pair.key_span(), message, "not found");
            if let Some(near) = nearest(key, left.entries().filter_map(|e| e.key())) {
                finding = finding.help(format!("write `{near}`"));
            }
            notebook.add(finding);
        }
        known_key(pair, right, notebook);
    }
    for entry in left.entries() {
        let key = entry.key().unwrap_or_default();
        if pairs.get(key).is_none() {
            let message = format!("`{}` has no partner in `pairs`", shown(key));
            notebook.error("missing-key", &entry.key_span(), message, "not matched");
        }
    }
}
