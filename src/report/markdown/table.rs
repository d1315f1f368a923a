//! Tables: columns as wide as their cells, or narrower where the terminal is.

use super::super::layout::Line;
use super::super::style::{Ink, Style};
use super::inline::Text;

/// Blanks between two columns.
const GAP: usize = 2;
/// No column is made narrower than this, if its cells are not.
const LEAST: usize = 6;
/// Words up to this length are not cut for the sake of another column.
const WHOLE_WORD: usize = 16;

/// A table that is read, and then drawn.
#[derive(Debug)]
pub(super) struct Table {
    /// For each column whether it is aligned to the right.
    right: Vec<bool>,
    rows: Vec<Vec<Text>>,
    row: Vec<Text>,
}

impl Table {
    pub(super) fn new(right: Vec<bool>) -> Self {
        Self {
            right,
            rows: Vec::new(),
            row: Vec::new(),
        }
    }

    pub(super) fn cell(&mut self, text: Text) {
        self.row.push(text);
    }

    pub(super) fn end_row(&mut self) {
        self.rows.push(std::mem::take(&mut self.row));
    }

    /// The lines of the table; the first row is its head.
    pub(super) fn draw(&self, style: &Style, columns: usize) -> Vec<String> {
        let widths = self.widths(columns);
        let mut lines = Vec::new();
        for (number, row) in self.rows.iter().enumerate() {
            let is_head = number == 0;
            if is_head && row.iter().all(Text::is_blank) {
                continue;
            }
            lines.extend(self.draw_row(row, &widths, style));
            if is_head {
                let rule: Vec<String> = widths
                    .iter()
                    .map(|width| style.glyph("─", "-").repeat(*width))
                    .collect();
                lines.push(style.paint(Ink::Faint, &rule.join(&" ".repeat(GAP))));
            }
        }
        lines
    }

    fn draw_row(&self, row: &[Text], widths: &[usize], style: &Style) -> Vec<String> {
        let cells: Vec<Vec<Line>> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| cell.wrap(*width))
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        let mut lines = Vec::new();
        for number in 0..height {
            let mut out = String::new();
            for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
                if column > 0 {
                    out.push_str(&" ".repeat(GAP));
                }
                let line = cell.get(number);
                let used = line.map_or(0, Line::width);
                let fill = " ".repeat(width.saturating_sub(used));
                let text = line.map_or(String::new(), |line| line.draw(style));
                if self.right.get(column) == Some(&true) {
                    out.push_str(&fill);
                    out.push_str(&text);
                } else {
                    out.push_str(&text);
                    out.push_str(&fill);
                }
            }
            lines.push(out.trim_end().to_owned());
        }
        lines
    }

    /// How wide each column is.
    fn widths(&self, columns: usize) -> Vec<usize> {
        let count = self.right.len();
        let of_column = |measure: &dyn Fn(&Text) -> usize, column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(measure).max().unwrap_or(0)
        };
        let natural: Vec<usize> = (0..count)
            .map(|column| of_column(&Text::width, column))
            .collect();
        let room = columns.saturating_sub(GAP * count.saturating_sub(1));
        if natural.iter().sum::<usize>() <= room {
            return natural;
        }
        let least: Vec<usize> = natural
            .iter()
            .enumerate()
            .map(|(column, natural)| {
                let word = of_column(&Text::longest_word, column);
                word.clamp(LEAST, WHOLE_WORD).min(*natural)
            })
            .collect();
        if least.iter().sum::<usize>() > room {
            // Words are cut, for there is no other way; the columns share what there is.
            let share = (room / count.max(1)).max(1);
            return natural.iter().map(|natural| share.min(*natural)).collect();
        }
        let widths = |most: usize| -> Vec<usize> {
            let both = natural.iter().zip(&least);
            both.map(|(natural, least)| (*natural).min(most).max(*least))
                .collect()
        };
        // The largest bound that fits: wide columns give, narrow ones keep what they need.
        let fits = |most: &usize| widths(*most).iter().sum::<usize>() <= room;
        let most = (LEAST..=room.max(LEAST)).rev().find(fits);
        let mut widths = widths(most.unwrap_or(LEAST));
        // A few columns are left over when several are cut at the same width.
        let mut left = room.saturating_sub(widths.iter().sum());
        for (width, natural) in widths.iter_mut().zip(&natural) {
            let more = natural.saturating_sub(*width).min(left);
            *width += more;
            left -= more;
        }
        widths
    }
}
