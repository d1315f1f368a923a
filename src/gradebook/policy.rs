//! The grading policy: from what the machine found to the points in the end, with each step in words.
//!
//! The main function is [`grade`]. Everything is exact: points are hundredths, and are rounded once, by a stated rule.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::extensions::Extended;
use super::manual::{Change, ManualOf};
pub use crate::course::grading_policy::Policy;
use crate::course::grading_policy::{Attempts, CHECKLIST, decimal, scaled};
use crate::judge::{Report, Score};

mod lateness;

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
    /// More time that was given, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_time: Vec<String>,
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

/// When a student handed in, as far as it is known, and what more time there was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HandIn<'a> {
    /// The moment.
    pub submitted: Option<Timestamp>,
    /// Whether whoever took it says that it was late.
    pub late: Option<bool>,
    /// How much more time there was than others have.
    pub more_time: &'a [Extended],
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal(self.0))
    }
}

impl Points {
    /// So many whole points.
    pub fn whole(points: u32) -> Self {
        Self(i64::from(points) * 100)
    }

    /// The nearest multiple of `step` hundredths, halves away from zero.
    #[must_use]
    pub fn rounded(self, step: i64) -> Self {
        if step <= 1 {
            return self;
        }
        let size = self.0.saturating_abs().saturating_add(step / 2) / step * step;
        Self(size * self.0.signum())
    }
}

/// A student's grade: what checks gave, as the policy and the teacher want it to count.
///
/// The order is: each part is scaled to its worth and given by hand; the lowest are dropped; lateness is taken from the sum; the
/// teacher has the last word about the sum; it is rounded. Parts and steps add up to the points.
pub fn grade(
    policy: &Policy,
    report: &Report,
    hand_in: HandIn<'_>,
    manual: &ManualOf<'_>,
) -> Grade {
    let exercises = report.exercises.iter().map(|e| (e.id.as_str(), e.score));
    let checklist = report.checklist.iter().map(|c| (CHECKLIST, c.score));
    let mut parts: Vec<Part> = exercises
        .chain(checklist)
        .map(|(id, score)| part(policy, id, score, manual))
        .collect();
    let of_exercises = report.exercises.len();
    drop_lowest(
        policy.drop_lowest,
        parts.get_mut(..of_exercises).unwrap_or_default(),
    );
    let sum = |points: fn(&Part) -> Points| parts.iter().map(|part| points(part).0).sum();
    let mut total = Total {
        points: sum(|part| part.points),
        possible: sum(|part| part.possible),
        undecided: sum(|part| part.undecided),
        steps: Vec::new(),
    };
    total.late(policy, hand_in, &parts);
    total.by_hand(manual);
    total.round(policy);
    Grade {
        points: Points(total.points),
        possible: Points(total.possible),
        undecided: Points(total.undecided),
        parts,
        steps: total.steps,
        comment: manual.comment(""),
        more_time: hand_in.more_time.iter().map(Extended::said).collect(),
    }
}

/// Which of a student's attempts counts, of grades in the order in which they were handed in.
pub fn best(policy: &Policy, grades: &[Grade]) -> Option<usize> {
    match policy.attempts {
        Attempts::Latest => grades.len().checked_sub(1),
        // Of equal ones `max_by` takes the last. What can be had differs where exercises are dropped.
        Attempts::Best => (0..grades.len()).max_by(|a, b| {
            let share = |one: &Grade, other: &Grade| {
                i128::from(one.points.0) * i128::from(other.possible.0.max(1))
            };
            share(&grades[*a], &grades[*b]).cmp(&share(&grades[*b], &grades[*a]))
        }),
    }
}

/// One row: what checks gave, scaled to what it is worth, and what the teacher says of it.
fn part(policy: &Policy, id: &str, score: Score, manual: &ManualOf<'_>) -> Part {
    let mut part = Part {
        id: id.to_owned(),
        points: Points::whole(score.earned),
        possible: Points::whole(score.possible),
        undecided: Points::whole(score.undecided),
        notes: Vec::new(),
    };
    if let Some(worth) = policy.points.get(id).map(|worth| worth.hundredths())
        && worth != part.possible.0
    {
        let (earned, possible) = (part.points, part.possible);
        if possible.0 > 0 {
            let scale = |points: i64| scaled(points, worth, possible.0);
            let open = scale(part.points.0 + part.undecided.0);
            part.points = Points(scale(earned.0));
            part.undecided = Points(open - part.points.0);
            part.notes
                .push(format!("{earned} of {possible} by its checks"));
        } else {
            part.undecided = Points(worth);
            part.notes
                .push("it has no checks that give points".to_owned());
        }
        part.possible = Points(worth);
    }
    for change in manual.changes(id) {
        match change {
            Change::Set(points) => {
                part.points = points;
                part.undecided = Points(0);
                part.notes.push(format!("{points} by hand"));
            }
            Change::Add(points) => {
                part.points = Points((part.points.0 + points.0).max(0));
                part.notes.push(format!("{} by hand", signed(points)));
            }
        }
    }
    let comment = manual.comment(id);
    part.notes
        .extend(comment.map(|comment| format!("your teacher: {comment}")));
    part
}

/// Takes out those with the lowest percentage; at least one exercise stays. What nobody has decided counts as earned here.
fn drop_lowest(count: usize, exercises: &mut [Part]) {
    let mut order: Vec<usize> = (0..exercises.len())
        .filter(|index| exercises[*index].possible.0 > 0)
        .collect();
    let count = count.min(order.len().saturating_sub(1));
    order.sort_by(|a, b| {
        let share = |one: &Part, other: &Part| {
            i128::from(one.points.0 + one.undecided.0) * i128::from(other.possible.0)
        };
        let (one, other) = (&exercises[*a], &exercises[*b]);
        share(one, other).cmp(&share(other, one)).then(b.cmp(a))
    });
    for index in order.into_iter().take(count) {
        let part = &mut exercises[index];
        let said = format!(
            "does not count: {} of {} is among the lowest",
            part.points, part.possible
        );
        part.notes.push(said);
        (part.points, part.possible, part.undecided) = Default::default();
    }
}

/// The sum on its way through the policy. All in hundredths.
#[derive(Clone)]
struct Total {
    points: i64,
    possible: i64,
    undecided: i64,
    steps: Vec<Step>,
}

impl Total {
    fn step(&mut self, what: String, points: i64) {
        self.points += points;
        self.steps.push(Step {
            what,
            points: Points(points),
        });
    }

    fn by_hand(&mut self, manual: &ManualOf<'_>) {
        for change in manual.changes("") {
            match change {
                Change::Set(points) => {
                    self.undecided = 0;
                    self.step(format!("{points} by hand"), points.0 - self.points);
                }
                Change::Add(points) => {
                    self.step("by hand".to_owned(), points.0.max(-self.points));
                }
            }
        }
    }

    fn round(&mut self, policy: &Policy) {
        let rounded = Points(self.points).rounded(policy.round.hundredths()).0;
        // Rounding gives nobody more than could be had.
        let rounded = rounded.min(self.possible.max(self.points));
        if rounded != self.points {
            self.step(
                format!("rounded to {}", policy.round.name()),
                rounded - self.points,
            );
        }
    }
}

/// With its sign, whichever it is.
fn signed(points: Points) -> String {
    if points.0 < 0 {
        points.to_string()
    } else {
        format!("+{points}")
    }
}

#[cfg(test)]
mod tests;
