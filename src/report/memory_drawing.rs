//! A program's memory as a picture: what a learner drew beside what was measured in their own program.

use super::layout::{pad, width, wrap};
use super::style::{Ink, Style};
use crate::judge::{Drawing, DrawnRegion};

/// Narrower than this, a picture stands below the other one.
const LEAST_COLUMNS: usize = 32;

/// Wider than this, a picture is only emptier.
const MOST_COLUMNS: usize = 48;

/// Longest text that is looked at, in characters.
const MOST_CHARS: usize = 80;

const GAP: &str = "   ";

/// Draws both pictures, high addresses at the top.
pub(super) fn render(drawing: &Drawing, style: &Style) -> String {
    let measure = style.measure();
    let half = (measure.saturating_sub(GAP.len() + 2) / 2).min(MOST_COLUMNS);
    let beside = half >= LEAST_COLUMNS;
    let columns = if beside {
        half
    } else {
        measure.saturating_sub(2).clamp(12, MOST_COLUMNS)
    };
    let left = picture("your drawing", Some(&drawing.answered), columns, style);
    let right = picture(
        "your program, measured",
        drawing.measured.as_deref(),
        columns,
        style,
    );
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str("  ");
        out.push_str(text.trim_end());
        out.push('\n');
    };
    if beside {
        for row in 0..left.len().max(right.len()) {
            let (a, b) = (left.get(row), right.get(row));
            let text = pad(a.map_or("", |line| &line.text), columns);
            let a = style.paint(a.map_or(Ink::Plain, |line| line.ink), &text);
            let b = b.map_or_else(String::new, |line| style.paint(line.ink, &line.text));
            line(&format!("{a}{GAP}{b}"));
        }
    } else {
        for Drawn { text, ink, .. } in left.iter().chain(&right) {
            line(&style.paint(*ink, text));
        }
    }
    out
}

/// A picture to be changed: the lines, with a pointer at the region under the cursor (counted from the top), and which line has it.
/// A region that is held is marked.
pub(crate) fn editable(
    regions: &[DrawnRegion],
    cursor: Option<(usize, bool)>,
    style: &Style,
) -> (Vec<String>, Option<usize>) {
    let columns = style.measure().saturating_sub(4).clamp(12, MOST_COLUMNS);
    let mut lines = Vec::new();
    let mut focus = None;
    for line in picture("", Some(regions), columns, style)
        .into_iter()
        .skip(1)
    {
        let here = cursor.filter(|(at, _)| line.begins == Some(*at));
        if here.is_some() {
            focus = Some(lines.len());
        }
        let (pointer, ink) = match (here, style.unicode) {
            (None, _) => (" ", line.ink),
            (Some((_, true)), _) => ("=", Ink::Strong),
            (Some(_), true) => ("▸", Ink::Strong),
            (Some(_), false) => (">", Ink::Strong),
        };
        lines.push(format!("{pointer} {}", style.paint(ink, &line.text)));
    }
    (lines, focus)
}

/// A line of a picture.
struct Drawn {
    text: String,
    ink: Ink,
    /// Whether a region begins here, and which one from the top.
    begins: Option<usize>,
}

impl Drawn {
    fn new(text: String, ink: Ink) -> Self {
        Self {
            text,
            ink,
            begins: None,
        }
    }
}

/// The lines of one picture, each `columns` wide.
fn picture(
    title: &str,
    regions: Option<&[DrawnRegion]>,
    columns: usize,
    style: &Style,
) -> Vec<Drawn> {
    let frame = Frame::new(style);
    let mut lines = vec![Drawn::new(title.to_owned(), Ink::Strong)];
    let Some(regions) = regions else {
        for text in wrap(
            "nothing was measured: your program has not printed an address yet",
            columns,
        ) {
            lines.push(Drawn::new(text, Ink::Faint));
        }
        return lines;
    };
    let inner = columns.saturating_sub(4);
    let rule = |left: char, right: char| {
        let middle = frame.across.to_string().repeat(columns.saturating_sub(2));
        Drawn::new(format!("{left}{middle}{right}"), Ink::Plain)
    };
    lines.push(rule(frame.top.0, frame.top.1));
    // From high addresses to low ones, as memory is drawn in books.
    for (index, region) in regions.iter().rev().enumerate() {
        if index > 0 {
            lines.push(rule(frame.middle.0, frame.middle.1));
        }
        let name = style.clean(&region.region, MOST_CHARS);
        let address = region
            .lowest
            .map_or_else(String::new, |low| format!("{low:#x}"));
        let mut rows = wrap(&name, inner);
        if let Some(first) = rows.first_mut() {
            // Beside the name, where there is room for it.
            let room = inner.saturating_sub(width(first) + 1);
            if width(&address) <= room {
                let fill = " ".repeat(inner - width(first) - width(&address));
                *first = format!("{first}{fill}{address}");
            }
        }
        for thing in &region.holds {
            let text = style.clean(thing, MOST_CHARS);
            for (at, part) in wrap(&text, inner.saturating_sub(2)).into_iter().enumerate() {
                let mark = if at == 0 { "- " } else { "  " };
                rows.push(format!("{mark}{part}"));
            }
        }
        for (at, row) in rows.into_iter().enumerate() {
            let side = frame.side;
            lines.push(Drawn {
                text: format!("{side} {} {side}", pad(&row, inner)),
                ink: Ink::Plain,
                begins: (at == 0).then_some(index),
            });
        }
    }
    lines.push(rule(frame.bottom.0, frame.bottom.1));
    lines
}

struct Frame {
    top: (char, char),
    middle: (char, char),
    bottom: (char, char),
    across: char,
    side: char,
}

impl Frame {
    fn new(style: &Style) -> Self {
        if style.unicode {
            Self {
                top: ('┌', '┐'),
                middle: ('├', '┤'),
                bottom: ('└', '┘'),
                across: '─',
                side: '│',
            }
        } else {
            Self {
                top: ('+', '+'),
                middle: ('+', '+'),
                bottom: ('+', '+'),
                across: '-',
                side: '|',
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(region: &str, lowest: Option<u64>, holds: &[&str]) -> DrawnRegion {
        DrawnRegion {
            region: region.to_owned(),
            lowest,
            holds: holds.iter().map(ToString::to_string).collect(),
        }
    }

    fn drawing() -> Drawing {
        Drawing {
            answered: vec![
                region("text", None, &["The instructions of `fn main`"]),
                region(
                    "stack",
                    None,
                    &["The elements of a `Vec` that is a local variable"],
                ),
                region("heap", None, &[]),
            ],
            measured: Some(vec![
                region("text", Some(0x5555_5555_a000), &["function"]),
                region(
                    "heap",
                    Some(0x5555_5558_0000),
                    &["the vector's buffer \u{1b}[31m"],
                ),
                region(
                    "stack",
                    Some(0x7fff_ffff_e000),
                    &["local", "the vector itself"],
                ),
            ]),
        }
    }

    #[test]
    fn the_learners_drawing_stands_beside_the_measured_one() {
        insta::assert_snapshot!(render(&drawing(), &Style::plain(80)));
    }

    #[test]
    fn where_there_is_no_room_it_stands_below() {
        let narrow = render(&drawing(), &Style::plain(40));
        assert!(narrow.lines().all(|line| width(line) <= 40), "{narrow}");
        let below = narrow.find("your program, measured");
        assert!(below > narrow.find("your drawing"));
        assert!(!narrow.contains('\u{1b}'));
    }

    #[test]
    fn a_program_that_printed_no_address_is_said_to() {
        let drawing = Drawing {
            measured: None,
            ..drawing()
        };
        let text = render(&drawing, &Style::plain(100));
        assert!(text.contains("nothing was measured"), "{text}");
    }
}
