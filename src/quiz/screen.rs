//! What a quiz shows.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::{Quiz, Stage};
use crate::course::checklist::{Item, Kind, Layout, filled};
use crate::judge::DrawnRegion;
use crate::report::memory_drawing;
use crate::report::style::{Ink, Style};
use crate::report::words::counted;

/// Longest text of a course that is shown at one place, in characters.
const MOST_CHARS: usize = 2000;

/// Most lines of a program that are shown.
const MOST_LINES: usize = 200;

/// A drawn screen: lines without line ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Screen {
    /// Stays at the top.
    pub head: Vec<String>,
    /// May be longer than the terminal.
    pub body: Vec<String>,
    /// The line of the body that has to be seen.
    pub focus: usize,
    /// How many lines the learner has scrolled down from there.
    pub scroll: usize,
    /// Stays at the bottom.
    pub foot: Vec<String>,
}

impl Screen {
    /// The lines that a terminal of `rows` rows shows.
    pub fn visible(&self, rows: usize) -> Vec<String> {
        let room = rows
            .saturating_sub(self.head.len() + self.foot.len())
            .max(1);
        let last = self.body.len().saturating_sub(room);
        // The focus stays in view, with some lines around it; scrolling moves the view from there.
        let wanted = (self.focus + 3).saturating_sub(room) + self.scroll;
        let first = wanted.min(last);
        let mut lines = self.head.clone();
        let shown: Vec<String> = self.body.iter().skip(first).take(room).cloned().collect();
        let filled = shown.len();
        lines.extend(shown);
        lines.extend(std::iter::repeat_n(String::new(), room - filled));
        lines.extend(self.foot.iter().cloned());
        lines.truncate(rows);
        lines
    }
}

impl Quiz<'_> {
    /// Draws the screen.
    pub fn screen(&self, style: &Style) -> Screen {
        let mut page = Page {
            style,
            screen: Screen {
                scroll: self.scroll,
                ..Screen::default()
            },
        };
        match &self.stage {
            Stage::Student(line) => {
                page.head("Who are you?", "");
                page.text("The numbers of some questions depend on who you are. Write your student id, as your teacher knows it.", Ink::Plain);
                page.blank();
                page.typed(&line.parts());
                page.foot(
                    "Enter: go on   Tab: without an id   Esc: end",
                    self.notice.as_deref(),
                );
            }
            Stage::Question(index, draft) => self.question(&mut page, *index, draft),
            Stage::End => {
                let (answered, all) = self.progress();
                page.head("That was the last question.", "");
                page.text(
                    &format!(
                        "{answered} of {} answered.",
                        counted(all as u64, "question is", "questions are")
                    ),
                    Ink::Plain,
                );
                let open = self.checklist.items.iter();
                let open = open.filter(|item| !self.answers.given.contains_key(&item.id));
                for item in open {
                    page.text(&format!("no answer yet: {}", item.id), Ink::Faint);
                }
                page.blank();
                page.text("Your answers are in answers.toml. `memgrade check` says which of them are right, and which your programs bear out.", Ink::Plain);
                page.foot("Enter: end   Shift-Tab: back", self.notice.as_deref());
            }
        }
        page.screen
    }

    fn question(&self, page: &mut Page<'_>, index: usize, draft: &Draft) {
        let Some(item) = self.item(index) else { return };
        let state = if self.answers.given.contains_key(&item.id) {
            "   answered"
        } else {
            ""
        };
        page.head(
            &format!("Question {} of {}", index + 1, self.checklist.items.len()),
            &format!(
                "{}   {}{state}",
                item.id,
                counted(item.possible().into(), "point", "points")
            ),
        );
        let parameters = item.parameters(self.answers.student.as_deref());
        let known = parameters.is_some();
        let parameters = parameters.unwrap_or_default();
        page.text(&filled(&item.question, &parameters), Ink::Strong);
        if !known {
            page.text("Its numbers depend on who you are, and that is not known: write `student = \"your id\"` into answers.toml.", Ink::Doubt);
        }
        page.blank();
        if let Some(predict) = &item.predict
            && let Some(program) = self.programs.get(&predict.program)
        {
            page.program(&program.path, &program.text);
        }
        page.draft(item, draft);
        page.foot(keys(draft), self.notice.as_deref());
    }
}

/// Which keys there are.
fn keys(draft: &Draft) -> &'static str {
    match draft {
        Draft::Choice { several: true, .. } => {
            "Space or letter: choose   Enter: keep   Tab: skip   Shift-Tab: back   Esc: end"
        }
        Draft::Choice { .. } => {
            "Space or letter: choose one   Enter: keep   Tab: skip   Shift-Tab: back   Esc: end"
        }
        Draft::Number(_) => {
            "Enter: keep   Tab: skip   Shift-Tab: back   PgUp, PgDn: scroll   Esc: end"
        }
        Draft::Order { .. } => {
            "Space: take up or put down   Up, Down: move   Enter: keep   Tab: skip   Shift-Tab: back   Esc: end"
        }
        Draft::Match { .. } => {
            "Left, Right: choose   Del: clear   Enter: keep   Tab: skip   Shift-Tab: back   Esc: end"
        }
        Draft::Layout { .. } => {
            "on a region, Space: take up or put down   on a thing, Left, Right: its region   Enter: keep   Tab: skip   Shift-Tab: back   Esc: end"
        }
        Draft::Text(_) => {
            "Alt-Enter: new line   Enter: keep   Tab: skip   Shift-Tab: back   Esc: end"
        }
    }
}

/// A screen that is being drawn.
struct Page<'a> {
    style: &'a Style,
    screen: Screen,
}

impl Page<'_> {
    fn wrapped(&self, text: &str, indent: usize) -> Vec<String> {
        let text: String = text.chars().take(MOST_CHARS).collect();
        let columns = self.style.measure().saturating_sub(indent);
        text.lines()
            .flat_map(|line| {
                crate::report::layout::wrap(&self.style.clean(line, MOST_CHARS), columns)
            })
            .collect()
    }

    fn head(&mut self, title: &str, rest: &str) {
        let title = self.style.paint(Ink::Strong, title);
        let rest = self
            .style
            .paint(Ink::Faint, &self.style.clean(rest, MOST_CHARS));
        self.screen.head = vec![
            format!("{title}   {rest}").trim_end().to_owned(),
            String::new(),
        ];
    }

    fn text(&mut self, text: &str, ink: Ink) {
        for line in self.wrapped(text, 0) {
            self.screen.body.push(self.style.paint(ink, &line));
        }
    }

    fn blank(&mut self) {
        self.screen.body.push(String::new());
    }

    fn foot(&mut self, keys: &str, notice: Option<&str>) {
        self.screen.foot.push(String::new());
        if let Some(notice) = notice {
            for line in self.wrapped(notice, 0) {
                self.screen.foot.push(self.style.paint(Ink::Doubt, &line));
            }
        }
        for line in self.wrapped(keys, 0) {
            self.screen.foot.push(self.style.paint(Ink::Faint, &line));
        }
    }

    fn program(&mut self, path: &str, text: &str) {
        let path = self.style.clean(path, MOST_CHARS);
        self.screen.body.push(self.style.paint(Ink::Faint, &path));
        let columns = self.style.width.saturating_sub(8).max(20);
        for (number, line) in (1..).zip(text.lines().take(MOST_LINES)) {
            let line = self.style.clean(line, columns);
            let number = self.style.paint(Ink::Faint, &format!("{number:>4}"));
            self.screen
                .body
                .push(format!("{number}  {line}").trim_end().to_owned());
        }
        self.blank();
    }

    /// A row with a pointer where the cursor is.
    fn row(&mut self, here: bool, mark: &str, text: &str) {
        let pointer = match (here, self.style.unicode) {
            (false, _) => " ",
            (true, true) => "▸",
            (true, false) => ">",
        };
        let start = format!("{pointer} {mark}");
        let indent = start.chars().count();
        if here {
            self.screen.focus = self.screen.body.len();
        }
        for (at, line) in self.wrapped(text, indent).into_iter().enumerate() {
            let head = if at == 0 {
                start.clone()
            } else {
                " ".repeat(indent)
            };
            let line = format!("{head}{line}");
            let ink = if here { Ink::Strong } else { Ink::Plain };
            self.screen.body.push(self.style.paint(ink, &line));
        }
    }

    /// What is being typed, with the cursor as a bar.
    fn typed(&mut self, (before, after): &(String, String)) {
        let bar = if self.style.unicode { '▏' } else { '_' };
        let text = format!("{before}{bar}{after}");
        let mut lines = Vec::new();
        for line in text.split('\n') {
            let shown = self.wrapped(line, 4);
            lines.extend(if shown.is_empty() {
                vec![String::new()]
            } else {
                shown
            });
        }
        for line in lines {
            if line.contains(bar) {
                self.screen.focus = self.screen.body.len();
            }
            self.screen.body.push(format!("  > {line}"));
        }
    }

    fn draft(&mut self, item: &Item, draft: &Draft) {
        match draft {
            Draft::Choice {
                keys,
                chosen,
                several,
                at,
            } => {
                let texts = item.choice.as_ref().map(|choice| &choice.options);
                for (index, key) in keys.iter().enumerate() {
                    let mark = match (chosen.contains(key), several) {
                        (true, true) => "[x]",
                        (false, true) => "[ ]",
                        (true, false) => "(x)",
                        (false, false) => "( )",
                    };
                    let letter = char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
                    self.row(
                        index == *at,
                        &format!("{mark} {letter}  "),
                        text_of(texts, key),
                    );
                }
            }
            Draft::Number(line) => {
                let unit = match item.kind() {
                    Some(Kind::Predict) => item.predict.as_ref().and_then(|predict| predict.unit()),
                    _ => item
                        .number
                        .as_ref()
                        .and_then(|number| number.unit.as_deref()),
                };
                if let Some(unit) = unit {
                    self.text(
                        &format!("Without a unit your number is in {unit}."),
                        Ink::Faint,
                    );
                }
                self.typed(&line.parts());
            }
            Draft::Order { keys, at, held } => {
                let texts = item.order.as_ref().map(|order| &order.things);
                for (index, key) in keys.iter().enumerate() {
                    let here = index == *at;
                    let mark = if here && *held { "= " } else { "" };
                    self.row(
                        here,
                        &format!("{:>2}. {mark}", index + 1),
                        text_of(texts, key),
                    );
                }
            }
            Draft::Match {
                left, pairs, at, ..
            } => {
                let texts = item.matching.as_ref();
                for (index, key) in left.iter().enumerate() {
                    let partner = pairs
                        .get(key)
                        .map(|right| text_of(texts.map(|m| &m.right), right));
                    let text = text_of(texts.map(|m| &m.left), key);
                    self.row(
                        index == *at,
                        "",
                        &format!("{text}   {}", partner_words(partner)),
                    );
                }
            }
            Draft::Layout {
                regions,
                things,
                places,
                at,
                held,
            } => {
                if let Some(layout) = &item.layout {
                    self.layout(layout, regions, things, places, *at, *held);
                }
            }
            Draft::Text(line) => self.typed(&line.parts()),
        }
    }

    fn layout(
        &mut self,
        layout: &Layout,
        regions: &[String],
        things: &[String],
        places: &BTreeMap<String, String>,
        at: usize,
        held: bool,
    ) {
        // Low addresses first, as an answer has it; the picture turns it round.
        let drawn: Vec<DrawnRegion> = regions
            .iter()
            .rev()
            .map(|region| DrawnRegion {
                region: text_of(Some(&layout.regions), region).to_owned(),
                lowest: None,
                holds: things
                    .iter()
                    .filter(|thing| places.get(*thing) == Some(region))
                    .map(|thing| text_of(Some(&layout.things), thing).to_owned())
                    .collect(),
            })
            .collect();
        let cursor = (at < regions.len()).then_some((at, held));
        self.screen
            .body
            .push(self.style.paint(Ink::Faint, "  high addresses"));
        let (lines, focus) = memory_drawing::editable(&drawn, cursor, self.style);
        if let Some(focus) = focus {
            self.screen.focus = self.screen.body.len() + focus;
        }
        self.screen.body.extend(lines);
        self.screen
            .body
            .push(self.style.paint(Ink::Faint, "  low addresses"));
        self.blank();
        for (index, thing) in things.iter().enumerate() {
            let place = places
                .get(thing)
                .map(|region| text_of(Some(&layout.regions), region));
            let text = text_of(Some(&layout.things), thing);
            let here = at == regions.len() + index;
            self.row(here, "", &format!("{text}   {}", partner_words(place)));
        }
    }
}

fn text_of<'a>(texts: Option<&'a BTreeMap<String, String>>, key: &'a str) -> &'a str {
    texts
        .and_then(|texts| texts.get(key))
        .map_or(key, String::as_str)
}

fn partner_words(partner: Option<&str>) -> String {
    match partner {
        Some(partner) => format!("<- {partner} ->"),
        None => "<- ? ->".to_owned(),
    }
}
