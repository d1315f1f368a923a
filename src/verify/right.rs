//! Known-right submissions: programs that are written in another way than the solution, and must pass as it does.
//!
//! A bound that only the solution keeps fails learners who did nothing wrong. A file says in its first line what is different:
//!
//! ```text
//! //@ about: keeps the pages in a map by address, and the order of use in a second one
//! ```

use crate::course::spec::Exercise;
use crate::diagnostic::{Fault, Finding, Severity};
use crate::judge::{ExerciseReport, Facts};

use super::{Answer, Subject, short_name, wrong};

/// What a known-right submission says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// Path as findings name it.
    pub file: String,
    /// How it differs from the solution, in one line.
    pub about: String,
}

/// Reads the header of `text`.
pub fn parse(file: &str, text: &str) -> Right {
    let mut headers = text.lines().filter_map(|line| line.strip_prefix("//@"));
    let about = headers.find_map(|header| header.trim().strip_prefix("about:"));
    Right {
        file: file.to_owned(),
        about: about.unwrap_or_default().trim().to_owned(),
    }
}

/// It says what is different in it, and passes all checks.
pub(super) fn answer(
    subject: &Subject<'_>,
    right: &Right,
    facts: &Facts,
    judge: &dyn Fn(&Exercise, &Facts) -> ExerciseReport,
) -> Answer {
    let header = right.about.is_empty().then(|| {
        let message = format!("`{}` says nothing about itself", right.file);
        Finding::new("verify/header", Severity::Error, Fault::Author, message)
            .help("begin it with `//@ about: …`: how does it differ from the solution?")
    });
    let report = judge(subject.exercise, facts);
    let problems = wrong::found(&report).into_iter().map(|(at, finding)| {
        let message = format!("the known-right submission `{}` gets `{at}`", right.file);
        let fault = match finding.fault {
            Fault::Machine => Fault::Machine,
            Fault::Learner | Fault::Author => Fault::Author,
        };
        let mut problem = Finding::new("verify/right-fails", Severity::Error, fault, message);
        problem.primary = finding.primary;
        problem.notes = std::iter::once(finding.message)
            .chain(finding.notes)
            .collect();
        problem.help("give the bound more room; if the program is not right after all, it belongs to the known-wrong ones")
    });
    Answer {
        problems: header.into_iter().chain(problems).collect(),
        ..Answer::new(
            &format!("right: {}", short_name(&right.file)),
            right.about.clone(),
        )
    }
}
