//! Wrong and hostile input: a clear message, the right exit status, nothing left behind, no panic.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use super::support::{Done, HELLO, Place, SOLUTION};

fn hello(program: impl AsRef<[u8]>) -> Place {
    let place = Place::new();
    place.hello_course().write("mine/hello/main.rs", program);
    place
}

/// Checks the program and gives what came of it.
fn checked(program: &str) -> Done {
    let place = hello(program);
    place.memgrade([
        "check",
        "--submission",
        "mine",
        "--limit",
        "wall=3s",
        "--limit",
        "output=64KiB",
    ])
}

#[test]
fn a_missing_submission() {
    let place = Place::new();
    place
        .hello_course()
        .memgrade(["check", "--submission", "nowhere"])
        .ends_with(2)
        .complains("there is no folder nowhere");
    place
        .memgrade(["grade", "nowhere", "-o", "results"])
        .ends_with(2)
        .complains("there is no `nowhere`");
    assert!(!place.work().join("results").exists());
    place
        .memgrade(["run", "nowhere.rs"])
        .ends_with(2)
        .complains("nowhere.rs");
    place
        .memgrade(["list", "--course", "nowhere"])
        .ends_with(2)
        .complains("nowhere is not a course");
}

#[test]
fn a_spec_with_many_mistakes_shows_them_all_at_their_lines() {
    let place = Place::new();
    let spec = HELLO
        .replace(
            "[[case.check]]\nname = \"one block\"",
            "[[case.check]]\nname = \"one block\"\npionts = 3",
        )
        .replace("exactly = 1", "exactli = 1");
    place
        .hello_course()
        .write("exercises/hello/exercise.toml", spec)
        .memgrade(["check", "--submission", "exercises"])
        .ends_with(2)
        .complains("exercises/hello/exercise.toml:")
        .complains("pionts")
        .complains("points")
        .complains("exactly");
}

#[test]
fn a_spec_that_cannot_be_read() {
    let place = Place::new();
    place.hello_course();
    place.write("exercises/hello/exercise.toml", b"title = \"\xff\"\n");
    place.memgrade(["list"]).ends_with(2).complains("not UTF-8");
    fs::remove_file(place.work().join("exercises/hello/exercise.toml")).unwrap();
    place
        .memgrade(["list"])
        .ends_with(2)
        .complains("exercises/hello/exercise.toml");
    fs::create_dir(place.work().join("exercises/hello/exercise.toml")).unwrap();
    place
        .memgrade(["list"])
        .ends_with(2)
        .complains("not a regular file");
}

#[test]
fn no_compiler() {
    let place = hello(SOLUTION);
    let mut command = place.command();
    command
        .env("RUSTC", "/nonexistent")
        .args(["check", "--submission", "mine"]);
    Done::of(command).ends_with(75).complains("/nonexistent");
    let mut command = place.command();
    command
        .env_remove("RUSTC")
        .env("PATH", "/nonexistent")
        .args(["check", "--submission", "mine"]);
    Done::of(command).ends_with(75).complains("rustc");
    place.assert_nothing_left();
}

#[test]
fn sources_that_are_empty_or_no_text() {
    let place = hello("");
    place
        .memgrade(["check", "--submission", "mine"])
        .ends_with(1)
        .says("is empty");
    let place = hello(b"fn main() { println!(\"\xff\"); }\n");
    place
        .memgrade(["check", "--submission", "mine"])
        .ends_with(1)
        .says("not UTF-8");
    let place = Place::new();
    place.write("odd.rs", b"fn main() { \xff }\n");
    place
        .memgrade(["run", "odd.rs"])
        .ends_with(2)
        .complains("UTF-8");
}

#[cfg(unix)]
#[test]
fn a_source_that_is_a_link_out_of_the_submission_is_not_followed() {
    let place = Place::new();
    place.hello_course().write("mine/hello/notes.txt", "");
    std::os::unix::fs::symlink("/etc/passwd", place.work().join("mine/hello/main.rs")).unwrap();
    place
        .memgrade(["check", "--submission", "mine"])
        .ends_with(1)
        .says("not a regular file")
        .does_not_say("root:");
}

#[test]
fn a_program_that_closes_its_streams() {
    checked(
        "use std::os::fd::FromRawFd;\nfn main() {\n    for fd in 0..3 {\n        \
        drop(unsafe { std::fs::File::from_raw_fd(fd) });\n    }\n}\n",
    )
    .ends_with(1)
    .says("unsafe");
    let place = Place::new();
    place.write(
        "closes.rs",
        "use std::os::fd::FromRawFd;\nfn main() {\n    for fd in 0..3 {\n        \
        drop(unsafe { std::fs::File::from_raw_fd(fd) });\n    }\n    std::thread::sleep(std::time::Duration::from_millis(50));\n    \
        std::process::exit(7);\n}\n",
    );
    let json = place
        .memgrade(["run", "closes.rs", "--format", "json"])
        .ends_with(0)
        .json();
    assert_eq!(json["outcome"]["exit_code"], 7);
}

#[test]
fn a_program_that_floods_its_streams() {
    for stream in ["print", "eprint"] {
        checked(&format!(
            "fn main() {{ loop {{ {stream}!(\"hello hello hello hello\\n\"); }} }}\n"
        ))
        .ends_with(1)
        .says("output");
    }
}

#[test]
fn a_program_that_prints_nul_and_escape_sequences() {
    let done = checked("fn main() { println!(\"\\0\\u{1b}]0;owned\\u{7}\\u{1b}[2Jhello\"); }\n")
        .ends_with(1);
    assert!(
        !done.stdout.contains(['\0', '\u{1b}', '\u{7}']),
        "{:?}",
        done.stdout
    );
}

/// How many processes have this word among their arguments.
fn processes_with(word: &str) -> usize {
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| {
            let path = entry.ok()?.path().join("cmdline");
            let mut bytes = Vec::new();
            fs::File::open(path).ok()?.read_to_end(&mut bytes).ok()?;
            String::from_utf8_lossy(&bytes).contains(word).then_some(())
        })
        .count()
}

#[test]
fn children_that_a_program_leaves_are_gone() {
    checked(
        "fn main() {\n    std::process::Command::new(\"sleep\").arg(\"8713.5\").spawn().unwrap();\n    \
        println!(\"hello\");\n}\n",
    );
    assert_eq!(processes_with("8713.5"), 0);
}

#[test]
fn a_program_that_does_not_want_to_die() {
    let program = "fn main() {\n    let trap = \"trap '' TERM INT HUP; while :; do sleep 8714.5; done\";\n    \
        let _ = std::process::Command::new(\"sh\").args([\"-c\", trap]).status();\n}\n";
    let place = hello(program);
    place
        .memgrade(["check", "--submission", "mine", "--limit", "wall=500ms"])
        .ends_with(1)
        .says("time");
    assert_eq!(processes_with("8714.5"), 0);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new();
    // The pipe is closed before anything is written to it.
    let mut child = place
        .command()
        .arg("list")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done = Done::from_output(child.wait_with_output().unwrap()).ends_with(0);
    assert_eq!(done.stderr, "");
}

#[cfg(unix)]
#[test]
fn ctrl_c_in_the_middle_leaves_nothing_behind() {
    use rustix::process::{Pid, Signal, kill_process};
    let program = "fn main() {\n    let _ = std::process::Command::new(\"sleep\").arg(\"8715.5\").status();\n}\n";
    for signal in [Signal::INT, Signal::TERM] {
        let place = hello(program);
        let mut command = place.command();
        command.args(["check", "--submission", "mine", "--limit", "wall=60s"]);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The program is in the middle when its own child is there.
        while processes_with("8715.5") == 0 {
            assert!(
                child.try_wait().unwrap().is_none(),
                "ended before it was interrupted"
            );
            std::thread::yield_now();
        }
        kill_process(Pid::from_child(&child), signal).unwrap();
        let done = Done::from_output(child.wait_with_output().unwrap())
            .ends_with(130)
            .complains("interrupted");
        assert_eq!(done.stdout, "");
        assert_eq!(processes_with("8715.5"), 0);
        place.assert_nothing_left();
    }
}

#[test]
fn a_course_without_exercises() {
    let empty = "format_version = 1\ntitle = \"Nothing yet\"\nexercises = []\n";
    for command in [
        &["list"][..],
        &["check", "--submission", "."],
        &["verify"],
        &["verify", "--calibrate"],
        &["pack", "-o", "out"],
    ] {
        let place = Place::new();
        place
            .write("course.toml", empty)
            .memgrade(command)
            .ends_with(2)
            .complains("course.toml:3")
            .complains("a course needs an exercise");
        // Nothing lists any, and there is none.
        let place = Place::new();
        place
            .write("exercises/notes/draft.txt", "")
            .memgrade(command.iter().chain(&["--course", "."]))
            .ends_with(2)
            .complains("the course has no exercise")
            .complains("memgrade new");
        assert!(!place.work().join("out").exists());
    }
    let place = Place::new();
    place
        .write("course.toml", empty)
        .memgrade(["new", "first"])
        .ends_with(0);
    place.memgrade(["list"]).ends_with(0).says("first  ");
}

#[test]
fn ids_with_odd_characters() {
    let place = Place::new();
    place.hello_course();
    for odd in ["we;rd", "../hello", "Hello World", "héllo", "\u{1b}[2J", ""] {
        for command in ["check", "verify", "hint", "lesson"] {
            let done = place.memgrade([command, odd]).ends_with(2);
            assert!(!done.stderr.contains('\u{1b}'), "{:?}", done.stderr);
            assert!(
                done.stderr.contains("there is no exercise"),
                "{}",
                done.stderr
            );
        }
    }
    for odd in ["we;rd", "../hello", "Hello World", "-x", "h\u{e9}llo", "."] {
        place
            .write(
                "course.toml",
                format!("format_version = 1\ntitle = \"t\"\nexercises = [\n    {odd:?},\n]\n"),
            )
            .memgrade(["verify"])
            .ends_with(2)
            .complains("spec/id")
            .complains("course.toml:4");
    }
    // What lies in such a folder is looked at by its name alone.
    let place = Place::new();
    place
        .hello_course()
        .write("exercises/we;rd $(x)/main.rs", "")
        .memgrade(["verify"])
        .ends_with(1)
        .says("`exercises/we;rd $(x)/` belongs to nothing");
}

#[test]
fn a_harness_that_does_not_compile_stops_its_author_and_nobody_else() {
    let place = Place::new();
    place.memgrade(["new", "latest", "--harness"]).ends_with(0);
    let path = place.work().join("exercises/latest/harness.rs");
    let broken = fs::read_to_string(&path)
        .unwrap()
        .replace("latest.sum()", "latest.total()");
    fs::write(&path, broken).unwrap();
    for arguments in [&["verify"][..], &["verify", "--calibrate"]] {
        place
            .memgrade(arguments)
            .ends_with(2)
            .says("harness/does-not-compile")
            .says("exercises/latest/harness.rs:14")
            .says("no method named `total`");
    }
    place
        .memgrade(["check", "latest", "--submission", "solutions"])
        .ends_with(2)
        .says("that is not your code's fault")
        .does_not_say("latest.total()");
    // Sealed it stays the author's fault, and stays unseen.
    place.memgrade(["pack", "-o", "day"]).ends_with(0);
    place
        .memgrade([
            "check",
            "latest",
            "--course",
            "day",
            "--submission",
            "solutions",
        ])
        .ends_with(2)
        .says("that is not your code's fault")
        .does_not_say("latest.total()");
}
