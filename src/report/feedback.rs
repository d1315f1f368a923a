//! Feedback for one student, as a plain text file: the terminal's report without colour.

use super::escape::NAME_CHARS;
use super::style::Style;
use super::{Graded, Sources, terminal};

/// Columns of a feedback file.
const WIDTH: usize = 100;

/// Draws the feedback. Of hidden cases and checks only names and verdicts are shown.
pub fn render(graded: &Graded, sources: &Sources) -> String {
    let style = Style::plain(WIDTH);
    let id = style.clean(&graded.id, NAME_CHARS);
    let heading = match &graded.name {
        Some(name) if !name.trim().is_empty() => {
            format!("{} ({id})", style.clean(name, NAME_CHARS))
        }
        _ => id,
    };
    format!(
        "{heading}\n\n{}",
        terminal::render(&graded.report, sources, &style)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn feedback_is_addressed_and_plain() {
        let graded = Graded {
            id: "ann".to_owned(),
            name: Some("Ann\u{1b}[31m Lee".to_owned()),
            report: samples::report(),
        };
        let text = render(&graded, &samples::sources());
        assert!(
            text.starts_with("Ann␛[31m Lee (ann)\n\nmemory_leak  Simulate"),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'));
        assert!(!text.contains("SECRET"));
        let nameless = Graded {
            name: None,
            ..graded
        };
        assert!(render(&nameless, &samples::sources()).starts_with("ann\n\n"));
    }
}
