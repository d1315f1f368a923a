use std::collections::BTreeSet;

use super::super::{CaseReport, CheckReport};
use super::*;
use crate::course::checklist::{
    Choice, Criterion, FreeText, Layout, Match, Order, Place, Predicted,
};
use crate::judge::testing::{amount, run};
use crate::observe::Observation;

fn item(change: impl FnOnce(&mut Item)) -> Item {
    let mut item = Item {
        id: "q".to_owned(),
        question: "Why?".to_owned(),
        points: Some(2),
        evidence: vec!["leak/bounded/holds steady".to_owned()],
        hint: Some("the heap".to_owned()),
        ..Item::default()
    };
    change(&mut item);
    item
}

fn choice() -> Item {
    item(|item| {
        item.choice = Some(Choice {
            several: None,
            sealed: None,
            options: BTreeMap::new(),
            right: vec!["a".to_owned(), "b".to_owned()],
        });
    })
}

fn chosen(keys: &[&str]) -> Answer {
    Answer::Choice(
        keys.iter()
            .map(ToString::to_string)
            .collect::<BTreeSet<_>>(),
    )
}

fn exercise(verdict: Verdict) -> ExerciseReport {
    ExerciseReport {
        id: "leak".to_owned(),
        title: String::new(),
        verdict,
        score: Score::default(),
        cases: vec![CaseReport {
            name: "bounded".to_owned(),
            hidden: false,
            verdict,
            run: None,
            checks: vec![CheckReport {
                name: "holds steady".to_owned(),
                points: 1,
                earned: u32::from(verdict == Verdict::Passed),
                verdict,
                hidden: false,
                finding: None,
                summary: None,
            }],
        }],
        findings: Vec::new(),
        withheld: None,
    }
}

/// Who answered, what was run for it, and what a teacher gave.
#[derive(Default)]
struct Beside {
    student: Option<String>,
    prediction: Option<Facts>,
    given: Option<Given>,
}

fn judged_with(
    item: Item,
    answer: Option<Answer>,
    evidence: Verdict,
    beside: Beside,
) -> ItemReport {
    let checklist = Checklist {
        format_version: 1,
        items: vec![item],
    };
    let named = "q".to_owned();
    let answers = Answers {
        student: beside.student,
        given: answer
            .map(|answer| (named.clone(), answer))
            .into_iter()
            .collect(),
    };
    let answered = Answered {
        checklist: &checklist,
        answers: &answers,
        exercises: &[exercise(evidence)],
        predictions: &beside
            .prediction
            .map(|facts| (named.clone(), facts))
            .into_iter()
            .collect(),
        given: &beside
            .given
            .map(|given| (named, given))
            .into_iter()
            .collect(),
    };
    let mut report = judge_checklist(answered, Vec::new());
    assert_eq!(report.score, report.items[0].score);
    report.items.remove(0)
}

fn judged(item: Item, answer: Option<Answer>, evidence: Verdict) -> ItemReport {
    judged_with(item, answer, evidence, Beside::default())
}

#[test]
fn an_item_is_earned_by_answer_and_evidence_together() {
    use Verdict::{Failed, Inconclusive, Passed, Skipped};
    let right = || Some(chosen(&["b", "a"]));
    let cases = [
        (right(), Passed, Passed, 2, 0, Some(true)),
        (right(), Failed, Skipped, 0, 0, Some(true)),
        (right(), Skipped, Skipped, 0, 0, Some(true)),
        (right(), Inconclusive, Inconclusive, 0, 2, Some(true)),
        (Some(chosen(&["a"])), Passed, Failed, 0, 0, Some(false)),
        (
            Some(chosen(&["a", "b", "c"])),
            Passed,
            Failed,
            0,
            0,
            Some(false),
        ),
        (None, Passed, Failed, 0, 0, None),
    ];
    for (answer, evidence, verdict, earned, undecided, is_right) in cases {
        let item = judged(choice(), answer, evidence);
        assert_eq!(
            (
                item.verdict,
                item.score.earned,
                item.score.undecided,
                item.answer_right
            ),
            (verdict, earned, undecided, is_right)
        );
        assert_eq!(item.message.is_none(), verdict == Passed);
    }
}

#[test]
fn a_point_whose_evidence_only_the_teacher_has_waits_for_the_teacher() {
    use Verdict::{Failed, Inconclusive, Passed, Skipped};
    let withheld = |answer: &[&str], evidence, checks| {
        let mut item = choice();
        item.withheld = Some(checks);
        judged(item, Some(chosen(answer)), evidence)
    };
    let item = withheld(&["a", "b"], Passed, 1);
    assert_eq!((item.verdict, item.pending), (Inconclusive, true));
    assert_eq!((item.score.earned, item.score.undecided), (0, 2));
    assert_eq!(item.answer_right, Some(true));
    assert_eq!(item.missing, [Half::Marking]);
    assert!(item.message.unwrap().contains("a hidden check"));
    let many = withheld(&["a", "b"], Passed, 3).message.unwrap();
    assert!(many.contains("3 hidden checks"), "{many}");
    // What can be seen here is told as ever.
    let wrong = withheld(&["a"], Passed, 1);
    assert_eq!((wrong.verdict, wrong.pending), (Failed, false));
    let shown = withheld(&["a", "b"], Failed, 1);
    assert_eq!((shown.verdict, shown.pending), (Skipped, false));
    assert_eq!(withheld(&["a", "b"], Passed, 0).verdict, Passed);
}

#[test]
fn evidence_that_was_not_judged_is_skipped() {
    let mut other = choice();
    other.evidence = vec!["elsewhere/case/check".to_owned()];
    let item = judged(other, Some(chosen(&["a", "b"])), Verdict::Passed);
    assert_eq!(
        (item.verdict, item.evidence[0].verdict),
        (Verdict::Skipped, Verdict::Skipped)
    );
}

#[test]
fn numbers_convert_their_units() {
    let number = |unit: Option<&str>, percent| {
        item(|item| {
            item.evidence.clear();
            item.number = Some(Number {
                right: Some(4.0),
                sealed: None,
                unit: unit.map(str::to_owned),
                percent,
            });
        })
    };
    let answer = |value, unit: Option<&str>| {
        Some(Answer::Number(NumberAnswer {
            value,
            unit: unit.map(str::to_owned),
        }))
    };
    let right = |item, answer| judged(item, answer, Verdict::Passed).answer_right == Some(true);
    assert!(right(number(Some("KiB"), 0.0), answer(4.0, None)));
    assert!(right(
        number(Some("KiB"), 0.0),
        answer(4096.0, Some("bytes"))
    ));
    assert!(!right(number(Some("KiB"), 0.0), answer(4.0, Some("kB"))));
    assert!(right(number(Some("KiB"), 3.0), answer(4.0, Some("kB"))));
    assert!(right(
        number(Some("frames"), 0.0),
        answer(4.0, Some("Frames"))
    ));
    assert!(!right(number(None, 0.0), answer(4.0, Some("KiB"))));
    assert!(!right(number(None, 0.0), answer(4.1, None)));
}

#[test]
fn orders_and_pairs_are_compared_whole() {
    let order = item(|item| {
        item.evidence.clear();
        item.order = Some(Order {
            sealed: None,
            things: BTreeMap::new(),
            right: vec!["text".to_owned(), "heap".to_owned()],
        });
    });
    let given = |keys: &[&str]| {
        Some(Answer::Order(
            keys.iter().map(ToString::to_string).collect(),
        ))
    };
    assert_eq!(
        judged(order.clone(), given(&["text", "heap"]), Verdict::Passed).verdict,
        Verdict::Passed
    );
    assert_eq!(
        judged(order.clone(), given(&["heap", "text"]), Verdict::Passed).verdict,
        Verdict::Failed
    );
    assert_eq!(
        judged(order, Some(chosen(&["text"])), Verdict::Passed).verdict,
        Verdict::Failed
    );
    let pairs = BTreeMap::from([("static".to_owned(), "data".to_owned())]);
    let matching = item(|item| {
        item.evidence.clear();
        item.matching = Some(Match {
            sealed: None,
            left: BTreeMap::new(),
            right: BTreeMap::new(),
            pairs: pairs.clone(),
        });
    });
    assert_eq!(
        judged(
            matching.clone(),
            Some(Answer::Match(pairs)),
            Verdict::Passed
        )
        .verdict,
        Verdict::Passed
    );
    assert_eq!(
        judged(
            matching,
            Some(Answer::Match(BTreeMap::new())),
            Verdict::Passed
        )
        .verdict,
        Verdict::Failed
    );
}

#[test]
fn the_message_says_which_half_is_missing() {
    use Verdict::{Failed, Passed};
    let right = || Some(chosen(&["a", "b"]));
    let wrong = || Some(chosen(&["a"]));
    for (answer, evidence, missing, message) in [
        (right(), Passed, vec![], None),
        (
            right(),
            Failed,
            vec![Half::Evidence],
            Some("the answer is right; its point waits until `leak/bounded/holds steady` passes"),
        ),
        (
            wrong(),
            Passed,
            vec![Half::Answer],
            Some("what is chosen is true, but something is missing; look at: the heap"),
        ),
        (
            wrong(),
            Failed,
            vec![Half::Answer, Half::Evidence],
            Some(
                "what is chosen is true, but something is missing; and `leak/bounded/holds steady` does not pass yet; look at: the heap",
            ),
        ),
        (
            None,
            Failed,
            vec![Half::Answer, Half::Evidence],
            Some("there is no answer yet"),
        ),
    ] {
        let item = judged(choice(), answer, evidence);
        assert_eq!((item.missing, item.message.as_deref()), (missing, message));
    }
}

fn prediction(of: Predicted, change: impl FnOnce(&mut Predict)) -> Item {
    item(|item| {
        item.question = "And with {n}?".to_owned();
        let mut predict = Predict {
            program: "predict/a.rs".to_owned(),
            args: vec!["{n}".to_owned()],
            of,
            ..Predict::default()
        };
        change(&mut predict);
        item.predict = Some(predict);
    })
}

#[expect(clippy::unnecessary_wraps, reason = "an answer as the judge takes it")]
fn said(value: f64, unit: Option<&str>) -> Option<Answer> {
    Some(Answer::Number(NumberAnswer {
        value,
        unit: unit.map(str::to_owned),
    }))
}

fn facts(run: Observation) -> Facts {
    Facts {
        runs: BTreeMap::from([(PREDICTION.to_owned(), vec![run])]),
        ..Facts::default()
    }
}

#[test]
fn a_prediction_is_marked_against_the_run() {
    let heap = || {
        run()
            .heap(amount(9000, 12), amount(4096, 3), amount(100, 1))
            .build()
    };
    let verdict = |item: Item, answer, observed: Observation| {
        let beside = Beside {
            prediction: Some(facts(observed)),
            ..Beside::default()
        };
        let judged = judged_with(item, answer, Verdict::Passed, beside);
        (judged.answer_right, judged.message.unwrap_or_default())
    };
    let right = |item: Item, answer| verdict(item, answer, heap()).0 == Some(true);
    let plain = |of| prediction(of, |_| {});
    assert!(right(plain(Predicted::PeakBytes), said(4096.0, None)));
    assert!(right(plain(Predicted::PeakBytes), said(4.0, Some("KiB"))));
    assert!(!right(plain(Predicted::PeakBytes), said(4.0, Some("kB"))));
    assert!(!right(
        plain(Predicted::PeakBytes),
        said(4.0, Some("blocks"))
    ));
    assert!(right(plain(Predicted::TotalBlocks), said(12.0, None)));
    assert!(!right(plain(Predicted::TotalBlocks), said(13.0, None)));
    assert!(right(plain(Predicted::TotalBytes), said(9000.0, None)));
    assert!(right(plain(Predicted::LiveBlocks), said(1.0, None)));
    assert!(right(plain(Predicted::LostBlocks), said(0.0, None)));
    let tolerant = prediction(Predicted::TotalBlocks, |predict| {
        predict.percent = Some(10.0);
    });
    assert!(right(tolerant.clone(), said(13.0, None)));
    assert!(!right(tolerant, said(14.0, None)));
    let in_kib = prediction(Predicted::PeakBytes, |predict| {
        predict.unit = Some("KiB".to_owned());
        predict.absolute = Some(1.0);
    });
    assert!(right(in_kib.clone(), said(5.0, None)));
    assert!(right(in_kib.clone(), said(3072.0, Some("bytes"))));
    assert!(!right(in_kib, said(6.0, None)));
    let (_, message) = verdict(plain(Predicted::TotalBlocks), said(11.0, None), heap());
    assert_eq!(
        message,
        "the program did something else: it is more than that; look at: the heap"
    );
    let counted = prediction(Predicted::Printed, |predict| {
        predict.line = Some("^owners: (?<value>\\d+)".to_owned());
    });
    let printed = || run().mark("start", 0).mark("owners: 3", 0).build();
    assert_eq!(
        verdict(counted.clone(), said(3.0, None), printed()).0,
        Some(true)
    );
    assert_eq!(
        verdict(counted.clone(), said(2.0, None), printed()).0,
        Some(false)
    );
    // What is the author's or the machine's fault costs nobody a point.
    let silent = judged_with(
        counted,
        said(3.0, None),
        Verdict::Passed,
        Beside {
            prediction: Some(facts(heap())),
            ..Beside::default()
        },
    );
    assert_eq!(
        (silent.verdict, silent.score.undecided),
        (Verdict::Error, 2)
    );
    let not_run = judged(
        plain(Predicted::PeakBytes),
        said(1.0, None),
        Verdict::Passed,
    );
    assert_eq!(not_run.verdict, Verdict::Unmeasurable);
    let unmeasured = verdict(plain(Predicted::StackPeak), said(1.0, None), heap());
    assert_eq!(unmeasured.0, None);
}

#[test]
fn parameters_belong_to_a_student() {
    let item = prediction(Predicted::TotalBlocks, |predict| {
        predict.parameters = BTreeMap::from([("n".to_owned(), (1..=1000).collect())]);
    });
    let anonymous = judged(item.clone(), said(1.0, None), Verdict::Passed);
    assert_eq!(anonymous.verdict, Verdict::Failed);
    assert!(anonymous.message.unwrap().contains("student = "));
    assert_eq!(anonymous.question, "And with {n}?");
    let mut questions = BTreeMap::new();
    for student in ["ann", "bob", "cid", "dan", "eve", "ann"] {
        let beside = Beside {
            student: Some(student.to_owned()),
            ..Beside::default()
        };
        let judged = judged_with(item.clone(), None, Verdict::Passed, beside);
        let before = questions.insert(student, judged.question.clone());
        assert!(before.is_none_or(|before| before == judged.question));
    }
    let mut different: Vec<_> = questions.into_values().collect();
    different.dedup();
    assert!(different.len() > 1, "{different:?}");
}

#[test]
fn a_free_text_waits_for_its_teacher() {
    let text = item(|item| {
        item.text = Some(FreeText {
            rubric: vec![Criterion {
                points: 3,
                says: "why".to_owned(),
            }],
            sealed: None,
        });
    });
    let answer = || Some(Answer::Text("Because.".to_owned()));
    let given = |points, evidence| {
        let given = Given {
            points,
            comment: Some("nearly".to_owned()),
        };
        let beside = Beside {
            given: Some(given),
            ..Beside::default()
        };
        judged_with(text.clone(), answer(), evidence, beside)
    };
    let waiting = judged(text.clone(), answer(), Verdict::Passed);
    assert_eq!(
        (
            waiting.verdict,
            waiting.pending,
            waiting.score.undecided,
            waiting.missing
        ),
        (Verdict::Inconclusive, true, 3, vec![Half::Marking])
    );
    assert_eq!(waiting.answer.as_deref(), Some("Because."));
    let lacking = judged(text.clone(), answer(), Verdict::Failed);
    assert_eq!(
        (lacking.verdict, lacking.missing),
        (Verdict::Skipped, vec![Half::Marking, Half::Evidence])
    );
    let full = given(3, Verdict::Passed);
    assert_eq!(
        (full.verdict, full.score.earned, full.pending),
        (Verdict::Passed, 3, false)
    );
    let part = given(2, Verdict::Passed);
    assert_eq!((part.verdict, part.score.earned), (Verdict::Failed, 2));
    assert_eq!(
        part.message.as_deref(),
        Some("2 of 3 points from your teacher: nearly")
    );
    assert_eq!(given(2, Verdict::Failed).score.earned, 0);
    assert_eq!(judged(text, None, Verdict::Passed).verdict, Verdict::Failed);
}

#[test]
fn a_drawing_is_judged_by_order_and_places() {
    let place = |region: &str, holds: &[&str]| Place {
        region: region.to_owned(),
        holds: holds.iter().map(ToString::to_string).collect(),
    };
    let layout = item(|item| {
        item.layout = Some(Layout {
            measured: Some("leak/bounded".to_owned()),
            right: vec![
                place("text", &["main"]),
                place("heap", &[]),
                place("stack", &["n", "v"]),
            ],
            things: BTreeMap::from([("v".to_owned(), "the handle".to_owned())]),
            ..Layout::default()
        });
    });
    let message = |drawn: Vec<Place>| {
        let judged = judged(layout.clone(), Some(Answer::Layout(drawn)), Verdict::Passed);
        assert_eq!(judged.answer_right == Some(true), judged.message.is_none());
        judged
            .message
            .map(|text| text.split(';').next().unwrap().to_owned())
    };
    assert_eq!(
        message(vec![
            place("text", &["main"]),
            place("heap", &[]),
            place("stack", &["v", "n"])
        ]),
        None
    );
    assert_eq!(
        message(vec![
            place("text", &["main"]),
            place("stack", &["v", "n"]),
            place("heap", &[])
        ])
        .as_deref(),
        Some("each thing is in its region, but the order of the regions is not right")
    );
    assert_eq!(
        message(vec![
            place("text", &["main"]),
            place("heap", &["v"]),
            place("stack", &["n"])
        ])
        .as_deref(),
        Some("the regions are in order, but 1 of 3 things are elsewhere")
    );
    assert_eq!(
        message(vec![place("stack", &[])]).as_deref(),
        Some("the order of the regions is not right, and 3 of 3 things are elsewhere")
    );
    let mut either = layout.clone();
    if let Some(layout) = &mut either.layout {
        layout.any_order = vec![vec!["text".to_owned(), "heap".to_owned()]];
    }
    for first in [["text", "heap"], ["heap", "text"]] {
        let drawn =
            first.map(|region| place(region, if region == "text" { &["main"] } else { &[] }));
        let drawn = [drawn.to_vec(), vec![place("stack", &["v", "n"])]].concat();
        let judged = judged(either.clone(), Some(Answer::Layout(drawn)), Verdict::Passed);
        assert_eq!(judged.verdict, Verdict::Passed);
    }
    let judged = judged(
        layout,
        Some(Answer::Layout(vec![place("stack", &["v"])])),
        Verdict::Passed,
    );
    let drawing = judged.drawing.unwrap();
    assert_eq!(drawing.answered[0].holds, ["the handle"]);
    assert_eq!(drawing.measured, None, "the case was not run");
}
