//! More time for some: from the table to the grade, its reasons, the page and the exports.

use std::fs;

use super::book::{QUIET, ask, files, grade, points};
use crate::it::support::{Place, SOLUTION};

/// Two students who are late by their platform's clock, one of them in a group with a third, who is not.
fn class(place: &Place) {
    let meta = |id: u32, at: &str| {
        format!(
            "submission_{id}:\n  :submitters:\n  - :name: Student {id}\n    :sid: s{id}\n    :email: s{id}@x.org\n  :created_at: {at}\n"
        )
    };
    let yaml: String = [
        meta(1, "2026-03-02 13:00:00.000000000 Z"),
        meta(2, "2026-03-03 13:00:00.000000000 Z"),
        meta(3, "2026-03-01 10:00:00.000000000 Z"),
    ]
    .concat();
    place
        .hello_course()
        .write("class/submission_metadata.yml", format!("---\n{yaml}"))
        .write(
            "class.csv",
            "id,email,group\ns1,s1@x.org,\ns2,s2@x.org,red\ns3,s3@x.org,red\n",
        );
    for id in 1..=3 {
        place.write(&format!("class/submission_{id}/hello.rs"), SOLUTION);
    }
}

const POLICY: [&str; 8] = [
    "--policy",
    "due=2026-03-01T12:00Z",
    "--policy",
    "late_per_day=1",
    "--policy",
    "timezone=Europe/Stockholm",
    "--roster",
    "class.csv",
];

fn reasons(place: &Place) -> Vec<String> {
    ask(
        place,
        "SELECT student, part, points_before, points_after, reason FROM changes
        WHERE grading = (SELECT max(id) FROM gradings) ORDER BY student, number",
    )
}

#[test]
fn more_time_moves_grades_and_is_said_everywhere() {
    let place = Place::new();
    class(&place);
    grade(&place, &POLICY).ends_with(0);
    assert_eq!(points(&place, "results"), ["s1 1", "s2 0", "s3 3"]);
    let results = place.work().join("results");
    let before = files(&results);

    place.write(
        "results/extensions.csv",
        "student,exercise,extension,comment\ns1,*,1 day,ill <b>\nred,hello,2026-03-04T00:00,\n",
    );
    let dry: Vec<&str> = POLICY.iter().copied().chain(["--dry-run"]).collect();
    grade(&place, &dry)
        .ends_with(0)
        .says("s1   1 -> 2 points")
        .says("s2   0 -> 3 points")
        .says("1 student keeps the points they have")
        .says("nothing is written");
    let mut after = files(&results);
    after.remove("extensions.csv");
    assert_eq!(after, before);

    grade(&place, &POLICY).ends_with(0).says("more time");
    assert_eq!(points(&place, "results"), ["s1 2", "s2 3", "s3 3"]);
    assert_eq!(
        reasons(&place),
        [
            "s1 |  | 100 | 200 | more time: 1 day; 1 day late, 1 point; no longer: 2 days late, 1 point each",
            "s2 |  | 0 | 300 | more time: until 2026-03-04T00:00 for hello; no longer: 3 days late, 1 point each",
        ]
    );
    assert_eq!(
        ask(
            &place,
            "SELECT file, student, part, points, comment FROM manual"
        ),
        [
            "extensions.csv | s1 |  | 1 day | ill <b>",
            "extensions.csv | red | hello | 2026-03-04T00:00 | ",
        ]
    );
    let read = |name: &str| fs::read_to_string(results.join(name)).unwrap();
    for (student, words) in [
        ("s1", "more time: 1 day"),
        ("s2", "more time: until 2026-03-04T00:00 for hello"),
        ("s3", "more time: until"),
    ] {
        for name in [
            format!("feedback/{student}.txt"),
            format!("report/students/{student}.html"),
        ] {
            assert!(read(&name).contains(words), "{name}");
            // Why is between the student and the teacher.
            assert!(!read(&name).contains("ill "), "{name}");
        }
    }
    let grades = read("grades.csv");
    assert!(
        grades.contains("more_time") && grades.contains(",1 day,"),
        "{grades}"
    );
    place
        .memgrade(["export", "results", "--format", "json"])
        .ends_with(0)
        .says("\"more time: 1 day\"")
        .says("\"until 2026-03-04T00:00 for hello\"");
    grade(&place, &POLICY).ends_with(0).says("nothing is new");

    // Taken back.
    fs::remove_file(results.join("extensions.csv")).unwrap();
    grade(&place, &POLICY).ends_with(0);
    assert_eq!(points(&place, "results"), ["s1 1", "s2 0", "s3 3"]);
    assert!(
        reasons(&place)[0].ends_with(
            "2 days late, 1 point each; no longer: more time: 1 day; no longer: 1 day late, 1 point"
        ),
        "{:?}",
        reasons(&place)
    );
}

#[test]
fn a_bad_line_is_told_and_nothing_is_graded() {
    let place = Place::new();
    class(&place);
    place.write(
        "results/extensions.csv",
        "student,extension\ns1,1 day\ns2,soon\n",
    );
    grade(&place, &POLICY)
        .ends_with(2)
        .complains("extensions.csv cannot be used: line 3: the column `extension`: `soon` is not a")
        .complains("write it like `3 days`");
    place.write(
        "results/extensions.csv",
        "student,exercise,extension\ns9,,1 day\ns1,hell,1 day\ns1,,2026-02-01T12:00\n",
    );
    grade(&place, &POLICY)
        .ends_with(0)
        .says("extensions.csv, line 2, changes nothing: there is no student or group `s9`")
        .says("extensions.csv, line 3, changes nothing: there is no exercise `hell`")
        .says(
            "extensions.csv, line 4, changes nothing: 2026-02-01T12:00 is not after the due time",
        );
    assert_eq!(points(&place, "results"), ["s1 1", "s2 0", "s3 3"]);
}

#[test]
fn more_time_holds_for_each_attempt_and_where_just_late_is_known() {
    let place = Place::new();
    place
        .hello_course()
        .write("class/lindqvistada_1001_2001_hello.rs", QUIET)
        .write("class/lindqvistada_LATE_1001_2009_hello-1.rs", SOLUTION);
    let with = |attempts: &str| {
        let args = [
            "--policy",
            "due=2026-03-01T12:00Z",
            "--policy",
            "late_per_day=3",
            "--policy",
            "late_without_time=one_day",
            "--policy",
            attempts,
        ];
        grade(&place, &args).ends_with(0);
        points(&place, "results").remove(0)
    };
    let (latest, best) = ("attempts=latest", "attempts=best");
    assert_eq!(with(latest), "lindqvistada (1001) 0");
    assert_eq!(with(best), "lindqvistada (1001) 1");
    place.write(
        "results/extensions.csv",
        "student,extension\nlindqvistada (1001),2 days\n",
    );
    assert_eq!(with(best), "lindqvistada (1001) 3");
    assert!(
        reasons(&place)[0].contains("attempt 2 counts now"),
        "{:?}",
        reasons(&place)
    );
    assert_eq!(with(latest), "lindqvistada (1001) 3");
    let feedback = fs::read_dir(place.work().join("results/feedback"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect::<String>();
    assert!(
        feedback.contains("late, nobody knows how late, and there was more time: nothing is taken"),
        "{feedback}"
    );
}
