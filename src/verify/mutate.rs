//! Mutation: a check that no known-wrong submission needs is a check that nobody has shown to work.
//!
//! One check at a time is deleted and the saved facts of the known-wrong submissions are judged again; nothing runs
//! a second time, because the judge is a function of the facts. If every one of them still fails, the deleted check
//! catches nothing that the others do not.

use crate::course::spec::{Check, Exercise};
use crate::judge::{ExerciseReport, Facts, Verdict};

/// A check of an exercise by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckName {
    /// The case; empty for a check that compares cases.
    pub case: String,
    /// The check.
    pub check: String,
}

impl CheckName {
    /// `case/check`, or the check alone if it stands in no case.
    pub fn full(&self) -> String {
        if self.case.is_empty() {
            self.check.clone()
        } else {
            format!("{}/{}", self.case, self.check)
        }
    }
}

/// Every check of the exercise, in order.
pub fn checks(exercise: &Exercise) -> Vec<CheckName> {
    let name = |case: &str, check: &Check| CheckName {
        case: case.to_owned(),
        check: check.name.clone(),
    };
    let of_cases = exercise
        .cases
        .iter()
        .flat_map(|case| case.checks.iter().map(move |check| name(&case.name, check)));
    of_cases
        .chain(exercise.checks.iter().map(|check| name("", check)))
        .collect()
}

/// The exercise without that check, and without any dependence on it.
#[must_use]
pub fn without(exercise: &Exercise, gone: &CheckName) -> Exercise {
    let mut exercise = exercise.clone();
    for case in &mut exercise.cases {
        let own = case.name == gone.case;
        if own {
            case.checks.retain(|check| check.name != gone.check);
        }
        for check in &mut case.checks {
            forget(check, gone, own);
        }
    }
    if gone.case.is_empty() {
        exercise.checks.retain(|check| check.name != gone.check);
    }
    for check in &mut exercise.checks {
        forget(check, gone, gone.case.is_empty());
    }
    exercise
}

fn forget(check: &mut Check, gone: &CheckName, same_case: bool) {
    let full = format!("{}/{}", gone.case, gone.check);
    check
        .needs
        .retain(|need| *need != full && !(same_case && *need == gone.check));
}

/// Whether nothing at all is left to say against the submission.
pub fn slips_through(report: &ExerciseReport) -> bool {
    report.verdict == Verdict::Passed
        && report.score.earned == report.score.possible
        && super::wrong::found(report).is_empty()
}

/// The checks whose deletion lets no known-wrong submission through.
///
/// A submission that passes with every check says nothing about any.
pub fn idle_checks(
    exercise: &Exercise,
    wrong: &[&Facts],
    judge: &dyn Fn(&Exercise, &Facts) -> ExerciseReport,
) -> Vec<CheckName> {
    let caught = |facts: &&&Facts| !slips_through(&judge(exercise, facts));
    let wrong: Vec<&Facts> = wrong.iter().filter(caught).copied().collect();
    let mut names = checks(exercise);
    names.retain(|name| {
        let mutant = without(exercise, name);
        !wrong
            .iter()
            .any(|facts| slips_through(&judge(&mutant, facts)))
    });
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Score;

    fn exercise() -> Exercise {
        toml::from_str(
            "format_version = 1\ntitle = \"t\"\n\
            [[case]]\nname = \"a\"\n[[case.check]]\nname = \"one\"\n\
            [[case.check]]\nname = \"two\"\nneeds = [\"one\", \"b/one\"]\n\
            [[case]]\nname = \"b\"\n[[case.check]]\nname = \"one\"\nneeds = [\"a/one\"]\n\
            [[check]]\nname = \"both\"\nneeds = [\"a/one\", \"b/one\"]\n",
        )
        .unwrap()
    }

    /// A judge to whom a submission is wrong if one of the checks that its first source names is still there.
    fn judge(exercise: &Exercise, facts: &Facts) -> ExerciseReport {
        let caught = checks(exercise).iter().any(|name| {
            facts
                .sources
                .contains_key(&format!("{}/{}", name.case, name.check))
        });
        ExerciseReport {
            id: String::new(),
            title: String::new(),
            verdict: if caught {
                Verdict::Failed
            } else {
                Verdict::Passed
            },
            score: Score::default(),
            cases: Vec::new(),
            findings: Vec::new(),
            withheld: None,
        }
    }

    fn caught_by(names: &[&str]) -> Facts {
        Facts {
            sources: names
                .iter()
                .map(|name| ((*name).to_owned(), String::new()))
                .collect(),
            ..Facts::default()
        }
    }

    #[test]
    fn a_deleted_check_leaves_no_dependence_behind() {
        let name = CheckName {
            case: "a".to_owned(),
            check: "one".to_owned(),
        };
        let mutant = without(&exercise(), &name);
        assert_eq!(mutant.cases[0].checks.len(), 1);
        assert_eq!(mutant.cases[0].checks[0].needs, ["b/one"]);
        assert_eq!(mutant.cases[1].checks[0].needs, [""; 0]);
        assert_eq!(mutant.checks[0].needs, ["b/one"]);
    }

    #[test]
    fn only_checks_that_catch_something_alone_are_worth_keeping() {
        let wrong = [
            caught_by(&["a/one"]),
            caught_by(&["a/two", "b/one"]),
            caught_by(&["/both"]),
            caught_by(&[]),
        ];
        let wrong: Vec<&Facts> = wrong.iter().collect();
        let idle: Vec<String> = idle_checks(&exercise(), &wrong, &judge)
            .into_iter()
            .map(|name| format!("{}/{}", name.case, name.check))
            .collect();
        assert_eq!(idle, ["a/two", "b/one"]);
    }
}
