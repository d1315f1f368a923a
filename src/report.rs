//! Reports: finished data drawn for one sink each. One file per format.
//!
//! Everything here is a function of its inputs: no process, no clock, no network. Whatever came out of a sandbox
//! (program output, file names, panic messages, source lines) is untrusted and goes through [`escape`].
//!
//! | sink | function |
//! |---|---|
//! | terminal, `check` | [`terminal::render`] |
//! | terminal, `run` | [`xray::render`] |
//! | terminal, specs and errors | [`diagnostics::render`], [`diagnostics::error`] |
//! | JSON | [`json::run_json`], [`json::report_json`], [`json::results_json`] |
//! | GitHub Actions | [`github::render`] |
//! | JUnit | [`junit::render`] |
//! | grades for spreadsheets and platforms | [`export`] |
//! | one student's feedback | [`feedback::render`] |
//! | a class as pages | [`html::Pages`] |
//! | terminal, `doctor` | [`doctor::render`] |

use std::collections::BTreeMap;

use crate::judge::Report;

pub mod curve;
pub mod diagnostics;
pub mod doctor;
pub mod escape;
pub mod export;
pub mod feedback;
pub mod finding;
pub mod github;
pub mod html;
pub mod json;
pub mod junit;
pub(crate) mod layout;
pub mod markdown;
pub(crate) mod memory_drawing;
mod ring;
mod shown;
pub mod style;
pub mod terminal;
pub(crate) mod words;
pub mod xray;

#[cfg(test)]
mod samples;

/// The text of files that findings point into, by the path that the findings use.
pub type Sources = BTreeMap<String, String>;

/// One student's report.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded {
    /// The student's id: the submission's folder or the roster's key.
    pub id: String,
    /// The student's name, where one is known.
    pub name: Option<String>,
    /// What came of the submission.
    pub report: Report,
}

/// The report without what learners may not see: of hidden cases and checks only names, points and verdicts stay.
///
/// The formats made for learners do this themselves; it is public for JSON, which shows what it is given.
#[must_use]
pub fn for_learner(report: &Report) -> Report {
    let mut report = report.clone();
    for case in report
        .exercises
        .iter_mut()
        .flat_map(|exercise| &mut exercise.cases)
    {
        if case.hidden {
            case.run = None;
        }
        for check in &mut case.checks {
            if case.hidden || check.hidden {
                check.hidden = true;
                check.finding = None;
                check.summary = None;
            }
        }
    }
    report
}
