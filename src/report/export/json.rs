//! `memgrade/grades/v1`: every grade with its parts and steps, for scripts. Points are numbers with at most two decimals.

use serde::Serialize;

use super::{ExportError, Row};
use crate::class::Identity;
use crate::gradebook::policy::{Grade, Points};

/// Name and version of the form.
pub const GRADES_SCHEMA: &str = "memgrade/grades/v1";

/// `memgrade/grades/v1`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Grades"))]
struct GradesJson<'a> {
    /// `memgrade/grades/v1`.
    schema: &'a str,
    /// One for each student.
    students: Vec<StudentJson<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Student"))]
struct StudentJson<'a> {
    /// The student's id.
    id: &'a str,
    /// The name; null where none is known.
    name: Option<&'a str>,
    /// What platforms know the student by.
    identity: IdentityJson<'a>,
    /// The group; null where there is none.
    group: Option<&'a str>,
    /// Whether anything was handed in at all.
    handed_in: bool,
    /// When it was handed in, in UTC; null where that is not known.
    submitted: Option<String>,
    /// Whether it was late; null where that is not known.
    late: Option<bool>,
    /// Which of the attempts is graded; null where there is one only.
    attempt: Option<&'a str>,
    /// The points in the end.
    points: f64,
    /// What could be had.
    possible: f64,
    /// Points that nobody has decided.
    undecided: f64,
    /// The rows that add up: an exercise each, the checklist.
    parts: Vec<PartJson<'a>>,
    /// What changed their sum afterwards, in order.
    steps: Vec<StepJson<'a>>,
    /// A teacher's comment.
    comment: Option<&'a str>,
    /// More time that was given, in words.
    more_time: &'a [String],
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Identity"))]
struct IdentityJson<'a> {
    /// The email address.
    email: Option<&'a str>,
    /// The number that the platform uses in file names.
    lms_id: Option<&'a str>,
    /// The login or user name.
    login: Option<&'a str>,
    /// The institution's id.
    sis_id: Option<&'a str>,
    /// The section.
    section: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Part"))]
struct PartJson<'a> {
    /// The exercise's id, or `checklist`.
    id: &'a str,
    /// Points.
    points: f64,
    /// What could be had.
    possible: f64,
    /// Points that nobody has decided.
    undecided: f64,
    /// Why the points are not what the checks gave, in words.
    notes: &'a [String],
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Step"))]
struct StepJson<'a> {
    /// What it is for, in words.
    what: &'a str,
    /// Points given, or taken where it is below 0.
    points: f64,
}

fn number(points: Points) -> f64 {
    points.0 as f64 / 100.0
}

impl<'a> StudentJson<'a> {
    fn new(row: &'a Row) -> Self {
        let Grade {
            points,
            possible,
            undecided,
            parts,
            steps,
            comment,
            more_time,
        } = &row.grade;
        let Identity {
            email,
            lms_id,
            login,
            sis_id,
            section,
            lms_folder: _,
        } = &row.identity;
        Self {
            id: &row.id,
            name: row.name.as_deref(),
            identity: IdentityJson {
                email: email.as_deref(),
                lms_id: lms_id.as_deref(),
                login: login.as_deref(),
                sis_id: sis_id.as_deref(),
                section: section.as_deref(),
            },
            group: row.group.as_deref(),
            handed_in: row.handed_in,
            submitted: row.submitted.map(|at| at.to_string()),
            late: row.late,
            attempt: row.attempt.as_deref(),
            points: number(*points),
            possible: number(*possible),
            undecided: number(*undecided),
            parts: parts
                .iter()
                .map(|part| PartJson {
                    id: &part.id,
                    points: number(part.points),
                    possible: number(part.possible),
                    undecided: number(part.undecided),
                    notes: &part.notes,
                })
                .collect(),
            steps: steps
                .iter()
                .map(|step| StepJson {
                    what: &step.what,
                    points: number(step.points),
                })
                .collect(),
            comment: comment.as_deref(),
            more_time,
        }
    }
}

/// Writes all grades; ends with a line break.
///
/// # Errors
/// [`ExportError::Json`].
pub fn json(rows: &[Row]) -> Result<String, ExportError> {
    let grades = GradesJson {
        schema: GRADES_SCHEMA,
        students: rows.iter().map(StudentJson::new).collect(),
    };
    Ok(serde_json::to_string_pretty(&grades)? + "\n")
}

#[cfg(test)]
pub(super) fn schema() -> String {
    let settings = schemars::generate::SchemaSettings::draft07();
    let schema = settings
        .into_generator()
        .into_root_schema_for::<GradesJson<'_>>();
    serde_json::to_string_pretty(&schema).unwrap() + "\n"
}
