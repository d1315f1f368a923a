//! Wrong uses of memory against programs with exactly known ones: `tests/memory_errors/*.rs`. Adding a case is adding a file.
//!
//! `//= KIND SEEN key=value…` is one wrong use that must be found, in this order; a program without such a line must get none
//! (`missed_*.rs` are the known misses: wrong, and not seen). Lines end with `//~ used`, `//~ allocated`, `//~ freed` where the wrong use
//! is, and where its block came from and went; only looked at where there is one wrong use. `//@ says: CODE` is a remark of the run.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::support::Place;

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/memory_errors");
    let files = std::fs::read_dir(folder).unwrap();
    let mut programs: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    programs.sort();
    programs
}

fn after<'a>(source: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    source
        .lines()
        .filter_map(move |line| line.strip_prefix(prefix))
        .map(str::trim)
}

/// The lines that are marked with a word.
fn marked(source: &str, word: &str) -> Vec<u64> {
    let lines = source.lines().zip(1..);
    lines
        .filter(|(line, _)| {
            line.split_once("//~")
                .is_some_and(|(_, words)| words.split_whitespace().any(|w| w == word))
        })
        .map(|(_, number)| number)
        .collect()
}

/// An error in the words of a `//=` line, with those keys only that the line has.
fn described(error: &Value, like: &str) -> String {
    let mut text = format!(
        "{} {}",
        error["kind"].as_str().unwrap(),
        error["seen"].as_str().unwrap()
    );
    let block = &error["block"];
    for (key, value) in [
        ("offset", error["offset"].to_string()),
        ("size", block["layout"]["size"].to_string()),
        (
            "given",
            format!("{}/{}", error["given"]["size"], error["given"]["align"]),
        ),
        ("detail", error["detail"].to_string()),
    ] {
        if like.contains(&format!("{key}=")) {
            write!(text, " {key}={value}").unwrap();
        }
    }
    if block["moved"] == true {
        text.push_str(" moved");
    }
    text
}

fn disagreements(json: &Value, source: &str) -> String {
    let mut wrong = String::new();
    let Some(errors) = json["memory_errors"].as_array() else {
        return "  nobody looked\n".to_owned();
    };
    let expected: Vec<&str> = after(source, "//=").collect();
    for (i, like) in expected.iter().enumerate() {
        let found = errors
            .get(i)
            .map_or_else(|| "nothing".to_owned(), |error| described(error, like));
        if found != *like {
            writeln!(wrong, "  found {found}, expected {like}").unwrap();
        }
    }
    for more in errors.iter().skip(expected.len()) {
        writeln!(wrong, "  found {more}, expected nothing").unwrap();
    }
    if let ([_], [error]) = (&expected[..], &errors[..]) {
        let block = &error["block"];
        for (word, path) in [
            ("used", &error["path"]),
            ("allocated", &block["allocated"]),
            ("freed", &block["freed"]),
        ] {
            let lines = marked(source, word);
            let line = &path[0]["line"];
            if line.as_u64() != lines.first().copied() {
                writeln!(wrong, "  {word} at line {line}, expected {lines:?}").unwrap();
            }
        }
    }
    let says: Vec<&str> = after(source, "//@ says:").collect();
    for code in says {
        let findings = json["findings"].as_array().unwrap();
        if findings.iter().all(|finding| finding["code"] != code) {
            writeln!(wrong, "  it does not say {code}").unwrap();
        }
    }
    wrong
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "wrong use of memory is looked for on Linux only"
)]
fn wrong_uses_are_found_at_their_lines() {
    let place = Place::new();
    let mut wrong = String::new();
    let mut count = 0;
    for program in programs() {
        let source = std::fs::read_to_string(&program).unwrap();
        let arguments = ["run", "--format", "json", "--memory-errors"];
        let arguments = arguments.map(std::ffi::OsString::from).into_iter();
        let ran = place.memgrade(arguments.chain([program.clone().into()]));
        let found = disagreements(&ran.ends_with(0).json(), &source);
        if !found.is_empty() {
            writeln!(
                wrong,
                "{}:\n{found}",
                program.file_name().unwrap().display()
            )
            .unwrap();
        }
        count += 1;
    }
    assert!(count >= 40, "only {count} programs");
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// An exercise about freeing by hand: the figures are right either way, the use of memory is not.
const BY_HAND: &str = r#"format_version = 1
title = "Free by hand"
memory_errors = true

[source]
unsafe_code = "allow"

[starter]
findings = ["memory/use-after-free"]

[[case]]
name = "plain"

[[case.check]]
name = "prints the sum"
output = { lines = ["3"] }
hints = ["add"]

[[case.check]]
name = "frees it"
leak = { none = true }
hints = ["from_raw"]
"#;

const RIGHT: &str = "fn main() {\n    let pair = Box::into_raw(Box::new((1, 2)));\n    unsafe {\n        println!(\"{}\", (*pair).0 + (*pair).1);\n        drop(Box::from_raw(pair));\n    }\n}\n";
const WRONG: &str = "fn main() {\n    let pair = Box::into_raw(Box::new((1, 2)));\n    unsafe {\n        let first = (*pair).0;\n        drop(Box::from_raw(pair));\n        println!(\"{}\", first + if (*pair).1 == 2 { 2 } else { 2 });\n    }\n}\n";

fn by_hand(program: &str) -> Place {
    let place = Place::new();
    place
        .hello_course()
        .write("exercises/hello/exercise.toml", BY_HAND)
        .write("mine/hello/main.rs", program);
    place
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "wrong use of memory is looked for on Linux only"
)]
fn an_exercise_can_ask_for_it() {
    by_hand(RIGHT)
        .memgrade(["check", "--submission", "mine"])
        .ends_with(0)
        .says("2 of 2 points");
    by_hand(WRONG)
        .memgrade(["check", "--submission", "mine"])
        .ends_with(1)
        .says("memory/use-after-free")
        .says("hello/main.rs:6")
        .says("it was freed here");
}
