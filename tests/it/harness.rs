//! Exercises whose own program calls the learner's code: a small course of such an exercise, and everything that can go wrong with it.

use super::support::{Done, Place};

const COURSE: &str = "format_version = 1\ntitle = \"A small course\"\nexercises = [\"shelf\"]\n";

const SPEC: &str = r#"format_version = 1
title = "A shelf that holds so many things"

[source]
files = ["lib.rs"]

[harness]
file = "drive.rs"
given = "given.rs"
interface = """
pub struct Shelf<T>;
impl<T> Shelf<T> {
    pub fn new(capacity: usize) -> Self;
}
impl<T> given::Store<T> for Shelf<T> {}
pub fn total(values: &[u64]) -> u64;
"""

[starter]
findings = ["output/differs"]

[[case]]
name = "plain"
args = ["4"]
finishes_with = '^done$'

[[case.check]]
name = "holds"
output = { lines = ["held 4 of 8, total 10", "done"] }
hints = ["What goes when the shelf is full?"]

[[case.check]]
name = "one block for each thing"
points = 2
needs = ["holds"]
heap = { between = { to = { line = "^held" } }, total_blocks = { exactly = 9 } }
hints = ["A box for each, and a list that is made once."]

[[case.check]]
name = "loses nothing"
leak = { none = true }
hints = ["Who drops what goes?"]
"#;

const GIVEN: &str = "//! What a store does.\n\npub trait Store<T> {\n    /// Keeps a thing.\n    fn keep(&mut self, thing: T);\n\n    \
    /// How many there are.\n    fn held(&self) -> usize;\n}\n";

/// Its own list, text and thread-local are none of the learner's.
const DRIVE: &str = r#"use given::Store;
use submission::{Shelf, total};

static SECRET: &str = "the harness's own words";

fn main() {
    let capacity: usize = std::env::args().nth(1).map_or(4, |text| text.parse().unwrap());
    let mut own: Vec<String> = Vec::new();
    let mut shelf = Shelf::new(capacity);
    for number in 0..8u64 {
        own.push(format!("{SECRET} {number}"));
        shelf.keep(number);
    }
    let total = total(&[1, 2, 3, 4]);
    println!("held {} of {}, total {total}", shelf.held(), own.len());
    drop(shelf);
    println!("done");
}
"#;

const LEARNERS: &str = r"use given::Store;

pub struct Shelf<T> {
    capacity: usize,
    things: Vec<Box<T>>,
}

impl<T> Shelf<T> {
    pub fn new(capacity: usize) -> Self {
        Self { capacity: capacity.into(), things: Vec::with_capacity(capacity.into()) }
    }
}

impl<T> Store<T> for Shelf<T> {
    fn keep(&mut self, thing: T) {
        if self.things.len() == self.capacity {
            self.things.remove(0);
        }
        self.things.push(Box::new(thing));
    }

    fn held(&self) -> usize {
        self.things.len()
    }
}

pub fn total(values: &[u64]) -> u64 {
    values.iter().sum()
}
";

/// Keeps nothing.
fn starter() -> String {
    LEARNERS.replace("self.things.push(Box::new(thing));", "drop(thing);")
}

/// A course of its own, and what a learner handed in.
fn shelf(learners: &str) -> Place {
    let place = Place::new();
    place
        .write("course.toml", COURSE)
        .write("exercises/shelf/exercise.toml", SPEC)
        .write("exercises/shelf/drive.rs", DRIVE)
        .write("exercises/shelf/given.rs", GIVEN)
        .write("exercises/shelf/lib.rs", starter())
        .write("exercises/shelf/README.md", "# A shelf\n\nKeep things.\n")
        .write("solutions/shelf/lib.rs", LEARNERS)
        .write("mine/shelf/lib.rs", learners);
    place
}

fn checked(learners: &str) -> Done {
    shelf(learners).memgrade(["check", "--submission", "mine"])
}

/// Nothing of the harness is in what a learner gets to read.
#[track_caller]
fn tells_nothing_of_the_harness(done: &Done) {
    for secret in ["own words", "drive.rs:", "own.push", "number in 0..8"] {
        assert!(!done.stdout.contains(secret), "{secret}: {}", done.stdout);
    }
}

#[test]
fn a_right_library_passes_and_only_its_own_blocks_count() {
    let place = shelf(LEARNERS);
    let done = place
        .memgrade(["check", "--submission", "mine", "--format", "json"])
        .ends_with(0);
    let run = &done.json()["exercises"][0]["cases"][0]["run"];
    // The list, and eight boxes of eight bytes; the eight texts and their list are the harness's.
    assert_eq!(run["heap"]["total"]["blocks"], 9);
    assert_eq!(run["heap"]["total"]["bytes"], 8 * 8 + 4 * 8);
    assert_eq!(run["heap"]["peak"]["blocks"], 5);
    assert_eq!(run["heap"]["at_exit"]["blocks"], 0);
    for site in run["heap"]["sites"].as_array().unwrap() {
        assert_eq!(site["file"], "shelf/lib.rs", "{site}");
    }
    assert_eq!(
        run["timeline"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|p| !p["mark"].is_null())
            .count(),
        2
    );
}

#[test]
fn what_a_learners_code_does_not_have_is_told_in_the_words_of_the_interface() {
    let table = [
        (
            "pub fn total(values: &[u64])",
            "fn sum(values: &[u64])",
            "there is no function `total`",
        ),
        (
            "pub fn total(values: &[u64])",
            "fn total(values: &[u64])",
            "`total` is not public",
        ),
        (
            "total(values: &[u64]) -> u64",
            "total(values: &[u64]) -> u32",
            "`total` is not as this exercise asks for it",
        ),
        (
            "pub fn new(capacity: usize)",
            "pub fn new(capacity: u8)",
            "`Shelf::new` is not as this exercise asks for it",
        ),
        (
            "pub fn new(capacity: usize)",
            "pub fn with(capacity: usize)",
            "there is no function `Shelf::new`",
        ),
        (
            "Store<T> for Shelf<T>",
            "Shelf<T>",
            "there is no `impl given::Store<T> for Shelf`",
        ),
        (
            "pub struct Shelf<T>",
            "struct Shelf<T>",
            "`Shelf` is not public",
        ),
    ];
    for (from, to, told) in table {
        assert!(LEARNERS.contains(from));
        let learners = LEARNERS
            .replace(from, to)
            .replace("iter().sum()", "iter().map(|_| 1).sum()");
        let done = checked(&learners)
            .ends_with(1)
            .says("build/wrong-interface")
            .says(told)
            .says("asked for: ")
            .says("0 of 4 points");
        tells_nothing_of_the_harness(&done);
    }
    // A type of another kind is told with what there is.
    checked(
        &LEARNERS
            .replace("total(values: &[u64])", "total(values: &[u32])")
            .replace("iter().sum()", "len() as u64"),
    )
    .ends_with(1)
    .says("shelf/lib.rs:27")
    .says("expected reference `&[u32]`")
    .says("asked for: pub fn total(values: &[u64]) -> u64");
}

#[test]
fn a_learners_own_main_is_not_run() {
    let own = format!("{LEARNERS}\nfn main() {{\n    loop {{}}\n}}\n");
    checked(&own).ends_with(0).says("4 of 4 points");
    // Nor can it take the place of the harness's.
    let exported = format!("{LEARNERS}\n#[unsafe(no_mangle)]\npub extern \"C\" fn main() {{}}\n");
    checked(&exported).ends_with(1).says("unsafe");
}

#[test]
fn the_harness_cannot_be_reached_from_the_learners_code() {
    for reaching in [
        "pub const TEXT: &str = include_str!(\"drive.rs\");",
        "pub const TEXT: &str = include_str!(\"../harness/harness.rs\");",
        "pub const TEXT: &str = include_str!(\"../../harness/harness.rs\");",
        "pub const TEXT: &str = include_str!(\"../exercises/shelf/drive.rs\");",
        "#[path = \"../../harness/harness.rs\"]\nmod stolen;",
        "extern crate memgrade_harness;",
        "extern crate harness;",
        "use super::main;",
        "pub fn f() { super::main() }",
        "pub fn f() -> &'static str { crate::SECRET }",
    ] {
        let done = checked(&format!("{reaching}\n{LEARNERS}"))
            .ends_with(1)
            .says("build/does-not-compile")
            .says("shelf/lib.rs:");
        tells_nothing_of_the_harness(&done);
    }
    // The author's folder holds the harness beside the learner's file; it is no file of the learner's there either.
    let place = shelf(LEARNERS);
    place.write(
        "exercises/shelf/lib.rs",
        format!("pub const TEXT: &str = include_str!(\"drive.rs\");\n{LEARNERS}"),
    );
    place
        .memgrade(["check", "--submission", "exercises"])
        .ends_with(1)
        .says("couldn't read");
}

#[test]
fn a_learners_code_neither_prints_nor_ends_in_the_harnesss_place() {
    for speaking in [
        "std::process::exit(0);",
        "println!(\"held 4 of 8, total 10\\ndone\"); std::process::exit(0);",
        "use std::process::*; exit(0);",
        "extern crate std as s; s::process::exit(0);",
        "use std::{process as p}; p::abort();",
        "use std::io::{self, Write}; let _ = io::stdout().write_all(b\"done\\n\");",
        "use std::io::*; let _ = stdout().write_all(b\"done\\n\");",
        "std::print!(\"x\");",
        "let _ = std::fs::write(\"/proc/self/fd/1\", \"done\\n\");",
        "macro_rules! leave { ($e:ident) => { std::process::$e(0) } } leave!(exit);",
    ] {
        let learners = LEARNERS.replace(
            "if self.things.len() == self.capacity {",
            &format!("{speaking}\n        if self.things.len() == self.capacity {{"),
        );
        checked(&learners)
            .ends_with(1)
            .says("source/forbidden-item")
            .says("shelf/lib.rs:16")
            .says("0 of 4 points");
    }
    let looking = LEARNERS.replace(
        "self.things.push",
        "dbg!(1);\n        eprintln!(\"look\");\n        self.things.push",
    );
    checked(&looking).ends_with(0);
}

#[test]
fn a_leak_in_a_generic_type_is_told_at_its_line() {
    let leaking = LEARNERS.replace(
        "self.things.remove(0);",
        "std::mem::forget(self.things.remove(0));",
    );
    let done = checked(&leaking)
        .ends_with(1)
        .says("3 of 4 points")
        .says("error[leak/")
        .says("shelf/lib.rs:17");
    tells_nothing_of_the_harness(&done);
}

#[test]
fn a_harness_that_does_not_compile_is_its_authors_fault() {
    let place = shelf(LEARNERS);
    place.write(
        "exercises/shelf/drive.rs",
        DRIVE.replace("shelf.held()", "shelf.hold()"),
    );
    let done = place
        .memgrade(["check", "--submission", "mine"])
        .ends_with(2)
        .says("harness/does-not-compile")
        .says("4 undecided");
    tells_nothing_of_the_harness(&done);
    assert!(!done.stdout.contains("`hold`"), "{}", done.stdout);
    let json = place
        .memgrade(["check", "--submission", "mine", "--format", "json"])
        .ends_with(2);
    tells_nothing_of_the_harness(&json);
    assert_eq!(json.json()["exercises"][0]["verdict"], "error");
    place
        .memgrade(["verify"])
        .ends_with(2)
        .says("harness/does-not-compile")
        .says("exercises/shelf/drive.rs:15")
        .says("hold");

    // What it gives is a part of it.
    let place = shelf(LEARNERS);
    place.write(
        "exercises/shelf/given.rs",
        GIVEN.replace("thing: T", "thing: U"),
    );
    place
        .memgrade(["check", "--submission", "mine"])
        .ends_with(2);
    place
        .memgrade(["verify"])
        .ends_with(2)
        .says("exercises/shelf/given.rs:5");
}

#[test]
fn mistakes_in_the_spec_are_told_at_their_lines() {
    let told = |from: &str, to: &str, message: &str| {
        let place = shelf(LEARNERS);
        assert!(SPEC.contains(from));
        place.write("exercises/shelf/exercise.toml", SPEC.replace(from, to));
        place
            .memgrade(["list"])
            .ends_with(2)
            .complains(message)
            .complains("exercises/shelf/exercise.toml:");
    };
    told(
        "\"drive.rs\"",
        "\"driver.rs\"",
        "there is no exercises/shelf/driver.rs",
    );
    told(
        "\"drive.rs\"",
        "\"lib.rs\"",
        "a file that the learner hands in",
    );
    told("\"given.rs\"", "\"drive.rs\"", "two files named `drive.rs`");
    told(
        "\"given.rs\"",
        "\"../given.rs\"",
        "leads out of the exercise's folder",
    );
    told("-> Self;", "-> Self { }", "the interface is not understood");
    let place = shelf(LEARNERS);
    place.write(
        "exercises/shelf/drive.rs",
        DRIVE.replace("{Shelf, total}", "*"),
    );
    place
        .memgrade(["list"])
        .ends_with(2)
        .complains("spec/harness")
        .complains("exercises/shelf/drive.rs:2");
}

#[test]
fn an_exercise_with_a_harness_can_be_proved() {
    let place = shelf(LEARNERS);
    // As rustfmt and clippy want them.
    let tidy = |text: &str| {
        let new = "Self { capacity: capacity.into(), things: Vec::with_capacity(capacity.into()) }";
        let fields = "Self {\n            capacity,\n            things: Vec::with_capacity(capacity),\n        }";
        assert!(text.contains(new));
        text.replace(new, fields)
    };
    let drive = DRIVE.replace(
        "args().nth(1).map_or",
        "args()\n        .nth(1)\n        .map_or",
    );
    place
        .write("solutions/shelf/lib.rs", tidy(LEARNERS))
        .write("exercises/shelf/lib.rs", tidy(&starter()))
        .write("exercises/shelf/drive.rs", drive);
    let wrong = |name: &str, header: &str, text: &str| {
        place.write(
            &format!("tests/wrong/shelf/{name}.rs"),
            format!("//@ about: {name}\n{header}{text}"),
        );
    };
    let with = |from: &str, to: &str| {
        assert!(LEARNERS.contains(from));
        LEARNERS.replace(from, to)
    };
    wrong(
        "nothing",
        "//@ finding: output/differs in plain/holds\n",
        &starter(),
    );
    wrong(
        "first",
        "//@ finding: output/differs in plain/holds\n",
        &with("values.iter().sum()", "values.iter().skip(1).sum()"),
    );
    wrong(
        "empty",
        "//@ finding: build/wrong-interface\n",
        "//! Nothing.\n",
    );
    let lost = "//@ finding: leak/forgotten in plain/loses nothing\n//@ output: right\n";
    let right = "//@ output: right\n";
    wrong(
        "forgets",
        lost,
        &with(
            "self.things.remove(0);",
            "std::mem::forget(self.things.remove(0));",
        ),
    );
    let many =
        format!("//@ finding: heap/too-many-blocks in plain/one block for each thing\n{right}");
    wrong(
        "grows",
        &many,
        &with(
            "Vec::with_capacity(capacity.into())",
            "Vec::with_capacity(capacity / 4)",
        ),
    );
    wrong(
        "two",
        &many,
        &with("Box::new(thing)", "{ drop(Box::new(1)); Box::new(thing) }"),
    );
    wrong(
        "text",
        &many,
        &with(
            "values.iter().sum()",
            "String::from(\"x\").len() as u64 * 0 + values.iter().sum::<u64>()",
        ),
    );
    place
        .memgrade(["verify", "--mutate"])
        .ends_with(0)
        .says("the course holds")
        .says("asks for 4 things");
}

#[test]
fn memory_errors_of_the_learners_code_are_found_behind_a_harness() {
    let place = shelf(LEARNERS);
    let spec = SPEC
        .replace(
            "files = [\"lib.rs\"]",
            "files = [\"lib.rs\"]\nunsafe_code = \"allow\"",
        )
        .replace("[source]", "memory_errors = true\n\n[source]");
    place.write("exercises/shelf/exercise.toml", spec);
    place
        .memgrade(["check", "--submission", "mine"])
        .ends_with(0)
        .says("4 of 4 points");
    let freed = LEARNERS.replace(
        "values.iter().sum()",
        "let one = Box::into_raw(Box::new(values.len() as u64));\n    unsafe { drop(Box::from_raw(one)); *one - 4 + 10 }",
    );
    place.write("mine/shelf/lib.rs", freed);
    let done = place
        .memgrade(["check", "--submission", "mine"])
        .ends_with(1)
        .says("memory/use-after-free")
        .says("shelf/lib.rs:29");
    tells_nothing_of_the_harness(&done);
}
