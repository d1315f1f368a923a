//! The difference between expected and printed lines, cut to what matters.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::words::visible;

/// Most lines on either side that are compared line by line; what lies beyond is counted as differing.
const MAX_LINES: usize = 400;
/// Most lines that are shown.
const SHOWN: usize = 12;
/// Characters of a line that are shown.
const WIDTH: usize = 160;

/// One line of the difference. Numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change<'a> {
    Same(&'a str),
    Missing(usize, &'a str),
    Extra(usize, &'a str),
}

/// The difference, with a line around it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lines<'a> {
    changes: Vec<Change<'a>>,
    /// Lines beyond those that are compared.
    more_missing: usize,
    more_extra: usize,
}

/// Compares; `same` says when a wanted and a printed line count as equal.
pub(super) fn compare<'a>(
    wanted: &[&'a str],
    printed: &[&'a str],
    same: impl Fn(&str, &str) -> bool,
) -> Lines<'a> {
    let head = wanted
        .iter()
        .zip(printed)
        .take_while(|(a, b)| same(a, b))
        .count();
    let (wanted_rest, printed_rest) = (&wanted[head..], &printed[head..]);
    let tail = wanted_rest
        .iter()
        .rev()
        .zip(printed_rest.iter().rev())
        .take_while(|(a, b)| same(a, b))
        .count();
    let wanted_rest = &wanted_rest[..wanted_rest.len() - tail];
    let printed_rest = &printed_rest[..printed_rest.len() - tail];
    let wanted_part = &wanted_rest[..wanted_rest.len().min(MAX_LINES)];
    let printed_part = &printed_rest[..printed_rest.len().min(MAX_LINES)];

    let mut changes = Vec::new();
    if head > 0 && !(wanted_part.is_empty() && printed_part.is_empty()) {
        changes.push(Change::Same(wanted[head - 1]));
    }
    // Lines that count as equal get the same key, so that the algorithm sees them as equal.
    let keys: Vec<usize> = (0..wanted_part.len())
        .map(|i| first_same(wanted_part, i))
        .collect();
    let printed_keys: Vec<usize> = printed_part
        .iter()
        .enumerate()
        .map(|(j, line)| {
            wanted_part
                .iter()
                .position(|wanted| same(wanted, line))
                .and_then(|i| keys.get(i).copied())
                .unwrap_or(MAX_LINES + j)
        })
        .collect();
    for op in capture_diff_slices(Algorithm::Myers, &keys, &printed_keys) {
        let (old, new) = (op.old_range(), op.new_range());
        if let DiffOp::Equal { .. } = op {
            changes.extend(wanted_part[old].iter().map(|line| Change::Same(line)));
            continue;
        }
        // One under the other, pair by pair, as people compare them.
        let (mut old, mut new) = (old, new);
        loop {
            let (wanted, printed) = (old.next(), new.next());
            if let Some(i) = wanted {
                changes.push(Change::Missing(head + i + 1, wanted_part[i]));
            }
            if let Some(j) = printed {
                changes.push(Change::Extra(head + j + 1, printed_part[j]));
            }
            if wanted.is_none() && printed.is_none() {
                break;
            }
        }
    }
    Lines {
        changes,
        more_missing: wanted_rest.len() - wanted_part.len(),
        more_extra: printed_rest.len() - printed_part.len(),
    }
}

fn first_same(lines: &[&str], i: usize) -> usize {
    lines.iter().position(|line| *line == lines[i]).unwrap_or(i)
}

impl<'a> Lines<'a> {
    /// Whether there is no difference.
    pub(super) fn is_equal(&self) -> bool {
        self.missing() == 0 && self.extra() == 0
    }

    /// How many wanted lines were not printed.
    pub(super) fn missing(&self) -> usize {
        let count = self
            .changes
            .iter()
            .filter(|c| matches!(c, Change::Missing(..)))
            .count();
        count + self.more_missing
    }

    /// How many printed lines were not wanted.
    pub(super) fn extra(&self) -> usize {
        let count = self
            .changes
            .iter()
            .filter(|c| matches!(c, Change::Extra(..)))
            .count();
        count + self.more_extra
    }

    /// Number and text of the first wanted line that was not printed.
    pub(super) fn first_missing(&self) -> Option<(usize, &'a str)> {
        self.changes.iter().find_map(|change| match change {
            Change::Missing(number, line) => Some((*number, *line)),
            _ => None,
        })
    }

    /// Number and text of the first printed line that was not wanted.
    pub(super) fn first_extra(&self) -> Option<(usize, &'a str)> {
        self.changes.iter().find_map(|change| match change {
            Change::Extra(number, line) => Some((*number, *line)),
            _ => None,
        })
    }

    /// Numbers of all printed lines that were not wanted and were compared.
    pub(super) fn extra_numbers(&self) -> Vec<usize> {
        let extra = self.changes.iter().filter_map(|change| match change {
            Change::Extra(number, _) => Some(*number),
            _ => None,
        });
        extra.collect()
    }

    /// The line before the first that is missing, with its number; only where nothing was printed that is not wanted,
    /// so that the lines before are the same on both sides.
    pub(super) fn before_first_missing(&self) -> Option<(usize, &'a str)> {
        let (number, _) = self.first_missing().filter(|_| self.extra() == 0)?;
        let first = self
            .changes
            .iter()
            .position(|change| matches!(change, Change::Missing(..)))?;
        match self.changes.get(first.checked_sub(1)?)? {
            Change::Same(line) => Some((number - 1, line)),
            _ => None,
        }
    }

    /// The difference as notes: `-` wanted, `+` printed, two spaces for a line that is right.
    pub(super) fn shown(&self) -> Vec<String> {
        let changed = |i: usize| {
            self.changes
                .get(i)
                .is_some_and(|c| !matches!(c, Change::Same(_)))
        };
        // Of two long lines, one under the other, that part is shown where they differ.
        let skipped = |i: usize| match (self.changes.get(i), self.changes.get(i + 1)) {
            (Some(Change::Missing(_, a)), Some(Change::Extra(_, b))) => alike(a, b),
            _ => 0,
        };
        let mut notes = Vec::new();
        let mut left_out = self.more_missing + self.more_extra;
        for (i, change) in self.changes.iter().enumerate() {
            let (sign, line) = match change {
                Change::Same(line) => (' ', line),
                Change::Missing(_, line) => ('-', line),
                Change::Extra(_, line) => ('+', line),
            };
            let context = sign == ' ';
            if context && !(changed(i + 1) || i.checked_sub(1).is_some_and(changed)) {
                continue;
            }
            if notes.len() >= SHOWN {
                left_out += usize::from(!context);
            } else {
                let skip = match change {
                    Change::Same(_) => 0,
                    Change::Missing(..) => skipped(i),
                    Change::Extra(..) => i.checked_sub(1).map_or(0, skipped),
                };
                let line: String = line.chars().skip(skip).collect();
                let start = if skip > 0 { "…" } else { "" };
                notes.push(format!("{sign} {start}{}", shown(&line)));
            }
        }
        match left_out {
            0 => {}
            1 => notes.push("… and 1 more line".to_owned()),
            n => notes.push(format!("… and {n} more lines")),
        }
        notes
    }
}

/// How many characters need not be shown at the beginning of two lines: where both would be cut off before they differ,
/// all but the last that they share.
fn alike(a: &str, b: &str) -> usize {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    if same > WIDTH / 2 {
        same - WIDTH / 4
    } else {
        0
    }
}

/// A line as it is shown in a difference: white space visible where it is easy to miss, cut to a width.
pub(super) fn shown(line: &str) -> String {
    let (body, newline) = match line.strip_suffix('\n') {
        Some(body) => (body, "⏎"),
        None => (line, ""),
    };
    let mut text = visible(body);
    if let Some((cut, _)) = text.char_indices().nth(WIDTH) {
        text.truncate(cut);
        text.push('…');
    }
    text + newline
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(wanted: &[&str], printed: &[&str]) -> Vec<String> {
        compare(wanted, printed, |a, b| a == b).shown()
    }

    #[test]
    fn only_what_differs_is_shown_with_a_line_around_it() {
        assert_eq!(
            diff(&["a", "b", "c", "d", "e"], &["a", "b", "x ", "d", "e"]),
            ["  b", "- c", "+ x·"]
        );
        assert!(compare(&["a"], &["a"], |a, b| a == b).is_equal());
    }

    #[test]
    fn a_missing_line_does_not_shift_the_rest() {
        let lines = compare(&["a", "b", "c"], &["a", "c"], |a, b| a == b);
        assert_eq!((lines.missing(), lines.extra()), (1, 0));
        assert_eq!(lines.first_missing(), Some((2, "b")));
    }

    #[test]
    fn long_lines_are_shown_where_they_differ() {
        let long = "1".repeat(150);
        let shown = diff(&[&format!("{long}2345")], &[&format!("{long}9")]);
        assert_eq!(
            shown,
            [
                format!("- …{}2345", "1".repeat(40)),
                format!("+ …{}9", "1".repeat(40))
            ]
        );
    }

    #[test]
    fn the_line_before_a_missing_one_is_known() {
        let before = |wanted: &[&'static str], printed: &[&'static str]| {
            compare(wanted, printed, |a, b| a == b).before_first_missing()
        };
        assert_eq!(before(&["a", "b", "c"], &["a", "b"]), Some((2, "b")));
        assert_eq!(before(&["a", "b", "c"], &["a", "c"]), Some((1, "a")));
        assert_eq!(before(&["a", "b"], &["b"]), None);
        assert_eq!(before(&["a", "b"], &["a", "c"]), None);
    }

    #[test]
    fn repeated_lines_are_counted() {
        let lines = compare(&["x", "x", "y"], &["x", "x", "x", "y"], |a, b| a == b);
        assert_eq!((lines.missing(), lines.extra()), (0, 1));
    }

    #[test]
    fn a_flood_is_cut() {
        let flood: Vec<String> = (0..100_000).map(|i| format!("line {i}")).collect();
        let flood: Vec<&str> = flood.iter().map(String::as_str).collect();
        let lines = compare(&["a"], &flood, |a, b| a == b);
        assert_eq!(lines.extra(), 100_000);
        let notes = lines.shown();
        assert_eq!(notes.len(), SHOWN + 1);
        assert_eq!(notes.last().unwrap(), "… and 99989 more lines");
    }
}
