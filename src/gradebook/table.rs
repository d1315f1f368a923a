//! Tables that a teacher fills in with any spreadsheet: what spreadsheets do to them is undone here.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::Error;

/// Larger files were not made by marking.
const MAX_BYTES: u64 = 256 << 20;

/// A row with the number of the line on which it begins.
pub(super) struct Line {
    pub(super) number: usize,
    /// Its cells, in the order in which the columns were asked for; empty where there is none.
    pub(super) cells: Vec<String>,
}

/// The file's text; `None` if it is not there.
///
/// # Errors
/// [`Error::Usage`] if it is no such table, [`Error::File`].
pub(super) fn text_of(path: &Path) -> Result<Option<String>, Error> {
    let cannot = |source| Error::file("read", path, source);
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(error)),
        Ok(data) if data.len() > MAX_BYTES || !data.is_file() => {
            return Err(bad(path, "it is not a table that memgrade wrote"));
        }
        Ok(_) => {}
    }
    let bytes = fs::read(path).map_err(cannot)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// The rows of a table that has the columns `needed`, and perhaps `optional`.
pub(super) fn rows(text: &str, needed: &[&str], optional: &[&str]) -> Result<Vec<Line>, String> {
    // Spreadsheets put a byte order mark in front, and use what their country separates cells by.
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or_default();
    let count = |delimiter: char| header.matches(delimiter).count();
    let delimiter = [b';', b'\t']
        .into_iter()
        .find(|delimiter| count(char::from(*delimiter)) > count(','))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|cell| cell.trim().eq_ignore_ascii_case(name))
    };
    let mut columns = Vec::new();
    for name in needed {
        let missing = || format!("it has no column `{name}`");
        columns.push(Some(column(name).ok_or_else(missing)?));
    }
    columns.extend(optional.iter().map(|name| column(name)));
    let mut rows = Vec::new();
    let mut lines = Lines::new(text);
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let cell = |at: &Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        rows.push(Line {
            number: record.position().map_or(0, |at| lines.at(at.byte())),
            cells: columns.iter().map(|at| cell(at).to_owned()).collect(),
        });
    }
    Ok(rows)
}

/// Counts the lines of a text from one place to the next: a class's table is too long to be counted from its start for each row.
struct Lines<'a> {
    text: &'a str,
    /// So much of it is counted.
    counted: usize,
    /// The number of the line there.
    number: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            counted: 0,
            number: 1,
        }
    }

    /// The number of the line on which a record begins, which is not before the one asked for last. The reader's own count is
    /// behind where lines end as on Windows.
    fn at(&mut self, byte: u64) -> usize {
        let start = usize::try_from(byte).unwrap_or(usize::MAX);
        let start = start.min(self.text.len()).max(self.counted);
        let rest = self.text.as_bytes()[start..].iter();
        let blank = rest
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let new = self.text.get(self.counted..start + blank);
        self.number += new.map_or(0, |new| new.matches('\n').count());
        self.counted = start + blank;
        self.number
    }
}

pub(super) fn bad(path: &Path, message: &str) -> Error {
    Error::usage(
        format!("{} cannot be used: {message}", path.display()),
        "correct it, or move it away: then it is written anew, without the points given so far",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_know_their_lines() {
        let text = "a,b\r\n1,\"two\r\nlines\"\r\n\r\n2,x\n3,y";
        let numbers: Vec<usize> = rows(text, &["a"], &[])
            .unwrap()
            .iter()
            .map(|row| row.number)
            .collect();
        assert_eq!(numbers, [2, 5, 6]);
    }
}
