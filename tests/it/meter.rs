//! The meter against programs whose figures are known by arithmetic: `tests/meter/*.rs`. Adding a case is adding a file.
//!
//! Lines of a program:
//! `//= PATH = JSON` (also `<` and `>`) is a figure of `memgrade run --format json`; `marks[i]` is the i-th printed line.
//! `//@ limit: NAME=VALUE`, `//@ stdin: TEXT` and `//@ memory_errors` say how to run it.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::support::Place;

pub(super) fn programs(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let mut programs: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect();
    programs.sort();
    programs
}

pub(super) fn directives<'a>(source: &'a str, name: &str) -> Vec<&'a str> {
    let prefix = format!("//{name}");
    source
        .lines()
        .filter_map(|line| line.strip_prefix(prefix.as_str()))
        .map(str::trim)
        .collect()
}

pub(super) fn measure(place: &Place, program: &Path, source: &str) -> Value {
    let mut arguments: Vec<OsString> = ["run", "--format", "json"].map(OsString::from).into();
    if !directives(source, "@ memory_errors").is_empty() {
        arguments.push("--memory-errors".into());
    }
    for limit in directives(source, "@ limit:") {
        arguments.extend(["--limit".into(), limit.into()]);
    }
    if let Some(text) = directives(source, "@ stdin:").first() {
        place.write("stdin.txt", text.replace("\\n", "\n"));
        arguments.extend(["--stdin".into(), "stdin.txt".into()]);
    }
    arguments.push(program.into());
    match directives(source, "@ sandbox:").first() {
        Some(level) => place.memgrade_with(&[("MEMGRADE_SANDBOX", *level)], arguments),
        None => place.memgrade(arguments),
    }
    .ends_with(0)
    .json()
}

/// The value at a path such as `heap.sites[0].line`; `len` is a list's length.
fn at(json: &Value, path: &str) -> Value {
    path.split('.')
        .fold(json.clone(), |value, step| match step.split_once('[') {
            None if step == "len" => value
                .as_array()
                .map_or(Value::Null, |list| list.len().into()),
            None => value[step].clone(),
            Some((name, index)) => {
                value[name][index.trim_end_matches(']').parse::<usize>().unwrap()].clone()
            }
        })
}

/// What does not agree with the program's `//=` lines.
pub(super) fn disagreements(json: &Value, source: &str) -> String {
    let mut json = json.clone();
    let marks: Vec<Value> = json["timeline"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|point| !point["mark"].is_null())
        .cloned()
        .collect();
    json["marks"] = Value::Array(marks);
    let mut wrong = String::new();
    let mut expectations = 0;
    for line in directives(source, "=") {
        expectations += 1;
        let (path, relation, expected) = ["=", "<", ">"]
            .iter()
            .find_map(|r| {
                line.split_once(&format!(" {r} "))
                    .map(|(path, value)| (path, *r, value))
            })
            .unwrap_or_else(|| panic!("cannot read `//= {line}`"));
        let expected: Value = serde_json::from_str(expected).unwrap();
        let found = at(&json, path);
        let holds = match relation {
            "=" => found == expected,
            "<" => found
                .as_f64()
                .is_some_and(|n| n < expected.as_f64().unwrap()),
            _ => found
                .as_f64()
                .is_some_and(|n| n > expected.as_f64().unwrap()),
        };
        if !holds {
            writeln!(wrong, "  {path}: {found}, expected {relation} {expected}").unwrap();
        }
    }
    assert!(expectations > 0, "the program expects nothing");
    wrong
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "heap figures are measured on Linux only"
)]
fn figures_are_those_of_the_arithmetic() {
    all_agree("meter", 60);
}

fn all_agree(folder: &str, least: usize) {
    let place = Place::new();
    let mut wrong = String::new();
    let programs = programs(folder);
    assert!(programs.len() >= least, "only {} programs", programs.len());
    for program in programs {
        let source = std::fs::read_to_string(&program).unwrap();
        let json = measure(&place, &program, &source);
        let level = json["sandbox"]["level"].as_str().unwrap();
        if !directives(&source, "@ contained").is_empty() && ["limits", "none"].contains(&level) {
            eprintln!("not tested here, at level {level}: {}", program.display());
            continue;
        }
        let found = disagreements(&json, &source);
        if !found.is_empty() {
            writeln!(
                wrong,
                "{} ({}):\n{found}",
                program.file_name().unwrap().display(),
                json["outcome"]
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// What a program cannot know beforehand: times, and what the kernel decides about pages.
const VARIES: [&str; 10] = [
    "analysis",
    "build",
    "time",
    "cpu_ms",
    "wall_ms",
    "pages",
    "resident_bytes",
    "resident_seen_bytes",
    "minor_faults",
    "major_faults",
];

fn without_what_varies(json: &mut Value) {
    match json {
        Value::Object(map) => {
            map.retain(|key, _| !VARIES.contains(&key.as_str()));
            map.values_mut().for_each(without_what_varies);
        }
        Value::Array(list) => list.iter_mut().for_each(without_what_varies),
        _ => {}
    }
}

/// What is the same on every run of a single-threaded program: the whole JSON, the curve between marks, the rings and the stack's depth
/// among it. Where the program asks for random numbers, as every `HashMap` does, what is alive between marks may hang on them.
fn steady(mut json: Value, random: bool) -> Value {
    without_what_varies(&mut json);
    if random {
        let points = json["timeline"].as_array_mut().unwrap();
        points.retain(|point| !point["mark"].is_null());
        let mut kept = Value::Null;
        kept["outcome"] = json["outcome"].take();
        kept["heap"] = json["heap"].take();
        kept["timeline"] = json["timeline"].take();
        return kept;
    }
    json
}

/// Runs each program 50 times.
fn fifty_runs_of(programs: &[PathBuf]) {
    let place = Place::new();
    let mut wrong = String::new();
    for program in programs {
        let source = std::fs::read_to_string(program).unwrap();
        let random = source.contains("HashMap");
        let figures = || steady(measure(&place, program, &source), random);
        let first = figures();
        for run in 2..=50 {
            let again = figures();
            if again != first {
                let name = program.file_name().unwrap().display();
                writeln!(wrong, "{name}, run {run}:\n{again}\ninstead of\n{first}").unwrap();
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The single-threaded programs of the corpus: those without threads and children, and not ended by the clock.
fn single_threaded() -> Vec<PathBuf> {
    let several = [
        "thread::",
        "Command",
        "fork(",
        "//@ limit: wall",
        "//@ limit: cpu",
    ];
    let alone = |path: &PathBuf| {
        let source = std::fs::read_to_string(path).unwrap();
        !several.iter().any(|word| source.contains(word))
    };
    programs("meter").into_iter().filter(alone).collect()
}

/// One with random numbers and two without; all of them are run 50 times by `.ci/nightly`.
#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "heap figures are measured on Linux only"
)]
fn fifty_runs_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/meter");
    let some = ["collections.rs", "saw_tooth_marks.rs", "ring_of_five.rs"];
    fifty_runs_of(&some.map(|name| folder.join(name)));
}

#[test]
#[ignore = "takes minutes: .ci/nightly runs it"]
fn fifty_runs_of_every_single_threaded_program_agree() {
    let programs = single_threaded();
    assert!(programs.len() >= 50, "only {}", programs.len());
    fifty_runs_of(&programs);
}
