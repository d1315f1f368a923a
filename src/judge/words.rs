//! Words and figures in findings: how amounts, lines and untrusted text are put to people.

use crate::course::units::{Size, human_count, human_size};

/// How much of a line that the program printed is quoted.
const QUOTED: usize = 120;
/// And of one in the middle of a sentence.
const BRIEF: usize = 32;

/// `1 block`, `2 blocks`.
pub(super) fn plural(count: u64, one: &str, many: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{} {many}", human_count(count))
    }
}

/// `1 block`, `3,000,000 blocks`.
pub(super) fn blocks(count: u64) -> String {
    plural(count, "block", "blocks")
}

/// A signed size: `-1.5 MiB`, `9.6 MiB`.
pub(super) fn signed_size(bytes: i128) -> String {
    let size = human_size(clamp(bytes.unsigned_abs()));
    if bytes < 0 { format!("-{size}") } else { size }
}

/// A signed count.
pub(super) fn signed_count(count: i128) -> String {
    let text = human_count(clamp(count.unsigned_abs()));
    if count < 0 { format!("-{text}") } else { text }
}

fn clamp(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// A size both ways, where rounding hides what matters: `9.6 MiB (10,066,330 bytes)`.
pub(super) fn exact_size(bytes: u64) -> String {
    if bytes < 1024 {
        human_size(bytes)
    } else {
        format!("{} ({} bytes)", human_size(bytes), human_count(bytes))
    }
}

/// A size that an author wrote, in its own unit: `8 GiB`, `500 MB`, `4,095 bytes`.
pub(super) fn limit_size(bytes: u64) -> String {
    let text = Size(bytes).to_string();
    if text.ends_with(" B") {
        plural(bytes, "byte", "bytes")
    } else {
        text
    }
}

/// A large number in few letters: `853`, `85 million`, `8.6 billion`.
pub(super) fn rough_count(count: f64) -> String {
    let scaled = |unit: f64, name: &str| {
        let value = count / unit;
        if value < 9.95 {
            format!("{value:.1} {name}")
        } else {
            format!("{value:.0} {name}")
        }
    };
    if !count.is_finite() || count < 0.0 {
        "no".to_owned()
    } else if count < 999_999.5 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and a million"
        )]
        human_count(count.round() as u64)
    } else if count < 999.5e6 {
        scaled(1e6, "million")
    } else {
        scaled(1e9, "billion")
    }
}

/// Text of the program's, quoted: one line, cut to a length that can be read, white space and control characters
/// visible.
pub(super) fn quote(text: &str) -> String {
    let mut shown = visible(text);
    if let Some((cut, _)) = shown.char_indices().nth(QUOTED) {
        shown.truncate(cut);
        shown.push('…');
    }
    format!("`{shown}`")
}

/// A short quote, for the middle of a sentence.
pub(super) fn brief(text: &str) -> String {
    match text.char_indices().nth(BRIEF) {
        Some((cut, _)) => quote(&format!("{}…", text.get(..cut).unwrap_or(text).trim_end())),
        None => quote(text),
    }
}

/// A regular expression of the spec's, as the line that it stands for: `After <number> transactions`. One that is too
/// long or too clever for that is called the pattern of the exercise.
pub(super) fn pattern(regex: &str) -> String {
    let mut text = regex.trim_start_matches("(?m)").to_owned();
    let simple = [
        (r"0x[0-9a-f]+", "<address>"),
        (r"\d+(\.\d+)?", "<number>"),
        (r"\d+(?:\.\d+)?", "<number>"),
        (r"[0-9.]+", "<number>"),
        (r"[0-9.,]+", "<number>"),
        (r"[0-9]+", "<number>"),
        (r"\d+", "<number>"),
        (r"[kKM]i?B", "<unit>"),
        (r"\w+", "<word>"),
        (r"\S+", "<word>"),
        (r".+", "…"),
        (r".*", "…"),
        (r"\s+", " "),
        (r"\s*", " "),
        (r"\s", " "),
    ];
    for (from, to) in simple {
        text = text.replace(from, to);
    }
    text = without_groups(&text);
    let unfinished = text.strip_prefix('^').unwrap_or(&text);
    let line = unfinished.strip_suffix('$').unwrap_or(unfinished);
    let mut plain = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(escaped) if escaped.is_ascii_punctuation() => plain.push(escaped),
                _ => return "the pattern of the exercise".to_owned(),
            },
            '[' | ']' | '*' | '+' | '?' | '|' | '{' | '}' | '^' | '$' | '(' | ')' | '\n' => {
                return "the pattern of the exercise".to_owned();
            }
            c => plain.push(c),
        }
    }
    if plain.trim().is_empty() || plain.chars().count() > QUOTED {
        return "the pattern of the exercise".to_owned();
    }
    quote(plain.trim_end())
}

/// The text without the parentheses of named groups, where they do not nest.
fn without_groups(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("(?<").or_else(|| rest.find("(?P<")) {
        out.push_str(rest.get(..start).unwrap_or_default());
        let Some((inside, after)) = rest
            .get(start..)
            .and_then(|group| group.split_once('>'))
            .and_then(|(_, group)| group.split_once(')'))
        else {
            return text.to_owned();
        };
        out.push_str(inside);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The text with characters made visible that one cannot see: leading, trailing and repeated spaces as `·`, tabs as
/// `→`, everything else that is no printable character as its escape.
pub(super) fn visible(text: &str) -> String {
    let chars: Vec<char> = text.chars().take(4 * QUOTED).collect();
    let mut out = String::with_capacity(chars.len());
    for (i, &c) in chars.iter().enumerate() {
        let edge = i == 0 || i + 1 == chars.len();
        let beside_space = |j: Option<usize>| {
            j.and_then(|j| chars.get(j))
                .is_some_and(|c| c.is_whitespace())
        };
        match c {
            ' ' if edge || beside_space(i.checked_sub(1)) || beside_space(Some(i + 1)) => {
                out.push('·');
            }
            '\t' => out.push('→'),
            c if c.is_control() || is_invisible(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// Characters that take no room or turn the direction of the text around.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_that_matters_can_be_seen() {
        assert_eq!(visible("a b  c "), "a b··c·");
        assert_eq!(visible("\tx\r"), "→x\\u{d}");
        assert_eq!(visible("a\u{202e}b"), "a\\u{202e}b");
    }

    #[test]
    fn a_simple_pattern_reads_like_the_line_that_it_stands_for() {
        let cases = [
            (
                r"^After \d+ transactions: (?<claim>[0-9.]+ MiB) in use$",
                "`After <number> transactions: <number> MiB in use`",
            ),
            (r"^ratio: (?P<claim>\d+(\.\d+)?)", "`ratio: <number>`"),
            (
                r"(?m)^vector\s+0x[0-9a-f]+\s+2000000\s+\w+",
                "`vector <address> 2000000 <word>`",
            ),
            (
                r"^local\s+(?P<claim>0x[0-9a-f]+)\s+\d+\s+(?P<region>\w+)",
                "`local <address> <number> <word>`",
            ),
            (
                r"virtual \+(?P<claim>\d+(\.\d+)? [kKM]i?B)",
                "`virtual +<number> <unit>`",
            ),
            (r"^(a|b)$", "the pattern of the exercise"),
            ("(?s)a\nb", "the pattern of the exercise"),
            ("", "the pattern of the exercise"),
        ];
        for (regex, words) in cases {
            assert_eq!(pattern(regex), words, "{regex}");
        }
    }

    #[test]
    fn quotes_are_cut() {
        assert_eq!(quote(&"x".repeat(500)).chars().count(), QUOTED + 3);
    }

    #[test]
    fn rough_counts_have_two_or_three_digits() {
        assert_eq!(rough_count(853.4), "853");
        assert_eq!(rough_count(85_333_333.0), "85 million");
        assert_eq!(rough_count(8_600_000.0), "8.6 million");
        assert_eq!(rough_count(999_999.9), "1.0 million");
        assert_eq!(rough_count(f64::INFINITY), "no");
    }

    #[test]
    fn signs_stand_before_the_number() {
        assert_eq!(signed_size(-2048), "-2.0 KiB");
        assert_eq!(signed_count(1_000_000), "1,000,000");
        assert_eq!(blocks(1), "1 block");
    }

    #[test]
    fn limits_are_put_as_their_author_wrote_them() {
        assert_eq!(limit_size(8 << 30), "8 GiB");
        assert_eq!(limit_size(500_000_000), "500 MB");
        assert_eq!(limit_size(4095), "4,095 bytes");
        assert_eq!(limit_size(0), "0 bytes");
    }
}
