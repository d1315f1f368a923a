//! Which line of a regular expression over several lines the output does not have.
//!
//! A pattern for a whole output fails as a whole. Cut at its line breaks, the first part that no line matches says
//! where, without showing what should stand there.

use regex::Regex;

/// Patterns with more parts are not looked into.
const MAX_PARTS: usize = 64;
/// Letters that a line and a part must share at their beginnings, at least.
const LEAST_SHARED: usize = 3;

/// Where the output stops being what is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Gap<'t> {
    /// The line that looks like the one that is missing, with its number from 1.
    pub(super) near: Option<(usize, &'t str)>,
    /// How the missing line begins, as far as that is fixed text without figures.
    pub(super) beginning: String,
}

/// What is wrong with an output that does not match.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault<'t> {
    /// No line is like this part; `whole` if the pattern is about this one line only.
    Missing { gap: Gap<'t>, whole: bool },
    /// Every part has its line, but they do not follow each other as they should.
    Order,
}

/// Looks for the first part of the pattern that no line matches; `None` where the pattern cannot be cut into lines.
pub(super) fn find<'t>(pattern: &str, text: &'t str) -> Option<Fault<'t>> {
    let lines: Vec<&str> = text
        .strip_suffix('\n')
        .unwrap_or(text)
        .split('\n')
        .collect();
    let parts = parts(pattern)?;
    let whole = parts.len() == 1;
    for part in &parts {
        let regex = Regex::new(&part.regex()).ok()?;
        if lines.iter().any(|line| regex.is_match(line)) {
            continue;
        }
        let beginning = beginning(&part.text);
        let near = nearest(&beginning, &lines);
        let fixed = beginning
            .split(|c: char| c.is_ascii_digit())
            .next()
            .unwrap_or_default();
        return Some(Fault::Missing {
            gap: Gap {
                near,
                beginning: fixed.trim().to_owned(),
            },
            whole,
        });
    }
    (!whole).then_some(Fault::Order)
}

/// The part of a pattern that one line should match.
#[derive(Debug, Default, Clone, PartialEq)]
struct Part {
    text: String,
    /// Whether a line must begin or end with it.
    begins: bool,
    ends: bool,
}

impl Part {
    fn regex(&self) -> String {
        let start = if self.begins { "^" } else { "" };
        let end = if self.ends { r"\r?$" } else { "" };
        format!("{start}(?:{}){end}", self.text)
    }
}

/// Cuts a pattern at line breaks, and at what stands for any number of lines. White space of the verbose form is taken
/// out, so that the parts can be read without flags.
fn parts(pattern: &str) -> Option<Vec<Part>> {
    let (flags, body) = match pattern.trim_start().strip_prefix("(?") {
        Some(rest) => match rest.split_once(')') {
            Some((flags, body)) if flags.chars().all(|c| c.is_ascii_alphabetic()) => (flags, body),
            _ => ("", pattern),
        },
        None => ("", pattern),
    };
    if flags.contains('i') || flags.contains('U') {
        return None;
    }
    let (verbose, any_line) = (flags.contains('x'), flags.contains('s'));
    let mut parts = vec![Part::default()];
    let mut depth = 0_usize;
    let mut in_class = false;
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        let top = depth == 0 && !in_class;
        let current = parts.last_mut()?;
        match c {
            '\\' => match chars.next()? {
                'n' if top => {
                    current.ends = true;
                    parts.push(Part {
                        begins: true,
                        ..Part::default()
                    });
                }
                'A' if top => current.begins = true,
                'z' if top => current.ends = true,
                escaped => current.text.extend(['\\', escaped]),
            },
            '\n' if top && !verbose => {
                current.ends = true;
                parts.push(Part {
                    begins: true,
                    ..Part::default()
                });
            }
            '#' if verbose && !in_class => while chars.next_if(|c| *c != '\n').is_some() {},
            c if verbose && !in_class && c.is_whitespace() => {}
            '^' if top => current.begins = true,
            '$' if top => current.ends = true,
            '.' if top && any_line && matches!(chars.peek(), Some('*' | '+')) => {
                chars.next();
                chars.next_if_eq(&'?');
                parts.push(Part::default());
            }
            '|' if top => return None,
            c => {
                match c {
                    '[' => in_class = true,
                    ']' => in_class = false,
                    '(' if !in_class => depth += 1,
                    ')' if !in_class => depth = depth.checked_sub(1)?,
                    _ => {}
                }
                current.text.push(c);
            }
        }
    }
    parts.retain(|part| !part.text.is_empty());
    (depth == 0 && !in_class && (1..=MAX_PARTS).contains(&parts.len())).then_some(parts)
}

/// The fixed text that a part begins with, white space as single spaces.
fn beginning(part: &str) -> String {
    let mut text = String::new();
    let mut chars = part.chars().peekable();
    while let Some(c) = chars.next() {
        let literal = match c {
            '\\' => match chars.next() {
                Some('b') => continue,
                Some('s') => {
                    while chars.next_if(|c| matches!(c, '+' | '*')).is_some() {}
                    ' '
                }
                Some(c) if c.is_ascii_punctuation() => c,
                _ => break,
            },
            '[' | '(' | '.' | '{' | '*' | '+' | '?' => break,
            c => c,
        };
        if matches!(chars.peek(), Some('*' | '?' | '{' | '+')) {
            break;
        }
        text.push(literal);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The line that shares most of its beginning; the whole first word, at least.
fn nearest<'t>(beginning: &str, lines: &[&'t str]) -> Option<(usize, &'t str)> {
    let word = beginning.split(' ').next().unwrap_or_default();
    let shared = |line: &str| {
        let mut words = line.split_whitespace();
        if words.clone().next().is_none_or(|first| first != word) {
            return 0;
        }
        // A line is as long as its program likes.
        let mut start = String::new();
        while let Some(word) = words.next().filter(|_| start.len() <= beginning.len()) {
            if !start.is_empty() {
                start.push(' ');
            }
            start.push_str(word);
        }
        start
            .chars()
            .zip(beginning.chars())
            .take_while(|(a, b)| a == b)
            .count()
    };
    let candidates = (1..)
        .zip(lines)
        .map(|(number, line)| (shared(line), number, *line));
    // Of equals the first.
    candidates
        .filter(|(shared, ..)| *shared >= LEAST_SHARED)
        .max_by_key(|(shared, number, _)| (*shared, usize::MAX - number))
        .map(|(_, number, line)| (number, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r"(?x) \A
        function \s+ 0x[0-9a-f]+ \s+ \d+ \s* \n
        local    \s+ 0x[0-9a-f]+ \s+ \d+ \s* \z
    ";
    const PHASES: &str = r"(?s)stack: start\n.*stack: end, sum 7500\n.*ratio: \d+(\.\d+)?\n";

    #[test]
    fn the_first_line_that_is_not_as_asked_is_named() {
        // Pattern, output; the number of the line to look at, how the missing one begins, whether it is the only one.
        type Row = (
            &'static str,
            &'static str,
            Option<usize>,
            &'static str,
            bool,
        );
        let rows: [Row; 9] = [
            (
                TABLE,
                "function 0x1 5\nlocal  7ffd 4\n",
                Some(2),
                "local",
                false,
            ),
            (
                TABLE,
                "function 0x1\nlocal 0x2 4\n",
                Some(1),
                "function",
                false,
            ),
            (TABLE, "", None, "function", false),
            (
                PHASES,
                "stack: start\nstack: end, sum 75\nratio: 2\n",
                Some(2),
                "stack: end, sum",
                false,
            ),
            (
                PHASES,
                "stack: start\nstack: end, sum 7500\nratio: 7.5x\n",
                Some(3),
                "ratio:",
                false,
            ),
            (
                PHASES,
                "stack: start\nstack: end, sum 7500\n",
                None,
                "ratio:",
                false,
            ),
            (
                r"(?m)^Kept \d+, from 9 to 10$",
                "Kept 1, from 1 to 10\n",
                Some(1),
                "Kept",
                true,
            ),
            (r"(?m)^Kept \d+$", "After 1\n", None, "Kept", true),
            (
                r"total: 5",
                "x\ntotal: 6\ntotal: 7\n",
                Some(2),
                "total:",
                true,
            ),
        ];
        for (pattern, text, number, beginning, only) in rows {
            let Some(Fault::Missing { gap, whole }) = find(pattern, text) else {
                panic!("{pattern} against {text:?}");
            };
            assert_eq!(
                gap.near.map(|(number, _)| number),
                number,
                "{pattern} {text:?}"
            );
            assert_eq!(
                (gap.beginning.as_str(), whole),
                (beginning, only),
                "{pattern} {text:?}"
            );
        }
    }

    #[test]
    fn lines_that_are_all_there_are_in_the_wrong_order() {
        let text = "local 0x2 4\nfunction 0x1 5\n";
        assert_eq!(find(TABLE, text), Some(Fault::Order));
    }

    #[test]
    fn a_pattern_that_is_not_made_of_lines_is_left_alone() {
        for pattern in ["a|b", "(?i)a", "(a\n", "[a", "", "^$", r"\"] {
            assert_eq!(find(pattern, "x\n"), None, "{pattern}");
        }
        let groups = find("(?s)(a|b)\nc", "c\n");
        assert!(matches!(groups, Some(Fault::Missing { .. })), "{groups:?}");
    }

    proptest::proptest! {
        #[test]
        fn any_pattern_and_any_text_are_survived(pattern in "\\PC{0,40}", text in "(\\PC{0,9}\n){0,4}") {
            let _ = find(&pattern, &text);
        }
    }
}
