use super::*;
use crate::course::load::parse_checklist;

const TEXT: &str = r#"
format_version = 1

[[item]]
id = "faster"
question = "Why?"
[item.choice]
right = ["pointer"]
[item.choice.options]
pointer = "A pointer moves."
chip = "Another chip."

[[item]]
id = "all"
question = "Which?"
[item.choice]
right = ["a", "b"]
options = { a = "A", b = "B", c = "C" }

[[item]]
id = "size"
question = "How much?"
number = { right = 8192.25, unit = "pages" }

[[item]]
id = "regions"
question = "In order?"
[item.order]
right = ["text", "heap"]
things = { text = "Code", heap = "Heap" }

[[item]]
id = "places"
question = "Where?"
[item.match]
left = { x = "X", y = "Y" }
right = { heap = "Heap", stack = "Stack" }
pairs = { x = "heap", y = "stack" }

[[item]]
id = "drawing"
question = "Draw it."
[item.layout]
right = [{ region = "text", holds = ["x"] }, { region = "stack" }]
regions = { text = "Code", stack = "Stack" }
things = { x = "X" }

[[item]]
id = "peak"
question = "What is the peak with {n}?"
[item.predict]
program = "predict/grow.rs"
args = ["{n}"]
of = "peak_bytes"
parameters = { n = [10, 20, 30] }

[[item]]
id = "why"
question = "Say why."
[item.text]
rubric = [{ points = 2, says = "names the very owner" }]
"#;

fn checklist() -> Checklist {
    let (checklist, findings) = parse_checklist("c", TEXT);
    assert_eq!(findings, []);
    checklist.unwrap()
}

#[test]
fn every_kind_is_told_apart() {
    use Kind::{Layout, Match, Number, OneOf, Order, Predict, SeveralOf, Text};
    let kinds: Vec<Kind> = checklist()
        .items
        .iter()
        .map(|item| item.kind().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            OneOf, SeveralOf, Number, Order, Match, Layout, Predict, Text
        ]
    );
}

#[test]
fn a_sealed_checklist_is_the_same_and_says_no_answer() {
    let open = checklist();
    let sealed = toml::to_string(&open.sealed()).unwrap();
    let (read, findings) = parse_checklist("c", &sealed);
    assert_eq!(findings, []);
    let mut read = read.unwrap();
    // What had followed from the answers is said now.
    for item in &mut read.items {
        if let Some(choice) = &mut item.choice {
            assert_eq!(choice.several.take(), Some(choice.right.len() > 1));
        }
    }
    assert_eq!(read, open);
    for answer in [
        "right = [",
        "8192.25",
        "pairs",
        "the very owner",
        "right = 8",
    ] {
        assert!(!sealed.contains(answer), "{answer} in {sealed}");
    }
    // A seal belongs to its question.
    let moved = sealed.replace("id = \"faster\"", "id = \"slower\"");
    let (none, findings) = parse_checklist("c", &moved);
    assert!(none.is_none());
    assert_eq!(findings[0].code, "spec/sealed");
}

#[test]
fn parameters_are_the_same_on_every_machine() {
    let checklist = checklist();
    let (item, predict) = checklist.predictions().next().unwrap();
    let of = |student: &str| predict.parameters_of(&item.id, student)["n"];
    // Written down: a change would give a class other questions than the ones they answered.
    let drawn: Vec<i64> = ["ann", "bob", "cid", "dan", "Zoë", ""]
        .iter()
        .map(|s| of(s))
        .collect();
    assert_eq!(drawn, [20, 10, 20, 20, 30, 10]);
    assert_eq!(
        filled("{n} and {n}, {m}", &predict.parameters_of(&item.id, "ann")),
        "20 and 20, {m}"
    );
}

#[test]
fn every_value_is_drawn_about_equally_often() {
    let checklist = checklist();
    let (item, predict) = checklist.predictions().next().unwrap();
    let mut counts = BTreeMap::new();
    for number in 0..3000 {
        *counts
            .entry(predict.parameters_of(&item.id, &format!("s{number}"))["n"])
            .or_insert(0) += 1;
    }
    assert!(
        counts.values().all(|count| (900..=1100).contains(count)),
        "{counts:?}"
    );
}

/// Codes and lines of what is wrong with a question.
fn wrong(question: &str) -> Vec<(String, u32)> {
    let text =
        format!("format_version = 1\n[[item]]\nid = \"q\"\nquestion = \"Q {{n}}\"\n{question}");
    let (_, findings) = parse_checklist("c", &text);
    let place = |finding: &crate::diagnostic::Finding| finding.primary.as_ref().unwrap().place.line;
    findings
        .iter()
        .map(|finding| (finding.code.clone(), place(finding)))
        .collect()
}

#[test]
fn what_is_wrong_with_a_question_is_said_at_its_line() {
    for (question, expected) in [
        (
            "[item.choice]\noptions = { a = \"A\", b = \"B\" }",
            vec![("spec/missing-key", 5)],
        ),
        (
            "[item.choice]\noptions = { a = \"A\", b = \"B\" }\nright = [\"a\"]\nsealed = \"x\"",
            vec![("spec/duplicate", 8)],
        ),
        (
            "[item.choice]\nseveral = false\noptions = { a = \"A\", b = \"B\" }\nright = [\"a\", \"b\"]",
            vec![("spec/bounds", 6)],
        ),
        (
            "[item.choice]\noptions = { a = \"A\", b = \"B\" }\nsealed = \"sealed1:00\"",
            vec![("spec/sealed", 3)],
        ),
        (
            "[item.predict]\nprogram = \"../a.rs\"\nof = \"total_blocks\"\nparameters = { n = [1] }",
            vec![("spec/path", 6)],
        ),
        (
            "[item.predict]\nprogram = \"a.py\"\nof = \"total_blocks\"\nparameters = { n = [1] }",
            vec![("spec/path", 6)],
        ),
        (
            "[item.predict]\nprogram = \"a.rs\"\nof = \"total_blocks\"",
            vec![("spec/unknown-name", 4)],
        ),
        (
            "[item.predict]\nprogram = \"a.rs\"\nof = \"total_blocks\"\nparameters = { n = [1], m = [2] }",
            vec![("spec/unknown-name", 8)],
        ),
        (
            "[item.predict]\nprogram = \"a.rs\"\nof = \"total_blocks\"\nparameters = { n = [] }",
            vec![("spec/empty", 8)],
        ),
        (
            "[item.predict]\nprogram = \"a.rs\"\nof = \"minor_faults\"\nparameters = { n = [1] }",
            vec![("spec/bounds", 7)],
        ),
        (
            "[item.predict]\nprogram = \"a.rs\"\nof = \"printed\"\nparameters = { n = [1] }",
            vec![("spec/missing-key", 5)],
        ),
        (
            "[item.predict]\nprogram = \"a.rs\"\nof = \"printed\"\nline = \"(\\\\d+)\"\nparameters = { n = [1] }",
            vec![("spec/regex", 8)],
        ),
        (
            "[item.predict]\nprogram = \"a.rs\"\nof = \"peak\"\nparameters = { n = [1] }",
            vec![("spec/unknown-word", 7)],
        ),
        (
            "[item.layout]\nregions = { text = \"C\", heep = \"H\" }\nthings = { x = \"X\" }\nright = [{ region = \"text\" }]",
            vec![
                ("spec/missing-key", 6),
                ("spec/unknown-name", 6),
                ("spec/missing-key", 7),
            ],
        ),
        (
            "points = 3\n[item.text]\nrubric = [{ points = 0, says = \"\" }]",
            vec![("spec/bounds", 5), ("spec/points", 7)],
        ),
        ("[item.text]\nrubric = []", vec![("spec/empty", 6)]),
    ] {
        let expected: Vec<(String, u32)> = expected
            .into_iter()
            .map(|(code, line)| (code.to_owned(), line))
            .collect();
        let mut found = wrong(question);
        found.sort_by_key(|(code, line)| (*line, code.clone()));
        assert_eq!(found, expected, "{question}");
    }
    let (_, findings) = parse_checklist("c", &TEXT.replace("\"faster\"", "\"student\""));
    assert_eq!(findings[0].code, "spec/id");
}
