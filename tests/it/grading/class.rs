//! Whole classes as platforms give them, from the archive to the grades.

use std::fs;

use super::book::{QUIET, ask, grade, grade_into, points, tar_gz, zip};
use crate::it::support::{HELLO, Place, SOLUTION, root};

type Files = Vec<(String, Vec<u8>)>;

fn files(of: &[(&str, &str)]) -> Files {
    of.iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
        .collect()
}

/// One class in each layout: the word for it, its name, the files, and who gets what.
fn classes() -> Vec<(&'static str, Files, Vec<&'static str>)> {
    let gradescope = "---
submission_12:
  :submitters:
  - :name: Ada Lindqvist
    :sid: '0012'
    :email: ada@example.org
  - :name: Bob Ray
    :sid: '0013'
    :email: bob@example.org
  :created_at: 2026-03-01 17:33:33 Z
submission_14:
  :submitters:
  - :name: Cleo Fox
    :sid: '0014'
    :email: cleo@example.org
  :created_at: 2026-03-02 08:00:00 Z
";
    let github = "assignment_name,assignment_url,starter_code_url,github_username,roster_identifier,student_repository_name,student_repository_url,submission_timestamp,points_awarded,points_available
Hello,u,s,ada-l,s1,hello-ada-l,u,2026-03-01T10:00:00Z,0,10
Hello,u,s,bob,s2,hello-bob,u,2026-03-02T10:00:00Z,0,10
";
    let result = r#"{"schema": "classroom50/result/v1", "assignment": "hello", "owner": "ada-l", "datetime": "2026-03-01T10:00:00Z", "score": 1}"#;
    vec![
        (
            "plain folders",
            files(&[("ann/hello/main.rs", SOLUTION), ("bob/hello.rs", QUIET)]),
            vec!["ann 3", "bob 1"],
        ),
        (
            "Moodle",
            files(&[
                (
                    "Ada Lindqvist_123_assignsubmission_file_/hello.rs",
                    SOLUTION,
                ),
                ("Bob Ray_124_assignsubmission_file_/main.rs", QUIET),
            ]),
            vec!["Ada Lindqvist (123) 3", "Bob Ray (124) 1"],
        ),
        (
            "Canvas",
            files(&[
                ("lindqvistada_1001_2001_hello.rs", SOLUTION),
                ("raybob_LATE_1002_2002_hello.rs", QUIET),
            ]),
            vec!["lindqvistada (1001) 3", "raybob (1002) 1"],
        ),
        (
            "Gradescope",
            files(&[
                ("assignment_9_export/submission_metadata.yml", gradescope),
                ("assignment_9_export/submission_12/hello.rs", SOLUTION),
                ("assignment_9_export/submission_14/hello.rs", QUIET),
            ]),
            vec!["0012 3", "0013 3", "0014 1"],
        ),
        (
            "GitHub Classroom",
            files(&[
                ("grades.csv", github),
                ("hello-submissions/hello-ada-l/main.rs", SOLUTION),
                ("hello-submissions/hello-bob/main.rs", QUIET),
            ]),
            vec!["s1 3", "s2 1"],
        ),
        (
            "Classroom 50",
            files(&[
                ("rust-26-hello-ada-l/main.rs", SOLUTION),
                ("rust-26-hello-ada-l/result.json", result),
                ("rust-26-hello-bob/main.rs", QUIET),
            ]),
            vec!["ada-l 3", "bob 1"],
        ),
    ]
}

#[test]
fn every_layout_is_graded_as_a_folder_a_zip_and_a_tar() {
    for (layout, files, expected) in classes() {
        let place = Place::new();
        place.hello_course();
        let bytes: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
            .collect();
        for (path, bytes) in &bytes {
            place.write(&format!("folder/{path}"), bytes);
        }
        place.write("class.zip", zip(&bytes));
        place.write("class.tar.gz", tar_gz(&bytes));
        for class in ["folder", "class.zip", "class.tar.gz"] {
            let results = format!("results of {class}");
            grade_into(&place, class, &results, &[])
                .ends_with(0)
                .says(&format!("({layout}): {} graded", expected.len()));
            assert_eq!(points(&place, &results), expected, "{layout} as {class}");
            // Said again, it is known, although an archive is unpacked to another place each time.
            grade_into(&place, class, &results, &[])
                .ends_with(0)
                .says("nothing is new");
        }
    }
}

#[test]
fn a_roster_says_who_is_who_and_who_handed_in_nothing() {
    let place = Place::new();
    place
        .hello_course()
        .write("class/ada@example.org/hello.rs", SOLUTION)
        .write("class/Red/hello.rs", QUIET)
        .write("class/mallory/hello.rs", SOLUTION)
        .write("class/notes.txt", "for myself")
        .write(
            "roster.csv",
            "id,name,email,group\ns1,Ada Lindqvist,ada@example.org,\ns2,Bob Ray,,Red\ns3,Cleo Fox,,Red\ns4,Dan Poe,,\n",
        );
    grade(&place, &["--roster", "roster.csv"])
        .ends_with(0)
        .says("5 students (plain folders): 5 graded, 1 handed in nothing; ")
        .says("s4        0 of 3 points   nothing handed in")
        .says("not recognized: notes.txt");
    assert_eq!(
        points(&place, "results"),
        ["mallory 3", "s1 3", "s2 1", "s3 1", "s4 0"]
    );
    let read = |name: &str| fs::read_to_string(place.work().join("results").join(name)).unwrap();
    assert!(read("report/students/s2.html").contains("Bob Ray"));
    assert!(read("report/students/mallory.html").contains("not on the roster"));
    assert!(
        read("feedback/s3.txt").contains("Red"),
        "{}",
        read("feedback/s3.txt")
    );
    assert!(read("report/index.html").contains("notes.txt"));
    let grades = read("grades.csv");
    assert!(grades.contains("s1,Ada Lindqvist"), "{grades}");
    // Members of a group are no pair, and the same program is judged once.
    assert_eq!(ask(&place, "SELECT count(*) FROM pairs"), ["0"]);
    // The roster is part of what is drawn: a corrected name comes into the report.
    let roster = "id,name,email,group\ns1,Ada Lovelace,ada@example.org,\ns2,Bob Ray,,Red\ns3,Cleo Fox,,Red\n";
    place.write("roster.csv", roster);
    grade(&place, &["--roster", "roster.csv"])
        .ends_with(0)
        .does_not_say("nothing is new")
        .says("no longer in the class: s4");
    assert!(read("report/students/s1.html").contains("Ada Lovelace"));
    assert!(
        !place
            .work()
            .join("results/report/students/s4.html")
            .exists()
    );
}

#[test]
fn nobody_has_handed_in_anything() {
    let place = Place::new();
    place
        .hello_course()
        .write("roster.csv", "id,name\ns1,Ada\ns2,Bob\n");
    fs::create_dir(place.work().join("class")).unwrap();
    grade(&place, &["--roster", "roster.csv"])
        .ends_with(0)
        .says("2 students (plain folders): 2 graded, 2 handed in nothing");
    assert_eq!(points(&place, "results"), ["s1 0", "s2 0"]);
}

const FIRST: &str = "lindqvistada_1001_2001_hello.rs";
const SECOND: &str = "lindqvistada_LATE_1001_2009_hello-1.rs";

#[test]
fn the_latest_attempt_counts_or_the_best() {
    let place = Place::new();
    place
        .hello_course()
        .write(&format!("class/{FIRST}"), SOLUTION);
    grade(&place, &[]).ends_with(0);
    assert_eq!(points(&place, "results"), ["lindqvistada (1001) 3"]);

    // A new attempt is a reason for another grade.
    place.write(&format!("class/{SECOND}"), QUIET);
    grade(&place, &[])
        .ends_with(0)
        .says("3 -> 1 points")
        .says("late");
    let reason = || {
        ask(
            &place,
            "SELECT part, points_before, points_after, reason FROM changes ORDER BY grading DESC LIMIT 1",
        )
    };
    assert_eq!(
        reason(),
        [
            "hello | 300 | 100 | attempt 2 counts now; a new hand-in: `plain/one block` passed (2) -> failed (0)"
        ]
    );

    // By another policy the first one counts, and nothing is run for it.
    let runs = ask(&place, "SELECT * FROM runs");
    grade(&place, &["--policy", "attempts=best"])
        .ends_with(0)
        .says("1 -> 3 points");
    assert!(
        reason()[0].contains("attempt 1 counts now"),
        "{:?}",
        reason()
    );
    assert_eq!(ask(&place, "SELECT * FROM runs"), runs);

    // A penalty comes before the best is taken.
    let late = |policy: &str, more: &[&str]| {
        let mut args = vec![
            "--policy",
            "due=2026-03-01T12:00Z",
            "--policy",
            policy,
            "--policy",
            "late_without_time=one_day",
        ];
        args.extend(more);
        grade(&place, &args).ends_with(0);
        points(&place, "results")
    };
    assert_eq!(late("late_per_day=1", &[]), ["lindqvistada (1001) 0"]);
    assert_eq!(
        late("late_per_day=1", &["--policy", "attempts=best"]),
        ["lindqvistada (1001) 3"]
    );

    // An attempt that is taken away again is none.
    fs::remove_file(place.work().join("class").join(SECOND)).unwrap();
    grade(&place, &[]).ends_with(0);
    assert_eq!(points(&place, "results"), ["lindqvistada (1001) 3"]);
    assert_eq!(
        ask(&place, "SELECT attempt, label FROM submissions").len(),
        1
    );
    let grades = fs::read_to_string(place.work().join("results/grades.csv")).unwrap();
    assert!(!grades.contains("attempt 1"), "{grades}");
}

#[test]
fn last_years_hand_ins_are_compared_with() {
    let alike =
        root().join("tests/similarity/alike/stack_overflow/moved_functions_and_other_layout");
    let [original, copy] =
        ["original.rs", "copy.rs"].map(|name| fs::read(alike.join(name)).unwrap());
    let place = Place::new();
    place
        .hello_course()
        .write("class/ann/hello.rs", &copy)
        .write("class/bob/hello.rs", QUIET)
        .write(
            "2025.zip",
            zip(&[
                ("old/hello.rs", &original),
                ("older/hello.rs", SOLUTION.as_bytes()),
            ]),
        );
    grade(&place, &[]).ends_with(0);
    assert_eq!(ask(&place, "SELECT count(*) FROM pairs"), ["0"]);
    grade(&place, &["--archive", "2025.zip"])
        .ends_with(0)
        .says("0 programs judged")
        .says("1 pair of programs shares much");
    let pairs = ask(
        &place,
        "SELECT exercise, left_student, right_student FROM pairs",
    );
    assert_eq!(pairs, ["hello | ann | old"]);
    let read = |name: &str| fs::read_to_string(place.work().join("results").join(name)).unwrap();
    assert!(read("report/pairs/1.html").contains("2025.zip"));
    // It is a hint: nobody's points and nobody's feedback say anything of it.
    assert_eq!(points(&place, "results"), ["ann 0", "bob 1"]);
    assert!(!read("feedback/ann.txt").contains("old"));

    // It is kept, wherever it has gone, until it is to be forgotten; and said each time.
    fs::remove_file(place.work().join("2025.zip")).unwrap();
    let note =
        "note: programs are compared with those of 2025.zip too, until you say --forget-archives";
    grade(&place, &[])
        .ends_with(0)
        .says("nothing is new")
        .says(note);
    place.write("class/cleo/hello.rs", &copy);
    grade(&place, &["--dry-run"]).ends_with(0);
    grade(&place, &[]).ends_with(0).says("3 pairs").says(note);
    let all = || {
        ask(
            &place,
            "SELECT exercise, left_student, right_student FROM pairs ORDER BY left_student, right_student",
        )
    };
    assert_eq!(
        all(),
        [
            "hello | ann | cleo",
            "hello | ann | old",
            "hello | cleo | old"
        ]
    );
    assert!(read("report/index.html").contains("compared with those of 2025.zip"));
    // Who hands in again has no pair with what was there before.
    place.write("class/ann/hello.rs", SOLUTION);
    grade(&place, &[]).ends_with(0);
    assert_eq!(all(), ["hello | cleo | old"]);
    assert!(!place.work().join("results/report/pairs/2.html").exists());
    // Another one of the same name is another one; said again it takes its own place.
    place.write("years/2025.zip", zip(&[("oldest/hello.rs", &original)]));
    for pairs in [2, 2] {
        grade(&place, &["--archive", "years/2025.zip"])
            .ends_with(0)
            .says("with those of 2025.zip, years/2025.zip too");
        assert_eq!(all().len(), pairs);
    }
    // A dry run forgets nothing.
    grade(&place, &["--dry-run", "--forget-archives"]).ends_with(0);
    grade(&place, &[])
        .ends_with(0)
        .says("2025.zip, years/2025.zip");
    grade(
        &place,
        &["--forget-archives", "--archive", "years/2025.zip"],
    )
    .ends_with(0)
    .says("with those of 2025.zip too");
    assert_eq!(all(), ["hello | cleo | oldest"]);
    grade(&place, &["--forget-archives"])
        .ends_with(0)
        .does_not_say("compared with");
    assert_eq!(all(), Vec::<String>::new());
    grade(&place, &["--forget-archives"])
        .ends_with(0)
        .says("nothing is new");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_cost_nobody_anything() {
    use std::os::unix::ffi::OsStrExt as _;
    let place = Place::new();
    place.hello_course().write("class/ann/hello.rs", SOLUTION);
    for (name, text) in [(b"bad\xff".as_slice(), SOLUTION), (b"bad\xfe", QUIET)] {
        let folder = place
            .work()
            .join("class")
            .join(std::ffi::OsStr::from_bytes(name));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("hello.rs"), text).unwrap();
    }
    for said in ["3 students (plain folders): 3 graded", "nothing is new"] {
        grade(&place, &[]).ends_with(0).says(said);
    }
    // By the bytes, the one with 0xfe comes first.
    assert_eq!(
        points(&place, "results"),
        ["ann 3", "bad\u{fffd} 1", "bad\u{fffd} (2) 3"]
    );
}

#[test]
fn who_is_late_by_how_much_comes_from_the_platform() {
    let place = Place::new();
    place.hello_course();
    let (_, files, _) = classes().swap_remove(3);
    for (path, bytes) in files {
        place.write(&format!("class/{path}"), bytes);
    }
    grade(
        &place,
        &[
            "--policy",
            "due=2026-03-01T12:00+01:00",
            "--policy",
            "late_per_day=50%",
            "--policy",
            "grace=1 h",
        ],
    )
    .ends_with(0);
    // 17:33 and the next morning: the first day has begun for all of them.
    assert_eq!(
        points(&place, "results"),
        ["0012 1.5", "0013 1.5", "0014 0"]
    );
    let feedback = fs::read_to_string(place.work().join("results/feedback/0012.txt")).unwrap();
    assert!(feedback.contains("late"), "{feedback}");
}

#[test]
fn files_of_other_names_are_assigned() {
    let place = Place::new();
    place
        .hello_course()
        .write("class/ann/homework (1).rs", SOLUTION)
        .write("class/ann/scratch.rs", "fn main() {}\n")
        .write("class/bob/hello.rs", QUIET);
    grade(&place, &[]).ends_with(0);
    assert_eq!(points(&place, "results"), ["ann 0", "bob 1"]);
    let read = |name: &str| fs::read_to_string(place.work().join("results").join(name)).unwrap();
    assert!(read("feedback/ann.txt").contains("homework (1).rs"));
    grade(&place, &["--map", "homework*.rs=hello"])
        .ends_with(0)
        .says("0 -> 3 points");
    assert_eq!(points(&place, "results"), ["ann 3", "bob 1"]);
}

#[test]
fn a_hostile_archive_costs_nobody_else_anything() {
    let place = Place::new();
    place
        .hello_course()
        .write("class/ann/hello.rs", SOLUTION)
        .write("class/damaged.zip", "PK\u{3}\u{4} and no more")
        .write(
            "class/climber.zip",
            zip(&[
                ("../../../escaped.rs", SOLUTION.as_bytes()),
                ("/tmp/memgrade-escaped.rs", SOLUTION.as_bytes()),
                ("hello/main.rs", QUIET.as_bytes()),
            ]),
        )
        .write(
            "class/bomb.zip",
            zip(&[("hello/main.rs", &vec![b' '; 40 << 20])]),
        );
    grade(&place, &[]).ends_with(0);
    let got = points(&place, "results");
    assert_eq!(got, ["ann 3", "bomb 0", "climber 1", "damaged 0"]);
    let read = |name: &str| fs::read_to_string(place.work().join("results").join(name)).unwrap();
    assert!(read("feedback/damaged.txt").contains("damaged"));
    assert!(read("report/students/climber.html").contains("escaped"));
    assert!(!std::path::Path::new("/tmp/memgrade-escaped.rs").exists());
    let stray = crate::it::support::read_all(&place.work());
    assert!(stray.keys().all(|name| !name.ends_with("escaped.rs")));
}

#[test]
fn what_is_asked_for_wrongly_is_said_clearly() {
    let place = Place::new();
    place
        .hello_course()
        .write("class/ann/hello.rs", SOLUTION)
        .write("twice.csv", "id,name\ns1,Ada\ns1,Bob\n")
        .write("nameless.csv", "colour,size\nred,3\n")
        .write("broken.zip", "PK\u{3}\u{4} and no more")
        .write("file", "");
    let wrong: [(&[&str], &str); 22] = [
        (&["--roster", "nowhere.csv"], "nowhere.csv"),
        (&["--roster", "twice.csv"], "s1"),
        (&["--roster", "nameless.csv"], "nameless.csv"),
        (&["--policy", "due=yesterday"], "due"),
        (&["--policy", "colour=red"], "colour"),
        (&["--policy", "late_per_day=much"], "late_per_day"),
        (&["--policy", "late_per_day"], "KEY=VALUE"),
        (&["--policy", "points.hallo=3"], "hallo"),
        (&["--map", "hello.rs"], "FROM=EXERCISE"),
        (&["--map", "leak.rs=hallo"], "did you mean `hello`?"),
        (&["--map", "a/leak.rs=hello"], "name of a file or folder"),
        (&["--layout", "mudle"], "moodle"),
        (&["--rerun", "a/b/c/d"], "STUDENT/EXERCISE/CASE"),
        (&["--rerun", "an/hello"], "did you mean `ann`?"),
        (&["--rerun", "ann/hallo"], "did you mean `hello`?"),
        (&["--rerun", "ann/hello/plian"], "did you mean `plain`?"),
        (&["--rerun", "*/x*"], "x*"),
        (&["--archive", "nowhere"], "nowhere"),
        (&["--memory", "lots"], "lots"),
        (&["--template", "class"], "class.html"),
        (&["--limit", "patience=3"], "patience"),
        (&["--jobs", "0"], "--jobs"),
    ];
    for (args, words) in wrong {
        let done = grade(&place, args).ends_with(2);
        let said = done.complains(words);
        assert_eq!(said.stdout, "", "{args:?}");
    }
    for (class, results, words) in [
        ("nowhere", "results", "nowhere"),
        ("broken.zip", "results", "broken.zip"),
        ("file", "results", "file"),
        ("class", "file", "file"),
    ] {
        grade_into(&place, class, results, &[])
            .ends_with(2)
            .complains(words);
    }
    // Nothing of it was graded, and nothing stands in the way of what is right.
    grade(&place, &["--rerun", "an*/*/plain"])
        .ends_with(0)
        .says("1 graded");
    for (name, text, words) in [
        (
            "manual.csv",
            "student,part,points\nann,hello,many\n",
            "line 2",
        ),
        ("manual.csv", "who,what\n", "student"),
        ("free_text.csv", "student\n", "free_text.csv"),
    ] {
        place.write(&format!("results/{name}"), text);
        grade(&place, &[]).ends_with(2).complains(words);
        fs::remove_file(place.work().join("results").join(name)).unwrap();
    }
    // Another course has another gradebook.
    place.write(
        "other/course.toml",
        "format_version = 1\ntitle = \"Another one\"\nexercises = [\"hello\"]\n",
    );
    place.write("other/exercises/hello/exercise.toml", HELLO);
    place.write("other/exercises/hello/main.rs", "fn main() {}\n");
    grade(&place, &["--course", "other"])
        .ends_with(2)
        .complains("A small course");
}

#[test]
fn canvas_gets_back_what_it_takes() {
    let place = Place::new();
    place
        .hello_course()
        .write("class/lindqvistada_1001_2001_hello.rs", QUIET)
        .write("class/lindqvistada_1001_2005_hello-1.rs", SOLUTION)
        .write("class/raybob_LATE_1002_2002_hello.rs", QUIET)
        .write("class/raybob_LATE_1002_2003_notes (1).rs", SOLUTION)
        .write(
            "gradebook.csv",
            "Student,ID,Section,HW1 (12345)\n    Points Possible,,,3\n\"Lindqvist, Ada\",1001,A,\n\"Ray, Bob\",1002,A,EX\n",
        );
    // What is named like the exercise is the exercise, whatever came with it.
    grade(&place, &[])
        .ends_with(0)
        .says("lindqvistada (1001)   3 of 3 points")
        .says("raybob (1002)         1 of 3 points   late");
    place
        .memgrade(["export", "results", "--feedback", "canvas", "-o", "f.zip"])
        .ends_with(0);
    let bytes = fs::read(place.work().join("f.zip")).unwrap();
    let zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut names: Vec<_> = zip.file_names().map(Result::unwrap).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "lindqvistada_1001_2005_hello-1.rs",
            "raybob_LATE_1002_2003_notes (1).rs"
        ]
    );
    // Who is excused stays so.
    let args = [
        "export",
        "results",
        "--format",
        "canvas",
        "--into",
        "gradebook.csv",
    ];
    let done = place.memgrade(args.iter().chain(&["--column", "HW1 (12345)"]));
    done.ends_with(0)
        .says("\"Lindqvist, Ada\",1001,A,3.00")
        .does_not_say("Ray, Bob")
        .complains("is excused in Canvas");
}

#[test]
fn results_have_a_folder_of_their_own() {
    let place = Place::new();
    place.write("class/ann/hello.rs", SOLUTION);
    grade_into(&place, "class", "class", &[])
        .ends_with(2)
        .complains("-o results");
    assert!(!place.work().join("class/gradebook.sqlite").exists());
    grade_into(&place, "class", "class/results", &[]).ends_with(0);
    // Those of before are nobody's hand-in.
    grade(&place, &[])
        .ends_with(0)
        .says("1 student (plain folders)")
        .says("not recognized: results: holds results of `memgrade grade`");
}
