use super::*;
use crate::course::checklist::{Criterion, Item};
use crate::judge::{ItemReport, Score, Verdict};

fn checklist() -> Checklist {
    Checklist {
        format_version: 1,
        items: vec![Item {
            id: "why".to_owned(),
            text: Some(FreeText {
                rubric: vec![
                    Criterion {
                        points: 1,
                        says: "names the owner".to_owned(),
                    },
                    Criterion {
                        points: 2,
                        says: "says when it is freed".to_owned(),
                    },
                ],
                sealed: None,
            }),
            ..Item::default()
        }],
    }
}

fn student(id: &str, answer: &str) -> (String, ChecklistReport) {
    let item = ItemReport {
        id: "why".to_owned(),
        kind: None,
        question: String::new(),
        verdict: Verdict::Inconclusive,
        score: Score {
            earned: 0,
            possible: 3,
            undecided: 3,
        },
        answer_right: None,
        pending: true,
        missing: Vec::new(),
        answer: Some(answer.to_owned()),
        drawing: None,
        evidence: Vec::new(),
        message: None,
    };
    let report = ChecklistReport {
        items: vec![item],
        ..ChecklistReport::default()
    };
    (id.to_owned(), report)
}

fn points(texts: &FreeTexts, student: &str, answer: &str) -> Option<u32> {
    texts
        .given(student, "why", answer)
        .map(|given| given.points)
}

#[test]
fn what_a_teacher_fills_in_counts_for_that_very_text() {
    let class = [
        student("ann", "=1+1\nThe owner\tfrees it."),
        student("bob", "Nobody, \"really\"."),
    ];
    let blank = FreeTexts::default().after(&checklist(), &class);
    assert_eq!(blank.waiting(), 2);
    let text = blank.render().unwrap();
    assert!(
        text.contains("1: names the owner; 2: says when it is freed,3,,"),
        "{text}"
    );
    assert!(!text.contains("\n="), "a formula: {text}");
    // As a spreadsheet in another country saves it.
    let filled = text.replacen(",3,,", ",3,2,\"good, but when?\"", 1);
    let mut reader = csv::Reader::from_reader(filled.as_bytes());
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .from_writer(Vec::new());
    writer.write_record(reader.headers().unwrap()).unwrap();
    for record in reader.records() {
        writer.write_record(&record.unwrap()).unwrap();
    }
    let semicolons = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    for text in [
        filled.clone(),
        format!("\u{feff}{}", semicolons.replace('\n', "\r\n")),
    ] {
        let read = FreeTexts::parse(&text).unwrap();
        let given = read
            .given("ann", "why", "=1+1\nThe owner\tfrees it.")
            .unwrap();
        assert_eq!(given.points, 2);
        assert_eq!(read.given("ann", "why", "Another text."), None);
        assert_eq!(given.comment.as_deref(), Some("good, but when?"));
        assert_eq!(points(&read, "bob", "Nobody, \"really\"."), None);
        let again = read.after(&checklist(), &class);
        assert_eq!(again, FreeTexts::parse(&again.render().unwrap()).unwrap());
        assert_eq!(again.waiting(), 1);
        assert_eq!(points(&again, "ann", "=1+1\nThe owner\tfrees it."), Some(2));
    }
}

#[test]
fn points_do_not_move_to_another_text_and_are_not_lost() {
    let read = |texts: &FreeTexts| {
        let filled = texts.render().unwrap().replacen(",3,,", ",3,3,fine", 1);
        FreeTexts::parse(&filled).unwrap()
    };
    let marked = read(&FreeTexts::default().after(&checklist(), &[student("ann", "one")]));
    assert_eq!(points(&marked, "ann", "one"), Some(3));
    let changed = marked.after(&checklist(), &[student("ann", "two")]);
    assert_eq!(points(&changed, "ann", "two"), None);
    assert_eq!(changed.waiting(), 1);
    assert!(changed.render().unwrap().contains("before it had 3 of 3"));
    let gone = marked.after(&checklist(), &[student("bob", "one")]);
    assert_eq!(points(&gone, "ann", "one"), Some(3));
    assert_eq!(points(&gone, "bob", "one"), None);
}

#[test]
fn a_table_that_is_not_understood_names_its_line() {
    let header = COLUMNS.join(",");
    for (text, message) in [
        ("a,b\n1,2\n".to_owned(), "it has no column `student`"),
        (
            format!("{header}\na,why,x,r,3,2.5,\n"),
            "line 2: `2.5` in the column `points` is not a whole number",
        ),
        (
            format!("{header}\na,why,x,r,3,3,\nb,why,x,r,3,4,\n"),
            "line 3: 4 points are given where 3 are possible",
        ),
        (
            format!("{header}\na,why,x,r,3,-1,\n"),
            "line 2: `-1` in the column `points` is not a whole number",
        ),
    ] {
        assert_eq!(FreeTexts::parse(&text).unwrap_err(), message);
        let windows = text.replace('\n', "\r\n");
        assert_eq!(FreeTexts::parse(&windows).unwrap_err(), message);
    }
    assert!(FreeTexts::parse(&header).unwrap().is_empty());
}
