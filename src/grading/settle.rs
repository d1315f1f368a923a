//! From judgments to grades: the policy, the teacher's points, and why a grade is another than before.

use std::collections::{BTreeMap, BTreeSet};

use super::class::Hands;
use crate::class::{Class, Student};
use crate::course::answers::Answers;
use crate::course::checklist::Answer;
use crate::error::Error;
use crate::gradebook::changes::{self, Change, Now};
use crate::gradebook::extensions::MoreTime;
use crate::gradebook::free_text::{self, FreeTexts};
use crate::gradebook::manual::Manual;
use crate::gradebook::policy::{self, Grade, HandIn, Policy};
use crate::gradebook::roll::{Attempt, ByHand, Entry};
use crate::gradebook::{Book, Known};
use crate::intake;
use crate::judge::Given;
use crate::run::Runner;

/// So many students are written in one transaction.
const AT_ONCE: usize = 100;

/// Which attempts of a student are graded: the number of each, from 0, and its submission's index.
pub type Graded = Vec<(u32, usize)>;

/// All that decides about grades once everything is judged.
#[derive(Clone, Copy)]
pub struct Settling<'a> {
    /// What was handed in.
    pub hands: &'a Hands<'a>,
    /// The class.
    pub class: &'a Class,
    /// The attempts of each student, in the class's order.
    pub graded: &'a [Graded],
    /// The gradebook.
    pub book: &'a Book,
    /// What runs predictions whose runs are not remembered.
    pub runner: &'a dyn Runner,
    /// How points count.
    pub policy: &'a Policy,
    /// Points by hand.
    pub manual: &'a Manual,
    /// Points for free texts.
    pub free_texts: &'a FreeTexts,
    /// More time for some.
    pub more_time: &'a MoreTime,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Settled {
    /// Students whose grade was made anew.
    pub anew: usize,
    /// Students about whom nothing is new.
    pub as_before: usize,
    /// Students who were in the class and are not any more.
    pub gone: Vec<String>,
    /// Students who wait for something that is not judged yet.
    pub waiting: usize,
    /// Whether some of them wait because of an interrupt.
    pub interrupted: bool,
    /// Students who had no grade before.
    pub first: usize,
    /// Why points are others than before, by student.
    pub moved: Vec<Moved>,
    /// Students who keep their points, of another total or with other words.
    pub others: usize,
    /// Exercises whose spec is another than before, with the keys of a judgment by each.
    pub judged_anew: BTreeMap<String, (String, String)>,
}

/// A student whose grade is another than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The student's id.
    pub student: String,
    /// The points before.
    pub before: policy::Points,
    /// The points now.
    pub after: policy::Points,
    /// Why.
    pub changes: Vec<Change>,
}

impl Settling<'_> {
    /// A hash of all that the grade of an attempt depends on; `None` while something of it is not judged.
    pub fn state(
        &self,
        known: &BTreeMap<String, Known>,
        student: usize,
        attempt: (u32, usize),
    ) -> Option<String> {
        let of_hand = self.hands.state(attempt.1, known)?;
        let student = &self.class.students[student];
        // Where its files lie is no part of it: archives are unpacked to another place each time.
        let given = student.attempts.get(attempt.0 as usize).map(|attempt| {
            (
                &attempt.label,
                attempt.submitted,
                attempt.late,
                &attempt.problems,
            )
        });
        let text = format!(
            "{of_hand}\n{:?}\n{given:?}\n{:?}\n{}\n{:?}",
            self.policy,
            self.manual.of(&student.id),
            self.free_texts
                .marks_of(&student.id, self.hands.texts(attempt.1)),
            self.more_time.of(&student.id),
        );
        Some(blake3::hash(text.as_bytes()).to_hex().to_string())
    }

    /// Of each submission, whether it has the grade that it would get.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn settled(&self, known: &BTreeMap<String, Known>) -> Result<Vec<bool>, Error> {
        let mut settled = Vec::new();
        for (student, attempts) in self.graded.iter().enumerate() {
            for attempt in attempts {
                settled.push(self.is_settled(known, student, *attempt)?);
            }
        }
        Ok(settled)
    }

    /// Whether an attempt has the grade that it would get.
    fn is_settled(
        &self,
        known: &BTreeMap<String, Known>,
        student: usize,
        attempt: (u32, usize),
    ) -> Result<bool, Error> {
        let earlier = self
            .book
            .earlier(&self.class.students[student].id, attempt.0)?;
        let state = self.state(known, student, attempt);
        Ok(state.is_some() && earlier.map(|earlier| earlier.state) == state)
    }

    /// Grades everybody of whom everything is judged. Nothing is written unless `write` says so.
    ///
    /// # Errors
    /// [`Error::File`]. Whoever was written until then stays written.
    pub fn settle(
        &self,
        known: &BTreeMap<String, Known>,
        grading: i64,
        write: bool,
    ) -> Result<Settled, Error> {
        let mut settled = Settled::default();
        let mut entries = Vec::new();
        for (position, student) in self.class.students.iter().enumerate() {
            match self.entry(known, position, student, &mut settled) {
                Err(Error::Interrupted) => {
                    // What somebody predicted cannot be run any more; the others keep what they have.
                    settled.waiting += 1;
                    settled.interrupted = true;
                }
                Err(error) => return Err(error),
                Ok(None) => settled.waiting += 1,
                Ok(Some((entry, moved))) => {
                    if entry.grade.is_some() {
                        settled.anew += 1;
                    } else {
                        settled.as_before += 1;
                    }
                    settled.moved.extend(moved);
                    entries.push(entry);
                }
            }
            if write && entries.len() >= AT_ONCE {
                self.book.enter(&entries, grading)?;
                entries.clear();
            }
        }
        if write {
            self.book.enter(&entries, grading)?;
            settled.gone = self.book.unlist_others(&self.class.students)?;
        }
        Ok(settled)
    }

    fn entry<'s>(
        &self,
        known: &BTreeMap<String, Known>,
        position: usize,
        student: &'s Student,
        settled: &mut Settled,
    ) -> Result<Option<(Entry<'s>, Option<Moved>)>, Error> {
        let graded = &self.graded[position];
        let mut attempts: Vec<Attempt> = Vec::new();
        let mut grades: Vec<Grade> = Vec::new();
        let mut answers: Vec<Option<String>> = Vec::new();
        for &(number, submission) in graded {
            let Some(state) = self.state(known, position, (number, submission)) else {
                return Ok(None);
            };
            let earlier = self.book.earlier(&student.id, number)?;
            if let Some(earlier) = earlier.filter(|earlier| earlier.state == state) {
                grades.push(earlier.grade);
                answers.push(earlier.answers);
                continue;
            }
            let Some(attempt) = self.attempt(student, number, submission, state)? else {
                return Ok(None);
            };
            grades.push(attempt.grade.clone());
            let text = attempt.answers.as_deref();
            answers.push(text.map(|text| blake3::hash(text.as_bytes()).to_hex().to_string()));
            attempts.push(attempt);
        }
        let mut entry = Entry {
            student,
            position,
            attempts,
            grade: None,
            changes: Vec::new(),
        };
        let Some(best) = policy::best(self.policy, &grades) else {
            return Ok(None);
        };
        let ((number, submission), grade) = (graded[best], grades.swap_remove(best));
        let as_before = entry.attempts.iter().all(|anew| anew.number != number);
        let before = self.book.earlier_grade(&student.id)?;
        if before.as_ref().is_some_and(|before| {
            before.attempt == number && before.grade == grade && entry.attempts.is_empty()
        }) {
            return Ok(Some((entry, None)));
        }
        let mut moved = None;
        settled.first += usize::from(before.is_none());
        if let Some(before) = before {
            let judgments: BTreeMap<String, String> = self
                .hands
                .keys(submission)
                .map(|(id, key)| (id.to_owned(), key.to_owned()))
                .collect();
            for (id, key) in &judgments {
                let earlier = before.judgments.get(id);
                let others = |key: &String| {
                    let spec = |key: &String| known.get(key).map(|known| known.spec.as_str());
                    earlier.is_some_and(|earlier| spec(earlier) != spec(key))
                };
                if let (Some(earlier), true) = (earlier, others(key)) {
                    settled
                        .judged_anew
                        .entry(id.clone())
                        .or_insert_with(|| (earlier.clone(), key.clone()));
                }
            }
            let marked = if as_before {
                Vec::new()
            } else {
                self.marked(&student.id, submission)?
            };
            let now = Now {
                attempt: number,
                as_before,
                grade: &grade,
                judgments: &judgments,
                answers: answers[best].as_deref(),
                marked: &marked,
            };
            let checks =
                |from: &str, to: &str| self.book.moved_checks(from, to).unwrap_or_default();
            entry.changes = changes::why(&before, now, known, &checks);
            let points = |change: &Change| change.before != change.after;
            if before.grade.points == grade.points && !entry.changes.iter().any(points) {
                settled.others += usize::from(before.grade != grade);
            } else {
                moved = Some(Moved {
                    student: student.id.clone(),
                    before: before.grade.points,
                    after: grade.points,
                    changes: entry.changes.clone(),
                });
            }
        }
        entry.grade = Some((number, grade));
        Ok(Some((entry, moved)))
    }

    fn attempt(
        &self,
        student: &Student,
        number: u32,
        submission: usize,
        state: String,
    ) -> Result<Option<Attempt>, Error> {
        let given = |answers: &Answers| self.given(&student.id, answers);
        let report = self
            .hands
            .report(submission, self.book, self.runner, &given)?;
        let Some((report, mut texts)) = report else {
            return Ok(None);
        };
        let handed = student.attempts.get(number as usize);
        let hand_in = HandIn {
            submitted: handed.and_then(|attempt| attempt.submitted),
            late: handed.and_then(|attempt| attempt.late),
            more_time: self.more_time.of(&student.id),
        };
        let grade = policy::grade(self.policy, &report, hand_in, &self.manual.of(&student.id));
        let judgments = self.hands.keys(submission);
        Ok(Some(Attempt {
            number,
            label: handed.map_or_else(String::new, |attempt| attempt.label.clone()),
            submitted: hand_in.submitted,
            late: hand_in.late,
            problems: handed.map_or_else(Vec::new, |attempt| attempt.problems.clone()),
            state,
            grade,
            checklist: report.checklist,
            answers: texts.remove(intake::ANSWERS),
            judgments: judgments
                .map(|(id, key)| (id.to_owned(), key.to_owned()))
                .collect(),
        }))
    }

    /// The questions whose free texts have other marks than at the grading before. Marks of a text that the submission does not hold
    /// count for nothing, so they are no reason.
    fn marked(&self, student: &str, submission: usize) -> Result<Vec<String>, Error> {
        let points = |row: ByHand| (!row.points.is_empty()).then_some((row.part, row.points));
        let before = self.book.by_hand_of(free_text::FILE, student)?;
        let before: BTreeSet<_> = before.into_iter().filter_map(points).collect();
        let now = self.free_texts.by_hand_of(student);
        let now: BTreeSet<_> = now.into_iter().filter_map(points).collect();
        let stale = self.free_texts.stale(student, self.hands.texts(submission));
        let questions = before.symmetric_difference(&now).map(|(part, _)| part);
        let marked: BTreeSet<&String> = questions
            .filter(|question| !stale.contains(question.as_str()))
            .collect();
        Ok(marked.into_iter().cloned().collect())
    }

    fn given(&self, student: &str, answers: &Answers) -> BTreeMap<String, Given> {
        let texts = answers
            .given
            .iter()
            .filter_map(|(question, answer)| match answer {
                Answer::Text(text) => {
                    let given = self.free_texts.given(student, question, text)?;
                    Some((question.clone(), given))
                }
                _ => None,
            });
        texts.collect()
    }
}
