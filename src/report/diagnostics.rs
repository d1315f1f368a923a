//! What authors and users are told on stderr: findings about specs, and errors that end a command.

use super::Sources;
use super::escape::{self, MESSAGE_CHARS};
use super::finding::{self, Dress};
use super::layout::{Line, wrap};
use super::style::{Ink, Style};
use crate::diagnostic::{Finding, Severity};
use crate::error::Error;

/// Draws findings about specs under the files' own lines, with a count at the end.
pub fn render(findings: &[Finding], texts: &Sources, style: &Style) -> String {
    let mut out = String::new();
    for finding in findings {
        out.push_str(&finding::render(finding, texts, style, Dress::default()));
        out.push('\n');
    }
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let mut counts = Vec::new();
    for (severity, one, many) in [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
    ] {
        let count = count(severity);
        if count > 0 {
            counts.push(super::words::counted(count as u64, one, many));
        }
    }
    if !counts.is_empty() {
        out.push_str(&style.paint(Ink::Strong, &counts.join(", ")));
        out.push('\n');
    }
    out
}

/// Draws an error that ends a command, with what to type or change. Spec findings are drawn at their places in `texts`.
pub fn error(error: &Error, texts: &Sources, style: &Style) -> String {
    let mut out = String::new();
    if let Error::Author { findings } = error {
        out.push_str(&render(findings, texts, style));
        return out;
    }
    said(&mut out, "error", Ink::Bad, &error.to_string(), style);
    for hint in error.hints() {
        said(&mut out, "help", Ink::Good, hint, style);
    }
    out
}

/// Lines of compiler messages that are shown.
const COMPILER_LINES: usize = 60;

/// Draws why there is no program: the compiler's own messages, or the finding where the compiler has none.
pub fn not_built(failure: &crate::build::Failure, sources: &Sources, style: &Style) -> String {
    if failure.diagnostics.trim().is_empty() {
        return render(std::slice::from_ref(&failure.finding), sources, style);
    }
    let mut finding = failure.finding.clone();
    let mut out = compiler(&failure.diagnostics, style);
    if finding.code != "build/does-not-compile" {
        finding.primary = None;
        out.push('\n');
        out.push_str(&render(std::slice::from_ref(&finding), sources, style));
    }
    out
}

/// Draws the compiler's own messages: its words and lines, bounded and safe.
pub(super) fn compiler(text: &str, style: &Style) -> String {
    let mut out = String::new();
    for line in escape::terminal_lines(text.trim_end(), style.unicode, COMPILER_LINES) {
        let ink = if line.starts_with("error") {
            Ink::Bad
        } else if line.starts_with("warning") {
            Ink::Doubt
        } else {
            Ink::Plain
        };
        out.push_str(&style.paint(ink, line.trim_end()));
        out.push('\n');
    }
    out
}

fn said(out: &mut String, word: &'static str, ink: Ink, text: &str, style: &Style) {
    for (i, line) in text.lines().enumerate() {
        let text = style.clean(line, MESSAGE_CHARS);
        let indent = word.len() + 2;
        for (j, line) in wrap(&text, style.measure().saturating_sub(indent))
            .into_iter()
            .enumerate()
        {
            let head = if (i, j) == (0, 0) {
                Line::new().push(ink, word).push(Ink::Strong, ": ")
            } else {
                Line::new().push(Ink::Plain, " ".repeat(indent))
            };
            out.push_str(&head.push(Ink::Plain, line).draw(style));
            out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Fault, Place};

    #[test]
    fn a_spec_is_shown_with_what_is_wrong_in_it() {
        let texts: Sources = [(
            "exercises/leak/exercise.toml".to_owned(),
            "format_version = 1\ntitle = \"A leak\"\nlimits = { memory = \"64 Kb\" }\n".to_owned(),
        )]
        .into();
        let place = Place {
            file: "exercises/leak/exercise.toml".to_owned(),
            line: 3,
            column: Some(21),
            end_column: Some(28),
        };
        let findings = [
            Finding::new(
                "spec/unknown-unit",
                Severity::Error,
                Fault::Author,
                "unknown unit `Kb`",
            )
            .at(place, "expected a unit such as `KiB` or `kB`")
            .help("write `64 kB`"),
            Finding::new(
                "spec/no-checks",
                Severity::Warning,
                Fault::Author,
                "this exercise checks nothing",
            )
            .at(Place::line("exercises/leak/exercise.toml", 1), ""),
        ];
        insta::assert_snapshot!(render(&findings, &texts, &Style::plain(80)));
    }

    #[test]
    fn an_error_says_what_to_do() {
        let value = Error::usage(
            "there is no exercise `leek`",
            "try `leak`; `memgrade list` shows them all",
        );
        assert_eq!(
            error(&value, &Sources::new(), &Style::plain(36)),
            "error: there is no exercise `leek`\nhelp: try `leak`; `memgrade list`\n      shows them all\n"
        );
    }
}
