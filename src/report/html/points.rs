//! What the points are made of: what the machine found, what the policy changed, and where the rest went.

use serde::Serialize;

use super::budget::{self, Budget};
use super::exercise::nothing_handed_in;
use super::text;
use super::verdict::VerdictView;
use crate::gradebook::policy::{Grade, Part, Points};
use crate::gradebook::record::Record;
use crate::judge::{ExerciseReport, Report, Verdict};
use crate::report::escape::{MESSAGE_CHARS, NAME_CHARS};
use crate::report::{shown, words};

/// Reasons that are listed for one part, and steps of the policy.
const REASONS: usize = 24;
const STEPS: usize = 40;
/// Characters of a teacher's comment.
const COMMENT: usize = 4000;

/// A grade, for a template.
#[derive(Debug, Serialize)]
pub(super) struct PointsView {
    points: String,
    possible: String,
    undecided: Option<String>,
    /// From 0 to 100, for the bar.
    percent: i64,
    percent_undecided: i64,
    parts: Vec<PartView>,
    steps: Vec<StepView>,
    comment: Option<String>,
    left_out: bool,
}

#[derive(Debug, Serialize)]
struct PartView {
    name: String,
    title: String,
    points: String,
    possible: String,
    undecided: Option<String>,
    /// What came of an exercise.
    verdict: Option<VerdictView>,
    /// The section with more about it.
    link: Option<String>,
    notes: Vec<String>,
    /// What was lost, and what is open.
    lost: Vec<Reason>,
    open: Vec<Reason>,
    more: usize,
}

#[derive(Debug, Serialize)]
struct Reason {
    name: String,
    points: u32,
}

#[derive(Debug, Serialize)]
struct StepView {
    what: String,
    /// With its sign.
    points: String,
}

/// `part` of `whole` in percent, between 0 and 100.
pub(super) fn percent(part: Points, whole: Points) -> i64 {
    if whole.0 <= 0 {
        return 0;
    }
    let percent = i128::from(part.0) * 100 / i128::from(whole.0);
    i64::try_from(percent.clamp(0, 100)).unwrap_or(0)
}

fn undecided(points: Points) -> Option<String> {
    (points.0 > 0).then(|| text::points(points))
}

impl PointsView {
    pub(super) fn new(grade: &Grade, report: &Report, budget: &mut Budget) -> Self {
        let mut left_out = grade.steps.len() > STEPS;
        let comment = grade
            .comment
            .as_deref()
            .map(|comment| text::passage(comment, COMMENT))
            .filter(|comment| budget.take(text::weight(comment) + 100));
        let mut steps = Vec::new();
        for step in grade.steps.iter().take(STEPS) {
            let view = StepView {
                what: text::line(&step.what, MESSAGE_CHARS),
                points: match step.points.0 {
                    0.. => format!("+{}", text::points(step.points)),
                    _ => text::points(step.points).replace('-', "−"),
                },
            };
            if budget.take(text::weight(&view.what) + 120) {
                steps.push(view);
            } else {
                left_out = true;
            }
        }
        let mut parts = Vec::new();
        for part in &grade.parts {
            let view = PartView::new(part, report);
            if budget.take(view.weight()) {
                parts.push(view);
            } else {
                left_out = true;
            }
        }
        Self {
            points: text::points(grade.points),
            possible: text::points_in_words(grade.possible),
            undecided: undecided(grade.undecided),
            percent: percent(grade.points, grade.possible),
            percent_undecided: percent(grade.undecided, grade.possible),
            parts,
            steps,
            comment,
            left_out,
        }
    }
}

impl PartView {
    fn new(part: &Part, report: &Report) -> Self {
        let exercise = report
            .exercises
            .iter()
            .position(|exercise| exercise.id == part.id);
        let mut view = Self {
            name: text::line(&part.id, NAME_CHARS),
            title: String::new(),
            points: text::points(part.points),
            possible: text::points(part.possible),
            undecided: undecided(part.undecided),
            verdict: None,
            link: None,
            notes: part
                .notes
                .iter()
                .take(REASONS)
                .map(|note| text::line(note, MESSAGE_CHARS))
                .collect(),
            lost: Vec::new(),
            open: Vec::new(),
            more: 0,
        };
        if let Some(at) = exercise {
            let exercise = &report.exercises[at];
            view.link = Some(format!("#exercise-{}", at + 1));
            view.title = text::line(&exercise.title, NAME_CHARS);
            view.verdict = Some(exercise.verdict.into());
            match shown::nothing_ran(exercise) {
                Some(finding) => view.add(
                    &finding.message,
                    Verdict::Skipped,
                    exercise
                        .score
                        .possible
                        .saturating_sub(exercise.score.earned),
                ),
                None => view.checks(exercise),
            }
        } else if part.id == "checklist"
            && let Some(checklist) = &report.checklist
        {
            view.link = Some("#checklist".to_owned());
            "Questions".clone_into(&mut view.title);
            for item in &checklist.items {
                let missing = item.score.possible.saturating_sub(item.score.earned);
                let open = item.score.undecided.min(missing);
                view.add(&item.id, Verdict::Failed, missing - open);
                view.add(&item.id, Verdict::Inconclusive, open);
            }
        }
        view
    }

    fn checks(&mut self, exercise: &ExerciseReport) {
        for case in &exercise.cases {
            for check in &case.checks {
                let name = if case.name.is_empty() {
                    check.name.clone()
                } else {
                    format!("{}: {}", case.name, check.name)
                };
                self.add(
                    &name,
                    check.verdict,
                    check.points.saturating_sub(check.earned),
                );
            }
        }
    }

    fn add(&mut self, name: &str, verdict: Verdict, points: u32) {
        if points == 0 {
            return;
        }
        if self.lost.len() + self.open.len() >= REASONS {
            self.more += 1;
            return;
        }
        let reason = Reason {
            name: text::line(name, NAME_CHARS),
            points,
        };
        if verdict.is_undecided() {
            self.open.push(reason);
        } else {
            self.lost.push(reason);
        }
    }

    fn weight(&self) -> usize {
        let reasons = self.lost.iter().chain(&self.open);
        let texts = reasons.map(|reason| &reason.name).chain(&self.notes);
        let texts = texts.chain([&self.name, &self.title]).map(String::as_str);
        400 + 80 * (self.lost.len() + self.open.len() + self.notes.len()) + budget::weight(texts)
    }
}

/// Where a student stands, and where to look first.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    stand: String,
    first: Option<First>,
}

#[derive(Debug, Serialize)]
struct First {
    name: String,
    link: String,
    /// What is wrong there, if it can be said in one sentence.
    says: Option<String>,
}

impl Summary {
    pub(super) fn new(record: &Record) -> Self {
        let report = &record.report;
        let is_missing = |exercise: &ExerciseReport| nothing_handed_in(exercise, &record.sources);
        let has_failed = |exercise: &ExerciseReport| exercise.verdict == Verdict::Failed;
        // What somebody has worked on comes before what is not there yet.
        let first = report
            .exercises
            .iter()
            .enumerate()
            .filter(|_| record.handed_in && report.exercises.iter().any(has_failed))
            .map(|(at, exercise)| (at + 1, exercise, shown::findings(exercise)))
            .filter(|(_, exercise, findings)| {
                has_failed(exercise) || !is_missing(exercise) && !findings.is_empty()
            })
            .rev()
            .max_by_key(|(_, exercise, _)| {
                let score = exercise.score;
                (
                    !is_missing(exercise),
                    has_failed(exercise),
                    shown::nothing_ran(exercise).is_none(),
                    score.possible.saturating_sub(score.earned),
                )
            })
            .map(|(number, exercise, findings)| First {
                name: text::line(&exercise.id, NAME_CHARS),
                link: format!("#exercise-{number}"),
                says: findings
                    .first()
                    .map(|shown| text::line(&shown.finding.message, MESSAGE_CHARS)),
            });
        let stand = if record.handed_in {
            let count = |is: &dyn Fn(&ExerciseReport) -> bool| {
                report
                    .exercises
                    .iter()
                    .filter(|exercise| is(exercise))
                    .count()
            };
            stand(
                count(&|exercise| exercise.verdict == Verdict::Passed),
                count(&|exercise| !is_missing(exercise)),
                report.exercises.len(),
            )
        } else {
            "Nothing was handed in.".to_owned()
        };
        Self { stand, first }
    }
}

/// How many exercises passed, of those for which something was handed in.
fn stand(passed: usize, handed_in: usize, all: usize) -> String {
    let exercises = |count: usize| words::counted(count as u64, "exercise", "exercises");
    match (passed, handed_in) {
        _ if all == 0 => "No exercise was judged.".to_owned(),
        (_, 0) => "No exercise was handed in.".to_owned(),
        (1, 1) if all == 1 => "The exercise passed. Well done.".to_owned(),
        (passed, handed_in) if handed_in == all && passed == all => {
            format!("All {all} exercises passed. Well done.")
        }
        (passed, handed_in) if handed_in == all => {
            format!("{passed} of {} passed.", exercises(all))
        }
        (1, 1) => "The exercise that was handed in passed.".to_owned(),
        (_, 1) => "The exercise that was handed in has not passed.".to_owned(),
        (passed, handed_in) => {
            format!(
                "{passed} of {} that were handed in passed.",
                exercises(handed_in)
            )
        }
    }
}
