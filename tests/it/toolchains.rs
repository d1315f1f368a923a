//! Compilers that memgrade was not tested with: the self-test looks whether std is understood before any figure of theirs is told.

use std::fs;
use std::path::{Path, PathBuf};

use super::support::{Done, Place, SOLUTION, rustc};

/// A compiler that calls itself otherwise, and does something to each program after it was linked.
fn wrapped(place: &Place, then: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let real = rustc().display();
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in\n-vV) {real} -vV | sed '1s/.*/rustc 1.999.0 (test)/' ;;\n\
         --print) exec {real} \"$@\" ;;\n*) {real} \"$@\" || exit $?; {then} ;;\nesac\n"
    );
    place.write("bin/rustc", script);
    let path = place.work().join("bin/rustc");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// What a std with another name for the buffer of stdout looks like.
const RENAMED: &str = "LC_ALL=C sed -i s/StdoutRaw/StdoutRow/g ../out/program";

fn with(place: &Place, rustc: &Path, arguments: &[&str]) -> Done {
    let mut command = place.command();
    command
        .args(arguments)
        .env("RUSTC", rustc)
        .env("MEMGRADE_CACHE", place.work().join("cache"));
    Done::of(command)
}

const HELLO: &str = "fn main() {\n    println!(\"hello\");\n}\n";

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "heap figures are measured on Linux only"
)]
fn the_self_test_holds_for_the_compiler_of_these_tests() {
    let place = Place::new();
    let rustc = wrapped(&place, ":");
    place.write("hello.rs", HELLO);
    let json = with(&place, &rustc, &["run", "--format", "json", "hello.rs"])
        .ends_with(0)
        .json();
    assert_eq!(json["findings"], serde_json::json!([]));
    assert_eq!(json["heap"]["total"]["blocks"], 0);
    let builds = fs::read_dir(place.work().join("cache/v1/builds")).unwrap();
    assert_eq!(builds.count(), 2, "the program's and the self-test's");
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "heap figures are measured on Linux only"
)]
fn a_std_that_is_not_understood_gives_no_figures_and_costs_no_points() {
    let place = Place::new();
    place.hello_course().write("mine/hello/main.rs", SOLUTION);
    let rustc = wrapped(&place, RENAMED);
    place.write("hello.rs", HELLO);
    let run = || {
        with(&place, &rustc, &["run", "--format", "json", "hello.rs"])
            .ends_with(0)
            .json()
    };
    // The second time the answer is in the cache.
    for json in [run(), run()] {
        assert_eq!(json["heap"], serde_json::Value::Null);
        let points = json["timeline"].as_array().unwrap();
        assert!(points.iter().any(|point| point["mark"] == "hello"));
        assert!(points.iter().all(|point| point["live_bytes"].is_null()));
        let finding = &json["findings"][0];
        assert_eq!(finding["code"], "machine/unknown-std", "{json}");
        assert_eq!(finding["fault"], "machine");
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains("rustc 1.999.0 (test)"), "{message}");
        assert!(message.contains("1024 bytes"), "{message}");
    }
    // The output is judged, the heap is not, and that is nobody's loss.
    with(&place, &rustc, &["check", "--submission", "mine"])
        .ends_with(75)
        .says("is not understood");
}
