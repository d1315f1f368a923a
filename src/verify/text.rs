//! Proofs for a terminal, as a test runner shows its tests.

use super::{Answer, Proof};
use crate::report::style::{Ink, Style};
use crate::report::{Sources, finding};

/// Longer lines are cut.
const MOST_CHARS: usize = 400;

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
    let line = format!("{:<30} {seen}", answer.what);
    let mut out = format!("{word}{}\n", style.clean(line.trim_end(), MOST_CHARS));
    for detail in &answer.details {
        out.push_str("           ");
        out.push_str(&style.paint(Ink::Faint, &style.clean(detail, MOST_CHARS)));
        out.push('\n');
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
