//! `memgrade quiz` in a terminal and without one.

use std::fs;
#[cfg(target_os = "linux")]
use std::fs::File;
#[cfg(target_os = "linux")]
use std::io::{Read, Write};
use std::path::Path;
#[cfg(target_os = "linux")]
use std::process::Stdio;
#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

use super::support::{Done, Place};

const CHECKLIST: &str = r#"
format_version = 1

[[item]]
id = "faster"
question = "Why is the stack faster?"
[item.choice]
right = ["pointer"]
options = { pointer = "A pointer moves.", chip = "Another chip." }

[[item]]
id = "peak"
question = "What is the peak with {n}?"
[item.predict]
program = "predict/grow.rs"
args = ["{n}"]
of = "peak_bytes"
parameters = { n = [100, 200, 400] }

[[item]]
id = "why"
question = "Say why."
[item.text]
rubric = [{ points = 2, says = "the owner keeps it" }]
"#;

const GROW: &str = "fn main() {\n    let n: usize = std::env::args().nth(1).unwrap().parse().unwrap();\n    let v = vec![1_u8; n];\n    println!(\"made: {}\", v.len());\n}\n";

/// A course with one exercise and three questions, and some work.
fn course() -> Place {
    let place = Place::new();
    place
        .hello_course()
        .write("exercises/checklist.toml", CHECKLIST)
        .write("exercises/predict/grow.rs", GROW)
        .write("mine/hello/main.rs", "fn main() { println!(\"hello\"); }\n");
    place
}

fn quiz(place: &Place, more: &[&str]) -> Done {
    place.memgrade(["quiz", "--submission", "mine"].iter().chain(more))
}

fn items(place: &Place) -> Vec<serde_json::Value> {
    let report = place
        .memgrade(["check", "--submission", "mine", "--format", "json"])
        .json();
    report["checklist"]["items"].as_array().unwrap().clone()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn without_a_terminal_a_file_is_written_and_looked_through() {
    let place = course();
    let answers = place.work().join("mine/answers.toml");
    quiz(&place, &["--student", "ann"])
        .ends_with(0)
        .says("3 questions to fill in");
    let text = read(&answers);
    assert!(text.contains("student = \"ann\"\n"), "{text}");
    assert!(
        text.contains("#   pointer: A pointer moves.\nfaster = \"\"\n"),
        "{text}"
    );
    assert!(
        !text.contains("right") && !text.contains("the owner keeps it"),
        "{text}"
    );
    quiz(&place, &[])
        .ends_with(0)
        .says("0 of 3 questions are answered");
    // A mistake is told at its line.
    let filled = text.replace("faster = \"\"", "faster = [\"pointer\", \"chip\"]");
    fs::write(&answers, &filled).unwrap();
    let line = 1 + filled
        .lines()
        .position(|line| line.starts_with("faster"))
        .unwrap();
    quiz(&place, &[])
        .ends_with(1)
        .says("error[answers/too-many]")
        .says(&format!("answers.toml:{line}:"))
        .says("no answer yet: faster, peak, why");
    fs::write(
        &answers,
        text.replace("faster = \"\"", "faster = \"pointer\""),
    )
    .unwrap();
    quiz(&place, &["--by-hand"])
        .ends_with(0)
        .says("1 of 3 questions are answered");
}

#[test]
fn broken_files_are_not_written_to() {
    let place = course();
    let answers = place.work().join("mine/answers.toml");
    let broken = "faster = \"pointer\nwhy = 3\n";
    fs::write(&answers, broken).unwrap();
    quiz(&place, &["--student", "ann"])
        .ends_with(1)
        .says("answers/syntax");
    assert_eq!(read(&answers), broken);
    quiz(&place, &["--student", "a\nb"])
        .ends_with(2)
        .complains("--student");
    fs::write(&answers, format!("why = \"{}\"\n", "x".repeat(2 << 20))).unwrap();
    let done = quiz(&place, &[]).ends_with(1);
    assert!(done.stdout.len() < 10_000);
    place
        .memgrade(["quiz", "--submission", "nowhere"])
        .ends_with(2)
        .complains("there is no folder nowhere");
}

#[test]
fn a_course_without_questions_says_so() {
    let place = course();
    fs::remove_file(place.work().join("exercises/checklist.toml")).unwrap();
    quiz(&place, &[])
        .ends_with(4)
        .complains("asks no questions");
}

/// A terminal with a quiz in it.
#[cfg(target_os = "linux")]
struct Session {
    terminal: File,
    child: std::process::Child,
    seen: String,
}

#[cfg(target_os = "linux")]
impl Session {
    fn begin(place: &Place) -> Self {
        use rustix::fs::{Mode, OFlags};
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        use rustix::termios::{Winsize, tcsetwinsize};
        use std::os::unix::process::CommandExt as _;

        let terminal =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let size = Winsize {
            ws_row: 30,
            ws_col: 90,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&terminal, size).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap();
        let other = rustix::fs::open(
            name.as_c_str(),
            OFlags::RDWR | OFlags::NOCTTY,
            Mode::empty(),
        )
        .unwrap();
        let stream = || Stdio::from(other.try_clone().unwrap());
        let child = place
            .command()
            .args(["quiz", "--submission", "mine"])
            .env("TERM", "xterm")
            .stdin(stream())
            .stdout(stream())
            .stderr(stream())
            // What is stopped as a shell would stop it must not be the tests.
            .process_group(0)
            .spawn()
            .unwrap();
        Self {
            terminal: File::from(terminal),
            child,
            seen: String::new(),
        }
    }

    /// Reads until `text` was shown.
    fn expect(&mut self, text: &str) {
        let deadline = Instant::now() + Duration::from_mins(1);
        let mut bytes = [0; 4096];
        while !self.seen.contains(text) {
            assert!(
                Instant::now() < deadline,
                "never saw {text:?} in {:?}",
                self.seen
            );
            let count = self.terminal.read(&mut bytes).unwrap_or(0);
            assert!(count > 0, "the quiz ended before {text:?}: {:?}", self.seen);
            self.seen
                .push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        self.seen.clear();
    }

    fn press(&mut self, keys: &str) {
        self.terminal.write_all(keys.as_bytes()).unwrap();
    }

    fn end(mut self) -> std::process::ExitStatus {
        // Whoever writes to a terminal that nobody reads would wait.
        let mut terminal = self.terminal.try_clone().unwrap();
        let reader = std::thread::Builder::new()
            .spawn(move || {
                let mut rest = Vec::new();
                let _ = terminal.read_to_end(&mut rest);
            })
            .unwrap();
        let status = self.child.wait().unwrap();
        drop(self.terminal);
        drop(reader);
        status
    }
}

#[cfg(target_os = "linux")]
#[test]
fn in_a_terminal_it_asks_saves_and_resumes() {
    let place = course();
    let answers = place.work().join("mine/answers.toml");
    fs::write(&answers, "# mine\n").unwrap();
    let mut session = Session::begin(&place);
    session.expect("Who are you?");
    session.press("ann\r");
    session.expect("Why is the stack faster?");
    session.press("b\r");
    session.expect("What is the peak with");
    // Killed in the middle: what was answered is there.
    session.child.kill().unwrap();
    session.child.wait().unwrap();
    let text = read(&answers);
    assert!(
        text.contains("student = \"ann\"") && text.contains("# mine"),
        "{text}"
    );
    assert!(text.contains("faster = \"pointer\""), "{text}");

    let question = items(&place)[1]["question"].as_str().unwrap().to_owned();
    let n: u64 = question
        .trim_end_matches('?')
        .rsplit(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let mut session = Session::begin(&place);
    session.expect(&format!("What is the peak with {n}?"));
    session.press(&format!("{n}\r"));
    session.expect("Say why.");
    session.press("\x1b[Z");
    session.expect("What is the peak with");
    session.press("\t");
    session.expect("Say why.");
    session.press("Because");
    session.expect("Because");
    // Ctrl-C keeps what was begun.
    session.press("\x03");
    assert!(session.end().success());
    let text = read(&answers);
    assert!(text.contains("why = \"Because\""), "{text}");
    let items = items(&place);
    assert_eq!(items[0]["verdict"], "passed");
    assert_eq!(items[1]["verdict"], "passed", "{}", items[1]);
    assert_eq!(
        (&items[2]["verdict"], &items[2]["pending"]),
        (&"inconclusive".into(), &true.into())
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_given_back_when_memgrade_is_told_to_end() {
    let place = course();
    let mut session = Session::begin(&place);
    session.expect("Who are you?");
    let pid = rustix::process::Pid::from_child(&session.child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    session.expect("\u{1b}[?1049l");
    assert_eq!(session.end().code(), Some(130));
}

#[cfg(target_os = "linux")]
#[test]
fn it_is_put_aside_and_taken_up_again() {
    use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

    let place = course();
    let mut session = Session::begin(&place);
    session.expect("Who are you?");
    session.press("ann\r");
    session.expect("Why is the stack faster?");
    session.press("\x1a");
    // The shell gets its terminal as it was.
    session.expect("\u{1b}[?1049l");
    let pid = Pid::from_child(&session.child);
    let (_, status) = waitpid(Some(pid), WaitOptions::UNTRACED).unwrap().unwrap();
    assert!(status.stopped(), "{status:?}");
    kill_process(pid, Signal::CONT).unwrap();
    session.expect("Why is the stack faster?");
    session.press("b\r");
    session.expect("What is the peak with");
    session.press("\x03");
    assert!(session.end().success());
}

#[cfg(target_os = "linux")]
#[test]
fn it_ends_with_its_terminal() {
    let place = course();
    let mut session = Session::begin(&place);
    session.expect("Who are you?");
    session.press("ann\r");
    session.expect("Why is the stack faster?");
    // A window that is closed sends no signal here: the terminal is not the one that controls the quiz.
    drop(session.terminal);
    let deadline = Instant::now() + Duration::from_mins(1);
    while session.child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            session.child.kill().unwrap();
            panic!("the quiz goes on without anybody");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(read(&place.work().join("mine/answers.toml")).contains("ann"));
}
