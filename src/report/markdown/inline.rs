//! Text in several inks, and its lines.

use super::super::layout::{self, Line};
use super::super::style::Ink;

/// Inline text: pieces of one ink each. A piece that is a line break stands alone.
#[derive(Debug, Default)]
pub(super) struct Text {
    pieces: Vec<(Ink, String)>,
}

/// A place in inline text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    piece: usize,
    byte: usize,
}

/// A forced end of a line.
const BREAK: &str = "\n";

impl Text {
    /// Adds text that is safe for the terminal already.
    pub(super) fn push(&mut self, ink: Ink, text: &str) {
        if let Some((last, before)) = self.pieces.last_mut()
            && *last == ink
            && before != BREAK
        {
            before.push_str(text);
        } else if !text.is_empty() {
            self.pieces.push((ink, text.to_owned()));
        }
    }

    /// Ends the line here.
    pub(super) fn break_line(&mut self) {
        self.pieces.push((Ink::Plain, BREAK.to_owned()));
    }

    /// Whether there is nothing to see.
    pub(super) fn is_blank(&self) -> bool {
        self.pieces.iter().all(|(_, text)| text.trim().is_empty())
    }

    /// Where its end is now.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            piece: self.pieces.len().saturating_sub(1),
            byte: self.pieces.last().map_or(0, |(_, text)| text.len()),
        }
    }

    /// The letters that came since.
    pub(super) fn since(&self, mark: Mark) -> String {
        let pieces = self.pieces.iter().skip(mark.piece).enumerate();
        pieces
            .map(|(index, (_, text))| {
                let from = if index == 0 { mark.byte } else { 0 };
                text.get(from..).unwrap_or_default()
            })
            .collect()
    }

    /// Its letters.
    fn plain(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// Columns of its longest line if nothing is wrapped.
    pub(super) fn width(&self) -> usize {
        let plain = self.plain();
        plain
            .split(BREAK)
            .map(|line| layout::width(line.trim()))
            .max()
            .unwrap_or(0)
    }

    /// Columns of its longest word.
    pub(super) fn longest_word(&self) -> usize {
        let plain = self.plain();
        let words = plain.split_whitespace();
        words.map(layout::width).max().unwrap_or(0)
    }

    /// Its lines within so many columns. A word that is longer is cut, except an address, which would lead nowhere then.
    pub(super) fn wrap(&self, columns: usize) -> Vec<Line> {
        let mut lines = Lines {
            done: Vec::new(),
            line: Line::new(),
            columns: columns.max(1),
            blank: None,
        };
        let mut word: Vec<(Ink, String)> = Vec::new();
        for (ink, text) in &self.pieces {
            if text == BREAK {
                lines.word(&mut word);
                lines.end();
                continue;
            }
            for (index, part) in text.split(' ').enumerate() {
                if index > 0 {
                    lines.word(&mut word);
                    lines.blank = lines.blank.or(Some(*ink));
                }
                if !part.is_empty() {
                    word.push((*ink, part.to_owned()));
                }
            }
        }
        lines.word(&mut word);
        if lines.line.width() > 0 {
            lines.end();
        }
        lines.done
    }
}

/// Lines in the making.
struct Lines {
    done: Vec<Line>,
    line: Line,
    columns: usize,
    /// The ink of a blank that comes before the next word, if that stands on the same line.
    blank: Option<Ink>,
}

impl Lines {
    fn end(&mut self) {
        self.done.push(std::mem::take(&mut self.line));
        self.blank = None;
    }

    fn word(&mut self, word: &mut Vec<(Ink, String)>) {
        let wide: usize = word.iter().map(|(_, text)| layout::width(text)).sum();
        if wide == 0 {
            word.clear();
            return;
        }
        let used = self.line.width();
        if used > 0 && used + usize::from(self.blank.is_some()) + wide > self.columns {
            self.end();
        }
        if let Some(ink) = self.blank.take()
            && self.line.width() > 0
        {
            // Between two words of one ink the blank has it too: an underlined link has no holes.
            let ink = if word[0].0 == ink { ink } else { Ink::Plain };
            self.push(ink, " ");
        }
        let whole: String = word.iter().map(|(_, text)| text.as_str()).collect();
        if wide <= self.columns || whole.contains("://") {
            for (ink, text) in word.drain(..) {
                self.push(ink, &text);
            }
        } else {
            for (ink, text) in word.drain(..) {
                self.cut(ink, &text);
            }
        }
    }

    /// Adds a word that is longer than a line, in pieces.
    fn cut(&mut self, ink: Ink, text: &str) {
        for c in text.chars() {
            let mut letter = [0; 4];
            let letter: &str = c.encode_utf8(&mut letter);
            if self.line.width() + layout::width(letter) > self.columns && self.line.width() > 0 {
                self.end();
            }
            self.push(ink, letter);
        }
    }

    fn push(&mut self, ink: Ink, text: &str) {
        self.line = std::mem::take(&mut self.line).push(ink, text);
    }
}
