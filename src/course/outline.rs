//! The type of `course.toml`.

use serde::{Deserialize, Serialize};

use super::grading_policy::Grading;

/// A course: which exercises it has, in which order, and what they are for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Outline {
    /// Version of this file's format; 1.
    #[cfg_attr(test, schemars(extend("const" = 1)))]
    pub format_version: u32,
    /// The course's name.
    pub title: String,
    /// The name of the day that it is, such as `Day 4: memory management`.
    #[serde(default)]
    pub day: Option<String>,
    /// How long it takes a learner in all, in minutes.
    #[serde(default)]
    pub minutes: Option<u32>,
    /// What a learner can do afterwards, one sentence each.
    #[serde(default)]
    pub objectives: Vec<String>,
    /// Ids of the exercises (names of their folders under `exercises/`), in the order in which they are worked on.
    pub exercises: Vec<String>,
    /// Those among them that are for whoever has time left: their minutes are not counted among those of the course.
    #[serde(default)]
    pub extra: Vec<String>,
    /// The day before, in one line.
    #[serde(default)]
    pub previous: Option<String>,
    /// What a learner knows already, one sentence each.
    #[serde(default)]
    pub prerequisites: Vec<String>,
    /// The day after, in one line.
    #[serde(default)]
    pub next: Option<String>,
    /// What comes then, one sentence each.
    #[serde(default)]
    pub outlook: Vec<String>,
    /// How grades are made of what the checks gave.
    #[serde(default)]
    pub grading: Option<Grading>,
}
