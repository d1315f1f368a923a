//! The rules of `checklist.toml` that hold between keys.

use std::collections::{BTreeMap, BTreeSet};

use super::Known;
use super::document::{Node, Notebook, nearest, shown};
use crate::course::checklist::{Checklist, STUDENT};
use crate::diagnostic::{Fault, Finding, Place, Severity};

mod predict;

/// Words for the regions of a drawing; addresses are told apart by the same ones.
const REGIONS: [&str; 7] = ["text", "rodata", "data", "bss", "heap", "stack", "mapping"];

/// Opens what a bundle has sealed. What cannot be opened makes the file unusable.
pub(super) fn open_seals(
    file: &str,
    text: &str,
    (checklist, mut findings): (Option<Checklist>, Vec<Finding>),
) -> (Option<Checklist>, Vec<Finding>) {
    let Some(mut checklist) = checklist else {
        return (None, findings);
    };
    let closed = checklist.open_seals();
    for index in &closed {
        let id = &checklist.items[*index].id;
        let message = format!("the sealed answer to `{}` cannot be opened", shown(id));
        let line = text
            .lines()
            .position(|line| line.contains(&format!("\"{id}\"")));
        let line = line.map_or(1, |index| u32::try_from(index + 1).unwrap_or(1));
        let finding = Finding::new("spec/sealed", Severity::Error, Fault::Author, message);
        findings.push(finding.at(Place::line(file, line), "this question").help(
            "get the course again; a sealed answer belongs to one question and cannot be edited",
        ));
    }
    (closed.is_empty().then_some(checklist), findings)
}

pub(super) fn check(root: Node<'_>, known: Option<&Known>, notebook: &mut Notebook<'_>) {
    let mut seen = BTreeMap::new();
    for item in root.list("item") {
        if let Some(id) = item.get("id")
            && let Some(text) = id.str()
        {
            if let Err(reason) = crate::course::check_id(text) {
                notebook.error("id", &id.span(), reason, "not an id");
            }
            if text == STUDENT {
                let message = "a question cannot be called `student`: under this key learners say who they are";
                notebook.error("id", &id.span(), message, "taken");
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
        if let Some(layout) = item.get("layout") {
            self::layout(layout, known, notebook);
        }
        if let Some(text) = item.get("text") {
            self::text(item, text, notebook);
        }
        if let Some(predict) = item.get("predict") {
            predict::check(item, predict, notebook);
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

/// What is right stands there in one form: readable as `key`, or sealed.
fn right_or_sealed(node: Node<'_>, key: &str, notebook: &mut Notebook<'_>) {
    match (node.get(key), node.get("sealed")) {
        (None, None) => {
            let message = format!("`{key}` is missing: what is right?");
            notebook.error("missing-key", &node.span(), message, "no right answer");
        }
        (Some(_), Some(sealed)) => {
            let message = format!("there are both `{key}` and `sealed`");
            let finding = notebook.finding("duplicate", &sealed.span(), message, "one too many");
            notebook.add(finding.help("leave `sealed` out; `memgrade pack` writes it"));
        }
        _ => {}
    }
}

fn choice(choice: Node<'_>, notebook: &mut Notebook<'_>) {
    right_or_sealed(choice, "right", notebook);
    if let Some(options) = choice.get("options")
        && options.value().as_table().is_some_and(|t| t.len() < 2)
    {
        let message = "a choice needs at least two options";
        notebook.error("empty", &options.span(), message, "nothing to choose from");
    }
    let (Some(options), Some(right)) = (choice.get("options"), choice.get("right")) else {
        return;
    };
    if let Some(several) = choice.get("several")
        && several.value().as_bool() == Some(false)
        && right.elements().count() > 1
    {
        let message = "several options are right, but `several` says that only one may be chosen";
        notebook.error("bounds", &several.span(), message, "then one must be right");
    }
    distinct_keys(right, options, notebook);
    if right.value().as_array().is_some_and(|a| a.is_empty()) {
        let message = "a choice needs at least one right option";
        notebook.error("empty", &right.span(), message, "none is right");
    }
}

fn number(number: Node<'_>, notebook: &mut Notebook<'_>) {
    right_or_sealed(number, "right", notebook);
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
    right_or_sealed(order, "right", notebook);
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
    right_or_sealed(matching, "pairs", notebook);
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

fn layout(layout: Node<'_>, known: Option<&Known>, notebook: &mut Notebook<'_>) {
    right_or_sealed(layout, "right", notebook);
    if let (Some(known), Some(measured)) = (known, layout.get("measured")) {
        self::measured(measured, known, notebook);
    }
    for region in layout.get("regions").iter().flat_map(Node::entries) {
        let key = region.key().unwrap_or_default();
        if !REGIONS.contains(&key) {
            let message = format!("`{}` is not a region", shown(key));
            let finding =
                notebook.finding("unknown-name", &region.key_span(), message, "not known");
            notebook.add(finding.help(format!("the regions are {}", REGIONS.join(", "))));
        }
    }
    if let Some(regions) = layout.get("regions") {
        for region in layout.list("any_order").flat_map(|group| group.elements()) {
            known_key(region, regions, notebook);
        }
    }
    let (Some(regions), Some(things), Some(right)) = (
        layout.get("regions"),
        layout.get("things"),
        layout.get("right"),
    ) else {
        return;
    };
    let mut drawn = BTreeSet::new();
    let mut placed = BTreeSet::new();
    for place in right.elements() {
        if let Some(region) = place.get("region") {
            known_key(region, regions, notebook);
            once(region, &mut drawn, notebook);
        }
        for thing in place.list("holds") {
            known_key(thing, things, notebook);
            once(thing, &mut placed, notebook);
        }
    }
    for (table, found) in [(regions, drawn), (things, placed)] {
        for entry in table.entries() {
            let key = entry.key().unwrap_or_default();
            if !found.contains(key) {
                let message = format!("`{}` has no place in `right`", shown(key));
                notebook.error("missing-key", &entry.key_span(), message, "not drawn");
            }
        }
    }
}

fn once<'a>(node: Node<'a>, seen: &mut BTreeSet<&'a str>, notebook: &mut Notebook<'_>) {
    if let Some(text) = node.str()
        && !seen.insert(text)
    {
        let message = format!("`{}` stands here twice", shown(text));
        notebook.error("duplicate", &node.span(), message, "the second");
    }
}

/// `exercise/case` of the course.
fn measured(node: Node<'_>, known: &Known, notebook: &mut Notebook<'_>) {
    let Some(text) = node.str() else { return };
    let (exercise, case) = text.split_once('/').unwrap_or((text, ""));
    let found = match known.get(exercise) {
        // The exercise has findings of its own.
        Some(None) => return,
        Some(Some(checks)) => checks.iter().any(|check| {
            let rest = check.strip_prefix(case);
            !case.is_empty() && rest.is_some_and(|rest| rest.starts_with('/'))
        }),
        None => false,
    };
    if !found {
        let message = format!("there is no case `{}`", shown(text));
        let finding = notebook.finding("unknown-name", &node.span(), message, "not found");
        notebook.add(finding.help("write `exercise/case`"));
    }
}

fn text(item: Node<'_>, text: Node<'_>, notebook: &mut Notebook<'_>) {
    right_or_sealed(text, "rubric", notebook);
    if let Some(points) = item.get("points")
        && text.get("rubric").is_some()
    {
        let message = "the points of a free text are those of its rubric";
        let finding = notebook.finding("bounds", &points.span(), message, "said twice");
        notebook.add(finding.help("leave `points` out"));
    }
    let Some(rubric) = text.get("rubric") else {
        return;
    };
    if rubric.elements().next().is_none() {
        let message = "a rubric needs a line";
        notebook.error(
            "empty",
            &rubric.span(),
            message,
            "nothing to give points for",
        );
    }
    for criterion in rubric.elements() {
        if let Some(points) = criterion.get("points")
            && points.integer().is_some_and(|n| !(1..=1000).contains(&n))
        {
            let message = "a line of a rubric gives 1 to 1,000 points";
            notebook.error("points", &points.span(), message, "out of bounds");
        }
    }
}
