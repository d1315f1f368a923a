//! `memgrade check` and `memgrade run`, on programs that are really built and run.

use super::support::{Place, SOLUTION, root};

/// The exercise's program, one folder below the working directory.
fn hello(program: &str) -> Place {
    let place = Place::new();
    place.hello_course().write("mine/hello/main.rs", program);
    place
}

#[test]
fn a_right_program_passes() {
    let place = hello(SOLUTION);
    place
        .memgrade(["check", "--submission", "mine"])
        .ends_with(0)
        .says("3 of 3 points");
}

#[test]
fn a_wrong_program_fails_at_its_line() {
    let place = hello(
        "fn main() {\n    let a = vec![1u8; 50];\n    let b = a.clone();\n    println!(\"hello\");\n    drop((a, b));\n}\n",
    );
    place
        .memgrade(["check", "--submission", "mine"])
        .ends_with(1)
        .says("1 of 3 points")
        .says("hello/main.rs:");
}

#[test]
fn a_program_that_does_not_compile_is_told_by_the_compiler() {
    let place = hello("fn main() { let x: u32 = \"no\"; }\n");
    place
        .memgrade(["check", "--submission", "mine"])
        .ends_with(1)
        .says("0 of 3 points")
        .says("build/does-not-compile")
        .says("mismatched types")
        .says("hello/main.rs:1");
}

#[test]
fn a_limit_on_the_command_line_holds() {
    let place = hello("fn main() { loop {} }\n");
    place
        .memgrade(["check", "--submission", "mine", "--limit", "wall=300ms"])
        .ends_with(1)
        .says("time");
}

#[test]
fn json_says_the_same_as_the_exit_status() {
    let place = hello(SOLUTION);
    let done = place
        .memgrade(["check", "--submission", "mine", "--format", "json"])
        .ends_with(0);
    let report = done.json();
    assert_eq!(report["schema"], "memgrade/report/v1");
    assert_eq!(report["score"]["earned"], 3);
    let run = &report["exercises"][0]["cases"][0]["run"];
    assert_eq!(run["schema"], "memgrade/run/v1");
    assert_eq!(run["heap"]["total"]["blocks"], 1);
    assert_eq!(run["heap"]["total"]["bytes"], 100);
}

#[test]
fn github_gets_annotations_and_no_commands_of_the_program() {
    let place = hello("fn main() {\n    println!(\"::error::forged\");\n}\n");
    let done = place
        .memgrade(["check", "--submission", "mine", "--format", "github"])
        .ends_with(1)
        .says("::error ")
        .says("mine/hello/main.rs");
    let mut stopped: Option<&str> = None;
    for line in done.stdout.lines() {
        if let Some(token) = line.strip_prefix("::stop-commands::") {
            stopped = Some(token);
        } else if stopped.is_some_and(|token| line == format!("::{token}::")) {
            stopped = None;
        } else if stopped.is_none() {
            assert!(!line.starts_with("::error::forged"), "{}", done.stdout);
        }
    }
    assert_eq!(stopped, None);
}

#[test]
fn junit_is_xml_whatever_the_program_prints() {
    let place = hello("fn main() {\n    println!(\"]]>\\0\\u{1b}[31m<x>\");\n}\n");
    let done = place
        .memgrade(["check", "--submission", "mine", "--format", "junit"])
        .ends_with(1)
        .says("<testsuites")
        .says("</testsuites>")
        .does_not_say("<x>");
    assert!(!done.stdout.contains(['\0', '\u{1b}']));
}

#[test]
fn the_report_does_not_depend_on_the_number_of_jobs() {
    let place = Place::new();
    let submission = root().join("examples/submission");
    let report = |jobs: &str| {
        let args = ["check", "--format", "json", "--jobs", jobs, "--submission"];
        let mut command = place.command();
        command.args(args).arg(&submission);
        let done = super::support::Done::of(command);
        let mut report = done.json();
        without_what_varies(&mut report);
        report
    };
    assert_eq!(report("1"), report("3"));
}

/// Takes out what no two runs share: times, memory as the kernel counts it, addresses, and words made of them.
fn without_what_varies(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            let varies = |name: &str| {
                name.ends_with("_ms")
                    || name.ends_with("_faults")
                    || name.starts_with("resident")
                    || name.starts_with("virtual")
                    || [
                        "analysis",
                        "pages",
                        "stack",
                        "build",
                        "stdout",
                        "stderr",
                        "addresses",
                        "mark",
                    ]
                    .contains(&name)
                    || ["message", "notes", "summary", "evidence", "text"].contains(&name)
            };
            map.retain(|name, _| !varies(name));
            map.values_mut().for_each(without_what_varies);
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(without_what_varies),
        _ => {}
    }
}

#[test]
fn the_second_check_of_unchanged_source_needs_no_compiler() {
    let place = hello(SOLUTION);
    let args = ["check", "--submission", "mine", "--format", "json"];
    place.memgrade(args).ends_with(0);
    let again = place.memgrade(args).ends_with(0).json();
    let build = &again["exercises"][0]["cases"][0]["run"]["build"];
    assert_eq!(build["cached"], true);
    assert_eq!(build["wall_ms"], serde_json::Value::Null);
}

#[test]
fn nothing_to_check_says_what_was_looked_for() {
    let place = Place::new();
    place.hello_course().write("mine/notes.txt", "");
    place
        .memgrade(["check", "--submission", "mine"])
        .ends_with(4)
        .complains("hello/main.rs or hello.rs");
}

#[test]
fn in_a_course_the_exercises_are_the_submission() {
    let place = hello(SOLUTION);
    place
        .memgrade(["check"])
        .ends_with(1)
        .says("hello")
        .says("0 of 3 points");
}

#[test]
fn any_program_can_be_x_rayed() {
    let place = Place::new();
    place.write(
        "leak.rs",
        "fn main() {\n    std::mem::forget(vec![1u8; 4096]);\n    println!(\"done\");\n}\n",
    );
    place
        .memgrade(["run", "leak.rs"])
        .ends_with(0)
        .says("exited with code 0")
        .says("leak.rs:2")
        .says("definitely lost");
    let json = place
        .memgrade(["run", "leak.rs", "--format", "json"])
        .ends_with(0)
        .json();
    assert_eq!(json["schema"], "memgrade/run/v1");
    assert_eq!(json["heap"]["definitely_lost"]["bytes"], 4096);
    assert_eq!(json["heap"]["total"]["blocks"], 1);
}

#[test]
fn a_program_gets_its_arguments_and_stdin() {
    let place = Place::new();
    place.write(
        "echo.rs",
        "use std::io::Read;\nfn main() {\n    let mut text = String::new();\n    std::io::stdin().read_to_string(&mut text).unwrap();\n    \
        println!(\"{:?} {text}\", std::env::args().nth(1));\n    std::process::exit(3);\n}\n",
    );
    place.write("input.txt", "from a file");
    let args = [
        "run",
        "echo.rs",
        "--format",
        "json",
        "--stdin",
        "input.txt",
        "--",
        "--port",
    ];
    let json = place.memgrade(args).ends_with(0).json();
    assert_eq!(json["stdout"]["text"], "Some(\"--port\") from a file\n");
    assert_eq!(json["outcome"]["exit_code"], 3);
}

#[test]
fn an_executable_needs_no_compiler() {
    let place = Place::new();
    let mut command = place.command();
    command.env("RUSTC", "/nonexistent");
    command.args(["run", "/bin/true", "--format", "json"]);
    let done = super::support::Done::of(command).ends_with(0);
    assert_eq!(done.json()["build"], serde_json::Value::Null);
}

#[test]
fn the_bundled_submission_is_graded() {
    let place = Place::new();
    let mut command = place.command();
    command
        .current_dir(root())
        .args(["check", "--submission", "examples/submission"]);
    let done = super::support::Done::of(command).ends_with(1);
    for id in [
        "memory_layout",
        "stack_vs_heap",
        "memory_leak",
        "virtual_memory",
        "stack_overflow",
        "checklist",
    ] {
        assert!(done.stdout.contains(id), "{}", done.stdout);
    }
    let done = done.says("error[").says("main.rs:");
    assert!(!done.stdout.contains("internal/"), "{}", done.stdout);
}
