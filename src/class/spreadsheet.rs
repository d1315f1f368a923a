//! Tables as spreadsheets write them: what they put in front, what they separate cells by, and a quotation mark that nobody closed.

use std::borrow::Cow;

/// The text of a table. UTF-16 says in front that it is; other encodings do not, and are not guessed.
///
/// # Errors
/// Which line is no UTF-8.
pub(crate) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
    let wide = |read: fn([u8; 2]) -> u16| {
        let units = bytes.chunks(2).skip(1);
        let units = units.map(|unit| read([unit[0], unit.get(1).copied().unwrap_or_default()]));
        let text: String = char::decode_utf16(units)
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        Ok(Cow::Owned(text))
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => {
                let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                Err(String::from_utf8_lossy(before).matches('\n').count() + 1)
            }
        },
    }
}

/// What stands below the marks that spreadsheets put in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Table<'t> {
    /// The header and all that follows.
    pub(crate) body: &'t str,
    /// What separates cells.
    pub(crate) delimiter: u8,
    /// Lines in front of the header.
    pub(crate) before: usize,
}

impl<'t> Table<'t> {
    /// Looks at a table's beginning.
    pub(crate) fn of(text: &'t str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        // Excel's own word for what separates cells.
        let said = first
            .trim_end_matches('\r')
            .strip_prefix("sep=")
            .map(str::as_bytes);
        if let Some(&[delimiter]) = said {
            return Self {
                body: rest,
                delimiter,
                before: 1,
            };
        }
        // Else it is what the spreadsheet's country separates cells by.
        let header = text.trim_start_matches(['\r', '\n']).lines().next();
        let count = |delimiter: u8| {
            let bytes = header.unwrap_or_default().bytes();
            bytes.filter(|byte| *byte == delimiter).count()
        };
        let delimiter = [b';', b'\t']
            .into_iter()
            .find(|delimiter| count(*delimiter) > count(b','))
            .unwrap_or(b',');
        Self {
            body: text,
            delimiter,
            before: 0,
        }
    }

    /// The line on which a quotation mark opens a cell that never ends, and swallows all rows below.
    pub(crate) fn unclosed(&self) -> Option<usize> {
        let mut line = 1 + self.before;
        let mut began = line;
        let mut is_open = false;
        // Whether a mark here opens a cell; one that doubles another opens again what that has closed.
        let (mut starts, mut doubles) = (true, false);
        for byte in self.body.bytes() {
            if byte == b'"' && is_open {
                (is_open, doubles) = (false, true);
            } else if byte == b'"' && (starts || doubles) {
                if starts {
                    began = line;
                }
                (is_open, starts, doubles) = (true, false, false);
            } else {
                let between = matches!(byte, b'\r' | b'\n') || byte == self.delimiter;
                (starts, doubles) = (!is_open && between, false);
            }
            line += usize::from(byte == b'\n');
        }
        is_open.then_some(began)
    }
}

/// What is said of a quotation mark that nobody closed.
pub(crate) fn unclosed(line: usize) -> String {
    format!("line {line}: a cell begins with a quotation mark, and none ends it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_in_front_are_no_part_of_a_table() {
        for (text, body, delimiter, before) in [
            ("a,b\n1;2", "a,b\n1;2", b',', 0),
            ("\u{feff}a;b\r\n", "a;b\r\n", b';', 0),
            ("sep=;\r\na,x;b\n", "a,x;b\n", b';', 1),
            ("\u{feff}sep=\t\na,b\n", "a,b\n", b'\t', 1),
            ("sep=", "sep=", b',', 0),
            ("\n\na;b\n", "\n\na;b\n", b';', 0),
            ("", "", b',', 0),
        ] {
            let expected = Table {
                body,
                delimiter,
                before,
            };
            assert_eq!(Table::of(text), expected, "{text:?}");
        }
    }

    #[test]
    fn utf_16_is_read_and_nothing_is_guessed() {
        let wide: Vec<u8> = "\u{feff}Zoë;𝄞"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(text(&wide).unwrap(), "Zoë;𝄞");
        let wide: Vec<u8> = "\u{feff}Zoë"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(text(&wide).unwrap(), "Zoë");
        assert_eq!(text("Zoë".as_bytes()).unwrap(), "Zoë");
        assert_eq!(text(b"id\nada\nZo\xeb\n"), Err(3));
        assert_eq!(text(b"\xff\xfe\x41").unwrap(), "A");
    }

    #[test]
    fn a_quotation_mark_that_swallows_rows_is_found() {
        let unclosed = |text: &str| Table::of(text).unclosed();
        assert_eq!(unclosed("a,b\n1,\"x\n2,y\n3,z\n"), Some(2));
        assert_eq!(unclosed("a,b\n1,\"x\n2,\"\"y\n"), Some(2));
        assert_eq!(unclosed("sep=;\na;b\n1;\"x\n"), Some(3));
        for closed in [
            "a,b\n1,\"two\r\nlines\"\n2,\"say \"\"x\"\"\"\n",
            "a,b\n1,5\" of \"\"rain\n2,y\n",
            "a,b\n\"\",\"\"\n",
            "",
        ] {
            assert_eq!(unclosed(closed), None, "{closed}");
        }
    }
}
