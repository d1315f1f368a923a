//! How a stream is written to: colour, width, character set. Decided once, then passed on as a [`Style`].

use std::io::IsTerminal;

use colored::Colorize as _;

use super::layout::width;

/// What `--color` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorChoice {
    /// By the environment and the stream.
    #[default]
    Auto,
    /// Colour, whatever the stream is.
    Always,
    /// No colour.
    Never,
}

impl std::str::FromStr for ColorChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            _ => Err("expected `auto`, `always` or `never`".to_owned()),
        }
    }
}

/// The environment variables that matter here, by value, so that the decision is a pure function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `NO_COLOR`.
    pub no_color: Option<String>,
    /// `CLICOLOR_FORCE`.
    pub clicolor_force: Option<String>,
    /// `TERM`.
    pub term: Option<String>,
    /// `COLUMNS`.
    pub columns: Option<String>,
    /// The first of `LC_ALL`, `LC_CTYPE` and `LANG` that is not empty.
    pub locale: Option<String>,
}

impl Environment {
    /// Reads this process's environment.
    pub fn of_process() -> Self {
        let get = |name: &str| {
            std::env::var_os(name)
                .map(|value| value.to_string_lossy().into_owned())
                .filter(|value| !value.is_empty())
        };
        Self {
            no_color: get("NO_COLOR"),
            clicolor_force: get("CLICOLOR_FORCE"),
            term: get("TERM"),
            columns: get("COLUMNS"),
            locale: get("LC_ALL")
                .or_else(|| get("LC_CTYPE"))
                .or_else(|| get("LANG")),
        }
    }
}

/// What is known of the stream that is written to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stream {
    /// Whether it is a terminal.
    pub terminal: bool,
    /// Its width in columns, if it is a terminal that tells.
    pub columns: Option<u16>,
}

/// How to write to one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to write colours.
    pub color: bool,
    /// Columns that there are.
    pub width: usize,
    /// Whether block and arrow characters can be shown.
    pub unicode: bool,
}

/// Width of a stream that is no terminal.
const DEFAULT_WIDTH: usize = 80;
/// Lines of prose and aligned columns do not get wider than this: the eye loses the line.
const MEASURE: usize = 100;

impl Style {
    /// No colour; for files and tests.
    pub const fn plain(width: usize) -> Self {
        Self {
            color: false,
            width,
            unicode: true,
        }
    }

    /// The style for a stream of this process, such as `std::io::stdout()` or `std::io::stderr()`.
    #[cfg(unix)]
    pub fn of_stream(choice: ColorChoice, stream: &(impl IsTerminal + std::os::fd::AsFd)) -> Self {
        let terminal = stream.is_terminal();
        let columns = if terminal {
            rustix::termios::tcgetwinsize(stream)
                .ok()
                .map(|size| size.ws_col)
                .filter(|columns| *columns > 0)
        } else {
            None
        };
        Self::decide(
            choice,
            &Environment::of_process(),
            Stream { terminal, columns },
        )
    }

    /// The style for a stream of this process; its width is known from `COLUMNS` only.
    #[cfg(not(unix))]
    pub fn of_stream(choice: ColorChoice, stream: &impl IsTerminal) -> Self {
        let stream = Stream {
            terminal: stream.is_terminal(),
            columns: None,
        };
        Self::decide(choice, &Environment::of_process(), stream)
    }

    /// Decides: the flag over `NO_COLOR` over `CLICOLOR_FORCE` over what the stream is.
    pub fn decide(choice: ColorChoice, environment: &Environment, stream: Stream) -> Self {
        let set = |value: &Option<String>| value.as_deref().is_some_and(|value| !value.is_empty());
        let color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if set(&environment.no_color) => false,
            ColorChoice::Auto
                if set(&environment.clicolor_force)
                    && environment.clicolor_force.as_deref() != Some("0") =>
            {
                true
            }
            ColorChoice::Auto => stream.terminal && environment.term.as_deref() != Some("dumb"),
        };
        let width = environment
            .columns
            .as_deref()
            .and_then(|columns| columns.trim().parse::<usize>().ok())
            .or(stream.columns.map(usize::from))
            .unwrap_or(DEFAULT_WIDTH)
            .clamp(20, 1000);
        // A locale that is not set says nothing; most streams take UTF-8 today.
        let unicode = environment.locale.as_deref().is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Self {
            color,
            width,
            unicode,
        }
    }

    /// Columns for prose and aligned rows.
    pub fn measure(&self) -> usize {
        self.width.min(MEASURE)
    }

    /// `text` in `ink`, or `text` as it is where there is no colour.
    pub fn paint(&self, ink: Ink, text: &str) -> String {
        if !self.color || text.is_empty() || ink == Ink::Plain {
            return text.to_owned();
        }
        // `colored` decides for stdout, on its own; the decision here was made for the real stream. It is only ever
        // overridden in this one direction, so threads cannot disagree about it.
        colored::control::set_override(true);
        match ink {
            Ink::Plain => text.normal(),
            Ink::Strong => text.bold(),
            Ink::Faint => text.dimmed(),
            Ink::Emphasis => text.italic(),
            Ink::Good => text.green(),
            Ink::Bad => text.bright_red().bold(),
            Ink::Doubt => text.yellow().bold(),
            Ink::Fault => text.magenta().bold(),
            Ink::Accent => text.cyan(),
        }
        .to_string()
    }

    /// Untrusted text on one line, safe for this stream.
    pub fn clean(&self, text: &str, limit: usize) -> String {
        super::escape::terminal(text, self.unicode, limit)
    }

    /// Text that is safe already, cut to `columns`.
    pub fn cut(&self, text: &str, columns: usize) -> String {
        if width(text) <= columns {
            return text.to_owned();
        }
        let dots = self.glyph("…", "...");
        let mut out = String::new();
        for c in text.chars() {
            out.push(c);
            if width(&out) + width(dots) > columns {
                out.pop();
                break;
            }
        }
        out + dots
    }

    /// `unicode` where the stream can show it, else `ascii`.
    pub fn glyph(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.unicode { unicode } else { ascii }
    }
}

/// Colours by meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// As the terminal has it.
    Plain,
    /// Names and headings.
    Strong,
    /// What may be skipped over.
    Faint,
    /// Words that are stressed, or quoted.
    Emphasis,
    /// Passed.
    Good,
    /// Failed.
    Bad,
    /// Undecided.
    Doubt,
    /// Not the learner's fault.
    Fault,
    /// Curves.
    Accent,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        let get = |name: &str| {
            let pair = pairs.iter().find(|pair| pair.0 == name)?;
            Some(pair.1.to_owned())
        };
        Environment {
            no_color: get("NO_COLOR"),
            clicolor_force: get("CLICOLOR_FORCE"),
            term: get("TERM"),
            columns: get("COLUMNS"),
            locale: get("LANG"),
        }
    }

    const TERMINAL: Stream = Stream {
        terminal: true,
        columns: Some(132),
    };
    const PIPE: Stream = Stream {
        terminal: false,
        columns: None,
    };

    #[test]
    fn the_flag_wins_then_the_environment_then_the_stream() {
        use ColorChoice::{Always, Auto, Never};
        for (choice, pairs, stream, expected) in [
            (Auto, &[][..], TERMINAL, true),
            (Auto, &[], PIPE, false),
            (Auto, &[("NO_COLOR", "1")], TERMINAL, false),
            (Auto, &[("NO_COLOR", "")], TERMINAL, true),
            (Auto, &[("CLICOLOR_FORCE", "1")], PIPE, true),
            (Auto, &[("CLICOLOR_FORCE", "0")], PIPE, false),
            (
                Auto,
                &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
                PIPE,
                false,
            ),
            (Auto, &[("TERM", "dumb")], TERMINAL, false),
            (Always, &[("NO_COLOR", "1")], PIPE, true),
            (Never, &[("CLICOLOR_FORCE", "1")], TERMINAL, false),
        ] {
            let style = Style::decide(choice, &environment(pairs), stream);
            assert_eq!(style.color, expected, "{choice:?} {pairs:?} {stream:?}");
        }
    }

    #[test]
    fn width_comes_from_columns_then_the_terminal_then_eighty() {
        let width = |pairs: &[(&str, &str)], stream| {
            Style::decide(ColorChoice::Auto, &environment(pairs), stream).width
        };
        assert_eq!(width(&[], TERMINAL), 132);
        assert_eq!(width(&[], PIPE), 80);
        assert_eq!(width(&[("COLUMNS", "60")], TERMINAL), 60);
        assert_eq!(width(&[("COLUMNS", "0")], PIPE), 20);
        assert_eq!(width(&[("COLUMNS", "wide")], PIPE), 80);
    }

    #[test]
    fn only_a_locale_that_says_so_takes_the_blocks_away() {
        let unicode = |pairs: &[(&str, &str)]| {
            Style::decide(ColorChoice::Auto, &environment(pairs), TERMINAL).unicode
        };
        assert!(unicode(&[]));
        assert!(unicode(&[("LANG", "de_DE.UTF-8")]));
        assert!(unicode(&[("LANG", "C.utf8")]));
        assert!(!unicode(&[("LANG", "C")]));
    }

    #[test]
    fn paint_is_plain_without_color() {
        assert_eq!(Style::plain(80).paint(Ink::Bad, "x"), "x");
        let colored = Style {
            color: true,
            ..Style::plain(80)
        };
        assert_eq!(colored.paint(Ink::Good, "x"), "\u{1b}[32mx\u{1b}[0m");
        assert_eq!(colored.paint(Ink::Plain, "x"), "x");
    }
}
