//! What a machine can build, measure and contain, for a terminal.

use std::fmt::Write as _;

use super::style::{Ink, Style};

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// All there.
    Good,
    /// There, with less than the best.
    Less,
    /// Not there.
    Missing,
    /// A fact that is neither good nor bad.
    Fact,
}

/// One line of the examination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What was examined.
    pub name: &'static str,
    /// How it stands.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What it lacks, or why it is no better.
    pub notes: Vec<String>,
    /// What to do about it.
    pub advice: Vec<String>,
}

impl Item {
    /// An item without notes.
    pub fn new(name: &'static str, state: State, found: impl Into<String>) -> Self {
        Self {
            name,
            state,
            found: found.into(),
            notes: Vec::new(),
            advice: Vec::new(),
        }
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds something to do.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice.push(advice.into());
        self
    }
}

/// Longer texts of this machine are cut.
const MOST_CHARS: usize = 400;

/// Draws the examination.
pub fn render(items: &[Item], style: &Style) -> String {
    let width = items.iter().map(|item| item.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for item in items {
        let (mark, ink) = match item.state {
            State::Good => ("ok", Ink::Good),
            State::Less => ("less", Ink::Doubt),
            State::Missing => ("no", Ink::Bad),
            State::Fact => ("", Ink::Faint),
        };
        let name = style.paint(Ink::Strong, &format!("{:<width$}", item.name));
        let mark = style.paint(ink, &format!("{mark:<4}"));
        let found = style.clean(&item.found, MOST_CHARS);
        let _ = writeln!(out, "{name}  {mark}  {found}");
        let indent = " ".repeat(width + 8);
        for note in &item.notes {
            let _ = writeln!(out, "{indent}{}", style.clean(note, MOST_CHARS));
        }
        for advice in &item.advice {
            let arrow = style.paint(Ink::Accent, "to do:");
            let _ = writeln!(out, "{indent}{arrow} {}", style.clean(advice, MOST_CHARS));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_mark_and_hostile_text_stays_text() {
        let items = [
            Item::new("toolchain", State::Good, "rustc 1.95.0"),
            Item::new("sandbox", State::Less, "landlock")
                .note("why\u{1b}[31m")
                .advise("do this"),
            Item::new("probe", State::Missing, "none"),
            Item::new("cores", State::Fact, "2"),
        ];
        let style = Style::plain(80);
        let text = render(&items, &style);
        assert!(!text.contains('\u{1b}'), "{text}");
        insta::assert_snapshot!(text);
    }
}
