//! Proving the checklist: its model answers earn every point.

use super::{Answer, Proof, author};
use crate::course::SourceFile;
use crate::course::checklist::Checklist;
use crate::diagnostic::{Fault, Finding, Place, Severity};
use crate::judge::{ChecklistReport, Half, ItemReport};
use crate::report::words::counted;

/// The name of this proof among those of exercises.
pub const ID: &str = "checklist";

/// Answers the questions about a checklist. `model` is what came of the course's own answers, beside its own solutions; `None` if the
/// course has no answers.
pub fn prove(
    checklist: &Checklist,
    file: Option<&SourceFile>,
    model: Option<&ChecklistReport>,
) -> Proof {
    let mut answers = vec![evidence(checklist)];
    answers.push(match model {
        None => Answer {
            problems: vec![
                author(
                    "verify/no-answers",
                    "the checklist has no model answers".to_owned(),
                )
                .help(
                    "write solutions/answers.toml; `memgrade quiz --by-hand` makes one to fill in",
                ),
            ],
            ..Answer::new("model answers", "none".to_owned())
        },
        Some(report) => self::model(report, file),
    });
    Proof {
        id: ID.to_owned(),
        answers,
    }
}

/// Whether a bluffer gets anywhere: each question asks for a check of the learner's own.
fn evidence(checklist: &Checklist) -> Answer {
    let without = checklist
        .items
        .iter()
        .filter(|item| item.evidence.is_empty());
    let without: Vec<&str> = without.map(|item| item.id.as_str()).collect();
    Answer::new(
        "evidence",
        match without.as_slice() {
            [] => "every question rests on checks of the learner's own programs".to_owned(),
            ids => format!("knowing is enough for {}", ids.join(", ")),
        },
    )
}

fn model(report: &ChecklistReport, file: Option<&SourceFile>) -> Answer {
    let mut problems = report.findings.clone();
    for problem in &mut problems {
        problem.fault = Fault::Author;
    }
    let failing = report.items.iter().filter(|item| !is_earned(item));
    problems.extend(failing.map(|item| problem(item, file)));
    let marked = report.items.iter().filter(|item| item.pending).count();
    let pending = match marked {
        0 => String::new(),
        count => format!(", {count} of them by hand"),
    };
    let questions = counted(report.items.len() as u64, "question", "questions");
    Answer {
        problems,
        ..Answer::new("model answers", format!("{questions}{pending}"))
    }
}

/// All that can be earned without a teacher.
fn is_earned(item: &ItemReport) -> bool {
    item.missing.iter().all(|half| *half == Half::Marking)
        && (item.pending || item.score.earned == item.score.possible)
}

fn problem(item: &ItemReport, file: Option<&SourceFile>) -> Finding {
    let why = item.message.as_deref().unwrap_or("it earns no point");
    let message = format!("the model answer to `{}` does not hold: {why}", item.id);
    let mut finding = author("verify/answer-fails", message);
    if item.verdict.is_undecided()
        && item.answer_right.is_none()
        && !item.missing.contains(&Half::Answer)
    {
        finding.fault = Fault::Machine;
        finding.severity = Severity::Warning;
    }
    if let Some((file, line)) = file.and_then(|file| Some((file, line(&file.text, &item.id)?))) {
        finding = finding.at(Place::line(file.path.clone(), line), "this answer");
    }
    finding.help("correct solutions/answers.toml or the question")
}

/// The line on which a question is answered.
fn line(text: &str, id: &str) -> Option<u32> {
    let begins = |line: &str| {
        let rest = line.trim_start_matches(['[', ' ']).strip_prefix(id);
        rest.is_some_and(|rest| rest.trim_start().starts_with(['=', ']', '.']))
    };
    let index = text.lines().position(begins)?;
    u32::try_from(index + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::checklist::Item;
    use crate::judge::{Score, Verdict};

    fn report(verdict: Verdict, missing: &[Half], pending: bool) -> ChecklistReport {
        let item = ItemReport {
            id: "q".to_owned(),
            kind: None,
            question: String::new(),
            verdict,
            score: Score {
                earned: u32::from(verdict == Verdict::Passed),
                possible: 1,
                undecided: 0,
            },
            answer_right: Some(verdict == Verdict::Passed),
            pending,
            missing: missing.to_vec(),
            answer: None,
            drawing: None,
            evidence: Vec::new(),
            message: None,
        };
        ChecklistReport {
            items: vec![item],
            ..ChecklistReport::default()
        }
    }

    fn codes(model: Option<&ChecklistReport>) -> Vec<String> {
        let checklist = Checklist {
            format_version: 1,
            items: vec![Item {
                id: "q".to_owned(),
                ..Item::default()
            }],
        };
        let proof = prove(&checklist, None, model);
        proof
            .problems()
            .map(|problem| problem.code.clone())
            .collect()
    }

    #[test]
    fn model_answers_earn_all_that_needs_no_teacher() {
        let none: [&str; 0] = [];
        assert_eq!(codes(None), ["verify/no-answers"]);
        assert_eq!(codes(Some(&report(Verdict::Passed, &[], false))), none);
        let waiting = report(Verdict::Inconclusive, &[Half::Marking], true);
        assert_eq!(codes(Some(&waiting)), none);
        let wrong = report(Verdict::Failed, &[Half::Answer], false);
        assert_eq!(codes(Some(&wrong)), ["verify/answer-fails"]);
        let lacking = report(Verdict::Skipped, &[Half::Marking, Half::Evidence], true);
        assert_eq!(codes(Some(&lacking)), ["verify/answer-fails"]);
        let mut partial = report(Verdict::Passed, &[], false);
        partial.items[0].score.possible = 2;
        assert_eq!(codes(Some(&partial)), ["verify/answer-fails"]);
    }
}
