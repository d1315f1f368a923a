use std::path::PathBuf;

use serde_json::Value;

use super::*;
use crate::report::{for_learner, samples};

/// What the types say, for what is written: there every field always stands.
fn schema<T: schemars::JsonSchema>(title: &str, name: &'static str) -> Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let mut schema =
        serde_json::to_value(settings.into_generator().into_root_schema_for::<T>()).unwrap();
    schema["title"] = title.into();
    schema["properties"]["schema"]["const"] = name.into();
    schema
}

fn run_schema() -> Value {
    schema::<Observation>("memgrade run", observe::SCHEMA)
}

fn report_schema() -> Value {
    schema::<ReportJson<'static>>("memgrade report", REPORT_SCHEMA)
}

fn results_schema() -> Value {
    schema::<ResultsJson<'static>>("memgrade results", RESULTS_SCHEMA)
}

/// The schemas in the repository are the ones that the types give; `BLESS=1` writes them.
#[test]
fn the_schemas_in_the_repository_are_fresh() {
    let bless = std::env::var_os("BLESS").is_some_and(|value| value == "1");
    let mut stale = Vec::new();
    for (file, schema) in [
        ("run.schema.json", run_schema()),
        ("report.schema.json", report_schema()),
        ("results.schema.json", results_schema()),
    ] {
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("schemas")
            .join(file);
        if bless {
            std::fs::write(&path, &text).unwrap();
        }
        if std::fs::read_to_string(&path).unwrap_or_default() != text {
            stale.push(file);
        }
    }
    assert!(
        stale.is_empty(),
        "not what the types say: {stale:?}; run this test once with BLESS=1 and commit what it writes"
    );
}

fn assert_valid(schema: &Value, text: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    value
}

fn students() -> Vec<Graded> {
    vec![
        Graded {
            id: "ann".to_owned(),
            name: Some("Ann Lee".to_owned()),
            report: samples::report(),
        },
        Graded {
            id: samples::HOSTILE.to_owned(),
            name: None,
            report: samples::hostile(),
        },
    ]
}

#[test]
fn runs_keep_the_contract() {
    let schema = run_schema();
    let mut run = samples::leak_run();
    run.schema = "something else".to_owned();
    let value = assert_valid(&schema, &run_json(&run).unwrap());
    assert_eq!(value["schema"], "memgrade/run/v1");
    assert_keys(
        &value,
        &[
            "schema", "sandbox", "build", "outcome", "heap", "timeline", "pages", "stack", "time",
            "stdout", "stderr", "findings",
        ],
    );
    assert_keys(&value["sandbox"], &["level", "missing", "control_group"]);
    assert_keys(&value["build"], &["ok", "wall_ms", "diagnostics"]);
    assert_keys(
        &value["outcome"],
        &["kind", "exit_code", "signal", "message"],
    );
    let heap = &value["heap"];
    assert_keys(
        heap,
        &[
            "total",
            "peak",
            "at_exit",
            "definitely_lost",
            "indirectly_lost",
            "still_reachable",
            "sites",
            "cycles",
            "complete",
        ],
    );
    assert_keys(
        &heap["sites"][0],
        &[
            "file",
            "line",
            "function",
            "total",
            "at_exit",
            "definitely_lost",
            "indirectly_lost",
            "still_reachable",
        ],
    );
    assert_keys(&heap["cycles"][0], &["count", "blocks", "bytes", "members"]);
    assert_keys(
        &heap["cycles"][0]["members"][0],
        &["file", "line", "function"],
    );
    assert_keys(
        &value["timeline"][0],
        &[
            "mark",
            "total_bytes",
            "live_bytes",
            "live_blocks",
            "resident_bytes",
        ],
    );
    assert_keys(
        &value["pages"],
        &[
            "peak_resident_bytes",
            "peak_virtual_bytes",
            "minor_faults",
            "major_faults",
        ],
    );
    assert_keys(&value["stack"], &["peak_bytes", "limit_bytes"]);
    assert_keys(&value["time"], &["wall_ms", "cpu_ms"]);
    for stream in ["stdout", "stderr"] {
        assert_keys(&value[stream], &["text", "bytes", "truncated"]);
    }
    assert_keys(
        &value["findings"][0],
        &[
            "code", "severity", "fault", "message", "file", "line", "help",
        ],
    );
}

#[test]
fn what_was_not_measured_is_null() {
    let value = assert_valid(&run_schema(), &run_json(&samples::overflow_run()).unwrap());
    for pointer in [
        "/build",
        "/heap",
        "/pages/peak_resident_bytes",
        "/pages/minor_faults",
        "/time/cpu_ms",
        "/outcome/exit_code",
        "/outcome/message",
    ] {
        assert_eq!(value.pointer(pointer), Some(&Value::Null), "{pointer}");
    }
    assert_eq!(value["outcome"]["kind"], "stack_overflow");
    assert_eq!(value["sandbox"]["level"], "limits");
    let value = assert_valid(&run_schema(), &run_json(&samples::leak_run()).unwrap());
    assert_eq!(
        value.pointer("/heap/sites/1/definitely_lost"),
        Some(&Value::Null)
    );
    assert_eq!(value.pointer("/heap/sites/1/file"), Some(&Value::Null));
}

#[test]
fn reports_keep_the_contract() {
    let value = assert_valid(&report_schema(), &report_json(&samples::report()).unwrap());
    assert_eq!(value["schema"], "memgrade/report/v1");
    assert_keys(&value, &["schema", "score", "exercises", "checklist"]);
    assert_keys(&value["score"], &["earned", "possible"]);
    let exercise = &value["exercises"][0];
    assert_keys(exercise, &["id", "verdict", "score", "cases"]);
    let case = &exercise["cases"][1];
    assert_keys(case, &["name", "hidden", "verdict", "run", "checks"]);
    assert_eq!(case["run"]["schema"], "memgrade/run/v1");
    let check = &case["checks"][1];
    assert_keys(check, &["name", "points", "earned", "verdict", "finding"]);
    assert_eq!(case["checks"][0]["finding"], Value::Null);
    let finding = &check["finding"];
    assert_keys(
        finding,
        &[
            "code", "severity", "fault", "message", "file", "line", "help",
        ],
    );
    assert_eq!(finding["file"], "memory_leak/main.rs");
    assert_eq!(finding["line"], 9);
    assert_eq!(finding["notes"].as_array().unwrap().len(), 2);
    assert_keys(&value["checklist"], &["score", "items"]);
    assert_keys(
        &value["checklist"]["items"][0],
        &["id", "verdict", "evidence"],
    );
    let mut verdicts: Vec<&str> = value["exercises"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|exercise| exercise["cases"].as_array().unwrap())
        .flat_map(|case| case["checks"].as_array().unwrap())
        .map(|check| check["verdict"].as_str().unwrap())
        .collect();
    verdicts.sort_unstable();
    verdicts.dedup();
    assert_eq!(
        verdicts,
        [
            "error",
            "failed",
            "inconclusive",
            "passed",
            "skipped",
            "unmeasurable"
        ]
    );
}

#[test]
fn results_keep_the_contract() {
    let value = assert_valid(&results_schema(), &results_json(&students()).unwrap());
    assert_eq!(value["schema"], "memgrade/results/v1");
    assert_keys(&value["students"][0], &["id", "name", "report"]);
    assert_eq!(
        value["students"][0]["report"]["schema"],
        "memgrade/report/v1"
    );
    assert_eq!(value["students"][1]["name"], Value::Null);
    assert_eq!(value["students"][1]["id"], samples::HOSTILE);
}

#[test]
fn the_schemas_refuse_what_breaks_the_contract() {
    let text = report_json(&samples::report()).unwrap();
    let validator = jsonschema::validator_for(&report_schema()).unwrap();
    for (pointer, wrong) in [
        ("/schema", Value::from("memgrade/report/v2")),
        ("/score/earned", Value::Null),
        ("/exercises/0/verdict", "solved".into()),
        ("/exercises/0/cases/0/run/heap/total", Value::Null),
        ("/exercises/0/cases/0/run/outcome/kind", "Exited".into()),
        ("/exercises/0/cases/1/checks/1/finding/line", "nine".into()),
        ("/checklist/items/0/evidence", Value::Null),
    ] {
        let mut value: Value = serde_json::from_str(&text).unwrap();
        assert!(validator.is_valid(&value));
        *value.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator.is_valid(&value), "{pointer}");
    }
}

#[test]
fn a_course_without_a_checklist_says_null() {
    let mut report = samples::report();
    report.checklist = None;
    let value = assert_valid(&report_schema(), &report_json(&report).unwrap());
    assert_eq!(value["checklist"], Value::Null);
}

#[test]
fn reading_gives_back_what_was_written() {
    for report in [samples::report(), samples::hostile()] {
        assert_eq!(read_report(&report_json(&report).unwrap()).unwrap(), report);
    }
    assert_eq!(
        read_results(&results_json(&students()).unwrap()).unwrap(),
        students()
    );
}

#[test]
fn results_are_the_same_student_by_student() {
    for students in [students(), Vec::new()] {
        let mut writer = ResultsWriter::default();
        let mut text = String::new();
        for student in &students {
            text += &writer.before();
            text += &ResultsWriter::line(student).unwrap();
        }
        text += &writer.end();
        assert_valid(&results_schema(), &text);
        assert_eq!(read_results(&text).unwrap(), students);
        let lines = if students.is_empty() {
            1
        } else {
            students.len() + 2
        };
        assert_eq!(text.lines().count(), lines);
    }
}

#[test]
fn a_file_of_another_form_is_named() {
    let text = report_json(&samples::report()).unwrap();
    let error = read_results(&text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected `memgrade/results/v1`, found `memgrade/report/v1`"
    );
    assert!(matches!(read_report("{"), Err(ReadError::Json(_))));
}

#[test]
fn learners_do_not_see_what_is_hidden() {
    let full = report_json(&samples::report()).unwrap();
    assert!(full.contains("SECRET OUTPUT") && full.contains("SECRET NOTE"));
    let text = report_json(&for_learner(&samples::report())).unwrap();
    assert!(!text.contains("SECRET"), "{text}");
    let value = assert_valid(&report_schema(), &text);
    let case = &value["exercises"][0]["cases"][2];
    assert_eq!(case["hidden"], true);
    assert_eq!(case["run"], Value::Null);
    assert_eq!(case["checks"][0]["verdict"], "failed");
}

/// The keys of the contract are there; others may be added.
fn assert_keys(value: &Value, keys: &[&str]) {
    let fields = value.as_object().unwrap();
    for key in keys {
        assert!(fields.contains_key(*key), "{key} is missing from {value}");
    }
}

#[test]
fn a_thin_curve_has_its_marks_and_its_summit() {
    let mut report = samples::report();
    let run = report.exercises[0].cases.iter_mut();
    let run = run.filter_map(|case| case.run.as_mut()).next().unwrap();
    let mark = run.timeline[0].clone();
    let point = |live: u64| Point {
        mark: None,
        live_bytes: Some(live),
        ..mark.clone()
    };
    run.timeline = (0..1000).map(|at| point(at % 7)).collect();
    run.timeline[777] = point(1_000_000);
    run.timeline.insert(500, mark.clone());
    let whole = run.timeline.clone();
    thin_curves(&mut report);
    let run = report.exercises[0].cases.iter();
    let run = run.filter_map(|case| case.run.as_ref()).next().unwrap();
    assert!(
        run.timeline.len() <= CURVE_POINTS + 1,
        "{}",
        run.timeline.len()
    );
    assert!(run.timeline.contains(&mark) && run.timeline.contains(&point(1_000_000)));
    assert_eq!(run.timeline[0], whole[0]);
    let before = report.clone();
    thin_curves(&mut report);
    assert_eq!(report, before);
}
