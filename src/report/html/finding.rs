//! A finding on a page: the learner's lines with what is said of them, evidence, and what to look at.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;
use serde::Serialize;

use super::budget;
use super::source::{self, File, Spot};
use super::text;
use crate::diagnostic::{Fault, Finding, Label, Severity};
use crate::judge::catalog;
use crate::observe::Cycle;
use crate::report::escape::{MESSAGE_CHARS, NAME_CHARS};
use crate::report::style::Style;
use crate::report::{curve, finding, ring};

/// Further places that are shown.
const SECONDARY: usize = 4;
/// Lines of evidence that are shown.
const NOTES: usize = 24;
/// Kinds of reference cycles that are drawn.
const CYCLES: usize = 3;
/// Columns of a drawing of a reference cycle.
const COLUMNS: usize = 64;
/// Bytes of markup around the texts of a finding.
const FRAME: usize = 900;

/// The files of a submission, by path.
pub(super) type Files<'a> = BTreeMap<&'a str, File<'a>>;

/// A finding, for a template.
#[derive(Debug, Serialize)]
pub(super) struct FindingView {
    /// The element's id.
    pub(super) id: String,
    severity: &'static str,
    code: String,
    pub(super) message: String,
    /// The case and the check that it comes from.
    from: Option<String>,
    /// Whose fault it is, where it is not the learner's.
    fault: Option<&'static str>,
    /// Where, if the source is not at hand.
    place: Option<String>,
    place_says: Option<String>,
    excerpts: Vec<Excerpt>,
    notes: Vec<Note>,
    cycles: Vec<CycleView>,
    help_word: &'static str,
    help: Option<String>,
    /// Its case, where it is about the curve.
    #[serde(skip)]
    of_curve: Option<String>,
    /// The curve that it is about.
    curve: Option<String>,
    /// What its code means, where it is the page's first with this code.
    explanation: Option<Explanation>,
    /// Where its code is explained, where it is not the first.
    explained: Option<String>,
}

#[derive(Debug, Serialize)]
struct Excerpt {
    file: String,
    lines: Value,
}

#[derive(Debug, Serialize)]
struct Note {
    /// A curve in characters.
    bars: Option<String>,
    text: String,
    /// A table or a diff, aligned by its blanks.
    aligned: bool,
}

#[derive(Debug, Serialize)]
struct CycleView {
    caption: String,
    drawing: String,
}

#[derive(Debug, Serialize)]
struct Explanation {
    id: String,
    title: &'static str,
    text: &'static str,
}

/// What a finding is drawn with.
#[derive(Debug, Clone, Copy)]
pub(super) struct With<'a, 'f> {
    pub(super) files: &'a Files<'f>,
    /// The case and the check.
    pub(super) from: Option<(&'a str, &'a str)>,
    /// The run's reference cycles.
    pub(super) cycles: &'a [Cycle],
}

/// Gives findings their ids, and each code its one explanation.
#[derive(Debug, Default)]
pub(super) struct Drawer {
    count: usize,
    explained: BTreeSet<String>,
}

impl Drawer {
    /// The finding for a template, and how many bytes it takes on the page.
    pub(super) fn draw(&mut self, finding: &Finding, with: With<'_, '_>) -> (FindingView, usize) {
        self.count += 1;
        let explanation = self.explanation(&finding.code);
        let excerpts = excerpts(finding, with.files);
        let (help_word, fault) = match finding.fault {
            Fault::Learner => ("Look at", None),
            Fault::Author => (
                "Help",
                Some("Not your fault: the exercise itself has a mistake. Your teacher is told."),
            ),
            Fault::Machine => (
                "Help",
                Some("Not your fault: this computer could not do it."),
            ),
        };
        // A place that is in no excerpt is named with its words.
        let alone = finding
            .primary
            .as_ref()
            .filter(|label| source_line(label, with.files).is_none());
        let view = FindingView {
            id: format!("finding-{}", self.count),
            severity: severity(finding.severity),
            code: text::line(&finding.code, NAME_CHARS),
            message: text::line(&finding.message, MESSAGE_CHARS),
            from: with.from.map(from),
            fault,
            place: alone.map(place),
            place_says: alone
                .map(|label| text::line(&label.text, MESSAGE_CHARS))
                .filter(|text| !text.is_empty()),
            notes: notes(finding, with.files),
            cycles: cycles(finding, with.cycles),
            excerpts,
            help_word,
            help: finding
                .help
                .as_deref()
                .map(|help| text::line(help, MESSAGE_CHARS)),
            of_curve: with
                .from
                .filter(|_| finding.code.starts_with("curve/"))
                .map(|(case, _)| case.to_owned()),
            curve: None,
            explained: explanation
                .is_none()
                .then(|| explanation_id(&finding.code))
                .filter(|_| self.explained.contains(&finding.code)),
            explanation,
        };
        let weight = view.weight();
        (view, weight)
    }

    fn explanation(&mut self, code: &str) -> Option<Explanation> {
        let entry = catalog::explain(code)?;
        self.explained.insert(code.to_owned()).then(|| Explanation {
            id: explanation_id(code),
            title: entry.title,
            text: entry.text,
        })
    }
}

/// Codes that have an explanation are names of ours: lowercase words with `/` and `-`.
fn explanation_id(code: &str) -> String {
    format!("about-{}", code.replace('/', "-"))
}

impl FindingView {
    /// Leads to the curve of a case, if this is about it.
    pub(super) fn lead_to(&mut self, case: &str, curve: &str) {
        if self.of_curve.as_deref() == Some(case) {
            self.curve = Some(format!("#{curve}"));
        }
    }

    fn weight(&self) -> usize {
        let excerpts = self.excerpts.iter().map(|excerpt| {
            excerpt.lines.as_str().map_or(0, str::len) + text::weight(&excerpt.file) + 60
        });
        let notes = self
            .notes
            .iter()
            .map(|note| budget::weight([note.text.as_str()]) + 150);
        let cycles = self
            .cycles
            .iter()
            .map(|cycle| budget::weight([cycle.caption.as_str(), cycle.drawing.as_str()]) + 120);
        let explanation = self
            .explanation
            .iter()
            .map(|explanation| budget::weight([explanation.title, explanation.text]) + 200);
        let texts = [&self.code, &self.message].into_iter();
        let optional = [&self.from, &self.place, &self.place_says, &self.help]
            .into_iter()
            .flatten();
        FRAME
            + excerpts
                .chain(notes)
                .chain(cycles)
                .chain(explanation)
                .sum::<usize>()
            + budget::weight(texts.chain(optional).map(String::as_str))
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn from((case, check): (&str, &str)) -> String {
    let check = text::line(check, NAME_CHARS);
    if case.is_empty() {
        format!("check “{check}”")
    } else {
        format!("case “{}”, check “{check}”", text::line(case, NAME_CHARS))
    }
}

/// The line that a label talks about, if its text is at hand.
fn source_line<'a>(label: &Label, files: &Files<'a>) -> Option<&'a str> {
    files.get(label.place.file.as_str())?.line(label.place.line)
}

fn place(label: &Label) -> String {
    let file = text::line(&label.place.file, NAME_CHARS);
    match label.place.column {
        Some(column) => format!("{file}:{}:{column}", label.place.line),
        None => format!("{file}:{}", label.place.line),
    }
}

/// The labels that are shown, with whether it is the one to look at first.
fn labels(finding: &Finding) -> impl Iterator<Item = (bool, &Label)> {
    let primary = finding.primary.iter().map(|label| (true, label));
    let secondary = finding.secondary.iter().take(SECONDARY);
    primary.chain(secondary.map(|label| (false, label)))
}

/// The places in `file` that a finding talks about.
pub(super) fn spots(finding: &Finding, name: &str, file: &File<'_>) -> Vec<Spot> {
    labels(finding)
        .filter(|(_, label)| label.place.file == name)
        .filter_map(|(primary, label)| {
            let line = file.line(label.place.line)?;
            Some(Spot {
                line: label.place.line,
                span: finding::span(line, &label.place),
                text: text::line(&label.text, MESSAGE_CHARS),
                link: None,
                primary,
            })
        })
        .collect()
}

/// The names of the files that a finding talks about, the primary place's first.
pub(super) fn file_names(finding: &Finding) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for (_, label) in labels(finding) {
        if !names.contains(&label.place.file.as_str()) {
            names.push(&label.place.file);
        }
    }
    names
}

fn excerpts(finding: &Finding, files: &Files<'_>) -> Vec<Excerpt> {
    file_names(finding)
        .into_iter()
        .filter_map(|name| {
            let file = files.get(name)?;
            let spots = spots(finding, name, file);
            let first = spots.first()?;
            Some(Excerpt {
                file: format!("{}:{}", text::line(name, NAME_CHARS), first.line),
                lines: Value::from_safe_string(source::excerpt(file, &spots)),
            })
        })
        .collect()
}

fn notes(finding: &Finding, files: &Files<'_>) -> Vec<Note> {
    let plain = |text: String| Note {
        bars: None,
        text,
        aligned: false,
    };
    let mut notes = Vec::new();
    // What is said of a line that is not at hand would be lost with it.
    for label in finding.secondary.iter().take(SECONDARY) {
        if !label.text.is_empty() && source_line(label, files).is_none() {
            let said = text::line(&label.text, MESSAGE_CHARS);
            notes.push(plain(format!("{}: {said}", place(label))));
        }
    }
    let mut given = finding.notes.iter().flat_map(|note| note.lines());
    for note in given.by_ref().take(NOTES) {
        let note = text::line(note, MESSAGE_CHARS);
        let after = note
            .strip_prefix("live heap")
            .map(|rest| rest.trim_start_matches([':', ' ']));
        notes.push(match after.and_then(|rest| curve::redraw(rest, 40, true)) {
            Some((bars, rest)) => Note {
                bars: Some(bars),
                text: format!("live heap: {}", rest.trim_start()),
                aligned: false,
            },
            None => Note {
                aligned: note.starts_with([' ', '+', '-', '|']) || note.contains("  "),
                ..plain(note)
            },
        });
    }
    let left = given.count();
    if left > 0 {
        notes.push(plain(format!("… and {left} more")));
    }
    notes
}

fn cycles(finding: &Finding, cycles: &[Cycle]) -> Vec<CycleView> {
    if finding.code != "leak/cycle" {
        return Vec::new();
    }
    let style = Style::plain(COLUMNS);
    let known = cycles.iter().filter(|cycle| !cycle.edges.is_empty());
    known
        .take(CYCLES)
        .map(|cycle| CycleView {
            caption: ring::caption(cycle),
            drawing: ring::draw(cycle, &style, COLUMNS).join("\n"),
        })
        .collect()
}
