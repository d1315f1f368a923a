use super::*;

const SPEC: &str = "format_version = 1\ntitle = \"t\"\n[[case]]\nname = \"one\"\n\
                    [[case.check]]\nname = \"ends\"\noutcome = { exit_code = 0 }\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn findings(files: &[(&str, &str)]) -> Vec<String> {
    match Course::open(folder(files).path()) {
        Err(Error::Author { findings }) => findings
            .iter()
            .map(|f| {
                let place = f.primary.as_ref().map(|l| &l.place);
                let file = place.map_or("", |p| &p.file);
                let line = place.map_or(0, |p| p.line);
                let help = f.help.as_deref().unwrap_or("-");
                format!("{file}:{line} {} {} | {help}", f.code, f.message)
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_course_without_an_outline_has_its_exercises_in_the_order_of_ids() {
    let folder = folder(&[
        ("exercises/b/exercise.toml", SPEC),
        ("exercises/b/main.rs", "fn main() {}"),
        ("exercises/b/README.md", "# b"),
        ("exercises/a/exercise.toml", SPEC),
        ("exercises/notes/draft.txt", ""),
        ("solutions/b/main.rs", "fn main() { }"),
        ("tests/right/b/y.rs", "fn main() {  }"),
        ("tests/wrong/b/x.rs", "fn main() { loop {} }"),
        ("tests/wrong/b/x.txt", ""),
    ]);
    let course = Course::open(folder.path()).unwrap();
    let ids: Vec<&str> = course.exercises.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
    let b = course.exercise("b").unwrap();
    assert_eq!(b.starter["main.rs"], "fn main() {}");
    assert_eq!(b.solution["main.rs"], "fn main() { }");
    assert_eq!(b.right[0].path, "tests/right/b/y.rs");
    assert_eq!(b.wrong[0].path, "tests/wrong/b/x.rs");
    assert_eq!(b.lesson.as_ref().unwrap().text, "# b");
    let warned: Vec<&str> = course.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        warned,
        [
            "there is no starter exercises/a/main.rs for learners to begin with",
            "there is no lesson exercises/a/README.md"
        ]
    );
}

#[test]
fn the_outline_sets_the_order() {
    let outline = "format_version = 1\ntitle = \"Memory\"\nexercises = [\"b\", \"a\"]\n";
    let folder = folder(&[
        ("course.toml", outline),
        ("exercises/a/exercise.toml", SPEC),
        ("exercises/b/exercise.toml", SPEC),
        ("exercises/c/exercise.toml", SPEC),
    ]);
    let course = Course::open(folder.path()).unwrap();
    let ids: Vec<&str> = course.exercises.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["b", "a"]);
    assert_eq!(course.title(), "Memory");
}

#[test]
fn problems_of_all_files_come_at_once() {
    let outline = "format_version = 1\ntitle = \"Memory\"\nexercises = [\n  \"a\",\n  \"memory_leek\",\n  \"../x\",\n]\n";
    let checklist = "format_version = 1\n[[item]]\nid = \"q\"\nquestion = \"?\"\nnumber = { right = 1 }\n\
                     evidence = [\"a/one/end\", \"nope/one/ends\"]\n";
    let valid = outline.replace("  \"../x\",\n", "");
    assert_eq!(
        findings(&[("course.toml", outline)]),
        [
            "course.toml:6 spec/id the id `../x` may only hold `a` to `z`, `0` to `9`, `_` and `-`, and not begin with `-` | -"
        ]
    );
    assert_eq!(
        findings(&[
            ("course.toml", &valid),
            ("exercises/a/exercise.toml", SPEC),
            ("exercises/memory_leak/exercise.toml", SPEC),
            ("exercises/checklist.toml", checklist),
        ]),
        [
            "exercises/a/exercise.toml:1 spec/missing-file there is no starter exercises/a/main.rs for learners to begin with | -",
            "exercises/a/exercise.toml:1 spec/missing-file there is no lesson exercises/a/README.md | -",
            "course.toml:5 spec/missing-file there is no exercises/memory_leek/exercise.toml | there is a folder exercises/memory_leak",
            "exercises/checklist.toml:6 spec/unknown-name there is no check `a/one/end` | write `\"a/one/ends\"`",
            "exercises/checklist.toml:6 spec/unknown-name there is no exercise `nope` | -",
        ]
    );
}

#[test]
fn the_day_is_read_and_what_says_nothing_is_told() {
    let outline = "format_version = 1\ntitle = \"Memory\"\nday = \"Day 4\"\nminutes = 60\nprevious = \"Day 3\"\n\
                   prerequisites = [\"Own.\"]\nnext = \"Day 5\"\noutlook = [\"Share.\"]\nexercises = [\"a\"]\n";
    let course = folder(&[
        ("course.toml", outline),
        (
            "exercises/a/exercise.toml",
            &SPEC.replace("title", "minutes = 25\ntitle"),
        ),
        ("exercises/a/figures.rs", "fn main() {}"),
    ]);
    let course = Course::open(course.path()).unwrap();
    let day = course.outline.as_ref().unwrap();
    assert_eq!(day.day.as_deref(), Some("Day 4"));
    assert_eq!(day.prerequisites, ["Own."]);
    assert_eq!(day.outlook, ["Share."]);
    assert_eq!(course.exercise_minutes(), 25);
    let figures = course.exercises[0].figures.as_ref().unwrap();
    assert_eq!(figures.path, "exercises/a/figures.rs");

    let silent = outline
        .replace("\"Day 4\"", "\" \"")
        .replace("60", "0")
        .replace("\"Own.\"", "\"Own.\", \"\"")
        .replace("\"Day 5\"", "\"Day\\n5\"");
    assert_eq!(
        findings(&[("course.toml", &silent)]),
        [
            "course.toml:3 spec/empty `day` says nothing | write a line, or take it out",
            "course.toml:4 spec/out-of-range a course takes some minutes | -",
            "course.toml:6 spec/empty `prerequisites` says nothing | write a line, or take it out",
            "course.toml:7 spec/text `next` must be one line | -",
        ]
    );
}

#[test]
fn a_broken_outline_is_told_without_all_that_rests_on_it() {
    let outline = "format_version = 1\ntitle = \"Memory\"\nminuets = 3\nexercises = [\"a\"]\n";
    let checklist = "format_version = 1\n[[item]]\nid = \"q\"\nquestion = \"?\"\nnumber = { right = 1 }\n\
                     evidence = [\"a/one/ends\"]\n";
    assert_eq!(
        findings(&[
            ("course.toml", outline),
            ("exercises/a/exercise.toml", SPEC),
            ("exercises/checklist.toml", checklist),
        ]),
        ["course.toml:3 spec/unknown-key this file has no key `minuets` | write `minutes`"]
    );
}

#[test]
fn what_is_extra_is_one_of_the_exercises_and_takes_no_minutes_of_the_day() {
    let outline = |extra: &str| {
        format!(
            "format_version = 1\ntitle = \"Memory\"\nexercises = [\"a\", \"b\"]\nextra = [{extra}]\n"
        )
    };
    let spec = SPEC.replace("title", "minutes = 25\ntitle");
    let course = folder(&[
        ("course.toml", &outline("\"b\"")),
        ("exercises/a/exercise.toml", &spec),
        ("exercises/b/exercise.toml", &spec),
    ]);
    let course = Course::open(course.path()).unwrap();
    assert!(course.is_extra("b") && !course.is_extra("a"));
    assert_eq!(course.exercise_minutes(), 25);
    assert_eq!(
        findings(&[("course.toml", &outline("\"bb\", \"a\", \"a\", \"b\""))]),
        [
            "course.toml:4 spec/empty all exercises are extra, so the day has none | -",
            "course.toml:4 spec/unknown-name there is no exercise `bb` in this course | -",
            "course.toml:4 spec/duplicate the exercise `a` is listed twice | -",
        ]
    );
}

#[test]
fn what_measures_figures_is_a_file_of_its_own() {
    let exercise = |line: &str| SPEC.replace("title", &format!("{line}\ntitle"));
    let told = |line: &str| {
        findings(&[("exercises/a/exercise.toml", &exercise(line))])
            .first()
            .cloned()
            .unwrap_or_default()
    };
    assert!(told("figures = \"../f.rs\"").contains("leads out of the exercise's folder"));
    assert!(told("figures = \"f.py\"").contains("`f.py` is not a Rust source file"));
    assert!(told("figures = \"main.rs\"").contains("`main.rs` is a file of the exercise already"));
    // A learner's file of the usual name measures nothing.
    let spec = SPEC.replace(
        "[[case]]",
        "[source]\nfiles = [\"main.rs\", \"figures.rs\"]\n[[case]]",
    );
    let course = folder(&[
        ("exercises/a/exercise.toml", &spec),
        ("exercises/a/main.rs", "fn main() {}"),
        ("exercises/a/figures.rs", "pub fn f() {}"),
    ]);
    let course = Course::open(course.path()).unwrap();
    assert!(course.exercises[0].figures.is_none());
}

#[test]
fn a_folder_that_is_no_course_is_a_wrong_argument() {
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(
        Course::open(empty.path()),
        Err(Error::Usage { .. })
    ));
    assert!(matches!(
        Course::open(&empty.path().join("nowhere")),
        Err(Error::Usage { .. })
    ));
    std::fs::create_dir(empty.path().join("exercises")).unwrap();
    assert!(matches!(
        Course::open(empty.path()),
        Err(Error::Usage { .. })
    ));
}

#[test]
fn files_that_are_no_text_are_told() {
    let folder = folder(&[("exercises/a/main.rs", "fn main() {}")]);
    std::fs::write(folder.path().join("exercises/a/exercise.toml"), b"\xff\xfe").unwrap();
    let Err(Error::Author { findings }) = Course::open(folder.path()) else {
        panic!("it is not valid");
    };
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, "spec/not-utf8");
}

#[test]
fn the_built_in_course_is_valid() {
    let course = Course::embedded().unwrap();
    let on_disk = Course::open(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let messages = |course: &Course| -> Vec<String> {
        course.warnings.iter().map(|w| w.message.clone()).collect()
    };
    assert_eq!(messages(&course), Vec::<String>::new());
    assert_eq!(messages(&on_disk), Vec::<String>::new());
    let checklist = course.checklist.as_ref().unwrap();
    assert_eq!(Some(checklist), on_disk.checklist.as_ref());
    let answers = course.answers.as_ref().unwrap();
    let (given, findings) = answers::parse_answers(&answers.path, &answers.text, checklist);
    assert_eq!(findings, []);
    assert_eq!(given.given.len(), checklist.items.len());
    for (embedded, entry) in course.exercises.iter().zip(&on_disk.exercises) {
        assert!(!embedded.solution.is_empty());
        assert!(embedded.right.is_empty() && embedded.wrong.is_empty());
        assert!(!entry.wrong.is_empty());
        let without_tests = Entry {
            right: Vec::new(),
            wrong: Vec::new(),
            ..entry.clone()
        };
        assert_eq!(*embedded, without_tests);
        for files in [&entry.starter, &entry.solution] {
            let root = &entry.exercise.source.files[0];
            let broken = crate::intake::syntax::check(&entry.exercise, files, root);
            assert!(broken.is_empty(), "{}: {broken:#?}", entry.id);
        }
    }
}
