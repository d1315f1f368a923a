//! A piece of text that is being typed.

use super::Key;

/// Text with a cursor in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Line {
    text: Vec<char>,
    at: usize,
    /// Whether it may have several lines.
    several: bool,
    most: usize,
}

impl Line {
    /// Text of at most `most` characters, the cursor at its end.
    pub(super) fn new(text: &str, several: bool, most: usize) -> Self {
        let text: Vec<char> = text.chars().take(most).collect();
        Self {
            at: text.len(),
            text,
            several,
            most,
        }
    }

    pub(super) fn text(&self) -> String {
        self.text.iter().collect()
    }

    /// The text before the cursor, and from the cursor on.
    pub(super) fn parts(&self) -> (String, String) {
        let (before, after) = self.text.split_at(self.at);
        (before.iter().collect(), after.iter().collect())
    }

    pub(super) fn key(&mut self, key: Key) {
        match key {
            Key::Char(c) => self.insert(c),
            Key::Space => self.insert(' '),
            Key::NewLine if self.several => self.insert('\n'),
            Key::Left => self.at = self.at.saturating_sub(1),
            Key::Right => self.at = (self.at + 1).min(self.text.len()),
            Key::Home => self.at = self.line_start(),
            Key::End => self.at = self.line_end(),
            Key::Up if self.several => self.vertical(false),
            Key::Down if self.several => self.vertical(true),
            Key::Backspace if self.at > 0 => {
                self.at -= 1;
                self.text.remove(self.at);
            }
            Key::Delete if self.at < self.text.len() => {
                self.text.remove(self.at);
            }
            _ => {}
        }
    }

    fn insert(&mut self, c: char) {
        let allowed = !c.is_control() || (c == '\n' && self.several);
        if allowed && self.text.len() < self.most {
            self.text.insert(self.at, c);
            self.at += 1;
        }
    }

    fn line_start(&self) -> usize {
        let before = self.text[..self.at].iter();
        before
            .rev()
            .position(|c| *c == '\n')
            .map_or(0, |back| self.at - back)
    }

    fn line_end(&self) -> usize {
        let mut after = self.text[self.at..].iter();
        after
            .position(|c| *c == '\n')
            .map_or(self.text.len(), |on| self.at + on)
    }

    /// To the same column of the line above or below, as far as there is one.
    fn vertical(&mut self, down: bool) {
        let start = self.line_start();
        let column = self.at - start;
        if down {
            let end = self.line_end();
            if end == self.text.len() {
                return;
            }
            self.at = end + 1;
        } else {
            if start == 0 {
                return;
            }
            self.at = start - 1;
            self.at = self.line_start();
        }
        self.at = (self.at + column).min(self.line_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Line {
        let mut line = Line::new("", true, 20);
        for c in text.chars() {
            line.key(if c == '\n' {
                Key::NewLine
            } else {
                Key::Char(c)
            });
        }
        line
    }

    #[test]
    fn text_is_edited_where_the_cursor_is() {
        let mut line = typed("abd");
        line.key(Key::Left);
        line.key(Key::Char('c'));
        assert_eq!(line.text(), "abcd");
        line.key(Key::Home);
        line.key(Key::Delete);
        line.key(Key::Backspace);
        assert_eq!(line.parts(), (String::new(), "bcd".to_owned()));
        line.key(Key::End);
        line.key(Key::Backspace);
        assert_eq!(line.text(), "bc");
    }

    #[test]
    fn up_and_down_keep_the_column() {
        let mut line = typed("abcd\ne\nfgh");
        line.key(Key::Up);
        assert_eq!(line.parts().0, "abcd\ne");
        line.key(Key::Up);
        assert_eq!(line.parts().0, "a");
        line.key(Key::Up);
        assert_eq!(line.parts().0, "a");
        for _ in 0..4 {
            line.key(Key::Down);
        }
        assert_eq!(line.parts().0, "abcd\ne\nf");
    }

    #[test]
    fn nothing_gets_in_that_does_not_belong() {
        let mut line = Line::new("", false, 3);
        for key in [
            Key::Char('\u{1b}'),
            Key::NewLine,
            Key::Char('é'),
            Key::Space,
            Key::Char('b'),
            Key::Char('c'),
        ] {
            line.key(key);
        }
        assert_eq!(line.text(), "é b");
    }
}
