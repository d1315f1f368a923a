//! The rules of the table `[grading]` of `course.toml`.

use toml::de::DeValue;

use super::document::{Node, Notebook};
use crate::course::grading_policy::{Amount, Grading, Problem, Share};

pub(super) fn check(root: Node<'_>, notebook: &mut Notebook<'_>) {
    let Some(table) = root.get("grading") else {
        return;
    };
    for node in table.get("points").iter().flat_map(Node::entries) {
        amounts::<Amount>(node, notebook);
    }
    for key in ["late_per_day", "late_at_most", "after_cutoff"] {
        if let Some(node) = table.get(key) {
            amounts::<Share>(node, notebook);
        }
    }
    let text = |key: &str| table.get(key)?.str().map(str::to_owned);
    let points = table.get("points");
    let ids = points
        .iter()
        .flat_map(Node::entries)
        .filter_map(|n| n.key());
    let grading = Grading {
        points: ids.map(|id| (id.to_owned(), Amount::default())).collect(),
        due: text("due"),
        timezone: text("timezone"),
        grace: text("grace"),
        cutoff: text("cutoff"),
        drop_lowest: table
            .get("drop_lowest")
            .and_then(|node| u32::try_from(node.integer()?).ok()),
        ..Grading::default()
    };
    let exercises: Vec<&str> = root.list("exercises").filter_map(|id| id.str()).collect();
    let known = (!exercises.is_empty()).then_some(exercises.as_slice());
    for problem in grading.problems(known) {
        add(table, problem, notebook);
    }
}

/// A number, or a percentage in quotes, that is what its type takes.
fn amounts<T: std::str::FromStr<Err = String>>(node: Node<'_>, notebook: &mut Notebook<'_>) {
    let written = match node.value() {
        DeValue::Integer(_) => node.integer().map(|number| number.to_string()),
        DeValue::Float(_) => node.number().map(|number| number.to_string()),
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    };
    // Whatever is neither has the wrong type, which has a finding already.
    if let Some(written) = written
        && let Err(message) = written.parse::<T>()
    {
        let key = super::document::shown(node.key().unwrap_or_default());
        let message = format!("`{key}`: {message}");
        notebook.error(
            "out-of-range",
            &node.span(),
            message,
            "cannot be worth this",
        );
    }
}

fn add(table: Node<'_>, problem: Problem, notebook: &mut Notebook<'_>) {
    let exercise = problem.key.strip_prefix("points.");
    let node = match exercise {
        Some(id) => table.get("points").and_then(|points| points.get(id)),
        None => table.get(&problem.key),
    };
    let node = node.unwrap_or(table);
    let mut finding = if exercise.is_some() {
        notebook.finding(
            "unknown-name",
            &node.key_span(),
            &problem.message,
            "not listed",
        )
    } else if problem.key == "drop_lowest" {
        let message = problem.to_string();
        notebook.finding("out-of-range", &node.span(), message, "too many")
    } else {
        let message = problem.to_string();
        notebook.finding("date", &node.span(), message, "cannot be read")
    };
    finding.help = problem.help;
    notebook.add(finding);
}
