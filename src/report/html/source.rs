//! A learner's source in HTML: colored by rustc's own lexer, which takes any text, with the places that findings talk about.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

use super::text;
use crate::report::escape;

/// Bytes of a file that are colored; what comes after stays plain.
const COLORED: usize = 128 * 1024;
/// Characters of a line that are shown.
const LINE_CHARS: usize = 240;
/// Lines above and below a place that an excerpt shows.
const AROUND: u32 = 2;
/// Lines around a place that stay when a whole file is too long.
const KEPT: u32 = 12;
/// Lines of a file that are looked at beyond those near a place.
const LINES: u32 = 4000;

/// What a piece of source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    Keyword,
    Type,
    Call,
    Text,
    Number,
    Comment,
    Lifetime,
}

impl Class {
    /// The name of its CSS class.
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Keyword => Some("k"),
            Self::Type => Some("t"),
            Self::Call => Some("f"),
            Self::Text => Some("s"),
            Self::Number => Some("n"),
            Self::Comment => Some("c"),
            Self::Lifetime => Some("l"),
        }
    }
}

/// A file whose lines can be drawn.
#[derive(Debug)]
pub(super) struct File<'a> {
    text: &'a str,
    lines: Vec<Range<usize>>,
    /// Where each piece ends, and what it is.
    pieces: Vec<(usize, Class)>,
}

/// A place in a file, with what is said of it.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    /// The line, from 1.
    pub(super) line: u32,
    /// Bytes of the line.
    pub(super) span: Range<usize>,
    /// What is said below the line; empty for nothing.
    pub(super) text: String,
    /// Where the text leads, such as `#finding-3`.
    pub(super) link: Option<String>,
    /// The place to look at first.
    pub(super) primary: bool,
}

impl<'a> File<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let shown = line.trim_end_matches(['\n', '\r']).len();
            lines.push(start..start + shown);
            start += line.len();
        }
        Self {
            text,
            lines,
            pieces: pieces(&text[..text.floor_char_boundary(COLORED)]),
        }
    }

    /// How many lines it has.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.lines.len()).unwrap_or(u32::MAX)
    }

    /// A line's text.
    pub(super) fn line(&self, number: u32) -> Option<&'a str> {
        self.text.get(self.range(number)?)
    }

    fn range(&self, number: u32) -> Option<Range<usize>> {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        self.lines.get(index).cloned()
    }

    /// One line, and below it what is said of its places.
    fn draw(&self, out: &mut String, number: u32, spots: &[Spot]) {
        let Some(range) = self.range(number) else {
            return;
        };
        let here: Vec<&Spot> = spots.iter().filter(|spot| spot.line == number).collect();
        let class = match here.iter().any(|spot| spot.primary) {
            true => " m p",
            false if !here.is_empty() => " m",
            false => "",
        };
        let _ = write!(out, "<div class=\"l{class}\"><b>{number}</b><code>");
        self.colored(out, range.clone(), &here);
        out.push_str("</code></div>\n");
        let line = &self.text[range];
        for spot in here.into_iter().filter(|spot| !spot.text.is_empty()) {
            let before = &line[..line.floor_char_boundary(spot.span.start)];
            let columns: usize = before.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum();
            let class = if spot.primary { " p" } else { "" };
            let _ = write!(
                out,
                "<div class=\"l said{class}\"><b></b><span style=\"--c:{}\">^ ",
                columns.min(LINE_CHARS)
            );
            match &spot.link {
                Some(link) => {
                    out.push_str("<a href=\"");
                    text::push(out, link);
                    out.push_str("\">");
                    text::push(out, &spot.text);
                    out.push_str("</a>");
                }
                None => text::push(out, &spot.text),
            }
            out.push_str("</span></div>\n");
        }
    }

    /// The text of a line in its colors, with its places marked.
    fn colored(&self, out: &mut String, range: Range<usize>, spots: &[&Spot]) {
        let line = &self.text[range.clone()];
        let end = line
            .char_indices()
            .nth(LINE_CHARS)
            .map_or(line.len(), |(at, _)| at);
        let mut cuts: Vec<usize> = spots
            .iter()
            .flat_map(|spot| [spot.span.start, spot.span.end])
            .map(|at| line.floor_char_boundary(at.min(end)))
            .collect();
        let first = self.pieces.partition_point(|(to, _)| *to <= range.start);
        let pieces = self.pieces[first..].iter();
        cuts.extend(
            pieces
                .map(|(to, _)| to - range.start)
                .take_while(|to| *to < end),
        );
        cuts.push(end);
        cuts.sort_unstable();
        let (mut from, mut piece) = (0, first);
        let mut marked = None;
        for to in cuts {
            if to <= from {
                continue;
            }
            let mark = spots
                .iter()
                .filter(|spot| spot.span.start <= from && from < spot.span.end)
                .map(|spot| spot.primary)
                .max();
            if mark != marked {
                if marked.is_some() {
                    out.push_str("</mark>");
                }
                match mark {
                    Some(true) => out.push_str("<mark class=\"p\">"),
                    Some(false) => out.push_str("<mark>"),
                    None => {}
                }
                marked = mark;
            }
            while self
                .pieces
                .get(piece)
                .is_some_and(|(to, _)| *to <= range.start + from)
            {
                piece += 1;
            }
            let class = self.pieces.get(piece).and_then(|(_, class)| class.name());
            let shown = escape::source_line(&line[from..to], true);
            match class {
                Some(class) => {
                    let _ = write!(out, "<i class={class}>");
                    text::push(out, &shown);
                    out.push_str("</i>");
                }
                None => text::push(out, &shown),
            }
            from = to;
        }
        if marked.is_some() {
            out.push_str("</mark>");
        }
        let left = line[end..].chars().count();
        if left > 0 {
            let _ = write!(out, "<span class=\"cut\">… {left} more characters</span>");
        }
    }
}

/// The lines around the places. Places that the file does not have are not shown.
pub(super) fn excerpt(file: &File<'_>, spots: &[Spot]) -> String {
    let numbers = near(file, spots, AROUND);
    let mut out = String::new();
    let mut last = None;
    for number in numbers {
        if last.is_some_and(|last| last + 1 < number) {
            out.push_str("<div class=\"gap\" aria-hidden=\"true\">⋯</div>\n");
        }
        file.draw(&mut out, number, spots);
        last = Some(number);
    }
    out
}

/// The numbers of the lines that are at most `around` lines from a place, in order.
fn near(file: &File<'_>, spots: &[Spot], around: u32) -> Vec<u32> {
    let mut numbers: Vec<u32> = spots
        .iter()
        .filter(|spot| (1..=file.count()).contains(&spot.line))
        .flat_map(|spot| {
            spot.line.saturating_sub(around).max(1)
                ..=spot.line.saturating_add(around).min(file.count())
        })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The whole file in at most `bytes` bytes: where it is longer, the lines around the places and then those from the top, with
/// a note in place of what is left out.
pub(super) fn whole(file: &File<'_>, spots: &[Spot], bytes: usize) -> String {
    fit(file, near(file, spots, KEPT), bytes, |out, number| {
        file.draw(out, number, spots);
    })
}

/// Lines that are also in another file.
#[derive(Debug)]
pub(super) struct Band {
    /// The first line and the last one.
    pub(super) lines: (u32, u32),
    /// Which match it is.
    pub(super) number: usize,
    /// The element's id, and that of the other file's lines.
    pub(super) id: String,
    pub(super) other: String,
}

/// The whole file as in [`whole`], with bands of lines marked; lines in bands stay when it is too long.
pub(super) fn banded(file: &File<'_>, bands: &[Band], bytes: usize) -> String {
    let mut order: Vec<u32> = bands
        .iter()
        .flat_map(|band| band.lines.0.max(1)..=band.lines.1.min(file.count()))
        .collect();
    order.sort_unstable();
    order.dedup();
    fit(file, order, bytes, |out, number| {
        for band in bands.iter().filter(|band| band.lines.0.max(1) == number) {
            let _ = writeln!(
                out,
                "<div class=\"l tag\" id=\"{}\"><b></b><a href=\"#{}\">match {}</a></div>",
                band.id, band.other, band.number
            );
        }
        let alike = bands
            .iter()
            .any(|band| (band.lines.0..=band.lines.1).contains(&number));
        if alike {
            out.push_str("<div class=\"alike\">");
        }
        file.draw(out, number, &[]);
        if alike {
            out.push_str("</div>");
        }
    })
}

/// The lines in `order` first, and then those from the top, as far as `bytes` go.
fn fit(
    file: &File<'_>,
    mut order: Vec<u32>,
    bytes: usize,
    draw: impl Fn(&mut String, u32),
) -> String {
    let kept: BTreeSet<u32> = order.iter().copied().collect();
    let last = file.count().min(LINES);
    order.extend((1..=last).filter(|number| !kept.contains(number)));
    let mut drawn = BTreeMap::new();
    let mut left = bytes;
    for number in order {
        let mut out = String::new();
        draw(&mut out, number);
        // A note for what is left out has to fit as well.
        let Some(rest) = left.checked_sub(out.len() + 60) else {
            break;
        };
        left = rest;
        drawn.insert(number, out);
    }
    let mut out = String::with_capacity(bytes - left);
    let mut next = 1;
    for (number, line) in drawn {
        gap(&mut out, next, number);
        out.push_str(&line);
        next = number + 1;
    }
    gap(&mut out, next, file.count() + 1);
    out
}

fn gap(out: &mut String, from: u32, to: u32) {
    if from < to {
        let lines = crate::report::words::counted(u64::from(to - from), "line", "lines");
        let _ = writeln!(out, "<div class=\"gap\">{lines} left out</div>");
    }
}

/// Strict keywords, and those that read as such.
const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
    "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true", "type", "union",
    "unsafe", "use", "where", "while",
];

fn pieces(text: &str) -> Vec<(usize, Class)> {
    let mut pieces: Vec<(usize, Class)> = Vec::new();
    let mut at = 0;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let end = at + token.len as usize;
        let class = class(token.kind, &text[at..end], &text[end..]);
        match pieces.last_mut() {
            Some((to, last)) if *last == class => *to = end,
            _ => pieces.push((end, class)),
        }
        at = end;
    }
    pieces
}

fn class(kind: TokenKind, token: &str, rest: &str) -> Class {
    match kind {
        TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => Class::Comment,
        TokenKind::Ident if KEYWORDS.contains(&token) => Class::Keyword,
        TokenKind::Ident if token.starts_with(char::is_uppercase) => Class::Type,
        TokenKind::Ident | TokenKind::RawIdent
            if rest.starts_with('(') || (rest.starts_with('!') && !rest.starts_with("!=")) =>
        {
            Class::Call
        }
        TokenKind::Lifetime { .. } | TokenKind::RawLifetime => Class::Lifetime,
        TokenKind::Literal {
            kind:
                ra_ap_rustc_lexer::LiteralKind::Int { .. }
                | ra_ap_rustc_lexer::LiteralKind::Float { .. },
            ..
        } => Class::Number,
        TokenKind::Literal { .. } => Class::Text,
        _ => Class::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(line: u32, span: Range<usize>, text: &str) -> Spot {
        Spot {
            line,
            span,
            text: text.to_owned(),
            link: None,
            primary: true,
        }
    }

    #[test]
    fn a_place_is_marked_and_named_under_its_line() {
        let file = File::new("fn main() {\n    let x: Vec<u8> = \"<b>\";\n}\n");
        let html = excerpt(&file, &[spot(2, 8..9, "this <one>")]);
        insta::assert_snapshot!(html);
    }

    #[test]
    fn broken_source_is_drawn_as_it_is() {
        for text in [
            "",
            "\n",
            "\"",
            "/* /*",
            "r##\"",
            "'",
            "b'",
            "#!/bin/sh\n---\nfn",
            "\u{feff}fn main() {",
            "fn \u{202e}x() {\0}",
            "0x 1e 'a b\"\\",
            "日本語 🦀 r#fn k#x",
            "\r\r\n\r",
        ] {
            let file = File::new(text);
            let html = whole(&file, &[spot(1, 0..99, "here"), spot(9, 0..1, "")], 10_000);
            assert!(!html.contains('\u{202e}') && !html.contains('\0'), "{html}");
            let bare = html.matches('<').count();
            assert_eq!(bare, html.matches('>').count(), "{text:?}: {html}");
        }
    }

    #[test]
    fn a_long_file_keeps_what_findings_talk_about() {
        let text = "let x = 1;\n".repeat(9000);
        let file = File::new(&text);
        let html = whole(&file, &[spot(8000, 0..5, "look here")], 8_000);
        assert!(html.len() <= 8_000, "{}", html.len());
        assert!(html.contains("<b>8000</b>") && html.contains("look here"));
        assert!(html.contains("<b>1</b>") && html.contains("lines left out"));
        let long = File::new("x");
        assert_eq!(
            whole(&long, &[], 10),
            "<div class=\"gap\">1 line left out</div>\n"
        );
    }

    #[test]
    fn a_line_without_an_end_is_cut() {
        let text = "y".repeat(1 << 20);
        let html = excerpt(&File::new(&text), &[spot(1, 1_000_000..1_000_004, "far")]);
        assert!(html.contains("more characters"), "{html}");
        assert!(html.len() < 2000);
    }
}
