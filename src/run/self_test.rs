//! Whether what memgrade knows of std holds for a compiler: the self-test.
//!
//! What does not count is recognised by names of functions in std, and std may change them. So with a compiler that this memgrade was
//! not tested with, a program is measured first whose figures are known by arithmetic: `self_test_program.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::build::{Request, Toolchain};
use crate::course::spec::{Case, Edition, OutcomeKind, UnsafePolicy};
use crate::observe::{Amount, Observation, Site};

const PROGRAM: &str = include_str!("self_test_program.rs");

/// The root of the self-test's program.
const ROOT: &str = "self_test.rs";

/// What the program reads: seven characters, so that with the one that it adds ten times the line are 80 bytes.
const INPUT: &str = "a line\n";

/// The compilers that all tests of this memgrade were run with, as they call themselves, on the system that they ran on. They need no
/// self-test; a distribution's own build of the same release calls itself otherwise.
const TESTED: [&str; 2] = [
    "rustc 1.95.0 (59807616e 2026-04-14)",
    "rustc 1.97.0-nightly (e50aa6fba 2026-05-19)",
];
const TESTED_ON: &str = "x86_64-unknown-linux-gnu";

/// Whether a compiler's std is known without a self-test.
pub(super) fn is_tested(toolchain: &Toolchain) -> bool {
    toolchain.host() == TESTED_ON && TESTED.contains(&toolchain.name())
}

/// What to build.
pub(super) fn request() -> Request {
    Request {
        files: BTreeMap::from([(ROOT.to_owned(), PROGRAM.as_bytes().to_vec())]),
        root: ROOT.to_owned(),
        edition: Edition::E2021,
        unsafe_code: UnsafePolicy::Forbid,
        allow_lints: Vec::new(),
        memory_errors: false,
        harness: None,
    }
}

/// How to run it.
pub(super) fn case() -> Case {
    Case {
        name: "self-test".to_owned(),
        args: Vec::new(),
        stdin: INPUT.to_owned(),
        env: BTreeMap::new(),
        limits: crate::course::spec::Limits::default(),
        hidden: false,
        finishes_with: None,
        checks: Vec::new(),
    }
}

/// The truth about a line: blocks and bytes, or `None` for the line of which only std knows how much it takes.
type Truth = BTreeMap<u32, Option<Amount>>;

fn truth(program: &str) -> Truth {
    let lines = program.lines().zip(1..);
    lines
        .filter_map(|(line, number)| {
            // Not the words about it at the top.
            let (code, said) = line.split_once(" //= ")?;
            let (blocks, bytes) = said.split_once(' ').unwrap_or_default();
            let amount = blocks.parse().ok().zip(bytes.parse().ok());
            let amount = amount.map(|(blocks, bytes)| Amount { bytes, blocks });
            (!code.starts_with("//")).then_some((number, amount))
        })
        .collect()
}

/// What of a run of the program is not as arithmetic says; empty where the compiler's std is understood.
pub(super) fn disagreements(run: &Observation) -> Vec<String> {
    let mut wrong = Vec::new();
    if run.outcome.kind != OutcomeKind::Exited || run.outcome.exit_code != Some(0) {
        wrong.push("a program with a caught panic does not end normally".to_owned());
    }
    let Some(heap) = &run.heap else {
        // Nothing was measured, so nothing was measured wrong.
        return wrong;
    };
    let truth = truth(PROGRAM);
    let mut seen = BTreeSet::new();
    for site in &heap.sites {
        let line = site.line.unwrap_or_default();
        let found = site.total;
        match truth.get(&line) {
            Some(Some(expected)) if *expected == found => {}
            Some(None) if found.blocks > 0 => {}
            Some(Some(expected)) => wrong.push(format!(
                "{}: {} blocks with {} bytes counted instead of {} with {}",
                place(site),
                found.blocks,
                found.bytes,
                expected.blocks,
                expected.bytes,
            )),
            _ => wrong.push(format!(
                "{}: {} blocks with {} bytes counted that are not the program's",
                place(site),
                found.blocks,
                found.bytes,
            )),
        }
        seen.insert(line);
    }
    for line in truth.keys().filter(|line| !seen.contains(line)) {
        wrong.push(format!("line {line}: what it allocates is not counted"));
    }
    let mut figure = |name: &str, found: Option<Amount>, blocks, bytes| {
        if found.is_some_and(|found| found != Amount { bytes, blocks }) {
            let found = found.unwrap_or_default();
            wrong.push(format!(
                "{name}: {} blocks with {} bytes instead of {blocks} with {bytes}",
                found.blocks, found.bytes
            ));
        }
    };
    // The ring of 32 bytes and the forgotten 24; the 8 bytes that the static holds.
    figure("at exit", Some(heap.at_exit), 3, 64);
    figure("definitely lost", heap.definitely_lost, 2, 56);
    figure("still reachable", heap.still_reachable, 1, 8);
    if heap.definitely_lost.is_some() && heap.cycles.len() != 1 {
        wrong.push("a ring of one `Rc` is not recognised".to_owned());
    }
    if run.timeline.iter().filter(|p| p.mark.is_some()).count() != 3 {
        wrong.push("three printed lines are not three marks".to_owned());
    }
    wrong
}

fn place(site: &Site) -> String {
    let function = site.function.as_deref().unwrap_or("unknown code");
    match site.line {
        Some(line) => format!("line {line} ({function})"),
        None => function.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::tests::observation;

    #[test]
    fn the_truth_is_read_from_the_program() {
        let truth = truth(PROGRAM);
        assert_eq!(truth.len(), 9, "{truth:?}");
        assert_eq!(truth.values().filter(|amount| amount.is_none()).count(), 1);
        let known = truth.values().flatten();
        assert_eq!(known.map(|amount| amount.bytes).sum::<u64>(), 748);
    }

    #[test]
    fn a_run_without_these_figures_is_noticed() {
        let mut run = observation("begins\n");
        run.heap = None;
        assert_eq!(disagreements(&run), [] as [&str; 0], "nothing was measured");
        run.outcome.exit_code = Some(101);
        assert_eq!(disagreements(&run).len(), 1);
    }
}
