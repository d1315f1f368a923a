//! Markdown for a terminal: headings, lists and tables as a reader expects them, wrapped to its width.
//!
//! The main function is [`render`]. A lesson can come from anywhere, so nothing in it may drive the terminal, and no nesting makes
//! the output much longer than the text.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use super::style::{Ink, Style};
use crate::lesson::{END, MARKDOWN, MEASURED};
use inline::{Mark, Text};
use table::Table;

mod inline;
mod table;

/// Containers in containers that are shown as such; what stands deeper is drawn as if it stood here.
const MOST_DEPTH: usize = 64;
/// Columns before code.
const CODE_INDENT: &str = "    ";

/// Draws a text.
pub fn render(text: &str, style: &Style) -> String {
    let mut drawer = Drawer {
        style,
        out: String::new(),
        containers: Vec::new(),
        too_deep: 0,
        text: Text::default(),
        look: Look::default(),
        heading: None,
        links: Vec::new(),
        code: None,
        html: None,
        table: None,
        gap: false,
    };
    for event in Parser::new_ext(text, MARKDOWN) {
        drawer.event(event);
    }
    drawer.flush();
    drawer.out
}

/// What a block stands in.
#[derive(Debug)]
enum Container {
    Quote {
        /// Whether a line of it was written.
        begun: bool,
    },
    List {
        /// The next number; `None` for bullets.
        next: Option<u64>,
    },
    Item {
        marker: String,
        /// Whether the marker was written.
        written: bool,
    },
}

/// How inline text looks: depths of what it stands in.
#[derive(Debug, Default)]
struct Look {
    strong: usize,
    emphasis: usize,
    measured: bool,
}

impl Look {
    fn ink(&self) -> Ink {
        if self.measured {
            Ink::Good
        } else if self.strong > 0 {
            Ink::Strong
        } else if self.emphasis > 0 {
            Ink::Emphasis
        } else {
            Ink::Plain
        }
    }
}

struct Drawer<'a> {
    style: &'a Style,
    out: String,
    containers: Vec<Container>,
    /// Containers that are open beyond [`MOST_DEPTH`].
    too_deep: usize,
    /// Inline text that is not written yet.
    text: Text,
    look: Look,
    heading: Option<HeadingLevel>,
    /// Targets of the links that are open, each with where its text begins.
    links: Vec<(String, Mark)>,
    code: Option<String>,
    html: Option<String>,
    table: Option<Table>,
    /// Whether an empty line comes before the next block.
    gap: bool,
}

impl Drawer<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.push(self.look.ink(), &text),
            },
            Event::Code(code) => self.inline_code(&code),
            Event::SoftBreak => self.text.push(self.look.ink(), " "),
            Event::HardBreak => self.text.break_line(),
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::Html(html) => match &mut self.html {
                Some(block) => block.push_str(&html),
                None => self.push(Ink::Plain, &html),
            },
            Event::Rule => {
                self.flush();
                let line = self.style.glyph("─", "-").repeat(self.columns());
                self.lines(vec![self.style.paint(Ink::Faint, &line)]);
                self.gap = true;
            }
            // These extensions are not asked for.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.push(Ink::Plain, &text);
            }
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some(level);
                self.look.strong += 1;
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.open(Container::Quote { begun: false });
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                // What the language is matters to nobody who reads.
                let (CodeBlockKind::Indented | CodeBlockKind::Fenced(_)) = kind;
                self.code = Some(String::new());
            }
            Tag::List(next) => {
                self.flush();
                self.open(Container::List { next });
            }
            Tag::Item => {
                self.flush();
                let marker = self.marker();
                self.open(Container::Item {
                    marker,
                    written: false,
                });
            }
            Tag::HtmlBlock => {
                self.flush();
                self.html = Some(String::new());
            }
            Tag::Table(alignments) => {
                self.flush();
                self.table = Some(Table::new(
                    alignments
                        .iter()
                        .map(|a| matches!(a, Alignment::Right))
                        .collect(),
                ));
            }
            Tag::Emphasis => self.look.emphasis += 1,
            Tag::TableHead | Tag::Strong => self.look.strong += 1,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                let url = self.style.clean(&dest_url, usize::MAX);
                self.links.push((url, self.text.mark()));
            }
            _ => self.flush(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                self.flush();
                self.gap = true;
            }
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.close();
                self.gap = true;
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => self.end_html(),
            TagEnd::List(_) => {
                self.flush();
                self.close();
                // After a list in a list the outer one says whether there is a gap.
                self.gap |= self.containers.is_empty();
            }
            TagEnd::Item => {
                self.flush();
                if let Some(Container::Item { written: false, .. }) = self.containers.last() {
                    self.lines(vec![String::new()]);
                }
                self.close();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                if let Some(table) = &mut self.table {
                    table.cell(cell);
                }
            }
            TagEnd::TableHead => {
                self.look.strong = self.look.strong.saturating_sub(1);
                if let Some(table) = &mut self.table {
                    table.end_row();
                }
            }
            TagEnd::TableRow => {
                if let Some(table) = &mut self.table {
                    table.end_row();
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    let lines = table.draw(self.style, self.columns());
                    self.lines(lines);
                    self.gap = true;
                }
            }
            TagEnd::Emphasis => self.look.emphasis = self.look.emphasis.saturating_sub(1),
            TagEnd::Strong => self.look.strong = self.look.strong.saturating_sub(1),
            TagEnd::Link | TagEnd::Image => self.end_link(),
            _ => self.flush(),
        }
    }

    /// The mark of the next item of the list that is open.
    fn marker(&mut self) -> String {
        match self.containers.last_mut() {
            Some(Container::List { next: Some(next) }) => {
                let marker = format!("{next}. ");
                *next = next.saturating_add(1);
                marker
            }
            _ => format!("{} ", self.style.glyph("•", "-")),
        }
    }

    fn push(&mut self, ink: Ink, text: &str) {
        let clean = self.style.clean(text, usize::MAX);
        self.text.push(ink, &clean);
    }

    fn inline_code(&mut self, code: &str) {
        if self.style.color {
            let ink = if self.look.measured {
                Ink::Good
            } else {
                Ink::Accent
            };
            self.push(ink, code);
        } else {
            // Without color the signs are what tells code from words.
            self.push(self.look.ink(), &format!("`{code}`"));
        }
    }

    fn inline_html(&mut self, html: &str) {
        match html.trim() {
            MEASURED => self.look.measured = true,
            END => self.look.measured = false,
            "<br>" | "<br/>" | "<br />" => self.text.break_line(),
            comment if comment.starts_with("<!--") => {}
            other => self.push(self.look.ink(), other),
        }
    }

    /// A block of HTML: comments are for authors, and of anything else the text is all that there is to show.
    fn end_html(&mut self) {
        let html = self.html.take().unwrap_or_default();
        let mut shown = String::new();
        let mut rest = html.as_str();
        while let Some((before, comment)) = rest.split_once("<!--") {
            shown.push_str(before);
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
        }
        shown.push_str(rest);
        for line in shown.lines().filter(|line| !line.trim().is_empty()) {
            self.push(Ink::Plain, line.trim());
            self.text.break_line();
        }
        let any = !self.text.is_blank();
        self.flush();
        self.gap |= any;
    }

    fn open(&mut self, container: Container) {
        if self.containers.len() < MOST_DEPTH {
            self.containers.push(container);
        } else {
            self.too_deep += 1;
        }
    }

    fn close(&mut self) {
        match self.too_deep {
            0 => drop(self.containers.pop()),
            _ => self.too_deep -= 1,
        }
    }

    fn end_heading(&mut self) {
        let wide = self.text.width().min(self.columns());
        let level = self.heading.take();
        self.gap |= !self.out.is_empty();
        self.flush();
        self.look.strong = self.look.strong.saturating_sub(1);
        // Without bold letters a line below says that it is a heading.
        let rule = match level {
            Some(HeadingLevel::H1) => self.style.glyph("═", "="),
            Some(HeadingLevel::H2) if !self.style.color => self.style.glyph("─", "-"),
            _ => "",
        };
        if !rule.is_empty() && wide > 0 {
            let line = self.style.paint(Ink::Faint, &rule.repeat(wide));
            self.gap = false;
            self.lines(vec![line]);
        }
        self.gap = true;
    }

    fn end_code(&mut self) {
        let code = self.code.take().unwrap_or_default();
        let lines = code.lines().map(|line| {
            let line = self.style.clean(line, usize::MAX);
            format!("{CODE_INDENT}{line}").trim_end().to_owned()
        });
        let lines = lines.collect();
        self.lines(lines);
        self.gap = true;
    }

    /// A link shows where it leads, unless its text says so already.
    fn end_link(&mut self) {
        let Some((url, start)) = self.links.pop() else {
            return;
        };
        let text = self.text.since(start);
        let known = url.strip_prefix("mailto:").unwrap_or(&url) == text || url.is_empty();
        if !known {
            let blank = if text.is_empty() { "" } else { " " };
            self.text.push(Ink::Plain, blank);
            self.text.push(Ink::Faint, &format!("<{url}>"));
        }
    }

    /// Writes the inline text as a paragraph.
    fn flush(&mut self) {
        if self.table.is_some() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        if !text.is_blank() {
            let lines = text.wrap(self.columns());
            let lines = lines.iter().map(|line| line.draw(self.style)).collect();
            self.lines(lines);
        }
    }

    /// The containers that there is room for, each with its columns.
    fn indents(&self) -> impl Iterator<Item = (usize, &Container)> {
        let most = self.style.measure() / 2;
        let mut used = 0;
        self.containers.iter().filter_map(move |container| {
            let columns = match container {
                Container::Quote { .. } => 2,
                Container::List { .. } => 0,
                Container::Item { marker, .. } => super::layout::width(marker),
            };
            used += columns;
            (used <= most).then_some((columns, container))
        })
    }

    /// Columns for text.
    fn columns(&self) -> usize {
        let indent: usize = self.indents().map(|(columns, _)| columns).sum();
        self.style.measure().saturating_sub(indent).max(8)
    }

    /// What stands before a line. The mark of an item stands before its first one.
    fn prefix(&mut self) -> String {
        let mut prefix = String::new();
        for (columns, container) in self.indents() {
            match container {
                Container::Quote { .. } => {
                    let bar = self.style.glyph("│ ", "| ");
                    prefix.push_str(&self.style.paint(Ink::Faint, bar));
                }
                Container::List { .. } => {}
                Container::Item { written: true, .. } => prefix.push_str(&" ".repeat(columns)),
                Container::Item { marker, .. } => prefix.push_str(marker),
            }
        }
        for container in &mut self.containers {
            match container {
                Container::Item { written, .. } => *written = true,
                Container::Quote { begun } => *begun = true,
                Container::List { .. } => {}
            }
        }
        prefix
    }

    /// Writes the lines of a block.
    fn lines(&mut self, lines: Vec<String>) {
        if self.gap && !self.out.is_empty() {
            let quotes = self
                .containers
                .iter()
                .take_while(|c| matches!(c, Container::Quote { begun: true }))
                .take(self.style.measure() / 4)
                .count();
            let bar = self.style.glyph("│ ", "| ").repeat(quotes);
            let bar = self.style.paint(Ink::Faint, bar.trim_end());
            self.out.push_str(&bar);
            self.out.push('\n');
        }
        self.gap = false;
        for line in lines {
            let line = format!("{}{line}", self.prefix());
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests;
