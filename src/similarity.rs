//! Near-identical submissions: a hint for a human, never a verdict.
//!
//! [`fingerprints`] reduces a submission to a few hundred numbers that do not depend on names, comments, layout or the values of
//! literals; [`Index`] holds those of all submissions of one exercise and gives the pairs that share many; [`with_texts`] adds the
//! sources for whoever shows a pair. [`compare`] does all of it for a class that is small enough to be held with its sources.
//!
//! Fingerprints are chosen by winnowing: S. Schleimer, D. S. Wilkerson, A. Aiken, "Winnowing: Local Algorithms for Document
//! Fingerprinting", SIGMOD 2003. docs/similarity.md says what is ignored and what the limits were tuned on.

mod index;
mod matches;
mod tokens;
mod winnow;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use index::Index;
pub use winnow::{Fingerprints, VERSION, fingerprints};

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
    pub files: BTreeMap<String, String>,
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

/// A pair without its texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The exercise.
    pub exercise: String,
    /// One of the two; always of this class.
    pub left: FoundSide,
    /// The other; from an earlier year where its `archive` says so.
    pub right: FoundSide,
    /// Different fingerprints that both have.
    pub shared: u32,
    /// Places that are alike, the longest first.
    pub matches: Vec<Match>,
}

/// One submission of a pair without its texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSide {
    /// The student's id.
    pub student: String,
    /// The archive that it comes from; `None` for this class.
    pub archive: Option<String>,
    /// How much of it is found in the other, in percent of its own fingerprints, rounded down: 100 is all of it.
    pub percent: u8,
}

/// What is reported, and what is common to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// A pair is reported when at least so much of one of the two, in percent of its own fingerprints, is found in the other.
    pub percent: u8,
    /// And when they share at least so many fingerprints: short programs are alike by chance.
    pub shared: u32,
    /// What more than this percentage of the students have in common is ignored, ...
    pub common_percent: u8,
    /// ... but never what so many or fewer have, ...
    pub common_at_least: u32,
    /// ... and always what more than so many have.
    pub common_at_most: u32,
    /// Most pairs that are reported; the most alike first.
    pub pairs: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            percent: 50,
            shared: 40,
            common_percent: 25,
            common_at_least: 8,
            common_at_most: 200,
            pairs: 1_000,
        }
    }
}

impl Settings {
    /// How many of `students` may have something before it is common to all.
    fn common(&self, students: usize) -> usize {
        let share = students.saturating_mul(usize::from(self.common_percent)) / 100;
        let at_least = usize::try_from(self.common_at_least).unwrap_or(usize::MAX);
        let at_most = usize::try_from(self.common_at_most).unwrap_or(usize::MAX);
        share.min(at_most).max(at_least)
    }
}

/// One submission with its sources.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// The student's id.
    pub student: &'a str,
    /// The archive that it comes from; `None` for this class.
    pub archive: Option<&'a str>,
    /// The group that handed it in together, if it was one.
    pub group: Option<&'a str>,
    /// Its files.
    pub files: &'a BTreeMap<String, String>,
}

/// The pairs among these submissions of one exercise, with their sources.
pub fn compare(
    exercise: &str,
    ignore: &[Fingerprints],
    documents: &[Document<'_>],
    settings: &Settings,
) -> Vec<Pair> {
    let mut index = Index::new(exercise, ignore);
    for document in documents {
        index.add(
            document.student,
            document.archive,
            document.group,
            fingerprints(document.files),
        );
    }
    let files = |side: &FoundSide| {
        documents
            .iter()
            .find(|document| {
                document.student == side.student && document.archive == side.archive.as_deref()
            })
            .map(|document| document.files.clone())
            .unwrap_or_default()
    };
    index
        .pairs(settings)
        .into_iter()
        .map(|found| {
            let (left, right) = (files(&found.left), files(&found.right));
            with_texts(found, left, right)
        })
        .collect()
}

/// The pair with the files of both submissions.
pub fn with_texts(
    found: Found,
    left_files: BTreeMap<String, String>,
    right_files: BTreeMap<String, String>,
) -> Pair {
    let side = |side: FoundSide, files| Side {
        student: side.student,
        archive: side.archive,
        percent: side.percent,
        files,
    };
    Pair {
        exercise: found.exercise,
        left: side(found.left, left_files),
        right: side(found.right, right_files),
        matches: found.matches,
    }
}
