//! The checklist: a point is earned by the right answer and by the behavior of the learner's own programs.

use std::collections::BTreeMap;

use crate::course::answers::Answers;
use crate::course::checklist::{
    Answer, Checklist, Item, Kind, Number, NumberAnswer, Predict, filled,
};
use crate::diagnostic::Finding;

use super::numbers::Unit;
use super::{ChecklistReport, Evidence, ExerciseReport, Facts, Half, ItemReport, Score, Verdict};

pub use drawing::{Drawing, DrawnRegion};
pub use predicted::CASE as PREDICTION;

mod drawing;
mod predicted;

use predicted::Marked;

/// Everything that the checklist of one submission is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// The questions.
    pub checklist: &'a Checklist,
    /// The learner's answers.
    pub answers: &'a Answers,
    /// The exercises, which the evidence comes from.
    pub exercises: &'a [ExerciseReport],
    /// What the programs of predictions did, by question.
    pub predictions: &'a BTreeMap<String, Facts>,
    /// What a teacher has given for free texts, by question.
    pub given: &'a BTreeMap<String, Given>,
}

/// What a teacher gave for a free text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Points.
    pub points: u32,
    /// What the teacher says to it.
    pub comment: Option<String>,
}

/// Judges the answers. `answer_findings` are about the file with the answers itself.
pub fn judge_checklist(answered: Answered<'_>, answer_findings: Vec<Finding>) -> ChecklistReport {
    let items = answered.checklist.items.iter();
    let items: Vec<ItemReport> = items.map(|item| judge_item(item, answered)).collect();
    let mut score = Score::default();
    for item in &items {
        score += item.score;
    }
    ChecklistReport {
        score,
        student: answered.answers.student.clone(),
        items,
        findings: answer_findings,
    }
}

/// What is said of a wrong answer where more would give it away.
const WRONG: &str = "the answer is not right";

/// What came of the answer alone.
enum Alone {
    /// There is none.
    None,
    Right,
    /// Why it is not.
    Wrong(String),
    /// A teacher gave fewer points than there are.
    Partly(u32, String),
    /// It waits for a teacher.
    Pending,
    /// Nobody can tell.
    Undecided(Verdict, String),
}

fn judge_item(item: &Item, answered: Answered<'_>) -> ItemReport {
    let answer = answered.answers.given.get(&item.id);
    let evidence: Vec<Evidence> = item
        .evidence
        .iter()
        .map(|check| Evidence {
            check: check.clone(),
            verdict: find(check, answered.exercises).unwrap_or(Verdict::Skipped),
        })
        .collect();
    let lacking = |undecided: bool| {
        let mut all = evidence.iter();
        all.find(|e| e.verdict != Verdict::Passed && e.verdict.is_undecided() == undecided)
    };
    let alone = answer.map_or(Alone::None, |answer| alone(item, answer, answered));
    let shown = lacking(false).map(|lacking| lacking.check.clone());
    let doubt = lacking(true).cloned();
    let mut missing = match &alone {
        Alone::None | Alone::Wrong(_) | Alone::Partly(..) => vec![Half::Answer],
        Alone::Pending => vec![Half::Marking],
        Alone::Right | Alone::Undecided(..) => Vec::new(),
    };
    if shown.is_some() || doubt.is_some() {
        missing.push(Half::Evidence);
    }
    let (mut verdict, mut message) = together(item, &alone, shown.as_deref(), doubt.as_ref());
    // A bundle does not have all of its evidence, so that nobody can say here that the point is earned.
    let elsewhere = item.withheld.filter(|checks| *checks > 0);
    let waits = elsewhere.filter(|_| verdict == Verdict::Passed);
    if let Some(checks) = waits {
        verdict = Verdict::Inconclusive;
        missing.push(Half::Marking);
        message = Some(match checks {
            1 => "the answer is right; your teacher runs a hidden check for the point".to_owned(),
            _ => {
                format!(
                    "the answer is right; your teacher runs {checks} hidden checks for the point"
                )
            }
        });
    }
    let points = item.possible();
    let earned = match (&alone, verdict) {
        (_, Verdict::Passed) => points,
        (Alone::Partly(points, _), Verdict::Failed) if shown.is_none() => *points,
        _ => 0,
    };
    let parameters = item.parameters(answered.answers.student.as_deref());
    ItemReport {
        id: item.id.clone(),
        kind: item.kind(),
        question: match &parameters {
            Some(parameters) => filled(&item.question, parameters),
            None => item.question.clone(),
        },
        verdict,
        score: Score {
            earned,
            possible: points,
            undecided: if verdict.is_undecided() { points } else { 0 },
        },
        answer_right: match &alone {
            Alone::Right => Some(true),
            Alone::Wrong(_) | Alone::Partly(..) => Some(false),
            Alone::None | Alone::Pending | Alone::Undecided(..) => None,
        },
        pending: matches!(alone, Alone::Pending) || waits.is_some(),
        missing,
        answer: match answer {
            Some(Answer::Text(text)) => Some(text.clone()),
            _ => None,
        },
        drawing: match (answer, &item.layout) {
            (Some(Answer::Layout(drawn)), Some(layout)) => {
                Some(drawing::drawing(layout, drawn, answered.exercises))
            }
            _ => None,
        },
        evidence,
        message,
    }
}

/// The verdict of answer and evidence together, and which half is missing in words. `shown` is a check that does not pass, `doubt`
/// one that is undecided.
fn together(
    item: &Item,
    alone: &Alone,
    shown: Option<&str>,
    doubt: Option<&Evidence>,
) -> (Verdict, Option<String>) {
    let also = |start: String| match shown {
        Some(check) => format!("{start}; and `{check}` does not pass yet"),
        None => start,
    };
    match (alone, shown, doubt) {
        (Alone::None, _, _) => (Verdict::Failed, Some("there is no answer yet".to_owned())),
        (Alone::Wrong(why), _, _) => (Verdict::Failed, Some(with_hint(item, also(why.clone())))),
        (Alone::Partly(_, why), _, _) => (Verdict::Failed, Some(also(why.clone()))),
        (Alone::Right, Some(check), _) => (
            Verdict::Skipped,
            Some(format!(
                "the answer is right; its point waits until `{check}` passes"
            )),
        ),
        (Alone::Pending, Some(check), _) => (
            Verdict::Skipped,
            Some(format!(
                "your teacher marks this answer; its points wait until `{check}` passes"
            )),
        ),
        (Alone::Undecided(_, why), Some(check), _) => (
            Verdict::Skipped,
            Some(format!("{why}; and `{check}` does not pass yet")),
        ),
        (Alone::Undecided(verdict, why), None, _) => (*verdict, Some(why.clone())),
        (Alone::Pending, None, _) => (
            Verdict::Inconclusive,
            Some("your teacher marks this answer".to_owned()),
        ),
        (Alone::Right, None, Some(doubt)) => (
            doubt.verdict,
            Some(format!(
                "the answer is right, but `{}` is undecided",
                doubt.check
            )),
        ),
        (Alone::Right, None, None) => (Verdict::Passed, None),
    }
}

fn with_hint(item: &Item, start: String) -> String {
    match &item.hint {
        Some(hint) => format!("{start}; look at: {hint}"),
        None => start,
    }
}

fn alone(item: &Item, answer: &Answer, answered: Answered<'_>) -> Alone {
    let judged = |right: bool, why: &str| {
        if right {
            Alone::Right
        } else {
            Alone::Wrong(why.to_owned())
        }
    };
    match answer {
        Answer::Choice(_) | Answer::Number(_) if item.predict.is_none() => judged(
            is_right(item, answer),
            of_choice(item, answer).unwrap_or(WRONG),
        ),
        Answer::Order(_) => judged(is_right(item, answer), "the order is not right"),
        Answer::Match(_) => judged(is_right(item, answer), "not every pair is right"),
        Answer::Layout(drawn) => match &item.layout {
            Some(layout) => drawing::fault(layout, drawn).map_or(Alone::Right, Alone::Wrong),
            None => judged(false, WRONG),
        },
        Answer::Number(number) => match &item.predict {
            Some(predict) => prediction(item, predict, number, answered),
            None => judged(false, WRONG),
        },
        Answer::Text(_) if item.text.is_some() => {
            free_text(item.possible(), answered.given.get(&item.id))
        }
        Answer::Choice(_) | Answer::Text(_) => judged(false, WRONG),
    }
}

fn free_text(possible: u32, given: Option<&Given>) -> Alone {
    let Some(given) = given else {
        return Alone::Pending;
    };
    if given.points >= possible {
        return Alone::Right;
    }
    let start = format!("{} of {possible} points from your teacher", given.points);
    Alone::Partly(
        given.points,
        match &given.comment {
            Some(comment) => format!("{start}: {comment}"),
            None => start,
        },
    )
}

fn prediction(
    item: &Item,
    predict: &Predict,
    number: &NumberAnswer,
    answered: Answered<'_>,
) -> Alone {
    if item
        .parameters(answered.answers.student.as_deref())
        .is_none()
    {
        let message = "the numbers of this question depend on who you are; write `student = \"your id\"` at the top of answers.toml";
        return Alone::Wrong(message.to_owned());
    }
    match predicted::mark(predict, number, answered.predictions.get(&item.id)) {
        Marked::Right => Alone::Right,
        Marked::Wrong(why) => Alone::Wrong(format!("the program did something else: {why}")),
        Marked::Undecided(verdict, why) => Alone::Undecided(verdict, why),
    }
}

/// What is wrong with a choice of several, as far as it may be told.
fn of_choice(item: &Item, answer: &Answer) -> Option<&'static str> {
    let (Answer::Choice(given), Some(choice)) = (answer, &item.choice) else {
        return None;
    };
    if item.kind() != Some(Kind::SeveralOf) {
        return None;
    }
    let right = given
        .iter()
        .filter(|key| choice.right.contains(key))
        .count();
    if right == choice.right.len() {
        Some("something is chosen that is not true")
    } else if right == given.len() && right > 0 {
        Some("what is chosen is true, but something is missing")
    } else {
        None
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
        Answer::Layout(_) | Answer::Text(_) => false,
    }
}

/// How many bytes a unit stands for.
fn bytes(unit: &str) -> Option<f64> {
    match Unit::read(unit.trim()) {
        Some(Unit::Bytes(bytes)) => Some(bytes as f64),
        _ => None,
    }
}

/// Two values that can be compared: what is right in `own` unit, and what was given, with a unit or without.
fn comparable(right: f64, own: Option<&str>, given: &NumberAnswer) -> Option<(f64, f64)> {
    match &given.unit {
        None => Some((right, given.value)),
        Some(unit) if own.is_some_and(|own| own.trim().eq_ignore_ascii_case(unit.trim())) => {
            Some((right, given.value))
        }
        Some(unit) => Some((right, given.value * bytes(unit)? / bytes(own?)?)),
    }
}

/// A number without a unit is in the question's own; with one it is converted.
fn number_is_right(number: &Number, given: &NumberAnswer) -> bool {
    let Some(right) = number.right else {
        return false;
    };
    let Some((right, value)) = comparable(right, number.unit.as_deref(), given) else {
        return false;
    };
    let allowed = right.abs() * number.percent.max(0.0) / 100.0;
    (value - right).abs() <= allowed + right.abs() * 1e-12
}

/// A figure (lowest and highest, in bytes or counts) and what was predicted, both in the question's unit.
fn in_unit(
    given: &NumberAnswer,
    figure: (f64, f64),
    predict: &Predict,
) -> Option<((f64, f64), f64)> {
    let own = predict.unit();
    let scale = match own {
        Some(unit) if predict.of.is_bytes() => bytes(unit).unwrap_or(1.0),
        _ => 1.0,
    };
    let (low, value) = comparable(figure.0 / scale, own, given)?;
    Some(((low, figure.1 / scale), value))
}

#[cfg(test)]
mod tests;
