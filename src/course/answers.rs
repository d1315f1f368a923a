//! Reading `answers.toml`: what a learner answered, held against the questions' forms. Whether an answer is right is
//! for [`crate::judge`] to say.

use std::collections::{BTreeMap, BTreeSet};

use super::checklist::{Answer, Checklist, Item, NumberAnswer, STUDENT};
use super::load::document::{Document, Node, Notebook, nearest, shown};
use crate::diagnostic::{Fault, Finding, Severity};

mod layout;
pub mod write;

/// Longest student id, in characters.
const MAX_STUDENT: usize = 100;

/// Longest free text, in characters.
pub const MAX_TEXT: usize = 10_000;

/// What a learner answered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answers {
    /// Who they say they are: parameters of predictions depend on it.
    pub student: Option<String>,
    /// The well-formed answers by question.
    pub given: BTreeMap<String, Answer>,
}

/// Reads `answers.toml`. `file` is its path as findings name it.
///
/// An answer that is not well-formed gives a finding and is left out; it takes no other answer with it. An answer that
/// was left empty (`""`, `[]`) is left out without a finding, as an unanswered question is.
pub fn parse_answers(file: &str, text: &str, checklist: &Checklist) -> (Answers, Vec<Finding>) {
    let mut notebook = Notebook::new(file, text, "answers", Fault::Learner);
    let mut answers = Answers::default();
    let Some(document) = Document::read(text, &mut notebook) else {
        return (answers, notebook.finish());
    };
    for node in document.root().entries() {
        let id = node.key().unwrap_or_default();
        let line = notebook.place(&node.key_span()).line;
        if document.is_broken(line) {
            continue;
        }
        if id == STUDENT {
            answers.student = student(node, &mut notebook);
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
            answers.given.insert(id.to_owned(), answer);
        }
    }
    (answers, notebook.finish())
}

/// Whether `text` can be the id of a student.
///
/// # Errors
/// What it must be instead, as the end of a sentence.
pub fn check_student(text: &str) -> Result<(), String> {
    if text.chars().count() > MAX_STUDENT {
        Err(format!("no longer than {MAX_STUDENT} characters"))
    } else if text.chars().any(char::is_control) {
        Err("one line of plain text".to_owned())
    } else {
        Ok(())
    }
}

fn student(node: Node<'_>, notebook: &mut Notebook<'_>) -> Option<String> {
    let Some(text) = node.str() else {
        wrong_type(node, "your student id in quotes", "\"s1234567\"", notebook);
        return None;
    };
    let text = text.trim();
    if let Err(wanted) = check_student(text) {
        let message = format!("a student id must be {wanted}");
        notebook.error("wrong-type", &node.span(), message, "not an id");
        return None;
    }
    (!text.is_empty()).then(|| text.to_owned())
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
        if keys.len() > 1 && !choice.several() {
            let message = "this question has one answer, and several are chosen";
            let finding = notebook.finding("too-many", &node.span(), message, "more than one");
            notebook.add(finding.help("decide on one of them"));
            return None;
        }
        return Some(Answer::Choice(keys.into_iter().collect()));
    }
    if let Some(layout) = &item.layout {
        return self::layout::answer(layout, node, notebook).map(Answer::Layout);
    }
    if item.text.is_some() {
        return free_text(node, notebook).map(Answer::Text);
    }
    if item.number.is_some() || item.predict.is_some() {
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

fn free_text(node: Node<'_>, notebook: &mut Notebook<'_>) -> Option<String> {
    let Some(text) = node.str() else {
        wrong_type(node, "text in quotes", "\"\"\"…\"\"\"", notebook);
        return None;
    };
    if text.chars().count() > MAX_TEXT {
        let message = format!("this answer is longer than {MAX_TEXT} characters");
        let finding = notebook.finding("too-large", &node.key_span(), message, "too long");
        notebook.add(finding.help("a few sentences are enough"));
        return None;
    }
    Some(text.trim().to_owned())
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

/// A number as a learner writes it: `8`, `8 MiB`, `-1.5e3 ms`, `1_000_000`.
pub fn number_with_unit(text: &str) -> Option<NumberAnswer> {
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
        assert_eq!(answers.given["faster"], Answer::Choice(both));
        let page = NumberAnswer {
            value: 4.0,
            unit: Some("KiB".to_owned()),
        };
        assert_eq!(answers.given["page"], Answer::Number(page));
        assert_eq!(
            answers.given["regions"],
            Answer::Order(vec!["text".into(), "heap".into(), "stack".into()])
        );
        assert!(
            matches!(&answers.given["places"], Answer::Match(pairs) if pairs["boxed"] == "heap")
        );
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
        assert_eq!(answers.given.keys().collect::<Vec<_>>(), ["faster"]);
    }

    #[test]
    fn what_is_left_empty_is_not_answered() {
        let text = "faster = []\npage = \"\"\nregions = [\"heap\"]\n";
        let (answers, findings) = parse_answers("answers.toml", text, &checklist());
        assert_eq!(answers.given.keys().collect::<Vec<_>>(), ["regions"]);
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

    #[test]
    fn every_further_kind_is_read_and_refused_at_its_line() {
        let text = r#"
format_version = 1
[[item]]
id = "one"
question = "Which?"
[item.choice]
right = ["a"]
options = { a = "A", b = "B" }
[[item]]
id = "drawing"
question = "Draw."
[item.layout]
right = [{ region = "text", holds = ["x"] }, { region = "stack", holds = ["y"] }]
regions = { text = "Code", stack = "Stack" }
things = { x = "X", y = "Y" }
[[item]]
id = "why"
question = "Why?"
[item.text]
rubric = [{ points = 1, says = "so" }]
"#;
        let checklist = super::super::load::parse_checklist("c", text).0.unwrap();
        let long = format!("why = \"{}\"", "x".repeat(MAX_TEXT + 1));
        for (answers, code) in [
            ("student = 5", "wrong-type"),
            ("student = \"a\\u0007\"", "wrong-type"),
            ("one = [\"a\", \"b\"]", "too-many"),
            ("drawing = \"text\"", "wrong-type"),
            ("drawing = [\"text\"]", "wrong-type"),
            ("drawing = [{ holds = [] }]", "wrong-type"),
            ("drawing = [{ region = \"heap\" }]", "unknown-key"),
            (
                "drawing = [{ region = \"text\", hold = [] }]",
                "unknown-key",
            ),
            (
                "drawing = [{ region = \"text\", holds = \"x\" }]",
                "wrong-type",
            ),
            (
                "drawing = [{ region = \"text\", holds = [\"z\"] }]",
                "unknown-key",
            ),
            (
                "drawing = [{ region = \"text\" }, { region = \"text\" }]",
                "duplicate",
            ),
            (
                "drawing = [{ region = \"text\", holds = [\"x\"] }, { region = \"stack\", holds = [\"x\"] }]",
                "duplicate",
            ),
            ("drawing = [{ region = \"text\" }]", "incomplete"),
            ("why = 3", "wrong-type"),
            (&long, "too-large"),
        ] {
            let (_, findings) = parse_answers("a", &format!("\n{answers}\n"), &checklist);
            let found: Vec<_> = findings
                .iter()
                .map(|f| (f.code.as_str(), f.primary.as_ref().unwrap().place.line))
                .collect();
            assert_eq!(
                found,
                [(format!("answers/{code}").as_str(), 2)],
                "{answers}"
            );
        }
        let text = "student = \" ann \"\none = \"b\"\nwhy = \"\"\"\nA text.\n\"\"\"\n[[drawing]]\nregion = \"stack\"\nholds = [\"y\", \"x\"]\n[[drawing]]\nregion = \"text\"\n";
        let (answers, findings) = parse_answers("a", text, &checklist);
        assert_eq!(findings, []);
        assert_eq!(answers.student.as_deref(), Some("ann"));
        assert_eq!(answers.given["why"], Answer::Text("A text.".into()));
        let Answer::Layout(drawn) = &answers.given["drawing"] else {
            panic!("not a drawing");
        };
        assert_eq!(drawn[0].holds, ["y", "x"]);
        assert_eq!(drawn[1].region, "text");
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
