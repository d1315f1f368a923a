//! `memgrade verify`, beyond right and wrong programs: the author's files, the texts that learners read, and where each limit stands.

use super::proving::proved_course;
use super::support::{Done, HELLO, Place, SOLUTION};

const SPEC: &str = "exercises/hello/exercise.toml";
const LESSON: &str = "exercises/hello/README.md";

/// What comes of the course with one file changed.
fn with(path: &str, text: &str) -> Done {
    let place = proved_course();
    place.write(path, text);
    place.memgrade(["verify"])
}

#[test]
fn files_are_written_as_rustfmt_writes_them() {
    let two = SOLUTION.replace("    ", "  ");
    with("solutions/hello/main.rs", &two)
        .ends_with(1)
        .says("verify/format")
        .says("solutions/hello/main.rs:2")
        .says("rustfmt writes: let block = vec![7u8; 100];")
        .says("rustfmt --edition 2024 solutions/hello/main.rs");
    with("exercises/hello/main.rs", "fn main () {}\n")
        .ends_with(1)
        .says("exercises/hello/main.rs:1");

    // The settings of the course count, and nobody else's.
    let place = proved_course();
    let home = place.work().parent().unwrap().join("home/.config/rustfmt");
    std::fs::create_dir_all(&home).unwrap();
    std::fs::write(home.join("rustfmt.toml"), "tab_spaces = 8\n").unwrap();
    place.memgrade(["verify"]).ends_with(0);
    place
        .write("rustfmt.toml", "tab_spaces = 2\n")
        .write("solutions/hello/main.rs", &two)
        .memgrade(["verify"])
        .ends_with(0)
        .says("2 files are written as it writes them");
    place
        .write("rustfmt.toml", "tab_spaces = \"wide\"\n")
        .memgrade(["verify"])
        .ends_with(1)
        .says("rustfmt cannot read");
}

#[test]
fn clippy_has_nothing_to_say() {
    let needless = SOLUTION.replace("drop(block);", "drop(block);\n    return;");
    with("solutions/hello/main.rs", &needless)
        .ends_with(1)
        .says("verify/clippy")
        .says("solutions/hello/main.rs:5")
        .says("clippy::needless_return");
    with(
        "exercises/hello/main.rs",
        "fn main() {\n    let greeting = \"hello\";\n}\n",
    )
    .ends_with(1)
    .says("unused_variables");
    // As the spec allows it, learners do not read of it either.
    let place = proved_course();
    let allowed = HELLO.replace(
        "[starter]",
        "[source]\nallow_lints = [\"unused_variables\"]\n\n[starter]",
    );
    place
        .write(SPEC, allowed)
        .write(
            "exercises/hello/main.rs",
            "fn main() {\n    let greeting = \"hello\";\n}\n",
        )
        .memgrade(["verify"])
        .ends_with(0);
    // A starter may fail to compile on purpose, and then clippy has nothing to add.
    let place = proved_course();
    let broken = HELLO.replace("output/missing-line", "build/does-not-compile");
    place
        .write(SPEC, broken)
        .write("exercises/hello/main.rs", "fn main() {\n    hello()\n}\n")
        .memgrade(["verify"])
        .ends_with(0)
        .says("nothing to say about the solution\n");
}

#[test]
fn a_tool_that_is_missing_is_neither_pass_nor_failure() {
    let place = proved_course();
    place
        .memgrade_with(&[("MEMGRADE_WITHOUT", "rustfmt clippy-driver")], ["verify"])
        .ends_with(0)
        .says("?      rustfmt                        cannot be checked here: this toolchain has no")
        .says("?      clippy                         cannot be checked here: this toolchain has no")
        .says("(`rustup component add rustfmt`)")
        .says("(`rustup component add clippy`)")
        .says("the course holds: ")
        .says("; 2 cannot be checked here");
    // What can be checked still can fail.
    place.write(
        "exercises/hello/main.rs",
        "fn main() {\n    let a = 5;\n}\n",
    );
    place
        .memgrade_with(&[("MEMGRADE_WITHOUT", "rustfmt")], ["verify"])
        .ends_with(1)
        .says("; 1 cannot be checked here");
}

#[test]
fn files_that_belong_to_nothing_are_told() {
    for (path, help) in [
        (
            "exercises/hello/main.rs~",
            "an editor or a tool has left it",
        ),
        (
            "exercises/hello/target/debug/x",
            "exercises are no Cargo packages",
        ),
        (
            "solutions/hello/Cargo.lock",
            "exercises are no Cargo packages",
        ),
        ("exercises/hello/other.rs", "list it in `source.files`"),
        ("exercises/hello/picture.svg", "link to it in the lesson"),
        ("tests/wrong/hello/notes.txt", "link to it in the lesson"),
        ("exercises/draft/main.rs", "course.toml does not list it"),
    ] {
        with(path, "")
            .ends_with(1)
            .says("verify/stray-file")
            .says(help);
    }
    let place = proved_course();
    place
        .write("exercises/hello/picture.svg", "<svg/>")
        .write(LESSON, "# Hello\n\n![what it looks like](picture.svg)\n")
        .memgrade(["verify"])
        .ends_with(0);
}

#[test]
fn what_learners_read_leads_somewhere() {
    for (lesson, told) in [
        (
            "See [more](more.md).",
            "there is no `exercises/hello/more.md`",
        ),
        ("See [more](#more).", "there is no heading `#more`"),
        (
            "See [the answer](../../solutions/hello/main.rs).",
            "is not given to students",
        ),
        (
            "See [the web](http:/doc.rust-lang.org).",
            "no address of the web",
        ),
        (
            "Type `memgrade chekc hello`.",
            "a similar subcommand exists: 'check'",
        ),
        (
            "```\nmemgrade check helo\n```",
            "there is no exercise `helo`",
        ),
        ("    memgrade check hello --limit wal=2s", "cannot be typed"),
        (
            "    memgrade explain heap/peek",
            "there is no code `heap/peek`",
        ),
        (
            "It is\nis so, and and so on.",
            "the word `and` stands twice",
        ),
    ] {
        with(LESSON, &format!("# Hello\n\n{lesson}\n"))
            .ends_with(1)
            .says(told)
            .says("exercises/hello/README.md:");
    }
    let fine = "# Hello\n\n## More\n\nSee [more](#more), [the web](https://doc.rust-lang.org/std/), [the starter](main.rs).\n\n\
        ```console\n$ memgrade check hello --submission .   # the the comment\n$ memgrade run hello.rs -- a a\n```\n\n\
        `memgrade hint`, `memgrade check EXERCISE`, and `memgrade` itself.\n";
    with(LESSON, fine)
        .ends_with(0)
        .says("3 links (1 of them to the web, which");
    // The same in hints, at the check's line.
    let hint = HELLO.replace("\"println!\"", "\"Try `memgrade lesson helo`\"");
    with(SPEC, &hint)
        .ends_with(1)
        .says("there is no exercise `helo`")
        .says("exercises/hello/exercise.toml:13");
}

#[test]
fn the_day_and_the_questions_are_read_too() {
    let day = "format_version = 1\ntitle = \"A small course\"\nexercises = [\"hello\"]\nobjectives = [\n    \"Say hello.\",\n    \
        \"Know what what you say costs.\",\n]\n";
    with("course.toml", day)
        .ends_with(1)
        .says("the word `what` stands twice")
        .says("course.toml:6");
    let question = "format_version = 1\n\n[[item]]\nid = \"q\"\nquestion = \"What does `memgrade helo` say?\"\n\
        number = { right = 1 }\n";
    with("exercises/checklist.toml", question)
        .ends_with(1)
        .says("`memgrade helo` cannot be typed")
        .says("exercises/checklist.toml:5");
    with("course.toml", &day.replace("what what", "what"))
        .ends_with(0)
        .says("2 objectives");
    // Who asks about one exercise is not told of the rest.
    let place = proved_course();
    place
        .write("course.toml", day)
        .memgrade(["verify", "hello"])
        .ends_with(0);
}

#[test]
fn hints_lead_and_never_tell() {
    let telling = HELLO.replace(
        "\"Vec::with_capacity\"",
        "\"Write `let block = vec![7u8; 100]` first.\"",
    );
    with(SPEC, &telling)
        .ends_with(1)
        .says("verify/hint-tells")
        .says("line 2 of solutions/hello/main.rs: let block = vec![7u8; 100];");
    let none = HELLO.replace("hints = [\"println!\"]\n", "");
    with(SPEC, &none).ends_with(1).says("verify/no-hint");
}

/// The course with a bound that is not exact, and its spec.
fn bounded(bound: &str) -> (Place, String) {
    let place = proved_course();
    let spec = HELLO.replace("total_blocks = { exactly = 1 }", bound);
    place.write(SPEC, &spec);
    for blocks in [0, 2, 3, 4, 5] {
        let path = format!("tests/wrong/hello/blocks_{blocks}.rs");
        let text = std::fs::read_to_string(place.work().join(&path)).unwrap();
        place.write(
            &path,
            text.replace("heap/too-many-blocks", "heap/too-many-bytes")
                .replace("heap/too-few-blocks", "heap/too-few-bytes"),
        );
    }
    (place, spec)
}

#[test]
fn each_limit_is_told_with_what_is_on_its_two_sides() {
    let (place, _) = bounded("total_bytes = { at_least = 50, at_most = 150 }");
    place
        .memgrade(["verify"])
        .ends_with(0)
        .says("2 bounds that are not exact, with a margin of 5 % on both")
        .says("plain/one block: total_bytes at least 50 B: solution 100 bytes, nearest wrong 0 bytes")
        .says("plain/one block: total_bytes at most 150 B: solution 100 bytes, nearest wrong 200 bytes")
        .says("(blocks_2)");
    // By a hair on either side.
    let (place, _) = bounded("total_bytes = { at_least = 50, at_most = 103 }");
    place
        .memgrade(["verify"])
        .ends_with(1)
        .says("the solution meets a bound of `plain/one block` by a hair");
    let (place, _) = bounded("total_bytes = { at_least = 50, at_most = 196 }");
    place
        .memgrade(["verify"])
        .ends_with(1)
        .says("keeps the known-wrong submission `blocks_2` out by a hair")
        .says("exercises/hello/exercise.toml:16");
}

#[test]
fn calibrating_proposes_lines_and_writes_nothing() {
    let (place, spec) = bounded("total_bytes = { at_least = 10, at_most = \"4 KiB\" }");
    let done = place
        .memgrade(["verify", "--calibrate", "--repeat", "2"])
        .ends_with(0);
    insta::assert_snapshot!(done.stdout);
    assert_eq!(
        std::fs::read_to_string(place.work().join(SPEC)).unwrap(),
        spec
    );
    // The proposed line holds.
    let line = done
        .stdout
        .lines()
        .find(|line| line.starts_with("heap = "))
        .expect("a line to paste");
    let number = 19;
    let mut lines: Vec<&str> = spec.lines().collect();
    assert!(done.stdout.contains(&format!("{SPEC}:{number} becomes")));
    lines[number - 1] = line;
    place
        .write(SPEC, lines.join("\n"))
        .memgrade(["verify"])
        .ends_with(0);
    place
        .memgrade(["verify", "--calibrate"])
        .ends_with(0)
        .says("no line of the spec has to change");
}

#[test]
fn figures_that_no_limit_separates_are_told() {
    let (place, _) = bounded("total_bytes = { at_most = 150 }");
    place.write(
        "tests/wrong/hello/blocks_0.rs",
        "//@ about: like the solution\n//@ finding: heap/too-many-bytes in plain/one block\n//@ output: right\n\
        fn main() {\n    drop(vec![7u8; 90]);\n    println!(\"hello\");\n}\n",
    );
    place
        .memgrade(["verify", "hello", "--calibrate"])
        .ends_with(1)
        .says("90 bytes  blocks_0")
        .says("nothing: no limit separates them");
    let place = proved_course();
    place
        .memgrade(["verify", "--calibrate"])
        .ends_with(0)
        .says("every bound is exact: there is nothing to propose");
    place
        .memgrade(["verify", "--calibrate", "--mutate"])
        .ends_with(2)
        .complains("--mutate");
    place.write("solutions/hello/main.rs", "fn main() { absent() }\n");
    place
        .memgrade(["verify", "--calibrate"])
        .ends_with(1)
        .says("build/does-not-compile");
}
