//! Nothing is done twice, and every grade that moves has a reason.

use std::fs;

use super::book::{QUIET, ask, contents, files, grade, points};
use crate::it::support::{HELLO, Place, SOLUTION};

/// The exercise with a second case, for programs that look at their arguments, which takes blocks.
fn two_cases() -> String {
    format!("{HELLO}{ECHO}").replace("exactly = 1", "at_least = 1")
}

/// A second case, which prints what it is called with.
const ECHO: &str = r#"
[[case]]
name = "echo"
args = ["one"]

[[case.check]]
name = "echoes"
output = { lines = ["one"] }
hints = ["args"]
"#;

/// Passes both cases.
const ECHOES: &str = "fn main() {\n    let block = vec![7u8; 100];\n    if std::env::args().len() == 1 {\n        println!(\"hello\");\n    }\n    \
    for word in std::env::args().skip(1) {\n        println!(\"{word}\");\n    }\n    drop(block);\n}\n";

fn count(place: &Place, table: &str) -> String {
    ask(place, &format!("SELECT count(*) FROM {table}")).remove(0)
}

/// Runs with the moment that they were recorded.
fn runs(place: &Place) -> Vec<String> {
    ask(place, "SELECT address, recorded FROM runs ORDER BY address")
}

#[test]
fn nothing_is_built_or_run_twice() {
    let place = Place::new();
    place
        .hello_course()
        .write("class/ann/hello.rs", SOLUTION)
        .write("class/bob/hello.rs", SOLUTION)
        .write("class/cleo/hello.rs", QUIET);
    grade(&place, &[])
        .ends_with(0)
        .says("3 graded; 2 programs judged, 1 more are the same as one of these");
    assert_eq!(
        [count(&place, "runs"), count(&place, "judgments")],
        ["2", "2"]
    );

    // Said again nothing happens, and it says so.
    let results = place.work().join("results");
    let (before, written) = (contents(&results), files(&results));
    grade(&place, &[])
        .ends_with(0)
        .says("nothing is new since the last grading")
        .says("ann    3 of 3 points")
        .says("report/index.html");
    assert_eq!(contents(&results), before);
    assert_eq!(files(&results), written);
    assert_eq!(count(&place, "gradings"), "1");

    // A new hand-in is all that is built.
    let first = runs(&place);
    place.write(
        "class/dan/hello.rs",
        "fn main() {\n    println!(\"hell\");\n}\n",
    );
    grade(&place, &[])
        .ends_with(0)
        .says("4 students (plain folders): 1 graded, 3 as before; 1 program judged");
    let second = runs(&place);
    assert_eq!(second.len(), 3);
    assert!(first.iter().all(|run| second.contains(run)));
    // And one that somebody else has already is not.
    place.write("class/eve/hello.rs", QUIET);
    grade(&place, &[])
        .ends_with(0)
        .says("1 graded, 4 as before; 0 programs judged");
    assert_eq!(runs(&place), second);

    // A file that was lost is drawn again, without a run.
    fs::remove_file(results.join("feedback/ann.txt")).unwrap();
    grade(&place, &[]).ends_with(0).says("0 programs judged");
    assert!(results.join("feedback/ann.txt").is_file());
    assert_eq!(runs(&place), second);

    // Another limit is another measurement.
    grade(&place, &["--limit", "wall=7s"])
        .ends_with(0)
        .says("3 programs judged");
    assert_eq!(
        [count(&place, "runs"), count(&place, "judgments")],
        ["6", "6"]
    );
    assert_eq!(count(&place, "changes"), "0");
    // And the first one is known still.
    grade(&place, &[]).ends_with(0).says("0 programs judged");
}

#[test]
fn a_changed_check_needs_no_run_and_a_changed_case_its_own_only() {
    let place = Place::new();
    let spec = two_cases();
    place
        .hello_course()
        .write("exercises/hello/exercise.toml", &spec)
        .write("class/ann/hello.rs", ECHOES)
        .write("class/bob/hello.rs", SOLUTION);
    grade(&place, &[]).ends_with(0);
    assert_eq!(points(&place, "results"), ["ann 4", "bob 3"]);
    let first = runs(&place);
    assert_eq!(first.len(), 4);

    // Another number of points: judged anew, run never.
    let dearer = spec.replace("points = 2", "points = 5");
    place.write("exercises/hello/exercise.toml", &dearer);
    grade(&place, &[])
        .ends_with(0)
        .says("2 programs judged")
        .says("4 -> 7 points");
    assert_eq!(runs(&place), first);
    assert_eq!(count(&place, "judgments"), "4");

    // Another argument: this case is run again, of both programs.
    place.write(
        "exercises/hello/exercise.toml",
        dearer.replace("args = [\"one\"]", "args = [\"two\"]"),
    );
    grade(&place, &[]).ends_with(0).says("7 -> 6 points");
    let third = runs(&place);
    assert_eq!(third.len(), 6);
    assert!(first.iter().all(|run| third.contains(run)));

    // The first spec again: all is known.
    place.write("exercises/hello/exercise.toml", &spec);
    grade(&place, &[]).ends_with(0).says("0 programs judged");
    assert_eq!(runs(&place), third);
    assert_eq!(points(&place, "results"), ["ann 4", "bob 3"]);
}

#[test]
fn what_is_named_is_run_again() {
    let place = Place::new();
    place
        .hello_course()
        .write("exercises/hello/exercise.toml", two_cases())
        .write("class/ann/hello.rs", ECHOES)
        .write("class/bob/hello.rs", ECHOES)
        .write("class/cleo/hello.rs", SOLUTION);
    grade(&place, &[]).ends_with(0);
    let mut before = runs(&place);
    // Which runs are recorded at another moment than before.
    let mut again = |filters: &[&str]| {
        let mut args = Vec::new();
        for filter in filters {
            args.extend(["--rerun", filter]);
        }
        grade(&place, &args).ends_with(0);
        let after = runs(&place);
        let anew = after.iter().filter(|run| !before.contains(run)).count();
        assert_eq!(after.len(), before.len());
        before = after;
        anew
    };
    assert_eq!(again(&["ann"]), 2);
    assert_eq!(again(&["cleo/hello/echo"]), 1);
    assert_eq!(again(&["*//plain"]), 2);
    assert_eq!(again(&["*"]), 4);
    // Two who have the same program may each be named for a case of it.
    assert_eq!(again(&["ann/hello/plain", "bob/hello/echo"]), 2);
    assert_eq!(again(&[]), 0);
    assert_eq!(count(&place, "changes"), "0");
}

const WHY: &str = r#"format_version = 1
[[item]]
id = "why"
question = "Why?"
[item.text]
rubric = [{ points = 2, says = "the owner keeps it" }]
"#;

/// The gradebook's tables that a dry run must leave alone.
fn graded(place: &Place) -> Vec<Vec<String>> {
    [
        "grades",
        "results",
        "changes",
        "submissions",
        "students",
        "pairs",
    ]
    .map(|table| ask(place, &format!("SELECT * FROM {table}")))
    .to_vec()
}

#[test]
fn a_dry_run_says_whose_grades_would_move_and_writes_none() {
    let place = Place::new();
    place
        .hello_course()
        .write("class/ann/hello.rs", SOLUTION)
        .write("class/bob/hello.rs", QUIET);
    // Where there is no gradebook there is none afterwards.
    grade(&place, &["--dry-run"])
        .ends_with(0)
        .says("2 students would be graded for the first time")
        .says("nothing is written");
    assert!(!place.work().join("results").exists());
    grade(&place, &[]).ends_with(0);
    let results = place.work().join("results");
    grade(&place, &["--dry-run"])
        .ends_with(0)
        .says("no grade would move");

    let spec = HELLO.replace("exactly = 1", "at_most = 1");
    place
        .write("exercises/hello/exercise.toml", &spec)
        .write("class/cleo/hello.rs", SOLUTION);
    let (before, written) = (graded(&place), files(&results));
    for _ in 0..2 {
        grade(&place, &["--dry-run"])
            .ends_with(0)
            .says("the spec of hello changed:")
            .says("at_most")
            .says("bob   1 -> 3 points")
            .says("hello   1 -> 3: its spec changed: `plain/one block` failed (0) -> passed (2)")
            .says("1 grade would move")
            .says("1 student would be graded for the first time")
            .says("nothing is written")
            .does_not_say("ann");
        assert_eq!(graded(&place), before);
        assert_eq!(files(&results), written);
    }
    assert_eq!(points(&place, "results"), ["ann 3", "bob 1"]);

    grade(&place, &[])
        .ends_with(0)
        .says("0 programs judged")
        .says("bob   1 -> 3 points");
    assert_eq!(points(&place, "results"), ["ann 3", "bob 3", "cleo 3"]);
    assert_eq!(
        ask(
            &place,
            "SELECT student, part, points_before, points_after, reason FROM changes"
        ),
        ["bob | hello | 100 | 300 | its spec changed: `plain/one block` failed (0) -> passed (2)"]
    );
}

#[test]
fn every_grade_that_moves_has_its_reason() {
    let place = Place::new();
    place
        .hello_course()
        .write("exercises/checklist.toml", WHY)
        .write("class/ann/hello.rs", SOLUTION)
        .write("class/ann/answers.toml", "why = \"it has an owner\"\n")
        .write("class/bob/hello.rs", QUIET);
    grade(&place, &[])
        .ends_with(0)
        .says("1 free text is to be marked");
    assert_eq!(points(&place, "results"), ["ann 3", "bob 1"]);
    let reasons = || {
        ask(
            &place,
            "SELECT student, part, points_before, points_after, reason FROM changes
            WHERE grading = (SELECT max(id) FROM gradings) ORDER BY student, number",
        )
    };

    // A free text is marked, in a table that is made anew if it was lost.
    let table = place.work().join("results/free_text.csv");
    let text = fs::read_to_string(&table).unwrap();
    fs::remove_file(&table).unwrap();
    grade(&place, &[])
        .ends_with(0)
        .says("0 graded, 2 as before");
    assert_eq!(fs::read_to_string(&table).unwrap(), text);
    grade(&place, &[]).ends_with(0).says("nothing is new");
    fs::write(&table, text.replace(",2,,\n", ",2,2,well said\n")).unwrap();
    grade(&place, &[])
        .ends_with(0)
        .says("3 -> 5 points")
        .says("0 programs judged");
    assert_eq!(
        reasons(),
        ["ann | checklist | 300 | 500 | …"]
            .map(|_| "ann | checklist | 0 | 200 | marked by hand: why")
    );

    // Points by hand, to a part and to the sum; a row that counts for nobody is named.
    place.write(
        "results/manual.csv",
        "student,part,points,comment\nbob,hello,2.5,the reason is right\nann,,-1,too late\nzoe,hello,3,\n",
    );
    grade(&place, &[])
        .ends_with(0)
        .says("line 4")
        .says("there is no student `zoe`");
    let by_hand = reasons();
    assert_eq!(by_hand.len(), 2, "{by_hand:?}");
    assert!(
        by_hand[0].starts_with("ann |  | 500 | 400 | "),
        "{by_hand:?}"
    );
    assert!(
        by_hand[1].starts_with("bob | hello | 100 | 250 | "),
        "{by_hand:?}"
    );
    assert!(
        by_hand.iter().all(|reason| reason.contains("by hand")),
        "{by_hand:?}"
    );
    grade(&place, &[]).ends_with(0).says("nothing is new");

    // They are taken back.
    fs::remove_file(place.work().join("results/manual.csv")).unwrap();
    grade(&place, &[]).ends_with(0);
    assert!(
        reasons()[1].ends_with("points by hand were taken back"),
        "{:?}",
        reasons()
    );

    // Another hand-in, and another answer.
    place
        .write("class/bob/hello.rs", SOLUTION)
        .write("class/ann/answers.toml", "why = \"somebody owns it\"\n");
    grade(&place, &[])
        .ends_with(0)
        .says("1 free text is to be marked");
    assert_eq!(
        reasons(),
        [
            "ann | checklist | 200 | 0 | the answers are other ones",
            "bob | hello | 100 | 300 | a new hand-in: `plain/one block` failed (0) -> passed (2)"
        ]
    );

    grade(&place, &[])
        .ends_with(0)
        .says("nothing is new")
        .says("1 free text is to be marked");

    // Whatever somebody writes, the table is read as it was written: nothing is new.
    place.write(
        "class/ann/answers.toml",
        "why = \"=1+1\\r\\n \\\"x\\\"; y,\\tz \\n\\n\"\n",
    );
    // Points for an earlier answer have become a comment in the table by now, which is nothing new either.
    grade(&place, &[])
        .ends_with(0)
        .says("1 graded, 1 as before");
    grade(&place, &[])
        .ends_with(0)
        .says("nothing is new")
        .says("1 free text is to be marked");

    // Another policy.
    grade(&place, &["--policy", "points.hello=30"]).ends_with(0);
    assert_eq!(reasons().len(), 2);
    assert!(
        reasons()[1].ends_with("it is worth something else by the policy"),
        "{:?}",
        reasons()
    );
}

/// A question whose point needs the evidence of a program that takes one block.
const EVIDENCE: &str = r#"format_version = 1
[[item]]
id = "heap"
question = "Where is it?"
evidence = ["hello/plain/one block"]
hint = "Look again."
[item.choice]
options = { a = "on the heap", b = "on the stack" }
right = ["a"]
"#;

#[test]
fn an_earlier_attempt_that_counts_again_has_its_true_reason() {
    let reasons = |first: &str, second_time: &str| {
        let place = Place::new();
        let file = |number: u32, name: &str| format!("class/lindqvistada_1001_{number}_{name}");
        place
            .hello_course()
            .write("exercises/checklist.toml", EVIDENCE)
            .write(&file(2001, "hello.rs"), QUIET)
            .write(&file(2002, "answers.toml"), first);
        let best = ["--policy", "attempts=best"];
        grade(&place, &best).ends_with(0);
        assert_eq!(points(&place, "results"), ["lindqvistada (1001) 1"]);
        let second = [file(2003, "hello-1.rs"), file(2004, "answers-1.toml")];
        place
            .write(&second[0], SOLUTION)
            .write(&second[1], second_time);
        grade(&place, &best).ends_with(0).says("1 -> 4 points");
        for path in second {
            fs::remove_file(place.work().join(path)).unwrap();
        }
        grade(&place, &best).ends_with(0).says("4 -> 1 points");
        ask(
            &place,
            "SELECT reason FROM changes WHERE part = 'checklist' ORDER BY grading",
        )
    };
    let (right, wrong) = ("heap = \"a\"\n", "heap = \"b\"\n");
    assert_eq!(
        reasons(right, right)[1],
        "attempt 1 counts now; the same answers, with other evidence"
    );
    assert_eq!(
        reasons(wrong, right)[1],
        "attempt 1 counts now; the answers are other ones"
    );
}

#[test]
fn a_mark_of_an_earlier_text_is_no_reason() {
    let place = Place::new();
    let both = format!("{WHY}{}", EVIDENCE.replace("format_version = 1\n", ""));
    place
        .hello_course()
        .write("exercises/checklist.toml", both)
        .write("class/ann/hello.rs", QUIET)
        .write("class/ann/answers.toml", "why = \"one\"\nheap = \"a\"\n");
    grade(&place, &[]).ends_with(0);
    let table = place.work().join("results/free_text.csv");
    let text = fs::read_to_string(&table).unwrap();
    fs::write(&table, text.replace(",2,,\n", ",2,2,\n")).unwrap();
    grade(&place, &[]).ends_with(0).says("1 -> 3 points");
    place.write("class/ann/answers.toml", "why = \"two\"\nheap = \"a\"\n");
    grade(&place, &[])
        .ends_with(0)
        .says("checklist   2 -> 0: the answers are other ones");
    // The teacher marks nothing, and the checklist moves by its evidence.
    place.write("class/ann/hello.rs", SOLUTION);
    grade(&place, &[])
        .ends_with(0)
        .says("checklist   0 -> 1: its questions, or the evidence for the answers, changed");
    // A comment without points is none either; points are.
    let text = fs::read_to_string(&table).unwrap();
    let marked = |points: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        let row = format!("ann,why,two,2: the owner keeps it,2,{points},see me");
        lines[1] = &row;
        fs::write(&table, lines.join("\n") + "\n").unwrap();
    };
    marked("");
    place.write("class/ann/hello.rs", QUIET);
    grade(&place, &[])
        .ends_with(0)
        .says("checklist   1 -> 0: its questions, or the evidence");
    marked("1");
    grade(&place, &[])
        .ends_with(0)
        .says("checklist   0 -> 1: marked by hand: why");
    grade(&place, &[]).ends_with(0).says("nothing is new");
}

#[test]
fn who_leaves_the_class_may_come_back() {
    let place = Place::new();
    place
        .hello_course()
        .write("class/ann/hello.rs", SOLUTION)
        .write("class/bob/hello.rs", QUIET);
    grade(&place, &[]).ends_with(0);
    let (bob, away) = (place.work().join("class/bob"), place.work().join("bob"));
    fs::rename(&bob, &away).unwrap();
    grade(&place, &[])
        .ends_with(0)
        .says("1 student (plain folders): 0 graded, 1 as before; 0 programs judged")
        .says("no longer in the class: bob");
    assert_eq!(points(&place, "results"), ["ann 3"]);
    let results = place.work().join("results");
    let page = results.join("report/students/bob.html");
    let feedback = results.join("feedback/bob.txt");
    assert!(!page.exists() && !feedback.exists());
    grade(&place, &[]).ends_with(0).says("nothing is new");
    // What was earned is not lost, and nothing is run for it.
    fs::rename(&away, &bob).unwrap();
    grade(&place, &[])
        .ends_with(0)
        .says("2 students (plain folders): 0 graded, 2 as before; 0 programs judged");
    assert_eq!(points(&place, "results"), ["ann 3", "bob 1"]);
    assert!(page.exists() && feedback.exists());
    assert_eq!(count(&place, "changes"), "0");
}
