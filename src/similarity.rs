//! Near-identical submissions: a hint for a human, never a verdict.

/// Two submissions of one exercise that share much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The exercise.
    pub exercise: String,
    /// One of the two.
    pub left: Side,
    /// The other; from an earlier year where its `archive` says so.
    pub right: Side,
    /// Places that are alike, the longest first.
    pub matches: Vec<Match>,
}

/// One submission of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// The student's id.
    pub student: String,
    /// The archive that it comes from; `None` for this class.
    pub archive: Option<String>,
    /// How much of it is found in the other, in percent of its own fingerprints.
    pub percent: u8,
    /// Its files.
    pub files: std::collections::BTreeMap<String, String>,
}

/// Lines that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// In the left one.
    pub left: Lines,
    /// In the right one.
    pub right: Lines,
}

/// Some lines of a file, from 1, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// The file.
    pub file: String,
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
}

use serde::{Deserialize, Serialize};
