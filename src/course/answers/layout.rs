//! Reading a drawing of a program's memory.

use std::collections::{BTreeMap, BTreeSet};

use super::super::checklist::{Layout, Place};
use super::super::load::document::{Node, Notebook, shown};
use super::{incomplete, known_key, wrong_type};

const EXAMPLE: &str = "[{ region = \"text\", holds = [\"main\"] }, { region = \"stack\" }]";

/// The regions from low addresses to high ones, each known and drawn once, and in each what is known and placed once.
pub(super) fn answer(
    layout: &Layout,
    node: Node<'_>,
    notebook: &mut Notebook<'_>,
) -> Option<Vec<Place>> {
    if !node.value().is_array() {
        wrong_type(
            node,
            "a list of regions from low addresses to high ones",
            EXAMPLE,
            notebook,
        );
        return None;
    }
    let mut seen = Seen::default();
    let mut valid = true;
    let mut drawn = Vec::new();
    for place in node.elements() {
        match self::place(layout, place, &mut seen, notebook) {
            Some(place) => drawn.push(place),
            None => valid = false,
        }
    }
    if !valid {
        return None;
    }
    let missing = |known: &BTreeMap<String, String>, seen: &BTreeSet<String>| {
        let missing = known.keys().filter(|key| !seen.contains(*key));
        missing.map(|key| format!("`{key}`")).collect::<Vec<_>>()
    };
    let mut left_out = missing(&layout.regions, &seen.regions);
    left_out.extend(missing(&layout.things, &seen.things));
    if !left_out.is_empty() {
        incomplete(&left_out, node, notebook);
    }
    Some(drawn)
}

#[derive(Default)]
struct Seen {
    regions: BTreeSet<String>,
    things: BTreeSet<String>,
}

fn place(
    layout: &Layout,
    node: Node<'_>,
    seen: &mut Seen,
    notebook: &mut Notebook<'_>,
) -> Option<Place> {
    let Some(region) = node.get("region").filter(|_| node.value().is_table()) else {
        wrong_type(
            node,
            "a list of regions, each with what it holds",
            EXAMPLE,
            notebook,
        );
        return None;
    };
    for entry in node.entries() {
        let key = entry.key().unwrap_or_default();
        if !matches!(key, "region" | "holds") {
            let message = format!("`{}` means nothing here", shown(key));
            let finding = notebook.finding("unknown-key", &entry.key_span(), message, "not known");
            notebook.add(finding.help(format!("write it like `{EXAMPLE}`")));
            return None;
        }
    }
    let name = once(region, &layout.regions, &mut seen.regions, notebook)?;
    let mut place = Place {
        region: name,
        holds: Vec::new(),
    };
    if let Some(holds) = node.get("holds") {
        if !holds.value().is_array() {
            wrong_type(holds, "a list of keys", "holds = [\"main\"]", notebook);
            return None;
        }
        let mut valid = true;
        for thing in holds.elements() {
            match once(thing, &layout.things, &mut seen.things, notebook) {
                Some(key) => place.holds.push(key),
                None => valid = false,
            }
        }
        if !valid {
            return None;
        }
    }
    Some(place)
}

/// A known key that has not been there yet.
fn once(
    node: Node<'_>,
    known: &BTreeMap<String, String>,
    seen: &mut BTreeSet<String>,
    notebook: &mut Notebook<'_>,
) -> Option<String> {
    let Some(text) = node.str() else {
        wrong_type(node, "a key in quotes", "\"heap\"", notebook);
        return None;
    };
    if !known_key(node, text, known, notebook) {
        return None;
    }
    if !seen.insert(text.to_owned()) {
        let message = format!("`{}` is drawn twice", shown(text));
        notebook.error("duplicate", &node.span(), message, "the second");
        return None;
    }
    Some(text.to_owned())
}
