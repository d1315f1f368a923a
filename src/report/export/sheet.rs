//! A table that belongs to somebody else: read without losing how it is written, so that what is not changed stays byte for byte.
//!
//! The main type is [`Sheet`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::ExportError;

/// A table's text with the place of each cell.
pub(super) struct Sheet<'a> {
    text: &'a str,
    delimiter: u8,
    /// The bytes of each cell, quotes among them.
    rows: Vec<Vec<Range<usize>>>,
    /// New cells, by where the old one begins.
    changes: BTreeMap<usize, (usize, String)>,
}

impl<'a> Sheet<'a> {
    /// Reads a table of at least one row.
    pub(super) fn read(bytes: &'a [u8], what: &str) -> Result<Self, ExportError> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            let help = "take the file as it was downloaded; if a spreadsheet has saved it, save it as CSV in UTF-8";
            return Err(ExportError::unusable(
                format!("{what} is not UTF-8 text"),
                help,
            ));
        };
        let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let header = text.get(start..).unwrap_or_default().lines().next();
        let header = header.unwrap_or_default();
        if header.trim().is_empty() {
            let help = "take the file as it was downloaded";
            return Err(ExportError::unusable(format!("{what} is empty"), help));
        }
        let count = |delimiter: u8| header.bytes().filter(|byte| *byte == delimiter).count();
        let delimiter = [b';', b'\t']
            .into_iter()
            .find(|delimiter| count(*delimiter) > count(b','))
            .unwrap_or(b',');
        Ok(Self {
            text,
            delimiter,
            rows: rows(text.as_bytes(), start, delimiter),
            changes: BTreeMap::new(),
        })
    }

    /// How many rows there are, the header among them.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// What separates cells.
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The values of a row, as they were read.
    pub(super) fn values(&self, row: usize) -> Vec<Cow<'a, str>> {
        let cells = self.rows.get(row).into_iter().flatten();
        cells.map(|cell| self.value_at(cell)).collect()
    }

    /// The value of a cell as it was read; empty where there is none.
    pub(super) fn value(&self, row: usize, column: usize) -> Cow<'a, str> {
        let cell = self.rows.get(row).and_then(|row| row.get(column));
        cell.map_or(Cow::Borrowed(""), |cell| self.value_at(cell))
    }

    fn value_at(&self, cell: &Range<usize>) -> Cow<'a, str> {
        let raw = self.text.get(cell.clone()).unwrap_or_default();
        let Some(inner) = raw.trim_start_matches(' ').strip_prefix('"') else {
            return Cow::Borrowed(raw);
        };
        let inner = inner.trim_end_matches(' ');
        let inner = inner.strip_suffix('"').unwrap_or(inner);
        if inner.contains('"') {
            Cow::Owned(inner.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(inner)
        }
    }

    /// The cell as it is written.
    pub(super) fn raw(&self, row: usize, column: usize) -> &'a str {
        let cell = self.rows.get(row).and_then(|row| row.get(column));
        cell.and_then(|cell| self.text.get(cell.clone()))
            .unwrap_or_default()
    }

    /// Whether the row holds nothing at all.
    pub(super) fn is_blank(&self, row: usize) -> bool {
        self.values(row).iter().all(|value| value.trim().is_empty())
    }

    /// Puts a value into a cell; `false` if the row is too short to have it.
    pub(super) fn set(&mut self, row: usize, column: usize, value: &str) -> bool {
        let Some(cell) = self.rows.get(row).and_then(|row| row.get(column)).cloned() else {
            return false;
        };
        let was_quoted = self.raw(row, column).trim_start().starts_with('"');
        let written = written(value, self.delimiter, was_quoted);
        self.changes.insert(cell.start, (cell.end, written));
        true
    }

    /// The text with the new cells in it.
    pub(super) fn render(&self) -> Vec<u8> {
        let mut out = String::with_capacity(self.text.len() + 16 * self.changes.len());
        let mut done = 0;
        for (start, (end, new)) in &self.changes {
            out.push_str(self.text.get(done..*start).unwrap_or_default());
            out.push_str(new);
            done = *end;
        }
        out.push_str(self.text.get(done..).unwrap_or_default());
        out.into_bytes()
    }
}

/// A value as a cell: in quotes where it has to be, or where it should.
pub(super) fn written(value: &str, delimiter: u8, quoted: bool) -> String {
    let special = |c: char| matches!(c, '"' | '\n' | '\r') || c == char::from(delimiter);
    let edges = value.starts_with(' ') || value.ends_with(' ');
    if quoted || edges || value.contains(special) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}

fn rows(bytes: &[u8], start: usize, delimiter: u8) -> Vec<Vec<Range<usize>>> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut begin = start;
    let mut at = start;
    let mut quoted = false;
    // Whether this cell is one in quotes.
    let mut opened = false;
    while let Some(byte) = bytes.get(at) {
        let blank = || bytes[begin..at].iter().all(|byte| *byte == b' ');
        match byte {
            b'"' if quoted => {
                // A doubled quote opens again at once, which comes to the same.
                quoted = false;
            }
            b'"' if blank() || (opened && bytes.get(at - 1) == Some(&b'"')) => {
                quoted = true;
                opened = true;
            }
            byte if *byte == delimiter && !quoted => {
                row.push(begin..at);
                begin = at + 1;
                opened = false;
            }
            b'\r' | b'\n' if !quoted => {
                row.push(begin..at);
                rows.push(std::mem::take(&mut row));
                if *byte == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                    at += 1;
                }
                begin = at + 1;
                opened = false;
            }
            _ => {}
        }
        at += 1;
    }
    if begin < bytes.len() || !row.is_empty() {
        row.push(begin..bytes.len());
        rows.push(row);
    }
    rows
}
