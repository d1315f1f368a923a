//! Planning: from an exercise to the runs it needs, in order. Pure.
//!
//! The main function is [`steps`]. A case is run once, unless a ratio compares it: then its runs are paired with
//! those of the other side, round by round, so that whatever slows the machine down slows both sides.

use std::collections::BTreeMap;

use crate::course::spec::{Case, Check, ClaimOf, Exercise, Quantity};

/// Paired repetitions of a ratio of CPU times when the spec does not say.
pub const CPU_REPETITIONS: u32 = 5;

/// No spec gets more repetitions than this.
pub const MOST_REPETITIONS: u32 = 100;

/// Runs that one worker does one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Indices into the exercise's cases, in the order of running.
    pub runs: Vec<usize>,
    /// Whether nothing else may run at the same time: CPU time is graded.
    pub alone: bool,
}

/// The steps of an exercise, in the order of its cases.
pub fn steps(exercise: &Exercise) -> Vec<Step> {
    let mut groups = Groups::new(exercise.cases.len());
    let ids: BTreeMap<&str, usize> = exercise
        .cases
        .iter()
        .enumerate()
        .map(|(index, case)| (case.name.as_str(), index))
        .collect();
    for (own, check) in all_checks(exercise) {
        if let Some(ratio) = &check.ratio {
            let side = |name: &Option<String>| match name {
                Some(name) => ids.get(name.as_str()).copied(),
                None => own,
            };
            let sides = [side(&ratio.numerator.case), side(&ratio.denominator.case)];
            let timed = ratio.of == Quantity::CpuTime;
            let default = if timed { CPU_REPETITIONS } else { 1 };
            let rounds = ratio.repeat.unwrap_or(default).clamp(1, MOST_REPETITIONS);
            groups.compare(sides, rounds, timed);
        }
        let timed_claim = check.claim.as_ref().is_some_and(|claim| {
            claim.of == ClaimOf::Ratio
                && claim
                    .ratio
                    .as_ref()
                    .is_some_and(|ratio| ratio.of == Quantity::CpuTime)
        });
        if timed_claim {
            groups.compare([own, own], 1, true);
        }
    }
    groups.steps()
}

/// How many runs the steps of an exercise are.
pub fn run_count(exercise: &Exercise) -> usize {
    steps(exercise).iter().map(|step| step.runs.len()).sum()
}

/// Every check with the index of the case it stands in, if it stands in one.
fn all_checks(exercise: &Exercise) -> impl Iterator<Item = (Option<usize>, &Check)> {
    let of_cases = exercise
        .cases
        .iter()
        .enumerate()
        .flat_map(|(index, case): (usize, &Case)| {
            case.checks.iter().map(move |check| (Some(index), check))
        });
    of_cases.chain(exercise.checks.iter().map(|check| (None, check)))
}

/// Cases that are compared with one another, directly or through a third.
struct Groups {
    /// For each case the smallest index of its group.
    leader: Vec<usize>,
    /// For each case its own rounds; a group does the most of its members'.
    rounds: Vec<u32>,
    /// For each case whether its CPU time is graded.
    timed: Vec<bool>,
}

impl Groups {
    fn new(cases: usize) -> Self {
        Self {
            leader: (0..cases).collect(),
            rounds: vec![1; cases],
            timed: vec![false; cases],
        }
    }

    fn compare(&mut self, sides: [Option<usize>; 2], rounds: u32, timed: bool) {
        for case in sides.into_iter().flatten() {
            self.rounds[case] = self.rounds[case].max(rounds);
            self.timed[case] |= timed;
        }
        let [Some(a), Some(b)] = sides else { return };
        let (a, b) = (self.leader[a], self.leader[b]);
        let (low, high) = (a.min(b), a.max(b));
        for leader in &mut self.leader {
            if *leader == high {
                *leader = low;
            }
        }
    }

    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for first in 0..self.leader.len() {
            if self.leader[first] != first {
                continue;
            }
            let members: Vec<usize> = (first..self.leader.len())
                .filter(|case| self.leader[*case] == first)
                .collect();
            let rounds = members.iter().map(|case| self.rounds[*case]).max();
            let runs = (0..rounds.unwrap_or(1)).flat_map(|_| members.iter().copied());
            steps.push(Step {
                runs: runs.collect(),
                alone: members.iter().any(|case| self.timed[*case]),
            });
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exercise(text: &str) -> Exercise {
        toml::from_str(&format!("format_version = 1\ntitle = \"t\"\n{text}")).unwrap()
    }

    fn planned(text: &str) -> Vec<(Vec<usize>, bool)> {
        steps(&exercise(text))
            .into_iter()
            .map(|step| (step.runs, step.alone))
            .collect()
    }

    #[test]
    fn each_case_is_run_once_in_order() {
        let text = "[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\n";
        assert_eq!(planned(text), [(vec![0], false), (vec![1], false)]);
    }

    #[test]
    fn cases_whose_cpu_time_is_compared_alternate_and_run_alone() {
        let text = "[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\n[[case]]\nname = \"c\"\n\
            [[check]]\nname = \"slower\"\n[check.ratio]\nof = \"cpu_time\"\nat_least = 2.0\nrepeat = 3\n\
            numerator = { case = \"c\" }\ndenominator = { case = \"a\" }\n";
        assert_eq!(
            planned(text),
            [(vec![0, 2, 0, 2, 0, 2], true), (vec![1], false)]
        );
    }

    #[test]
    fn counted_quantities_need_no_repetition_and_no_quiet() {
        let text = "[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\n\
            [[check]]\nname = \"more\"\n[check.ratio]\nof = \"total_blocks\"\nat_least = 2.0\n\
            numerator = { case = \"a\" }\ndenominator = { case = \"b\" }\n";
        assert_eq!(planned(text), [(vec![0, 1], false)]);
    }

    #[test]
    fn phases_of_one_case_repeat_that_case() {
        let text = "[[case]]\nname = \"a\"\n[[case.check]]\nname = \"slower\"\n\
            [case.check.ratio]\nof = \"cpu_time\"\nat_least = 2.0\n";
        assert_eq!(planned(text), [(vec![0; CPU_REPETITIONS as usize], true)]);
    }

    #[test]
    fn a_spec_cannot_ask_for_endless_repetitions() {
        let text = "[[case]]\nname = \"a\"\n[[case.check]]\nname = \"slower\"\n\
            [case.check.ratio]\nof = \"cpu_time\"\nat_least = 2.0\nrepeat = 4000000000\n";
        assert_eq!(planned(text)[0].0.len(), MOST_REPETITIONS as usize);
    }
}
