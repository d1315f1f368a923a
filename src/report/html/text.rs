//! Text that strangers wrote, on its way into HTML: bounded, with everything visible that would hide, and never markup.

use std::fmt::Write as _;

use crate::course::units::human_count;
use crate::gradebook::policy::Points;
use crate::report::escape;

/// On one line, at most `limit` characters.
pub(super) fn line(text: &str, limit: usize) -> String {
    escape::terminal(text, true, limit)
}

/// At most `lines` lines.
pub(super) fn block(text: &str, lines: usize) -> String {
    escape::terminal_lines(text, true, lines).join("\n")
}

/// With its line breaks, at most `limit` characters.
pub(super) fn passage(text: &str, limit: usize) -> String {
    let end = text
        .char_indices()
        .nth(limit)
        .map_or(text.len(), |(at, _)| at);
    let mut out = escape::xml(&text[..end].replace("\r\n", "\n"));
    let left = text[end..].chars().count();
    if left > 0 {
        let _ = write!(out, "… ({} more characters)", human_count(left as u64));
    }
    out
}

/// Appends text, escaped for elements and for attributes in quotes.
pub(super) fn push(out: &mut String, text: &str) {
    for c in text.chars() {
        match entity(c) {
            Some(entity) => out.push_str(entity),
            None => out.push(c),
        }
    }
}

/// A sentence of ours in HTML: what stands between backticks is code. The text is escaped.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let pairs = text.matches('`').count() / 2;
    let mut pieces = text.splitn(2 * pairs + 1, '`');
    if let Some(piece) = pieces.next() {
        push(&mut out, piece);
    }
    while let (Some(code), Some(piece)) = (pieces.next(), pieces.next()) {
        out.push_str("<code>");
        push(&mut out, code);
        out.push_str("</code>");
        push(&mut out, piece);
    }
    out
}

/// How many bytes the text takes once it is escaped.
pub(super) fn weight(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            // Two of them become a pair of tags.
            '`' => 7,
            c => entity(c).map_or(c.len_utf8(), str::len),
        })
        .sum()
}

const fn entity(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        // No HTML may have these.
        '\u{fffe}' | '\u{ffff}' => Some("\u{fffd}"),
        _ => None,
    }
}

/// A file's name as part of a URL.
pub(super) fn in_url(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Points without needless digits: `7`, `7.5`, `-0.25`.
pub(super) fn points(points: Points) -> String {
    let hundredths = points.0.unsigned_abs();
    let sign = if points.0 < 0 { "-" } else { "" };
    let (whole, part) = (hundredths / 100, hundredths % 100);
    match part {
        0 => format!("{sign}{whole}"),
        part if part.is_multiple_of(10) => format!("{sign}{whole}.{}", part / 10),
        part => format!("{sign}{whole}.{part:02}"),
    }
}

/// `1 point`, `7.5 points`.
pub(super) fn points_in_words(given: Points) -> String {
    let noun = if given.0.abs() == 100 {
        "point"
    } else {
        "points"
    };
    format!("{} {noun}", points(given))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        let mut out = String::new();
        push(&mut out, "<a href=\"x\" title='&'>");
        assert_eq!(out, "&lt;a href=&quot;x&quot; title=&#39;&amp;&#39;&gt;");
        assert_eq!(weight("<a href=\"x\" title='&'>"), out.len());
    }

    #[test]
    fn code_between_backticks_is_code_and_nothing_else_is() {
        assert_eq!(
            prose("says `<a>`, not `b`"),
            "says <code>&lt;a&gt;</code>, not <code>b</code>"
        );
        assert_eq!(prose("`a` and ` <b>"), "<code>a</code> and ` &lt;b&gt;");
        assert_eq!(prose("``"), "<code></code>");
        assert_eq!(prose("`"), "`");
        assert_eq!(prose(""), "");
    }

    #[test]
    fn a_passage_keeps_its_lines_and_is_bounded() {
        assert_eq!(passage("a\r\nb\u{1b}", 10), "a\nb␛");
        assert_eq!(passage("日本語", 2), "日本… (1 more characters)");
    }

    #[test]
    fn names_in_urls_lead_nowhere_else() {
        assert_eq!(in_url("Zoë 李"), "Zo%C3%AB%20%E6%9D%8E");
        assert_eq!(in_url("a#b?c/d:e%"), "a%23b%3Fc%2Fd%3Ae%25");
    }

    #[test]
    fn points_have_the_digits_that_they_need() {
        let shown: Vec<String> = [700, 750, 725, 705, 5, -25, 0]
            .map(|hundredths| points(Points(hundredths)))
            .into();
        assert_eq!(shown, ["7", "7.5", "7.25", "7.05", "0.05", "-0.25", "0"]);
        assert_eq!(points_in_words(Points(100)), "1 point");
        assert_eq!(points_in_words(Points(50)), "0.5 points");
    }
}
