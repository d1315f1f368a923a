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

fn programs(folder: &str) -> Vec<PathBuf> {
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

fn directives<'a>(source: &'a str, name: &str) -> Vec<&'a str> {
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
    place.memgrade(arguments).ends_with(0).json()
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
fn disagreements(json: &Value, source: &str) -> String {
    let mut json = json.clone();
    let marks: Vec<Value> = json["timeline"]
        .as_array()
        .unwrap()
        .iter()
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

/// Attacks on the recording: `tests/attacks/*.rs`, in the same form. No figure is ever taken from a forged one.
#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "heap figures are measured on Linux only"
)]
fn a_forged_recording_is_noticed() {
    all_agree("attacks", 12);
}

fn all_agree(folder: &str, least: usize) {
    let place = Place::new();
    let mut wrong = String::new();
    let programs = programs(folder);
    assert!(programs.len() >= least, "only {} programs", programs.len());
    for program in programs {
        let source = std::fs::read_to_string(&program).unwrap();
        let json = measure(&place, &program, &source);
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

/// Heap figures, sites and marks of a single-threaded program are the same on 50 of 50 runs.
#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "heap figures are measured on Linux only"
)]
fn fifty_runs_agree() {
    let place = Place::new();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/meter/collections.rs");
    let source = std::fs::read_to_string(&program).unwrap();
    let figures = || {
        let mut json = measure(&place, &program, &source);
        let keep = [
            "total_bytes",
            "total_blocks",
            "live_bytes",
            "live_blocks",
            "peak_bytes_since",
            "mark",
            "number",
        ];
        // Between marks, what is alive hangs on the order in which a hash map is walked, in this program.
        json["timeline"]
            .as_array_mut()
            .unwrap()
            .retain(|point| !point["mark"].is_null());
        for point in json["timeline"].as_array_mut().unwrap() {
            point
                .as_object_mut()
                .unwrap()
                .retain(|key, _| keep.contains(&key.as_str()));
        }
        (json["heap"].take(), json["timeline"].take())
    };
    let first = figures();
    assert!(first.0["total"]["blocks"].as_u64().unwrap() > 1000);
    for run in 2..=50 {
        assert_eq!(figures(), first, "run {run}");
    }
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

/// Of a single-threaded program that asks for no random number the whole JSON is the same on 50 of 50 runs, the curve between marks,
/// the rings and the stack's depth among it.
#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "heap figures are measured on Linux only"
)]
fn fifty_runs_agree_in_everything() {
    let place = Place::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/meter");
    for name in ["saw_tooth_marks.rs", "ring_of_five.rs"] {
        let program = folder.join(name);
        let source = std::fs::read_to_string(&program).unwrap();
        let figures = || {
            let mut json = measure(&place, &program, &source);
            without_what_varies(&mut json);
            json
        };
        let first = figures();
        for run in 2..=50 {
            assert_eq!(figures(), first, "{name}, run {run}");
        }
    }
}
