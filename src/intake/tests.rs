use super::*;

fn exercise(files: &[&str]) -> Exercise {
    let text = format!(
        "format_version = 1\ntitle = \"t\"\nsource = {{ files = {files:?} }}\n[[case]]\nname = \"a\"\n"
    );
    let (exercise, findings) = crate::course::load::parse_exercise("e", &text);
    assert_eq!(findings, []);
    exercise.unwrap()
}

fn submission(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

fn handed_in(folder: &Path) -> Handed {
    let exercise = exercise(&["main.rs"]);
    let mut submission = read(folder, [("leak", &exercise)]).unwrap();
    submission.exercises.remove("leak").unwrap()
}

fn told(handed: &Handed) -> Vec<String> {
    let row = |f: &Finding| {
        let line = f.primary.as_ref().map_or(0, |l| l.place.line);
        let help = f.help.as_deref().unwrap_or("-");
        format!("{line} {} {} | {help}", f.code, f.message)
    };
    handed.findings.iter().map(row).collect()
}

const MAIN: &[u8] = b"fn main() {}";

#[test]
fn each_form_is_found() {
    let folder = submission(&[
        ("leak/main.rs", MAIN),
        ("leak/a/mod.rs", b"// a"),
        ("leak/target/x.rs", b"// left out"),
        ("leak/notes.txt", b""),
    ]);
    let handed = handed_in(folder.path());
    assert_eq!(handed.root.as_deref(), Some("leak/main.rs"));
    assert_eq!(
        handed.files.keys().collect::<Vec<_>>(),
        ["leak/a/mod.rs", "leak/main.rs"]
    );
    assert_eq!(told(&handed), Vec::<String>::new());

    // Students work beside the program that measures the lesson's figures, which is none of theirs; a module of theirs is.
    let files = |main: &'static [u8]| {
        let folder = submission(&[("leak/main.rs", main), ("leak/figures.rs", b"// f")]);
        handed_in(folder.path())
            .files
            .into_keys()
            .collect::<Vec<_>>()
    };
    assert_eq!(files(MAIN), ["leak/main.rs"]);
    let both = ["leak/figures.rs", "leak/main.rs"];
    assert_eq!(files(b"mod figures;\nfn main() {}"), both);

    let handed = handed_in(submission(&[("leak.rs", MAIN)]).path());
    assert_eq!(handed.root.as_deref(), Some("leak.rs"));
    assert_eq!(handed.files["leak.rs"], "fn main() {}");

    let manifest = b"[package]\nname = \"leak\"\n";
    let package = [
        ("leak/Cargo.toml", &manifest[..]),
        ("leak/src/main.rs", MAIN),
    ];
    let handed = handed_in(submission(&package).path());
    assert_eq!(handed.root.as_deref(), Some("leak/src/main.rs"));
    assert_eq!(handed.files.len(), 1);
}

#[test]
fn what_is_missing_is_told_with_what_is_there() {
    assert_eq!(
        told(&handed_in(submission(&[]).path())),
        [
            "0 source/missing nothing was handed in for leak | put your program into leak/main.rs or leak.rs"
        ]
    );
    assert_eq!(
        told(&handed_in(submission(&[("Leak.rs", MAIN)]).path())),
        [
            "0 source/missing nothing was handed in for leak | there is Leak.rs; if it is meant for this exercise, rename it to leak.rs"
        ]
    );
    assert_eq!(
        told(&handed_in(submission(&[("LEAK.RS", MAIN)]).path())),
        [
            "0 source/missing nothing was handed in for leak | there is LEAK.RS; if it is meant for this exercise, rename it to leak.rs"
        ]
    );
    assert_eq!(
        told(&handed_in(submission(&[("leak.doc", MAIN)]).path())),
        [
            "0 source/missing nothing was handed in for leak | there is leak.doc; hand in the program itself, a text file called leak.rs"
        ]
    );
    assert_eq!(
        told(&handed_in(submission(&[("leak/mian.rs", MAIN)]).path())),
        [
            "0 source/missing there is no leak/main.rs | there is leak/mian.rs; rename or move it to leak/main.rs"
        ]
    );
    let exercise = exercise(&["main.rs", "list.rs"]);
    let folder = submission(&[("leak/main.rs", MAIN)]);
    let read = read(folder.path(), [("leak", &exercise)]).unwrap();
    assert_eq!(
        told(&read.exercises["leak"]),
        [
            "0 source/missing list.rs is missing: this exercise asks for it | put it into leak/list.rs"
        ]
    );
}

#[test]
fn what_cannot_be_read_is_told() {
    let latin1 = b"fn main() {\n    // caf\xe9\n}\n";
    let handed = handed_in(submission(&[("leak.rs", latin1)]).path());
    assert_eq!(
        told(&handed),
        [
            "2 source/not-utf8 leak.rs is not UTF-8 text | save it with the encoding UTF-8; every editor has a setting for it"
        ]
    );
    assert_eq!(handed.root, None);
    let handed = handed_in(submission(&[("leak/main.rs", b" \n\n")]).path());
    assert_eq!(
        told(&handed),
        ["1 source/empty leak/main.rs is empty | was the file saved before it was handed in?"]
    );
    assert_eq!(handed.root, None);
    let large = vec![b' '; (1 << 20) + 1];
    let handed = handed_in(submission(&[("leak/main.rs", MAIN), ("leak/b.rs", &large)]).path());
    assert_eq!(handed.findings[0].code, "source/too-large");
    assert_eq!(handed.findings[0].severity, Severity::Warning);
    assert_eq!(handed.root.as_deref(), Some("leak/main.rs"));
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = submission(&[("secret.txt", b"secret"), ("leak/main.rs", MAIN)]);
    symlink("../secret.txt", folder.path().join("leak/b.rs")).unwrap();
    symlink("..", folder.path().join("leak/up")).unwrap();
    let handed = handed_in(folder.path());
    assert_eq!(handed.files.keys().collect::<Vec<_>>(), ["leak/main.rs"]);
    assert_eq!(
        told(&handed),
        ["1 source/not-a-file leak/b.rs is a symbolic link, not a regular file | -"]
    );

    let elsewhere = submission(&[("main.rs", MAIN)]);
    let folder = submission(&[]);
    symlink(elsewhere.path(), folder.path().join("leak")).unwrap();
    let handed = handed_in(folder.path());
    assert_eq!((handed.root, handed.files.len()), (None, 0));
    assert_eq!(
        handed.findings[0].message,
        "leak is a symbolic link, not a folder"
    );
}

#[test]
fn depth_and_count_are_bounded() {
    let deep = format!("leak/{}x.rs", "d/".repeat(20));
    let handed = handed_in(submission(&[("leak/main.rs", MAIN), (&deep, b"")]).path());
    assert_eq!(handed.files.len(), 1);
    assert_eq!(handed.findings[0].severity, Severity::Warning);

    let names: Vec<String> = (0..300).map(|n| format!("leak/f{n}.rs")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b"//"[..])).collect();
    let handed = handed_in(submission(&files).path());
    assert_eq!(handed.files.len(), 256);
    assert_eq!(handed.findings[0].code, "source/too-many");
}

#[test]
fn answers_are_read_within_bounds() {
    let folder = submission(&[("answers.toml", b"a = 1\n")]);
    assert_eq!(
        read(folder.path(), []).unwrap().answers.as_deref(),
        Some("a = 1\n")
    );
    let folder = submission(&[("answers.toml", b"\xff")]);
    let submission = read(folder.path(), []).unwrap();
    assert_eq!(submission.answers, None);
    assert_eq!(submission.answer_findings[0].code, "source/not-utf8");
}

#[test]
fn a_submission_that_is_no_folder_is_a_wrong_argument() {
    let folder = submission(&[("a", b"")]);
    for path in ["a", "b"] {
        let error = read(&folder.path().join(path), []).unwrap_err();
        assert!(matches!(error, Error::Usage { .. }), "{error}");
    }
}
