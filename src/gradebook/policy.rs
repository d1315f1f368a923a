//! The grading policy: from what the machine found to the points in the end, with each step in words.
//!
//! The main function is [`grade`]. Everything is exact: points are hundredths, and are rounded once, by a stated rule.

use serde::{Deserialize, Serialize};

/// Points in hundredths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Points(pub i64);

/// A student's points, and what they are made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grade {
    /// The points in the end.
    pub points: Points,
    /// What could be had.
    pub possible: Points,
    /// Points that nobody has decided: what the machine could not measure, and texts that wait for a teacher.
    pub undecided: Points,
    /// The rows that add up: an exercise each, the checklist.
    pub parts: Vec<Part>,
    /// What changed the sum afterwards, in order, in words with the points that it gave or took.
    pub steps: Vec<Step>,
    /// A teacher's comment.
    pub comment: Option<String>,
}

/// One row of a grade.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The exercise's id, or `checklist`.
    pub id: String,
    /// Points.
    pub points: Points,
    /// What could be had.
    pub possible: Points,
    /// Points that nobody has decided.
    pub undecided: Points,
    /// Why the points are not what the machine found: scaled, given by hand, dropped. In words.
    pub notes: Vec<String>,
}

/// A change of the sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it is for, in words: `2 days late, 10 % each`.
    pub what: String,
    /// Points given, or taken where it is below 0.
    pub points: Points,
}
