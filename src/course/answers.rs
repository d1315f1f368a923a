//! Reading `answers.toml`: what a learner answered, held against the questions' forms. Whether an answer is right is
//! for [`crate::judge`] to say.

use std::collections::{BTreeMap, BTreeSet};

use super::checklist::{Answer, Checklist, Item, NumberAnswer};
use super::load::document::{Document, Node, Notebook, nearest, shown};
use crate::diagnostic::{Fault, Finding, Severity};

/// Reads `answers.toml`. `file` is its path as findings name it.
///
/// An answer that is not well-formed gives a finding and is left out; it takes no other answer with it. An answer that
/// was left empty (`""`, `[]`) is left out without a finding, as an unanswered question is.
pub fn parse_answers(
    file: &str,
    text: &str,
    checklist: &Checklist,
) -> (BTreeMap<String, Answer>, Vec<Finding>) {
    let mut notebook = Notebook::new(file, text, "answers", Fault::Learner);
    let mut answers = BTreeMap::new();
    let Some(document) = Document::read(text, &mut notebook) else {
        return (answers, notebook.finish());
    };
    for node in document.root().entries() {
        let id = node.key().unwrap_or_default();
        let line = notebook.place(&node.key_span()).line;
        if document.is_broken(line) {
            continue;
        }
        let Some(item) = checklist.items.iter().find(|item| item.id == id) else {
            let message = format!("there is no question `{}`", shown(id));
            let mut finding =
                notebook.finding("unknown-question", &node.key_span(), message, "not found");
            let ids = checklist.items.iter().map(|item| item.id.as_str());
            finding = match nearest(id, ids) {
                Some(near) => finding.help(format!("write `{near}`")),
                None => finding.help("`memgrade quiz` shows the questions and their ids"),
            };
            notebook.add(finding);
            continue;
        };
        if is_blank(node) {
            continue;
        }
        if let Some(answer) = answer(item, node, &mut notebook) {
            answers.insert(id.to_owned(), answer);
        }
    }
    (answers, notebook.finish())
}

/// Left empty, as in a template that was not filled in.
fn is_blank(node: Node<'_>) -> bool {
    let value = node.value();
    value.as_str().is_some_and(|text| text.trim().is_empty())
        || value.as_array().is_some_and(|list| list.is_empty())
        || value.as_table().is_some_and(toml::map::Map::is_empty)
}

fn answer(item: &Item, node: Node<'_>, notebook: &mut Notebook<'_>) -> Option<Answer> {
    if let Some(choice) = &item.choice {
        let keys = keys(node, true, &choice.options, notebook)?;
        return Some(Answer::Choice(keys.into_iter().collect()));
    }
    if item.number.is_some() {
        return number(node, notebook).map(Answer::Number);
    }
    if let Some(order) = &item.order {
        let keys = keys(node, false, &order.things, notebook)?;
        let missing: Vec<String> = order
            .things
            .keys()
            .filter(|key| !keys.contains(key))
            .map(|key| format!("`{key}`"))
            .collect();
        if !missing.is_empty() {
            incomplete(&missing, node, notebook);
        }
        return Some(Answer::Order(keys));
    }
    let matching = item.matching.as_ref()?;
    let pairs = pairs(node, &matching.left, &matching.right, notebook)?;
    let missing: Vec<String> = matching
        .left
        .keys()
        .filter(|key| !pairs.contains_key(*key))
        .map(|key| format!("`{key}`"))
        .collect();
    if !missing.is_empty() {
        incomplete(&missing, node, notebook);
    }
    Some(Answer::Match(pairs))
}

fn incomplete(missing: &[String], node: Node<'_>, notebook: &mut Notebook<'_>) {
    let message = format!("this answer leaves out {}", missing.join(", "));
    let mut finding = notebook.finding("incomplete", &node.key_span(), message, "not complete");
    finding.severity = Severity::Warning;
    notebook.add(finding);
}

fn wrong_type(node: Node<'_>, wanted: &str, example: &str, notebook: &mut Notebook<'_>) {
    let message = format!("this answer must be {wanted}");
    let finding = notebook.finding("wrong-type", &node.span(), message, "of another kind");
    notebook.add(finding.help(format!("write it like `{example}`")));
}

/// A list of known keys, each once. `one` allows a single key without brackets.
fn keys(
    node: Node<'_>,
    one: bool,
    known: &BTreeMap<String, String>,
    notebook: &mut Notebook<'_>,
) -> Option<Vec<String>> {
    let mut valid = true;
    let elements: Vec<Node<'_>> = if one && node.str().is_some() {
        vec![node]
    } else if node.value().is_array() {
        node.elements().collect()
    } else {
        let two: Vec<String> = known.keys().take(2).map(|k| format!("\"{k}\"")).collect();
        let example = format!("[{}]", two.join(", "));
        wrong_type(node, "a list of keys", &example, notebook);
        return None;
    };
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for element in elements {
        let Some(text) = element.str() else {
            wrong_type(element, "a list of keys in quotes", "[\"a\"]", notebook);
            return None;
        };
        if !known_key(element, text, known, notebook) {
            valid = false;
        } else if !seen.insert(text) {
            let message = format!("`{}` is given twice", shown(text));
            notebook.error("duplicate", &element.span(), message, "the second");
            valid = false;
        } else {
            found.push(text.to_owned());
        }
    }
    valid.then_some(found)
}

fn known_key(
    node: Node<'_>,
    text: &str,
    known: &BTreeMap<String, String>,
    notebook: &mut Notebook<'_>,
) -> bool {
    if known.contains_key(text) {
        return true;
    }
    let message = format!("`{}` is not one of the keys of this question", shown(text));
    let mut finding = notebook.finding("unknown-key", &node.span(), message, "not found");
    finding = if let Some(near) = nearest(text, known.keys().map(String::as_str)) {
        finding.help(format!("write `\"{near}\"`"))
    } else {
        let keys: Vec<&str> = known.keys().map(String::as_str).collect();
        finding.note(format!("its keys are {}", keys.join(", ")))
    };
    notebook.add(finding);
    false
}

fn pairs(
    node: Node<'_>,
    left: &BTreeMap<String, String>,
    right: &BTreeMap<String, String>,
    notebook: &mut Notebook<'_>,
) -> Option<BTreeMap<String, String>> {
    if !node.value().is_table() {
        let first = |keys: &BTreeMap<String, String>| keys.keys().next().cloned();
        let example = format!(
            "{{ {} = \"{}\" }}",
            first(left).unwrap_or_default(),
            first(right).unwrap_or_default()
        );
        wrong_type(node, "a table of pairs", &example, notebook);
        return None;
    }
    let mut valid = true;
    let mut found = BTreeMap::new();
    for pair in node.entries() {
        let key = pair.key().unwrap_or_default();
        if !left.contains_key(key) {
            let message = format!("`{}` is not one of the keys of this question", shown(key));
            let mut finding =
                notebook.finding("unknown-key", &pair.key_span(), message, "not found");
            if let Some(near) = nearest(key, left.keys().map(String::as_str)) {
                finding = finding.help(format!("write `{near}`"));
            }
            notebook.add(finding);
            valid = false;
        }
        let Some(text) = pair.str() else {
            wrong_type(pair, "a key in quotes", "left = \"right\"", notebook);
            valid = false;
            continue;
        };
        valid &= known_key(pair, text, right, notebook);
        found.insert(key.to_owned(), text.to_owned());
    }
    valid.then_some(found)
}

fn number(node: Node<'_>, notebook: &mut Notebook<'_>) -> Option<NumberAnswer> {
    let answer = match node.str() {
        None => node
            .number()
            .map(|value| NumberAnswer { value, unit: None }),
        Some(text) => number_with_unit(text),
    };
    let answer = answer.filter(|answer| answer.value.is_finite());
    if answer.is_none() {
        wrong_type(
            node,
            "a number, with or without a unit",
            "\"4 KiB\"",
            notebook,
        );
    }
    answer
}

/// `8`, `8 MiB`, `-1.5e3 ms`, `1_000_000`.
fn number_with_unit(text: &str) -> Option<NumberAnswer> {
    let text = text.trim();
    if text.len() > 100 {
        return None;
    }
    // The longest beginning that is a number: the `e` of `1e3` belongs to it, that of `1 element` does not.
    let (value, unit) = (1..=text.len())
        .rev()
        .filter(|end| text.is_char_boundary(*end))
        .find_map(|end| {
            let (number, unit) = text.split_at(end);
            let starts = number.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
            let digits = number.ends_with(|c: char| c.is_ascii_digit() || c == '.');
            let value = number.replace('_', "").parse::<f64>().ok();
            value.filter(|_| starts && digits).map(|v| (v, unit.trim()))
        })?;
    let strange = |c: char| c.is_ascii_digit() || c == ',' || c.is_control();
    (!unit.contains(strange)).then(|| NumberAnswer {
        value,
        unit: (!unit.is_empty()).then(|| unit.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn checklist() -> Checklist {
        let text = r#"
format_version = 1

[[item]]
id = "faster"
question = "Why is the stack faster?"
choice = { options = { a = "x", b = "y", c = "z" }, right = ["a", "c"] }

[[item]]
id = "page"
question = "How large is a page?"
number = { right = 4, unit = "KiB" }

[[item]]
id = "regions"
question = "From low to high?"
order = { things = { text = "1", heap = "2", stack = "3" }, right = ["text", "heap", "stack"] }

[[item]]
id = "places"
question = "Where?"
[item.match]
left = { local = "1", boxed = "2" }
right = { stack = "1", heap = "2" }
pairs = { local = "stack", boxed = "heap" }
"#;
        let (checklist, findings) = crate::course::load::parse_checklist("checklist.toml", text);
        assert_eq!(findings, []);
        checklist.unwrap()
    }

    #[test]
    fn answers_are_read_in_their_forms() {
        let text = "faster = [\"c\", \"a\"]\npage = \"4 KiB\"\nregions = [\"text\", \"heap\", \"stack\"]\n\
                    [places]\nlocal = \"stack\"\nboxed = \"heap\"\n";
        let (answers, findings) = parse_answers("answers.toml", text, &checklist());
        assert_eq!(findings, []);
        let both = BTreeSet::from(["a".to_owned(), "c".to_owned()]);
        assert_eq!(answers["faster"], Answer::Choice(both));
        let page = NumberAnswer {
            value: 4.0,
            unit: Some("KiB".to_owned()),
        };
        assert_eq!(answers["page"], Answer::Number(page));
        assert_eq!(
            answers["regions"],
            Answer::Order(vec!["text".into(), "heap".into(), "stack".into()])
        );
        assert!(matches!(&answers["places"], Answer::Match(pairs) if pairs["boxed"] == "heap"));
    }

    #[test]
    fn each_bad_answer_is_told_at_its_line_and_the_others_count() {
        let text = "fastr = \"a\"\nfaster = \"a\"\npage = \"big\"\nregions = [\"heap\", \"heap\", \"stak\"]\nplaces = []\nx y\n";
        let (answers, findings) = parse_answers("answers.toml", text, &checklist());
        let lines: Vec<String> = findings
            .iter()
            .map(|f| format!("{} {}", f.primary.as_ref().unwrap().place.line, f.code))
            .collect();
        assert_eq!(
            lines,
            [
                "1 answers/unknown-question",
                "3 answers/wrong-type",
                "4 answers/duplicate",
                "4 answers/unknown-key",
                "6 answers/syntax",
            ]
        );
        assert!(findings.iter().all(|f| f.fault == Fault::Learner));
        assert_eq!(answers.keys().collect::<Vec<_>>(), ["faster"]);
    }

    #[test]
    fn what_is_left_empty_is_not_answered() {
        let text = "faster = []\npage = \"\"\nregions = [\"heap\"]\n";
        let (answers, findings) = parse_answers("answers.toml", text, &checklist());
        assert_eq!(answers.keys().collect::<Vec<_>>(), ["regions"]);
        assert_eq!(findings[0].code, "answers/incomplete");
        assert_eq!(findings[0].severity, Severity::Warning);
    }

    #[test]
    fn numbers_are_read_with_and_without_units() {
        let read = |text: &str| number_with_unit(text).map(|n| (n.value, n.unit));
        assert_eq!(read("4096"), Some((4096.0, None)));
        assert_eq!(read(" 1_000 bytes "), Some((1000.0, Some("bytes".into()))));
        assert_eq!(read("1e3 ms"), Some((1000.0, Some("ms".into()))));
        assert_eq!(read("8MiB"), Some((8.0, Some("MiB".into()))));
        assert_eq!(read("5 elements"), Some((5.0, Some("elements".into()))));
        for bad in ["", "inf", "nan", "about 4", "1,000", "4 or 8", "1..2"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", id in "(faster|page|regions|places)", value in "[\\[{}\\]\"a-c0-9.,= é]*") {
            let checklist = checklist();
            parse_answers("a", &text, &checklist);
            parse_answers("a", &format!("{id} = {value}"), &checklist);
            parse_answers("a", &format!("{id} = \"{value}\""), &checklist);
        }
    }
}
