use super::*;
use crate::course::load::parse_checklist;
use crate::report::style::Style;

const TEXT: &str = r#"
format_version = 1

[[item]]
id = "faster"
question = "Why does it take less time to make room on the stack?"
[item.choice]
right = ["pointer"]
[item.choice.options]
pointer = "To make room is to move a pointer."
chip = "The stack is another kind of memory."

[[item]]
id = "all"
question = "Which are true?"
points = 2
[item.choice]
right = ["a", "b"]
options = { a = "A \u001b[31m", b = "B", c = "C" }

[[item]]
id = "size"
question = "How many pages?"
number = { right = 8192, unit = "pages" }

[[item]]
id = "regions"
question = "In order?"
[item.order]
right = ["text", "bss", "heap"]
things = { text = "Code", heap = "Heap", bss = "Zeros" }

[[item]]
id = "places"
question = "Where?"
[item.match]
left = { x = "The X", y = "The Y" }
right = { heap = "Heap", stack = "Stack" }
pairs = { x = "heap", y = "stack" }

[[item]]
id = "drawing"
question = "Draw it."
[item.layout]
right = [{ region = "text", holds = ["x"] }, { region = "heap" }, { region = "stack", holds = ["y"] }]
regions = { text = "Code", stack = "Stack", heap = "Heap" }
things = { x = "The X", y = "The Y" }

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
rubric = [{ points = 2, says = "so" }]
"#;

fn checklist() -> Checklist {
    parse_checklist("c", TEXT).0.unwrap()
}

fn programs() -> BTreeMap<String, SourceFile> {
    let file = SourceFile {
        path: "exercises/predict/grow.rs".to_owned(),
        text: "fn main() {\n    let v = vec![0_u8; 10];\n}\n".to_owned(),
    };
    BTreeMap::from([("predict/grow.rs".to_owned(), file)])
}

/// Who has answered the first questions.
fn answered(checklist: &Checklist, count: usize) -> Answers {
    let given = checklist.items.iter().take(count);
    Answers {
        student: Some("ann".to_owned()),
        given: given
            .map(|item| (item.id.clone(), Answer::Text("x".to_owned())))
            .collect(),
    }
}

fn at(checklist: &Checklist, id: &str) -> usize {
    checklist
        .items
        .iter()
        .position(|item| item.id == id)
        .unwrap()
}

/// The answer that comes of pressing `keys` at a question.
fn pressed(id: &str, keys: &[Key]) -> Step {
    let (checklist, programs) = (checklist(), programs());
    let mut quiz = Quiz::new(
        &checklist,
        &programs,
        answered(&checklist, at(&checklist, id)),
    );
    for key in keys {
        assert_eq!(quiz.key(*key), Step::Stay);
    }
    quiz.key(Key::Enter)
}

fn typed(text: &str) -> Vec<Key> {
    text.chars().map(Key::Char).collect()
}

fn save(id: &str, answer: Answer) -> Step {
    Step::Save(id.to_owned(), answer)
}

#[test]
fn every_kind_is_answered_with_a_few_keys() {
    use Key::{Delete, Down, Left, NewLine, Right, Space, Up};
    let keys = |keys: &[&str]| keys.iter().map(ToString::to_string).collect::<Vec<_>>();
    let set = |list: &[&str]| Answer::Choice(list.iter().map(ToString::to_string).collect());
    // One of: the second choice takes the place of the first.
    assert_eq!(
        pressed("faster", &[Space, Down, Space]),
        save("faster", set(&["pointer"]))
    );
    assert_eq!(
        pressed("faster", &[Key::Char('a')]),
        save("faster", set(&["chip"]))
    );
    assert_eq!(
        pressed("all", &[Space, Down, Down, Space, Up, Space, Space]),
        save("all", set(&["a", "c"]))
    );
    let Step::Save(_, Answer::Number(number)) = pressed("size", &typed("8_192 pages")) else {
        panic!("not saved");
    };
    assert_eq!(
        (number.value, number.unit.as_deref()),
        (8192.0, Some("pages"))
    );
    // bss, heap, text: the last one is taken up and goes to the top.
    assert_eq!(
        pressed("regions", &[Down, Down, Space, Up, Up, Space, Down]),
        save("regions", Answer::Order(keys(&["text", "bss", "heap"])))
    );
    let pairs = BTreeMap::from([("x".to_owned(), "stack".to_owned())]);
    assert_eq!(
        pressed("places", &[Right, Right, Down, Left, Delete]),
        save("places", Answer::Match(pairs))
    );
    // From the top: heap, stack, text. The stack goes above the heap; x into the text, y into the stack.
    let Step::Save(_, Answer::Layout(drawn)) = pressed(
        "drawing",
        &[Down, Space, Up, Space, Down, Down, Down, Left, Down, Right],
    ) else {
        panic!("not saved");
    };
    let drawn: Vec<(&str, &[String])> = drawn
        .iter()
        .map(|p| (p.region.as_str(), p.holds.as_slice()))
        .collect();
    assert_eq!(
        drawn,
        [
            ("text", &["x".to_owned()][..]),
            ("heap", &[]),
            ("stack", &["y".to_owned()])
        ]
    );
    let text = [typed("a").as_slice(), &[NewLine], &typed("b")].concat();
    assert_eq!(
        pressed("why", &text),
        save("why", Answer::Text("a\nb".to_owned()))
    );
}

#[test]
fn what_is_no_answer_is_not_kept() {
    assert_eq!(pressed("size", &typed("about 4")), Step::Stay);
    assert_eq!(pressed("all", &[]), Step::Stay);
    let (checklist, programs) = (checklist(), programs());
    let mut quiz = Quiz::new(&checklist, &programs, answered(&checklist, 2));
    for key in typed("4 or 5") {
        quiz.key(key);
    }
    quiz.key(Key::Enter);
    let screen = quiz.screen(&Style::plain(80));
    assert!(
        screen
            .foot
            .iter()
            .any(|line| line.contains("this is no number")),
        "{screen:?}"
    );
    assert_eq!(quiz.progress(), (2, 8));
    // Who leaves with half a number loses only that.
    assert_eq!(quiz.key(Key::Quit), Step::Leave);
}

#[test]
fn leaving_keeps_what_was_begun_and_invents_nothing() {
    let (checklist, programs) = (checklist(), programs());
    let index = at(&checklist, "regions");
    let mut quiz = Quiz::new(&checklist, &programs, answered(&checklist, index));
    assert_eq!(quiz.key(Key::Quit), Step::Leave, "nobody touched the order");
    let mut quiz = Quiz::new(&checklist, &programs, answered(&checklist, index));
    quiz.key(Key::Space);
    quiz.key(Key::Down);
    let begun = ["heap", "bss", "text"].map(str::to_owned).to_vec();
    assert_eq!(quiz.key(Key::Quit), save("regions", Answer::Order(begun)));
    assert_eq!(quiz.key(Key::Quit), Step::Leave);
}

#[test]
fn it_goes_back_skips_and_resumes() {
    let (checklist, programs) = (checklist(), programs());
    let mut quiz = Quiz::new(&checklist, &programs, answered(&checklist, 1));
    let head = |quiz: &Quiz<'_>| quiz.screen(&Style::plain(80)).head[0].clone();
    assert!(head(&quiz).starts_with("Question 2 of 8   all   2 points"));
    quiz.key(Key::Back);
    assert!(head(&quiz).starts_with("Question 1 of 8   faster   1 point   answered"));
    quiz.key(Key::Back);
    assert!(head(&quiz).starts_with("Question 1"));
    for _ in 0..8 {
        quiz.key(Key::Skip);
    }
    let end = quiz.screen(&Style::plain(80));
    assert!(
        end.body
            .iter()
            .any(|line| line == "1 of 8 questions are answered."),
        "{end:?}"
    );
    assert!(end.body.iter().any(|line| line == "no answer yet: why"));
    quiz.key(Key::Back);
    assert!(head(&quiz).starts_with("Question 8"));
    let all = Quiz::new(&checklist, &programs, answered(&checklist, 8));
    assert!(head(&all).starts_with("That was the last question."));
}

#[test]
fn it_asks_who_is_there_where_that_matters() {
    let (checklist, programs) = (checklist(), programs());
    let mut quiz = Quiz::new(&checklist, &programs, Answers::default());
    assert!(quiz.screen(&Style::plain(80)).head[0].starts_with("Who are you?"));
    for key in typed(" ann") {
        quiz.key(key);
    }
    assert_eq!(quiz.key(Key::Enter), Step::SaveStudent("ann".to_owned()));
    for _ in 0..at(&checklist, "peak") {
        quiz.key(Key::Skip);
    }
    let text = quiz.screen(&Style::plain(80)).body.join("\n");
    let n = checklist.items[at(&checklist, "peak")]
        .parameters(Some("ann"))
        .unwrap()["n"];
    assert!(
        text.contains(&format!("What is the peak with {n}?")),
        "{text}"
    );
    assert!(text.contains("   2      let v = vec![0_u8; 10];"), "{text}");
    let mut anonymous = Quiz::new(&checklist, &programs, Answers::default());
    assert_eq!(anonymous.key(Key::Skip), Step::Stay);
    assert!(anonymous.screen(&Style::plain(80)).head[0].starts_with("Question 1"));
}

#[test]
fn screens_are_as_they_are() {
    let (checklist, programs) = (checklist(), programs());
    let mut quiz = Quiz::new(&checklist, &programs, answered(&checklist, 1));
    quiz.key(Key::Space);
    quiz.key(Key::Down);
    let mut out = String::new();
    let mut draw = |quiz: &Quiz<'_>| {
        out.push_str(&quiz.screen(&Style::plain(72)).visible(24).join("\n"));
        out.push_str("\n========\n");
    };
    draw(&quiz);
    let mut quiz = Quiz::new(
        &checklist,
        &programs,
        answered(&checklist, at(&checklist, "drawing")),
    );
    quiz.key(Key::Space);
    draw(&quiz);
    for key in [Key::Space, Key::Down, Key::Down, Key::Down, Key::Right] {
        quiz.key(key);
    }
    draw(&quiz);
    insta::assert_snapshot!(out);
    assert!(!out.contains('\u{1b}'));
}

#[test]
fn what_has_the_cursor_is_seen_on_a_small_terminal() {
    let screen = |focus, scroll| Screen {
        head: vec!["head".to_owned()],
        body: (0..40).map(|line| line.to_string()).collect(),
        focus,
        scroll,
        foot: vec!["foot".to_owned()],
    };
    for focus in 0..40 {
        let shown = screen(focus, 0).visible(10);
        assert_eq!(shown.len(), 10);
        assert!(shown.contains(&focus.to_string()), "{focus}: {shown:?}");
        assert_eq!((shown[0].as_str(), shown[9].as_str()), ("head", "foot"));
    }
    assert_eq!(screen(0, 1000).visible(10)[8], "39");
    assert_eq!(screen(0, 0).visible(1).len(), 1);
}

proptest::proptest! {
    #[test]
    fn no_keys_make_it_panic(keys in proptest::collection::vec(0_u8..20, 0..200), columns in 1_usize..120, rows in 0_usize..40) {
        let (checklist, programs) = (checklist(), programs());
        let mut quiz = Quiz::new(&checklist, &programs, Answers::default());
        for key in keys {
            let key = match key {
                0 => Key::Space,
                1 => Key::Enter,
                2 => Key::NewLine,
                3 => Key::Skip,
                4 => Key::Back,
                5 => Key::Quit,
                6 => Key::Up,
                7 => Key::Down,
                8 => Key::Left,
                9 => Key::Right,
                10 => Key::Home,
                11 => Key::End,
                12 => Key::PageUp,
                13 => Key::PageDown,
                14 => Key::Backspace,
                15 => Key::Delete,
                16 => Key::Char('b'),
                17 => Key::Char('7'),
                18 => Key::Char('é'),
                _ => Key::Char('\u{1b}'),
            };
            quiz.key(key);
            quiz.screen(&Style::plain(columns)).visible(rows);
        }
    }
}
