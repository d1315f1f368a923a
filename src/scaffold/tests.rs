use super::*;
use crate::course::Course;

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap()
}

/// Every file under a folder.
fn all_files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut work = vec![folder.to_owned()];
    while let Some(next) = work.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                work.push(path);
            } else {
                let path = path.strip_prefix(folder).unwrap();
                found.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn an_empty_folder_becomes_a_course_that_loads() {
    for kind in [Kind::Program, Kind::Library] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("README.md"), "").unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        let made = make(folder.path(), "first_one", kind).unwrap();
        assert_eq!(made.outline, Listing::New);
        let course = Course::open(folder.path()).unwrap();
        assert_eq!(course.warnings, []);
        let entry = &course.exercises[0];
        assert_eq!(entry.id, "first_one");
        assert_eq!(entry.wrong.len(), 6);
        assert_eq!(entry.harness.is_some(), kind == Kind::Library);
        assert!(!entry.starter.is_empty() && !entry.solution.is_empty());
        assert!(!entry.lesson.as_ref().unwrap().text.contains(PLACEHOLDER));
        let mut expected = made.files.clone();
        expected.extend(["README.md".to_owned(), "course.toml".to_owned()]);
        expected.sort();
        assert_eq!(all_files(folder.path()), expected);

        let second = make(folder.path(), "second", Kind::Program).unwrap();
        assert_eq!(second.outline, Listing::Added);
        let ids: Vec<String> = Course::open(folder.path())
            .unwrap()
            .exercises
            .into_iter()
            .map(|entry| entry.id)
            .collect();
        assert_eq!(ids, ["first_one", "second"]);
    }
}

#[test]
fn a_folder_that_is_not_there_yet_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("courses/memory");
    make(&new, "a", Kind::Program).unwrap();
    assert!(Course::open(&new).is_ok());
}

#[test]
fn a_course_without_an_outline_gets_none() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("exercises")).unwrap();
    let made = make(folder.path(), "a", Kind::Program).unwrap();
    assert_eq!(made.outline, Listing::None);
    assert!(!folder.path().join("course.toml").exists());
    assert_eq!(Course::open(folder.path()).unwrap().exercises.len(), 1);
}

#[test]
fn nothing_is_overwritten_and_nothing_is_left_of_what_fails() {
    for taken in [
        "exercises/a/notes.txt",
        "solutions/a/main.rs",
        "tests/wrong/a/x.rs",
        "exercises/a",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let outline = "format_version = 1\ntitle = \"t\"\nexercises = []\n";
        fs::write(folder.path().join("course.toml"), outline).unwrap();
        let path = folder.path().join(taken);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "mine").unwrap();
        let before = all_files(folder.path());
        let error = make(folder.path(), "a", Kind::Program).unwrap_err();
        assert!(error.to_string().contains("already"), "{error}");
        assert_eq!(all_files(folder.path()), before);
        assert_eq!(read(folder.path(), taken), "mine");
        assert_eq!(read(folder.path(), "course.toml"), outline);
    }
    // Something is in the way of the last step: what was moved by then is gone again.
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("exercises")).unwrap();
    fs::write(folder.path().join("tests"), "a file").unwrap();
    assert!(make(folder.path(), "a", Kind::Library).is_err());
    assert_eq!(all_files(folder.path()), ["tests"]);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn what_was_moved_goes_back_when_a_later_step_fails() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b/c"));
    fs::create_dir(&a).unwrap();
    let mut undo = Undo::default();
    undo.create_folders(b.parent().unwrap()).unwrap();
    fs::rename(&a, &b).unwrap();
    undo.moved.push((b.clone(), a.clone()));
    drop(undo);
    assert!(a.is_dir() && !b.parent().unwrap().exists());
}

#[test]
fn folders_of_other_things_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.tex"), "").unwrap();
    let error = make(folder.path(), "a", Kind::Program).unwrap_err();
    assert!(error.to_string().contains("thesis.tex"), "{error}");
    assert_eq!(all_files(folder.path()), ["thesis.tex"]);

    fs::write(folder.path().join("course.toml"), "title = 5\n").unwrap();
    let error = make(folder.path(), "a", Kind::Program).unwrap_err();
    assert!(matches!(error, Error::Author { .. }), "{error:?}");
    assert_eq!(all_files(folder.path()), ["course.toml", "thesis.tex"]);
}

#[test]
fn odd_ids_are_refused_with_one_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    for (odd, hint) in [
        ("My Exercise", "my_exercise"),
        ("../x", "x"),
        ("Größe", "gr_e"),
        ("-x", "x"),
        ("a//b", "a_b"),
        ("a\nb\u{1b}[31m", "a_b_31m"),
        ("", "ring_buffer"),
        ("李", "ring_buffer"),
        ("...", "ring_buffer"),
    ] {
        let error = make(folder.path(), odd, Kind::Program).unwrap_err();
        let hints = error.hints().join(" ");
        assert!(matches!(error, Error::Usage { .. }), "{error:?}");
        assert_eq!(hints, format!("try `memgrade new {hint}`"), "{odd:?}");
    }
    let long = "x".repeat(100);
    let error = make(folder.path(), &long, Kind::Program).unwrap_err();
    let suggested = format!("try `memgrade new {}`", "x".repeat(MAX_ID));
    assert_eq!(error.hints(), [suggested]);
    assert_eq!(all_files(folder.path()), [""; 0]);
}

#[test]
fn a_list_grows_and_everything_else_stays() {
    for (before, after) in [
        ("[]", "[\"new\"]"),
        ("[ ]", "[ \"new\"]"),
        ("[\n]", "[\n    \"new\",\n]"),
        ("[\n    # none yet\n]", "[\n    # none yet\n    \"new\",\n]"),
        ("[\"a\"]", "[\"a\", \"new\"]"),
        ("[\"a\", 'b',]", "[\"a\", 'b', \"new\"]"),
        (
            "[\n  \"a\",\n  \"b\",\n]",
            "[\n  \"a\",\n  \"b\",\n  \"new\",\n]",
        ),
        (
            "[\n  \"a\",\n  \"b\"\n]",
            "[\n  \"a\",\n  \"b\",\n  \"new\",\n]",
        ),
        (
            "[\n\t\"a\", # first, of all\n\t\"b\" # last, really\n\t# the end\n] # list",
            "[\n\t\"a\", # first, of all\n\t\"b\", # last, really\n\t# the end\n\t\"new\",\n] # list",
        ),
        ("[\n  \"a\",\n  \"b\"]", "[\n  \"a\",\n  \"b\",\n  \"new\"]"),
        (
            "[\n  \"a\",\n  \"b\",]",
            "[\n  \"a\",\n  \"b\",\n  \"new\",]",
        ),
        ("[\"a\",\n \"b\"]", "[\"a\",\n \"b\",\n \"new\"]"),
        ("[\r\n  \"a\",\r\n]", "[\r\n  \"a\",\r\n  \"new\",\r\n]"),
    ] {
        let frame = |list: &str| {
            format!("# A course.\nformat_version = 1\nexercises = {list}\ntitle = \"t\" # name\n")
        };
        let changed = with_exercise(&frame(before), "new").unwrap();
        assert_eq!(changed, frame(after));
        assert!(
            toml::from_str::<Outline>(&changed)
                .unwrap()
                .exercises
                .contains(&"new".to_owned())
        );
    }
}

proptest::proptest! {
    #[test]
    fn whatever_the_list_looks_like_it_only_grows(
        ids in proptest::collection::vec("[a-z]{1,4}", 0..5),
        gaps in proptest::collection::vec("( |\n|\t|# [,\"a\\]]*\n)*", 12),
        comma: bool,
    ) {
        let mut list = "[".to_owned();
        let mut gaps = gaps.iter();
        let mut gap = || gaps.next().map_or("", String::as_str);
        for (index, id) in ids.iter().enumerate() {
            list.push_str(gap());
            list.extend(["\"", id.as_str(), "\""]);
            list.push_str(gap());
            if index + 1 < ids.len() || comma {
                list.push(',');
            }
        }
        list += gap();
        list.push(']');
        let text = format!("format_version = 1\ntitle = \"t\"\nexercises = {list}\n");
        let changed = with_exercise(&text, "new-one").unwrap();
        let outline: Outline = toml::from_str(&changed).unwrap();
        let mut expected = ids.clone();
        expected.push("new-one".to_owned());
        proptest::prop_assert_eq!(outline.exercises, expected);
        proptest::prop_assert!(changed.len() > text.len());
    }
}
