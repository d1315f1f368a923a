//! Judgments in the gradebook: what came of one exercise of one program. Equal hand-ins share one.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::database::{Book, damaged, deflate, inflate, pack};
use crate::diagnostic::Finding;
use crate::error::Error;
use crate::judge::{ExerciseReport, Score};
use crate::observe::Observation;
use crate::report::Sources;
use crate::run::memory::Place;

/// A judgment to keep.
#[derive(Debug)]
pub struct Judgment {
    /// A hash of the program, the spec, and who built and ran it.
    pub key: String,
    /// A hash of the program's files.
    pub content: String,
    /// The spec that it was judged by, as JSON.
    pub spec: String,
    /// Who built and ran it: [`crate::run::Runner::identity`].
    pub identity: String,
    /// What the judge said.
    pub report: ExerciseReport,
    /// Where each case's runs are.
    pub places: BTreeMap<String, Place>,
    /// The program's files.
    pub sources: Sources,
    /// Whether this machine could not measure something: it is tried again.
    pub provisional: bool,
}

/// What is known of a judgment without its report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// A hash of the program's files.
    pub content: String,
    /// The hash of the spec.
    pub spec: String,
    /// Who built and ran it.
    pub identity: String,
    /// The grading that it was made for.
    pub grading: i64,
    /// Its points.
    pub score: Score,
    /// Whether it is to be tried again.
    pub provisional: bool,
}

impl Book {
    /// All judgments, by key. They are small without their reports.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn judgments(&self) -> Result<BTreeMap<String, Known>, Error> {
        self.read(|connection| {
            let mut ask = connection.prepare(
                "SELECT key, content, spec, identity, grading, earned, possible, undecided, provisional FROM judgments",
            )?;
            let rows = ask.query_map([], |row| {
                let known = Known {
                    content: row.get(1)?,
                    spec: row.get(2)?,
                    identity: row.get(3)?,
                    grading: row.get(4)?,
                    score: Score {
                        earned: row.get(5)?,
                        possible: row.get(6)?,
                        undecided: row.get(7)?,
                    },
                    provisional: row.get(8)?,
                };
                Ok((row.get(0)?, known))
            })?;
            rows.collect()
        })
    }

    /// Keeps a judgment in place of an earlier one with its key.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn keep_judgment(&self, judgment: &Judgment, grading: i64) -> Result<Known, Error> {
        let mut bare = judgment.report.clone();
        for case in &mut bare.cases {
            case.run = None;
        }
        let report = pack(&bare)?;
        let score = judgment.report.score;
        let verdict = name_of(&judgment.report.verdict)?;
        let spec = self.write(|change| {
            let spec = keep_text(change, &judgment.spec)?;
            change.prepare_cached(
                "INSERT OR REPLACE INTO judgments (key, exercise, content, spec, identity, grading, verdict, earned, possible,
                undecided, provisional, report) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                judgment.key,
                judgment.report.id,
                judgment.content,
                spec,
                judgment.identity,
                grading,
                verdict,
                score.earned,
                score.possible,
                score.undecided,
                judgment.provisional,
                report,
            ])?;
            for table in ["checks", "findings", "case_runs"] {
                change
                    .prepare_cached(&format!("DELETE FROM {table} WHERE judgment = ?1"))?
                    .execute([&judgment.key])?;
            }
            keep_checks(change, judgment)?;
            for (path, text) in &judgment.sources {
                let text = keep_text(change, text)?;
                change
                    .prepare_cached("INSERT OR IGNORE INTO files (content, path, text) VALUES (?1, ?2, ?3)")?
                    .execute(params![judgment.content, path, text])?;
            }
            Ok(spec)
        })?;
        self.shared.forget();
        Ok(Known {
            content: judgment.content.clone(),
            spec,
            identity: judgment.identity.clone(),
            grading,
            score,
            provisional: judgment.provisional,
        })
    }

    /// What the judge said; with its runs only if they are asked for, for they are large.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn report_of(
        &self,
        judgment: &str,
        with_runs: bool,
    ) -> Result<Option<ExerciseReport>, Error> {
        if let Some(report) = self.shared.get(judgment, with_runs) {
            return Ok(Some(ExerciseReport::clone(&report)));
        }
        let packed: Option<Vec<u8>> = self.read(|connection| {
            connection
                .prepare_cached("SELECT report FROM judgments WHERE key = ?1")?
                .query_row([judgment], |row| row.get(0))
                .optional()
        })?;
        let Some(packed) = packed else {
            return Ok(None);
        };
        let (mut report, mut bytes): (ExerciseReport, _) = self.unpacked(&packed)?;
        if with_runs {
            let (mut runs, more) = self.runs_of(judgment)?;
            bytes += more;
            for case in &mut report.cases {
                case.run = runs.remove(&case.name);
            }
        }
        self.shared.offer(judgment, with_runs, &report, bytes);
        Ok(Some(report))
    }

    /// The run of each case that is reported, and how many bytes they are as JSON.
    fn runs_of(&self, judgment: &str) -> Result<(BTreeMap<String, Observation>, usize), Error> {
        let packed: Vec<(String, u32, Vec<u8>)> = self.read(|connection| {
            let mut ask = connection.prepare_cached(
                "SELECT case_name, number, observations FROM case_runs JOIN runs ON runs.address = case_runs.run
                WHERE judgment = ?1",
            )?;
            let rows = ask.query_map([judgment], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect()
        })?;
        let (mut runs, mut bytes) = (BTreeMap::new(), 0);
        for (case, number, packed) in packed {
            let (mut at_address, size): (Vec<Observation>, _) = self.unpacked(&packed)?;
            bytes += size;
            let number = usize::try_from(number).unwrap_or(usize::MAX);
            if number < at_address.len() {
                runs.insert(case, at_address.swap_remove(number));
            }
        }
        Ok((runs, bytes))
    }

    /// The files of a program.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn files_of(&self, content: &str) -> Result<Sources, Error> {
        self.read(|connection| {
            let mut ask = connection.prepare_cached(
                "SELECT path, bytes FROM files JOIN texts ON texts.hash = files.text WHERE content = ?1",
            )?;
            let rows = ask.query_map([content], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
            })?;
            rows.map(|row| row.and_then(|(path, bytes)| Ok((path, text_from(&bytes)?))))
                .collect()
        })
    }

    /// A text by its hash.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn text(&self, hash: &str) -> Result<Option<String>, Error> {
        self.read(|connection| text(connection, hash))
    }
}

fn text(connection: &Connection, hash: &str) -> rusqlite::Result<Option<String>> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached("SELECT bytes FROM texts WHERE hash = ?1")?
        .query_row([hash], |row| row.get(0))
        .optional()?;
    bytes.as_deref().map(text_from).transpose()
}

fn text_from(bytes: &[u8]) -> rusqlite::Result<String> {
    String::from_utf8(inflate(bytes)?).map_err(|error| damaged(Box::new(error)))
}

/// Keeps a text; its hash.
pub(super) fn keep_text(change: &Transaction<'_>, text: &str) -> rusqlite::Result<String> {
    let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
    let known: Option<i64> = change
        .prepare_cached("SELECT 1 FROM texts WHERE hash = ?1")?
        .query_row([&hash], |row| row.get(0))
        .optional()?;
    if known.is_none() {
        let bytes = deflate(text.as_bytes()).map_err(|error| damaged(Box::new(error)))?;
        change
            .prepare_cached("INSERT INTO texts (hash, bytes) VALUES (?1, ?2)")?
            .execute(params![hash, bytes])?;
    }
    Ok(hash)
}

fn keep_checks(change: &Transaction<'_>, judgment: &Judgment) -> rusqlite::Result<()> {
    let mut findings: Vec<(Option<(&str, &str)>, &Finding)> = Vec::new();
    findings.extend(
        judgment
            .report
            .findings
            .iter()
            .map(|finding| (None, finding)),
    );
    for case in &judgment.report.cases {
        if let Some(place) = judgment.places.get(&case.name) {
            change
                // Runs that this machine could not do, or that it refused to do, are nowhere.
                .prepare_cached(
                    "INSERT INTO case_runs (judgment, case_name, run, number)
                    SELECT ?1, ?2, address, ?4 FROM runs WHERE address = ?3",
                )?
                .execute(params![
                    judgment.key,
                    case.name,
                    place.address.as_str(),
                    place.number
                ])?;
        }
        for check in &case.checks {
            change
                .prepare_cached(
                    "INSERT OR REPLACE INTO checks (judgment, case_name, check_name, hidden, verdict, points, earned)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    judgment.key,
                    case.name,
                    check.name,
                    check.hidden || case.hidden,
                    plain_name(&check.verdict)?,
                    check.points,
                    check.earned,
                ])?;
            let name = Some((case.name.as_str(), check.name.as_str()));
            findings.extend(check.finding.iter().map(|finding| (name, finding)));
        }
    }
    for (number, (of, finding)) in (0_u32..).zip(findings) {
        let place = finding.primary.as_ref().map(|label| &label.place);
        change
            .prepare_cached(
                "INSERT INTO findings (judgment, number, case_name, check_name, code, severity, fault, message, file, line)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                judgment.key,
                number,
                of.map(|(case, _)| case),
                of.map(|(_, check)| check),
                finding.code,
                plain_name(&finding.severity)?,
                plain_name(&finding.fault)?,
                finding.message,
                place.map(|place| place.file.as_str()),
                place.map(|place| place.line),
            ])?;
    }
    Ok(())
}

/// The name that a plain enum has in JSON.
fn plain_name(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        Ok(other) => Ok(other.to_string()),
        Err(error) => Err(damaged(Box::new(error))),
    }
}

fn name_of(value: &impl serde::Serialize) -> Result<String, Error> {
    plain_name(value).map_err(|error| Error::Bug(format!("a name: {error}")))
}

impl Book {
    /// The checks whose points are others in a later judgment than in an earlier one, in words.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn moved_checks(&self, from: &str, to: &str) -> Result<Vec<String>, Error> {
        type Checks = Vec<(String, String, i64)>;
        let (before, after) = self.read(|connection| {
            let mut ask = connection.prepare_cached(
                "SELECT case_name, check_name, verdict, earned FROM checks WHERE judgment = ?1",
            )?;
            let mut checks = |key: &str| -> rusqlite::Result<Checks> {
                let rows = ask.query_map([key], |row| {
                    let (case, check): (String, String) = (row.get(0)?, row.get(1)?);
                    let name = if case.is_empty() {
                        check
                    } else {
                        format!("{case}/{check}")
                    };
                    Ok((name, row.get(2)?, row.get(3)?))
                })?;
                rows.collect()
            };
            Ok((checks(from)?, checks(to)?))
        })?;
        let mut words = Vec::new();
        for (name, verdict, earned) in &after {
            match before.iter().find(|(other, ..)| other == name) {
                None => words.push(format!("`{name}` is new ({verdict})")),
                Some((_, old, points)) if (old, points) != (verdict, earned) => {
                    let words_of = |verdict: &str, points: i64| format!("{verdict} ({points})");
                    words.push(format!(
                        "`{name}` {} -> {}",
                        words_of(old, *points),
                        words_of(verdict, *earned)
                    ));
                }
                Some(_) => {}
            }
        }
        let gone = before
            .iter()
            .filter(|(name, ..)| !after.iter().any(|(other, ..)| other == name));
        words.extend(gone.map(|(name, ..)| format!("`{name}` is no longer asked")));
        Ok(words)
    }
}
