//! `memgrade lesson`: figures that are measured here, the text that stands where they are not, and the day's page.

use super::support::{Done, Place, root};

/// A program of figures that says something else each time it is run.
const RESTLESS: &str = r#"fn main() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    println!("moment = {}", now.as_micros() % 1_000_000_000);
    println!("checked = {}", u32::from(cfg!(debug_assertions)));
    println!("cost = 12.34 ns");
    println!("disk = ? there is *no* disk \x1b[31m");
}
"#;

const LESSON: &str = "# Hello\n\nOn <!-- here: machine -->mine<!-- / --> it costs <!-- here: cost -->about 10 ns (x86-64)<!-- / -->, moment \
    <!-- here: moment -->0<!-- / -->.\n\n| built | checked |\n|---|--:|\n| released | <!-- here: checked -->-<!-- / --> |\n\
    | as exercises are | <!-- here: checked unoptimized -->-<!-- / --> |\n\nDisk: <!-- here: disk -->9 ms (a disk of 1990)<!-- / -->.\n";

/// A course whose lesson has figures.
fn measured_course(program: &str) -> Place {
    let place = Place::new();
    place
        .hello_course()
        .write("exercises/hello/README.md", LESSON)
        .write("exercises/hello/figures.rs", program);
    place
}

fn lesson(place: &Place, args: &[&str]) -> Done {
    place
        .memgrade(["lesson", "hello"].iter().chain(args))
        .ends_with(0)
}

/// The moment that the program of figures told.
fn moment(done: &Done) -> &str {
    let (_, rest) = done.stdout.split_once("moment ").unwrap();
    rest.split_once('.').unwrap().0
}

#[test]
#[cfg(target_os = "linux")]
fn figures_are_measured_here_and_kept_until_they_are_measured_again() {
    let place = measured_course(RESTLESS);
    let first = lesson(&place, &[])
        .says("On this computer it costs 12 ns†, moment ")
        .says("| released | 0† |")
        .says("| as exercises are | 1† |")
        .says("Disk: 9 ms (a disk of 1990).\n")
        .says("† Measured on this computer just now: ")
        .says("rustc 1.")
        .says("medians of 5 runs")
        .says("there is \\*no\\* disk ␛\\[31m.");
    assert!(!first.stdout.contains("<!--"), "{}", first.stdout);
    assert_eq!(first.stderr, "");
    let second = lesson(&place, &[]);
    assert_eq!(moment(&first), moment(&second));
    let again = lesson(&place, &["--measure-again"]);
    assert_ne!(moment(&first), moment(&again));
    assert_eq!(moment(&again), moment(&lesson(&place, &[])));
    // Another program is another measurement.
    place.write("exercises/hello/figures.rs", format!("{RESTLESS}// more\n"));
    assert_ne!(moment(&again), moment(&lesson(&place, &[])));
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_the_figures_stand_out() {
    let place = measured_course(RESTLESS);
    let drawn = place
        .memgrade(["lesson", "hello", "--color", "always"])
        .ends_with(0)
        .says("\u{1b}[1mHello\u{1b}[0m\n")
        .says("it costs \u{1b}[32m12 ns†\u{1b}[0m, moment")
        .says("there is *no* disk ␛[31m.");
    assert!(!drawn.stdout.contains("|---|"), "{}", drawn.stdout);
}

#[test]
fn where_nothing_is_measured_the_text_stands_with_the_reason() {
    let place = measured_course(RESTLESS);
    let authors = "On mine it costs about 10 ns (x86-64), moment 0.";
    lesson(&place, &["--no-measure"])
        .says(authors)
        .says("No figure was measured here: --no-measure asks for none.")
        .does_not_say("†");
    place
        .memgrade_with(&[("RUSTC", "/nowhere/rustc")], ["lesson", "hello"])
        .ends_with(0)
        .says(authors)
        .says("No figure was measured here: RUSTC is set to");
    place
        .memgrade(["lesson", "hello", "--no-measure", "--measure-again"])
        .ends_with(2);
    // Another's course is only read where its programs could read and write everything.
    place
        .memgrade_with(&[("MEMGRADE_PORTABLE", "1")], ["lesson", "hello"])
        .ends_with(0)
        .says(authors)
        .says("cannot be kept from your files");
    std::fs::remove_file(place.work().join("exercises/hello/figures.rs")).unwrap();
    lesson(&place, &[])
        .says(authors)
        .says("no program beside the lesson measures any");
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_that_does_not_do_its_work_is_a_reason() {
    for (program, reason) in [
        (
            "fn main() { nonsense }\n",
            "does not compile: cannot find value",
        ),
        (
            "fn main() { panic!(\"no \\x1b[1m luck\"); }\n",
            "ended with status 101, and said: no ␛\\[1m luck",
        ),
        (
            "fn main() { std::process::abort(); }\n",
            "was ended by SIGABRT",
        ),
        (
            "fn main() { loop { println!(\"cost = 1 ns\"); } }\n",
            "printed more than 64 KiB",
        ),
        (
            "fn main() { println!(\"hello\"); println!(\"cost = many\"); }\n",
            "nothing measures `cost`",
        ),
    ] {
        let place = measured_course(program);
        let told = lesson(&place, &[])
            .says("it costs about 10 ns (x86-64)")
            .says(reason);
        assert!(!told.stdout.contains('\u{1b}'), "{}", told.stdout);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_program_is_contained() {
    let program = r#"fn main() {
        let home = std::fs::read_dir("/home").is_ok() || std::fs::read("/etc/shadow").is_ok();
        let written = std::fs::write("/tmp/memgrade-figures-were-here", "x").is_ok();
        println!("cost = {} calls", u32::from(home) + 2 * u32::from(written));
    }"#;
    lesson(&measured_course(program), &[]).says("it costs 0 calls†");
    assert!(!std::path::Path::new("/tmp/memgrade-figures-were-here").exists());
}

#[test]
fn without_an_exercise_the_day_is_told() {
    let place = Place::new();
    place
        .memgrade(["lesson"])
        .ends_with(0)
        .says("# What memory really does")
        .says("## Before this day")
        .says("- Say where a value lives")
        .says("| `memory_layout` | 30 |")
        .says("## After this day");
    place.hello_course();
    place
        .memgrade(["lesson"])
        .ends_with(0)
        .says("# A small course\n\n## Exercises\n")
        .does_not_say("After this day");
}

#[test]
fn the_list_names_the_day_and_its_neighbors_and_keeps_its_lines() {
    let place = Place::new();
    let listed = place
        .memgrade(["list"])
        .ends_with(0)
        .says("What memory really does\nDay ")
        .says("\nbefore: ")
        .says("\nafter: ");
    let course = root().join("exercises");
    for line in listed.stdout.lines().filter(|line| line.starts_with("  ")) {
        let id = line.split_whitespace().next().unwrap();
        assert!(course.join(id).is_dir(), "{line}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn verify_holds_the_lesson_to_its_word() {
    let place = measured_course(RESTLESS);
    let spec = super::support::HELLO.replace("[starter]", "minutes = 20\n[starter]");
    let outline = "format_version = 1\ntitle = \"Small\"\nminutes = 10\nexercises = [\"hello\"]\n";
    let shown = LESSON.replace("cost", "coost") + "\nIt takes about 25 minutes.\n";
    place
        .write("exercises/hello/exercise.toml", spec)
        .write("course.toml", outline)
        .write("exercises/hello/README.md", shown);
    place
        .memgrade(["verify"])
        .ends_with(1)
        .says("error[verify/figure]: the program does not print the figure `coost`")
        .says("--> exercises/hello/README.md:3")
        .says("write `cost`")
        .says("error[verify/figure]: the lesson does not show the figure `cost`")
        .says("error[verify/minutes]: the lesson of `hello` says 25 minutes, and its spec says 20")
        .says("error[verify/minutes]: the course takes 10 minutes, and its exercises take 20 together")
        .says("--> course.toml:3");
    place
        .write("exercises/hello/figures.rs", "fn main() { broken }\n")
        .memgrade(["verify", "hello"])
        .ends_with(1)
        .says("error[verify/figures]: the program that measures the figures does not compile")
        .says("--> exercises/hello/figures.rs:1");
}

#[test]
#[cfg(target_os = "linux")]
fn every_lesson_of_the_course_is_measured_and_the_day_has_time_for_them() {
    let place = Place::new();
    let listed = place.memgrade(["list"]).ends_with(0).stdout;
    for line in listed.lines().filter(|line| line.starts_with("  ")) {
        let id = line.split_whitespace().next().unwrap();
        let told = place.memgrade(["lesson", id]).ends_with(0);
        if root()
            .join("exercises")
            .join(id)
            .join("figures.rs")
            .exists()
        {
            assert!(told.stdout.contains('†'), "{}", told.stdout);
            assert!(!told.stdout.contains("nothing measures"), "{}", told.stdout);
        }
    }
}
