//! From verdicts to the worst of them, and from checks to points.

use super::{CaseReport, ChecklistReport, ExerciseReport, Report, Score, Verdict};

/// How bad a verdict is for what it is a part of.
///
/// A failure stands whatever else is found out. A fault of the spec comes before doubt, since nobody but its author
/// can settle it. A skip is only ever the consequence of something else.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Passed => 0,
        Verdict::Skipped => 1,
        Verdict::Unmeasurable => 2,
        Verdict::Inconclusive => 3,
        Verdict::Error => 4,
        Verdict::Failed => 5,
    }
}

/// The worst of some verdicts; passed if there are none.
pub(super) fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    verdicts
        .into_iter()
        .max_by_key(|verdict| rank(*verdict))
        .unwrap_or(Verdict::Passed)
}

/// Points of all checks. Undecided ones stay possible.
pub(super) fn score(cases: &[CaseReport]) -> Score {
    let mut score = Score::default();
    for check in cases.iter().flat_map(|case| &case.checks) {
        score += Score {
            earned: check.earned,
            possible: check.points,
            undecided: if check.verdict.is_undecided() {
                check.points
            } else {
                0
            },
        };
    }
    score
}

/// Everything about a submission, added up.
pub fn total(exercises: Vec<ExerciseReport>, checklist: Option<ChecklistReport>) -> Report {
    let mut score = Score::default();
    for exercise in &exercises {
        score += exercise.score;
    }
    if let Some(checklist) = &checklist {
        score += checklist.score;
    }
    Report {
        score,
        exercises,
        checklist,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_outweighs_everything_and_a_skip_only_a_pass() {
        use Verdict::{Error, Failed, Inconclusive, Passed, Skipped, Unmeasurable};
        assert_eq!(worst([Passed, Failed, Error, Inconclusive]), Failed);
        assert_eq!(worst([Skipped, Error, Inconclusive, Unmeasurable]), Error);
        assert_eq!(worst([Unmeasurable, Inconclusive, Skipped]), Inconclusive);
        assert_eq!(worst([Passed, Unmeasurable, Skipped]), Unmeasurable);
        assert_eq!(worst([Passed, Skipped]), Skipped);
        assert_eq!(worst([]), Passed);
    }
}
