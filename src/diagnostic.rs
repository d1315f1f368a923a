//! Findings: what memgrade has to say about a program or a spec, and where.
//!
//! The main type is [`Finding`]. Every stage makes findings; only [`crate::report`] prints them.

use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A check did not pass, or an input is invalid.
    Error,
    /// Something is doubtful, but nothing was lost by it.
    Warning,
    /// A fact that helps to understand.
    Note,
}

/// Whose fault a failure is. Only [`Fault::Learner`] ever costs points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Fault {
    /// The program that was handed in.
    Learner,
    /// The exercise's spec or harness.
    Author,
    /// This computer, or what it lets memgrade do.
    Machine,
}

/// A place in a text file. Lines and columns count from 1; columns count characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place {
    /// Path as the reader knows it: relative to the submission or the course, with `/`.
    pub file: String,
    /// First line.
    pub line: u32,
    /// First column; `None` marks the whole line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Column after the last character on `line`; `None` means to the end of the line's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
}

impl Place {
    /// The whole line `line` of `file`.
    pub fn line(file: impl Into<String>, line: u32) -> Self {
        Self {
            file: file.into(),
            line,
            column: None,
            end_column: None,
        }
    }
}

/// A place with a few words about what happened there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What happened there: a fragment without a full stop.
    pub text: String,
}

/// One thing that memgrade has to say.
///
/// `message` is what a reader sees if they can see only one thing. It is complete without the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable name such as `curve/grows`; `memgrade explain` knows every one (see [`crate::judge::catalog`]).
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// Whose fault it is.
    pub fault: Fault,
    /// What happened, in one sentence.
    pub message: String,
    /// The line to look at first.
    pub primary: Option<Label>,
    /// Further lines that took part, most important first.
    pub secondary: Vec<Label>,
    /// Evidence and consequences, one line each (`= …` under the source excerpt).
    pub notes: Vec<String>,
    /// What to try or look at next. Never the solution.
    pub help: Option<String>,
}

impl Finding {
    /// A finding of the learner's, severity error, without a place yet.
    pub fn learner(code: &str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, Fault::Learner, message)
    }

    /// A finding with everything optional left empty.
    pub fn new(code: &str, severity: Severity, fault: Fault, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            severity,
            fault,
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// Points the finding at `place`.
    #[must_use]
    pub fn at(mut self, place: Place, text: impl Into<String>) -> Self {
        self.primary = Some(Label {
            place,
            text: text.into(),
        });
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn also(mut self, place: Place, text: impl Into<String>) -> Self {
        self.secondary.push(Label {
            place,
            text: text.into(),
        });
        self
    }

    /// Adds a line of evidence.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to try next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
