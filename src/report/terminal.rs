//! The report of `check` for people: what came of each case, then why, at the learner's own lines.

use std::collections::BTreeSet;

use super::Sources;
use super::diagnostics;
use super::escape::{MESSAGE_CHARS, NAME_CHARS};
use super::finding::{self, Dress};
use super::layout::{Line, pad, row, width};
use super::shown::{self, Shown};
use super::style::{Ink, Style};
use super::words;
use crate::course::spec::Withheld;
use crate::diagnostic::{Fault, Finding};
use crate::judge::{CaseReport, CheckReport, ExerciseReport, Report, Score, Verdict};
use crate::observe::Observation;

/// Findings that are drawn for one exercise.
const FINDINGS: usize = 12;
/// Columns that a case's name may take before its row.
const NAME_COLUMNS: usize = 28;

/// Draws a report. Of hidden cases and checks only names and verdicts are shown.
pub fn render(report: &Report, sources: &Sources, style: &Style) -> String {
    let mut drawing = Drawing {
        out: String::new(),
        sources,
        style,
        explained: BTreeSet::new(),
    };
    for exercise in &report.exercises {
        drawing.exercise(exercise);
    }
    if let Some(checklist) = &report.checklist {
        drawing.checklist(checklist);
    }
    drawing.total(report);
    drawing.out
}

mod checklist;

struct Drawing<'a> {
    out: String,
    sources: &'a Sources,
    style: &'a Style,
    /// Codes whose explanation was pointed to: once is enough.
    explained: BTreeSet<String>,
}

impl Drawing<'_> {
    fn exercise(&mut self, exercise: &ExerciseReport) {
        self.heading(&exercise.id, &exercise.title, exercise.score);
        let rows: Vec<Row> = if nothing_ran(exercise) {
            Vec::new()
        } else {
            exercise
                .cases
                .iter()
                .flat_map(|case| rows(case, self.style))
                .collect()
        };
        self.rows(&rows);
        self.withheld(exercise.withheld);
        self.out.push('\n');

        let shown = shown::findings(exercise);
        let (whole, checks): (Vec<Shown<'_>>, Vec<Shown<'_>>) =
            shown.into_iter().partition(|shown| shown.from.is_none());
        let left = (whole.len() + checks.len()).saturating_sub(FINDINGS);
        let compiler = self.diagnostics(exercise);
        for shown in whole.iter().take(FINDINGS) {
            // The compiler has said it already, and better.
            if !compiler || shown.finding.code != "build/does-not-compile" {
                self.finding(shown.finding, None);
            } else if self.explained.insert(shown.finding.code.clone()) {
                let more = format!("more: memgrade explain {}\n\n", shown.finding.code);
                self.out.push_str(&self.style.paint(Ink::Faint, &more));
            }
        }
        for shown in checks.iter().take(FINDINGS.saturating_sub(whole.len())) {
            let run = shown.from.and_then(|(case, _)| case.run.as_ref());
            // Two findings may say the same of two cases.
            let case = shown
                .from
                .filter(|(case, _)| exercise.cases.len() > 1 && !case.name.is_empty())
                .map(|(case, _)| shown::case_name(case));
            match case {
                Some(case) => {
                    let text = format!("in the case `{}`", self.style.clean(case, NAME_CHARS));
                    let mut finding = shown.finding.clone();
                    finding.notes.insert(0, text);
                    self.finding(&finding, run);
                }
                None => self.finding(shown.finding, run),
            }
        }
        if left > 0 {
            let text = format!(
                "{} and {}\n\n",
                self.style.glyph("…", "..."),
                words::counted(left as u64, "more finding", "more findings")
            );
            self.out.push_str(&self.style.paint(Ink::Faint, &text));
        }
    }

    fn heading(&mut self, name: &str, title: &str, score: Score) {
        let name = self.style.clean(name, NAME_CHARS);
        let points = words::score(score);
        let title = self.style.clean(title, NAME_CHARS);
        let mut head = Line::new().push(Ink::Strong, name);
        // The title is a courtesy: only where there is room for it.
        if !title.is_empty()
            && head.width() + width(&title) + width(&points) + 4 <= self.style.measure()
        {
            head = head.push(Ink::Faint, format!("  {title}"));
        }
        let tail = (words::score_ink(score), points);
        self.out
            .push_str(&row(self.style, head, Ink::Plain, "", &tail));
    }

    /// What a student's bundle does not have.
    fn withheld(&mut self, withheld: Option<Withheld>) {
        if let Some(Withheld { checks, points }) = withheld.filter(|withheld| withheld.checks > 0) {
            let text = format!(
                "  {} worth {} more: your teacher judges that",
                words::counted(u64::from(checks), "hidden check", "hidden checks"),
                words::counted(u64::from(points), "point", "points"),
            );
            self.out
                .push_str(&self.style.paint(Ink::Faint, &format!("{text}\n")));
        }
    }

    fn rows(&mut self, rows: &[Row]) {
        let names = rows
            .iter()
            .map(|row| width(&row.name))
            .max()
            .unwrap_or(0)
            .min(NAME_COLUMNS);
        let verdicts = rows
            .iter()
            .map(|row| words::verdict(row.verdict).len())
            .max()
            .unwrap_or(0);
        for line in rows {
            let head = Line::new()
                .push(Ink::Plain, format!("  {}  ", pad(&line.name, names)))
                .push(
                    words::ink(line.verdict),
                    pad(words::verdict(line.verdict), verdicts),
                )
                .push(Ink::Plain, "   ");
            let ink = if line.verdict == Verdict::Skipped {
                Ink::Faint
            } else {
                Ink::Plain
            };
            let tail = (words::ink(line.verdict), line.tail.clone());
            self.out
                .push_str(&row(self.style, head, ink, &line.body, &tail));
        }
    }

    fn finding(&mut self, finding: &Finding, run: Option<&Observation>) {
        let curve = run.map(curve).unwrap_or_default();
        let heap = run.and_then(|run| run.heap.as_ref());
        let dress = Dress {
            help: if finding.fault == Fault::Learner {
                "look at"
            } else {
                "help"
            },
            curve: &curve,
            cycles: heap.map_or(&[], |heap| &heap.cycles),
            explain: self.explained.insert(finding.code.clone()),
        };
        let drawn = match finding.fault {
            Fault::Learner => finding::render(finding, self.sources, self.style, dress),
            fault => {
                let finding = finding.clone().note(not_your_fault(fault));
                finding::render(&finding, self.sources, self.style, dress)
            }
        };
        self.out.push_str(&drawn);
        self.out.push('\n');
    }

    /// The compiler's own messages, once, where there is no program; whether there were any.
    fn diagnostics(&mut self, exercise: &ExerciseReport) -> bool {
        let text = exercise
            .cases
            .iter()
            .filter(|case| !case.hidden)
            .filter_map(|case| case.run.as_ref()?.build.as_ref())
            .find(|build| !build.ok && !build.diagnostics.trim().is_empty())
            .map(|build| build.diagnostics.as_str());
        if let Some(text) = text {
            self.out.push_str(&diagnostics::compiler(text, self.style));
            self.out.push('\n');
        }
        text.is_some()
    }

    fn total(&mut self, report: &Report) {
        let tail = (words::score_ink(report.score), words::score(report.score));
        let mut counts = Vec::new();
        for verdict in [&ORDER[ORDER.len() - 1..], &ORDER[..ORDER.len() - 1]].concat() {
            let count = report
                .exercises
                .iter()
                .filter(|e| e.verdict == verdict)
                .count();
            if count > 0 {
                counts.push(format!("{count} {}", words::verdict(verdict)));
            }
        }
        let head = Line::new().push(Ink::Strong, "total  ");
        let noun = if report.exercises.len() == 1 {
            "exercise"
        } else {
            "exercises"
        };
        let body = if counts.is_empty() {
            String::new()
        } else {
            format!("{noun}: {}", counts.join(", "))
        };
        self.out
            .push_str(&row(self.style, head, Ink::Faint, &body, &tail));
        let mut withheld = Withheld::default();
        for part in report.exercises.iter().filter_map(|e| e.withheld) {
            withheld += part;
        }
        if report.exercises.len() > 1 {
            self.withheld(Some(withheld));
        }
        if report.score.undecided > 0 {
            let items = report.checklist.iter().flat_map(|list| &list.items);
            let pending = items.filter(|item| item.pending && item.verdict.is_undecided());
            let pending: u32 = pending.map(|item| item.score.undecided).sum();
            let text = if pending == report.score.undecided {
                "Undecided points are neither earned nor lost: your teacher gives them."
            } else if pending > 0 {
                "Undecided points are neither earned nor lost: your teacher gives them, or they could not be judged here."
            } else {
                "Undecided points are neither earned nor lost: they could not be judged here."
            };
            self.out.push_str(&row(
                self.style,
                Line::new(),
                Ink::Faint,
                text,
                &(Ink::Plain, String::new()),
            ));
        }
    }
}

/// Whether every check was skipped because there is no program: the finding that says why is enough.
fn nothing_ran(exercise: &ExerciseReport) -> bool {
    let mut checks = exercise.cases.iter().flat_map(|case| &case.checks);
    !exercise.findings.is_empty()
        && exercise.cases.iter().all(|case| {
            case.run
                .as_ref()
                .is_none_or(|run| run.build.as_ref().is_some_and(|b| !b.ok))
        })
        && checks.all(|check| check.verdict == Verdict::Skipped)
}

/// One line about some checks of a case, or about an item.
struct Row {
    name: String,
    verdict: Verdict,
    body: String,
    tail: String,
}

/// Verdicts in the order that a case's rows have.
const ORDER: [Verdict; 6] = [
    Verdict::Failed,
    Verdict::Error,
    Verdict::Unmeasurable,
    Verdict::Inconclusive,
    Verdict::Skipped,
    Verdict::Passed,
];

/// One row per verdict among the case's checks; the case's name stands before the first.
fn rows(case: &CaseReport, style: &Style) -> Vec<Row> {
    let name = style.clean(shown::case_name(case), NAME_COLUMNS);
    let mut rows: Vec<Row> = Vec::new();
    for verdict in ORDER {
        let checks: Vec<&CheckReport> = case
            .checks
            .iter()
            .filter(|check| check.verdict == verdict)
            .collect();
        if checks.is_empty() {
            continue;
        }
        let mut score = Score::default();
        for check in &checks {
            score += Score {
                earned: check.earned,
                possible: check.points,
                undecided: 0,
            };
        }
        let whole = case.verdict == Verdict::Passed;
        let separator = if verdict == Verdict::Failed {
            ", "
        } else {
            "; "
        };
        let mut body = told_together(&checks, case, whole, style).join(separator);
        if case.hidden {
            body.push_str(" (hidden)");
        }
        rows.push(Row {
            name: if rows.is_empty() {
                name.clone()
            } else {
                String::new()
            },
            verdict,
            body,
            tail: if whole {
                String::new()
            } else {
                points(verdict, score)
            },
        });
    }
    if rows.is_empty() {
        rows.push(Row {
            name,
            verdict: case.verdict,
            body: String::new(),
            tail: String::new(),
        });
    }
    rows
}

/// What a row says of its checks: those with the same words or the same reason as one.
fn told_together(
    checks: &[&CheckReport],
    case: &CaseReport,
    whole: bool,
    style: &Style,
) -> Vec<String> {
    let mut groups: Vec<(String, About)> = Vec::new();
    for check in checks {
        let about = about(check, case, whole, style);
        let known = groups
            .iter_mut()
            .find_map(|(names, known)| match (known, &about) {
                (About::Because(_, known), About::Because(_, reason)) if known == reason => {
                    Some((names, None))
                }
                (About::Says(known, times), About::Says(text, _)) if known == text => {
                    Some((names, Some(times)))
                }
                _ => None,
            });
        match (known, &about) {
            (Some((_, Some(times))), _) => *times += 1,
            (Some((names, None)), About::Because(name, _)) => {
                names.push_str(", ");
                names.push_str(name);
            }
            (_, About::Because(name, _)) => groups.push((name.clone(), about)),
            (_, About::Says(..)) => groups.push((String::new(), about)),
        }
    }
    let words = |(names, about)| match about {
        About::Says(text, 1) => text,
        About::Says(text, times) => format!("{text} ({times} checks)"),
        About::Because(_, reason) => format!("{names}: {reason}"),
    };
    groups.into_iter().map(words).collect()
}

/// What is said of a check.
enum About {
    /// These words, so often.
    Says(String, usize),
    /// Its name, and why it has no better verdict.
    Because(String, String),
}

/// What a row says of one check. `whole`: all of the case passed, so what was measured is worth more than the name.
fn about(check: &CheckReport, case: &CaseReport, whole: bool, style: &Style) -> About {
    let name = style.clean(&check.name, NAME_CHARS);
    if case.hidden {
        return About::Says(name, 1);
    }
    if check.hidden {
        return About::Says(format!("{name} (hidden)"), 1);
    }
    let clean = |text: &str| style.clean(text, MESSAGE_CHARS);
    match check.verdict {
        Verdict::Passed => {
            let summary = check.summary.as_deref().filter(|_| whole);
            About::Says(summary.map_or(name, clean), 1)
        }
        Verdict::Failed => About::Says(name, 1),
        _ => match &check.finding {
            Some(finding) if !shown::is_detailed(finding) => {
                About::Because(name, clean(&finding.message))
            }
            _ => About::Says(name, 1),
        },
    }
}

fn points(verdict: Verdict, score: Score) -> String {
    if score.possible == 0 {
        String::new()
    } else if verdict.is_undecided() {
        format!("{} undecided", score.possible)
    } else {
        format!("{} of {}", score.earned, score.possible)
    }
}

/// A learner who sees a finding that is not about their program must not look for the mistake there.
const fn not_your_fault(fault: Fault) -> &'static str {
    match fault {
        Fault::Learner => "",
        Fault::Author => {
            "this is a mistake in the exercise, not in your program; it costs you nothing"
        }
        Fault::Machine => {
            "this is about this computer, not about your program; it costs you nothing"
        }
    }
}

/// Live heap at the lines that the program printed.
fn curve(run: &Observation) -> Vec<u64> {
    let points = run.timeline.iter();
    points
        .filter(|point| point.mark.is_some())
        .filter_map(|point| point.live_bytes)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn draw(style: &Style) -> String {
        render(&samples::report(), &samples::sources(), style)
    }

    #[test]
    fn every_verdict_at_eighty_columns() {
        insta::assert_snapshot!(draw(&Style::plain(80)));
    }

    #[test]
    fn a_narrow_terminal() {
        insta::assert_snapshot!(draw(&Style::plain(40)));
    }

    #[test]
    fn a_wide_terminal() {
        insta::assert_snapshot!(draw(&Style::plain(200)));
    }

    #[test]
    fn color_changes_nothing_but_color() {
        let colored = draw(&Style {
            color: true,
            ..Style::plain(80)
        });
        assert!(colored.contains("\u{1b}[32mpassed"), "{colored}");
        let escapes = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
        let bare: String = escapes
            .replace_all(&colored, "")
            .lines()
            .fold(String::new(), |text, line| text + line.trim_end() + "\n");
        assert_eq!(bare, draw(&Style::plain(80)));
    }

    #[test]
    fn ascii_is_enough() {
        let text = draw(&Style {
            unicode: false,
            ..Style::plain(80)
        });
        assert!(text.is_ascii(), "{text}");
        assert!(text.contains("live heap  _"), "{text}");
    }

    #[test]
    fn hidden_means_name_and_verdict_only() {
        let text = draw(&Style::plain(120));
        assert!(!text.contains("SECRET"), "{text}");
        assert!(text.contains("prints the totals (hidden)"), "{text}");
        assert!(text.contains("deep list (hidden)"), "{text}");
    }

    #[test]
    fn nothing_is_obeyed_by_a_terminal() {
        let sources = [(
            format!("{}memory_leak/main.rs", samples::HOSTILE),
            samples::HOSTILE.repeat(20),
        )]
        .into();
        let text = render(&samples::hostile(), &sources, &Style::plain(80));
        assert!(!samples::has_controls(&text), "{text:?}");
    }

    #[test]
    fn a_program_that_does_not_compile_shows_the_compilers_words() {
        let mut report = samples::report();
        let run = report.exercises[0].cases[0].run.as_mut().unwrap();
        run.build = Some(crate::observe::BuildFacts {
            ok: false,
            wall_ms: None,
            cached: false,
            diagnostics: format!(
                "error[E0425]: cannot find value `x`\n{}",
                "more\n".repeat(100)
            ),
        });
        let text = render(&report, &samples::sources(), &Style::plain(80));
        assert!(
            text.contains("error[E0425]: cannot find value `x`\nmore\n"),
            "{text}"
        );
        assert!(text.contains("… and 41 more lines\n"), "{text}");
    }

    #[test]
    fn an_empty_report_is_a_total() {
        let report = Report {
            score: Score::default(),
            exercises: Vec::new(),
            checklist: None,
        };
        let text = render(&report, &Sources::new(), &Style::plain(40));
        assert_eq!(text, "total                      0 of 0 points\n");
    }
}
