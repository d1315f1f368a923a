//! What reports and exports show of one student.

use jiff::Timestamp;

use super::policy::Grade;
use crate::class::Identity;
use crate::judge::Report;
use crate::report::Sources;

/// Everything about one student.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The student's id.
    pub id: String,
    /// The name, where one is known.
    pub name: Option<String>,
    /// A file name made from the id: safe on every system, and no other student's.
    pub file_stem: String,
    /// What platforms know the student by.
    pub identity: Identity,
    /// The group, where there is one.
    pub group: Option<String>,
    /// Whether anything was handed in at all.
    pub handed_in: bool,
    /// Which of the attempts is graded, such as `attempt 2 of 3 (latest)`; `None` where there is one only.
    pub attempt: Option<String>,
    /// When it was handed in, where that is known.
    pub submitted: Option<Timestamp>,
    /// Whether it was late, where that is known.
    pub late: Option<bool>,
    /// What is to be said of the hand-in, one sentence each.
    pub notes: Vec<String>,
    /// The points in the end, and what they are made of.
    pub grade: Grade,
    /// What the machine found: everything, hidden cases too.
    pub report: Report,
    /// The learner's files that findings point into.
    pub sources: Sources,
}
