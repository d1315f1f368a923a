//! A reference cycle as a small drawing: who holds whom.
//!
//! One or two members are boxes with arrows between them. A longer ring runs down a rail and back up. Where the members
//! hold each other in any other way, each stands on a line of its own with the numbers of those that it holds.

use std::collections::BTreeSet;

use super::escape::NAME_CHARS;
use super::layout::{pad, width};
use super::style::Style;
use crate::course::units::{human_count, human_size};
use crate::observe::{Cycle, SourceLine};

/// Members of a ring that stand on lines of their own, and lines of any drawing.
const LINES: usize = 12;
/// Up to so many lines of a ring have an arrow between them.
const ROOMY: usize = 6;
/// So many members made at the same line, one after the other, are all shown.
const ALIKE: usize = 3;
/// Numbers listed after a member.
const TARGETS: usize = 5;
/// Narrower than this nothing is readable; the terminal breaks the lines then.
const NARROWEST: usize = 16;

/// `10 equal rings, each of 2 blocks and 176 bytes`.
pub(super) fn caption(cycle: &Cycle) -> String {
    let blocks = match cycle.blocks {
        1 => "1 block".to_owned(),
        n => format!("{} blocks", human_count(n)),
    };
    let size = human_size(cycle.bytes);
    match cycle.count {
        1 => format!("1 ring of {blocks} and {size}"),
        n => format!(
            "{} equal rings, each of {blocks} and {size}",
            human_count(n)
        ),
    }
}

/// The lines of the drawing, at most `columns` wide; none where it is not known who holds whom.
pub(super) fn draw(cycle: &Cycle, style: &Style, columns: usize) -> Vec<String> {
    let columns = columns.max(NARROWEST);
    let members = &cycle.members;
    let edges: BTreeSet<(usize, usize)> = cycle
        .edges
        .iter()
        .copied()
        .filter(|(from, to)| *from < members.len() && *to < members.len())
        .collect();
    let pen = Pen { style, columns };
    match (
        in_a_ring(members.len(), &edges).as_deref(),
        members.as_slice(),
    ) {
        _ if edges.is_empty() => Vec::new(),
        (Some([_]), [only]) => pen.itself(only, cycle),
        (Some(order), _) => {
            let ring: Vec<&SourceLine> = order.iter().filter_map(|i| members.get(*i)).collect();
            match ring.as_slice() {
                [a, b] => pen.pair(a, b).unwrap_or_else(|| pen.ring(&ring)),
                _ => pen.ring(&ring),
            }
        }
        (None, _) => pen.list(members, &edges),
    }
}

/// The members in order, if each holds exactly the next and the last one the first.
fn in_a_ring(members: usize, edges: &BTreeSet<(usize, usize)>) -> Option<Vec<usize>> {
    if edges.len() != members {
        return None;
    }
    let mut order = Vec::with_capacity(members);
    let mut at = 0;
    for _ in 0..members {
        order.push(at);
        (_, at) = *edges.range((at, 0)..=(at, usize::MAX)).next()?;
    }
    let all: BTreeSet<usize> = order.iter().copied().collect();
    (at == 0 && all.len() == members).then_some(order)
}

struct Pen<'a> {
    style: &'a Style,
    columns: usize,
}

impl Pen<'_> {
    fn place(&self, member: &SourceLine) -> String {
        let place = format!("{}:{}", member.file, member.line);
        self.style.clean(&place, NAME_CHARS)
    }

    fn function(&self, member: &SourceLine) -> String {
        let function = member.function.as_deref().unwrap_or_default();
        self.style.clean(function, NAME_CHARS)
    }

    fn label(&self, member: &SourceLine, columns: usize) -> String {
        let place = self.place(member);
        let text = match member.function {
            Some(_) => format!("{place} in {}", self.function(member)),
            None => place,
        };
        self.style.cut(&text, columns)
    }

    /// A box with the member's line and function: four rows.
    fn boxed(&self, member: &SourceLine, columns: usize) -> [String; 4] {
        let inner = columns.saturating_sub(4).max(1);
        let rows = [self.place(member), self.function(member)].map(|t| self.style.cut(&t, inner));
        let inner = rows.iter().map(|row| width(row)).max().unwrap_or(0);
        let [h, v] = [self.style.glyph("─", "-"), self.style.glyph("│", "|")];
        let edge = |left: (&'static str, _), right: (&'static str, _)| {
            let [left, right] = [left, right].map(|(u, a)| self.style.glyph(u, a));
            format!("{left}{}{right}", h.repeat(inner + 2))
        };
        let row = |text: &str| format!("{v} {} {v}", pad(text, inner));
        [
            edge(("┌", "+"), ("┐", "+")),
            row(&rows[0]),
            row(&rows[1]),
            edge(("└", "+"), ("┘", "+")),
        ]
    }

    /// One box that holds itself, or stands for many blocks of one line.
    fn itself(&self, member: &SourceLine, cycle: &Cycle) -> Vec<String> {
        let mut member = member.clone();
        if cycle.blocks > 1 && cycle.through.is_empty() {
            let function = member.function.unwrap_or_default();
            let blocks = human_count(cycle.blocks);
            member.function = Some(format!("{blocks} blocks in {function}"));
        }
        let [top, first, second, bottom] = self.boxed(&member, self.columns - 4);
        let [out, back] = [
            self.style.glyph(" ──┐", " --+"),
            self.style.glyph(" ←─┘", " <-+"),
        ];
        vec![top, first + out, second + back, bottom]
    }

    /// Two boxes side by side; `None` where there is no room for their names.
    fn pair(&self, a: &SourceLine, b: &SourceLine) -> Option<Vec<String>> {
        let each = (self.columns - 5) / 2;
        let fits = |member| width(&self.place(member)) + 4 <= each;
        if !fits(a) || !fits(b) {
            return None;
        }
        let (left, right) = (self.boxed(a, each), self.boxed(b, each));
        let middle = [
            "     ",
            self.style.glyph(" ──→ ", " --> "),
            self.style.glyph(" ←── ", " <-- "),
            "     ",
        ];
        let rows = left.into_iter().zip(middle).zip(right);
        Some(rows.map(|((l, m), r)| format!("{l}{m}{r}")).collect())
    }

    /// Down along the members and back up a rail on the left.
    fn ring(&self, ring: &[&SourceLine]) -> Vec<String> {
        let rows = self.rows(ring);
        let arrow = self.style.glyph("↓", "v");
        let rail = self.style.glyph("│", "|");
        let roomy = rows.len() <= ROOMY;
        let mut out = Vec::new();
        for (i, text) in rows.iter().enumerate() {
            let head = match i {
                0 => self.style.glyph("┌→ ", "+> ").to_owned(),
                _ if i + 1 == rows.len() && roomy => self.style.glyph("└─ ", "+- ").to_owned(),
                _ if i + 1 == rows.len() => format!("{}{arrow} ", self.style.glyph("└", "+")),
                _ if roomy => format!("{rail}  "),
                _ => format!("{rail}{arrow} "),
            };
            if i > 0 && roomy {
                out.push(format!("{rail}    {arrow}"));
            }
            out.push(head + text);
        }
        out
    }

    /// What stands beside the rail: many members of one line in a row are counted, and so is the middle of a long ring.
    fn rows(&self, ring: &[&SourceLine]) -> Vec<String> {
        let room = self.columns - 3;
        let more = |count: usize, what: &str| {
            let count = human_count(count as u64);
            self.style.cut(&format!("({count} more{what})"), room)
        };
        let mut rows = Vec::new();
        for alike in ring.chunk_by(|a, b| a == b) {
            let label = self.label(alike[0], room);
            if alike.len() <= ALIKE {
                rows.extend(alike.iter().map(|_| label.clone()));
            } else {
                rows.push(label.clone());
                rows.push(more(alike.len() - 2, " made there"));
                rows.push(label);
            }
        }
        if rows.len() > LINES {
            let left_out = rows.len() + 1 - LINES;
            rows.splice(LINES - 3..rows.len() - 2, [more(left_out, "")]);
        }
        rows
    }

    /// Each member with a number, and the numbers of those that it holds.
    fn list(&self, members: &[SourceLine], edges: &BTreeSet<(usize, usize)>) -> Vec<String> {
        let shown = match members.len() {
            n if n <= LINES => n,
            _ => LINES - 1,
        };
        let arrow = self.style.glyph(" → ", " -> ");
        let held = |from: usize| {
            let all: Vec<String> = edges
                .range((from, 0)..=(from, usize::MAX))
                .map(|(_, to)| (to + 1).to_string())
                .collect();
            match all.get(..TARGETS) {
                Some(first) if all.len() > TARGETS => {
                    format!("{} and {} more", first.join(", "), all.len() - TARGETS)
                }
                _ => all.join(", "),
            }
        };
        let rows: Vec<(usize, &SourceLine, String)> = members
            .iter()
            .enumerate()
            .take(shown)
            .map(|(i, member)| (i, member, held(i)))
            .collect();
        let digits = shown.to_string().len();
        let targets = rows.iter().map(|(_, _, held)| width(held)).max();
        let around = digits + 1 + width(arrow) + targets.unwrap_or(0);
        let room = self.columns.saturating_sub(around).max(8);
        let labels: Vec<String> = rows.iter().map(|(_, m, _)| self.label(m, room)).collect();
        let widest = labels.iter().map(|label| width(label)).max().unwrap_or(0);
        let mut out: Vec<String> = rows
            .iter()
            .zip(&labels)
            .map(|((i, _, held), label)| {
                let line = format!("{:>digits$} {}{arrow}{held}", i + 1, pad(label, widest));
                self.style.cut(&line, self.columns)
            })
            .collect();
        if members.len() > shown {
            let left = human_count((members.len() - shown) as u64);
            out.push(format!("{} and {left} more", self.style.glyph("…", "...")));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::report::samples;

    fn member(line: u32) -> SourceLine {
        SourceLine {
            file: "main.rs".to_owned(),
            line,
            column: Some(9),
            function: Some("make".to_owned()),
        }
    }

    fn cycle(lines: &[u32], edges: &[(usize, usize)]) -> Cycle {
        Cycle {
            count: 3,
            blocks: lines.len() as u64,
            bytes: 80 * lines.len() as u64,
            members: lines.iter().map(|line| member(*line)).collect(),
            edges: edges.to_vec(),
            through: Vec::new(),
        }
    }

    fn ring(lines: &[u32]) -> Cycle {
        let edges: Vec<_> = (0..lines.len())
            .map(|i| (i, (i + 1) % lines.len()))
            .collect();
        cycle(lines, &edges)
    }

    /// Every form, at a width, in both character sets.
    fn gallery(width: usize) -> String {
        let many: Vec<u32> = (1..=12).collect();
        let alike = [&[6; 9][..], &[7]].concat();
        let long: Vec<u32> = (1..=40).collect();
        let star: Vec<_> = (1..9).flat_map(|i| [(0, i), (i, 0)]).collect();
        let forms = [
            ("itself", ring(&[6])),
            ("two", ring(&[6, 17])),
            ("three", ring(&[6, 7, 8])),
            ("twelve", ring(&many)),
            ("alike", ring(&alike)),
            ("forty", ring(&long)),
            (
                "both ways",
                cycle(&[1, 2, 3], &[(0, 1), (0, 2), (1, 0), (2, 0)]),
            ),
            ("a star", cycle(&many[..9], &star)),
        ];
        let mut out = String::new();
        for unicode in [true, false] {
            let style = Style {
                unicode,
                ..Style::plain(width)
            };
            for (name, cycle) in &forms {
                let lines = draw(cycle, &style, width);
                for line in &lines {
                    assert!(super::width(line) <= width, "{line}");
                    assert!(unicode || line.is_ascii(), "{line}");
                }
                write!(out, "{name}: {}\n{}\n\n", caption(cycle), lines.join("\n")).unwrap();
            }
        }
        out
    }

    #[test]
    fn every_form_on_a_narrow_terminal() {
        insta::assert_snapshot!(gallery(40));
    }

    #[test]
    fn every_form_at_twenty_columns() {
        insta::assert_snapshot!(gallery(20));
    }

    #[test]
    fn who_holds_whom_is_never_made_up() {
        let style = Style::plain(40);
        assert_eq!(draw(&cycle(&[6, 7], &[]), &style, 40), [""; 0]);
        assert_eq!(draw(&cycle(&[], &[(0, 0)]), &style, 40), [""; 0]);
        assert_eq!(draw(&cycle(&[6], &[(0, 9), (7, 0)]), &style, 40), [""; 0]);
        // Two that hold themselves are no ring of two.
        let apart = draw(&cycle(&[6, 7], &[(0, 0), (1, 1)]), &style, 40);
        assert_eq!(
            apart,
            ["1 main.rs:6 in make → 1", "2 main.rs:7 in make → 2"]
        );
    }

    #[test]
    fn no_graph_and_no_name_breaks_the_drawing() {
        use proptest::prelude::*;
        use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

        let edges = proptest::collection::vec((0usize..20, 0usize..20), 0..60);
        let name = proptest::option::of("(.{0,30}|[\u{1b}\u{202e}日\r\n]{1,20})");
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        TestRunner::new_with_rng(Config::with_cases(400), rng)
            .run(
                &(0usize..20, edges, name, 0usize..120, any::<bool>()),
                |(members, edges, name, columns, unicode)| {
                    let mut cycle = cycle(&vec![9; members], &edges);
                    for member in &mut cycle.members {
                        member.function.clone_from(&name);
                        member.file = name.clone().unwrap_or_default();
                    }
                    let style = Style {
                        unicode,
                        ..Style::plain(columns)
                    };
                    let lines = draw(&cycle, &style, columns);
                    prop_assert!(lines.len() <= 2 * LINES);
                    for line in lines {
                        prop_assert!(!samples::has_controls(&line) && !line.contains('\n'));
                        prop_assert!(super::width(&line) <= columns.max(NARROWEST + 4), "{line}");
                    }
                    Ok(())
                },
            )
            .unwrap();
    }
}
