//! What judging one expectation gives, before dependencies and points come into it.

use crate::diagnostic::{Fault, Finding, Severity};

use super::Verdict;

/// The ruling on one expectation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ruling {
    /// What came of it.
    pub(super) verdict: Verdict,
    /// Why, unless it passed.
    pub(super) finding: Option<Finding>,
    /// One line about a pass.
    pub(super) summary: Option<String>,
}

/// A figure, or the ruling that its absence leads to.
pub(super) type Judged<T> = Result<T, Box<Ruling>>;

impl Ruling {
    /// As expected; `summary` is one short line.
    pub(super) fn passed(summary: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Passed,
            finding: None,
            summary: Some(summary.into()),
        }
    }

    /// Not as expected, or undecided: the fault of the finding decides which.
    pub(super) fn by_fault(finding: Finding) -> Self {
        let verdict = match finding.fault {
            Fault::Learner => Verdict::Failed,
            Fault::Author => Verdict::Error,
            Fault::Machine => Verdict::Unmeasurable,
        };
        Self::with(verdict, finding)
    }

    /// Measured, but too uncertain to decide.
    pub(super) fn inconclusive(code: &str, message: impl Into<String>) -> Self {
        let finding = Finding::new(code, Severity::Warning, Fault::Machine, message);
        Self::with(Verdict::Inconclusive, finding)
    }

    /// A figure that this run does not have.
    pub(super) fn unmeasurable(code: &str, message: impl Into<String>) -> Self {
        let finding = Finding::new(code, Severity::Warning, Fault::Machine, message);
        Self::with(Verdict::Unmeasurable, finding)
    }

    /// The spec asks for something that makes no sense.
    pub(super) fn author(code: &str, message: impl Into<String>) -> Self {
        let finding = Finding::new(code, Severity::Error, Fault::Author, message);
        Self::with(Verdict::Error, finding)
    }

    /// Not judged, because of what `why` says (a fragment such as "the program panicked").
    pub(super) fn skipped(why: impl std::fmt::Display) -> Self {
        let message = format!("not judged, because {why}");
        let finding = Finding::new("check/skipped", Severity::Note, Fault::Learner, message);
        Self::with(Verdict::Skipped, finding)
    }

    /// Not judged because something before it is undecided: stays undecided, so that nobody loses points by it.
    pub(super) fn undecided_like(verdict: Verdict, why: impl std::fmt::Display) -> Self {
        let message = format!("not judged, because {why}");
        let finding = Finding::new("check/undecided", Severity::Note, Fault::Machine, message);
        Self::with(verdict, finding)
    }

    fn with(verdict: Verdict, finding: Finding) -> Self {
        Self {
            verdict,
            finding: Some(finding),
            summary: None,
        }
    }

    /// Adds a line of evidence to the finding, if there is one.
    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        if let Some(finding) = &mut self.finding {
            finding.notes.push(note.into());
        }
        self
    }

    /// Wraps it for `?`.
    pub(super) fn stop<T>(self) -> Judged<T> {
        Err(Box::new(self))
    }
}

/// Whichever of the two ways it was reached, the ruling.
pub(super) fn settle(judged: Judged<Ruling>) -> Ruling {
    judged.unwrap_or_else(|ruling| *ruling)
}
