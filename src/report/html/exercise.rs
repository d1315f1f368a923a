//! An exercise on a student's page: verdicts, findings, what memory did, and the source.

use std::collections::BTreeMap;

use minijinja::Value;
use serde::Serialize;

use super::budget::{self, Budget};
use super::curve::{self, CurveView};
use super::finding::{self, Drawer, Files, FindingView, With};
use super::memory_map::{self, MapView};
use super::source;
use super::text;
use super::verdict::VerdictView;
use crate::course::units::{human_count, human_size};
use crate::judge::{CaseReport, CheckReport, ExerciseReport, Verdict};
use crate::observe::Observation;
use crate::report::escape::{MESSAGE_CHARS, NAME_CHARS};
use crate::report::shown::{self, Shown};
use crate::report::style::Style;
use crate::report::words;

/// Findings that are drawn for one exercise.
const FINDINGS: usize = 12;
/// Curves of one exercise.
const CURVES: usize = 8;
/// Lines of a stream, and of what the compiler says.
const PRINTED: usize = 24;
const COMPILER: usize = 60;
/// Bytes of one file.
const FILE: usize = 64 * 1024;

/// An exercise, for a template.
#[derive(Debug, Serialize)]
pub(super) struct ExerciseView {
    /// The element's id.
    id: String,
    name: String,
    title: String,
    verdict: VerdictView,
    score: String,
    cases: Vec<CaseView>,
    /// Why there is nothing to say of its cases.
    nothing_ran: Option<String>,
    /// Nothing was handed in for it.
    missing: bool,
    withheld: Option<String>,
    findings: Vec<FindingView>,
    findings_left_out: usize,
    compiler: Option<String>,
    figures: Vec<Figures>,
    curves: Vec<CurveView>,
    maps: Vec<MapView>,
    printed: Vec<Printed>,
    sources: Vec<SourceView>,
    /// What there was no room for.
    left_out: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct CaseView {
    name: String,
    hidden: bool,
    ended: Option<String>,
    checks: Vec<CheckView>,
}

#[derive(Debug, Serialize)]
struct CheckView {
    name: String,
    verdict: VerdictView,
    says: String,
    points: String,
    hidden: bool,
    /// The finding that says why.
    link: Option<String>,
}

/// What one run did with memory.
#[derive(Debug, Serialize)]
struct Figures {
    case: String,
    peak: Option<Size>,
    at_exit: Option<Size>,
    lost: Option<Size>,
    resident: Option<Size>,
    stack: Option<Size>,
}

/// A size for people, and exactly.
#[derive(Debug, Serialize)]
struct Size {
    short: String,
    exact: String,
}

#[derive(Debug, Serialize)]
struct Printed {
    case: String,
    stdout: String,
    stderr: String,
}

#[derive(Debug, Serialize)]
struct SourceView {
    file: String,
    lines: Value,
}

/// The run that learners may see.
fn visible_run(case: &CaseReport) -> Option<&Observation> {
    case.run.as_ref().filter(|_| !case.hidden)
}

/// The run that learners may see, if there was a program.
fn built_run(case: &CaseReport) -> Option<&Observation> {
    visible_run(case).filter(|run| run.build.as_ref().is_none_or(|build| build.ok))
}

/// Whether not one file was handed in for an exercise. A file under a wrong name is a hand-in.
pub(super) fn nothing_handed_in(
    exercise: &ExerciseReport,
    sources: &BTreeMap<String, String>,
) -> bool {
    let is_of_it = |file: &String| {
        let rest = file.strip_prefix(exercise.id.as_str());
        rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    };
    shown::nothing_ran(exercise).is_some_and(|finding| finding.code == "source/missing")
        && !sources.keys().any(is_of_it)
}

impl ExerciseView {
    /// The heading and the verdicts. `missing`: nothing was handed in. `budget` is for the rows of all exercises.
    pub(super) fn new(
        number: usize,
        exercise: &ExerciseReport,
        missing: bool,
        budget: &mut Budget,
    ) -> Self {
        let nothing_ran = shown::nothing_ran(exercise);
        let mut view = Self {
            id: format!("exercise-{number}"),
            name: text::line(&exercise.id, NAME_CHARS),
            title: text::line(&exercise.title, NAME_CHARS),
            verdict: exercise.verdict.into(),
            score: words::score(exercise.score),
            cases: Vec::new(),
            nothing_ran: nothing_ran.map(|_| {
                let checks = exercise
                    .cases
                    .iter()
                    .map(|case| case.checks.len())
                    .sum::<usize>();
                let checks = words::counted(checks as u64, "check was", "checks were");
                format!("There was no program to run, so {checks} not judged.")
            }),
            missing,
            withheld: exercise
                .withheld
                .filter(|withheld| withheld.checks > 0)
                .map(|withheld| {
                    format!(
                        "{} worth {} more: your teacher judges that.",
                        words::counted(u64::from(withheld.checks), "hidden check", "hidden checks"),
                        words::counted(u64::from(withheld.points), "point", "points"),
                    )
                }),
            findings: Vec::new(),
            findings_left_out: 0,
            compiler: None,
            figures: Vec::new(),
            curves: Vec::new(),
            maps: Vec::new(),
            printed: Vec::new(),
            sources: Vec::new(),
            left_out: Vec::new(),
        };
        if nothing_ran.is_none() {
            view.cases(exercise, budget);
        }
        view
    }

    fn cases(&mut self, exercise: &ExerciseReport, budget: &mut Budget) {
        for case in &exercise.cases {
            let mut shown = CaseView {
                name: text::line(shown::case_name(case), NAME_CHARS),
                hidden: case.hidden,
                ended: built_run(case).map(|run| words::outcome(&run.outcome, &Style::plain(100))),
                checks: Vec::new(),
            };
            if !budget.take(300 + text::weight(&shown.name)) {
                self.left_out("some cases");
                return;
            }
            for check in &case.checks {
                let check = check_view(case, check);
                if budget.take(320 + budget::weight([check.name.as_str(), check.says.as_str()])) {
                    shown.checks.push(check);
                } else {
                    self.left_out("some checks");
                }
            }
            self.cases.push(shown);
        }
    }

    fn left_out(&mut self, what: &'static str) {
        if !self.left_out.contains(&what) {
            self.left_out.push(what);
        }
    }

    /// The findings, each linked with its check.
    pub(super) fn findings(
        &mut self,
        exercise: &ExerciseReport,
        files: &Files<'_>,
        drawer: &mut Drawer,
        budget: &mut Budget,
    ) {
        self.compiler(exercise, budget);
        if self.missing {
            return;
        }
        let all = shown::findings(exercise);
        for (at, Shown { finding, from }) in all.iter().enumerate() {
            // The compiler has said it already, and better.
            if self.compiler.is_some() && finding.code == "build/does-not-compile" && at > 0 {
                continue;
            }
            let run = from.and_then(|(case, _)| visible_run(case));
            let heap = run.and_then(|run| run.heap.as_ref());
            let with = With {
                files,
                from: from.map(|(case, check)| (case.name.as_str(), check.name.as_str())),
                cycles: heap.map_or(&[], |heap| &heap.cycles),
            };
            if self.findings.len() >= FINDINGS {
                self.findings_left_out = all.len() - at;
                break;
            }
            let (view, weight) = drawer.draw(finding, with);
            if !budget.take(weight) {
                self.findings_left_out = all.len() - at;
                break;
            }
            self.link(exercise, finding, &view.id);
            self.findings.push(view);
        }
    }

    /// Leads from the checks that a finding belongs to, to the finding.
    fn link(&mut self, exercise: &ExerciseReport, finding: &crate::diagnostic::Finding, id: &str) {
        for (case, view) in exercise.cases.iter().zip(&mut self.cases) {
            for (check, view) in case.checks.iter().zip(&mut view.checks) {
                if !view.hidden && check.finding.as_ref() == Some(finding) {
                    view.link = Some(format!("#{id}"));
                }
            }
        }
    }

    /// The compiler's own messages, once, where there is no program.
    fn compiler(&mut self, exercise: &ExerciseReport, budget: &mut Budget) {
        let mut builds = exercise
            .cases
            .iter()
            .filter_map(|case| visible_run(case)?.build.as_ref());
        let text = builds
            .find(|build| !build.ok && !build.diagnostics.trim().is_empty())
            .map(|build| text::block(build.diagnostics.trim(), COMPILER));
        self.compiler = text.filter(|text| budget.take(text::weight(text) + 200));
    }

    /// Figures, curves and the map. `budget` is for those of all exercises.
    pub(super) fn memory(&mut self, exercise: &ExerciseReport, budget: &mut Budget) {
        for case in &exercise.cases {
            let Some(run) = built_run(case) else {
                continue;
            };
            let figures = figures(run, shown::case_name(case));
            if budget.take(420 + text::weight(&figures.case)) {
                self.figures.push(figures);
            } else {
                self.left_out("some figures");
            }
        }
        let mut by_need: Vec<&CaseReport> = exercise.cases.iter().collect();
        by_need.sort_by_key(|case| case.verdict == Verdict::Passed);
        for case in by_need {
            let id = format!("{}-curve-{}", self.id, self.curves.len() + 1);
            let curve = built_run(case)
                .and_then(|run| curve::view(run, id.clone(), shown::case_name(case)));
            let Some((curve, weight)) = curve else {
                continue;
            };
            if self.curves.len() >= CURVES || !budget.take(weight) {
                self.left_out("some curves");
                continue;
            }
            for finding in &mut self.findings {
                finding.lead_to(&case.name, &curve.id);
            }
            self.curves.push(curve);
        }
        // The run that printed most addresses shows most of the memory.
        let addresses = |run: &Observation| {
            run.timeline
                .iter()
                .map(|point| point.addresses.len())
                .sum::<usize>()
        };
        let map = exercise
            .cases
            .iter()
            .filter_map(|case| Some((case, built_run(case)?)))
            .rev()
            .max_by_key(|(_, run)| addresses(run))
            .and_then(|(case, run)| memory_map::of_run(run, &case.name));
        if let Some(map) = map {
            if budget.take(map.weight()) {
                self.maps.push(map);
            } else {
                self.left_out("the map of memory");
            }
        }
    }

    /// What programs printed whose case did not pass.
    pub(super) fn printed(&mut self, exercise: &ExerciseReport, budget: &mut Budget) {
        for case in exercise
            .cases
            .iter()
            .filter(|case| case.verdict != Verdict::Passed)
        {
            let Some(run) = built_run(case) else {
                continue;
            };
            if run.stdout.text.is_empty() && run.stderr.text.is_empty() {
                continue;
            }
            let printed = Printed {
                case: text::line(shown::case_name(case), NAME_CHARS),
                stdout: text::block(&run.stdout.text, PRINTED),
                stderr: text::block(&run.stderr.text, PRINTED),
            };
            let texts = [&printed.case, &printed.stdout, &printed.stderr];
            if budget.take(420 + budget::weight(texts.map(String::as_str))) {
                self.printed.push(printed);
            } else {
                self.left_out("some of what the program printed");
            }
        }
    }

    /// The files that the findings talk about.
    pub(super) fn sources(
        &mut self,
        exercise: &ExerciseReport,
        files: &Files<'_>,
        budget: &mut Budget,
    ) {
        let all = shown::findings(exercise);
        let drawn = &all[..all.len() - self.findings_left_out.min(all.len())];
        let mut names: Vec<&str> = Vec::new();
        for name in drawn
            .iter()
            .flat_map(|shown| finding::file_names(shown.finding))
        {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        for name in names {
            let Some(file) = files.get(name) else {
                continue;
            };
            let mut spots = Vec::new();
            for shown in drawn {
                let said = text::line(&shown.finding.message, MESSAGE_CHARS);
                let view = self.findings.iter().find(|view| view.message == said);
                for mut spot in finding::spots(shown.finding, name, file) {
                    // The finding itself has the words.
                    spot.text = if spot.primary {
                        said.clone()
                    } else {
                        String::new()
                    };
                    spot.link = view.map(|view| format!("#{}", view.id));
                    spots.push(spot);
                }
            }
            let label = text::line(name, NAME_CHARS);
            let room = budget
                .left()
                .min(FILE)
                .saturating_sub(300 + text::weight(&label));
            let lines = source::whole(file, &spots, room);
            if room == 0 || !budget.take(300 + text::weight(&label) + lines.len()) {
                self.left_out("some of the source");
                continue;
            }
            self.sources.push(SourceView {
                file: label,
                lines: Value::from_safe_string(lines),
            });
        }
    }
}

fn check_view(case: &CaseReport, check: &CheckReport) -> CheckView {
    let hidden = case.hidden || check.hidden;
    let says = match (&check.summary, &check.finding) {
        _ if hidden => "",
        (Some(summary), _) if check.verdict == Verdict::Passed => summary,
        (_, Some(finding)) if check.verdict != Verdict::Passed => &finding.message,
        _ => "",
    };
    CheckView {
        name: text::line(&check.name, NAME_CHARS),
        verdict: check.verdict.into(),
        says: text::line(says, MESSAGE_CHARS),
        points: match check.verdict {
            _ if check.points == 0 => String::new(),
            verdict if verdict.is_undecided() => {
                format!("{} undecided", check.points)
            }
            _ => format!("{} of {}", check.earned, check.points),
        },
        hidden,
        link: None,
    }
}

fn figures(run: &Observation, case: &str) -> Figures {
    let size = |bytes: u64| Size {
        short: human_size(bytes),
        exact: words::counted(bytes, "byte", "bytes"),
    };
    let heap = run.heap.as_ref();
    let amount = |amount: crate::observe::Amount| Size {
        short: human_size(amount.bytes),
        exact: format!(
            "{} in {}",
            words::counted(amount.bytes, "byte", "bytes"),
            words::counted(amount.blocks, "block", "blocks")
        ),
    };
    let lost = heap.and_then(|heap| {
        let (definitely, indirectly) = (heap.definitely_lost?, heap.indirectly_lost?);
        Some(Size {
            short: human_size(definitely.bytes.saturating_add(indirectly.bytes)),
            exact: format!(
                "definitely {} bytes, indirectly {} bytes",
                human_count(definitely.bytes),
                human_count(indirectly.bytes)
            ),
        })
    });
    Figures {
        case: text::line(case, NAME_CHARS),
        peak: heap.map(|heap| amount(heap.peak)),
        at_exit: heap.map(|heap| amount(heap.at_exit)),
        lost,
        resident: run.pages.peak_resident_bytes.map(size),
        stack: run.stack.peak_bytes.map(size),
    }
}
