//! Hand-ins of earlier years: they are kept, so that each grading compares with them and not just the one that named them.

use rusqlite::params;

use super::database::Book;
use super::judgments::keep_text;
use crate::error::Error;
use crate::report::Sources;

/// A kept archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The name that it is told by.
    pub name: String,
    /// Where it lay.
    pub path: String,
}

/// A program of an earlier year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The student's id then.
    pub student: String,
    /// The group then, where there was one.
    pub group: Option<String>,
    /// The exercise.
    pub exercise: String,
    /// A hash of its files.
    pub content: String,
    /// Its files.
    pub files: Sources,
}

/// A kept program, without its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// The archive's name.
    pub archive: String,
    /// The student's id then.
    pub student: String,
    /// The group then, where there was one.
    pub group: Option<String>,
    /// The hash of its files.
    pub content: String,
}

impl Book {
    /// The archives that are kept, by name.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn archives(&self) -> Result<Vec<Kept>, Error> {
        self.read(|connection| {
            let mut ask = connection.prepare("SELECT name, path FROM archives ORDER BY name")?;
            let rows = ask.query_map([], |row| {
                Ok(Kept {
                    name: row.get(0)?,
                    path: row.get(1)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Forgets one archive, or all. Texts of programs stay, as those of students' earlier hand-ins do.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn forget_archives(&self, only: Option<&str>) -> Result<(), Error> {
        self.write(|change| {
            change.execute("DELETE FROM archives WHERE ?1 IS NULL OR name = ?1", [only])?;
            change.execute(
                "DELETE FROM archived WHERE ?1 IS NULL OR archive = ?1",
                [only],
            )?;
            Ok(())
        })
    }

    /// Keeps some programs of an archive, which is none before [`Book::keep_archive`].
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn keep_archived(&self, archive: &str, programs: &[Program]) -> Result<(), Error> {
        self.write(|change| {
            for program in programs {
                for (path, text) in &program.files {
                    let text = keep_text(change, text)?;
                    change
                        .prepare_cached("INSERT OR IGNORE INTO files (content, path, text) VALUES (?1, ?2, ?3)")?
                        .execute(params![program.content, path, text])?;
                }
                change
                    .prepare_cached(
                        "INSERT OR REPLACE INTO archived (archive, student, exercise, group_name, content) VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![
                        archive,
                        program.student,
                        program.exercise,
                        program.group,
                        program.content
                    ])?;
            }
            Ok(())
        })
    }

    /// Says that all programs of an archive are kept.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn keep_archive(&self, archive: &Kept) -> Result<(), Error> {
        self.write(|change| {
            change.execute(
                "INSERT OR REPLACE INTO archives (name, path) VALUES (?1, ?2)",
                params![archive.name, archive.path],
            )?;
            Ok(())
        })
    }

    /// The kept programs of an exercise. Half of an archive, after a kill, is none.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn archived(&self, exercise: &str) -> Result<Vec<Archived>, Error> {
        self.read(|connection| {
            let mut ask = connection.prepare(
                "SELECT archive, student, group_name, content FROM archived JOIN archives ON archives.name = archived.archive
                WHERE exercise = ?1 ORDER BY archive, student",
            )?;
            let rows = ask.query_map([exercise], |row| {
                Ok(Archived {
                    archive: row.get(0)?,
                    student: row.get(1)?,
                    group: row.get(2)?,
                    content: row.get(3)?,
                })
            })?;
            rows.collect()
        })
    }
}
