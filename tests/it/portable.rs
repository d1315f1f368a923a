//! What memgrade does on systems other than Linux, run on Linux with `MEMGRADE_PORTABLE=1`: the same commands, resident
//! memory by looking now and then, every other figure null and named, and no verdict that rests on one.

use serde_json::Value;

use super::support::{Done, HELLO, Place, SOLUTION};

/// Runs memgrade as on a system that has neither tracer nor probe.
fn elsewhere(place: &Place, args: &[&str]) -> Done {
    let mut command = place.command();
    command.args(args).env("MEMGRADE_PORTABLE", "1");
    let done = Done::of(command);
    place.assert_nothing_left();
    done
}

fn xray(program: &str, args: &[&str]) -> Value {
    let place = Place::new();
    place.write("main.rs", program);
    let all = [["run", "main.rs", "--format", "json"].as_slice(), args].concat();
    elsewhere(&place, &all).ends_with(0).json()
}

/// The one finding that names what is missing.
fn partly_measured(run: &Value) -> &str {
    let findings = run["findings"].as_array().unwrap();
    let mut found = findings
        .iter()
        .filter(|finding| finding["code"] == "run/partly-measured");
    let (first, second) = (found.next(), found.next());
    assert!(second.is_none(), "named once: {findings:?}");
    first.expect("it is named")["message"].as_str().unwrap()
}

#[test]
fn what_is_not_measured_is_null_and_named() {
    let run = xray(
        "fn main() {\n    let block = vec![1u8; 50 << 20];\n    println!(\"{}\", block[9]);\n    \
         std::thread::sleep(std::time::Duration::from_millis(300));\n}\n",
        &[],
    );
    assert_eq!(run["outcome"]["kind"], "exited");
    assert_eq!(run["stdout"]["text"], "1\n");
    assert_eq!(run["sandbox"]["level"], "none");
    for figure in [
        "/heap",
        "/pages/peak_resident_bytes",
        "/pages/peak_virtual_bytes",
        "/pages/minor_faults",
        "/pages/major_faults",
        "/pages/foreign_bytes",
        "/stack/peak_bytes",
        "/stack/limit_bytes",
        "/stack/threads_peak_bytes",
        "/time/cpu_ms",
        "/memory_errors",
    ] {
        assert_eq!(run.pointer(figure), Some(&Value::Null), "{figure}");
    }
    assert_eq!(run["timeline"], Value::Array(Vec::new()));
    let named = partly_measured(&run);
    for name in [
        "the heap",
        "memory at printed lines",
        "peak resident memory",
        "virtual memory",
        "page faults",
        "the depth of the stack",
        "CPU time",
    ] {
        assert!(named.contains(name), "{name} is not in {named}");
    }
    // Looked at: the block is there for 300 ms.
    let seen = run["pages"]["sampled_resident_bytes"].as_u64().unwrap();
    assert!((50 << 20..80 << 20).contains(&seen), "{seen}");
}

#[test]
fn people_are_told_the_same() {
    let place = Place::new();
    place.write(
        "main.rs",
        "fn main() {\n    std::thread::sleep(std::time::Duration::from_millis(100));\n}\n",
    );
    elsewhere(&place, &["run", "main.rs"])
        .ends_with(0)
        .says("heap    not measured")
        .says("resident or more (looked at every 10 ms)")
        .says("CPU not measured")
        .says("warning[run/partly-measured]: not measured on this system: the heap,");
}

#[test]
fn an_executable_of_any_format_runs() {
    let place = Place::new();
    // Not ELF, as executables of other systems are not.
    place.write("program", "#!/bin/sh\necho ran\nexit 3\n");
    let program = place.work().join("program");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(program, mode).unwrap();
    let run = elsewhere(&place, &["run", "./program", "--format", "json"])
        .ends_with(0)
        .json();
    assert_eq!(run["outcome"]["exit_code"], 3);
    assert_eq!(run["stdout"]["text"], "ran\n");
}

#[test]
fn a_death_that_nobody_saw_has_no_reason() {
    for program in [
        "fn main() {\n    std::process::abort();\n}\n",
        "fn down(n: u64) -> u64 {\n    let a = [n; 100];\n    if n == u64::MAX { 0 } else { down(n + 1) + a[(n % 100) as usize] }\n}\n\n\
         fn main() {\n    println!(\"{}\", down(0));\n}\n",
    ] {
        let run = xray(program, &[]);
        assert_eq!(run["outcome"]["kind"], "signaled");
        assert_eq!(run["outcome"]["signal"], "SIGABRT");
        assert_eq!(run["outcome"]["cause_known"], false);
        assert!(partly_measured(&run).contains("why the program died"));
    }
    // The status and the message are both there for a panic.
    let run = xray("fn main() {\n    panic!(\"no\");\n}\n", &[]);
    assert_eq!(run["outcome"]["kind"], "panicked");
    assert_eq!(run["outcome"]["cause_known"], true);
}

#[test]
fn time_output_and_memory_are_limited() {
    let kind = |program: &str, limit: &str| {
        let run = xray(program, &["--limit", limit]);
        run["outcome"]["kind"].as_str().unwrap().to_owned()
    };
    let endless = "fn main() {\n    loop {\n        std::hint::spin_loop();\n    }\n}\n";
    assert_eq!(kind(endless, "wall=300ms"), "time_limit");
    let talks = "fn main() {\n    loop {\n        println!(\"again\");\n    }\n}\n";
    assert_eq!(kind(talks, "output=4KiB"), "output_limit");
    let eats = "fn main() {\n    let block = vec![1u8; 100 << 20];\n    println!(\"{}\", block[9]);\n    \
                std::thread::sleep(std::time::Duration::from_secs(9));\n}\n";
    assert_eq!(kind(eats, "memory=60MiB"), "memory_limit");
}

#[test]
fn checks_that_need_a_figure_are_unmeasurable_and_the_others_are_judged() {
    let place = Place::new();
    place
        .hello_course()
        .write("mine/hello/main.rs", SOLUTION)
        .write("wrong/hello/main.rs", "fn main() {}\n");
    let args = ["check", "--submission", "mine", "--format", "json"];
    let report = elsewhere(&place, &args).ends_with(75).json();
    let score = &report["score"];
    let points = [&score["earned"], &score["undecided"], &score["possible"]];
    assert_eq!(points.map(|points| points.as_u64().unwrap()), [1, 2, 3]);
    let verdicts = |report: &Value| -> Vec<(String, String)> {
        let checks = &report["exercises"][0]["cases"][0]["checks"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let pair = |check: &Value| (text(&check["name"]), text(&check["verdict"]));
        checks.as_array().unwrap().iter().map(pair).collect()
    };
    let is = |name: &str, verdict: &str| (name.to_owned(), verdict.to_owned());
    let found = verdicts(&report);
    assert!(found.contains(&is("says hello", "passed")), "{found:?}");
    assert!(
        found.contains(&is("one block", "unmeasurable")),
        "{found:?}"
    );
    elsewhere(&place, &["check", "--submission", "mine"])
        .ends_with(75)
        .says("the heap could not be measured in this run")
        .says("not measured on this system")
        .says("it costs you nothing");
    // What can be seen is judged, as everywhere.
    let args = ["check", "--submission", "wrong", "--format", "json"];
    let found = verdicts(&elsewhere(&place, &args).ends_with(1).json());
    assert!(found.contains(&is("says hello", "failed")), "{found:?}");
}

#[test]
fn an_end_that_needs_the_kernels_word_is_unmeasurable() {
    let spec = |kind: &str| {
        let before = HELLO.split("[[case.check]]").next().unwrap();
        format!(
            "{before}limits = {{ stack = \"1 MiB\" }}\n\n[[case.check]]\nname = \"ends so\"\npoints = 3\noutcome = {{ kind = \"{kind}\" }}\n"
        )
    };
    let ends = |kind: &str, program: &str, status: i32| {
        let place = Place::new();
        place
            .hello_course()
            .write("exercises/hello/exercise.toml", spec(kind))
            .write("mine/hello/main.rs", program);
        let args = ["check", "--submission", "mine", "--format", "json"];
        let report = elsewhere(&place, &args).ends_with(status).json();
        let check = &report["exercises"][0]["cases"][0]["checks"][0];
        check["verdict"].as_str().unwrap().to_owned()
    };
    let aborts = "fn main() {\n    std::process::abort();\n}\n";
    let exits = "fn main() {}\n";
    let panics = "fn main() {\n    panic!(\"no\");\n}\n";
    // Any of these may be behind a SIGABRT.
    assert_eq!(ends("stack_overflow", aborts, 75), "unmeasurable");
    assert_eq!(ends("allocation_failed", aborts, 75), "unmeasurable");
    assert_eq!(ends("aborted", aborts, 75), "unmeasurable");
    // The limits that these hang on are not in force.
    assert_eq!(ends("stack_overflow", exits, 75), "unmeasurable");
    assert_eq!(ends("memory_limit", exits, 75), "unmeasurable");
    // These are seen by anybody.
    assert_eq!(ends("panicked", panics, 0), "passed");
    assert_eq!(ends("panicked", exits, 1), "failed");
    assert_eq!(ends("aborted", exits, 1), "failed");
}

#[test]
fn wrong_use_of_memory_is_not_looked_for() {
    let run = xray(
        "fn main() {\n    let raw = Box::into_raw(Box::new(7u64));\n    \
         // SAFETY: of the test: it is freed twice on purpose only where somebody looks.\n    \
         unsafe { drop(Box::from_raw(raw)) };\n}\n",
        &["--memory-errors"],
    );
    assert_eq!(run["memory_errors"], Value::Null);
    let findings = run["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .any(|finding| finding["code"] == "run/not-checked")
    );
}

#[test]
fn the_other_commands_work_the_same() {
    let place = Place::new();
    place
        .hello_course()
        .write("class/ann/hello/main.rs", SOLUTION);
    elsewhere(&place, &["list"]).ends_with(0).says("hello");
    elsewhere(&place, &["lesson", "hello"])
        .ends_with(0)
        .says("Say hello");
    elsewhere(&place, &["explain", "run/partly-measured"])
        .ends_with(0)
        .says("every 10 ms");
    elsewhere(&place, &["grade", "class", "-o", "results"]).ends_with(0);
    let csv = std::fs::read_to_string(place.work().join("results/grades.csv")).unwrap();
    assert!(csv.contains("ann"), "{csv}");
}
