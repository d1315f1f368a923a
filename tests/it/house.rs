//! The invariants of ARCHITECTURE.md that are absences, held by reading the sources.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file under `folder`, with its path relative to the package and its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "no sources under {folder}");
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let name = path
                .strip_prefix(root())
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            (name, text)
        })
        .collect()
}

/// The file without comments and without its tests at the end.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end]
        .lines()
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
        .collect::<Vec<_>>()
        .join("\n")
}

fn in_module(file: &str, modules: &[&str]) -> bool {
    modules.iter().any(|module| {
        file == format!("src/{module}.rs") || file.starts_with(&format!("src/{module}/"))
    })
}

#[test]
fn unsafe_is_found_in_the_sandbox_and_the_probe_alone() {
    for (file, text) in sources("src") {
        if !in_module(&file, &["sandbox", "probe"]) {
            for (line, number) in code(&text).lines().zip(1..) {
                let block = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"];
                assert!(
                    !block.iter().any(|words| line.trim_start().contains(words))
                        || line.contains('"'),
                    "{file}:{number}: {line}"
                );
            }
        }
    }
}

#[test]
fn pure_stages_touch_no_process_no_clock_and_no_network() {
    let pure = [
        "plan",
        "observe",
        "judge",
        "report",
        "verify",
        "lesson",
        "similarity",
    ];
    let impure = [
        "std::process",
        "Instant",
        "SystemTime",
        "std::net",
        "std::fs",
        "std::thread",
    ];
    for (file, text) in sources("src") {
        if in_module(&file, &pure) && !file.ends_with("tests.rs") {
            for (line, number) in code(&text).lines().zip(1..) {
                for word in impure {
                    assert!(!line.contains(word), "{file}:{number} uses {word}: {line}");
                }
            }
        }
    }
}

#[test]
fn every_dependency_is_defended_in_the_architecture() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml"))
        .unwrap()
        .parse()
        .unwrap();
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, page) = page.split_once("## Dependencies").unwrap();
    for table in ["dependencies", "dev-dependencies"] {
        for name in manifest[table].as_table().unwrap().keys() {
            assert!(page.contains(name.as_str()), "{name} is not defended");
        }
    }
}

#[test]
fn only_the_command_line_uses_clap() {
    for (file, text) in sources("src") {
        assert!(
            in_module(&file, &["cli"]) || !code(&text).contains("clap::"),
            "{file}"
        );
    }
}

#[test]
fn no_file_is_longer_than_600_lines_besides_its_tests() {
    for (file, text) in sources("src") {
        // The types of the spec are one list, and read as one.
        if !file.ends_with("tests.rs") {
            let lines = code(&text).lines().count();
            assert!(lines <= 600, "{file}: {lines} lines");
        }
    }
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    for folder in ["src", "tests/it"] {
        // Programs that tests build are no code of ours.
        let ours = |(file, _): &(String, String)| !file.contains("/tests/");
        for (file, text) in sources(folder).into_iter().filter(ours) {
            for (line, number) in code(&text).lines().zip(1..) {
                let allowed = ["#[allow(", "#![allow("]
                    .iter()
                    .any(|words| line.contains(words));
                assert!(!allowed || line.contains('"'), "{file}:{number}: {line}");
            }
        }
    }
}
