//! Our two streams: how each is written to, and the writing.

use std::io::{IsTerminal, Write};

use crate::error::Error;
use crate::report::style::{ColorChoice, Style};

/// What is known about our own stdout and stderr.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console {
    /// How results on stdout are drawn.
    pub(super) out: Style,
    /// Whether what is written on stdout is drawn for a terminal, rather than left as a file for others to read.
    pub(super) drawn: bool,
    /// How messages on stderr are drawn.
    pub(super) err: Style,
    /// Whether progress may be drawn over itself on stderr.
    pub(super) progress: bool,
}

impl Console {
    /// Decides once, for each stream by what it really is.
    pub(super) fn new(color: ColorChoice) -> Self {
        let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let out = Style::of_stream(color, &stdout);
        Self {
            out,
            // Whoever asks for color in a pipe has a pager behind it.
            drawn: stdout.is_terminal() || out.color,
            err: Style::of_stream(color, &stderr),
            progress: stderr.is_terminal() && !dumb,
        }
    }
}

/// Writes a result to stdout.
pub(super) fn print(text: &str) -> Result<(), Error> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|source| Error::stream("standard output", source))
}

/// Writes a message about ourselves to stderr; if even that fails there is nobody left to tell.
pub(super) fn complain(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
