//! `memgrade pack`: a bundle that works for students and tells them nothing.

use std::fs;

use super::support::{Place, read_all, root};

const SPEC: &str = r#"# The author's own notes: beware of quokkas.
format_version = 1
title = "Take a number and double it"

[source]
files = ["lib.rs"]

[harness]
file = "drive.rs"
given = "given.rs"
interface = """
pub struct Doubler;
impl given::Double for Doubler {}
"""

[starter]
findings = ["output/differs"]

[[case]]
name = "seven"
args = ["7"]
[[case.check]]
name = "doubles it"
output = { lines = ["doubled: 14"] }
hints = ["What is twice seven?"]
[[case.check]]
name = "keeps quiet about its weight"
hidden = true
points = 2
heap = { total_blocks = { at_most = 4 } }
hints = ["What needs a block?"]

# Nobody must know: platypus.
[[case]]
name = "the wombat case"
args = ["--numbat", "4711"]
stdin = "bandicoot"
hidden = true
[[case.check]]
name = "echidna holds"
points = 3
output = { lines = ["doubled: 9422"] }
hints = ["Is it really doubled?"]
"#;

const CHECKLIST: &str = r#"format_version = 1
# The right one is the second: dingo.
[[item]]
id = "first"
question = "Which is right?"
evidence = ["doubling/seven/doubles it", "doubling/the wombat case/echidna holds"]
[item.choice]
right = ["beta"]
options = { alpha = "One", beta = "Two" }

[[item]]
id = "second"
question = "How many?"
evidence = ["doubling/seven/doubles it"]
[item.number]
right = 8128
unit = "bytes"

[[item]]
id = "third"
question = "In which order?"
[item.order]
right = ["b", "c", "a"]
things = { a = "A", b = "B", c = "C" }

[[item]]
id = "fourth"
question = "Why?"
[item.text]
rubric = [{ points = 2, says = "because of the cassowary" }]
"#;

const GIVEN: &str = "//! What a doubler does.\n\n/// Doubles.\npub trait Double {\n    /// Twice the number.\n    fn double(&self, number: u64) -> u64;\n}\n";
const DRIVE: &str = "use given::Double;\nuse submission::Doubler;\n\nfn main() {\n    let numbers = std::env::args().filter_map(|kookaburra| kookaburra.parse().ok());\n    \
    for number in numbers {\n        println!(\"doubled: {}\", Doubler.double(number));\n    }\n}\n";
const SOLUTION: &str = "use given::Double;\n\npub struct Doubler;\n\nimpl Double for Doubler {\n    fn double(&self, number: u64) -> u64 {\n        \
    number.checked_mul(2).unwrap_or(number)\n    }\n}\n";

fn starter() -> String {
    SOLUTION.replace("number.checked_mul(2).unwrap_or(number)", "number")
}

/// A course with something hidden in every place where something can be.
fn secretive() -> Place {
    let place = Place::new();
    place
        .write(
            "course.toml",
            "# Not for students: bilby.\nformat_version = 1\ntitle = \"Doubling\"\nexercises = [\"doubling\"]\n",
        )
        .write("exercises/doubling/exercise.toml", SPEC)
        .write(
            "exercises/doubling/README.md",
            "# Doubling\n\nSee [the trait](given.rs) and [what is checked](exercise.toml).\n\n![a curve](curve.svg)\n",
        )
        .write("exercises/doubling/curve.svg", "<svg/>\n")
        .write("exercises/doubling/notes.txt", "my own: thylacine\n")
        .write("exercises/doubling/given.rs", GIVEN)
        .write("exercises/doubling/drive.rs", DRIVE)
        .write("exercises/doubling/lib.rs", starter())
        .write("exercises/checklist.toml", CHECKLIST)
        .write("solutions/doubling/lib.rs", SOLUTION)
        .write("solutions/answers.toml", "first = \"beta\"\nsecond = 8128\n")
        .write(
            "tests/wrong/doubling/triples.rs",
            "//@ about: quoll\n//@ finding: output/differs in seven/doubles it\n",
        );
    place
}

#[test]
fn a_bundle_has_what_students_need_and_nothing_else() {
    let place = secretive();
    let done = place.memgrade(["pack", "-o", "out/day"]).ends_with(0);
    insta::assert_snapshot!("pack", done.stdout);
    let bundle = read_all(&place.work().join("out/day"));
    let names: Vec<&str> = bundle.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            ".memgrade-pack",
            "README.md",
            "course.toml",
            "exercises/checklist.toml",
            "exercises/doubling/README.md",
            "exercises/doubling/curve.svg",
            "exercises/doubling/drive.rs.sealed",
            "exercises/doubling/exercise.toml",
            "exercises/doubling/given.rs",
            "exercises/doubling/lib.rs",
        ]
    );
    for (name, bytes) in &bundle {
        let text = String::from_utf8_lossy(bytes);
        for secret in [
            // Comments, names and input of what is hidden, the author's files.
            "quokka",
            "platypus",
            "bilby",
            "dingo",
            "thylacine",
            "quoll",
            "wombat",
            "numbat",
            "4711",
            "bandicoot",
            "echidna",
            "9422",
            "keeps quiet",
            "weight",
            "Is it really",
            "What needs",
            // Right answers.
            "right =",
            "8128",
            "cassowary",
            "rubric",
            "\"beta\"",
            "[\"b\", \"c\", \"a\"]",
            // The harness, the solution.
            "kookaburra",
            "checked_mul",
            "std::env::args",
            "output/differs",
        ] {
            assert!(!text.contains(secret), "{secret} is in {name}:\n{text}");
        }
        let secret_lines = DRIVE.lines().chain(SOLUTION.lines()).map(str::trim);
        for line in secret_lines.filter(|line| line.len() > 8 && !starter().contains(line)) {
            assert!(!text.contains(line), "{line} is in {name}");
        }
    }
    insta::assert_snapshot!(
        "packed-spec",
        String::from_utf8_lossy(&bundle["exercises/doubling/exercise.toml"])
    );
    // The same course gives the same bytes.
    place.memgrade(["pack", "-o", "again"]).ends_with(0);
    assert_eq!(bundle, read_all(&place.work().join("again")));
}

#[test]
fn students_work_with_a_bundle_as_with_a_course() {
    let place = secretive();
    place.memgrade(["pack", "-o", "day"]).ends_with(0);
    let day = ["--course", "day"];
    let with = |words: &[&str]| place.memgrade(words.iter().chain(&day));
    with(&["list"])
        .ends_with(0)
        .says("doubling")
        .says("1 point ");
    with(&["lesson", "doubling"])
        .ends_with(0)
        .says("# Doubling");
    with(&["hint", "doubling"])
        .ends_with(0)
        .says("What is twice seven?");
    with(&["check", "doubling", "--submission", "day/exercises"])
        .ends_with(1)
        .says("output/differs")
        .says("0 of 1 point\n")
        .says("2 hidden checks worth 5 points more: your teacher judges that")
        .does_not_say("wombat");
    place
        .write("day/exercises/doubling/lib.rs", SOLUTION)
        .write(
            "day/exercises/answers.toml",
            "first = \"beta\"\nsecond = \"8128 bytes\"\nthird = [\"b\", \"c\", \"a\"]\nfourth = \"It is so.\"\n",
        );
    let done = with(&["check", "--submission", "day/exercises"])
        .ends_with(0)
        .says("1 of 1 point\n")
        .says("2 hidden checks worth 5 points more: your teacher judges that")
        .says("the answer is right; your teacher runs a hidden check for the");
    assert!(!done.stdout.contains("echidna"), "{}", done.stdout);
    let json = with(&["check", "--format", "json", "--submission", "day/exercises"])
        .ends_with(0)
        .json();
    let withheld = serde_json::json!({ "checks": 2, "points": 5 });
    assert_eq!(json["exercises"][0]["withheld"], withheld);
    let items = &json["checklist"]["items"];
    assert_eq!(items[0]["pending"], true);
    assert_eq!(items[0]["answer_right"], true);
    assert_eq!(items[1]["verdict"], "passed");
    assert_eq!(items[2]["verdict"], "passed");
    // A wrong answer is still one.
    place.write("day/exercises/answers.toml", "first = \"alpha\"\n");
    with(&["check", "--submission", "day/exercises"])
        .ends_with(1)
        .says("the answer is not right");
    // With the teacher's course all of it counts.
    place
        .memgrade(["check", "--submission", "day/exercises"])
        .ends_with(1)
        .says("6 of 6 points");
}

#[test]
fn a_sealed_file_that_was_changed_is_told() {
    let place = secretive();
    place.memgrade(["pack", "-o", "day"]).ends_with(0);
    let path = place.work().join("day/exercises/doubling/drive.rs.sealed");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen('0', "1", 1)).unwrap();
    place
        .memgrade(["list", "--course", "day"])
        .ends_with(2)
        .complains("spec/sealed")
        .complains("drive.rs.sealed")
        .complains("get the course again");
    fs::remove_file(&path).unwrap();
    place
        .memgrade(["list", "--course", "day"])
        .ends_with(2)
        .complains("there is no exercises/doubling/drive.rs");
}

#[test]
fn a_bundle_replaces_a_bundle_and_nothing_else() {
    let place = secretive();
    place.memgrade(["pack", "-o", "day"]).ends_with(0);
    place.memgrade(["pack", "-o", "day"]).ends_with(0);
    place.write("day/exercises/doubling/lib.rs", SOLUTION);
    place
        .memgrade(["pack", "-o", "day"])
        .ends_with(2)
        .complains("exercises/doubling/lib.rs was changed in the bundle day, and would be lost")
        .complains("-o DIR");
    place
        .write("mine/notes.txt", "")
        .memgrade(["pack", "-o", "mine"])
        .ends_with(2)
        .complains("mine is not empty, and no bundle of memgrade's");
    place
        .memgrade(["pack", "-o", "."])
        .ends_with(2)
        .complains("is the course itself");
    place
        .memgrade(["pack", "-o", "course.toml"])
        .ends_with(2)
        .complains("course.toml is no folder");
    place
        .memgrade(["pack"])
        .ends_with(2)
        .complains("--output <DIR>");
    // A course that is not valid is not packed, not even in part.
    place
        .write("exercises/doubling/exercise.toml", "title = 5\n")
        .memgrade(["pack", "-o", "new"])
        .ends_with(2)
        .complains("exercises/doubling/exercise.toml");
    assert!(!place.work().join("new").exists());
    let left: Vec<_> = fs::read_dir(place.work())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().contains("tmp"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_built_in_course_can_be_packed_and_worked_with() {
    let place = Place::new();
    place.memgrade(["pack", "-o", "day"]).ends_with(0);
    let from_folder = Place::new();
    from_folder
        .memgrade(["pack", "--course", root().to_str().unwrap(), "-o", "day"])
        .ends_with(0);
    assert_eq!(
        read_all(&place.work().join("day")),
        read_all(&from_folder.work().join("day"))
    );
    // Students work in the bundle's folder itself, where figures.rs and given.rs lie beside their files.
    let mut command = place.command();
    command
        .current_dir(place.work().join("day"))
        .args(["check", "memory_layout", "bounded_cache"]);
    let done = super::support::Done::of(command).ends_with(1);
    assert!(
        done.stdout.contains("claims/wrong-region") && !done.stdout.contains("figures.rs"),
        "{}",
        done.stdout
    );
}
