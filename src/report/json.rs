//! The JSON forms that scripts rely on: `memgrade/run/v1`, `memgrade/report/v1`, `memgrade/results/v1`.
//!
//! Fields may be added to v1, never renamed or given another meaning. An [`Observation`] is its own JSON form; the
//! types here stand where the program's own types differ from the contract, mainly in the flat form of findings. They
//! lose nothing, so that a report can be drawn again from saved results: see [`read_report`] and [`read_results`].

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Graded;
use crate::course::checklist::Kind;
use crate::course::spec::Withheld;
use crate::diagnostic::{Fault, Finding, Label, Place, Severity};
use crate::judge::{
    CaseReport, CheckReport, ChecklistReport, Drawing, Evidence, ExerciseReport, Half, ItemReport,
    Report, Score, Verdict,
};
use crate::observe::{self, Observation, Point};

/// Name and version of a report's form.
pub const REPORT_SCHEMA: &str = "memgrade/report/v1";
/// Name and version of the form of many students' reports.
pub const RESULTS_SCHEMA: &str = "memgrade/results/v1";

/// Why saved JSON could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not JSON of the form that it names.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// It names another form.
    #[error("expected `{expected}`, found `{found}`")]
    Schema {
        /// The form that was asked for.
        expected: &'static str,
        /// The form that the file names.
        found: String,
    },
}

/// One run, as `run --format json` prints it; ends with a line break.
pub fn run_json(run: &Observation) -> serde_json::Result<String> {
    // The name of the form is written here, whatever the observation says.
    if run.schema == observe::SCHEMA {
        return pretty(run);
    }
    pretty(&Observation {
        schema: observe::SCHEMA.to_owned(),
        ..run.clone()
    })
}

/// One submission's report, as `check --format json` prints it; ends with a line break.
///
/// It shows what it is given. For learners give it [`super::for_learner`].
pub fn report_json(report: &Report) -> serde_json::Result<String> {
    pretty(&ReportJson::from(report))
}

/// Many students' reports, as `grade` saves them; ends with a line break.
pub fn results_json(students: &[Graded]) -> serde_json::Result<String> {
    pretty(&ResultsJson {
        schema: RESULTS_SCHEMA.into(),
        students: students
            .iter()
            .map(|student| StudentJson {
                id: student.id.as_str().into(),
                name: student.name.as_deref().map(Cow::from),
                report: ReportJson::from(&student.report),
            })
            .collect(),
    })
}

/// The same form written student by student, each in a line of its own: a class need not be in memory at once.
#[derive(Debug, Default)]
pub struct ResultsWriter {
    students: usize,
}

impl ResultsWriter {
    /// A student's line; any thread may make it.
    pub fn line(student: &Graded) -> serde_json::Result<String> {
        serde_json::to_string(&StudentJson {
            id: student.id.as_str().into(),
            name: student.name.as_deref().map(Cow::from),
            report: ReportJson::from(&student.report),
        })
    }

    /// What stands before the next student's line.
    pub fn before(&mut self) -> String {
        let before = if self.students == 0 {
            Self::head() + "\n"
        } else {
            ",\n".to_owned()
        };
        self.students += 1;
        before
    }

    /// The last piece.
    pub fn end(&mut self) -> String {
        if self.students == 0 {
            format!("{}]}}\n", Self::head())
        } else {
            "\n]}\n".to_owned()
        }
    }

    fn head() -> String {
        format!("{{\"schema\": \"{RESULTS_SCHEMA}\", \"students\": [")
    }
}

/// Points of a run's curve between its marks that a class's results have.
const CURVE_POINTS: usize = 64;

/// Leaves so few points of each curve that a class's results can be read: of a run of a thousand points 350 kB are 40. Every mark
/// stays, and so does what is highest; the gradebook has all points.
pub fn thin_curves(report: &mut Report) {
    let cases = report.exercises.iter_mut().flat_map(|one| &mut one.cases);
    for run in cases.filter_map(|case| case.run.as_mut()) {
        thin(&mut run.timeline);
    }
}

/// Of each stretch of the points without a mark its first and its highest one stay.
fn thin(timeline: &mut Vec<Point>) {
    let between = timeline.iter().enumerate();
    let between: Vec<usize> = between
        .filter(|(_, point)| point.mark.is_none())
        .map(|(index, _)| index)
        .collect();
    if between.len() <= CURVE_POINTS {
        return;
    }
    let mut stays: Vec<bool> = timeline.iter().map(|point| point.mark.is_some()).collect();
    let stretches = between.len().div_ceil(CURVE_POINTS / 2);
    for stretch in between.chunks(stretches) {
        let highest = |index: &&usize| (timeline[**index].live_bytes, std::cmp::Reverse(**index));
        let highest = stretch.iter().max_by_key(highest);
        for index in stretch.first().into_iter().chain(highest) {
            stays[*index] = true;
        }
    }
    let mut stays = stays.into_iter();
    timeline.retain(|_| stays.next().unwrap_or(true));
}

fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(|text| text + "\n")
}

/// Reads what [`report_json`] wrote.
pub fn read_report(text: &str) -> Result<Report, ReadError> {
    let json: ReportJson<'_> = read(text, REPORT_SCHEMA)?;
    Ok(json.into())
}

/// Reads what [`results_json`] wrote.
pub fn read_results(text: &str) -> Result<Vec<Graded>, ReadError> {
    let json: ResultsJson<'_> = read(text, RESULTS_SCHEMA)?;
    Ok(json
        .students
        .into_iter()
        .map(|student| Graded {
            id: student.id.into_owned(),
            name: student.name.map(Cow::into_owned),
            report: student.report.into(),
        })
        .collect())
}

/// The name of the form first: a file of another form deserves a better message than a missing field.
fn read<T: for<'de> Deserialize<'de>>(text: &str, expected: &'static str) -> Result<T, ReadError> {
    #[derive(Deserialize)]
    struct Named {
        schema: String,
    }
    let named: Named = serde_json::from_str(text)?;
    if named.schema != expected {
        return Err(ReadError::Schema {
            expected,
            found: named.schema.chars().take(80).collect(),
        });
    }
    Ok(serde_json::from_str(text)?)
}

/// `memgrade/results/v1`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Results"))]
struct ResultsJson<'a> {
    /// `memgrade/results/v1`.
    schema: Cow<'a, str>,
    /// One report per student.
    students: Vec<StudentJson<'a>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Student"))]
struct StudentJson<'a> {
    /// The student's id: the submission's folder or the roster's key.
    id: Cow<'a, str>,
    /// The student's name; null where none is known.
    name: Option<Cow<'a, str>>,
    /// The student's report.
    report: ReportJson<'a>,
}

/// `memgrade/report/v1`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Report"))]
struct ReportJson<'a> {
    /// `memgrade/report/v1`.
    schema: Cow<'a, str>,
    /// Points of all exercises and the checklist.
    score: Score,
    /// The exercises, in the course's order.
    exercises: Vec<ExerciseJson<'a>>,
    /// The checklist; null where the course has none.
    checklist: Option<ChecklistJson<'a>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Exercise"))]
struct ExerciseJson<'a> {
    /// The exercise's id.
    id: Cow<'a, str>,
    /// Its title.
    title: Cow<'a, str>,
    /// The worst of its cases.
    verdict: Verdict,
    /// Points.
    score: Score,
    /// Its cases. One named "" holds rules about the source and comparisons of cases.
    cases: Vec<CaseJson<'a>>,
    /// Findings about the submission as a whole, such as a program that does not compile.
    findings: Vec<FindingJson<'a>>,
    /// Hidden checks that a student's bundle does not have, and their points, which are not among the possible ones; null where
    /// nothing is withheld.
    #[serde(default)]
    withheld: Option<Withheld>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Case"))]
struct CaseJson<'a> {
    /// The case's name.
    name: Cow<'a, str>,
    /// Whether learners may see only its name and verdict.
    hidden: bool,
    /// The worst of its checks.
    verdict: Verdict,
    /// The run; null when nothing was run or when it is not for the reader.
    run: Option<Cow<'a, Observation>>,
    /// Its checks, in the spec's order.
    checks: Vec<CheckJson<'a>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Check"))]
struct CheckJson<'a> {
    /// The check's name.
    name: Cow<'a, str>,
    /// Its points.
    points: u32,
    /// Points earned.
    earned: u32,
    /// What came of it.
    verdict: Verdict,
    /// Why, where it did not pass.
    finding: Option<FindingJson<'a>>,
    /// Whether learners may see only its name and verdict.
    #[serde(default)]
    hidden: bool,
    /// One line about a pass.
    #[serde(default)]
    summary: Option<Cow<'a, str>>,
}

/// A finding, flat.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Finding"))]
struct FindingJson<'a> {
    /// Stable code, such as `leak/never-freed`.
    code: Cow<'a, str>,
    /// How much it matters.
    severity: Severity,
    /// Whose fault it is; only the learner's costs points.
    fault: Fault,
    /// What happened, in one sentence.
    message: Cow<'a, str>,
    /// File of the line to look at first, relative to the submission or the course.
    file: Option<Cow<'a, str>>,
    /// The line to look at first, from 1.
    line: Option<u32>,
    /// What to try or look at next.
    help: Option<Cow<'a, str>>,
    /// First column on that line, from 1, in characters; null for the whole line.
    #[serde(default)]
    column: Option<u32>,
    /// Column after the last character; null for the end of the line.
    #[serde(default)]
    end_column: Option<u32>,
    /// What happened on that line.
    #[serde(default)]
    label: Option<Cow<'a, str>>,
    /// Further lines that took part, most important first.
    #[serde(default)]
    secondary: Cow<'a, [Label]>,
    /// Evidence and consequences, one line each.
    #[serde(default)]
    notes: Cow<'a, [String]>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Checklist"))]
struct ChecklistJson<'a> {
    /// Points.
    score: Score,
    /// Who the learner says they are, in `answers.toml`; null if they do not.
    #[serde(default)]
    student: Option<Cow<'a, str>>,
    /// Its items, in order.
    items: Vec<ItemJson<'a>>,
    /// Findings about `answers.toml` itself.
    #[serde(default)]
    findings: Vec<FindingJson<'a>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Item"))]
struct ItemJson<'a> {
    /// The item's id: the key in `answers.toml`.
    id: Cow<'a, str>,
    /// What came of it.
    verdict: Verdict,
    /// The checks that it rests on.
    evidence: Cow<'a, [Evidence]>,
    /// The question.
    #[serde(default)]
    question: Cow<'a, str>,
    /// Points.
    score: Score,
    /// Whether the answer is right; null without an answer.
    #[serde(default)]
    answer_right: Option<bool>,
    /// Which half is missing, in words.
    #[serde(default)]
    message: Option<Cow<'a, str>>,
    /// Which kind of question it is.
    #[serde(default)]
    kind: Option<Kind>,
    /// Whether the answer waits for a teacher to mark it.
    #[serde(default)]
    pending: bool,
    /// Which halves are missing: the answer, the evidence, a teacher's marking.
    #[serde(default)]
    missing: Cow<'a, [Half]>,
    /// A free text.
    #[serde(default)]
    answer: Option<Cow<'a, str>>,
    /// A drawing of memory beside what was measured.
    #[serde(default)]
    drawing: Option<Cow<'a, Drawing>>,
}

mod convert;

#[cfg(test)]
mod tests;
