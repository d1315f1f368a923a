//! The checklist: a point is earned by the right answer and by the behavior of the learner's own programs.

use std::collections::BTreeMap;

use crate::course::checklist::{Answer, Checklist, Item, Number, NumberAnswer};
use crate::diagnostic::Finding;

use super::numbers::Unit;
use super::{ChecklistReport, Evidence, ExerciseReport, ItemReport, Score, Verdict};

/// Points of an item that does not say.
const DEFAULT_POINTS: u32 = 1;

/// Judges the answers. `answer_findings` are about the file with the answers itself.
pub fn judge_checklist(
    checklist: &Checklist,
    answers: &BTreeMap<String, Answer>,
    answer_findings: Vec<Finding>,
    exercises: &[ExerciseReport],
) -> ChecklistReport {
    let items: Vec<ItemReport> = checklist
        .items
        .iter()
        .map(|item| judge_item(item, answers.get(&item.id), exercises))
        .collect();
    let mut score = Score::default();
    for item in &items {
        score += item.score;
    }
    ChecklistReport {
        score,
        items,
        findings: answer_findings,
    }
}

fn judge_item(item: &Item, answer: Option<&Answer>, exercises: &[ExerciseReport]) -> ItemReport {
    let evidence: Vec<Evidence> = item
        .evidence
        .iter()
        .map(|check| Evidence {
            check: check.clone(),
            verdict: find(check, exercises).unwrap_or(Verdict::Skipped),
        })
        .collect();
    let answer_right = answer.map(|answer| is_right(item, answer));
    let lacking = |undecided: bool| {
        evidence
            .iter()
            .find(|e| e.verdict != Verdict::Passed && e.verdict.is_undecided() == undecided)
    };
    let (verdict, message) = match (answer_right, lacking(false), lacking(true)) {
        (None, _, _) => (Verdict::Failed, Some("there is no answer yet".to_owned())),
        (Some(false), _, _) => (Verdict::Failed, Some(wrong(item, answer))),
        (Some(true), Some(lacking), _) => (
            Verdict::Skipped,
            Some(format!(
                "the answer is right; its point waits until `{}` passes",
                lacking.check
            )),
        ),
        (Some(true), None, Some(undecided)) => (
            undecided.verdict,
            Some(format!(
                "the answer is right, but `{}` is undecided",
                undecided.check
            )),
        ),
        (Some(true), None, None) => (Verdict::Passed, None),
    };
    let points = item.points.unwrap_or(DEFAULT_POINTS);
    ItemReport {
        id: item.id.clone(),
        question: item.question.clone(),
        verdict,
        score: Score {
            earned: if verdict == Verdict::Passed {
                points
            } else {
                0
            },
            possible: points,
            undecided: if verdict.is_undecided() { points } else { 0 },
        },
        answer_right,
        evidence,
        message,
    }
}

fn wrong(item: &Item, answer: Option<&Answer>) -> String {
    let start = match (answer, &item.choice, &item.order, &item.matching) {
        (Some(Answer::Choice(given)), Some(choice), _, _) => {
            let right = given
                .iter()
                .filter(|key| choice.right.contains(key))
                .count();
            if right == choice.right.len() {
                "something is chosen that is not true"
            } else if right == given.len() && right > 0 {
                "what is chosen is true, but something is missing"
            } else {
                "the answer is not right"
            }
        }
        (Some(Answer::Order(_)), _, Some(_), _) => "the order is not right",
        (Some(Answer::Match(_)), _, _, Some(_)) => "not every pair is right",
        _ => "the answer is not right",
    };
    match &item.hint {
        Some(hint) => format!("{start}; look at: {hint}"),
        None => start.to_owned(),
    }
}

/// What came of a check named `exercise/case/check`, or `exercise/check` for one that belongs to no case. Ids of
/// exercises have no slash; names of cases and checks may.
fn find(name: &str, exercises: &[ExerciseReport]) -> Option<Verdict> {
    let (exercise, rest) = name.split_once('/')?;
    let exercise = exercises.iter().find(|report| report.id == exercise)?;
    exercise.cases.iter().find_map(|case| {
        let check = if case.name.is_empty() {
            rest.strip_prefix('/').unwrap_or(rest)
        } else {
            rest.strip_prefix(case.name.as_str())?.strip_prefix('/')?
        };
        let found = case.checks.iter().find(|report| report.name == check);
        // A broken rule forfeits the exercise: then no check of it is evidence of anything.
        found.map(|report| match report.verdict {
            Verdict::Passed if report.earned < report.points => Verdict::Failed,
            verdict => verdict,
        })
    })
}

fn is_right(item: &Item, answer: &Answer) -> bool {
    match answer {
        Answer::Choice(given) => item.choice.as_ref().is_some_and(|choice| {
            given.len() == choice.right.len() && choice.right.iter().all(|key| given.contains(key))
        }),
        Answer::Number(given) => item
            .number
            .as_ref()
            .is_some_and(|number| number_is_right(number, given)),
        Answer::Order(given) => item
            .order
            .as_ref()
            .is_some_and(|order| order.right == *given),
        Answer::Match(given) => item
            .matching
            .as_ref()
            .is_some_and(|matching| matching.pairs == *given),
    }
}

/// A number without a unit is in the question's own; with one it is converted.
fn number_is_right(number: &Number, given: &NumberAnswer) -> bool {
    let factor = |unit: Option<&str>| match unit.map(str::trim) {
        None => Some(1.0),
        Some(unit) => match Unit::read(unit) {
            Some(Unit::Bytes(bytes)) => Some(bytes as f64),
            _ => None,
        },
    };
    let own = number.unit.as_deref();
    let (right, value) = match &given.unit {
        None => (number.right, given.value),
        Some(unit) if own.is_some_and(|own| own.trim().eq_ignore_ascii_case(unit.trim())) => {
            (number.right, given.value)
        }
        Some(unit) => match (own.and_then(|own| factor(Some(own))), factor(Some(unit))) {
            (Some(own), Some(given_unit)) => (number.right * own, given.value * given_unit),
            _ => return false,
        },
    };
    let allowed = right.abs() * number.percent.max(0.0) / 100.0;
    (value - right).abs() <= allowed + right.abs() * 1e-12
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{CaseReport, CheckReport};
    use super::*;
    use crate::course::checklist::{Choice, Match, Order};

    fn item(change: impl FnOnce(&mut Item)) -> Item {
        let mut item = Item {
            id: "q".to_owned(),
            question: "Why?".to_owned(),
            points: Some(2),
            evidence: vec!["leak/bounded/holds steady".to_owned()],
            hint: Some("the heap".to_owned()),
            choice: None,
            number: None,
            order: None,
            matching: None,
        };
        change(&mut item);
        item
    }

    fn choice() -> Item {
        item(|item| {
            item.choice = Some(Choice {
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
        }
    }

    fn judged(item: Item, answer: Option<Answer>, evidence: Verdict) -> ItemReport {
        let checklist = Checklist {
            format_version: 1,
            items: vec![item],
        };
        let answers = answer
            .map(|answer| ("q".to_owned(), answer))
            .into_iter()
            .collect();
        let mut report = judge_checklist(&checklist, &answers, Vec::new(), &[exercise(evidence)]);
        assert_eq!(report.score, report.items[0].score);
        report.items.remove(0)
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
                    right: 4.0,
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
}
