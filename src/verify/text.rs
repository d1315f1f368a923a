//! Proofs for a terminal, as a test runner shows its tests.

use super::{Answer, Proof};
use crate::report::layout::wrap;
use crate::report::style::{Ink, Style};
use crate::report::{Sources, finding};

/// Longer lines are cut.
const MOST_CHARS: usize = 400;

/// Columns before what was seen, and before its details.
const SEEN: usize = 40;
const DETAILS: usize = 11;
/// Narrower columns nobody can read.
const LEAST_COLUMNS: usize = 30;

/// Draws the proofs, problems first to last, and a line that sums up.
pub fn render(proofs: &[Proof], sources: &Sources, style: &Style) -> String {
    let mut out = String::new();
    for proof in proofs {
        out.push_str(&style.paint(Ink::Strong, &style.clean(&proof.id, MOST_CHARS)));
        out.push('\n');
        for answer in &proof.answers {
            out.push_str(&line(answer, style));
        }
        for problem in proof.problems() {
            out.push('\n');
            out.push_str(&finding::render(
                problem,
                sources,
                style,
                finding::Dress::default(),
            ));
        }
        out.push('\n');
    }
    out.push_str(&summary(proofs, style));
    out
}

/// One answer, and what was seen in full below it.
fn line(answer: &Answer, style: &Style) -> String {
    let (word, seen) = match (answer.problems.is_empty(), &answer.unknown) {
        (false, _) => (style.paint(Ink::Bad, "  FAILS  "), answer.seen.clone()),
        (true, Some(why)) => (
            style.paint(Ink::Doubt, "  ?      "),
            format!("cannot be checked here: {why}"),
        ),
        (true, None) => (style.paint(Ink::Good, "  holds  "), answer.seen.clone()),
    };
    let what = style.clean(&answer.what, MOST_CHARS);
    let seen = style.clean(&seen, MOST_CHARS);
    let mut out = word;
    let columns = style.width.saturating_sub(SEEN);
    for (index, line) in wrap(&seen, columns.max(LEAST_COLUMNS)).iter().enumerate() {
        let line = match index {
            0 => format!("{what:<30} {line}"),
            _ => format!("{}{line}", " ".repeat(SEEN)),
        };
        out.push_str(line.trim_end());
        out.push('\n');
    }
    for detail in &answer.details {
        let detail = style.clean(detail, MOST_CHARS);
        let columns = style.width.saturating_sub(DETAILS);
        // Further lines of one detail stand a little to the right.
        for (index, line) in wrap(&detail, columns.max(LEAST_COLUMNS)).iter().enumerate() {
            let indent = if index == 0 { DETAILS } else { DETAILS + 2 };
            let line = style.paint(Ink::Faint, line);
            out.extend([&*" ".repeat(indent), &line, "\n"]);
        }
    }
    out
}

fn summary(proofs: &[Proof], style: &Style) -> String {
    let answers = || proofs.iter().flat_map(|proof| &proof.answers);
    let asked = answers().count();
    let failed = answers().filter(|a| !a.problems.is_empty()).count();
    let unknown = answers()
        .filter(|a| a.problems.is_empty() && a.unknown.is_some())
        .count();
    let held = asked - failed - unknown;
    let mut out = match failed {
        0 => style.paint(
            Ink::Good,
            &format!("the course holds: {held} of {asked} proofs"),
        ),
        _ => style.paint(
            Ink::Bad,
            &format!("the course does not hold: {failed} of {asked} proofs fail"),
        ),
    };
    if unknown > 0 {
        let line = format!("; {unknown} cannot be checked here");
        out.push_str(&style.paint(Ink::Doubt, &line));
    }
    out.push('\n');
    out
}
