//! The compiler's messages: JSON lines in, rendered text and the errors with their places out.
//!
//! The main type is [`Messages`]. The input is bounded by whoever read it, and nothing in it is trusted: it quotes the
//! learner's source.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Place;

/// Text of one message kept in a finding; whole in the rendered text.
const MESSAGE_CHARS: usize = 400;

/// Errors that are kept after the first.
const FURTHER: usize = 15;

/// Rendered messages, twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rendered {
    /// Without any control character but newlines and tabs.
    pub(super) plain: String,
    /// With the compiler's colors and no other escape sequence.
    pub(super) ansi: String,
}

/// What the compiler printed.
#[derive(Debug, Default)]
pub(super) struct Messages {
    /// All messages as the compiler renders them, as far as the limit allows.
    pub(super) rendered: Rendered,
    /// Whether `rendered` is cut at the limit.
    pub(super) cut: bool,
    /// The first error.
    pub(super) first: Option<Message>,
    /// The errors after it, as many as are told.
    pub(super) further: Vec<Message>,
    /// The first warnings, as many as are told.
    pub(super) warnings: Vec<Message>,
    /// How many errors there are.
    pub(super) errors: usize,
    /// Where the compiler says that evaluating a constant takes long.
    pub(super) long_evaluation: Option<Span>,
    /// What was printed beside the messages: a crash report, the system's own complaints.
    pub(super) other: String,
}

/// One message.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Message {
    /// One sentence, or a few lines.
    #[serde(rename = "message")]
    pub(super) text: String,
    code: Option<Code>,
    level: String,
    /// Places in the source.
    pub(super) spans: Vec<Span>,
    /// Notes and helps.
    #[serde(default)]
    pub(super) children: Vec<Child>,
    rendered: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Code {
    code: String,
}

/// A note or help below a message.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Child {
    level: String,
    pub(super) message: String,
    #[serde(default)]
    pub(super) spans: Vec<Span>,
}

/// A place in the source. Its `expansion` is left unread: a macro's can be nested without limit.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Span {
    file_name: String,
    line_start: u32,
    line_end: u32,
    column_start: u32,
    column_end: u32,
    pub(super) is_primary: bool,
    pub(super) label: Option<String>,
}

impl Span {
    /// The file's path as the learner's files are named, with `/`.
    pub(super) fn file(&self) -> String {
        if cfg!(windows) {
            self.file_name.replace('\\', "/")
        } else {
            self.file_name.clone()
        }
    }

    pub(super) fn place(&self) -> Place {
        Place {
            file: self.file(),
            line: self.line_start,
            column: Some(self.column_start),
            end_column: (self.line_start == self.line_end).then_some(self.column_end),
        }
    }
}

impl Message {
    /// The lint's or error's name.
    pub(super) fn code(&self) -> Option<&str> {
        self.code.as_ref().map(|code| code.code.as_str())
    }

    /// The sentence on one line, not too long.
    pub(super) fn sentence(&self) -> String {
        one_line(&self.text)
    }

    /// The first help below it.
    pub(super) fn help(&self) -> Option<String> {
        let help = self.children.iter().find(|child| child.level == "help")?;
        Some(one_line(&help.message))
    }

    /// Whether it is about the source, rather than the compiler's closing line.
    fn is_error(&self) -> bool {
        self.level.starts_with("error")
            && !(self.spans.is_empty() && self.text.starts_with("aborting due to "))
    }

    /// Whether it is a warning about the source, rather than how many there were.
    fn is_warning(&self) -> bool {
        self.level == "warning" && !self.spans.is_empty()
    }

    /// Whether it comes from linking, which has no place in the source.
    pub(super) fn is_about_linking(&self) -> bool {
        self.spans.is_empty() && self.text.starts_with("linking with ")
    }

    /// What the linker itself said.
    pub(super) fn linker_said(&self) -> &str {
        self.children
            .last()
            .map_or("", |child| child.message.as_str())
    }

    /// The rendered text. For the linker it is our own: the compiler shows the whole command line with the names of
    /// temporary files.
    fn rendering(&self) -> String {
        if self.is_about_linking() {
            return format!(
                "error: the program could not be linked\n{}\n",
                self.linker_said().trim_end()
            );
        }
        self.rendered.clone().unwrap_or_default()
    }
}

/// Reads what the compiler wrote to stderr; keeps at most `limit` bytes of rendered text.
pub(super) fn read(stderr: &[u8], limit: u64) -> Messages {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut messages = Messages::default();
    for line in stderr.split(|byte| *byte == b'\n') {
        let Ok(message) = serde_json::from_slice::<Message>(line) else {
            // A line that was cut in the middle by the output limit is no text for people either.
            if !line.starts_with(b"{") && !line.is_empty() {
                messages
                    .other
                    .push_str(&plain(&String::from_utf8_lossy(line)));
                messages.other.push('\n');
            }
            continue;
        };
        let ansi = colored(&message.rendering());
        if messages.rendered.ansi.len() + ansi.len() <= limit {
            messages.rendered.plain.push_str(&plain(&ansi));
            messages.rendered.ansi.push_str(&ansi);
        } else {
            messages.cut = true;
        }
        if message.text.starts_with("constant evaluation is taking") {
            messages.long_evaluation = primary(&message).cloned();
        }
        if message.is_error() {
            messages.errors += 1;
            if messages.first.is_none() {
                messages.first = Some(message);
            } else if messages.further.len() < FURTHER {
                messages.further.push(message);
            }
        } else if message.is_warning() && messages.warnings.len() < FURTHER {
            messages.warnings.push(message);
        }
    }
    messages
}

/// The place that a message is about.
pub(super) fn primary(message: &Message) -> Option<&Span> {
    let mut spans = message.spans.iter();
    spans.find(|span| span.is_primary).or(message.spans.first())
}

/// One line of at most [`MESSAGE_CHARS`] characters.
pub(super) fn one_line(text: &str) -> String {
    let text = plain(text);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Removes escape sequences, and replaces other control characters but newlines and tabs.
fn plain(text: &str) -> String {
    filter(text, false)
}

/// Keeps colors and removes everything else that [`plain`] removes.
fn colored(text: &str) -> String {
    filter(text, true)
}

fn filter(text: &str, colors: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((sequence, after)) = control_sequence(rest) {
            if colors && sequence.ends_with('m') {
                out.push_str(sequence);
            }
            rest = after;
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '\n' | '\t' => out.push(c),
            // Bidirectional controls make a line read other than it is.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A leading `ESC [ … letter` whose parameters are digits and semicolons, and the text after it.
fn control_sequence(text: &str) -> Option<(&str, &str)> {
    let body = text.strip_prefix("\x1b[")?;
    let length = body.find(|c: char| !(c.is_ascii_digit() || c == ';'))?;
    let last = body[length..]
        .chars()
        .next()
        .filter(char::is_ascii_alphabetic)?;
    Some(text.split_at(2 + length + last.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(message: &str, rendered: &str) -> String {
        serde_json::json!({"$message_type": "diagnostic", "message": message, "code": {"code": "E0001"},
            "level": "error", "children": [{"level": "help", "message": "do\nthis", "spans": []}],
            "rendered": rendered, "spans": [{"file_name": "a.rs", "line_start": 2, "line_end": 2,
            "column_start": 3, "column_end": 5, "is_primary": true, "label": null, "expansion": null}]})
        .to_string()
    }

    #[test]
    fn errors_are_counted_and_the_first_is_kept() {
        let text = format!(
            "{}\nnot json\n{}\n{{\"cut",
            line("one", "\x1b[1merror\x1b[0m: one\n"),
            line("two", "error: two\n")
        );
        let messages = read(text.as_bytes(), 1000);
        assert_eq!(messages.errors, 2);
        assert_eq!(messages.rendered.plain, "error: one\nerror: two\n");
        assert!(messages.rendered.ansi.starts_with("\x1b[1merror"));
        assert_eq!(messages.other, "not json\n");
        let first = messages.first.expect("an error");
        assert_eq!(first.help().as_deref(), Some("do this"));
        let place = primary(&first).expect("a span").place();
        assert_eq!(
            (place.line, place.column, place.end_column),
            (2, Some(3), Some(5))
        );
    }

    #[test]
    fn text_is_cut_at_whole_messages() {
        let text = format!("{}\n{}\n", line("one", "12345"), line("two", "67890"));
        let messages = read(text.as_bytes(), 8);
        assert_eq!(
            (messages.rendered.plain.as_str(), messages.cut),
            ("12345", true)
        );
        assert_eq!(messages.errors, 2);
    }

    #[test]
    fn only_colors_survive_of_escape_sequences() {
        let hostile = "a\x1b[31mb\x1b[2Jc\x1b]0;title\x07d\u{202e}e\rf\x1b[";
        assert_eq!(
            plain(hostile),
            "abc\u{fffd}]0;title\u{fffd}d\u{fffd}e\u{fffd}f\u{fffd}["
        );
        assert!(colored(hostile).starts_with("a\x1b[31mbc\u{fffd}]"));
    }

    #[test]
    fn nested_expansions_do_not_stop_the_reader() {
        let deep = format!(
            "{}null{}",
            "{\"span\":".repeat(100_000),
            "}".repeat(100_000)
        );
        let text = line("one", "x").replace("\"expansion\":null", &format!("\"expansion\":{deep}"));
        assert!(text.len() > 800_000);
        assert_eq!(read(text.as_bytes(), 10).errors, 1);
    }
}
