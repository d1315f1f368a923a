//! Proofs for a terminal, as a test runner shows its tests.

use super::Proof;
use crate::report::style::{Ink, Style};
use crate::report::{Sources, finding};

/// Longer lines are cut.
const MOST_CHARS: usize = 400;

/// Draws the proofs, problems first to last, and a line that sums up.
pub fn render(proofs: &[Proof], sources: &Sources, style: &Style) -> String {
    let mut out = String::new();
    let (mut asked, mut failed) = (0, 0);
    for proof in proofs {
        out.push_str(&style.paint(Ink::Strong, &proof.id));
        out.push('\n');
        for answer in &proof.answers {
            asked += 1;
            let word = if answer.problems.is_empty() {
                style.paint(Ink::Good, "  holds  ")
            } else {
                failed += 1;
                style.paint(Ink::Bad, "  FAILS  ")
            };
            let line = format!("{:<30} {}", answer.what, answer.seen);
            out.push_str(&word);
            out.push_str(&style.clean(line.trim_end(), MOST_CHARS));
            out.push('\n');
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
    let summary = match failed {
        0 => style.paint(
            Ink::Good,
            &format!("the course holds: {asked} of {asked} proofs"),
        ),
        _ => style.paint(
            Ink::Bad,
            &format!("the course does not hold: {failed} of {asked} proofs fail"),
        ),
    };
    out.push_str(&summary);
    out.push('\n');
    out
}
