//! What the points are made of: what the machine found, what the policy changed, and where the rest went.

use serde::Serialize;

use super::budget::{self, Budget};
use super::text;
use crate::gradebook::policy::{Grade, Part, Points};
use crate::judge::{Report, Verdict};
use crate::report::escape::{MESSAGE_CHARS, NAME_CHARS};
use crate::report::{shown, words};

/// Reasons that are listed for one part, and steps of the policy.
const REASONS: usize = 24;
const STEPS: usize = 40;

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
            .map(|comment| text::block(comment, 40))
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
        let exercise = report.exercises.iter().position(|exercise| exercise.id == part.id);
        let mut view = Self {
            name: text::line(&part.id, NAME_CHARS),
            title: String::new(),
            points: text::points(part.points),
            possible: text::points(part.possible),
            undecided: undecided(part.undecided),
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
            for case in &exercise.cases {
                for check in &case.checks {
                    let name = format!("{}: {}", shown::case_name(case), check.name);
                    view.add(name, check.verdict, check.points.saturating_sub(check.earned));
                }
            }
        } else if part.id == "checklist" && let Some(checklist) = &report.checklist {
            view.link = Some("#checklist".to_owned());
            "Questions".clone_into(&mut view.title);
            for item in &checklist.items {
                let missing = item.score.possible.saturating_sub(item.score.earned);
                let open = item.score.undecided.min(missing);
                view.add(item.id.clone(), Verdict::Failed, missing - open);
                view.add(item.id.clone(), Verdict::Inconclusive, open);
            }
        }
        view
    }

    fn add(&mut self, name: String, verdict: Verdict, points: u32) {
        if points == 0 {
            return;
        }
        if self.lost.len() + self.open.len() >= REASONS {
            self.more += 1;
            return;
        }
        let reason = Reason {
            name: text::line(&name, NAME_CHARS),
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

/// One sentence on where a student stands, and where to look first.
pub(super) fn summary(report: &Report, handed_in: bool) -> String {
    if !handed_in {
        return "Nothing was handed in.".to_owned();
    }
    let all = report.exercises.len();
    let passed = report
        .exercises
        .iter()
        .filter(|exercise| exercise.verdict == Verdict::Passed)
        .count();
    let worst = report
        .exercises
        .iter()
        .filter(|exercise| exercise.verdict == Verdict::Failed)
        .max_by_key(|exercise| exercise.score.possible.saturating_sub(exercise.score.earned));
    let stand = match (passed, all) {
        (_, 0) => "No exercise was judged.".to_owned(),
        (passed, all) if passed == all && all > 1 => {
            format!("All {} passed. Well done.", words::counted(all as u64, "exercise", "exercises"))
        }
        (1, 1) => "The exercise passed. Well done.".to_owned(),
        (passed, all) => format!(
            "{passed} of {} passed.",
            words::counted(all as u64, "exercise", "exercises")
        ),
    };
    match worst {
        Some(exercise) => format!("{stand} Look first at {}.", text::line(&exercise.id, NAME_CHARS)),
        None => stand,
    }
}
