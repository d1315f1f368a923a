//! Curves in characters: one line beside a finding, or a chart with an axis.

use super::layout::{pad_left, width};
use super::style::{Ink, Style};
use crate::course::units::human_size;

const BLOCKS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const LINE: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const LINE_ASCII: [&str; 8] = ["_", ".", ":", "-", "=", "+", "*", "#"];

/// `values` squeezed or repeated to exactly `columns`, the highest of each group kept: a spike must not vanish.
fn spread(values: &[u64], columns: usize) -> Vec<u64> {
    let count = values.len();
    if count == 0 || columns == 0 {
        return Vec::new();
    }
    (0..columns)
        .map(|column| {
            let from = column * count / columns;
            let to = ((column + 1) * count)
                .div_ceil(columns)
                .clamp(from + 1, count);
            let to = if count <= columns { from + 1 } else { to };
            values[from..to].iter().copied().max().unwrap_or(0)
        })
        .collect()
}

/// Steps of `value` on a scale where `max` is `steps`; anything above zero takes at least one.
fn scale(value: u64, max: u64, steps: u64) -> usize {
    if value == 0 || max == 0 {
        return 0;
    }
    let scaled = (u128::from(value) * u128::from(steps) + u128::from(max) / 2) / u128::from(max);
    usize::try_from(scaled.max(1)).unwrap_or(0)
}

/// One line of block characters; zero is the lowest, the highest value the tallest. At most `columns` wide.
pub fn sparkline(values: &[u64], columns: usize, unicode: bool) -> String {
    let max = values.iter().copied().max().unwrap_or(0);
    let marks = if unicode { &LINE } else { &LINE_ASCII };
    spread(values, columns.min(values.len()))
        .into_iter()
        .map(|value| marks[scale(value, max, 8).saturating_sub(1).min(7)])
        .collect()
}

/// Splits text that begins with block characters into a line of at most `columns` of them, as this stream can show it,
/// and the rest. `None` if it begins with something else.
pub(super) fn redraw(text: &str, columns: usize, unicode: bool) -> Option<(String, &str)> {
    let (bars, rest) = text.split_at(text.find(|c: char| !is_bar(c)).unwrap_or(text.len()));
    if bars.is_empty() {
        return None;
    }
    let heights: Vec<u64> = bars
        .chars()
        .filter_map(|c| LINE.iter().position(|bar| bar.chars().eq([c])))
        .map(|height| height as u64)
        .collect();
    let marks = if unicode { &LINE } else { &LINE_ASCII };
    let line = spread(&heights, columns.min(heights.len()))
        .into_iter()
        .filter_map(|height| marks.get(usize::try_from(height).ok()?))
        .copied()
        .collect();
    Some((line, rest))
}

fn is_bar(c: char) -> bool {
    ('▁'..='█').contains(&c)
}

/// A chart of bytes, `rows` high, with an axis that names the highest value and zero, and ticks under the first and
/// last point. As many lines as `rows` plus two.
pub fn chart(values: &[u64], style: &Style, columns: usize, rows: usize) -> Vec<String> {
    let max = values.iter().copied().max().unwrap_or(0);
    if values.is_empty() || rows == 0 {
        return Vec::new();
    }
    let top = human_size(max);
    let middle = human_size(max / 2);
    let gutter = width(&top).max(width(&middle)) + 1;
    let columns = columns.saturating_sub(gutter + 3).clamp(8, 72);
    // Each point gets the same number of columns where it can: uneven steps look like a change of pace.
    let columns = if values.len() < columns {
        columns / values.len() * values.len()
    } else {
        columns
    };
    let cells = spread(values, columns);
    let mut lines = Vec::with_capacity(rows + 2);
    for row in (0..rows).rev() {
        let label = if row + 1 == rows {
            top.as_str()
        } else if row + 1 == rows / 2 && max > 1 {
            middle.as_str()
        } else {
            ""
        };
        let tick = match (label.is_empty(), style.unicode) {
            (false, true) => "┤",
            (true, true) => "│",
            (false, false) => "+",
            (true, false) => "|",
        };
        let bars: String = cells
            .iter()
            .map(|value| {
                let eighths = scale(*value, max, rows as u64 * 8)
                    .saturating_sub(row * 8)
                    .min(8);
                match (style.unicode, eighths) {
                    (true, eighths) => BLOCKS[eighths],
                    (false, 0) => " ",
                    (false, 1..=4) => ".",
                    (false, _) => "#",
                }
            })
            .collect();
        let head = style.paint(Ink::Faint, &format!("{} {tick}", pad_left(label, gutter)));
        lines.push(format!(
            "{head}{}",
            style.paint(Ink::Accent, bars.trim_end())
        ));
    }
    let zero = format!(
        "{} {}{}",
        pad_left("0", gutter),
        style.glyph("└", "+"),
        style.glyph("─", "-").repeat(columns)
    );
    lines.push(style.paint(Ink::Faint, &zero));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_rises_with_its_values() {
        let values: Vec<u64> = (1..=8).map(|n| n * 10).collect();
        assert_eq!(sparkline(&values, 40, true), "▁▂▃▄▅▆▇█");
        assert_eq!(sparkline(&values, 40, false), "_.:-=+*#");
        assert_eq!(sparkline(&[0, 0], 40, true), "▁▁");
        assert_eq!(sparkline(&[5, 5], 40, true), "██");
        assert_eq!(sparkline(&[], 40, true), "");
        assert_eq!(sparkline(&[u64::MAX, 0], 40, true), "█▁");
    }

    #[test]
    fn a_line_that_was_drawn_is_drawn_again_for_this_stream() {
        let redrawn = |text, columns, unicode| redraw(text, columns, unicode).unwrap();
        assert_eq!(
            redrawn("▁▂█  9 -> 10", 40, true),
            ("▁▂█".to_owned(), "  9 -> 10")
        );
        assert_eq!(redrawn("▁▂█▁  x", 2, false), (".#".to_owned(), "  x"));
        assert_eq!(redraw("9 -> 10 ▁", 40, true), None);
        assert_eq!(redraw("", 40, true), None);
    }

    #[test]
    fn a_spike_survives_squeezing() {
        let mut values = vec![1; 1000];
        values[501] = 100;
        let line = sparkline(&values, 20, true);
        assert_eq!(line.chars().count(), 20);
        assert_eq!(line.chars().filter(|c| *c == '█').count(), 1);
    }

    #[test]
    fn a_chart_has_its_scale() {
        let values: Vec<u64> = (1..=4).map(|n| n << 20).collect();
        let lines = chart(&values, &Style::plain(80), 24, 4);
        assert_eq!(
            lines.join("\n"),
            " 4.0 MiB ┤         ███\n         │      ██████\n 2.0 MiB ┤   █████████\n         │████████████\n       0 └────────────"
        );
        let ascii = Style {
            unicode: false,
            ..Style::plain(80)
        };
        assert!(chart(&values, &ascii, 24, 4).join("").is_ascii());
        assert!(chart(&[], &ascii, 24, 4).is_empty());
    }
}
