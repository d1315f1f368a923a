//! What of a report learners are shown, the same in every format made for them.

use crate::diagnostic::{Finding, Severity};
use crate::judge::{CaseReport, CheckReport, ExerciseReport, Verdict};

/// A finding with what it belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    /// The finding.
    pub(super) finding: &'a Finding,
    /// The case and the check; `None` for a finding about the submission as a whole.
    pub(super) from: Option<(&'a CaseReport, &'a CheckReport)>,
}

/// The findings of an exercise that learners are shown: first those about the whole, then by case and check. One that
/// several checks share is there once.
pub(super) fn findings(exercise: &ExerciseReport) -> Vec<Shown<'_>> {
    let whole = exercise.findings.iter().map(|finding| Shown {
        finding,
        from: None,
    });
    let checks = exercise
        .cases
        .iter()
        .filter(|case| !case.hidden)
        .flat_map(|case| {
            case.checks.iter().filter_map(move |check| {
                told(check).map(|finding| Shown {
                    finding,
                    from: Some((case, check)),
                })
            })
        });
    let mut shown: Vec<Shown<'_>> = Vec::new();
    for one in whole.chain(checks) {
        if !shown.iter().any(|other| other.finding == one.finding) {
            shown.push(one);
        }
    }
    shown
}

/// The finding of a check that has more to say than its row.
fn told(check: &CheckReport) -> Option<&Finding> {
    if check.hidden {
        return None;
    }
    check
        .finding
        .as_ref()
        .filter(|finding| match check.verdict {
            Verdict::Failed => true,
            Verdict::Passed => finding.severity != Severity::Note,
            _ => is_detailed(finding),
        })
}

/// Whether a finding has more to say than its message.
pub(super) fn is_detailed(finding: &Finding) -> bool {
    finding.primary.is_some()
        || !finding.secondary.is_empty()
        || !finding.notes.is_empty()
        || finding.help.is_some()
}

/// The finding that says why there was no program, where that is why every check was skipped.
pub(super) fn nothing_ran(exercise: &ExerciseReport) -> Option<&Finding> {
    let mut checks = exercise.cases.iter().flat_map(|case| &case.checks);
    let first = exercise.findings.first()?;
    checks
        .all(|check| check.verdict == Verdict::Skipped)
        .then_some(first)
}

/// What to call a case: the one without a name holds what is about the exercise as a whole.
pub(super) fn case_name(case: &CaseReport) -> &str {
    if case.name.is_empty() {
        "overall"
    } else {
        &case.name
    }
}
