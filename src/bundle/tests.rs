use std::fs;
use std::path::Path;

use super::*;

fn exercise(text: &str) -> Exercise {
    let text = format!("format_version = 1\ntitle = \"t\"\n{text}");
    let (exercise, findings) = load::parse_exercise("e", &text);
    exercise.unwrap_or_else(|| panic!("{findings:#?}"))
}

const HIDES: &str = r#"
[starter]
findings = ["output/differs"]

[[case]]
name = "open"
args = ["1"]
[[case.check]]
name = "one"
output = { exact = "" }
[[case.check]]
name = "two"
hidden = true
points = 3
leak = { none = true }
[[case.check]]
name = "three"
needs = ["one", "two", "secret/one", "against"]
heap = { peak_bytes = { at_most = "64 KiB" } }
[[case.check]]
name = "four"
ratio = { of = "total_blocks", at_most = 2.5, numerator = { case = "secret" } }

[[case]]
name = "secret"
hidden = true
args = ["--xyzzy"]
[[case.check]]
name = "one"
points = 2
outcome = { panic = "" }

[[check]]
name = "against"
ratio = { of = "total_blocks", at_most = 2.5, numerator = { case = "secret" }, denominator = { case = "open" } }
[[check]]
name = "itself"
needs = ["secret/one", "open/one"]
ratio = { of = "total_blocks", at_most = 2.5, numerator = { case = "open", between = { to = { number = 1 } } }, denominator = { case = "open" } }
"#;

#[test]
fn hidden_cases_and_checks_go_with_all_that_rests_on_them() {
    let (open, gone) = without_hidden(&exercise(HIDES));
    let names = |checks: &[Check]| -> Vec<String> {
        checks
            .iter()
            .map(|check| format!("{} {}", check.name, check.needs.join(",")))
            .collect()
    };
    assert_eq!(open.cases.len(), 1);
    assert_eq!(names(&open.cases[0].checks), ["one ", "three one"]);
    assert_eq!(names(&open.checks), ["itself open/one"]);
    // Two of the open case, one of the hidden one, one that compares the two: 3 + 1 + 2 + 1 points.
    let withheld = Withheld {
        checks: 4,
        points: 7,
    };
    assert_eq!((gone.withheld, open.withheld), (withheld, Some(withheld)));
    assert_eq!(open.starter, Starter::default());

    let text = as_toml(&open, "e", load::parse_exercise).unwrap();
    for secret in [
        "secret",
        "xyzzy",
        "hidden",
        "against",
        "output/differs",
        "two",
    ] {
        assert!(!text.contains(secret), "{secret}:\n{text}");
    }
    insta::assert_snapshot!(text);
    // What is packed can be packed again: what was withheld adds up.
    let (again, gone) = without_hidden(&open);
    assert_eq!((again, gone.withheld), (open, Withheld::default()));
}

#[test]
fn an_exercise_of_hidden_cases_alone_can_still_be_read() {
    let text = "[[case]]\nname = \"a\"\nhidden = true\n[[case.check]]\nname = \"b\"\nleak = { none = true }\n";
    let (open, _) = without_hidden(&exercise(text));
    assert_eq!(open.cases.len(), 0);
    assert!(as_toml(&open, "e", load::parse_exercise).is_ok());
}

/// Lines of a text that say something of their own.
fn telling(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| {
        let letters = line.chars().filter(|c| c.is_alphanumeric()).count();
        letters >= 8 && line.len() >= 12 && !line.starts_with("//")
    })
}

#[test]
fn nothing_of_the_built_in_course_gets_out() {
    let course = Course::open(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let bundle = plan(&course).unwrap();
    let text = |path: &str| String::from_utf8(bundle.files[path].clone()).unwrap();
    let whole: String = bundle
        .files
        .values()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned() + "\n")
        .collect();
    for path in bundle.files.keys() {
        let fine =
            ["README.md", "course.toml"].contains(&path.as_str()) || path.starts_with("exercises/");
        assert!(fine, "{path}");
    }
    // What learners get in any lesson, starter or program is no secret.
    let mut given: BTreeSet<&str> = BTreeSet::new();
    let mut secret: BTreeSet<&str> = BTreeSet::new();
    for entry in &course.exercises {
        let pages = entry.lesson.iter().chain(&entry.figures);
        given.extend(pages.flat_map(|file| telling(&file.text)));
        given.extend(entry.starter.values().flat_map(|text| telling(text)));
        if let Some(harness) = &entry.harness {
            given.extend(harness.given.iter().flat_map(|file| telling(&file.text)));
            secret.extend(telling(&harness.program.text));
        }
        if let Some(harness) = &entry.exercise.harness {
            given.extend(telling(&harness.interface));
        }
        secret.extend(entry.solution.values().flat_map(|text| telling(text)));
        secret.extend(entry.wrong.iter().flat_map(|file| telling(&file.text)));
    }
    given.extend(
        course
            .programs
            .values()
            .flat_map(|file| telling(&file.text)),
    );
    let mut looked_at = 0;
    for line in secret.difference(&given) {
        // A short line can be a part of one that is given.
        let part = given.iter().any(|given| given.contains(line));
        assert!(part || !whole.contains(line), "{line}");
        looked_at += 1;
    }
    for entry in &course.exercises {
        let spec = text(&format!("exercises/{}/exercise.toml", entry.id));
        assert!(!spec.contains('#') || entry.spec.text.contains('#'));
        assert!(!spec.contains("[starter]") && !spec.contains("hidden = "));
        let hidden = entry.exercise.cases.iter().filter(|case| case.hidden);
        for case in hidden {
            assert!(
                !spec.contains(&format!("\"{}\"", case.name)),
                "{}",
                case.name
            );
            for check in &case.checks {
                let open = entry.exercise.cases.iter().filter(|case| !case.hidden);
                let also_open = open
                    .flat_map(|case| &case.checks)
                    .any(|c| c.name == check.name);
                assert!(also_open || !spec.contains(&check.name), "{}", check.name);
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 1000, "{looked_at}");

    let checklist = text("exercises/checklist.toml");
    for key in [
        "right = [",
        "right = 8",
        "rubric",
        "\npairs",
        ".pairs]",
        "says =",
    ] {
        assert!(!checklist.contains(key), "{key}");
    }
    for item in &course.checklist.as_ref().unwrap().items {
        if let Some(number) = item.number.as_ref().and_then(|number| number.right) {
            assert!(!checklist.contains(&number.to_string()), "{number}");
        }
        for criterion in item.text.iter().flat_map(|text| &text.rubric) {
            assert!(!checklist.contains(&criterion.says), "{}", criterion.says);
        }
        for keys in [
            item.choice.as_ref().map(|choice| &choice.right),
            item.order.as_ref().map(|order| &order.right),
        ]
        .into_iter()
        .flatten()
        {
            let list = toml::Value::from(keys.clone()).to_string();
            assert!(!checklist.contains(&list), "{list}");
        }
    }
}

#[test]
fn a_bundle_is_a_course_with_the_same_harnesses_and_answers() {
    let course = Course::open(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let bundle = plan(&course).unwrap();
    assert_eq!(bundle, plan(&course).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("to/students");
    bundle.write(&there).unwrap();
    let packed = Course::open(&there).unwrap();
    assert_eq!(packed.warnings, []);
    for (own, theirs) in course.exercises.iter().zip(&packed.exercises) {
        assert_eq!(own.harness, theirs.harness);
        assert_eq!(own.starter, theirs.starter);
        assert_eq!(own.lesson, theirs.lesson);
        assert_eq!(own.figures, theirs.figures);
        assert!(theirs.solution.is_empty() && theirs.wrong.is_empty());
        assert_eq!(packed.strays(theirs, &[]), []);
    }
    assert_eq!(packed.stray_folders(), []);
    let (own, theirs) = (course.checklist.unwrap(), packed.checklist.clone().unwrap());
    for (own, theirs) in own.items.iter().zip(&theirs.items) {
        let right = |item: &crate::course::checklist::Item| {
            (
                item.choice.as_ref().map(|choice| choice.right.clone()),
                item.number.clone(),
                item.order.clone(),
                item.matching.clone(),
                item.layout.as_ref().map(|layout| layout.right.clone()),
                item.text.clone(),
                item.possible(),
            )
        };
        assert_eq!(right(own), right(theirs), "{}", own.id);
    }
    // A bundle of a bundle is the same bundle, but for what it says of what it left out.
    assert_eq!(plan(&packed).unwrap().files.len(), bundle.files.len());
}

/// A bundle of a few files, which is a course.
fn small() -> Bundle {
    let spec = "format_version = 1\ntitle = \"t\"\n[[case]]\nname = \"a\"\n[[case.check]]\nname = \"b\"\nleak = { none = true }\n";
    let mut files = BTreeMap::new();
    files.insert(
        "exercises/a/exercise.toml".to_owned(),
        spec.as_bytes().to_vec(),
    );
    files.insert("exercises/a/main.rs".to_owned(), b"fn main() {}\n".to_vec());
    Bundle {
        files,
        exercises: Vec::new(),
        sealed_answers: 0,
    }
}

#[test]
fn a_bundle_goes_where_nobodys_work_is() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("bundle");
    let mut bundle = small();
    bundle.write(&there).unwrap();
    // Once more, with other contents: what only the first one had is gone.
    bundle
        .files
        .insert("README.md".to_owned(), b"# New\n".to_vec());
    bundle.files.remove("exercises/a/main.rs");
    bundle.write(&there).unwrap();
    assert!(!there.join("exercises/a/main.rs").exists());
    assert_eq!(fs::read(there.join("README.md")).unwrap(), b"# New\n");
    // An empty folder.
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    bundle.write(&empty).unwrap();
    // Nothing else is left beside them.
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["bundle", "empty"]);
}

#[test]
fn somebodys_work_is_never_replaced() {
    type Change = fn(&Path);
    let changes: [(Change, &str); 6] = [
        (
            |there| fs::write(there.join("exercises/a/main.rs"), "mine").unwrap(),
            "changed in",
        ),
        (
            |there| fs::write(there.join("exercises/answers.toml"), "").unwrap(),
            "added to",
        ),
        (
            |there| fs::create_dir(there.join("notes")).unwrap(),
            "added to",
        ),
        (
            |there| fs::remove_file(there.join(MANIFEST)).unwrap(),
            "no bundle",
        ),
        (
            |there| fs::write(there.join(MANIFEST), "something else\n").unwrap(),
            "no bundle",
        ),
        (
            |there| {
                fs::remove_dir_all(there).unwrap();
                fs::write(there, "a file").unwrap();
            },
            "no folder",
        ),
    ];
    for (change, told) in changes {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("bundle");
        small().write(&there).unwrap();
        change(&there);
        let error = small().write(&there).unwrap_err();
        assert!(matches!(error, Error::Usage { .. }), "{error:?}");
        assert!(error.to_string().contains(told), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
    #[cfg(unix)]
    {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("bundle");
        small().write(&there).unwrap();
        fs::remove_file(there.join("exercises/a/main.rs")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", there.join("exercises/a/main.rs")).unwrap();
        assert!(small().write(&there).is_err());
    }
}

#[test]
fn half_a_bundle_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("bundle");
    let mut bundle = small();
    // It would be no course: its spec is broken.
    let broken = b"format_version = 1\n".to_vec();
    bundle
        .files
        .insert("exercises/a/exercise.toml".to_owned(), broken);
    assert!(matches!(bundle.write(&there), Err(Error::Bug(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    // The old one stays where the new one fails.
    small().write(&there).unwrap();
    assert!(bundle.write(&there).is_err());
    assert!(Course::open(&there).is_ok());
}
