//! One finding, drawn under the lines of source that it talks about.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet,
};

use super::Sources;
use super::curve;
use super::escape::{self, MESSAGE_CHARS, NAME_CHARS};
use super::layout::{Line, width, wrap};
use super::ring;
use super::style::{Ink, Style};
use crate::course::units::human_count;
use crate::diagnostic::{Finding, Label, Place, Severity};
use crate::observe::Cycle;

/// Further places that are shown.
const SECONDARY: usize = 4;
/// Notes that are shown.
const NOTES: usize = 24;
/// Kinds of cycles that are drawn.
const CYCLES: usize = 3;
/// Characters of a source line that are drawn. The renderer trims to the terminal's width; this bounds its work.
const SOURCE_CHARS: usize = 2000;
/// Lines around a marked one that stay: the renderer shows a line that stands alone between two marked ones.
const AROUND: u32 = 3;

/// For whom a finding is drawn, and what is drawn with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dress<'a> {
    /// The words before the help: `help` if empty.
    pub help: &'static str,
    /// Live heap over the run's points, drawn where the finding is about the curve.
    pub curve: &'a [u64],
    /// The run's reference cycles, drawn where the finding is about them.
    pub cycles: &'a [Cycle],
    /// Whether to end with the command that explains the code.
    pub explain: bool,
}

/// Draws `finding`; ends with a line break.
pub fn render(finding: &Finding, sources: &Sources, style: &Style, dress: Dress<'_>) -> String {
    let mut out = title(finding, style);
    let notes = notes(finding, sources, style, dress);
    let snippets = snippets(finding, sources, style);
    let gutter = gutter(finding, &snippets);
    let drawn: Vec<String> = notes
        .iter()
        .map(|note| note.draw(style, style.measure().saturating_sub(gutter + 3)))
        .collect();
    let mut group = Group::with_level(level(finding.severity));
    for piece in &snippets {
        group = group.element(piece.element());
    }
    for note in drawn {
        group = group.element(Level::NOTE.no_name().message(note));
    }
    if !group.is_empty() {
        let renderer = if style.color {
            Renderer::styled()
        } else {
            Renderer::plain()
        }
        .term_width(style.width)
        .decor_style(DecorStyle::Ascii);
        for line in renderer.render(&[group]).lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// `error[code]: message`, wrapped.
fn title(finding: &Finding, style: &Style) -> String {
    let (word, ink) = match finding.severity {
        Severity::Error => ("error", Ink::Bad),
        Severity::Warning => ("warning", Ink::Doubt),
        Severity::Note => ("note", Ink::Good),
    };
    let mark = format!("{word}[{}]", style.clean(&finding.code, NAME_CHARS));
    let text = format!("{mark}: {}", style.clean(&finding.message, MESSAGE_CHARS));
    let mut out = String::new();
    for (i, line) in wrap(&text, style.width.min(120)).into_iter().enumerate() {
        let line = match line.strip_prefix(&mark) {
            Some(rest) if i == 0 => Line::new().push(ink, mark.clone()).push(Ink::Strong, rest),
            _ => Line::new().push(Ink::Strong, line),
        };
        out.push_str(&line.draw(style));
        out.push('\n');
    }
    out
}

/// A line under the source.
struct Note<'a> {
    /// Drawn as it is, before the text.
    head: Line,
    text: String,
    /// Drawn below the text.
    cycle: Option<&'a Cycle>,
}

impl Note<'_> {
    fn plain(text: String) -> Self {
        Self::headed(Line::new(), text)
    }

    fn headed(head: Line, text: String) -> Self {
        Self {
            head,
            text,
            cycle: None,
        }
    }

    fn draw(&self, style: &Style, columns: usize) -> String {
        let used = self.head.width();
        // A table or diff is aligned by its blanks: leave those lines whole.
        let aligned = self.text.starts_with([' ', '+', '-', '|']) || self.text.contains("  ");
        let lines = if aligned {
            let ink = match self.text.get(..2) {
                Some("- ") => Ink::Bad,
                Some("+ ") => Ink::Good,
                _ => Ink::Plain,
            };
            vec![style.paint(ink, &self.text)]
        } else if used + 12 > columns {
            let mut lines = vec![String::new()];
            lines.extend(wrap(&self.text, columns));
            lines
        } else {
            // The first line is shorter by the head. Wrapping a stand-in of the same width keeps words whole.
            let stand_in = "\u{b7}".repeat(used);
            let joined = if used > 0 {
                format!("{stand_in}{}", self.text)
            } else {
                self.text.clone()
            };
            let mut lines = wrap(&joined, columns);
            if let Some(first) = lines.first_mut() {
                *first = first.trim_start_matches('\u{b7}').to_owned();
            }
            lines
        };
        let mut out = format!("{}{}", self.head.draw_whole(style), lines.join("\n"));
        if let Some(cycle) = self.cycle {
            for line in ring::draw(cycle, style, columns) {
                out.push('\n');
                out.push_str(&style.paint(Ink::Accent, &line));
            }
        }
        out
    }
}

fn notes<'a>(
    finding: &Finding,
    sources: &Sources,
    style: &Style,
    dress: Dress<'a>,
) -> Vec<Note<'a>> {
    let mut notes = Vec::new();
    for label in labels(finding).filter(|label| !label.text.is_empty()) {
        let text = style.clean(&label.text, MESSAGE_CHARS);
        match excerpt(label, sources) {
            // Without the source the label would be lost with it. The primary place is named above it.
            None if finding
                .primary
                .as_ref()
                .is_some_and(|primary| std::ptr::eq(primary, label)) =>
            {
                notes.push(Note::plain(text));
            }
            None => {
                let place = format!("{}:{}", label.place.file, label.place.line);
                notes.push(Note::plain(format!(
                    "{}: {text}",
                    style.clean(&place, NAME_CHARS)
                )));
            }
            Some(line) if !fits(line, label, &text, style) => {
                notes.push(Note::plain(format!("line {}: {text}", label.place.line)));
            }
            Some(_) => {}
        }
    }
    let mut curve_is_due = finding.code.starts_with("curve/") && dress.curve.len() > 1;
    let columns = (style.measure() / 3).clamp(8, 40);
    let mut given = finding.notes.iter().flat_map(|note| note.lines());
    for note in given.by_ref().take(NOTES) {
        let note = style.clean(note, MESSAGE_CHARS);
        let Some(rest) = note.strip_prefix("live heap") else {
            notes.push(Note::plain(note));
            continue;
        };
        let rest = rest.trim_start_matches([':', ' ']);
        if let Some((bars, rest)) = curve::redraw(rest, columns, style.unicode) {
            notes.push(curve_note(bars, rest.trim_start()));
        } else if curve_is_due {
            let bars = curve::sparkline(dress.curve, columns, style.unicode);
            notes.push(curve_note(bars, rest));
        } else {
            notes.push(Note::plain(note));
        }
        curve_is_due = false;
    }
    let left = given.count();
    if left > 0 {
        notes.push(Note::plain(format!(
            "{} and {left} more",
            style.glyph("…", "...")
        )));
    }
    if curve_is_due {
        let ends = match dress.curve {
            [first, .., last] => format!(
                "{} {} {} over {} points",
                crate::course::units::human_size(*first),
                style.glyph("→", "->"),
                crate::course::units::human_size(*last),
                dress.curve.len()
            ),
            _ => String::new(),
        };
        let bars = curve::sparkline(dress.curve, columns, style.unicode);
        notes.insert(0, curve_note(bars, &ends));
    }
    notes.extend(cycles(finding, dress.cycles));
    if let Some(help) = &finding.help {
        let word = if dress.help.is_empty() {
            "help"
        } else {
            dress.help
        };
        notes.push(Note::headed(
            Line::new().push(Ink::Strong, format!("{word}: ")),
            style.clean(help, MESSAGE_CHARS),
        ));
    }
    if dress.explain {
        notes.push(Note::headed(
            Line::new().push(Ink::Faint, "more: "),
            format!(
                "memgrade explain {}",
                style.clean(&finding.code, NAME_CHARS)
            ),
        ));
    }
    notes
}

fn curve_note(bars: String, text: &str) -> Note<'static> {
    let head = Line::new()
        .push(Ink::Plain, "live heap  ")
        .push(Ink::Accent, bars)
        .push(Ink::Plain, "  ");
    Note::headed(head, text.to_owned())
}

/// The drawings of a finding about cycles, the largest first as the observation has them.
fn cycles<'a>(finding: &Finding, cycles: &'a [Cycle]) -> Vec<Note<'a>> {
    if finding.code != "leak/cycle" {
        return Vec::new();
    }
    let known: Vec<&Cycle> = cycles.iter().filter(|c| !c.edges.is_empty()).collect();
    let mut notes: Vec<Note<'a>> = known
        .iter()
        .take(CYCLES)
        .map(|cycle| Note {
            cycle: Some(cycle),
            ..Note::plain(ring::caption(cycle))
        })
        .collect();
    if known.len() > CYCLES {
        let left = human_count((known.len() - CYCLES) as u64);
        notes.push(Note::plain(format!("and {left} more kinds of cycles")));
    }
    notes
}

fn labels(finding: &Finding) -> impl Iterator<Item = &Label> {
    finding
        .primary
        .iter()
        .chain(finding.secondary.iter().take(SECONDARY))
}

/// A file's excerpt with its marks, or the bare place where the text is not at hand.
enum Piece {
    Excerpt {
        path: String,
        text: String,
        marks: Vec<Mark>,
        last_line: u32,
    },
    Bare {
        path: String,
        line: u32,
        column: Option<u32>,
    },
}

struct Mark {
    span: Range<usize>,
    label: String,
    primary: bool,
}

impl Piece {
    fn element(&self) -> Element<'_> {
        match self {
            Self::Excerpt {
                path, text, marks, ..
            } => {
                let annotations = marks.iter().map(|mark| -> Annotation<'_> {
                    let kind = if mark.primary {
                        AnnotationKind::Primary
                    } else {
                        AnnotationKind::Context
                    };
                    kind.span(mark.span.clone())
                        .label((!mark.label.is_empty()).then_some(mark.label.as_str()))
                });
                Snippet::source(text.as_str())
                    .path(path.as_str())
                    .annotations(annotations)
                    .into()
            }
            Self::Bare { path, line, column } => {
                let origin = Origin::path(path.as_str()).line(*line as usize);
                match column {
                    Some(column) => origin.char_column(*column as usize).into(),
                    None => origin.into(),
                }
            }
        }
    }
}

/// Columns of line numbers.
fn gutter(finding: &Finding, pieces: &[Piece]) -> usize {
    let highest = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Excerpt { last_line, .. } => *last_line,
            Piece::Bare { .. } => 0,
        })
        .chain(finding.primary.iter().map(|label| label.place.line))
        .max();
    highest.unwrap_or(0).to_string().len()
}

/// The line that a label talks about, if its text is at hand.
fn excerpt<'a>(label: &Label, sources: &'a Sources) -> Option<&'a str> {
    let text = sources.get(&label.place.file)?;
    let index = usize::try_from(label.place.line.checked_sub(1)?).ok()?;
    text.lines().nth(index)
}

/// Whether a label can stand beside its mark. Where it cannot it becomes a note, which wraps.
fn fits(line: &str, label: &Label, text: &str, style: &Style) -> bool {
    let line = source(line, style);
    let marked = line[..span(&line, &label.place).end].replace('\t', "    ");
    let gutter = label.place.line.to_string().len() + 3;
    gutter + width(&marked) + 1 + width(text) <= style.width
}

/// A source line as it is drawn: bounded, one visible character for each.
fn source(line: &str, style: &Style) -> String {
    escape::source_line(
        &line.chars().take(SOURCE_CHARS).collect::<String>(),
        style.unicode,
    )
}

/// One piece per file, the primary place's first.
fn snippets(finding: &Finding, sources: &Sources, style: &Style) -> Vec<Piece> {
    let mut files: Vec<&str> = Vec::new();
    for label in labels(finding) {
        if !files.contains(&label.place.file.as_str()) {
            files.push(&label.place.file);
        }
    }
    files
        .into_iter()
        .filter_map(|file| piece(file, finding, sources, style))
        .collect()
}

fn piece(file: &str, finding: &Finding, sources: &Sources, style: &Style) -> Option<Piece> {
    let path = style.clean(file, NAME_CHARS);
    let here: Vec<(bool, &Label)> = labels(finding)
        .enumerate()
        .filter(|(_, label)| label.place.file == file)
        .map(|(i, label)| (i == 0 && finding.primary.is_some(), label))
        .collect();
    let known: Vec<(bool, &Label)> = here
        .iter()
        .copied()
        .filter(|(_, label)| excerpt(label, sources).is_some())
        .collect();
    let (Some(text), false) = (sources.get(file), known.is_empty()) else {
        let (_, label) = here.first()?;
        return Some(Piece::Bare {
            path,
            line: label.place.line,
            column: label.place.column,
        });
    };
    let last_line = known.iter().map(|(_, label)| label.place.line).max()?;
    let mut shown = String::new();
    let mut marks = Vec::new();
    for (number, line) in (1..=last_line.saturating_add(AROUND)).zip(text.lines()) {
        let near = known
            .iter()
            .any(|(_, label)| label.place.line.abs_diff(number) <= AROUND);
        if near {
            let line = source(line, style);
            for (primary, label) in known.iter().filter(|(_, label)| label.place.line == number) {
                let span = span(&line, &label.place);
                let text = style.clean(&label.text, MESSAGE_CHARS);
                marks.push(Mark {
                    span: shown.len() + span.start..shown.len() + span.end,
                    label: if fits(&line, label, &text, style) {
                        text
                    } else {
                        String::new()
                    },
                    primary: *primary,
                });
            }
            shown.push_str(&line);
        }
        // Lines that nobody will see still count.
        shown.push('\n');
    }
    Some(Piece::Excerpt {
        path,
        text: shown,
        marks,
        last_line,
    })
}

/// The bytes of `line` that `place` marks. Columns beyond the line mark its end.
pub(super) fn span(line: &str, place: &Place) -> Range<usize> {
    let statement = statement(line);
    let byte = |column: u32| {
        let index = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
        line.char_indices()
            .nth(index)
            .map_or(line.len(), |(at, _)| at)
    };
    let start = place.column.map_or(statement.start, byte);
    let end = match place.end_column {
        Some(column) => byte(column),
        None => statement.end,
    };
    if start < end {
        start..end
    } else {
        // One character at least, so that there is something to see.
        let next = line[start..].chars().next().map_or(0, char::len_utf8);
        start..start + next
    }
}

/// The part of a line that says something: without indentation, the comment after it, and the closing `;` or `,`.
fn statement(line: &str) -> Range<usize> {
    let start = line.len() - line.trim_start().len();
    let mut end = line.len();
    for (at, _) in line.match_indices("//") {
        let before = &line[..at];
        if at > start && before.matches('"').count().is_multiple_of(2) {
            end = at;
            break;
        }
    }
    let end = line[..end].trim_end().trim_end_matches([';', ',']).len();
    start..end.max(start)
}

#[cfg(test)]
mod tests;
