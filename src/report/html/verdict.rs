//! A verdict as a sign and a word: never as a color alone.

use serde::Serialize;

use crate::judge::Verdict;
use crate::report::words;

/// A verdict, for a template.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct VerdictView {
    /// The word of the JSON contract, which is the CSS class too.
    word: &'static str,
    sign: &'static str,
}

impl From<Verdict> for VerdictView {
    fn from(verdict: Verdict) -> Self {
        Self {
            word: words::verdict(verdict),
            sign: match verdict {
                Verdict::Passed => "✓",
                Verdict::Failed => "✗",
                Verdict::Skipped => "–",
                Verdict::Inconclusive => "≈",
                Verdict::Unmeasurable => "∅",
                Verdict::Error => "!",
            },
        }
    }
}
