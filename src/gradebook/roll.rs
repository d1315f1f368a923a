//! The class in the gradebook: students, what they handed in, and the grades that count.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::changes::Change;
use super::database::{Book, damaged, pack, unpack};
use super::judgments::keep_text;
use super::policy::Grade;
use crate::class::Student;
use crate::error::Error;
use crate::judge::ChecklistReport;
use crate::report::escape;

/// The checklist's report of each student who has one, by id.
pub type Checklists = Vec<(String, ChecklistReport)>;

/// What is said of one grading as a whole.
#[derive(Debug, Clone)]
pub struct Grading {
    /// The version of memgrade.
    pub version: String,
    /// The machine, in words.
    pub machine: String,
    /// The sandbox's level.
    pub sandbox: String,
    /// Who built and ran: [`crate::run::Runner::identity`].
    pub identity: String,
    /// How the hand-ins were laid out.
    pub layout: String,
    /// The policy, in words.
    pub policy: String,
    /// What else the report says of the class, as JSON.
    pub info: String,
}

/// A grading that was begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Its number.
    pub number: i64,
    /// What is said of it.
    pub grading: Grading,
    /// When it began.
    pub started: String,
}

/// What is kept of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// Which of the student's attempts it is, from 0.
    pub number: u32,
    /// How it is called where it comes from.
    pub label: String,
    /// When it was handed in.
    pub submitted: Option<Timestamp>,
    /// Whether it was late.
    pub late: Option<bool>,
    /// What was wrong with it.
    pub problems: Vec<String>,
    /// A hash of everything that its grade depends on.
    pub state: String,
    /// Its grade.
    pub grade: Grade,
    /// The checklist's report.
    pub checklist: Option<ChecklistReport>,
    /// The text of the answers.
    pub answers: Option<String>,
    /// The judgment of each exercise, by id.
    pub judgments: BTreeMap<String, String>,
}

/// Points or a comment that a teacher gave by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// The file that it was written into.
    pub file: &'static str,
    /// The student, as written there.
    pub student: String,
    /// The part of the grade, or the question; empty for the sum.
    pub part: String,
    /// As written: `7.5`, `+1`, `-2`; empty for a comment alone.
    pub points: String,
    /// The comment.
    pub comment: String,
}

/// What an attempt got at the grading before.
#[derive(Debug, Clone, PartialEq)]
pub struct Earlier {
    /// The hash of everything that its grade depended on.
    pub state: String,
    /// Its grade.
    pub grade: Grade,
    /// The hash of the answers' text.
    pub answers: Option<String>,
}

/// A student's grade at the grading before.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierGrade {
    /// The attempt that counted.
    pub attempt: u32,
    /// The grade.
    pub grade: Grade,
    /// The judgment of each exercise of that attempt.
    pub judgments: BTreeMap<String, String>,
    /// The hash of the answers' text.
    pub answers: Option<String>,
}

/// What is written of one student.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The student.
    pub student: &'a Student,
    /// The place in the class.
    pub position: usize,
    /// Attempts whose state is another than before.
    pub attempts: Vec<Attempt>,
    /// The attempt that counts, and its grade; `None` if the grade is the one of before.
    pub grade: Option<(u32, Grade)>,
    /// Why the grade is another.
    pub changes: Vec<Change>,
}

impl Book {
    /// Begins a grading.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn begin(&self, grading: Grading) -> Result<Begun, Error> {
        let started = Timestamp::now().to_string();
        let number = self.write(|change| {
            change.execute(
                "INSERT INTO gradings (started, version, machine, sandbox, identity, layout, policy, info)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    started,
                    grading.version,
                    grading.machine,
                    grading.sandbox,
                    grading.identity,
                    grading.layout,
                    grading.policy,
                    grading.info
                ],
            )?;
            Ok(change.last_insert_rowid())
        })?;
        Ok(Begun {
            number,
            grading,
            started,
        })
    }

    /// The number that the next grading would have.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn next_grading(&self) -> Result<i64, Error> {
        self.read(|connection| {
            connection.query_row("SELECT coalesce(max(id), 0) + 1 FROM gradings", [], |row| {
                row.get(0)
            })
        })
    }

    /// Says that a grading has come to its end, and that all that is drawn from it is written.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn finish(&self, grading: i64) -> Result<(), Error> {
        let now = Timestamp::now().to_string();
        self.write(|change| {
            change.execute(
                "UPDATE gradings SET finished = ?2 WHERE id = ?1",
                params![grading, now],
            )?;
            Ok(())
        })
    }

    /// The last grading that came to its end, with all that is drawn from it.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn last_grading(&self) -> Result<Option<Begun>, Error> {
        self.read(|connection| {
            connection
                .query_row(
                    "SELECT version, machine, sandbox, identity, layout, policy, info, started, id
                    FROM gradings WHERE finished IS NOT NULL ORDER BY id DESC LIMIT 1",
                    [],
                    |row| {
                        let grading = Grading {
                            version: row.get(0)?,
                            machine: row.get(1)?,
                            sandbox: row.get(2)?,
                            identity: row.get(3)?,
                            layout: row.get(4)?,
                            policy: row.get(5)?,
                            info: row.get(6)?,
                        };
                        Ok(Begun {
                            grading,
                            started: row.get(7)?,
                            number: row.get(8)?,
                        })
                    },
                )
                .optional()
        })
    }

    /// What an attempt got before.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn earlier(&self, student: &str, attempt: u32) -> Result<Option<Earlier>, Error> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT state, grade, answers FROM submissions WHERE student = ?1 AND attempt = ?2",
                )?
                .query_row(params![student, attempt], |row| {
                    Ok(Earlier {
                        state: row.get(0)?,
                        grade: from_json(&row.get::<_, String>(1)?)?,
                        answers: row.get(2)?,
                    })
                })
                .optional()
        })
    }

    /// A student's grade before.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn earlier_grade(&self, student: &str) -> Result<Option<EarlierGrade>, Error> {
        self.read(|connection| {
            let found: Option<(u32, String, Option<String>)> = connection
                .prepare_cached(
                    "SELECT grades.attempt, grades.grade, submissions.answers FROM grades
                    LEFT JOIN submissions ON submissions.student = grades.student AND submissions.attempt = grades.attempt
                    WHERE grades.student = ?1",
                )?
                .query_row([student], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()?;
            let Some((attempt, grade, answers)) = found else {
                return Ok(None);
            };
            let mut ask = connection
                .prepare_cached("SELECT exercise, judgment FROM results WHERE student = ?1 AND attempt = ?2")?;
            let rows = ask.query_map(params![student, attempt], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(Some(EarlierGrade {
                attempt,
                grade: from_json(&grade)?,
                judgments: rows.collect::<rusqlite::Result<_>>()?,
                answers,
            }))
        })
    }

    /// Writes some students, all of them or none.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn enter(&self, entries: &[Entry<'_>], grading: i64) -> Result<(), Error> {
        // What cannot be written as JSON is a bug, and costs no transaction.
        let mut packed = Vec::new();
        for attempt in entries.iter().flat_map(|entry| &entry.attempts) {
            packed.push(attempt.checklist.as_ref().map(pack).transpose()?);
        }
        self.write(|change| {
            let mut packed = packed.into_iter();
            for entry in entries {
                keep_student(change, entry)?;
                forget_attempts(change, entry.student)?;
                for attempt in &entry.attempts {
                    keep_attempt(change, &entry.student.id, attempt, packed.next().flatten().as_deref())?;
                }
                if let Some((attempt, grade)) = &entry.grade {
                    change
                        .prepare_cached(
                            "INSERT OR REPLACE INTO grades (student, grading, attempt, points, possible, undecided, grade)
                            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                        )?
                        .execute(params![
                            entry.student.id,
                            grading,
                            attempt,
                            grade.points.0,
                            grade.possible.0,
                            grade.undecided.0,
                            to_json(grade)?
                        ])?;
                }
                for (number, one) in (0_u32..).zip(&entry.changes) {
                    change
                        .prepare_cached(
                            "INSERT OR REPLACE INTO changes (grading, student, number, part, points_before, points_after, reason)
                            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                        )?
                        .execute(params![
                            grading,
                            entry.student.id,
                            number,
                            one.part,
                            one.before.map(|points| points.0),
                            one.after.map(|points| points.0),
                            one.reason
                        ])?;
                }
            }
            Ok(())
        })
    }

    /// What was given to a student by hand at the grading before.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn by_hand_of(&self, file: &'static str, student: &str) -> Result<Vec<ByHand>, Error> {
        // As the file has it, where no cell is a formula.
        let student = escape::csv_cell(student);
        self.read(|connection| {
            let mut ask = connection.prepare(
                "SELECT student, part, points, comment FROM manual WHERE file = ?1 AND student = ?2 ORDER BY number",
            )?;
            let rows = ask.query_map(params![file, student], |row| {
                Ok(ByHand {
                    file,
                    student: row.get(0)?,
                    part: row.get(1)?,
                    points: row.get(2)?,
                    comment: row.get(3)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Keeps what was given by hand, in the place of what was given before.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn keep_by_hand(&self, given: &[ByHand]) -> Result<(), Error> {
        self.write(|change| {
            change.execute("DELETE FROM manual", [])?;
            for (number, one) in (1_u32..).zip(given) {
                change
                    .prepare_cached(
                        "INSERT INTO manual (number, file, student, part, points, comment) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    )?
                    .execute(params![
                        number,
                        one.file,
                        one.student,
                        one.part,
                        one.points,
                        one.comment
                    ])?;
            }
            Ok(())
        })
    }

    /// Marks who is no longer in the class; what they earned stays. `students` are all who are.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn unlist_others(&self, students: &[Student]) -> Result<Vec<String>, Error> {
        let listed: std::collections::BTreeSet<&str> =
            students.iter().map(|student| student.id.as_str()).collect();
        self.write(|change| {
            let mut ids: Vec<String> = {
                let mut ask = change.prepare("SELECT id FROM students WHERE listed = 1")?;
                let rows = ask.query_map([], |row| row.get(0))?;
                rows.collect::<rusqlite::Result<_>>()?
            };
            ids.retain(|id| !listed.contains(id.as_str()));
            for id in &ids {
                change
                    .prepare_cached("UPDATE students SET listed = 0 WHERE id = ?1")?
                    .execute([id])?;
            }
            Ok(ids)
        })
    }

    /// The checklists of the class, in its order: of the attempts that count.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn checklists(&self) -> Result<Checklists, Error> {
        self.read(|connection| {
            let mut ask = connection.prepare(
                "SELECT students.id, submissions.checklist FROM students
                JOIN grades ON grades.student = students.id
                JOIN submissions ON submissions.student = grades.student AND submissions.attempt = grades.attempt
                WHERE students.listed = 1 AND submissions.checklist IS NOT NULL ORDER BY students.position, students.id",
            )?;
            let rows = ask.query_map([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))?;
            rows.map(|row| row.and_then(|(id, packed)| Ok((id, unpack(&packed)?))))
                .collect()
        })
    }

    /// The changes of a grading, by student.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn changes(&self, grading: i64) -> Result<Vec<(String, Change)>, Error> {
        self.read(|connection| {
            let mut ask = connection.prepare(
                "SELECT student, part, points_before, points_after, reason FROM changes WHERE grading = ?1
                ORDER BY student, number",
            )?;
            let points = |value: Option<i64>| value.map(super::policy::Points);
            let rows = ask.query_map([grading], |row| {
                Ok((
                    row.get(0)?,
                    Change {
                        part: row.get(1)?,
                        before: points(row.get(2)?),
                        after: points(row.get(3)?),
                        reason: row.get(4)?,
                    },
                ))
            })?;
            rows.collect()
        })
    }
}

fn keep_student(change: &Transaction<'_>, entry: &Entry<'_>) -> rusqlite::Result<()> {
    let student = entry.student;
    change
        .prepare_cached(
            "INSERT INTO students (id, position, name, file_stem, identity, group_name, listed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)
            ON CONFLICT (id) DO UPDATE SET position = ?2, name = ?3, file_stem = ?4, identity = ?5, group_name = ?6, listed = 1",
        )?
        .execute(params![
            student.id,
            i64::try_from(entry.position).unwrap_or(i64::MAX),
            student.name,
            student.file_stem,
            to_json(&student.identity)?,
            student.group
        ])?;
    Ok(())
}

/// Takes out attempts that are no longer there. Who handed in nothing has one, in which nothing is.
fn forget_attempts(change: &Transaction<'_>, student: &Student) -> rusqlite::Result<()> {
    let left = i64::try_from(student.attempts.len().max(1)).unwrap_or(i64::MAX);
    for table in ["submissions", "results"] {
        change
            .prepare_cached(&format!(
                "DELETE FROM {table} WHERE student = ?1 AND attempt >= ?2"
            ))?
            .execute(params![student.id, left])?;
    }
    Ok(())
}

fn keep_attempt(
    change: &Transaction<'_>,
    student: &str,
    attempt: &Attempt,
    checklist: Option<&[u8]>,
) -> rusqlite::Result<()> {
    let answers = match &attempt.answers {
        Some(text) => Some(keep_text(change, text)?),
        None => None,
    };
    change
        .prepare_cached(
            "INSERT OR REPLACE INTO submissions (student, attempt, label, submitted, late, problems, state, grade, checklist, answers)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            student,
            attempt.number,
            attempt.label,
            attempt.submitted.map(|time| time.to_string()),
            attempt.late,
            to_json(&attempt.problems)?,
            attempt.state,
            to_json(&attempt.grade)?,
            checklist,
            answers
        ])?;
    change
        .prepare_cached("DELETE FROM results WHERE student = ?1 AND attempt = ?2")?
        .execute(params![student, attempt.number])?;
    for (exercise, judgment) in &attempt.judgments {
        change
            .prepare_cached("INSERT INTO results (student, attempt, exercise, judgment) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![student, attempt.number, exercise, judgment])?;
    }
    Ok(())
}

pub(super) fn to_json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| damaged(Box::new(error)))
}

pub(super) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| damaged(Box::new(error)))
}

pub(super) fn checklist_from(packed: Option<&[u8]>) -> rusqlite::Result<Option<ChecklistReport>> {
    packed.map(unpack).transpose()
}
