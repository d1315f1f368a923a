//! The table `[grading]` of `course.toml`: from what checks gave to the points that count.
//!
//! The main types are [`Grading`], what an author or the command line writes, and [`Policy`], what it comes to: everything read,
//! checked and exact. [`Grading::with`] amends it by [`PolicyOverride`]s, [`Grading::policy`] reads it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

mod amount;
mod overrides;
mod read;

pub use amount::{Amount, Share};
pub(crate) use amount::{decimal, hundredths, scaled};
pub use overrides::PolicyOverride;
pub use read::{Extension, Problem};

/// The name of the checklist among parts of a grade.
pub const CHECKLIST: &str = "checklist";

/// Most points that anything can be worth, so that sums over a course stay far from overflow.
pub(crate) const MAX_POINTS: i64 = 1_000_000;

/// How grades are made of what the checks gave. Every key can be amended on the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Grading {
    /// What an exercise is worth, by its id, whatever its checks add up to; `checklist` for the checklist. What is not named is worth
    /// what its checks add up to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, f64>"))]
    pub points: BTreeMap<String, Amount>,
    /// Which attempt counts where several were handed in; the latest if left out.
    #[serde(default)]
    pub attempts: Option<Attempts>,
    /// Until when to hand in: `2026-11-20T23:59+01:00`, or `2026-11-20T23:59` together with `timezone`.
    #[serde(default)]
    pub due: Option<String>,
    /// Where times without an offset are meant, such as `Europe/Stockholm`.
    #[serde(default)]
    pub timezone: Option<String>,
    /// How long after `due` nothing is late yet, such as `15 min`. Who is later than that is late from `due` on.
    #[serde(default)]
    pub grace: Option<String>,
    /// What each day costs that has begun since `due`: `"10%"` of what could be had, or points.
    #[serde(default)]
    pub late_per_day: Option<Share>,
    /// The most that lateness costs: `"50%"` of what could be had, or points.
    #[serde(default)]
    pub late_at_most: Option<Share>,
    /// When it is too late: so long after `due`, such as `7 days`, or a time like `due`.
    #[serde(default)]
    pub cutoff: Option<String>,
    /// The most that counts of what comes too late: `"50%"` of what could be had, or points; nothing if left out.
    #[serde(default)]
    pub after_cutoff: Option<Share>,
    /// What to do when a hand-in is known to be late, and not how late; no penalty if left out.
    #[serde(default)]
    pub late_without_time: Option<LateWithoutTime>,
    /// So many exercises do not count: those with the lowest percentage.
    #[serde(default)]
    pub drop_lowest: Option<u32>,
    /// To what the points in the end are rounded, halves away from zero; to hundredths if left out.
    #[serde(default)]
    pub round: Option<Rounding>,
}

/// Which attempt counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Attempts {
    /// The one that was handed in last.
    #[default]
    Latest,
    /// The one with the most points after penalties; of equal ones the latest.
    Best,
}

/// What to do about a hand-in that is late by an unknown time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LateWithoutTime {
    /// Nothing is taken; the grade says that it was late.
    #[default]
    NoPenalty,
    /// It counts as one day late.
    OneDay,
}

/// To what points are rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Rounding {
    /// Hundredths.
    #[default]
    #[serde(rename = "0.01")]
    Hundredths,
    /// Tenths.
    #[serde(rename = "0.1")]
    Tenths,
    /// Halves.
    #[serde(rename = "0.5")]
    Halves,
    /// Whole points.
    #[serde(rename = "1")]
    Whole,
}

impl Rounding {
    /// The step, in hundredths of a point.
    pub fn hundredths(self) -> i64 {
        match self {
            Self::Hundredths => 1,
            Self::Tenths => 10,
            Self::Halves => 50,
            Self::Whole => 100,
        }
    }

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hundredths => "0.01",
            Self::Tenths => "0.1",
            Self::Halves => "0.5",
            Self::Whole => "1",
        }
    }
}

/// A policy that is read and checked: what grading goes by. The default changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// What an exercise, or the checklist, is worth, where that is not what its checks add up to.
    pub points: BTreeMap<String, Amount>,
    /// Which attempt counts.
    pub attempts: Attempts,
    /// Until when to hand in.
    pub due: Option<Timestamp>,
    /// How long after it nothing is late yet.
    pub grace: SignedDuration,
    /// What each day costs.
    pub late_per_day: Option<Share>,
    /// The most that lateness costs.
    pub late_at_most: Option<Share>,
    /// When it is too late.
    pub cutoff: Option<Timestamp>,
    /// The most that counts of what comes too late.
    pub after_cutoff: Share,
    /// What to do about a hand-in that is late by an unknown time.
    pub late_without_time: LateWithoutTime,
    /// So many exercises do not count.
    pub drop_lowest: usize,
    /// To what points are rounded.
    pub round: Rounding,
    /// Keys that have no effect as things are, one sentence each.
    pub warnings: Vec<String>,
}

#[cfg(test)]
mod tests;
