//! Command lines of memgrade's that stand in a text: found in its code, and split into words as a shell would.

use std::ops::Range;

/// A command line without its first word, `memgrade`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The words.
    pub words: Vec<String>,
    /// Whether the rest is a placeholder, so that only the first word says something.
    pub partial: bool,
    /// Where it stands.
    pub at: Range<usize>,
}

impl Quoted {
    /// The same in a text that begins `by` bytes earlier.
    pub(super) fn moved(self, by: usize) -> Self {
        Self {
            at: self.at.start + by..self.at.end + by,
            ..self
        }
    }
}

/// The command lines in a block of code, each on a line of its own.
pub(super) fn of_block(text: &str) -> Vec<Quoted> {
    let mut found = Vec::new();
    let mut at = 0;
    for part in text.split_inclusive('\n') {
        let line = part.trim();
        let start = at + (part.len() - part.trim_start().len());
        at += part.len();
        let typed = ["$ ", "> "]
            .iter()
            .find_map(|prompt| line.strip_prefix(prompt));
        if let Some((words, partial)) = split(typed.unwrap_or(line), true) {
            found.push(Quoted {
                words,
                partial,
                at: start..start + line.len(),
            });
        }
    }
    found
}

/// The command line that a piece of code in a sentence is, if it is one.
pub(super) fn of_code(code: &str, at: Range<usize>) -> Option<Quoted> {
    let (words, partial) = split(code.trim(), false)?;
    Some(Quoted { words, partial, at })
}

/// The words after `memgrade`; `None` for anything else. `aligned` says that two blanks set off what only explains the line.
fn split(line: &str, aligned: bool) -> Option<(Vec<String>, bool)> {
    let rest = line.strip_prefix("memgrade")?;
    if !rest.starts_with(' ') || rest.trim().is_empty() {
        return None;
    }
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote: Option<char> = None;
    let mut blanks = 0;
    let mut partial = false;
    for c in rest.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ' ' | '\t') => {
                blanks += 1;
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            // A comment, another command, a redirection: the rest is the shell's.
            (None, '#' | '>') if word.is_empty() => break,
            (None, '|' | ';' | '&') => break,
            (_, '\\') => {
                partial = true;
                break;
            }
            (_, c) => {
                if aligned && blanks > 1 && quote.is_none() && !words.is_empty() {
                    break;
                }
                word.push(c);
            }
        }
        blanks = 0;
    }
    if !word.is_empty() {
        words.push(word);
    }
    let is_placeholder = |word: &String| {
        let capitals = word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        word.contains(['<', '>', '[', ']', '…', '*']) || word.contains("...") || capitals
    };
    partial |= quote.is_some() || words.iter().any(is_placeholder);
    (!words.is_empty()).then_some((words, partial))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_a_shell_splits_them() {
        let block = |text: &str| -> Vec<String> {
            of_block(text)
                .into_iter()
                .map(|quoted| {
                    let end = if quoted.partial { " …" } else { "" };
                    format!("{}{end}", quoted.words.join("|"))
                })
                .collect()
        };
        for (text, words) in [
            ("memgrade list", "list"),
            (
                "  $ memgrade check a --submission .  ",
                "check|a|--submission|.",
            ),
            ("memgrade check a        checks it", "check|a"),
            ("memgrade    list", "list"),
            (
                "memgrade hint a \"b/c d\" --stage 2   the second",
                "hint|a|b/c d|--stage|2",
            ),
            ("memgrade lesson a | less", "lesson|a"),
            ("memgrade check > out.txt", "check"),
            ("memgrade check && echo fine", "check"),
            ("memgrade run x.rs -- leak # the curve", "run|x.rs|--|leak"),
            ("memgrade check EXERCISE", "check|EXERCISE …"),
            ("memgrade check <exercise>", "check|<exercise> …"),
            ("memgrade check … --jobs", "check|…|--jobs …"),
            ("memgrade check \\", "check …"),
            ("memgrade check \"a", "check|a …"),
        ] {
            assert_eq!(block(text), [words], "{text}");
        }
        for text in [
            "memgrade",
            "memgrades list",
            "cargo run -- list",
            "# memgrade",
            "memgrade   ",
        ] {
            assert_eq!(block(text), [""; 0], "{text}");
        }
    }
}
