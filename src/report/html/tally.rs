//! A class in figures, one student after the other: what is kept of a student is small, so that a class may be large.

use std::collections::BTreeMap;

use super::exercise::nothing_handed_in;
use super::points::percent;
use super::student;
use super::text;
use crate::diagnostic::{Finding, Severity};
use crate::gradebook::policy::Points;
use crate::gradebook::record::Record;
use crate::judge::{ItemReport, Report, Verdict};
use crate::report::escape::{LINE_CHARS, MESSAGE_CHARS, NAME_CHARS};
use crate::report::shown;

/// Different findings that are counted; there are fewer codes than that.
const CODES: usize = 1000;
/// Different checks of an exercise that are counted.
const CHECKS: usize = 500;
/// Different parts of a grade that have a column.
pub(super) const PARTS: usize = 24;
/// Bars of the histogram.
pub(super) const BARS: usize = 10;

/// Why a teacher should look at a student first, most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// Points that the machine could not decide.
    Undecided,
    /// Something was wrong with what was handed in.
    Broken,
    /// Much of it is in another submission too.
    Similar,
    /// It was handed in, and there is not a point.
    NoPoints,
    /// A text waits to be read.
    Waiting,
    /// It was late.
    Late,
}

/// A student, as far as the class page needs it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) group: Option<String>,
    pub(super) link: String,
    pub(super) handed_in: bool,
    pub(super) points: Points,
    pub(super) possible: Points,
    pub(super) undecided: Points,
    /// The points of each part, in the order of [`Tally::parts`].
    pub(super) parts: Vec<Option<(Points, Points)>>,
    /// Why to look, each with a few words.
    pub(super) reasons: Vec<(Reason, String)>,
}

/// Verdicts, counted; apart from them those who handed in nothing that could have one.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
    pub(super) undecided: u64,
    pub(super) missing: u64,
}

impl Counts {
    /// `None`: nothing was handed in.
    fn add(&mut self, verdict: Option<Verdict>) {
        match verdict {
            None => self.missing += 1,
            Some(Verdict::Passed) => self.passed += 1,
            Some(Verdict::Failed) => self.failed += 1,
            Some(Verdict::Skipped) => self.skipped += 1,
            Some(_) => self.undecided += 1,
        }
    }

    /// Those who handed in something.
    pub(super) const fn handed_in(self) -> u64 {
        self.passed + self.failed + self.skipped + self.undecided
    }
}

/// A check, or a question of the checklist.
#[derive(Debug, Clone)]
pub(super) struct CheckTally {
    pub(super) case: String,
    pub(super) name: String,
    pub(super) hidden: bool,
    pub(super) points: u32,
    pub(super) counts: Counts,
}

/// An exercise, or the checklist.
#[derive(Debug, Clone)]
pub(super) struct ExerciseTally {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) counts: Counts,
    pub(super) checks: Vec<CheckTally>,
}

/// A finding's code.
#[derive(Debug, Clone)]
pub(super) struct CodeTally {
    pub(super) students: u64,
    pub(super) severity: Severity,
    pub(super) message: String,
    pub(super) example: Option<Example>,
}

/// A line of a student's to which a finding points.
#[derive(Debug, Clone)]
pub(super) struct Example {
    pub(super) place: String,
    pub(super) source: String,
    pub(super) name: String,
    pub(super) link: String,
}

/// The figures of a class.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) rows: Vec<Row>,
    pub(super) parts: Vec<String>,
    pub(super) exercises: Vec<ExerciseTally>,
    pub(super) codes: BTreeMap<String, CodeTally>,
    pub(super) bars: [u64; BARS],
}

impl Tally {
    /// Counts a student. `similar`: in how many near-identical pairs.
    pub(super) fn add(&mut self, record: &Record, similar: usize, link: String) {
        if record.handed_in {
            let percent = percent(record.grade.points, record.grade.possible);
            let bar = usize::try_from(percent).unwrap_or(0) * BARS / 100;
            self.bars[bar.min(BARS - 1)] += 1;
            self.judged(record);
            self.findings(record, &link);
        }
        let mut parts = vec![None; self.parts.len()];
        for part in &record.grade.parts {
            let known = self.parts.iter().position(|id| *id == part.id);
            let at = match known {
                Some(at) => at,
                None if self.parts.len() < PARTS => {
                    self.parts.push(part.id.clone());
                    parts.push(None);
                    self.parts.len() - 1
                }
                None => continue,
            };
            parts[at] = Some((part.points, part.possible));
        }
        self.rows.push(Row {
            name: student::name(record),
            id: text::line(&record.id, NAME_CHARS),
            group: record
                .group
                .as_deref()
                .map(|group| text::line(group, NAME_CHARS)),
            link,
            handed_in: record.handed_in,
            points: record.grade.points,
            possible: record.grade.possible,
            undecided: record.grade.undecided,
            parts,
            reasons: reasons(record, similar),
        });
    }

    fn judged(&mut self, record: &Record) {
        let report = &record.report;
        for exercise in &report.exercises {
            let missing = nothing_handed_in(exercise, &record.sources);
            let unless_missing = |verdict| (!missing).then_some(verdict);
            let tally = self.exercise(&exercise.id, &exercise.title);
            tally.counts.add(unless_missing(exercise.verdict));
            for case in &exercise.cases {
                for check in &case.checks {
                    let hidden = case.hidden || check.hidden;
                    tally.check(
                        shown::case_name(case),
                        &check.name,
                        hidden,
                        check.points,
                        unless_missing(check.verdict),
                    );
                }
            }
        }
        if let Some(checklist) = &report.checklist {
            let tally = self.exercise("checklist", "Questions");
            let is = |verdict| move |item: &ItemReport| item.verdict == verdict;
            tally
                .counts
                .add(Some(if checklist.items.iter().any(is(Verdict::Failed)) {
                    Verdict::Failed
                } else if checklist.items.iter().all(is(Verdict::Passed)) {
                    Verdict::Passed
                } else {
                    Verdict::Inconclusive
                }));
            for item in &checklist.items {
                let verdict = Some(item.verdict);
                tally.check("", &item.id, false, item.score.possible, verdict);
            }
        }
    }

    fn exercise(&mut self, id: &str, title: &str) -> &mut ExerciseTally {
        let at = self.exercises.iter().position(|exercise| exercise.id == id);
        let at = at.unwrap_or_else(|| {
            self.exercises.push(ExerciseTally {
                id: id.to_owned(),
                title: title.to_owned(),
                counts: Counts::default(),
                checks: Vec::new(),
            });
            self.exercises.len() - 1
        });
        &mut self.exercises[at]
    }

    /// Each code once for a student, but what is not there, which did not go wrong; with the first line that there is as its example.
    fn findings(&mut self, record: &Record, link: &str) {
        let report = &record.report;
        let of_exercises = report
            .exercises
            .iter()
            .zip(1..)
            .flat_map(|(exercise, number)| {
                let checks = exercise.cases.iter().flat_map(|case| &case.checks);
                let of_checks = checks
                    .filter(|check| check.verdict == Verdict::Failed)
                    .filter_map(|check| check.finding.as_ref());
                let place = format!("#exercise-{number}");
                let findings = exercise.findings.iter().chain(of_checks);
                findings.map(move |finding| (finding, place.clone()))
            });
        let of_checklist = report.checklist.iter().flat_map(|list| &list.findings);
        let of_checklist = of_checklist.map(|finding| (finding, "#checklist".to_owned()));
        let mut seen: Vec<&str> = Vec::new();
        for (finding, place) in of_exercises.chain(of_checklist) {
            let first = !seen.contains(&finding.code.as_str());
            seen.push(&finding.code);
            let full = self.codes.len() >= CODES && !self.codes.contains_key(&finding.code);
            let missing = finding.code == "source/missing";
            if finding.severity == Severity::Note || missing || full {
                continue;
            }
            let tally = self
                .codes
                .entry(finding.code.clone())
                .or_insert_with(|| CodeTally {
                    students: 0,
                    severity: finding.severity,
                    message: text::line(&finding.message, MESSAGE_CHARS),
                    example: None,
                });
            tally.students += u64::from(first);
            if tally.example.is_none() {
                tally.example = example(finding, record, format!("{link}{place}"));
            }
        }
    }
}

impl ExerciseTally {
    fn check(
        &mut self,
        case: &str,
        name: &str,
        hidden: bool,
        points: u32,
        verdict: Option<Verdict>,
    ) {
        let known = self
            .checks
            .iter()
            .position(|check| check.case == case && check.name == name);
        let at = match known {
            Some(at) => at,
            None if self.checks.len() < CHECKS => {
                self.checks.push(CheckTally {
                    case: case.to_owned(),
                    name: name.to_owned(),
                    hidden,
                    points,
                    counts: Counts::default(),
                });
                self.checks.len() - 1
            }
            None => return,
        };
        self.checks[at].counts.add(verdict);
    }
}

fn example(finding: &Finding, record: &Record, link: String) -> Option<Example> {
    let place = &finding.primary.as_ref()?.place;
    let source = record.sources.get(&place.file)?;
    let index = usize::try_from(place.line.checked_sub(1)?).ok()?;
    let line = source.lines().nth(index)?;
    Some(Example {
        place: format!("{}:{}", text::line(&place.file, NAME_CHARS), place.line),
        source: text::line(line.trim(), LINE_CHARS),
        name: student::name(record),
        link,
    })
}

fn reasons(record: &Record, similar: usize) -> Vec<(Reason, String)> {
    let mut reasons = Vec::new();
    // What is not there asks for nothing; a hand-in that was refused leaves its note.
    if !record.handed_in && record.notes.is_empty() {
        return reasons;
    }
    let grade = &record.grade;
    let items = record.report.checklist.iter().flat_map(|list| &list.items);
    let waiting: Vec<_> = items
        .filter(|item| item.pending && item.verdict.is_undecided())
        .collect();
    let waiting_points: i64 = waiting
        .iter()
        .map(|item| i64::from(item.score.undecided) * 100)
        .sum();
    if grade.undecided.0 > waiting_points {
        let points = text::points_in_words(grade.undecided);
        reasons.push((Reason::Undecided, format!("{points} undecided")));
    }
    if let Some(note) = record.notes.first() {
        reasons.push((Reason::Broken, text::line(note, 120)));
    } else if let Some(finding) = broken(&record.report) {
        reasons.push((Reason::Broken, text::line(&finding.message, 120)));
    }
    if similar > 0 {
        let pairs = crate::report::words::counted(similar as u64, "other", "others");
        reasons.push((Reason::Similar, format!("near-identical to {pairs}")));
    }
    if record.handed_in && grade.points.0 <= 0 && grade.possible.0 > 0 {
        reasons.push((Reason::NoPoints, "handed in, no points".to_owned()));
    }
    if !waiting.is_empty() {
        let texts = crate::report::words::counted(waiting.len() as u64, "text waits", "texts wait");
        reasons.push((Reason::Waiting, format!("{texts} for you")));
    }
    if record.late == Some(true) {
        reasons.push((Reason::Late, "late".to_owned()));
    }
    reasons
}

/// Codes that say that a hand-in is broken or does what no exercise asks for. What merely is not there is neither.
const BROKEN: [&str; 14] = [
    "source/not-utf8",
    "source/unreadable",
    "source/not-a-file",
    "source/too-large",
    "source/too-many",
    "source/too-deep",
    "source/two-forms",
    "source/manifest",
    "build/time-limit",
    "build/memory-limit",
    "build/output-limit",
    "build/artifact-too-large",
    "build/compiler-crashed",
    "outcome/process-limit",
];

fn broken(report: &Report) -> Option<&Finding> {
    let exercises = report.exercises.iter();
    exercises
        .flat_map(|exercise| {
            let checks = exercise.cases.iter().flat_map(|case| &case.checks);
            exercise
                .findings
                .iter()
                .chain(checks.filter_map(|check| check.finding.as_ref()))
        })
        .find(|finding| BROKEN.contains(&finding.code.as_str()))
}
