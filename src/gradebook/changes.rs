//! Why a grade is another than it was at the grading before.
//!
//! The main function is [`why`]. It compares what each grade was made of: the hand-in, the spec, who measured, the teacher's points
//! and the policy.

use std::collections::BTreeMap;

use super::judgments::Known;
use super::policy::{Grade, Part, Points};
use super::roll::EarlierGrade;
use crate::course::grading_policy::CHECKLIST;

/// A part of a grade that is another than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The exercise, `checklist`, or empty for the sum.
    pub part: String,
    /// Points before; `None` where there was no such part.
    pub before: Option<Points>,
    /// Points now; `None` where there is none any more.
    pub after: Option<Points>,
    /// Why, in one sentence without a capital.
    pub reason: String,
}

/// What a grade is made of now.
#[derive(Debug, Clone, Copy)]
pub struct Now<'a> {
    /// The attempt that counts.
    pub attempt: u32,
    /// The grade.
    pub grade: &'a Grade,
    /// The judgment of each exercise.
    pub judgments: &'a BTreeMap<String, String>,
    /// Whether this attempt would have got the same before: what made the grade another is that it counts.
    pub as_before: bool,
    /// The hash of the answers' text.
    pub answers: Option<&'a str>,
    /// The questions whose free texts a teacher has marked, or marked otherwise, since then.
    pub marked: &'a [String],
}

/// Checks that came out otherwise: from an earlier judgment to a later one, in words.
pub type Moved<'a> = &'a dyn Fn(&str, &str) -> Vec<String>;

/// Most checks that are named in one reason.
const MOST_CHECKS: usize = 4;

/// Every part whose points moved, then the sum where more than its parts moved it.
pub fn why(
    before: &EarlierGrade,
    now: Now<'_>,
    known: &BTreeMap<String, Known>,
    moved: Moved<'_>,
) -> Vec<Change> {
    let earlier: BTreeMap<&str, &Part> = parts(&before.grade);
    let later: BTreeMap<&str, &Part> = parts(now.grade);
    let ids = now.grade.parts.iter().chain(&before.grade.parts);
    let mut changes: Vec<Change> = Vec::new();
    for id in ids.map(|part| part.id.as_str()) {
        let (old, new) = (earlier.get(id).copied(), later.get(id).copied());
        let points = |part: Option<&Part>| part.map(|part| part.points);
        let worth =
            |part: Option<&Part>| part.map(|part| (part.points, part.possible, part.undecided));
        if worth(old) == worth(new) || changes.iter().any(|change| change.part == id) {
            continue;
        }
        changes.push(Change {
            part: id.to_owned(),
            before: points(old),
            after: points(new),
            reason: reason(id, old, new, before, now, known, moved),
        });
    }
    let sum_of_parts = |grade: &Grade| grade.parts.iter().map(|part| part.points.0).sum::<i64>();
    let beside = |grade: &Grade| grade.points.0 - sum_of_parts(grade);
    if beside(&before.grade) != beside(now.grade) {
        let steps = |grade: &Grade| {
            let steps = grade.steps.iter();
            steps.map(|step| step.what.clone()).collect::<Vec<_>>()
        };
        let (old, new) = (steps(&before.grade), steps(now.grade));
        let came = new.iter().filter(|step| !old.contains(step));
        let went = old.iter().filter(|step| !new.contains(step));
        let mut words: Vec<String> = came.cloned().collect();
        words.extend(went.map(|step| format!("no longer: {step}")));
        let reason = if words.is_empty() {
            "the same rules take or give another amount".to_owned()
        } else {
            words.join("; ")
        };
        changes.push(Change {
            part: String::new(),
            before: Some(before.grade.points),
            after: Some(now.grade.points),
            reason,
        });
    }
    changes
}

/// The hash of no files at all.
fn nothing() -> String {
    blake3::hash(b"").to_hex().to_string()
}

fn parts(grade: &Grade) -> BTreeMap<&str, &Part> {
    let parts = grade.parts.iter();
    parts.map(|part| (part.id.as_str(), part)).collect()
}

fn reason(
    id: &str,
    old: Option<&Part>,
    new: Option<&Part>,
    before: &EarlierGrade,
    now: Now<'_>,
    known: &BTreeMap<String, Known>,
    moved: Moved<'_>,
) -> String {
    let (Some(old), Some(new)) = (old, new) else {
        return match new {
            Some(_) => "it is new in the course".to_owned(),
            None => "it is no longer in the course".to_owned(),
        };
    };
    let by_hand = |part: &Part| {
        let notes = part.notes.iter().filter(|note| note.contains("by hand"));
        notes.cloned().collect::<Vec<_>>()
    };
    if by_hand(old) != by_hand(new) {
        return match by_hand(new).as_slice() {
            [] => "points by hand were taken back".to_owned(),
            notes => notes.join("; "),
        };
    }
    let attempt = if before.attempt == now.attempt {
        String::new()
    } else {
        format!("attempt {} counts now; ", now.attempt + 1)
    };
    if id == CHECKLIST {
        let what = if !now.marked.is_empty() {
            format!("marked by hand: {}", now.marked.join(", "))
        } else if before.answers.as_deref() != now.answers {
            "the answers are other ones".to_owned()
        } else if now.as_before {
            "the same answers, with other evidence".to_owned()
        } else {
            "its questions, or the evidence for the answers, changed".to_owned()
        };
        return format!("{attempt}{what}");
    }
    let keys = (before.judgments.get(id), now.judgments.get(id));
    let (Some(from), Some(to)) = keys else {
        return format!("{attempt}it was not judged before");
    };
    let is_nothing = |known: Option<&Known>| known.is_some_and(|known| known.content == nothing());
    if from != to && is_nothing(known.get(from)) {
        return format!("{attempt}it was not handed in before");
    }
    if from != to && is_nothing(known.get(to)) {
        return format!("{attempt}it is not handed in any more");
    }
    let what = match (known.get(from), known.get(to)) {
        _ if from == to && old.possible != new.possible => {
            "it is worth something else by the policy"
        }
        _ if from == to => "it was run again, or counts otherwise by the policy",
        (Some(a), Some(b)) if a.content != b.content && a.spec != b.spec => {
            "a new hand-in, and its spec changed"
        }
        (Some(a), Some(b)) if a.content != b.content => "a new hand-in",
        (Some(a), Some(b)) if a.spec != b.spec => "its spec changed",
        (Some(a), Some(b)) if a.identity != b.identity => {
            "it was measured anew: by another version of memgrade, compiler, sandbox level or limit"
        }
        _ => "its harness changed",
    };
    let mut moved = moved(from, to);
    let more = moved.len().saturating_sub(MOST_CHECKS);
    moved.truncate(MOST_CHECKS);
    if more > 0 {
        moved.push(format!("{more} more checks"));
    }
    let moved = if moved.is_empty() {
        String::new()
    } else {
        format!(": {}", moved.join(", "))
    };
    format!("{attempt}{what}{moved}")
}

#[cfg(test)]
mod tests;
