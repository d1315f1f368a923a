//! The reference in docs/ is made from the code: fields from the schemas, which are made from the types, and codes from the texts that
//! `memgrade explain` prints. `BLESS=1 cargo test --test it reference` writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use memgrade::judge::catalog;
use serde_json::Value;

use super::support::root;

const MADE: &str = "<!-- Made from the code: BLESS=1 cargo test --test it reference. -->\n";

/// Compares a page with what it should be, or writes it.
fn holds(page: &str, text: &str) {
    let path = root().join("docs").join(page);
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        fs::write(&path, text).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == text,
        "docs/{page} is not what the code says; BLESS=1 cargo test --test it reference"
    );
}

fn schema(file: &str) -> Value {
    let path = root().join("schemas").join(format!("{file}.schema.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The name of the definition that a schema refers to, through lists, tables and alternatives with null.
fn reference(schema: &Value) -> Option<&str> {
    if !schema.is_object() {
        return None;
    }
    if let Some(pointer) = schema["$ref"].as_str() {
        return pointer.rsplit('/').next();
    }
    let inner = [&schema["items"], &schema["additionalProperties"]];
    let alternatives = ["allOf", "anyOf", "oneOf"].into_iter();
    let alternatives = alternatives
        .filter_map(|key| schema[key].as_array())
        .flatten();
    inner.into_iter().chain(alternatives).find_map(reference)
}

/// What a value may be, in words.
fn kind(schema: &Value, file: &str) -> String {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|pointer| pointer.rsplit('/').next())
    {
        return match name {
            "Size" => "size".to_owned(),
            "Time" => "time".to_owned(),
            name => format!("[{}](#{})", spaced(name), anchor(file, name)),
        };
    }
    for key in ["allOf", "anyOf"] {
        if let Some(all) = schema[key].as_array() {
            let kinds: Vec<String> = all
                .iter()
                .filter(|one| one["type"] != "null" && one.get("required").is_none())
                .map(|one| kind(one, file))
                .collect();
            if !kinds.is_empty() {
                return kinds.join(" or ");
            }
        }
    }
    let one = |name: &str| match name {
        "string" if schema["format"] == "regex" => "regular expression".to_owned(),
        "string" => "text".to_owned(),
        "integer" => "whole number".to_owned(),
        "number" => "number".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "array" => format!("list of {}", kind(&schema["items"], file)),
        "object" => match &schema["additionalProperties"] {
            rest @ Value::Object(_) => format!("table of {}", kind(rest, file)),
            _ => "table".to_owned(),
        },
        other => other.to_owned(),
    };
    match &schema["type"] {
        Value::String(name) => one(name),
        Value::Array(names) => {
            let names = names
                .iter()
                .filter_map(Value::as_str)
                .filter(|name| *name != "null");
            names.map(one).collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    }
}

/// `OutputExpectation` as `output expectation`.
fn spaced(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// The anchor that a heading of this form gets.
fn anchor(file: &str, name: &str) -> String {
    format!("{file}-{}", spaced(name).replace(' ', "-"))
}

/// A cell of a table.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

/// The table of an object's keys, or of the words that a value can be.
fn table(schema: &Value, file: &str) -> String {
    let mut out = String::new();
    if let Some(words) = schema["oneOf"]
        .as_array()
        .filter(|all| all[0].get("const").is_some())
    {
        out.push_str("| word | meaning |\n|---|---|\n");
        for word in words {
            let meaning = word["description"].as_str().unwrap_or_default();
            let _ = writeln!(
                out,
                "| `{}` | {} |",
                word["const"].as_str().unwrap(),
                cell(meaning)
            );
        }
        return out;
    }
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    out.push_str("| key | value | meaning |\n|---|---|---|\n");
    for (key, property) in schema["properties"].as_object().unwrap() {
        let meaning = property["description"].as_str().unwrap_or_default();
        let must = if required.contains(&key.as_str()) {
            " **Must be said.**"
        } else {
            ""
        };
        let kind = kind(property, file);
        let _ = writeln!(
            out,
            "| `{key}` | {} | {}{must} |",
            cell(&kind),
            cell(meaning)
        );
    }
    out
}

/// All that a file can hold: its own keys, then each kind of table in the order in which it is first named.
fn chapter(file: &str) -> String {
    let schema = schema(file);
    let definitions: BTreeMap<String, Value> =
        serde_json::from_value(schema["definitions"].clone()).unwrap_or_default();
    let mut out = format!("## {file}.toml\n\n");
    let _ = writeln!(out, "{}\n", schema["description"].as_str().unwrap());
    out.push_str(&table(&schema, file));
    let mut seen: Vec<&str> = Vec::new();
    let mut next: Vec<&Value> = vec![&schema];
    while let Some(object) = next.pop() {
        let mut named = Vec::new();
        for property in object["properties"]
            .as_object()
            .into_iter()
            .flat_map(|all| all.values())
        {
            if let Some(name) = reference(property)
                && !["Size", "Time"].contains(&name)
                && !seen.contains(&name)
            {
                seen.push(name);
                named.push(name);
            }
        }
        for name in &named {
            let definition = &definitions[*name];
            let _ = write!(
                out,
                "\n### {file} {}\n\n{}\n\n{}",
                spaced(name),
                definition["description"].as_str().unwrap_or_default(),
                table(definition, file)
            );
        }
        next.extend(named.iter().rev().map(|name| &definitions[*name]));
    }
    for name in definitions.keys() {
        let scalar = ["Size", "Time"].contains(&name.as_str());
        assert!(
            scalar || seen.contains(&name.as_str()),
            "{name} of {file} is not in the reference"
        );
    }
    out
}

#[test]
fn every_field_of_a_spec_is_in_the_reference() {
    let mut text = format!(
        "{MADE}\n# Every field of a spec\n\n\
         A size is a whole number of bytes, or text with a unit: `\"64 KiB\"`, `\"8 MiB\"`, `\"1 GiB\"` (binary), `\"500 kB\"`, `\"2 MB\"` (decimal). \
         A time is text with a unit: `\"250 ms\"`, `\"2 s\"`, `\"1 min\"`. Regular expressions are those of Rust's \
         [regex crate](https://docs.rs/regex/latest/regex/#syntax). Whatever is not known is refused, and named with its line.\n\n"
    );
    let chapters: Vec<String> = ["exercise", "checklist", "course"].map(chapter).to_vec();
    text.push_str(&chapters.join("\n"));
    assert!(text.contains("`holds_steady`") && text.contains("| `of` |"));
    holds("reference-spec.md", &text);
}

#[test]
fn every_code_is_in_the_reference() {
    let mut families: Vec<(&str, Vec<&catalog::Entry>)> = Vec::new();
    for entry in catalog::all() {
        let family = entry.code.split_once('/').map_or("", |(family, _)| family);
        match families.iter_mut().find(|(name, _)| *name == family) {
            Some((_, entries)) => entries.push(entry),
            None => families.push((family, vec![entry])),
        }
    }
    families.sort_by_key(|(family, _)| *family);
    let mut text = format!(
        "{MADE}\n# Every finding's code\n\nThe same texts are printed by `memgrade explain CODE`.\n"
    );
    for (family, mut entries) in families {
        let heading = if family.is_empty() { "Topics" } else { family };
        let _ = writeln!(text, "\n## {heading}");
        entries.sort_by_key(|entry| entry.code);
        for entry in entries {
            let body = entry.text.replace('<', "&lt;");
            let _ = writeln!(text, "\n### {}\n\n**{}.** {body}", entry.code, entry.title);
        }
    }
    holds("reference-findings.md", &text);
}

/// Links of a Markdown text, without those in code.
fn links(text: &str) -> Vec<String> {
    let link = regex::Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let spans = regex::Regex::new("`[^`]*`").unwrap();
    let mut found = Vec::new();
    let mut code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        } else if !code {
            let plain = spans.replace_all(line, "``");
            found.extend(link.captures_iter(&plain).map(|c| c[1].to_owned()));
        }
    }
    found
}

/// The anchors of a page's headings, as mdBook and GitHub make them.
fn anchors(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        }
        if !code && let Some(title) = line.strip_prefix('#') {
            let title = title.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            found.push(kept.collect::<String>().replace(' ', "-"));
        }
    }
    found
}

#[test]
fn no_page_has_a_dead_link() {
    let mut pages: Vec<std::path::PathBuf> = fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    pages.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    let mut dead = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = link
                .split_once('#')
                .map_or((link.as_str(), None), |(p, a)| (p, Some(a)));
            let target = if path.is_empty() {
                page.clone()
            } else {
                page.parent().unwrap().join(path)
            };
            let found = target.exists()
                && anchor.is_none_or(|anchor| {
                    fs::read_to_string(&target)
                        .is_ok_and(|text| anchors(&text).contains(&anchor.to_owned()))
                });
            if !found {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn every_page_of_the_book_is_in_its_summary() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let listed = links(&summary);
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_markdown = std::path::Path::new(&name)
            .extension()
            .is_some_and(|e| e == "md");
        let page = is_markdown && name != "SUMMARY.md";
        assert!(
            !page || listed.contains(&name),
            "docs/SUMMARY.md does not list {name}"
        );
    }
}

/// The tables and views of the gradebook with their columns, as SQLite understands the schema.
fn gradebook() -> BTreeMap<String, Vec<String>> {
    let schema = fs::read_to_string(root().join("src/gradebook/schema.sql")).unwrap();
    let book = rusqlite::Connection::open_in_memory().unwrap();
    book.execute_batch(&schema).unwrap();
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut ask = book
        .prepare("SELECT s.name, c.name FROM sqlite_schema AS s, pragma_table_info(s.name) AS c WHERE s.type IN ('table', 'view')")
        .unwrap();
    let rows = ask.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    for row in rows.unwrap() {
        let (table, column): (String, String) = row.unwrap();
        tables.entry(table).or_default().push(column);
    }
    tables
}

/// The words in backticks of a line.
fn names_in(line: &str) -> Vec<String> {
    let parts = line.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

#[test]
fn every_table_of_the_gradebook_is_documented() {
    let page = fs::read_to_string(root().join("docs/gradebook.md")).unwrap();
    let (_, reference) = page.split_once("\n## Tables\n").unwrap();
    let (tables, views) = reference.split_once("\n## Views\n").unwrap();
    let mut documented: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for section in tables.split("\n### ").skip(1) {
        let (name, text) = section.split_once('\n').unwrap();
        // The first cell of each row of the table names columns.
        let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
        let cells = rows.filter_map(|row| row.split_once(" |"));
        let columns = cells.flat_map(|(cell, _)| names_in(&format!("`{cell}")));
        documented.insert(name.to_owned(), columns.collect());
    }
    for line in views.lines().filter(|line| line.starts_with("| `")) {
        let mut names = names_in(line);
        let name = names.remove(0);
        documented.insert(name, names);
    }
    assert_eq!(documented, gradebook(), "docs/gradebook.md and schema.sql");
}

#[test]
fn the_queries_of_the_book_can_be_asked() {
    let page = fs::read_to_string(root().join("docs/gradebook.md")).unwrap();
    let schema = fs::read_to_string(root().join("src/gradebook/schema.sql")).unwrap();
    let book = rusqlite::Connection::open_in_memory().unwrap();
    book.execute_batch(&schema).unwrap();
    let queries: Vec<&str> = page.split("```sql\n").skip(1).collect();
    assert!(queries.len() > 3);
    for query in queries {
        let (query, _) = query.split_once("```").unwrap();
        book.prepare(query)
            .unwrap_or_else(|error| panic!("{error}: {query}"));
    }
}
