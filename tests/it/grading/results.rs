//! What comes out of a gradebook: the same each time, and without the submissions.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::book::{QUIET, ask, contents, exports, files, grade, grade_into};
use crate::it::support::{HELLO, Place, SOLUTION, read_all};

/// A case that students do not see.
const HIDDEN: &str = r#"
[[case]]
name = "secret"
hidden = true
args = ["wombat"]

[[case.check]]
name = "keeps quiet"
output = { lines = ["hello"] }
hints = ["println!"]
"#;

fn class(place: &Place) {
    place
        .hello_course()
        .write("exercises/hello/exercise.toml", format!("{HELLO}{HIDDEN}"))
        .write("class/ann@x.org/hello.rs", SOLUTION)
        .write("class/bob@x.org/hello.rs", QUIET)
        .write("class/cleo@x.org/hello.rs", "fn main() { oops }\n");
}

/// Pages without the moment of the grading.
fn pages(results: &Path) -> BTreeMap<String, String> {
    let started = super::book::ask_in(
        results,
        "SELECT started FROM gradings ORDER BY id DESC LIMIT 1",
    );
    let moment = started[0].get(..16).unwrap().replace('T', " ");
    let pages = read_all(&results.join("report")).into_iter();
    pages
        .map(|(name, bytes)| {
            (
                name,
                String::from_utf8(bytes).unwrap().replace(&moment, "THEN"),
            )
        })
        .collect()
}

#[test]
fn the_same_class_gets_the_same_grades_by_one_worker_and_by_two() {
    let place = Place::new();
    class(&place);
    grade_into(&place, "class", "one", &["--jobs", "1"]).ends_with(0);
    grade_into(&place, "class", "two", &["--jobs", "2"]).ends_with(0);
    let (one, two) = (place.work().join("one"), place.work().join("two"));
    assert_eq!(contents(&one), contents(&two));
    let (left, right) = (exports(&place, "one"), exports(&place, "two"));
    assert_eq!(
        left.keys().collect::<Vec<_>>(),
        right.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &left {
        assert!(right[name] == *bytes, "{name}");
        assert!(!bytes.is_empty(), "{name}");
    }
    let feedback = |results: &Path| read_all(&results.join("feedback"));
    assert_eq!(feedback(&one), feedback(&two));
    // In pages stand figures that are others each time: processor time, and pages that the kernel had at hand.
    let (left, right) = (pages(&one), pages(&two));
    assert_eq!(
        left.keys().collect::<Vec<_>>(),
        right.keys().collect::<Vec<_>>()
    );
    for (name, page) in &left {
        let differ: Vec<(&str, &str)> = page
            .lines()
            .zip(right[name].lines())
            .filter(|(a, b)| a != b)
            .collect();
        assert_eq!(page.lines().count(), right[name].lines().count(), "{name}");
        for (a, b) in differ {
            eprintln!("{name}:\n  {a}\n  {b}");
            let measured = ["ms", "KiB", "MiB", "faults", "µs"];
            assert!(
                measured
                    .iter()
                    .any(|unit| a.contains(unit) && b.contains(unit)),
                "{name}:\n{a}\n{b}"
            );
        }
    }
}

#[test]
fn a_report_is_drawn_again_from_the_gradebook_alone() {
    let place = Place::new();
    class(&place);
    grade(&place, &["--title", "Week <3>"]).ends_with(0);
    let results = place.work().join("results");
    let before = read_all(&results);
    let written = files(&results);
    fs::remove_dir_all(place.work().join("class")).unwrap();
    place
        .memgrade(["report", "results"])
        .ends_with(0)
        .says("results/report/index.html");
    // What says the same is not written again.
    let after = files(&results);
    for (name, file) in &written {
        if name != "results.json" {
            assert_eq!(after[name], *file, "{name}");
        }
    }
    for folder in ["report", "feedback"] {
        fs::remove_dir_all(results.join(folder)).unwrap();
    }
    for file in ["grades.csv", "results.json"] {
        fs::remove_file(results.join(file)).unwrap();
    }
    place.memgrade(["report", "results"]).ends_with(0);
    let after = read_all(&results);
    for (name, bytes) in before
        .iter()
        .filter(|(name, _)| *name != "gradebook.sqlite")
    {
        assert!(after[name] == *bytes, "{name}");
    }
    assert_eq!(after.len(), before.len());
    let page = String::from_utf8(after["report/index.html"].clone()).unwrap();
    assert!(page.contains("Week &lt;3&gt;"));
    for (args, words) in [
        (
            ["report", "nowhere"],
            "there is no gradebook.sqlite in nowhere",
        ),
        (
            ["report", "exercises"],
            "there is no gradebook.sqlite in exercises",
        ),
    ] {
        place.memgrade(args).ends_with(2).complains(words);
    }
}

#[test]
fn templates_are_replaced_and_said_where_they_are_wrong() {
    let place = Place::new();
    class(&place);
    place
        .write("ours/student.html", "<p>{{ id }}</p>\n")
        .write("broken/student.html", "<p>\n{{ student.id }\n</p>\n")
        .write("unknown/student.html", "<p>\n\n{{ nobody.knows }}</p>\n");
    // A template that cannot be read is told before anything is graded.
    grade(&place, &["--template", "broken"])
        .ends_with(2)
        .complains("student.html")
        .complains("line 2");
    assert!(!place.work().join("results/report").exists());
    assert_eq!(grade(&place, &[]).ends_with(0).status, 0);
    let results = place.work().join("results");
    let page = || fs::read_to_string(results.join("report/students/ann@x.org.html").as_path());
    let page = || {
        page()
            .or_else(|_| fs::read_to_string(results.join("report/students/ann_x.org.html")))
            .unwrap()
    };
    let built_in = page();
    place
        .memgrade(["report", "results", "--template", "ours"])
        .ends_with(0);
    assert_eq!(page().trim(), "<p>ann@x.org</p>");
    for (folder, line) in [("broken", "line 2"), ("unknown", "line 3")] {
        place
            .memgrade(["report", "results", "--template", folder])
            .ends_with(2)
            .complains("student.html")
            .complains(line);
    }
    place.memgrade(["report", "results"]).ends_with(0);
    assert_eq!(page(), built_in);
    assert_eq!(ask(&place, "SELECT count(*) FROM gradings"), ["1"]);
}

/// What kept the report from being written is over: it is written, although every grade is in the gradebook already.
#[test]
fn a_report_that_could_not_be_drawn_is_drawn_the_next_time() {
    let place = Place::new();
    class(&place);
    place.write("unknown/student.html", "{{ nobody.knows }}");
    grade(&place, &[]).ends_with(0);
    place.write("class/bob@x.org/hello.rs", SOLUTION);
    grade(&place, &["--template", "unknown"]).ends_with(2);
    grade(&place, &[])
        .ends_with(0)
        .does_not_say("nothing is new");
    let grades = fs::read_to_string(place.work().join("results/grades.csv")).unwrap();
    let bob = grades.lines().find(|line| line.contains("bob")).unwrap();
    assert!(bob.contains(",4,"), "{bob}");
    grade(&place, &[]).ends_with(0).says("nothing is new");
}

/// What a kill leaves anywhere in the results is removed by the next grading.
#[cfg(target_os = "linux")]
#[test]
fn what_a_kill_left_is_removed() {
    let place = Place::new();
    class(&place);
    grade(&place, &[]).ends_with(0);
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let session = blake3::hash(boot.trim().as_bytes()).to_hex();
    let name = format!(".memgrade-tmp-{}-abcdefgh", &session[..8]);
    let folders = ["", "feedback", "report", "report/students", "report/pairs"];
    for folder in folders {
        place.write(&format!("results/{folder}/{name}"), "half");
    }
    place.write("class/bob@x.org/hello.rs", SOLUTION);
    grade(&place, &[]).ends_with(0);
    for folder in folders {
        let left = place.work().join("results").join(folder).join(&name);
        assert!(!left.exists(), "{}", left.display());
    }
}

#[test]
fn a_damaged_gradebook_is_told_and_left_alone() {
    let place = Place::new();
    class(&place);
    grade(&place, &[]).ends_with(0);
    let path = place.work().join("results/gradebook.sqlite");
    let whole = fs::read(&path).unwrap();
    let mut holed = whole.clone();
    holed[4096..].fill(0xa5);
    for (bytes, words) in [
        (
            b"some text of somebody's, which is long enough to be read".to_vec(),
            "no gradebook",
        ),
        (holed, "damaged"),
        (whole[..whole.len() / 2].to_vec(), "damaged"),
    ] {
        fs::write(&path, &bytes).unwrap();
        let commands: [&[&str]; 3] = [
            &["grade", "class", "-o", "results"],
            &["export", "results", "--format", "csv"],
            &["report", "results"],
        ];
        for command in commands {
            place.memgrade(command).ends_with(2).complains(words);
            assert_eq!(fs::read(&path).unwrap().len(), bytes.len());
        }
    }
    fs::write(&path, whole).unwrap();
    grade(&place, &[]).ends_with(0).says("nothing is new");
}

#[test]
fn exports_say_what_they_need() {
    let place = Place::new();
    class(&place);
    grade(&place, &[]).ends_with(0);
    place
        .write("other.csv", "colour,size\nred,3\n")
        .write("binary.csv", [0_u8, 159, 146, 150]);
    let wrong: [(&[&str], &str); 12] = [
        (&[], "--format"),
        (
            &["--format", "xls"],
            "csv, json, moodle, canvas, gradescope-csv",
        ),
        (&["--format", "moodle"], "--into"),
        (
            &["--format", "csv", "--into", "worksheet.csv"],
            "cannot be filled in as csv",
        ),
        (
            &["--format", "moodle", "--into", "nowhere.csv"],
            "nowhere.csv",
        ),
        (&["--format", "moodle", "--into", "other.csv"], "orksheet"),
        (&["--format", "moodle", "--into", "binary.csv"], "orksheet"),
        (&["--format", "moodle", "--into", "class"], "class"),
        (&["--format", "canvas"], "--column"),
        (
            &[
                "--format",
                "canvas",
                "--column",
                "HW1",
                "--into",
                "other.csv",
            ],
            "`ID`",
        ),
        (&["--feedback", "paper"], "plain"),
        (
            &["--format", "csv", "--output", "nowhere/grades.csv"],
            "nowhere/grades.csv",
        ),
    ];
    for (args, words) in wrong {
        let all = ["export", "results"].iter().chain(args);
        let said = place.memgrade(all).ends_with(2).complains(words);
        assert_eq!(said.stdout, "", "{args:?}");
    }
    // A zip is nothing to be printed.
    place
        .memgrade(["export", "results", "--feedback", "plain"])
        .ends_with(2)
        .complains("with -o");
    place
        .memgrade([
            "export",
            "results",
            "--format",
            "canvas",
            "--column",
            "HW1 (12345)",
        ])
        .ends_with(0)
        .says("HW1 (12345)");
}

#[test]
fn one_exercise_is_run_again_by_hand() {
    let place = Place::new();
    class(&place);
    grade(&place, &[]).ends_with(0);
    fs::remove_dir_all(place.work().join("class")).unwrap();
    let results = place.work().join("results");
    let (before, written) = (contents(&results), files(&results));
    let rows = ask(&place, "SELECT * FROM runs");
    place
        .memgrade(["rerun", "results", "bob@x.org", "hello"])
        .ends_with(1)
        .says("hello/plain")
        .says("hello/secret")
        .says("wombat")
        .says("1 line is right")
        .says("one block");
    place
        .memgrade([
            "rerun",
            "results",
            "bob@x.org",
            "hello",
            "secret",
            "--keep",
            "kept",
        ])
        .ends_with(0)
        .says("wombat")
        .does_not_say("one block");
    let kept = read_all(&place.work().join("kept"));
    assert_eq!(kept.into_values().collect::<Vec<_>>(), [QUIET.as_bytes()]);
    place
        .memgrade(["rerun", "results", "cleo@x.org", "hello"])
        .ends_with(1)
        .says("oops");
    for (args, words) in [
        (["bob@x.og", "hello", "plain"], "did you mean `bob@x.org`?"),
        (["nobody", "hello", "plain"], "there is no student `nobody`"),
        (["bob@x.org", "hallo", "plain"], "did you mean `hello`?"),
        (["bob@x.org", "hello", "plian"], "did you mean `plain`?"),
        (["bob@x.org", "hello", "wombats"], "it has plain, secret"),
    ] {
        let all = ["rerun", "results"].iter().chain(&args);
        place.memgrade(all).ends_with(2).complains(words);
    }
    place
        .memgrade(["rerun", "results", "bob@x.org", "hello", "--keep", "kept"])
        .ends_with(2)
        .complains("kept");
    assert_eq!(contents(&results), before);
    assert_eq!(files(&results), written);
    assert_eq!(ask(&place, "SELECT * FROM runs"), rows);
}

#[cfg(unix)]
#[test]
fn what_is_piped_is_plain() {
    let place = Place::new();
    let waits = "fn main() {\n    let _ = std::process::Command::new(\"sleep\").arg(\"5.5\").status();\n}\n";
    place
        .hello_course()
        .write("class/\u{1b}[31mred\u{7}/hello.rs", waits)
        .write("class/bell\u{202e}/hello.rs", SOLUTION)
        .write("class/line\nbreak.txt", "");
    let done = grade(&place, &["--jobs", "1", "--limit", "wall=30s"]).ends_with(0);
    for said in [&done.stdout, &done.stderr] {
        let odd = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!said.contains(odd), "{said:?}");
    }
    let lines: Vec<&str> = done.stderr.lines().collect();
    assert!(!lines.is_empty());
    for line in lines {
        assert!(
            line.contains(" of 2 submissions, ") && line.contains(" of 2 programs"),
            "{line:?}"
        );
    }
    assert!(!done.stdout.contains("submissions, "));
    assert!(
        done.stdout.contains("not recognized: line"),
        "{}",
        done.stdout
    );
}

#[test]
fn a_case_that_is_not_run_here_keeps_nobody_from_a_grade() {
    let place = Place::new();
    class(&place);
    let args = ["grade", "class", "-o", "results"];
    for _ in 0..2 {
        let done = place.memgrade_with(&[("MEMGRADE_SANDBOX", "limits")], args);
        done.ends_with(0).says("undecided");
    }
    let runs = "SELECT count(*) FROM case_runs WHERE case_name = 'secret'";
    assert_eq!(ask(&place, runs), ["0"]);
}
