//! Judging: from a spec and observations to verdicts. Pure functions; no process, no clock.
//!
//! The main type is [`ExerciseReport`].

use serde::{Deserialize, Serialize};

use crate::course::checklist::Kind;
use crate::course::spec::Withheld;
use crate::diagnostic::Finding;
use crate::observe::Observation;

pub mod catalog;

mod bounds;
mod checklist;
mod claims;
mod counted;
mod curve;
mod diff;
mod exercise;
mod figures;
mod gap;
mod heap;
mod leak;
mod marks;
mod memory;
mod moments;
mod needs;
mod numbers;
mod outcome;
mod output;
mod pages;
mod places;
mod projection;
mod ratio;
mod regions;
mod rules;
mod ruling;
mod sparkline;
mod tokens;
mod verdicts;
mod words;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub use checklist::{Answered, Drawing, DrawnRegion, Given, PREDICTION, judge_checklist};
pub use exercise::{ENDS_NORMALLY, judge, verdict_alone};
pub use leak::explain;
pub use leak::held::holder;
pub use memory::{USES_MEMORY_RIGHTLY, memory_findings};
pub use projection::project;
pub use verdicts::total;

/// What came of a check, a case, an exercise or a checklist item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As expected.
    Passed,
    /// Not as expected; the learner's program is the reason.
    Failed,
    /// Not judged because something it needs did not pass.
    Skipped,
    /// Measured, but too uncertain to decide.
    Inconclusive,
    /// This machine cannot measure it.
    Unmeasurable,
    /// The spec or memgrade is at fault.
    Error,
}

impl Verdict {
    /// Whether points are neither earned nor lost.
    pub fn is_undecided(self) -> bool {
        matches!(self, Self::Inconclusive | Self::Unmeasurable | Self::Error)
    }
}

/// Points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Score {
    /// Points earned.
    pub earned: u32,
    /// Points that could be earned, undecided ones among them.
    pub possible: u32,
    /// Points that are undecided.
    #[serde(default)]
    pub undecided: u32,
}

impl std::ops::AddAssign for Score {
    fn add_assign(&mut self, other: Self) {
        // A spec may name any points; their sum must not end the program.
        self.earned = self.earned.saturating_add(other.earned);
        self.possible = self.possible.saturating_add(other.possible);
        self.undecided = self.undecided.saturating_add(other.undecided);
    }
}

/// What came of one check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// The check's name.
    pub name: String,
    /// Its points.
    pub points: u32,
    /// Points earned.
    pub earned: u32,
    /// What came of it.
    pub verdict: Verdict,
    /// Hidden from learners beyond its name.
    pub hidden: bool,
    /// For a failure, skip or undecided verdict: why. For a pass it may carry a note of what was measured.
    pub finding: Option<Finding>,
    /// One line about a pass: "grows by 9.6 MiB per step, as it should".
    pub summary: Option<String>,
}

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseReport {
    /// The case's name. Checks that compare cases, and rules about the source, stand under a case named `""`.
    pub name: String,
    /// Hidden from learners.
    pub hidden: bool,
    /// The worst of its checks.
    pub verdict: Verdict,
    /// The run; `None` when nothing was run.
    pub run: Option<Observation>,
    /// Its checks, in the spec's order.
    pub checks: Vec<CheckReport>,
}

/// What came of one exercise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExerciseReport {
    /// The exercise's id: its folder's name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The worst of its cases.
    pub verdict: Verdict,
    /// Points.
    pub score: Score,
    /// Its cases, in the spec's order.
    pub cases: Vec<CaseReport>,
    /// Findings about the submission as a whole: does not compile, missing, not UTF-8.
    pub findings: Vec<Finding>,
    /// Checks that are not in this course, because it is a student's bundle: their points are not among the possible ones.
    pub withheld: Option<Withheld>,
}

/// What came of one checklist item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemReport {
    /// The item's id.
    pub id: String,
    /// Which kind of question it is.
    pub kind: Option<Kind>,
    /// The question.
    pub question: String,
    /// What came of it.
    pub verdict: Verdict,
    /// Points.
    pub score: Score,
    /// Whether the answer is right; `None` without an answer, and where nobody has decided.
    pub answer_right: Option<bool>,
    /// Whether the answer waits for a teacher to mark it: its points are undecided until then.
    pub pending: bool,
    /// Which halves are missing.
    pub missing: Vec<Half>,
    /// A free text, for whoever marks it.
    pub answer: Option<String>,
    /// The learner's drawing of memory beside what was measured.
    pub drawing: Option<Drawing>,
    /// Each named check and what came of it.
    pub evidence: Vec<Evidence>,
    /// Which half is missing, in words.
    pub message: Option<String>,
}

/// What a checklist item can lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// The right answer.
    Answer,
    /// A check of the learner's own programs that passes.
    Evidence,
    /// A teacher's points.
    Marking,
}

/// A check that a checklist item rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// `exercise/case/check`.
    pub check: String,
    /// What came of it; skipped if it was not judged.
    pub verdict: Verdict,
}

/// What came of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChecklistReport {
    /// Points.
    pub score: Score,
    /// Who the learner says they are, in `answers.toml`: the parameters of predictions depend on it.
    pub student: Option<String>,
    /// Its items, in order.
    pub items: Vec<ItemReport>,
    /// Findings about `answers.toml` itself.
    pub findings: Vec<Finding>,
}

/// What came of a submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Points of all exercises and the checklist.
    pub score: Score,
    /// The exercises, in the course's order.
    pub exercises: Vec<ExerciseReport>,
    /// The checklist; `None` where the course has none.
    pub checklist: Option<ChecklistReport>,
}

/// Everything that is known about one exercise of a submission, for [`judge`](self).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// The learner's files, path as in findings (relative to the submission) and text.
    pub sources: std::collections::BTreeMap<String, String>,
    /// Findings about the source: rules broken, not UTF-8, missing.
    pub source_findings: Vec<Finding>,
    /// What the source keeps from being dropped on purpose.
    pub purpose: crate::intake::syntax::Purpose,
    /// Why there is no program, if there is none.
    pub build_failure: Option<crate::build::Failure>,
    /// Observations by case name. The first of a case is the one that is reported; further ones are paired
    /// repetitions for ratios.
    pub runs: std::collections::BTreeMap<String, Vec<Observation>>,
    /// Why a case could not be run at all on this machine, by case name.
    pub unmeasurable: std::collections::BTreeMap<String, Finding>,
}
