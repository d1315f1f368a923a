//! Proving a course: that its checks separate right programs from wrong ones. Pure; the trials were run elsewhere.
//!
//! The main function is [`prove`]. For each exercise it asks:
//!
//! - Is all that learners read in order: lesson, hints, links, commands ([`texts`])? Are the author's files ([`tidy`])?
//! - Does the unchanged starter fail with exactly the findings that the spec names?
//! - Does the solution pass, and does it still pass when every inexact bound is made tighter by 5 % ([`margin`])? How far is it
//!   from each bound, and what comes nearest from the other side ([`limits`])?
//! - Does every known-right submission pass, which is written in another way than the solution ([`right`])?
//! - Does every known-wrong submission get exactly the findings that it names, at the lines it marks ([`wrong`])?
//! - Does every check catch something that the others do not ([`mutate`])?

use std::collections::{BTreeMap, BTreeSet};

use crate::build::BROKEN_HARNESS;
use crate::course::spec::Exercise;
use crate::course::{SourceFile, interface};
use crate::diagnostic::{Fault, Finding, Place, Severity};
use crate::judge::{self, ExerciseReport, Facts, Verdict};
use crate::observe::Observation;

pub mod bounds;
pub mod calibrate;
pub mod checklist;
pub mod command;
pub mod course;
pub mod figures;
pub mod lesson;
pub mod limits;
pub mod margin;
pub mod mutate;
pub mod prose;
pub mod right;
pub mod text;
pub mod texts;
pub mod tidy;
pub mod wrong;

use lesson::Around;
use right::Right;
use tidy::Tidy;
use wrong::Wrong;

/// Known-wrong submissions that an exercise needs.
pub const LEAST_WRONG: usize = 6;

/// Those among them that print the right output, so that only their behavior can tell.
pub const LEAST_RIGHT_OUTPUT: usize = 4;

/// An exercise as its author wrote it.
#[derive(Debug)]
pub struct Subject<'a> {
    /// Its id.
    pub id: &'a str,
    /// The exercise.
    pub exercise: &'a Exercise,
    /// Path of its spec, as findings name it.
    pub spec_file: &'a str,
    /// Text of its spec.
    pub spec_text: &'a str,
    /// Its lesson; `None` if there is none.
    pub lesson: Option<&'a SourceFile>,
    /// The starter's files, by the names that the spec gives them.
    pub starter: &'a BTreeMap<String, String>,
    /// The solution's.
    pub solution: &'a BTreeMap<String, String>,
    /// Every text of the author's, path and text.
    pub texts: Vec<(&'a str, &'a str)>,
}

/// The programs that were run for one exercise.
#[derive(Debug, Default)]
pub struct Trials {
    /// The unchanged starter; `None` if there is none.
    pub starter: Option<Facts>,
    /// The solution, once for each repetition; empty if there is none.
    pub solution: Vec<Facts>,
    /// The known-right submissions.
    pub right: Vec<(Right, Facts)>,
    /// The known-wrong submissions.
    pub wrong: Vec<(Wrong, Facts)>,
    /// Problems with the headers of the known-wrong submissions.
    pub headers: Vec<Finding>,
    /// What the toolchain's tools say of the files.
    pub tidy: Tidy,
}

/// One question and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What was asked, in a few words.
    pub what: String,
    /// What was seen, in a few words.
    pub seen: String,
    /// What is wrong; empty if it holds.
    pub problems: Vec<Finding>,
    /// Why it could not be answered here, if that is so: then it neither holds nor fails.
    pub unknown: Option<String>,
    /// What was seen in full, one line each.
    pub details: Vec<String>,
}

impl Answer {
    /// An answer that holds.
    fn new(what: &str, seen: String) -> Self {
        Self {
            what: what.to_owned(),
            seen,
            problems: Vec::new(),
            unknown: None,
            details: Vec::new(),
        }
    }
}

/// Everything that was asked about one exercise.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// The exercise.
    pub id: String,
    /// The answers, in order.
    pub answers: Vec<Answer>,
}

impl Proof {
    /// Everything that is wrong.
    pub fn problems(&self) -> impl Iterator<Item = &Finding> {
        self.answers.iter().flat_map(|answer| &answer.problems)
    }
}

/// Answers every question about one exercise.
pub fn prove(subject: &Subject<'_>, trials: &Trials, around: &Around<'_>, mutated: bool) -> Proof {
    let judged = |exercise: &Exercise, facts: &Facts| judge::judge(subject.id, exercise, facts);
    let whose = format!("the exercise `{}`", subject.id);
    let mut answers: Vec<Answer> = texts::to_do(&whose, &subject.texts).into_iter().collect();
    answers.push(texts::answer(subject, around));
    answers.push(tidy::files(&trials.tidy));
    answers.push(tidy::format(subject, &trials.tidy));
    answers.push(tidy::lints(&trials.tidy));
    let id = subject.id.to_owned();
    if let Some(harness) = harness(subject, trials) {
        let broken = !harness.problems.is_empty();
        answers.push(harness);
        if broken {
            // Whatever else there were to say would only say it again.
            answers.push(Answer {
                unknown: Some("the harness does not compile, so nothing was run".to_owned()),
                ..Answer::new("programs", String::new())
            });
            return Proof { id, answers };
        }
    }
    answers.push(starter(subject, trials, &judged));
    answers.push(solution(subject, trials, &judged));
    answers.extend(bounds_stand(subject, trials));
    if trials.solution.len() > 1 {
        answers.push(repeated(subject, &trials.solution));
    }
    for (right, facts) in &trials.right {
        answers.push(right::answer(subject, right, facts, &judged));
    }
    answers.push(enough_wrong(subject, trials));
    for (wrong, facts) in &trials.wrong {
        let report = judged(subject.exercise, facts);
        let what = format!("wrong: {}", short_name(&wrong.file));
        answers.push(Answer {
            problems: wrong.compare(subject.exercise, &report),
            ..Answer::new(&what, wrong.about.clone())
        });
    }
    if mutated {
        answers.push(mutations(subject, trials, &judged));
    }
    Proof { id, answers }
}

type Judge<'a> = &'a dyn Fn(&Exercise, &Facts) -> ExerciseReport;

fn author(code: &str, message: String) -> Finding {
    Finding::new(code, Severity::Error, Fault::Author, message)
}

fn short_name(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".rs").unwrap_or(name)
}

/// The harness compiles with every program that has what its interface asks for.
fn harness(subject: &Subject<'_>, trials: &Trials) -> Option<Answer> {
    let asked = &subject.exercise.harness.as_ref()?.interface;
    let facts = trials.solution.iter().chain(&trials.starter);
    let facts = facts.chain(trials.right.iter().map(|(_, facts)| facts));
    let facts = facts.chain(trials.wrong.iter().map(|(_, facts)| facts));
    let failures = facts.filter_map(|facts| facts.build_failure.as_ref());
    let mut problems: Vec<Finding> = Vec::new();
    for failure in failures.filter(|failure| failure.finding.code == BROKEN_HARNESS) {
        if !problems.contains(&failure.finding) {
            problems.push(failure.finding.clone());
        }
    }
    let items = interface::parse(asked).map_or(0, |interface| interface.items.len());
    let things = if items == 1 { "thing" } else { "things" };
    Some(Answer {
        problems,
        ..Answer::new("harness", format!("asks for {items} {things}"))
    })
}

/// Points at the line of the spec that names the check.
fn at_check(finding: Finding, subject: &Subject<'_>, name: &mutate::CheckName) -> Finding {
    let names = |line: &str, wanted: &str| {
        let value = line.trim().strip_prefix("name")?.trim_start();
        let value = value.strip_prefix('=')?.trim();
        (value.trim_matches(['"', '\'']) == wanted).then_some(())
    };
    let mut in_case = name.case.is_empty();
    for (line, number) in subject.spec_text.lines().zip(1..) {
        if in_case && names(line, &name.check).is_some() {
            return finding.at(Place::line(subject.spec_file, number), "this check");
        }
        in_case = in_case || names(line, &name.case).is_some();
    }
    finding
}

fn starter(subject: &Subject<'_>, trials: &Trials, judge: Judge<'_>) -> Answer {
    let Some(facts) = &trials.starter else {
        let message = format!("the exercise `{}` has no starter", subject.id);
        return Answer {
            problems: vec![author("verify/no-starter", message).help(format!(
                "write `{}` beside its `exercise.toml`",
                subject.exercise.source.root()
            ))],
            ..Answer::new("starter", "missing".to_owned())
        };
    };
    let report = judge(subject.exercise, facts);
    let found = wrong::found(&report);
    let codes: BTreeSet<&str> = found.iter().map(|(at, _)| at.code.as_str()).collect();
    let expected: BTreeSet<&str> = subject
        .exercise
        .starter
        .findings
        .iter()
        .map(String::as_str)
        .collect();
    let mut problems = Vec::new();
    if expected.is_empty() {
        let message = format!(
            "the spec of `{}` does not say what its starter fails with",
            subject.id
        );
        problems.push(
            author("verify/starter", message).help("add `[starter]` with `findings = [\"…\"]`"),
        );
    } else if codes != expected {
        let list = |codes: &BTreeSet<&str>| codes.iter().copied().collect::<Vec<_>>().join(", ");
        let message = format!(
            "the starter of `{}` does not fail as its spec says",
            subject.id
        );
        let problem = author("verify/starter", message)
            .note(format!("the spec names: {}", list(&expected)))
            .note(format!(
                "it gets: {}",
                if codes.is_empty() {
                    "nothing".to_owned()
                } else {
                    list(&codes)
                }
            ));
        problems.push(problem);
    }
    let codes = codes.into_iter().collect::<Vec<_>>().join(", ");
    Answer {
        problems,
        ..Answer::new("starter", format!("fails with {codes}"))
    }
}

/// The solution passes, each repetition of it, and with margin.
fn solution(subject: &Subject<'_>, trials: &Trials, judge: Judge<'_>) -> Answer {
    if trials.solution.is_empty() {
        let message = format!("the exercise `{}` has no solution", subject.id);
        let root = subject.exercise.source.root();
        let help = format!("write `solutions/{}/{root}`", subject.id);
        return Answer {
            problems: vec![author("verify/no-solution", message).help(help)],
            ..Answer::new("solution", "missing".to_owned())
        };
    }
    let tight = margin::tightened(subject.exercise);
    let mut problems = Vec::new();
    let mut seen = String::new();
    for facts in &trials.solution {
        let report = judge(subject.exercise, facts);
        seen = format!(
            "{} of {} points",
            report.score.earned, report.score.possible
        );
        // A harness that does not compile is told as such.
        let found = wrong::found(&report).into_iter();
        for (at, finding) in found.filter(|(at, _)| at.code != BROKEN_HARNESS) {
            let mut problem = author(
                "verify/solution-fails",
                format!("the solution of `{}` gets `{at}`", subject.id),
            );
            problem.fault = match finding.fault {
                Fault::Machine => Fault::Machine,
                Fault::Learner | Fault::Author => Fault::Author,
            };
            problem.primary.clone_from(&finding.primary);
            problem.notes = std::iter::once(finding.message)
                .chain(finding.notes)
                .collect();
            problems.push(problem);
        }
        for name in hair_breadths(&report, &judge(&tight, facts)) {
            let message = format!("the solution meets a bound of `{}` by a hair", name.full());
            let problem = author("verify/no-margin", message)
                .note("made tighter by 5 %, the check would not pass")
                .help("give the bound more room, or make it exact if the figure is the same on every run");
            problems.push(at_check(problem, subject, &name));
        }
    }
    // Repetitions mostly say the same.
    let mut distinct: Vec<Finding> = Vec::new();
    for problem in problems {
        if !distinct.contains(&problem) {
            distinct.push(problem);
        }
    }
    let built = trials
        .solution
        .iter()
        .all(|facts| facts.build_failure.is_none());
    if distinct.is_empty() && built {
        seen.push_str(", with margin");
    }
    Answer {
        problems: distinct,
        ..Answer::new("solution", seen)
    }
}

/// How far the solution is from each inexact bound, and what comes nearest from the other side. That the solution leaves a margin
/// is proved with it; here it is asked of the known-wrong submissions, which another machine must not let in.
fn bounds_stand(subject: &Subject<'_>, trials: &Trials) -> Option<Answer> {
    let standings = limits::standings(subject.exercise, &trials.solution, &trials.wrong);
    if standings.is_empty() || trials.solution.is_empty() {
        return None;
    }
    let bounds = match standings.len() {
        1 => "1 bound that is not exact".to_owned(),
        count => format!("{count} bounds that are not exact"),
    };
    let mut problems = Vec::new();
    for standing in &standings {
        if let Some((name, figure)) = standing.hair_on_the_other_side() {
            let bound = &standing.bound;
            let message = format!(
                "`{}` keeps the known-wrong submission `{name}` out by a hair",
                standing.check.full()
            );
            let problem = author("verify/no-margin", message)
                .note(format!(
                    "{} {} {}: the figure of `{name}` is {}",
                    bound.name(),
                    bound.side_words(),
                    bound.limit_words(),
                    bound.words(figure),
                ))
                .note("made looser by 5 %, the bound would let it pass")
                .help("`memgrade verify --calibrate` proposes a bound between the two");
            problems.push(at_check(problem, subject, &standing.check));
        }
    }
    Some(Answer {
        problems,
        details: standings.iter().map(limits::Standing::words).collect(),
        ..Answer::new(
            "limits",
            format!("{bounds}, with a margin of 5 % on both sides"),
        )
    })
}

/// Checks that pass, and would not with tighter bounds.
fn hair_breadths(report: &ExerciseReport, tight: &ExerciseReport) -> Vec<mutate::CheckName> {
    let mut names = Vec::new();
    for (case, tight) in report.cases.iter().zip(&tight.cases) {
        for (check, tight) in case.checks.iter().zip(&tight.checks) {
            if check.verdict == Verdict::Passed && tight.verdict == Verdict::Failed {
                names.push(mutate::CheckName {
                    case: case.name.clone(),
                    check: check.name.clone(),
                });
            }
        }
    }
    names
}

/// Heap figures, sites and marks of every repetition are the same.
fn repeated(subject: &Subject<'_>, repetitions: &[Facts]) -> Answer {
    let mut problems = Vec::new();
    if let Some((first, further)) = repetitions.split_first() {
        for (case, runs) in &first.runs {
            let differs = further.iter().any(|facts| {
                let other = facts.runs.get(case).and_then(|runs| runs.first());
                runs.first().map(heap_figures) != other.map(heap_figures)
            });
            if differs {
                let message = format!(
                    "the heap figures of case `{case}` of `{}` are not the same on every run",
                    subject.id
                );
                let help =
                    "does the program use threads, the clock, random numbers or a HashMap's order?";
                problems.push(author("verify/not-repeatable", message).help(help));
            }
        }
    }
    let seen = format!("the same heap figures on {} runs", repetitions.len());
    Answer {
        problems,
        ..Answer::new("repeated", seen)
    }
}

/// What must be equal on every run of a program with one thread.
fn heap_figures(run: &Observation) -> impl PartialEq + use<> {
    let marks: Vec<_> = run
        .timeline
        .iter()
        .filter(|point| point.mark.is_some())
        .map(|point| {
            (
                point.number,
                point.total_bytes,
                point.total_blocks,
                point.live_bytes,
                point.live_blocks,
            )
        })
        .collect();
    (run.heap.clone(), marks)
}

fn enough_wrong(subject: &Subject<'_>, trials: &Trials) -> Answer {
    let right_output = trials
        .wrong
        .iter()
        .filter(|(wrong, _)| wrong.right_output)
        .count();
    let mut problems = trials.headers.clone();
    if trials.wrong.len() < LEAST_WRONG {
        let message = format!(
            "the exercise `{}` has {} known-wrong submissions; it needs {LEAST_WRONG}",
            subject.id,
            trials.wrong.len(),
        );
        let help = format!(
            "write what learners get wrong into `tests/wrong/{}/`",
            subject.id
        );
        problems.push(author("verify/too-few-wrong", message).help(help));
    }
    if right_output < LEAST_RIGHT_OUTPUT {
        let message = format!(
            "{right_output} known-wrong submissions of `{}` print the right output; {LEAST_RIGHT_OUTPUT} must",
            subject.id,
        );
        let help = "a program that prints the right text without doing the work must not pass";
        problems.push(author("verify/too-few-wrong", message).help(help));
    }
    let count = trials.wrong.len();
    let seen = format!("{count}, {right_output} of them with the right output");
    Answer {
        problems,
        ..Answer::new("known-wrong submissions", seen)
    }
}

fn mutations(subject: &Subject<'_>, trials: &Trials, judge: Judge<'_>) -> Answer {
    let facts: Vec<&Facts> = trials.wrong.iter().map(|(_, facts)| facts).collect();
    let checks = mutate::checks(subject.exercise).len();
    let problems = mutate::idle_checks(subject.exercise, &facts, judge)
        .into_iter()
        .map(|name| {
            let message = format!(
                "without the check `{}` no known-wrong submission slips through",
                name.full()
            );
            let problem = author("verify/check-catches-nothing", message)
                .help("delete the check, or add a known-wrong submission that only it catches");
            at_check(problem, subject, &name)
        })
        .collect();
    let seen = format!("each of {checks} checks catches what no other does");
    Answer {
        problems,
        ..Answer::new("mutation", seen)
    }
}
