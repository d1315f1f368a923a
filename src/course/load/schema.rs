//! Holding a TOML file to a JSON Schema, with a finding at the place of everything that does not fit.
//!
//! The schemas are generated from the types (see the tests below) and committed, so that editors read the very same
//! rules. Only what schemars writes for our types is understood: references, properties, required keys, words
//! (`oneOf` of constants), groups of keys (`oneOf` or `anyOf` of required keys), nullable types, and the formats
//! `size`, `time`, `regex` and those of integers.

use std::ops::Range;
use std::sync::LazyLock;

use serde_json::Value;
use toml::de::DeValue;

use super::document::{Node, Notebook, nearest, shown};
use crate::course::units::{SIZE_UNITS, Size, TIME_UNITS, Time, UnitError};

/// Largest compiled size of a regular expression in a spec: enough for any that a person writes.
pub(crate) const REGEX_SIZE_LIMIT: usize = 1 << 20;

/// A schema for one kind of file.
pub(super) struct Schema {
    root: Value,
}

fn compiled(text: &str) -> Schema {
    // A test holds the committed files to be JSON; an empty schema refuses nothing and serde still checks.
    Schema {
        root: serde_json::from_str(text).unwrap_or_default(),
    }
}

/// The schema of `exercise.toml`.
pub(super) static EXERCISE: LazyLock<Schema> =
    LazyLock::new(|| compiled(include_str!("../../../schemas/exercise.schema.json")));
/// The schema of `checklist.toml`.
pub(super) static CHECKLIST: LazyLock<Schema> =
    LazyLock::new(|| compiled(include_str!("../../../schemas/checklist.schema.json")));
/// The schema of `course.toml`.
pub(super) static COURSE: LazyLock<Schema> =
    LazyLock::new(|| compiled(include_str!("../../../schemas/course.schema.json")));

impl Schema {
    /// Adds a finding for everything in `root` that does not fit.
    pub(super) fn check(&self, root: Node<'_>, notebook: &mut Notebook<'_>) {
        self.value(&self.root, root, "this file", notebook);
    }

    /// Follows a reference and drops `null` from the alternatives.
    fn resolve<'s>(&'s self, mut schema: &'s Value) -> &'s Value {
        // The types nest a few levels deep; the bound is against a reference to itself.
        for _ in 0..16 {
            let next = if let Some(pointer) = schema["$ref"].as_str() {
                self.root.pointer(pointer.trim_start_matches('#'))
            } else if let Some(only) = schema["allOf"].as_array().and_then(|all| all.first()) {
                Some(only)
            } else {
                schema["anyOf"].as_array().and_then(|any| {
                    let nullable = any.iter().any(|s| s["type"] == "null");
                    any.iter().find(|s| nullable && s["type"] != "null")
                })
            };
            match next {
                Some(next) => schema = next,
                None => break,
            }
        }
        schema
    }

    fn value(&self, schema: &Value, node: Node<'_>, name: &str, notebook: &mut Notebook<'_>) {
        let schema = self.resolve(schema);
        if let Some(words) = words(schema) {
            word(&words, node, name, notebook);
            return;
        }
        if !has_type(schema, node.value()) {
            wrong_type(schema, node, name, notebook);
            return;
        }
        match node.value() {
            DeValue::Table(_) => self.table(schema, node, name, notebook),
            DeValue::Array(_) => {
                for element in node.elements() {
                    self.value(&schema["items"], element, name, notebook);
                }
            }
            DeValue::String(text) => string(schema, text, node, name, notebook),
            DeValue::Integer(_) | DeValue::Float(_) => number(schema, node, name, notebook),
            DeValue::Boolean(_) | DeValue::Datetime(_) => {}
        }
    }

    fn table(&self, schema: &Value, node: Node<'_>, name: &str, notebook: &mut Notebook<'_>) {
        let properties = schema["properties"].as_object();
        // Keys that a misspelt one was meant to be: they are not missing as well.
        let mut meant = Vec::new();
        let rest = &schema["additionalProperties"];
        for entry in node.entries() {
            let key = entry.key().unwrap_or_default();
            if let Some(property) = properties.and_then(|p| p.get(key)) {
                self.value(property, entry, &format!("`{key}`"), notebook);
            } else if rest.is_object() {
                let label = format!("`{}`", shown(key));
                self.value(rest, entry, &label, notebook);
            } else if rest == &Value::Bool(false) {
                let valid = properties.map(|p| p.keys().map(String::as_str));
                let valid: Vec<&str> = valid.into_iter().flatten().collect();
                meant.extend(unknown_key(&valid, entry, name, notebook));
            }
        }
        for key in strings(&schema["required"]) {
            if node.get(key).is_none() && !meant.contains(&key) {
                missing_key(properties, key, node, name, notebook);
            }
        }
        groups(schema, node, &meant, name, notebook);
    }
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The words of an enumeration, if the schema is one.
fn words(schema: &Value) -> Option<Vec<&str>> {
    if let Some(list) = schema["enum"].as_array() {
        return Some(list.iter().filter_map(Value::as_str).collect());
    }
    let alternatives = schema["oneOf"].as_array()?;
    if alternatives.iter().any(|a| a["required"].is_array()) {
        return None;
    }
    let mut found = Vec::new();
    for alternative in alternatives {
        found.extend(alternative["const"].as_str());
        found.extend(strings(&alternative["enum"]));
    }
    Some(found)
}

fn word(words: &[&str], node: Node<'_>, name: &str, notebook: &mut Notebook<'_>) {
    let span = node.span();
    let all = list(words);
    let Some(text) = node.str() else {
        let got = article(node.value().type_str());
        let message = format!("{name} must be one of these words, not {got}");
        let finding = notebook.finding("wrong-type", &span, message, format!("write one of {all}"));
        notebook.add(finding);
        return;
    };
    if words.contains(&text) {
        return;
    }
    let message = format!("{name} does not know the word `{}`", shown(text));
    let mut finding = notebook
        .finding("unknown-word", &span, message, "not one of its words")
        .note(format!("the words are {all}"));
    if let Some(near) = nearest(text, words.iter().copied()) {
        finding = finding.help(format!("write `\"{near}\"`"));
    }
    notebook.add(finding);
}

/// `a`, `b` and `c`.
pub(super) fn list(words: &[&str]) -> String {
    match words {
        [] => "none".to_owned(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|word| format!("`{word}`")).collect();
            format!("{} and `{last}`", first.join(", "))
        }
    }
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        several => strings(several).filter(|t| *t != "null").collect(),
    }
}

fn has_type(schema: &Value, value: &DeValue<'_>) -> bool {
    let types = types(schema);
    if types.is_empty() {
        return true;
    }
    types.iter().any(|name| match *name {
        "object" => value.is_table(),
        "array" => value.is_array(),
        "string" => value.is_str(),
        "boolean" => value.is_bool(),
        "integer" => value.is_integer(),
        "number" => value.is_integer() || value.is_float(),
        _ => false,
    })
}

fn wrong_type(schema: &Value, node: Node<'_>, name: &str, notebook: &mut Notebook<'_>) {
    let expected = match schema["format"].as_str() {
        Some("size") => "a size such as `\"64 KiB\"`",
        Some("time") => "a time such as `\"500 ms\"`",
        _ => match types(schema).first().copied() {
            Some("object") => "a table",
            Some("array") => "a list",
            Some("string") => "text in quotes",
            Some("boolean") => "`true` or `false`",
            Some("integer") => "a whole number",
            Some("number") => "a number",
            _ => "something else",
        },
    };
    let got = article(node.value().type_str());
    let span = node.span();
    let mut finding = notebook.finding(
        "wrong-type",
        &span,
        format!("{name} must be {expected}, not {got}"),
        format!("this is {got}"),
    );
    let of_tables = schema["items"]["$ref"].is_string();
    if node.value().is_table() && of_tables && schema["type"] == "array" {
        finding = finding.help(format!("write `[[{}]]`", node.key().unwrap_or_default()));
    } else if expected == "a list" && !node.value().is_table() {
        finding = finding.help("put it in square brackets: `[…]`");
    } else if expected == "text in quotes"
        && (node.integer().is_some() || node.value().is_datetime())
    {
        finding = finding.help("put it in quotes");
    }
    notebook.add(finding);
}

fn article(kind: &str) -> String {
    match kind {
        "integer" => "a whole number".to_owned(),
        "float" => "a number with a decimal point".to_owned(),
        "string" => "text".to_owned(),
        "array" => "a list".to_owned(),
        "boolean" => "a truth value".to_owned(),
        "datetime" => "a date".to_owned(),
        other => format!("a {other}"),
    }
}

/// Reports an unknown key, and gives the key that it was meant to be.
fn unknown_key<'s>(
    valid: &[&'s str],
    entry: Node<'_>,
    name: &str,
    notebook: &mut Notebook<'_>,
) -> Option<&'s str> {
    let key = entry.key().unwrap_or_default();
    let span = entry.key_span();
    let message = format!("{name} has no key `{}`", shown(key));
    let mut finding = notebook.finding("unknown-key", &span, message, "unknown key");
    let near = nearest(key, valid.iter().copied());
    finding = match near {
        Some(near) => finding.help(format!("write `{near}`")),
        None => finding.note(format!("its keys are {}", list(valid))),
    };
    notebook.add(finding);
    near
}

/// Where to point when something is missing from a table: its header, or the whole of a short inline table, or the
/// start of the file.
fn table_span(node: Node<'_>) -> Range<usize> {
    let span = node.span();
    if node.key().is_some() && span.is_empty() {
        node.key_span()
    } else {
        span
    }
}

fn missing_key(
    properties: Option<&serde_json::Map<String, Value>>,
    key: &str,
    node: Node<'_>,
    name: &str,
    notebook: &mut Notebook<'_>,
) {
    let message = format!("{name} needs the key `{key}`");
    let mut finding = notebook.finding("missing-key", &table_span(node), message, "missing here");
    let about = properties.and_then(|p| p.get(key));
    if let Some(about) = about.and_then(|p| p["description"].as_str()) {
        let sentence = about.replace('\n', " ");
        finding = finding.note(format!("`{key}`: {sentence}"));
    }
    notebook.add(finding);
}

/// Exactly one (`oneOf`) or at least one (`anyOf`) of several keys.
fn groups(schema: &Value, node: Node<'_>, meant: &[&str], name: &str, notebook: &mut Notebook<'_>) {
    let keys = |group: &'static str| -> Vec<&str> {
        schema[group]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|branch| branch["required"][0].as_str())
            .collect()
    };
    let (one, any) = (keys("oneOf"), keys("anyOf"));
    let given: Vec<Node<'_>> = one.iter().filter_map(|key| node.get(key)).collect();
    let one_meant = one.iter().any(|key| meant.contains(key));
    if !one.is_empty() && given.is_empty() && !one_meant {
        let message = format!("{name} needs exactly one of the keys {}", list(&one));
        notebook.error(
            "one-key",
            &table_span(node),
            message,
            "none of them is here",
        );
    }
    if let Some((_, extra)) = given.split_first()
        && !extra.is_empty()
    {
        let mut spans: Vec<_> = given.iter().map(Node::key_span).collect();
        spans.sort_by_key(|span| span.start);
        let [first, .., last] = spans.as_slice() else {
            return;
        };
        let mut names: Vec<&str> = given.iter().filter_map(Node::key).collect();
        names.sort_unstable();
        let message = format!("{name} can have only one of {}", list(&names));
        let place = notebook.place(first);
        let finding = notebook
            .finding("one-key", last, message, "one too many")
            .also(place, "the first of them")
            .help("keep one of them");
        notebook.add(finding);
    }
    let absent = |key: &&str| node.get(key).is_none() && !meant.contains(key);
    if !any.is_empty() && any.iter().all(absent) {
        let message = format!("{name} needs at least one of the keys {}", list(&any));
        notebook.error(
            "one-key",
            &table_span(node),
            message,
            "none of them is here",
        );
    }
}

fn string(schema: &Value, text: &str, node: Node<'_>, name: &str, notebook: &mut Notebook<'_>) {
    let span = node.span();
    match schema["format"].as_str() {
        Some("size") => {
            if let Err(error) = text.parse::<Size>() {
                let units: Vec<&str> = SIZE_UNITS.iter().map(|(unit, _)| *unit).collect();
                unit_error(&error, &units, text, &span, name, notebook);
            }
        }
        Some("time") => {
            if let Err(error) = text.parse::<Time>() {
                let units: Vec<&str> = TIME_UNITS.iter().map(|(unit, _)| *unit).collect();
                unit_error(&error, &units, text, &span, name, notebook);
            }
        }
        Some("regex") => {
            if let Err(error) = regex::RegexBuilder::new(text)
                .size_limit(REGEX_SIZE_LIMIT)
                .build()
            {
                regex_error(&error, &span, name, notebook);
            }
        }
        _ => {}
    }
}

fn unit_error(
    error: &UnitError,
    units: &[&str],
    text: &str,
    span: &Range<usize>,
    name: &str,
    notebook: &mut Notebook<'_>,
) {
    let (what, help) = match error {
        UnitError::NoNumber(example) => (
            format!("`{}` is not a number with a unit", shown(text)),
            Some(format!("write it like `\"{example}\"`")),
        ),
        UnitError::NoUnit { number, suggestion } => (
            "the unit is missing".to_owned(),
            Some(format!("write `\"{number} {suggestion}\"`")),
        ),
        UnitError::UnknownUnit { unit, suggestion } => {
            let number = text.trim().strip_suffix(unit.as_str()).unwrap_or_default();
            (
                format!("there is no unit `{}`", shown(unit)),
                Some(format!("write `\"{} {suggestion}\"`", number.trim())),
            )
        }
        UnitError::OutOfRange => (
            format!("`{}` is out of range", shown(text)),
            Some("the largest is just under 2^63".to_owned()),
        ),
    };
    let mut finding = notebook
        .finding("unit", span, format!("{name}: {what}"), "cannot be read")
        .note(format!("the units are {}", list(units)));
    finding.help = help;
    notebook.add(finding);
}

fn regex_error(error: &regex::Error, span: &Range<usize>, name: &str, notebook: &mut Notebook<'_>) {
    let reason = match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        // The last line of the crate's message is the reason; the lines before it draw the expression again.
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            shown(last.trim().trim_start_matches("error: "))
        }
    };
    let message = format!("{name} is not a valid regular expression: {reason}");
    let finding = notebook
        .finding("regex", span, message, "cannot be read")
        .help("in TOML, write regular expressions in single quotes, so that `\\d` stays as it is");
    notebook.add(finding);
}

fn number(schema: &Value, node: Node<'_>, name: &str, notebook: &mut Notebook<'_>) {
    let span = node.span();
    if let DeValue::Float(_) = node.value() {
        if node.number().is_none_or(|n| !n.is_finite()) {
            let message = format!("{name} must be a finite number");
            notebook.error("out-of-range", &span, message, "not finite");
        }
        return;
    }
    let (low, high): (i128, i128) = match schema["format"].as_str() {
        Some("uint32") => (0, u32::MAX.into()),
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        // TOML's integers are signed.
        Some("uint64" | "size") => (0, i64::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    };
    let message = match node.integer() {
        Some(value) if value < 0 && low == 0 => format!("{name} cannot be negative"),
        Some(value) if (low..=high).contains(&value) => return,
        _ => format!("{name} must lie between {low} and {high}"),
    };
    notebook.error("out-of-range", &span, message, "out of range");
}

#[cfg(test)]
mod tests {
    use schemars::generate::SchemaSettings;
    use schemars::transform::RecursiveTransform;

    use super::*;

    /// What the types say now. Draft 7 is what TOML editors understand.
    fn generated<T: schemars::JsonSchema>() -> String {
        let settings = SchemaSettings::draft07().with_transform(RecursiveTransform(
            // `null` cannot be written in TOML, so a default of `null` tells nobody anything.
            |schema: &mut schemars::Schema| {
                if schema
                    .get("default")
                    .is_some_and(|d| d.is_null() || d.is_object())
                {
                    schema.remove("default");
                }
            },
        ));
        let schema = settings.into_generator().into_root_schema_for::<T>();
        serde_json::to_string_pretty(&schema).unwrap() + "\n"
    }

    fn is_fresh<T: schemars::JsonSchema>(name: &str) {
        let path = format!("{}/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
        let now = generated::<T>();
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == now,
            "{path} is stale; run BLESS=1 cargo test schema"
        );
    }

    #[test]
    fn the_schema_of_exercises_is_fresh() {
        is_fresh::<crate::course::spec::Exercise>("exercise");
    }

    #[test]
    fn the_schema_of_checklists_is_fresh() {
        is_fresh::<crate::course::checklist::Checklist>("checklist");
    }

    #[test]
    fn the_schema_of_courses_is_fresh() {
        is_fresh::<crate::course::outline::Outline>("course");
    }

    #[test]
    fn every_keyword_of_the_schemas_is_understood() {
        fn visit(schema: &Value, seen: &mut std::collections::BTreeSet<String>) {
            let Some(object) = schema.as_object() else {
                return;
            };
            for (key, value) in object {
                seen.insert(key.clone());
                match key.as_str() {
                    "properties" | "definitions" => {
                        value
                            .as_object()
                            .unwrap()
                            .values()
                            .for_each(|v| visit(v, seen));
                    }
                    "oneOf" | "anyOf" | "allOf" => {
                        value
                            .as_array()
                            .unwrap()
                            .iter()
                            .for_each(|v| visit(v, seen));
                    }
                    "items" | "additionalProperties" => visit(value, seen),
                    _ => {}
                }
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        for schema in [&EXERCISE, &CHECKLIST, &COURSE] {
            assert!(schema.root.is_object());
            visit(&schema.root, &mut seen);
        }
        let understood = [
            "$ref",
            "$schema",
            "additionalProperties",
            "allOf",
            "anyOf",
            "const",
            "default",
            "definitions",
            "description",
            "enum",
            "format",
            "items",
            "minimum",
            "oneOf",
            "properties",
            "required",
            "title",
            "type",
        ];
        let unknown: Vec<_> = seen
            .iter()
            .filter(|key| !understood.contains(&key.as_str()))
            .collect();
        assert!(unknown.is_empty(), "the loader does not know {unknown:?}");
    }
}
