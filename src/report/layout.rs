//! Lines made of coloured pieces, wrapped and aligned by what a terminal shows, not by bytes.

use unicode_width::UnicodeWidthStr as _;

use super::style::{Ink, Style};

/// Columns that `text` takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Pads on the right to `columns`.
pub(super) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Pads on the left to `columns`.
pub(super) fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Breaks `text` at blanks into lines of at most `columns`; a word that is longer gets its own lines, cut.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let mut word = word;
        let blank = usize::from(used > 0);
        if used > 0 && used + blank + width(word) > columns {
            lines.push(String::new());
            used = 0;
        }
        while width(word) > columns {
            let (head, tail) = word.split_at(cut(word, columns));
            last(&mut lines).push_str(head);
            lines.push(String::new());
            word = tail;
        }
        let line = last(&mut lines);
        if used > 0 {
            line.push(' ');
        }
        line.push_str(word);
        used = width(line).max(1);
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    if lines.len() > 1 && lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

fn last(lines: &mut Vec<String>) -> &mut String {
    if lines.is_empty() {
        lines.push(String::new());
    }
    let end = lines.len() - 1;
    &mut lines[end]
}

/// The byte where the first `columns` columns of `word` end, at least one character in.
fn cut(word: &str, columns: usize) -> usize {
    let mut used = 0;
    for (at, c) in word.char_indices() {
        used += unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
        if used > columns && at > 0 {
            return at;
        }
    }
    word.len()
}

/// A line under construction.
#[derive(Debug, Default)]
pub(super) struct Line {
    pieces: Vec<(Ink, String)>,
}

impl Line {
    /// An empty line.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds text.
    pub(super) fn push(mut self, ink: Ink, text: impl Into<String>) -> Self {
        match self.pieces.last_mut() {
            Some((last, before)) if *last == ink => before.push_str(&text.into()),
            _ => self.pieces.push((ink, text.into())),
        }
        self
    }

    /// Columns so far.
    pub(super) fn width(&self) -> usize {
        self.pieces.iter().map(|(_, text)| width(text)).sum()
    }

    /// The line as the style has it, every blank kept.
    pub(super) fn draw_whole(&self, style: &Style) -> String {
        self.pieces
            .iter()
            .map(|(ink, text)| style.paint(*ink, text))
            .collect()
    }

    /// The line as the style has it, without blanks at its end.
    pub(super) fn draw(&self, style: &Style) -> String {
        let filled = self
            .pieces
            .iter()
            .rposition(|(_, text)| !text.trim_end().is_empty())
            .map_or(0, |at| at + 1);
        let mut out = String::new();
        for (i, (ink, text)) in self.pieces[..filled].iter().enumerate() {
            let text = if i + 1 == filled {
                text.trim_end()
            } else {
                text
            };
            out.push_str(&style.paint(*ink, text));
        }
        out
    }
}

/// A row: a fixed `head`, `body` text wrapped beside it, and `tail` at the right edge of the first line that has room.
pub(super) fn row(style: &Style, head: Line, ink: Ink, body: &str, tail: &(Ink, String)) -> String {
    let measure = style.measure();
    let indent = head.width();
    let reserved = if tail.1.is_empty() {
        0
    } else {
        width(&tail.1) + 2
    };
    // A narrow terminal has no room beside the head: the body goes under it, and the tail below.
    let beside = measure >= indent + reserved + 16;
    let (hang, columns) = if beside {
        (indent, measure - indent - reserved)
    } else {
        (6, measure.saturating_sub(6))
    };
    let mut lines: Vec<Line> = Vec::new();
    let mut wrapped = if body.is_empty() {
        Vec::new()
    } else {
        wrap(body, columns)
    }
    .into_iter();
    let mut first = head;
    if beside && let Some(text) = wrapped.next() {
        first = first.push(ink, text);
    }
    lines.push(first);
    lines.extend(wrapped.map(|text| {
        Line::new()
            .push(Ink::Plain, " ".repeat(hang))
            .push(ink, text)
    }));
    if !tail.1.is_empty() {
        let end = lines.len() - 1;
        let target = if beside { 0 } else { end };
        let line = std::mem::take(&mut lines[target]);
        let gap = measure.saturating_sub(line.width() + width(&tail.1));
        if gap >= 2 {
            lines[target] = line
                .push(Ink::Plain, " ".repeat(gap))
                .push(tail.0, tail.1.clone());
        } else {
            lines[target] = line;
            lines.push(
                Line::new()
                    .push(
                        Ink::Plain,
                        pad_left("", measure.saturating_sub(width(&tail.1))),
                    )
                    .push(tail.0, tail.1.clone()),
            );
        }
    }
    let mut out = String::new();
    for line in lines {
        out.push_str(&line.draw(style));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_breaks_at_blanks() {
        assert_eq!(wrap("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrap("", 9), [""]);
        assert_eq!(wrap("abcdefghijkl mn", 8), ["abcdefgh", "ijkl mn"]);
        assert_eq!(wrap("a abcdefghijkl", 8), ["a", "abcdefgh", "ijkl"]);
    }

    #[test]
    fn wide_characters_count_two() {
        assert_eq!(wrap("日本語日本語", 8), ["日本語日", "本語"]);
        assert_eq!(pad("日本", 6), "日本  ");
    }

    #[test]
    fn a_row_keeps_its_tail_at_the_edge() {
        let head = || Line::new().push(Ink::Plain, "  leak  ");
        let tail = (Ink::Plain, "0 of 4".to_owned());
        let text = row(
            &Style::plain(40),
            head(),
            Ink::Plain,
            "holds steady for a very long while",
            &tail,
        );
        assert_eq!(
            text,
            "  leak  holds steady for a very   0 of 4\n        long while\n"
        );
        let narrow = row(
            &Style::plain(24),
            head(),
            Ink::Plain,
            "holds steady for long",
            &tail,
        );
        assert_eq!(
            narrow,
            "  leak\n      holds steady for\n      long        0 of 4\n"
        );
    }
}
