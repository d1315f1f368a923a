//! Records from the gradebook: all that reports and exports show, without running anything.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, params};

use super::database::{Book, damaged, pack, unpack};
use super::policy::Grade;
use super::record::Record;
use super::roll::{checklist_from, from_json};
use crate::class::Identity;
use crate::error::Error;
use crate::intake;
use crate::judge::{self, Report};
use crate::report::{Sources, export};
use crate::similarity::Pair;

/// One student of the class, with the grade that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The student's id.
    pub id: String,
    /// The name, where one is known.
    pub name: Option<String>,
    /// A file name made from the id.
    pub file_stem: String,
    /// What platforms know the student by.
    pub identity: Identity,
    /// The group, where there is one.
    pub group: Option<String>,
    /// The attempt that counts.
    pub attempt: u32,
    /// How many attempts there are.
    pub attempts: u32,
    /// How the attempt is called where it comes from; empty if nothing was handed in.
    pub label: String,
    /// When it was handed in.
    pub submitted: Option<jiff::Timestamp>,
    /// Whether it was late.
    pub late: Option<bool>,
    /// What was wrong with it.
    pub problems: Vec<String>,
    /// The grade.
    pub grade: Grade,
}

impl Book {
    /// The students of the class, in its order.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn class(&self) -> Result<Vec<Row>, Error> {
        self.read(|connection| {
            let mut ask = connection.prepare(
                "SELECT students.id, students.name, students.file_stem, students.identity, students.group_name, grades.attempt,
                    (SELECT count(*) FROM submissions AS s WHERE s.student = students.id AND s.label <> ''),
                    submissions.label, submissions.submitted, submissions.late, submissions.problems, grades.grade
                FROM students
                JOIN grades ON grades.student = students.id
                JOIN submissions ON submissions.student = grades.student AND submissions.attempt = grades.attempt
                WHERE students.listed = 1 ORDER BY students.position, students.id",
            )?;
            let rows = ask.query_map([], |row| {
                let submitted: Option<String> = row.get(8)?;
                Ok(Row {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    file_stem: row.get(2)?,
                    identity: from_json(&row.get::<_, String>(3)?)?,
                    group: row.get(4)?,
                    attempt: row.get(5)?,
                    attempts: row.get(6)?,
                    label: row.get(7)?,
                    submitted: submitted
                        .map(|time| time.parse())
                        .transpose()
                        .map_err(|error: jiff::Error| damaged(Box::new(error)))?,
                    late: row.get(9)?,
                    problems: from_json(&row.get::<_, String>(10)?)?,
                    grade: from_json(&row.get::<_, String>(11)?)?,
                })
            })?;
            rows.collect()
        })
    }

    /// The file names of students who are no longer in the class, as far as nobody has them who is.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn stems_of_others(&self) -> Result<Vec<String>, Error> {
        let (listed, others): (Vec<_>, Vec<_>) = self
            .read(|connection| {
                let mut ask = connection.prepare("SELECT file_stem, listed FROM students")?;
                let rows = ask.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                rows.collect::<rusqlite::Result<Vec<(String, bool)>>>()
            })?
            .into_iter()
            .partition(|(_, listed)| *listed);
        // Some file systems tell no capitals.
        let taken: BTreeSet<String> = listed.iter().map(|(stem, _)| stem.to_lowercase()).collect();
        let free = others
            .into_iter()
            .map(|(stem, _)| stem)
            .filter(|stem| !taken.contains(&stem.to_lowercase()));
        Ok(free.collect())
    }

    /// Everything about one student: with runs and sources, so not for all at once.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn record(&self, row: &Row, exercises: &[&str]) -> Result<Record, Error> {
        let (judgments, checklist, answers) = self.read(|connection| {
            let mut ask = connection.prepare_cached(
                "SELECT results.exercise, results.judgment, judgments.content FROM results
                JOIN judgments ON judgments.key = results.judgment WHERE results.student = ?1 AND results.attempt = ?2",
            )?;
            let rows = ask.query_map(params![row.id, row.attempt], |row| {
                Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
            })?;
            let judgments: std::collections::BTreeMap<String, (String, String)> =
                rows.collect::<rusqlite::Result<_>>()?;
            let found: Option<(Option<Vec<u8>>, Option<String>)> = connection
                .prepare_cached("SELECT checklist, answers FROM submissions WHERE student = ?1 AND attempt = ?2")?
                .query_row(params![row.id, row.attempt], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let (checklist, answers) = found.unwrap_or_default();
            Ok((judgments, checklist_from(checklist.as_deref())?, answers))
        })?;
        let mut reports = Vec::new();
        let mut sources = Sources::new();
        let in_order = exercises.iter().filter_map(|id| judgments.get(*id));
        for (key, content) in in_order {
            reports.extend(self.report_of(key, true)?);
            sources.extend(self.files_of(content)?);
        }
        if let Some(hash) = answers
            && let Some(text) = self.text(&hash)?
        {
            sources.insert(intake::ANSWERS.to_owned(), text);
        }
        let report: Report = judge::total(reports, checklist);
        Ok(Record {
            id: row.id.clone(),
            name: row.name.clone(),
            file_stem: row.file_stem.clone(),
            identity: row.identity.clone(),
            group: row.group.clone(),
            handed_in: row.handed_in(),
            attempt: row.attempt_in_words(),
            submitted: row.submitted,
            late: row.late,
            notes: row.problems.clone(),
            grade: row.grade.clone(),
            report,
            sources,
        })
    }
}

impl From<&Row> for export::Row {
    fn from(row: &Row) -> Self {
        Self {
            id: row.id.clone(),
            name: row.name.clone(),
            file_stem: row.file_stem.clone(),
            identity: row.identity.clone(),
            group: row.group.clone(),
            handed_in: row.handed_in(),
            submitted: row.submitted,
            late: row.late,
            attempt: row.attempt_in_words(),
            grade: row.grade.clone(),
        }
    }
}

impl Row {
    /// Whether anything was handed in.
    pub fn handed_in(&self) -> bool {
        !self.label.is_empty()
    }

    /// Which of several attempts counts; `None` where there is one only.
    pub fn attempt_in_words(&self) -> Option<String> {
        let known = self.attempts.max(self.attempt + 1);
        (known > 1).then(|| format!("attempt {} of {known}", self.attempt + 1))
    }
}

impl Book {
    /// The program of each student who counts for an exercise: the hash of its files, by student.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn programs_of(
        &self,
        exercise: &str,
    ) -> Result<Vec<(String, Option<String>, String)>, Error> {
        self.read(|connection| {
            let mut ask = connection.prepare(
                "SELECT students.id, students.group_name, judgments.content FROM students
                JOIN grades ON grades.student = students.id
                JOIN results ON results.student = grades.student AND results.attempt = grades.attempt
                JOIN judgments ON judgments.key = results.judgment
                WHERE students.listed = 1 AND results.exercise = ?1 ORDER BY students.position, students.id",
            )?;
            let rows = ask.query_map([exercise], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect()
        })
    }

    /// Keeps the pairs of submissions that share much, in the place of earlier ones.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn keep_pairs(&self, pairs: &[Pair]) -> Result<(), Error> {
        let packed: Result<Vec<Vec<u8>>, Error> = pairs.iter().map(pack).collect();
        let packed = packed?;
        self.write(|change| {
            change.execute("DELETE FROM pairs", [])?;
            for ((number, pair), bytes) in (1_u32..).zip(pairs).zip(&packed) {
                change
                    .prepare_cached(
                        "INSERT INTO pairs (number, exercise, left_student, right_student, pair) VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![number, pair.exercise, pair.left.student, pair.right.student, bytes])?;
            }
            Ok(())
        })
    }

    /// The pairs of submissions that share much.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn pairs(&self) -> Result<Vec<Pair>, Error> {
        self.read(|connection| {
            let mut ask = connection.prepare("SELECT pair FROM pairs ORDER BY number")?;
            let rows = ask.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
            rows.map(|row| row.and_then(|bytes| unpack(&bytes)))
                .collect()
        })
    }
}
