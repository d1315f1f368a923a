//! Writing `answers.toml`: one answer at a time into a file that a learner may have written by hand.

use std::fmt::Write as _;

use toml_edit::{Array, DocumentMut, InlineTable, Item as Node, Value};

use crate::course::checklist::{Answer, Checklist, Item, NumberAnswer, Place, STUDENT, filled};

/// Why an answer could not be put into the file: it is not TOML. Reading it says where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file is not valid TOML")]
pub struct NotToml;

/// The text of `answers.toml` with `answer` to the question `id` in it. Everything else stays as it is, comments too.
///
/// # Errors
/// [`NotToml`] if `text` cannot be read.
pub fn with_answer(text: &str, id: &str, answer: &Answer) -> Result<String, NotToml> {
    with_value(text, id, value(answer))
}

/// The text of `answers.toml` with the student's id in it, at the top if it is new.
///
/// # Errors
/// [`NotToml`] if `text` cannot be read.
pub fn with_student(text: &str, student: &str) -> Result<String, NotToml> {
    let document: DocumentMut = text.parse().map_err(|_| NotToml)?;
    if document.contains_key(STUDENT) {
        return with_value(text, STUDENT, student.into());
    }
    let line = format!("{STUDENT} = {}\n", Value::from(student).to_string().trim());
    let gap = if text.trim().is_empty() { "" } else { "\n" };
    Ok(format!("{line}{gap}{text}"))
}

fn with_value(text: &str, key: &str, value: Value) -> Result<String, NotToml> {
    let mut document: DocumentMut = text.parse().map_err(|_| NotToml)?;
    if let Some(Node::Value(old)) = document.get_mut(key) {
        // What stands around it is a comment of the learner's.
        let decor = old.decor().clone();
        *old = value;
        *old.decor_mut() = decor;
    } else {
        // A `[table]` in its place makes room; values come before all tables.
        document.remove(key);
        document.insert(key, Node::Value(value));
    }
    Ok(document.to_string())
}

fn value(answer: &Answer) -> Value {
    let list = |keys: &mut dyn Iterator<Item = &String>| {
        Value::Array(keys.map(String::as_str).collect::<Array>())
    };
    match answer {
        Answer::Choice(keys) => match keys.len() {
            1 => keys
                .iter()
                .next()
                .map(String::as_str)
                .unwrap_or_default()
                .into(),
            _ => list(&mut keys.iter()),
        },
        Answer::Number(number) => self::number(number),
        Answer::Order(keys) => list(&mut keys.iter()),
        Answer::Match(pairs) => {
            let pairs = pairs
                .iter()
                .map(|(left, right)| (left.as_str(), right.as_str()));
            Value::InlineTable(pairs.collect::<InlineTable>())
        }
        Answer::Layout(places) => drawing(places),
        Answer::Text(text) => text.as_str().into(),
    }
}

fn number(number: &NumberAnswer) -> Value {
    let whole = number.value.fract() == 0.0 && number.value.abs() < 1e15;
    match &number.unit {
        Some(unit) => format!("{} {unit}", number.value).into(),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number below 10^15 fits"
        )]
        None if whole => (number.value as i64).into(),
        None => number.value.into(),
    }
}

/// One region on each line, as it would be drawn.
fn drawing(places: &[Place]) -> Value {
    let mut regions = Array::new();
    for place in places {
        let mut table = InlineTable::new();
        table.insert("region", place.region.as_str().into());
        if !place.holds.is_empty() {
            let holds = place.holds.iter().map(String::as_str);
            table.insert("holds", Value::Array(holds.collect()));
        }
        regions.push_formatted(Value::InlineTable(table).decorated("\n    ", ""));
    }
    if !places.is_empty() {
        regions.set_trailing_comma(true);
        regions.set_trailing("\n");
    }
    Value::Array(regions)
}

/// A file to fill in by hand: every question as comments, with its keys and an empty answer.
pub fn template(checklist: &Checklist, student: Option<&str>) -> String {
    let mut out = String::from(
        "# Your answers. Fill in what is between the quotes or brackets; what is left empty counts as not answered.\n\
         # The numbers of some questions depend on who you are: put your student id here first.\n\
         # `memgrade quiz --by-hand` then shows your numbers, and whether all that is filled in can be read.\n",
    );
    let _ = writeln!(out, "{STUDENT} = {}", quoted(student.unwrap_or_default()));
    for item in &checklist.items {
        out.push('\n');
        let parameters = item.parameters(student);
        let question =
            parameters.map_or_else(|| item.question.clone(), |p| filled(&item.question, &p));
        comment(&mut out, &question);
        let empty = form(item, &mut out);
        let _ = writeln!(out, "{} = {empty}", item.id);
    }
    out
}

/// Says how a question is answered, and gives the empty answer.
fn form(item: &Item, out: &mut String) -> &'static str {
    let keys = |out: &mut String, entries: &std::collections::BTreeMap<String, String>| {
        for (key, text) in entries {
            comment(out, &format!("  {key}: {text}"));
        }
    };
    if let Some(choice) = &item.choice {
        keys(out, &choice.options);
        return if choice.several() { "[]" } else { "\"\"" };
    }
    if let Some(order) = &item.order {
        keys(out, &order.things);
        return "[]";
    }
    if let Some(matching) = &item.matching {
        keys(out, &matching.left);
        comment(out, "each with one of");
        keys(out, &matching.right);
        return "{}";
    }
    if let Some(layout) = &item.layout {
        comment(
            out,
            "regions, to be listed from low addresses to high ones:",
        );
        keys(out, &layout.regions);
        comment(out, "things, each to be put into one of them:");
        keys(out, &layout.things);
        comment(out, "as [{ region = \"…\", holds = [\"…\"] }, …]");
        return "[]";
    }
    if item.text.is_some() {
        comment(out, "in your own words");
        return "\"\"";
    }
    let mut unit = item
        .number
        .as_ref()
        .and_then(|number| number.unit.as_deref());
    if let Some(predict) = &item.predict {
        comment(
            out,
            &format!("the program is exercises/{}", predict.program),
        );
        unit = predict.unit();
    }
    let bare = unit.map_or_else(String::new, |unit| {
        format!("; a number without one is in {unit}")
    });
    comment(out, &format!("a number, with or without a unit{bare}"));
    "\"\""
}

fn comment(out: &mut String, text: &str) {
    for line in text.lines() {
        // A course is not trusted with our file: no control character leaves its comment.
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        let _ = writeln!(out, "# {line}");
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string().trim().to_owned()
}
