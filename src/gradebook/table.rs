//! Tables that a teacher fills in with any spreadsheet: what spreadsheets do to them is undone here.

use std::fs;
use std::io;
use std::path::Path;

use crate::class::spreadsheet::{self, Table};
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
    match spreadsheet::text(&bytes) {
        Ok(text) => Ok(Some(text.into_owned())),
        // Names and answers with other letters in them would be those of nobody.
        Err(line) => Err(Error::usage(
            format!(
                "{} cannot be used: it is not UTF-8 text, from line {line} on",
                path.display()
            ),
            "save it as `CSV UTF-8`",
        )),
    }
}

/// The rows of a table that has the columns `needed`, and perhaps `optional`.
pub(super) fn rows(text: &str, needed: &[&str], optional: &[&str]) -> Result<Vec<Line>, String> {
    let table = Table::of(text);
    if let Some(line) = table.unclosed() {
        return Err(spreadsheet::unclosed(line));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(table.delimiter)
        .flexible(true)
        .from_reader(table.body.as_bytes());
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
    let mut lines = Lines::new(table.body, table.before);
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
    fn new(text: &'a str, before: usize) -> Self {
        Self {
            text,
            counted: 0,
            number: 1 + before,
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
        let rows = rows("sep=;\r\na;b\r\n1;x\r\n", &["b"], &[]).unwrap();
        assert_eq!((rows[0].number, rows[0].cells[0].as_str()), (3, "x"));
    }

    #[test]
    fn no_row_is_swallowed_by_a_quotation_mark() {
        let message = rows("a,b\n1,\"x\n2,y\n", &["a"], &[]).err().unwrap();
        assert_eq!(
            message,
            "line 2: a cell begins with a quotation mark, and none ends it"
        );
    }

    #[test]
    fn letters_are_not_guessed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("manual.csv");
        fs::write(&path, b"student,part,points\nJ\xf6rg,,1\n").unwrap();
        let error = text_of(&path).unwrap_err();
        assert!(
            error.to_string().contains("not UTF-8 text, from line 2 on"),
            "{error}"
        );
        let wide: Vec<u8> = "\u{feff}Jörg"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        fs::write(&path, wide).unwrap();
        assert_eq!(text_of(&path).unwrap().unwrap(), "Jörg");
    }
}
