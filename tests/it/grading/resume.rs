//! Whatever ends `grade` in the middle, the gradebook is whole, and the same command goes on from there.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process};

use super::book::{QUIET, ask_in, contents, exports, grade, grade_into, points, try_ask, zip};
use crate::it::support::{Done, HELLO, Place, SOLUTION, read_all};

/// How long something may take that has to happen.
const PATIENCE: Duration = Duration::from_mins(1);

/// Random numbers of a seed that is told, so that a failure can be had again: `MEMGRADE_SEED` takes it back.
struct Moments(u64);

impl Moments {
    fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let seed = std::env::var("MEMGRADE_SEED").ok();
        let seed = seed.map_or_else(
            || u64::from(now.subsec_nanos()) | 1,
            |seed| seed.parse().unwrap(),
        );
        eprintln!("MEMGRADE_SEED={seed}");
        Self(seed)
    }

    /// A part of so much time. An xorshift generator is random enough for that.
    fn part_of(&mut self, time: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let micros = u64::try_from(time.as_micros()).unwrap().max(1);
        Duration::from_micros(self.0 % micros)
    }
}

fn start(place: &Place, results: &str, more: &[&str]) -> Child {
    let mut command = place.command();
    command
        .args(["grade", "class", "-o", results, "--roster", "roster.csv"])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// How many judgments are kept, in a gradebook that may be just in the making.
fn judged(results: &Path) -> usize {
    let rows = try_ask(results, "SELECT key FROM judgments");
    rows.map_or(0, |rows| rows.len())
}

/// Nobody has written half of anything.
#[track_caller]
fn assert_whole(results: &Path) {
    if results.join("gradebook.sqlite").exists() {
        assert_eq!(ask_in(results, "PRAGMA integrity_check"), ["ok"]);
        assert_eq!(ask_in(results, "PRAGMA foreign_key_check"), [""; 0]);
    }
}

/// What `grade` needs while it works, and nobody afterwards.
#[track_caller]
fn assert_tidy(results: &Path) {
    let names: Vec<String> = read_all(results).into_keys().collect();
    let temporary = |name: &&String| name.contains("memgrade-tmp") || name.contains("sqlite-");
    assert_eq!(names.iter().find(temporary), None, "{names:?}");
}

/// Hand-ins of a class, some of them the same, one in an archive, one who handed in nothing.
fn class(place: &Place) {
    place.hello_course();
    let mut roster = "id,name\nabsent@x.org,Absent\n".to_owned();
    for number in 0..8 {
        let id = format!("s{number}@x.org");
        let text = match number % 4 {
            0 => SOLUTION.to_owned(),
            1 => QUIET.to_owned(),
            2 => format!("// {number}\n{SOLUTION}"),
            _ => format!("fn main() {{ let x: u32 = \"{number}\"; }}\n"),
        };
        if number == 5 {
            place.write(
                &format!("class/{id}.zip"),
                zip(&[("hello/main.rs", text.as_bytes())]),
            );
        } else {
            place.write(&format!("class/{id}/hello.rs"), text);
        }
        roster.push_str(&id);
        roster.push_str(",Somebody\n");
    }
    place.write("roster.csv", roster);
}

/// The next week: one has handed in something else, one is new, and a check is worth more.
fn next_week(place: &Place) {
    place
        .write("class/s1@x.org/hello.rs", SOLUTION)
        .write("class/s9@x.org/hello.rs", format!("// new\n{SOLUTION}"))
        .write(
            "exercises/hello/exercise.toml",
            HELLO.replace("points = 2", "points = 4"),
        );
}

/// What a grading leaves: the gradebook's contents, and the exports.
type Outcome = (
    BTreeMap<&'static str, Vec<String>>,
    BTreeMap<String, Vec<u8>>,
);

fn outcome(place: &Place, results: &str) -> Outcome {
    assert_whole(&place.work().join(results));
    assert_tidy(&place.work().join(results));
    (
        contents(&place.work().join(results)),
        exports(place, results),
    )
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    for (name, bytes) in read_all(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// Grades to the end; how long it took.
#[track_caller]
fn finish(place: &Place, results: &str) -> Duration {
    let since = Instant::now();
    let done = start(place, results, &[]).wait_with_output().unwrap();
    Done::from_output(done).ends_with(0);
    since.elapsed()
}

#[track_caller]
fn assert_same(found: &Outcome, expected: &Outcome) {
    for (table, rows) in &expected.0 {
        assert_eq!(found.0[table], *rows, "{table}");
    }
    for (export, bytes) in &expected.1 {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (found, expected) = (text(&found.1[export]), text(bytes));
        assert!(found == expected, "{export}\n{found}\n{expected}");
    }
}

/// Kills a grading so often at random moments, now and then several times in a row, and lets it go on: what comes of it is what comes
/// of one that nobody disturbs. Half of the kills are of a class that is graded for the first time, half of one that was graded before.
fn killed(kills: u32) {
    let place = Place::new();
    class(&place);
    let results = place.work().join("results");
    let before = place.work().join("before");
    let mut moments = Moments::new();
    let (mut half_done, mut too_late) = (0, 0);
    for week in 0..2 {
        if week == 1 {
            next_week(&place);
        }
        // Once to have everything compiled that can be, once for the time that it takes.
        let fresh = || {
            let _ = fs::remove_dir_all(&results);
            if week == 1 {
                copy(&before, &results);
            }
        };
        fresh();
        finish(&place, "results");
        let expected = outcome(&place, "results");
        fresh();
        let usual = finish(&place, "results");
        let at_first = {
            fresh();
            judged(&results)
        };
        let all = expected.0["judgments"].len();
        let mut in_a_row = 0;
        for number in 0..kills.div_ceil(2) {
            let mut child = start(&place, "results", &[]);
            let moment = moments.part_of(usual);
            thread::sleep(moment);
            child.kill().unwrap();
            let status = child.wait().unwrap();
            assert_whole(&results);
            let count = judged(&results);
            eprintln!(
                "week {week}, kill {number} after {moment:?} of {usual:?}: {status}, {count} of {all} judgments"
            );
            let is_killed = status.signal().is_some();
            too_late += u32::from(!is_killed);
            half_done += u32::from(is_killed && count > at_first && count < all);
            in_a_row += 1;
            if is_killed && in_a_row < 3 && moments.part_of(usual) < usual / 2 {
                continue;
            }
            in_a_row = 0;
            finish(&place, "results");
            place.assert_nothing_left();
            assert_same(&outcome(&place, "results"), &expected);
            fresh();
        }
        fresh();
        finish(&place, "results");
        if week == 0 {
            copy(&results, &before);
        }
    }
    eprintln!(
        "{half_done} were killed with half of the judgments, {too_late} had come to their end"
    );
}

#[test]
fn a_killed_grading_goes_on_as_if_nothing_had_been() {
    killed(8);
}

/// `MEMGRADE_KILLS` says how often; `cargo test -- --ignored killed` runs it.
#[test]
#[ignore = "takes minutes: for nightly runs, with MEMGRADE_KILLS=100"]
fn a_grading_that_is_killed_often() {
    let kills = std::env::var("MEMGRADE_KILLS").map_or(100, |kills| kills.parse().unwrap());
    killed(kills);
}

#[test]
fn who_was_graded_before_an_interrupt_keeps_the_grade() {
    let place = Place::new();
    let waits =
        "fn main() {\n    let _ = std::process::Command::new(\"sleep\").arg(\"4\").status();\n}\n";
    place
        .hello_course()
        .write("class/ann/hello.rs", SOLUTION)
        .write("class/bob/hello.rs", waits)
        .write("roster.csv", "id\nann\nbob\n");
    let child = start(&place, "results", &["--jobs", "1"]);
    let results = place.work().join("results");
    wait_until("ann is judged", || judged(&results) == 1);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    Done::from_output(child.wait_with_output().unwrap())
        .ends_with(130)
        .complains("1 of 2 students are graded")
        .complains("the same command goes on from there");
    place.assert_nothing_left();
    assert_tidy(&results);
    assert_eq!(
        ask_in(&results, "SELECT student, points FROM grades"),
        ["ann | 300"]
    );
    // Half of a class goes to no platform, and to no reader.
    assert!(!results.join("grades.csv").exists());
    for command in ["export", "report"] {
        let mut args = vec![command, "results"];
        if command == "export" {
            args.extend(["--format", "csv"]);
        }
        place
            .memgrade(args)
            .ends_with(2)
            .complains("come to its end")
            .complains("memgrade grade");
    }
    let resumed = start(&place, "results", &["--jobs", "1"]);
    Done::from_output(resumed.wait_with_output().unwrap())
        .ends_with(0)
        .says("1 graded, 1 as before; 1 program judged");
    assert_eq!(points(&place, "results"), ["ann 3", "bob 0"]);
}

/// What somebody predicts is run after all programs: after an interrupt it is not, which costs the others nothing.
#[test]
fn who_waits_for_a_prediction_keeps_nobody_from_a_grade() {
    let place = Place::new();
    let waits =
        "fn main() {\n    let _ = std::process::Command::new(\"sleep\").arg(\"20\").status();\n}\n";
    place
        .hello_course()
        .write("exercises/checklist.toml", "format_version = 1\n[[item]]\nid = \"peak\"\nquestion = \"How much?\"\n[item.predict]\nprogram = \"predict/grow.rs\"\nof = \"peak_bytes\"\n")
        .write("exercises/predict/grow.rs", "fn main() {\n    drop(vec![1_u8; 100]);\n}\n")
        .write("class/ann/hello.rs", SOLUTION)
        .write("class/ann/answers.toml", "peak = 100\n")
        .write("class/bob/hello.rs", QUIET)
        .write("class/cleo/hello.rs", waits)
        .write("roster.csv", "id\nann\nbob\ncleo\n");
    let child = start(&place, "results", &["--jobs", "1", "--limit", "wall=60s"]);
    let results = place.work().join("results");
    wait_until("two are judged", || judged(&results) == 2);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    Done::from_output(child.wait_with_output().unwrap())
        .ends_with(130)
        .complains("1 of 3 students are graded");
    let graded = ask_in(&results, "SELECT student, points FROM grades");
    assert_eq!(graded, ["bob | 100"]);
    place.assert_nothing_left();
    place.write("class/cleo/hello.rs", QUIET);
    let resumed = start(&place, "results", &["--limit", "wall=60s"]);
    Done::from_output(resumed.wait_with_output().unwrap()).ends_with(0);
    assert_eq!(points(&place, "results"), ["ann 4", "bob 1", "cleo 1"]);
}

#[test]
fn two_gradings_into_one_folder_do_not_meet() {
    let place = Place::new();
    let waits =
        "fn main() {\n    let _ = std::process::Command::new(\"sleep\").arg(\"20\").status();\n}\n";
    place
        .hello_course()
        .write("class/ann/hello.rs", waits)
        .write("roster.csv", "id\nann\n");
    let results = place.work().join("results");
    let first = start(&place, "results", &["--limit", "wall=60s"]);
    wait_until("the first one has begun", || {
        try_ask(&results, "SELECT id FROM gradings").is_ok_and(|rows| rows.len() == 1)
    });
    let other = |args: &[&str]| {
        let mut command = place.command();
        command.args(args);
        Done::of(command)
            .ends_with(2)
            .complains("another command is using results/gradebook.sqlite")
    };
    other(&["grade", "class", "-o", "results"]);
    other(&["export", "results", "--format", "csv"]);
    kill_process(Pid::from_child(&first), Signal::INT).unwrap();
    Done::from_output(first.wait_with_output().unwrap()).ends_with(130);
    place.assert_nothing_left();
}

/// A shell that grades on a file system of its own with little room, then with more. Needs no root where users may have namespaces.
const SMALL_DISK: &str = r#"
set -e
mount -t tmpfs -o size="$1" tmpfs results
cp -a before/. results/
shift
status=0
"$@" >full.out 2>full.err || status=$?
echo "$status" >full.status
ls -A results >full.names
cp -a results/. after-full/
mount -o remount,size=64m results
status=0
"$@" >roomy.out 2>roomy.err || status=$?
echo "$status" >roomy.status
cp -a results/. after/
"#;

#[test]
fn a_full_disk_damages_nothing() {
    let may = Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs tmpfs /mnt",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !may.is_ok_and(|status| status.success()) {
        eprintln!("not tested: this machine lets nobody mount a small disk");
        return;
    }
    // There is no room for the gradebook, the runs, the grades, the report; and the same where there was enough the week before.
    for (room, graded_before) in [
        (60, false),
        (200, false),
        (320, false),
        (480, false),
        (40, true),
        (240, true),
    ] {
        let place = Place::new();
        class(&place);
        for folder in ["results", "before", "after-full", "after"] {
            fs::create_dir(place.work().join(folder)).unwrap();
        }
        let args = ["--roster", "roster.csv"];
        if graded_before {
            grade_into(&place, "class", "before", &args).ends_with(0);
            next_week(&place);
        }
        let taken: usize = read_all(&place.work().join("before"))
            .values()
            .map(|bytes| bytes.len() / 1024 + 4)
            .sum();
        let room = format!("{}k", room + taken);
        let binary = place.command();
        let mut command = place.command();
        let mut outer = Command::new("unshare");
        outer
            .args([
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                SMALL_DISK,
                "sh",
                &room,
            ])
            .arg(binary.get_program())
            .args(["grade", "class", "-o", "results"])
            .args(args)
            .current_dir(place.work())
            .env_clear()
            .stdin(Stdio::null());
        for (key, value) in command.arg0("memgrade").get_envs() {
            if let Some(value) = value {
                outer.env(key, value);
            }
        }
        let shell = outer.output().unwrap();
        assert!(shell.status.success(), "{shell:?}");
        let read = |name: &str| fs::read_to_string(place.work().join(name)).unwrap();
        assert_eq!(
            read("full.status").trim(),
            "2",
            "{room}: {}",
            read("full.err")
        );
        let said = read("full.err").to_lowercase();
        eprintln!("{room}: {said}");
        let clear = said.contains("disk is full") || said.contains("no storage space");
        assert!(clear && said.contains("results"), "{room}: {said}");
        assert!(
            !said.contains("bug in memgrade") && !said.contains("memgrade-tmp"),
            "{room}: {said}"
        );
        assert_whole(&place.work().join("after-full"));
        assert!(
            !read("full.names").contains("memgrade-tmp"),
            "{room}: {}",
            read("full.names")
        );
        assert_eq!(
            read("roomy.status").trim(),
            "0",
            "{room}: {}",
            read("roomy.err")
        );
        assert_tidy(&place.work().join("after"));
        assert_whole(&place.work().join("after"));
        let whole = Place::new();
        class(&whole);
        if graded_before {
            next_week(&whole);
        }
        grade(&whole, &args).ends_with(0);
        assert_eq!(points(&place, "after"), points(&whole, "results"));
        place.assert_nothing_left();
    }
}
