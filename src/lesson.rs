//! Lessons: an exercise's page, and the figures in it that are measured on the reader's machine.
//!
//! The main type is [`Page`]. An author writes a figure with the text that stands where nothing can be measured, as on a web page:
//!
//! ```text
//! A minor fault takes <!-- here: minor_fault -->about 0.5 µs (x86-64, Linux 6.18)<!-- / --> here.
//! ```
//!
//! A program beside the lesson, `figures.rs`, prints `minor_fault = 0.52 us`, and [`Page::fill`] puts that in. Pure: the program
//! is run elsewhere, see [`crate::run::local`].

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser};

use crate::build::Optimization;

pub mod day;
pub mod figures;
pub mod notes;

/// How lessons are read: `CommonMark` with tables, as the web pages show them on which courses lie.
pub const MARKDOWN: Options = Options::ENABLE_TABLES;

/// Stands in a filled page before a figure that was measured, where it is drawn for a terminal.
pub const MEASURED: &str = "<!-- here -->";
/// Ends a figure.
pub const END: &str = "<!-- / -->";

/// A place of this name says where the figures beside it were measured; no program measures it.
pub const MACHINE: &str = "machine";

/// Longest text that can stand for a figure.
const MOST_CHARS: usize = 200;
/// Most figures of a lesson.
const MOST_SLOTS: usize = 500;
/// Longest name of a figure.
const MOST_NAME: usize = 40;

/// A place in a lesson for a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The figure's name.
    pub name: String,
    /// What the program that measures it is built with.
    pub optimization: Optimization,
    /// Where it stands, with both comments.
    whole: Range<usize>,
    /// The text between them.
    inner: Range<usize>,
    /// The line of the opening comment.
    pub line: u32,
}

/// What is wrong with a lesson, at a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: u32,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to write.
    pub help: &'static str,
}

/// A lesson's text with its places for figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<'a> {
    /// The text, as its author wrote it.
    pub text: &'a str,
    /// The places, in order.
    pub slots: Vec<Slot>,
    /// Comments that look like places for figures and are none.
    pub problems: Vec<Problem>,
}

/// How a figure is written.
const FORM: &str =
    "write `<!-- here: NAME -->text<!-- / -->`, or `<!-- here: NAME unoptimized -->text<!-- / -->`";

impl<'a> Page<'a> {
    /// Finds the places for figures. Comments in code are code.
    pub fn read(text: &'a str) -> Self {
        let mut reader = Reader {
            text,
            lines: Lines::of(text),
            open: None,
            slots: Vec::new(),
            problems: Vec::new(),
        };
        for (event, range) in Parser::new_ext(text, MARKDOWN).into_offset_iter() {
            match event {
                Event::InlineHtml(html) => reader.comment(&html, range),
                Event::Html(html) => reader.block(&html, range.start),
                _ => {}
            }
        }
        reader.finish()
    }

    /// The places for figures that a program has to measure.
    pub fn figures(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|slot| slot.name != MACHINE)
    }

    /// The levels of optimization that its figures need, each once.
    pub fn levels(&self) -> Vec<Optimization> {
        let mut levels: Vec<Optimization> = self.figures().map(|slot| slot.optimization).collect();
        levels.sort_unstable();
        levels.dedup();
        levels
    }

    /// The page with what `figure` says for each place; where it says nothing, the author's text stands. For a terminal measured
    /// figures keep comments around them, [`MEASURED`] and [`END`].
    pub fn fill(&self, for_terminal: bool, figure: impl Fn(&Slot) -> Option<String>) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut done = 0;
        for slot in &self.slots {
            out.push_str(&self.text[done..slot.whole.start]);
            match figure(slot) {
                Some(value) if for_terminal => {
                    out.push_str(MEASURED);
                    out.push_str(&value);
                    out.push_str(END);
                }
                Some(value) => out.push_str(&value),
                None => out.push_str(&self.text[slot.inner.clone()]),
            }
            done = slot.whole.end;
        }
        out.push_str(&self.text[done..]);
        out
    }
}

/// The line of a byte.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn at(&self, byte: usize) -> u32 {
        let before = self.0.partition_point(|end| *end < byte);
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines,
    /// An opening comment that was not closed yet.
    open: Option<(String, Optimization, Range<usize>)>,
    slots: Vec<Slot>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn problem(&mut self, at: usize, message: impl Into<String>, help: &'static str) {
        let line = self.lines.at(at);
        if self.problems.len() < MOST_SLOTS {
            self.problems.push(Problem {
                line,
                message: message.into(),
                help,
            });
        }
    }

    /// HTML among other text.
    fn comment(&mut self, html: &str, range: Range<usize>) {
        match Comment::read(html) {
            Comment::Other => {}
            Comment::Wrong(reason) => self.problem(range.start, reason, FORM),
            Comment::Open(name, optimization) => {
                if let Some((name, _, opened)) = self.open.take() {
                    let message = format!("the figure `{name}` has no `{END}`");
                    self.problem(opened.start, message, FORM);
                }
                self.open = Some((name, optimization, range));
            }
            Comment::Close => match self.open.take() {
                None => self.problem(range.start, format!("`{END}` ends no figure"), FORM),
                Some((name, optimization, opened)) => self.close(name, optimization, opened, range),
            },
        }
    }

    fn close(
        &mut self,
        name: String,
        optimization: Optimization,
        opened: Range<usize>,
        closed: Range<usize>,
    ) {
        let inner = opened.end..closed.start;
        let text = &self.text[inner.clone()];
        // Beyond a cell or a paragraph the two comments belong to different things.
        let apart = text.contains(['|', '<']) || text.contains("\n\n");
        if apart || text.trim().is_empty() || text.chars().count() > MOST_CHARS {
            let message = format!(
                "the figure `{name}` needs a short text of its own between its two comments"
            );
            let help = "write what you have measured, and on which machine";
            self.problem(opened.start, message, help);
        } else if self.slots.len() == MOST_SLOTS {
            let message = format!("a lesson shows {MOST_SLOTS} figures at most");
            self.problem(opened.start, message, "leave some out");
        } else {
            self.slots.push(Slot {
                name,
                optimization,
                line: self.lines.at(opened.start),
                whole: opened.start..closed.end,
                inner,
            });
        }
    }

    /// A block of HTML: Markdown begins one at a line that begins with a comment, and reads nothing in it.
    fn block(&mut self, html: &str, start: usize) {
        let figure = html
            .match_indices("<!--")
            .find(|(at, _)| !matches!(Comment::read(&html[*at..]), Comment::Other));
        if let Some((at, _)) = figure {
            let message = "a line begins with a figure's comment, so Markdown takes it for HTML and ends the paragraph before it";
            self.problem(start + at, message, "let a word stand before it");
        }
    }

    fn finish(mut self) -> Page<'a> {
        if let Some((name, _, opened)) = self.open.take() {
            let message = format!("the figure `{name}` has no `{END}`");
            self.problem(opened.start, message, FORM);
        }
        Page {
            text: self.text,
            slots: self.slots,
            problems: self.problems,
        }
    }
}

/// What a comment is.
enum Comment {
    Open(String, Optimization),
    Close,
    /// It was meant to be one of these.
    Wrong(String),
    Other,
}

impl Comment {
    fn read(html: &str) -> Self {
        let body = html
            .strip_prefix("<!--")
            .and_then(|rest| rest.split_once("-->"));
        let Some((body, _)) = body else {
            return Self::Other;
        };
        let body = body.trim();
        if body == "/" {
            return Self::Close;
        }
        let Some(rest) = body.strip_prefix("here") else {
            return Self::Other;
        };
        if rest.starts_with(char::is_alphanumeric) {
            return Self::Other;
        }
        let Some(rest) = rest.trim_start().strip_prefix(':') else {
            // Prose may begin with this word, too.
            return if rest.split_whitespace().count() <= 2 {
                Self::Wrong("this comment looks like a figure's, and has no `:`".to_owned())
            } else {
                Self::Other
            };
        };
        let mut words = rest.split_whitespace();
        let (name, level) = (words.next().unwrap_or_default(), words.next());
        if !is_name(name) {
            return Self::Wrong(format!(
                "a figure's name has letters `a` to `z`, digits and `_`, {MOST_NAME} at most"
            ));
        }
        match (level, words.next()) {
            (None, _) => Self::Open(name.to_owned(), Optimization::Release),
            (Some("unoptimized"), None) => Self::Open(name.to_owned(), Optimization::None),
            _ => Self::Wrong(format!(
                "after the figure's name `{name}` only `unoptimized` can stand"
            )),
        }
    }
}

/// Whether a figure can be called so.
pub(crate) fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=MOST_NAME).contains(&name.len())
        && name.chars().all(plain)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
}

/// The sentence in which a lesson says how long it takes, and its line.
pub fn minutes(text: &str) -> Option<(u32, u32)> {
    text.lines().zip(1..).find_map(|(line, number)| {
        let (_, rest) = line.split_once("It takes about ")?;
        let (minutes, _) = rest.split_once(" minutes.")?;
        Some((minutes.parse().ok()?, number))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(text: &str) -> Vec<(String, bool, u32)> {
        let page = Page::read(text);
        assert_eq!(page.problems, []);
        let slots = page.slots.into_iter();
        slots
            .map(|s| (s.name, s.optimization == Optimization::Release, s.line))
            .collect()
    }

    fn problems(text: &str) -> Vec<String> {
        let page = Page::read(text);
        let problems = page.problems.into_iter();
        problems
            .map(|p| format!("{} {}", p.line, p.message))
            .collect()
    }

    #[test]
    fn figures_stand_in_paragraphs_lists_tables_and_emphasis() {
        let text = "# A\n\nIt takes <!-- here: a -->1 ns (x)<!-- / -->, or\n<!-- just a comment -->\n\n\
                    - *so <!--here:b_2 unoptimized-->2 s<!--/--> it is*\n\n| x |\n|---|\n| y <!-- here: c -->3<!-- / --> |\n";
        assert_eq!(
            slots(text),
            [
                ("a".to_owned(), true, 3),
                ("b_2".to_owned(), false, 6),
                ("c".to_owned(), true, 10)
            ]
        );
        let page = Page::read(text);
        assert_eq!(page.levels(), [Optimization::None, Optimization::Release]);
        let filled = page.fill(false, |slot| (slot.name != "b_2").then(|| "7".to_owned()));
        assert_eq!(
            filled,
            "# A\n\nIt takes 7, or\n<!-- just a comment -->\n\n- *so 2 s it is*\n\n| x |\n|---|\n| y 7 |\n"
        );
        let marked = page.fill(true, |slot| (slot.name == "a").then(|| "7".to_owned()));
        assert!(marked.contains("It takes <!-- here -->7<!-- / -->, or"));
        assert!(marked.contains("so 2 s it is") && marked.contains("| y 3 |"));
    }

    #[test]
    fn a_page_without_figures_is_itself() {
        let text = "a `<!-- here: x -->` b\n\n    <!-- here: y -->1<!-- / -->\n\n```\n<!-- here: z -->\n```\n";
        assert_eq!(slots(text), []);
        assert_eq!(Page::read(text).fill(true, |_| None), text);
    }

    #[test]
    fn what_is_not_closed_or_named_is_told() {
        assert_eq!(
            problems("a <!-- here: x -->1\n\nb <!-- here: y -->2<!-- / --> c <!-- / -->\n"),
            [
                "1 the figure `x` has no `<!-- / -->`",
                "3 `<!-- / -->` ends no figure"
            ]
        );
        assert_eq!(
            problems("a <!-- here: x -->1\n"),
            ["1 the figure `x` has no `<!-- / -->`"]
        );
        for wrong in [
            "here x",
            "here: X",
            "here:",
            "here: a fast",
            "here: a unoptimized b",
        ] {
            let text = format!("a <!-- {wrong} -->1 b\n");
            assert_eq!(problems(&text).len(), 1, "{text}");
        }
        for fine in ["here is where it stands", "hereafter", "x", "/ x"] {
            assert_eq!(problems(&format!("a <!-- {fine} -->1 b\n")), [""; 0]);
        }
    }

    #[test]
    fn a_text_that_would_not_stand_alone_is_told() {
        let long = "x".repeat(201);
        for text in [
            "a <!-- here: x --><!-- / --> b\n".to_owned(),
            "a <!-- here: x --> <!-- / --> b\n".to_owned(),
            "a <!-- here: x --><b>1</b><!-- / --> b\n".to_owned(),
            format!("a <!-- here: x -->{long}<!-- / --> b\n"),
            "| a <!-- here: x -->1 | 2<!-- / --> |\n|---|---|\n| 3 | 4 |\n".to_owned(),
            "a <!-- here: x -->1\n\nb<!-- / --> c\n".to_owned(),
        ] {
            let problems = problems(&text);
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            assert!(problems[0].contains("short text"), "{problems:?}");
        }
    }

    #[test]
    fn a_line_that_begins_with_a_figure_is_told_for_markdown_takes_it_for_html() {
        let text = "It takes\n<!-- here: x -->1<!-- / --> and more.\n";
        let found = problems(text);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("2 a line begins with"), "{found:?}");
    }

    #[test]
    fn the_minutes_are_found() {
        assert_eq!(
            minutes("# a\n\nIt takes about 25 minutes.\n"),
            Some((25, 3))
        );
        assert_eq!(minutes("It takes about an hour.\n"), None);
    }
}
