//! One exercise: which checks are judged, which are skipped and why, and what they earn.

use std::collections::{BTreeMap, BTreeSet};

use crate::course::spec::{Case, Check, Exercise};
use crate::diagnostic::{Fault, Finding, Severity};
use crate::observe::{self, Observation};

use super::marks::Marks;
use super::places::Sources;
use super::ruling::Ruling;
use super::verdicts::{self, worst};
use super::{CaseReport, CheckReport, ExerciseReport, Facts, Verdict, needs};
use super::{claims, curve, heap, leak, memory, outcome, output, pages, projection, ratio, rules};

/// Name of the check that every case has unless one of its own says how the run must end.
pub const ENDS_NORMALLY: &str = "ends normally";
/// Points of a check that does not say.
const DEFAULT_POINTS: u32 = 1;

/// Judges one exercise of a submission.
pub fn judge(id: &str, exercise: &Exercise, facts: &Facts) -> ExerciseReport {
    let sources = Sources::new(&facts.sources).with_purpose(&facts.purpose);
    let (broken, whole): (Vec<&Finding>, Vec<&Finding>) = facts
        .source_findings
        .iter()
        .partition(|finding| rules::is_broken_rule(finding));
    let mut findings: Vec<Finding> = whole.into_iter().cloned().collect();
    let stopped = stop(facts, &findings, &broken);
    if let Some(failure) = &facts.build_failure
        && !findings.contains(&failure.finding)
    {
        findings.push(failure.finding.clone());
    }
    let mut cases = match &stopped {
        Some(stop) => nothing_ran(exercise, stop),
        None => all_cases(exercise, facts, &sources),
    };
    if let Some(failure) = &facts.build_failure {
        // The compiler's words once; they can be long.
        let mut diagnostics = failure.diagnostics.clone();
        for case in &mut cases {
            case.run = Some(observe::not_built(
                failure,
                std::mem::take(&mut diagnostics),
            ));
        }
    }
    let rules = rules::checks(&broken);
    // Where rules could not be looked up, they do not count as kept.
    let doubtful = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| Ruling::by_fault(finding.clone()).verdict);
    let doubt = worst(doubtful);
    let forfeit =
        doubt == Verdict::Failed || rules.iter().any(|check| check.verdict == Verdict::Failed);
    if !rules.is_empty() {
        add_overall(&mut cases, rules);
    }
    let mut score = verdicts::score(&cases);
    if forfeit {
        score.undecided = 0;
    } else if doubt != Verdict::Passed {
        score.undecided = score.undecided.saturating_add(score.earned);
    }
    if forfeit || doubt != Verdict::Passed {
        score.earned = 0;
        for check in cases.iter_mut().flat_map(|case| &mut case.checks) {
            check.earned = 0;
        }
    }
    let verdict = worst(
        cases
            .iter()
            .map(|case| case.verdict)
            .chain(stopped.map(|stop| stop.verdict))
            .chain([doubt]),
    );
    ExerciseReport {
        id: id.to_owned(),
        title: exercise.title.clone(),
        verdict,
        score,
        cases,
        findings,
        withheld: exercise.withheld,
    }
}

/// What one check gives by itself: whatever it needs, and however its case ended. `case` is the one that it stands in.
pub fn verdict_alone(check: &Check, case: Option<&Case>, facts: &Facts) -> Verdict {
    // Only findings need to know the source.
    let nothing = BTreeMap::new();
    let sources = Sources::new(&nothing);
    let Some(case) = case else {
        return judge_overall(check, facts, &Endings::new()).verdict;
    };
    match facts.runs.get(&case.name).and_then(|runs| runs.first()) {
        Some(run) => {
            let marks = Marks::new(run);
            let ended = Endings::new();
            judge_check(check, case, run, &marks, facts, &sources, &ended).verdict
        }
        None => Verdict::Unmeasurable,
    }
}

/// Why nothing was run.
struct Stop {
    verdict: Verdict,
    /// A clause: "the program does not compile".
    why: String,
}

fn stop(facts: &Facts, findings: &[Finding], broken: &[&Finding]) -> Option<Stop> {
    let by = |finding: &Finding, why: &str| {
        let verdict = Ruling::by_fault(finding.clone()).verdict;
        Some(Stop {
            verdict,
            why: why.to_owned(),
        })
    };
    if let Some(failure) = &facts.build_failure {
        return by(&failure.finding, "there is no program to run");
    }
    if !facts.runs.is_empty() || !facts.unmeasurable.is_empty() {
        return None;
    }
    let fatal = |finding: &&Finding| finding.severity == Severity::Error;
    if let Some(finding) = findings.iter().find(fatal) {
        return by(finding, "there is no program to run");
    }
    let finding = broken.iter().copied().find(fatal)?;
    by(
        finding,
        "a rule of the exercise is broken, so nothing was run",
    )
}

/// Every check skipped, or undecided where the learner is not the reason.
fn nothing_ran(exercise: &Exercise, stop: &Stop) -> Vec<CaseReport> {
    let ruling = if stop.verdict == Verdict::Failed {
        Ruling::skipped(&stop.why)
    } else {
        Ruling::undecided_like(stop.verdict, &stop.why)
    };
    let mut cases: Vec<CaseReport> = exercise
        .cases
        .iter()
        .map(|case| {
            let checks = case
                .checks
                .iter()
                .map(|check| report(check, case.hidden, ruling.clone()));
            case_report(&case.name, case.hidden, None, checks.collect())
        })
        .collect();
    if !exercise.checks.is_empty() {
        let checks = exercise
            .checks
            .iter()
            .map(|check| report(check, false, ruling.clone()));
        cases.push(case_report("", false, None, checks.collect()));
    }
    cases
}

fn all_cases(exercise: &Exercise, facts: &Facts, sources: &Sources<'_>) -> Vec<CaseReport> {
    let mut ended = Endings::new();
    let mut judged: Vec<Vec<(Check, Ruling)>> = exercise
        .cases
        .iter()
        .map(|case| {
            let (rulings, bad_end) = judge_end(case, exercise.memory_errors, facts, sources);
            if let Some(bad_end) = bad_end {
                ended.insert(&case.name, bad_end);
            }
            rulings
        })
        .collect();
    for (case, rulings) in exercise.cases.iter().zip(&mut judged) {
        let run = facts.runs.get(&case.name).and_then(|runs| runs.first());
        judge_rest(case, run, facts, sources, &ended, rulings);
    }
    let overall: Vec<(Check, Ruling)> = exercise
        .checks
        .iter()
        .map(|check| (check.clone(), judge_overall(check, facts, &ended)))
        .collect();

    let names: Vec<&str> = exercise
        .cases
        .iter()
        .map(|case| case.name.as_str())
        .collect();
    let mut table = needs::Table::default();
    for (case, rulings) in names.iter().zip(judged) {
        for (check, ruling) in rulings {
            table.add(case, check, ruling);
        }
    }
    for (check, ruling) in overall {
        table.add("", check, ruling);
    }
    let mut reports: BTreeMap<String, Vec<CheckReport>> = BTreeMap::new();
    let hidden: BTreeSet<&str> = exercise
        .cases
        .iter()
        .filter(|case| case.hidden)
        .map(|case| case.name.as_str())
        .collect();
    for (case, check, ruling) in table.settle() {
        let hidden = hidden.contains(case.as_str());
        let check = report(&check, hidden, ruling);
        reports.entry(case).or_default().push(check);
    }
    let mut cases: Vec<CaseReport> = exercise
        .cases
        .iter()
        .map(|case| {
            let run = facts.runs.get(&case.name).and_then(|runs| runs.first());
            let checks = reports.remove(&case.name).unwrap_or_default();
            case_report(&case.name, case.hidden, run.cloned(), checks)
        })
        .collect();
    if let Some(checks) = reports.remove("") {
        cases.push(case_report("", false, None, checks));
    }
    cases
}

/// Cases that did not end as they should, or were not run: what their other checks get.
type Endings<'a> = BTreeMap<&'a str, BadEnd>;

#[derive(Debug, Clone)]
struct BadEnd {
    /// What the checks of the case get; a failure becomes a skip for them.
    verdict: Verdict,
    /// A clause: "the program panicked".
    why: String,
}

impl BadEnd {
    fn ruling(&self) -> Ruling {
        if matches!(self.verdict, Verdict::Failed | Verdict::Skipped) {
            Ruling::skipped(&self.why)
        } else {
            Ruling::undecided_like(self.verdict, &self.why)
        }
    }
}

/// Judges how a case ended. One finding explains a bad end, on the first check that is about the end; the case has
/// one of its own if the spec has none. A wrong use of memory comes before that: after it nothing that the program did
/// means anything.
fn judge_end(
    case: &Case,
    memory_errors: bool,
    facts: &Facts,
    sources: &Sources<'_>,
) -> (Vec<(Check, Ruling)>, Option<BadEnd>) {
    let run = facts.runs.get(&case.name).and_then(|runs| runs.first());
    let mut checks: Vec<Check> = case
        .checks
        .iter()
        .filter(|check| check.outcome.is_some())
        .cloned()
        .collect();
    if checks.is_empty() {
        checks.push(Check {
            name: ENDS_NORMALLY.to_owned(),
            points: Some(0),
            ..Check::default()
        });
    }
    let mut bad: Option<BadEnd> = None;
    let mut rulings = Vec::new();
    if let Some(run) = run.filter(|_| memory_errors) {
        let ruling = memory::judge(run, sources);
        if ruling.verdict == Verdict::Failed {
            bad = Some(BadEnd {
                verdict: Verdict::Failed,
                why: "the program used memory wrongly".to_owned(),
            });
        }
        let check = Check {
            name: memory::USES_MEMORY_RIGHTLY.to_owned(),
            points: Some(0),
            ..Check::default()
        };
        rulings.push((check, ruling));
    }
    for check in checks {
        let ruling = match (run, facts.unmeasurable.get(&case.name)) {
            (Some(run), _) => {
                let ruling = match &check.outcome {
                    Some(expected) => outcome::judge(expected, run, sources),
                    None => outcome::judge_normal_end(run, sources),
                };
                match &bad {
                    Some(bad) if ruling.verdict == Verdict::Failed => bad.ruling(),
                    _ => ruling,
                }
            }
            (None, _) if bad.is_some() => {
                Ruling::undecided_like(Verdict::Unmeasurable, "the case was not run")
            }
            (None, Some(finding)) => Ruling::by_fault(finding.clone()),
            (None, None) => Ruling::unmeasurable(
                "run/not-measured",
                format!("the case `{}` was not run", case.name),
            ),
        };
        if ruling.verdict != Verdict::Passed && bad.is_none() {
            bad = Some(BadEnd {
                verdict: ruling.verdict,
                why: run.map_or_else(
                    || "the case was not run".to_owned(),
                    |run| outcome::clause(&run.outcome),
                ),
            });
        }
        rulings.push((check, ruling));
    }
    (rulings, bad)
}

/// Judges the other checks of a case and puts all of them into the spec's order.
fn judge_rest(
    case: &Case,
    run: Option<&Observation>,
    facts: &Facts,
    sources: &Sources<'_>,
    ended: &Endings<'_>,
    rulings: &mut Vec<(Check, Ruling)>,
) {
    let mut about_the_end = std::mem::take(rulings).into_iter().peekable();
    // Those that the spec does not have come first.
    while about_the_end
        .peek()
        .is_some_and(|(check, _)| check.outcome.is_none())
    {
        rulings.extend(about_the_end.next());
    }
    let marks = run.map(Marks::new);
    for check in &case.checks {
        if check.outcome.is_some() {
            rulings.extend(about_the_end.next());
            continue;
        }
        let ruling = match (run, &marks) {
            (Some(run), Some(marks)) if !ended.contains_key(case.name.as_str()) => {
                judge_check(check, case, run, marks, facts, sources, ended)
            }
            _ => ended.get(case.name.as_str()).map_or_else(
                || Ruling::unmeasurable("run/not-measured", "the case was not run"),
                BadEnd::ruling,
            ),
        };
        rulings.push((check.clone(), ruling));
    }
}

fn judge_check(
    check: &Check,
    case: &Case,
    run: &Observation,
    marks: &Marks<'_>,
    facts: &Facts,
    sources: &Sources<'_>,
    ended: &Endings<'_>,
) -> Ruling {
    if let Some(expected) = &check.output {
        output::judge(expected, run, sources)
    } else if let Some(expected) = &check.heap {
        heap::judge(expected, run, marks, sources)
    } else if let Some(expected) = &check.curve {
        curve::judge(expected, run, marks, sources)
    } else if let Some(expected) = &check.leak {
        leak::judge(expected, run, sources)
    } else if let Some(expected) = &check.pages {
        pages::judge(expected, run, marks, sources)
    } else if let Some(expected) = &check.stack {
        pages::judge_stack(expected, run)
    } else if let Some(expected) = &check.ratio {
        judge_ratio(expected, Some(&case.name), facts, ended)
    } else if let Some(expected) = &check.claim {
        claims::judge(expected, run, marks, sources)
    } else {
        Ruling::author(
            "spec/empty-expectation",
            format!("the check `{}` expects nothing", check.name),
        )
    }
}

/// Judges a check that stands outside of all cases.
fn judge_overall(check: &Check, facts: &Facts, ended: &Endings<'_>) -> Ruling {
    match &check.ratio {
        Some(expected) => judge_ratio(expected, None, facts, ended),
        None => Ruling::author(
            "spec/check-without-case",
            format!(
                "the check `{}` belongs to no case, so there is no run to judge",
                check.name
            ),
        ),
    }
}

fn judge_ratio(
    expected: &crate::course::spec::RatioExpectation,
    own_case: Option<&str>,
    facts: &Facts,
    ended: &Endings<'_>,
) -> Ruling {
    for case in ratio::cases(expected, own_case) {
        if let Some(bad) = ended.get(case) {
            let bad = BadEnd {
                verdict: bad.verdict,
                why: format!("in the case `{case}` {}", bad.why),
            };
            return bad.ruling();
        }
    }
    ratio::judge(expected, own_case, facts)
}

/// The report on a check: its points, and the spec's own words of why and where to look.
fn report(check: &Check, case_hidden: bool, ruling: Ruling) -> CheckReport {
    let points = check.points.unwrap_or(DEFAULT_POINTS);
    let Ruling {
        verdict,
        mut finding,
        summary,
    } = ruling;
    if let Some(finding) = &mut finding
        && verdict == Verdict::Failed
        && finding.fault == Fault::Learner
    {
        if let Some(hint) = check.hints.first() {
            finding.help = Some(hint.clone());
        }
        if let Some(why) = &check.why {
            finding.notes.push(format!("why: {why}"));
        }
    }
    CheckReport {
        name: check.name.clone(),
        points,
        earned: if verdict == Verdict::Passed {
            points
        } else {
            0
        },
        verdict,
        hidden: check.hidden || case_hidden,
        finding,
        summary,
    }
}

fn case_report(
    name: &str,
    hidden: bool,
    mut run: Option<Observation>,
    checks: Vec<CheckReport>,
) -> CaseReport {
    run.iter_mut().for_each(projection::project);
    CaseReport {
        name: name.to_owned(),
        hidden,
        verdict: worst(checks.iter().map(|check| check.verdict)),
        run,
        checks,
    }
}

/// Puts checks before those of the case without a name, which is made if there is none.
fn add_overall(cases: &mut Vec<CaseReport>, mut checks: Vec<CheckReport>) {
    let position = cases.iter().position(|case| case.name.is_empty());
    if let Some(overall) = position.and_then(|i| cases.get_mut(i)) {
        checks.append(&mut overall.checks);
        overall.verdict = worst(checks.iter().map(|check| check.verdict));
        overall.checks = checks;
    } else {
        cases.push(case_report("", false, None, checks));
    }
}

#[cfg(test)]
mod tests;
