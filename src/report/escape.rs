//! Making untrusted text safe, one function per sink.
//!
//! What a program printed, what a file or a student is called and what stands in a source file can hold anything:
//! terminal sequences, workflow commands, spreadsheet formulas, markup. Nothing of it reaches a sink unescaped.

use std::fmt::Write as _;

/// Characters of one line of program output or source that are shown.
pub const LINE_CHARS: usize = 200;
/// Characters of a name that are shown.
pub const NAME_CHARS: usize = 80;
/// Characters of a message or note that are shown.
pub const MESSAGE_CHARS: usize = 600;

/// For a terminal, on one line: every character that a terminal would obey or hide is made visible, at most `limit`
/// characters are kept, and what is left out is counted.
pub fn terminal(text: &str, unicode: bool, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit.saturating_mul(2)));
    let mut chars = text.chars();
    for c in chars.by_ref().take(limit) {
        push_visible(&mut out, c, unicode);
    }
    // At the end rather than up front: most lines are short, and counting reads the whole of a long one.
    let left = chars.count();
    if left > 0 {
        let dots = if unicode { "…" } else { "..." };
        let count = crate::course::units::human_count(left as u64);
        let _ = write!(out, "{dots} ({count} more characters)");
    }
    out
}

/// For a terminal, several lines: at most `lines` of them, each as [`terminal`] with [`LINE_CHARS`].
pub fn terminal_lines(text: &str, unicode: bool, lines: usize) -> Vec<String> {
    let mut rest = text.lines();
    let mut out: Vec<String> = rest
        .by_ref()
        .take(lines)
        .map(|line| terminal(line, unicode, LINE_CHARS))
        .collect();
    let left = rest.count();
    if left > 0 {
        let dots = if unicode { "…" } else { "..." };
        let count = crate::course::units::human_count(left as u64);
        let noun = if left == 1 { "line" } else { "lines" };
        out.push(format!("{dots} and {count} more {noun}"));
    }
    out
}

fn push_visible(out: &mut String, c: char, unicode: bool) {
    match c {
        '\t' => out.push_str("    "),
        '\0'..='\u{1f}' | '\u{7f}' if unicode => out.push(picture(c)),
        '\0'..='\u{1f}' | '\u{7f}' => {
            let _ = write!(out, "\\x{:02x}", u32::from(c));
        }
        c if is_deceptive(c) => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        c => out.push(c),
    }
}

/// For a line of source under which columns are counted: one visible character for each, tabs left as they are.
pub fn source_line(line: &str, unicode: bool) -> String {
    line.chars()
        .map(|c| match c {
            '\t' => '\t',
            '\0'..='\u{1f}' | '\u{7f}' if unicode => picture(c),
            '\0'..='\u{1f}' | '\u{7f}' => '?',
            c if is_deceptive(c) => {
                if unicode {
                    '\u{fffd}'
                } else {
                    '?'
                }
            }
            c => c,
        })
        .collect()
}

/// The picture of a C0 control character or DEL.
fn picture(c: char) -> char {
    match c {
        '\u{7f}' => '\u{2421}',
        c => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
    }
}

/// C1 controls, bidirectional controls, and characters that show as nothing. The two joiners stay: Indic scripts,
/// Persian and emoji need them, and a terminal does not obey them.
fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character does something other than show itself, line breaks and tabs aside.
pub(super) fn hides(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}')
        || is_deceptive(c)
}

/// For the data of a GitHub workflow command (what stands after the last `::`).
pub fn github_data(text: &str) -> String {
    github(text, false)
}

/// For a property of a GitHub workflow command.
pub fn github_property(text: &str) -> String {
    github(text, true)
}

fn github(text: &str, property: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' if property => out.push_str("%3A"),
            ',' if property => out.push_str("%2C"),
            c => push_visible(&mut out, c, true),
        }
    }
    out
}

/// For XML text and attributes: what XML 1.0 cannot hold and what hides is made visible. Markup is quoted by the
/// writer, not here.
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => push_visible(&mut out, c, true),
        }
    }
    out
}

/// For Markdown, on one line: nothing in it is markup, and at most `limit` characters are kept.
pub fn markdown(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit.saturating_mul(2)));
    for c in text.chars().take(limit) {
        match c {
            '\n' | '\t' => out.push(' '),
            // Within a word it is none: x86_64.
            '_' if out.ends_with(char::is_alphanumeric) => out.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '#' | '&' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => push_visible(&mut out, c, true),
        }
    }
    out
}

/// For a cell of a CSV file: a spreadsheet must read it as text. A formula is one wherever a cell may begin: at the
/// start, after blanks or quotes, and after the separators that other locales use.
pub fn csv_cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut may_begin = true;
    for c in text.trim_end_matches(['\r', '\n']).chars() {
        match c {
            '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠' if may_begin => {
                out.push('\'');
                out.push(c);
            }
            // A cell that begins with a tab or a line break is itself a way into a formula.
            '\t' | '\r' | '\n' => out.push(' '),
            c => push_visible(&mut out, c, true),
        }
        may_begin = matches!(c, ';' | ',' | '\t' | '\r' | '\n')
            || (may_begin && (c.is_whitespace() || "\"'".contains(c)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\u{1b}[31mb\u{9b}2J\u{202e}c\u{200b}\0\u{7f}\r\n::error::x";

    #[test]
    fn a_terminal_obeys_nothing() {
        assert_eq!(
            terminal(HOSTILE, true, 200),
            "a␛[31mb\\u{9b}2J\\u{202e}c\\u{200b}␀␡␍␊::error::x"
        );
        assert_eq!(
            terminal(HOSTILE, false, 200),
            "a\\x1b[31mb\\u{9b}2J\\u{202e}c\\u{200b}\\x00\\x7f\\x0d\\x0a::error::x"
        );
    }

    #[test]
    fn long_lines_and_long_output_are_cut_and_counted() {
        let long = "x".repeat(1300);
        assert_eq!(terminal(&long, true, 5), "xxxxx… (1,295 more characters)");
        assert_eq!(terminal("12345", true, 5), "12345");
        assert_eq!(
            terminal_lines("a\nb\nc\nd", false, 2),
            ["a", "b", "... and 2 more lines"]
        );
    }

    #[test]
    fn source_keeps_its_columns() {
        let line = "\tlet x\u{202e} = \"\u{1b}\";";
        let shown = source_line(line, true);
        assert_eq!(shown, "\tlet x\u{fffd} = \"␛\";");
        assert_eq!(shown.chars().count(), line.chars().count());
    }

    #[test]
    fn workflow_commands_stay_in_their_field() {
        assert_eq!(github_data("50%\r\n::error::x"), "50%25%0D%0A::error::x");
        assert_eq!(github_property("a,b:c%"), "a%2Cb%3Ac%25");
    }

    #[test]
    fn markdown_has_no_markup() {
        assert_eq!(
            markdown("a *b* [c](d) <e>\n# f \u{1b}[0m `g`", 200),
            "a \\*b\\* \\[c\\](d) \\<e\\> \\# f ␛\\[0m \\`g\\`"
        );
        assert_eq!(markdown("abc", 2), "ab");
    }

    #[test]
    fn xml_holds_what_xml_can_hold() {
        assert_eq!(xml("a\u{1b}\u{fffe}\nb"), "a␛\u{fffd}\nb");
    }

    #[test]
    fn cells_are_never_formulas() {
        for (cell, expected) in [
            ("=1+2", "'=1+2"),
            ("+cmd", "'+cmd"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "  '=1"),
            ("\t=1", " '=1"),
            ("\r=1", " '=1"),
            ("\n@x", " '@x"),
            ("\"=1", "\"'=1"),
            ("Ann;=1", "Ann;'=1"),
            ("\u{a0}=1", "\u{a0}'=1"),
            ("＝1", "'＝1"),
            ("Jean-Luc O'Neil", "Jean-Luc O'Neil"),
            ("a = b", "a = b"),
            ("x\u{1b}[0m", "x␛[0m"),
        ] {
            assert_eq!(csv_cell(cell), expected, "{cell:?}");
        }
    }
}
