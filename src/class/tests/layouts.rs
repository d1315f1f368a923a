//! Each layout, as its platform makes it.

use super::*;

#[test]
fn plain_folders_stay_where_they_are() {
    let class = folder(&[
        ("ada/memory_leak/main.rs", MAIN),
        ("ada/answers.toml", ""),
        ("bob/stack_overflow.rs", MAIN),
        ("emil/.gitkeep", ""),
        (".git/config", ""),
        ("__MACOSX/x", ""),
        ("notes.txt", ""),
        ("results/grades.csv", ""),
    ]);
    let results = class.path().join("results");
    let opened = super::super::open(
        class.path(),
        &Options {
            leave_out: Some(&results),
            ..options()
        },
    )
    .unwrap();
    assert_eq!(opened.layout, Layout::Plain);
    assert_eq!(ids(&opened), ["ada", "bob", "emil"]);
    assert_eq!(unrecognized(&opened), ["notes.txt"]);
    for id in ["ada", "bob"] {
        let attempt = attempt(&opened, id);
        assert_eq!(attempt.folder, Some(class.path().join(id)));
        assert!(attempt.problems.is_empty(), "{:?}", attempt.problems);
    }
    assert_eq!(attempt(&opened, "emil").problems, ["nothing is in it"]);
    assert!(opened.scratch.is_none());
}

#[test]
fn the_class_in_the_examples_needs_no_scratch() {
    let class = open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/class"));
    assert!(class.students.len() > 5);
    assert_eq!(class.layout, Layout::Plain);
}

#[test]
fn archives_and_single_folders_are_looked_into() {
    let class = folder(&[
        ("deep/a/b/memory_leak/main.rs", MAIN),
        ("deep/a/b/target/debug/x.rs", ""),
        ("repo/exercises/cycle/main.rs", MAIN),
        ("repo/README.md", ""),
        ("bins/Cargo.toml", "[package]\nname = \"bins\"\n"),
        ("bins/src/bin/memory_leak.rs", MAIN),
        (
            "package/Cargo.toml",
            "[package]\nname = \"stack-overflow\"\n",
        ),
        ("package/src/main.rs", MAIN),
    ]);
    let work = [
        ("work/memory_leak/main.rs", MAIN),
        ("work/.git/HEAD", ""),
        ("work/target/debug/deps/x.rs", "x"),
        ("__MACOSX/work/._main.rs", ""),
        ("work/report.pdf", "large"),
    ];
    fs::write(class.path().join("zed.zip"), zip(&work)).unwrap();
    fs::write(class.path().join("tara.tar.gz"), tar_gz(&work)).unwrap();
    let inner = zip(&work);
    fs::create_dir(class.path().join("nested")).unwrap();
    fs::write(class.path().join("nested/hand-in.zip"), &inner).unwrap();
    let opened = open(class.path());
    let in_deep = attempt(&opened, "deep").folder.clone().unwrap();
    assert_eq!(in_deep, class.path().join("deep/a/b"));
    let leak = ["memory_leak/main.rs", "report.pdf"];
    for id in ["zed", "tara", "nested"] {
        assert_eq!(handed(&opened, id), leak, "{id}");
        let problems = &attempt(&opened, id).problems;
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("for no exercise, and not graded: "));
    }
    assert!(handed(&opened, "repo").contains(&"cycle/main.rs".to_owned()));
    assert_eq!(handed(&opened, "bins"), ["memory_leak.rs"]);
    assert_eq!(
        handed(&opened, "package"),
        ["stack_overflow/Cargo.toml", "stack_overflow/src/main.rs"]
    );
    let scratch = opened.scratch.as_ref().unwrap().path().to_owned();
    drop(opened);
    assert!(!scratch.exists());
}

#[test]
fn a_lone_file_is_enough_where_it_is_clear_for_what() {
    let class = folder(&[
        ("ada.lindqvist.rs", MAIN),
        ("bob/whatever.rs", MAIN),
        ("cleo/main.rs", MAIN),
        ("cleo/helper.rs", ""),
    ]);
    let one = Options {
        exercises: &["memory_leak"],
        ..Options::default()
    };
    let opened = super::super::open(class.path(), &one).unwrap();
    assert_eq!(handed(&opened, "ada.lindqvist"), ["memory_leak.rs"]);
    assert_eq!(handed(&opened, "bob"), ["memory_leak.rs"]);
    assert_eq!(
        handed(&opened, "cleo"),
        ["memory_leak/helper.rs", "memory_leak/main.rs"]
    );
    let several = open(class.path());
    assert_eq!(ids(&several), ["bob", "cleo"]);
    assert_eq!(
        unrecognized(&several),
        [
            "ada.lindqvist.rs",
            "bob/whatever.rs",
            "cleo/helper.rs",
            "cleo/main.rs"
        ]
    );
    for one in &several.unrecognized {
        assert!(one.reason.contains("--map"), "{one:?}");
    }
    let problems = &attempt(&several, "bob").problems;
    assert!(problems[0].contains("whatever.rs"));
    // Intake says what is missing, and what looks like it.
    assert_eq!(
        attempt(&several, "bob").folder,
        Some(class.path().join("bob"))
    );
}

#[test]
fn a_folder_that_is_named_like_an_exercise_is_looked_through_like_an_archive() {
    let class = folder(&[
        // What Windows makes of a zip.
        ("twice/memory_leak/memory_leak/main.rs", MAIN),
        ("inside/memory_leak/memory_leak.rs", MAIN),
        ("lone/memory_leak/leak.rs", MAIN),
        ("source/memory_leak/src/main.rs", MAIN),
        ("source/cycle.rs", MAIN),
        ("two/memory_leak/one.rs", MAIN),
        ("two/memory_leak/other.rs", MAIN),
        ("right/memory_leak/main.rs", MAIN),
        ("right/memory_leak/cycle/main.rs", MAIN),
    ]);
    let opened = open(class.path());
    assert_eq!(handed(&opened, "twice"), ["memory_leak/main.rs"]);
    assert_eq!(handed(&opened, "inside"), ["memory_leak.rs"]);
    assert_eq!(handed(&opened, "lone"), ["memory_leak.rs"]);
    assert_eq!(
        handed(&opened, "source"),
        ["cycle.rs", "memory_leak/main.rs"]
    );
    // Nobody can say which of them it is.
    assert_eq!(
        unrecognized(&opened),
        ["two/memory_leak/one.rs", "two/memory_leak/other.rs"]
    );
    assert_eq!(
        handed(&opened, "two"),
        ["memory_leak/one.rs", "memory_leak/other.rs"]
    );
    let in_place = attempt(&opened, "right").folder.clone().unwrap();
    assert_eq!(in_place, class.path().join("right"));
}

#[test]
fn programs_for_no_exercise_are_listed_for_the_teacher() {
    let class = folder(&[
        ("ada/cycle.rs", MAIN),
        ("ada/memory_leak (1).rs", MAIN),
        ("ada/README.md", "read me"),
        ("ada/pictures/one.png", ""),
        ("bob/week 3/cycle.rs", MAIN),
        ("bob/week 4/memory_leak.rs", MAIN),
    ]);
    fs::write(
        class.path().join("cleo.zip"),
        zip(&[("Cycle.rs", MAIN), ("a.txt", "")]),
    )
    .unwrap();
    fs::write(class.path().join("dan.zip"), zip(&[])).unwrap();
    let opened = open(class.path());
    assert_eq!(
        unrecognized(&opened),
        [
            "ada/memory_leak (1).rs",
            "bob/week 3",
            "bob/week 4",
            "cleo.zip/Cycle.rs"
        ]
    );
    assert_eq!(
        opened.unrecognized[0].reason,
        "is for no exercise; --map 'memory_leak (1).rs=EXERCISE' says for which"
    );
    // The student reads this too, and has no `--map`.
    assert_eq!(
        attempt(&opened, "ada").problems,
        ["for no exercise, and not graded: README.md, memory_leak (1).rs, pictures/"]
    );
    assert_eq!(attempt(&opened, "dan").problems, ["dan.zip holds no files"]);
}

#[test]
fn results_are_no_hand_in() {
    let class = folder(&[
        ("ada/cycle.rs", MAIN),
        ("last week/gradebook.sqlite", ""),
        ("last week/feedback/ada.txt", ""),
    ]);
    let opened = open(class.path());
    assert_eq!(ids(&opened), ["ada"]);
    assert_eq!(unrecognized(&opened), ["last week"]);
}

#[test]
fn mappings_assign_what_is_named_otherwise() {
    let class = folder(&[
        ("ada/leak (1).rs", MAIN),
        ("ada/answers.txt", "student = \"s1\"\n"),
        ("ada/Overflow/main.rs", MAIN),
        ("ben.rs", MAIN),
        ("cleo/leak2.rs", "second"),
        ("cleo/memory_leak.rs", "first"),
    ]);
    let map: Vec<Mapping> = [
        "leak*.rs=memory_leak",
        "answers.txt=answers.toml",
        "Overflow=stack_overflow",
        "ben.rs=cycle",
    ]
    .iter()
    .map(|text| text.parse().unwrap())
    .collect();
    let opened = super::super::open(
        class.path(),
        &Options {
            map: &map,
            ..options()
        },
    )
    .unwrap();
    assert_eq!(
        handed(&opened, "ada"),
        ["answers.toml", "memory_leak.rs", "stack_overflow/main.rs"]
    );
    assert_eq!(attempt(&opened, "ada").problems.len(), 3);
    assert_eq!(handed(&opened, "ben"), ["cycle.rs"]);
    let cleo = attempt(&opened, "cleo");
    let text = cleo.folder.as_ref().unwrap().join("memory_leak.rs");
    assert_eq!(fs::read_to_string(text).unwrap(), "first");
    assert!(cleo.problems[0].contains("are both for memory_leak.rs"));
    let wrong: Vec<Mapping> = vec!["a=memory_laek".parse().unwrap()];
    let error = super::super::open(
        class.path(),
        &Options {
            map: &wrong,
            ..options()
        },
    );
    assert_eq!(error.unwrap_err().hints(), ["did you mean `memory_leak`?"]);
}

#[test]
fn one_students_work_is_no_class() {
    let work = folder(&[("memory_leak/main.rs", MAIN), ("answers.toml", "")]);
    let error = super::super::open(work.path(), &options()).unwrap_err();
    assert!(error.to_string().contains("is one student's work"));
    // But a class may have one student.
    let class = folder(&[("ada/project/memory_leak/main.rs", MAIN)]);
    assert_eq!(ids(&open(class.path())), ["ada"]);
    // And a folder around it.
    let class = folder(&[
        ("week 3/ada/memory_leak.rs", MAIN),
        ("week 3/bob/memory_leak.rs", MAIN),
    ]);
    assert_eq!(ids(&open(class.path())), ["ada", "bob"]);
}

#[test]
fn moodle() {
    let inner = zip(&[("work/memory_leak/main.rs", MAIN)]);
    let class = folder(&[
        (
            "Ada Lindqvist_123_assignsubmission_file/memory_leak.rs",
            MAIN,
        ),
        ("Bob Ray_124_assignsubmission_file_/a.txt", ""),
        (
            "Cleo Fox_125_assignsubmission_onlinetext_/onlinetext.html",
            "hi",
        ),
        ("Participant_126_assignsubmission_file_/cycle.rs", MAIN),
        ("Flat Fay_127_assignsubmission_file_cycle.rs", MAIN),
        ("Ada Lindqvist_128_assignsubmission_file_/cycle.rs", MAIN),
        ("what.txt", ""),
    ]);
    let bob = class.path().join("Bob Ray_124_assignsubmission_file_");
    fs::write(bob.join("hand-in.zip"), inner).unwrap();
    let opened = open(class.path());
    assert_eq!(opened.layout, Layout::Moodle);
    assert_eq!(
        ids(&opened),
        [
            "Ada Lindqvist (123)",
            "Ada Lindqvist (128)",
            "Bob Ray (124)",
            "Cleo Fox (125)",
            "Flat Fay (127)",
            "Participant 126"
        ]
    );
    let ada = student(&opened, "Ada Lindqvist (123)");
    assert_eq!(ada.name.as_deref(), Some("Ada Lindqvist"));
    assert_eq!(ada.identity.lms_id.as_deref(), Some("123"));
    assert_eq!(
        ada.identity.lms_folder.as_deref(),
        Some("Ada Lindqvist_123_assignsubmission_file")
    );
    assert_eq!(handed(&opened, "Bob Ray (124)"), ["memory_leak/main.rs"]);
    assert_eq!(handed(&opened, "Flat Fay (127)"), ["cycle.rs"]);
    let flat = &student(&opened, "Flat Fay (127)").identity;
    assert_eq!(
        flat.lms_folder.as_deref(),
        Some("Flat Fay_127_assignsubmission_file_")
    );
    assert_eq!(attempt(&opened, "Cleo Fox (125)").folder, None);
    assert_eq!(student(&opened, "Participant 126").name, None);
    assert_eq!(
        unrecognized(&opened),
        ["Cleo Fox_125_assignsubmission_onlinetext_", "what.txt"]
    );
}

#[test]
fn moodle_as_it_is_downloaded() {
    let inner = zip(&[("memory_leak/main.rs", MAIN)]);
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer
        .start_file("Zoë Müller_5_assignsubmission_file/work.zip", options)
        .unwrap();
    writer.write_all(&inner).unwrap();
    writer
        .start_file("Ada B_6_assignsubmission_file/work.zip", options)
        .unwrap();
    writer.write_all(b"PK\x03\x04 not a zip").unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    let outer = tempfile::tempdir().unwrap();
    let path = outer.path().join("course-123.zip");
    fs::write(&path, bytes).unwrap();
    let opened = open(&path);
    assert_eq!(handed(&opened, "Zoë Müller (5)"), ["memory_leak/main.rs"]);
    let bad = attempt(&opened, "Ada B (6)");
    assert_eq!(bad.folder, None);
    assert!(bad.problems[0].starts_with("work.zip is damaged"));
}

#[test]
fn canvas() {
    let class = folder(&[
        ("lindqvistada_1001_2001_memory_leak.rs", "first"),
        ("lindqvistada_1001_2002_answers.toml", ""),
        ("lindqvistada_LATE_1001_2009_memory_leak-1.rs", "second"),
        ("foxcleo_1002_2003_stack_overflow.rs", MAIN),
        ("foxcleo_1002_2004_notes (1).rs", MAIN),
        ("raybob_1003_text.html", ""),
        ("anon_aB3_2007_cycle.rs", MAIN),
        ("readme.md", ""),
    ]);
    let other = zip(&[("src/Other.rs", MAIN), ("src/More.txt", "")]);
    fs::write(class.path().join("foxcleo_1002_2005_hw.zip"), other).unwrap();
    let opened = open(class.path());
    assert_eq!(opened.layout, Layout::Canvas);
    assert_eq!(
        ids(&opened),
        [
            "anon_aB3",
            "foxcleo (1002)",
            "lindqvistada (1001)",
            "raybob (1003)"
        ]
    );
    let ada = &student(&opened, "lindqvistada (1001)").attempts;
    assert_eq!(ada.len(), 2);
    // Canvas takes feedback under the name of a file of the newest submission.
    let feedback = &student(&opened, "lindqvistada (1001)").identity.lms_folder;
    let newest = "lindqvistada_LATE_1001_2009_memory_leak-1.rs";
    assert_eq!(feedback.as_deref(), Some(newest));
    assert_eq!(student(&opened, "raybob (1003)").identity.lms_folder, None);
    assert_eq!([ada[0].late, ada[1].late], [Some(false), Some(true)]);
    for (attempt, text) in ada.iter().zip(["first", "second"]) {
        let folder = attempt.folder.as_ref().unwrap();
        assert_eq!(files(folder), ["answers.toml", "memory_leak.rs"]);
        let leak = fs::read_to_string(folder.join("memory_leak.rs")).unwrap();
        assert_eq!(leak, text);
    }
    assert_eq!(attempt(&opened, "foxcleo (1002)").late, Some(false));
    assert_eq!(handed(&opened, "foxcleo (1002)"), ["stack_overflow.rs"]);
    assert_eq!(attempt(&opened, "raybob (1003)").folder, None);
    assert_eq!(
        unrecognized(&opened),
        [
            "raybob_1003_text.html",
            "readme.md",
            "foxcleo_1002_2005_hw.zip/src/Other.rs",
            "foxcleo_1002_2004_notes (1).rs"
        ]
    );
    // By the name that the student gave it.
    let reason = "is for no exercise; --map 'notes (1).rs=EXERCISE' says for which";
    assert_eq!(opened.unrecognized[3].reason, reason);
}

#[test]
fn gradescope() {
    let metadata = "---
submission_12:
  :submitters:
  - :name: Ada Lindqvist
    :sid: '0012'
    :email: ada@example.org
  - :name: Bob Ray
    :sid: 13
    :email: bob@example.org
  :created_at: 2026-03-01 17:33:33.871516000 Z
  :score: 3.5
submission_14: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
  :submitters:
  - :name: Cleo Fox
    :email: cleo@example.org
  :created_at: 2026-03-02 08:00:00 +0100
";
    let class = folder(&[
        ("assignment_9_export/submission_metadata.yml", metadata),
        ("assignment_9_export/submission_12/memory_leak.rs", MAIN),
        ("assignment_9_export/submission_15/memory_leak.rs", MAIN),
        ("assignment_9_export/.DS_Store", ""),
    ]);
    let opened = open(class.path());
    assert_eq!(opened.layout, Layout::Gradescope);
    assert_eq!(ids(&opened), ["0012", "13", "cleo@example.org"]);
    let [ada, bob] = ["0012", "13"].map(|id| attempt(&opened, id));
    assert_eq!(ada, bob);
    assert_eq!(
        ada.submitted.unwrap().to_string(),
        "2026-03-01T17:33:33.871516Z"
    );
    let cleo = attempt(&opened, "cleo@example.org");
    assert_eq!(cleo.submitted.unwrap().to_string(), "2026-03-02T07:00:00Z");
    assert_eq!(cleo.problems, ["there is no folder submission_14"]);
    assert_eq!(unrecognized(&opened), ["assignment_9_export/submission_15"]);
    let broken = folder(&[("submission_metadata.yml", "a: [")]);
    assert!(super::super::open(broken.path(), &options()).is_err());
    let deep = "- ".repeat(100_000);
    let deep = folder(&[("submission_metadata.yml", deep.as_str())]);
    assert!(super::super::open(deep.path(), &options()).is_err());
}

#[test]
fn github_classroom() {
    let grades = "assignment_name,assignment_url,starter_code_url,github_username,roster_identifier,student_repository_name,student_repository_url,submission_timestamp,points_awarded,points_available
Leak,u,s,ada-l,s1,memory-leak-ada-l,u,2026-03-01T10:00:00Z,0,10
Leak,u,s,bob,s2,memory-leak-bob,u,2026-03-02T10:00:00Z,0,10
";
    let class = folder(&[
        ("grades.csv", grades),
        (
            "memory-leak-submissions/memory-leak-ada-l/src/main.rs",
            MAIN,
        ),
        (
            "memory-leak-submissions/memory-leak-ada-l/Cargo.toml",
            "[package]\nname = \"x\"\n",
        ),
        ("memory-leak-submissions/memory-leak-bob/main.rs", MAIN),
        (
            "memory-leak-submissions/memory-leak-cleo/memory_leak/main.rs",
            MAIN,
        ),
        ("memory-leak-submissions/notes.txt", ""),
    ]);
    let opened = open(class.path());
    assert_eq!(opened.layout, Layout::GithubClassroom);
    assert_eq!(ids(&opened), ["cleo", "s1", "s2"]);
    assert_eq!(
        handed(&opened, "s1"),
        ["memory_leak/Cargo.toml", "memory_leak/src/main.rs"]
    );
    assert_eq!(handed(&opened, "s2"), ["memory_leak/main.rs"]);
    let ada = student(&opened, "s1");
    assert_eq!(ada.identity.login.as_deref(), Some("ada-l"));
    assert_eq!(
        ada.attempts[0].submitted.unwrap().to_string(),
        "2026-03-01T10:00:00Z"
    );
    let cleo = attempt(&opened, "cleo");
    let repository = "memory-leak-submissions/memory-leak-cleo";
    assert_eq!(cleo.folder, Some(class.path().join(repository)));
    assert_eq!(cleo.submitted, None);
    assert_eq!(unrecognized(&opened), ["memory-leak-submissions/notes.txt"]);
    // Who is named and was not cloned is told.
    let more = format!("{grades}Leak,u,s,dan,s4,memory-leak-dan,u,,0,10\n");
    std::fs::write(class.path().join("grades.csv"), more).unwrap();
    let fewer = open(class.path());
    assert_eq!(fewer.unrecognized[1].path, "grades.csv");
    let reason = "names repositories that were not cloned: memory-leak-dan";
    assert_eq!(fewer.unrecognized[1].reason, reason);
    // The table of another assignment that lies beside it says nothing of this one.
    let other = grades.replace("memory-leak-", "cycle-");
    std::fs::write(class.path().join("grades.csv"), other).unwrap();
    let beside = open(&class.path().join("memory-leak-submissions"));
    assert_eq!(unrecognized(&beside), ["notes.txt"]);
    std::fs::write(class.path().join("grades.csv"), grades).unwrap();
    // The folder with the clones alone does as well.
    let inner = open(&class.path().join("memory-leak-submissions"));
    assert_eq!(inner.layout, Layout::GithubClassroom);
    assert_eq!(ids(&inner), ["cleo", "s1", "s2"]);
}

#[test]
fn several_assignments_of_github_are_one_hand_in() {
    let class = folder(&[
        ("memory-leak-submissions/memory-leak-ada/main.rs", MAIN),
        ("cycle-submissions/cycle-ada/main.rs", MAIN),
    ]);
    let opened = open(class.path());
    assert_eq!(
        handed(&opened, "ada"),
        ["cycle/main.rs", "memory_leak/main.rs"]
    );
}

#[test]
fn classroom50() {
    let result = |owner: &str| {
        format!(
            r#"{{"schema": "classroom50/result/v1", "assignment": "memory-leak", "owner": "{owner}", "datetime": "2026-03-01T10:00:00Z", "score": 1}}"#
        )
    };
    let class = folder(&[
        ("rust-26-memory-leak-ada-l/main.rs", MAIN),
        ("rust-26-memory-leak-ada-l/result.json", &result("ada-l")),
        ("rust-26-memory-leak-bob/memory_leak.rs", MAIN),
    ]);
    let opened = open(class.path());
    assert_eq!(opened.layout, Layout::Classroom50);
    assert_eq!(ids(&opened), ["ada-l", "bob"]);
    let ada = attempt(&opened, "ada-l");
    assert_eq!(ada.submitted.unwrap().to_string(), "2026-03-01T10:00:00Z");
    assert!(handed(&opened, "ada-l").contains(&"memory_leak/main.rs".to_owned()));
    assert_eq!(
        student(&opened, "bob").identity.login.as_deref(),
        Some("bob")
    );
}

#[test]
fn layouts_have_words() {
    for (word, layout) in LAYOUTS {
        assert_eq!(word.parse::<Layout>().unwrap(), layout);
    }
    assert!("mooodle".parse::<Layout>().unwrap_err().hints()[0].contains("moodle"));
    // A layout that is told is taken, whatever names look like.
    let class = folder(&[("rust-memory-leak-ada/memory_leak.rs", MAIN)]);
    let told = Options {
        layout: Some(Layout::Plain),
        ..options()
    };
    let opened = super::super::open(class.path(), &told).unwrap();
    assert_eq!(ids(&opened), ["rust-memory-leak-ada"]);
}
