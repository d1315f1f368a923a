//! Errors that end a command, and the exit statuses. A learner's failure is never one of these.

use std::path::PathBuf;

use crate::diagnostic::{Fault, Finding, Severity};

/// Why memgrade could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The user asked for something that cannot be: names the flag or file to change.
    #[error("{message}")]
    Usage {
        /// What is wrong, in one sentence.
        message: String,
        /// What to type or change.
        hints: Vec<String>,
    },
    /// A spec, checklist or course is invalid; the findings say where.
    #[error("the course is not valid")]
    Author {
        /// Every problem, each at its place.
        findings: Vec<Finding>,
    },
    /// This machine cannot do it.
    #[error("{message}")]
    Machine {
        /// What is missing, in one sentence.
        message: String,
        /// What to install or change.
        hints: Vec<String>,
    },
    /// Reading or writing a file failed.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried, such as `read`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is nothing to check; says what was looked for.
    #[error("{message}")]
    Nothing {
        /// What was looked for and where, in one sentence.
        message: String,
        /// What to type or change.
        hints: Vec<String>,
    },
    /// A bug in memgrade.
    #[error("{0}")]
    Bug(String),
    /// Whoever read our output has stopped reading.
    #[error("the reader of the output has gone")]
    BrokenPipe,
    /// The user pressed Ctrl-C.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    /// A usage error with one hint.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hints: vec![hint.into()],
        }
    }

    /// A machine error with one hint.
    pub fn machine(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Machine {
            message: message.into(),
            hints: vec![hint.into()],
        }
    }

    /// A failed file operation.
    pub fn file(action: &'static str, path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::File {
            action,
            path: path.into(),
            source,
        }
    }

    /// A failed write to a stream of ours: a reader that has gone is not a fault.
    pub fn stream(name: &'static str, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::BrokenPipe {
            Self::BrokenPipe
        } else {
            Self::file("write to", name, source)
        }
    }

    /// What to type or change, one line each.
    pub fn hints(&self) -> &[String] {
        match self {
            Self::Usage { hints, .. }
            | Self::Machine { hints, .. }
            | Self::Nothing { hints, .. } => hints,
            _ => &[],
        }
    }

    /// The same as a finding, for a job that could not be done while others go on. It never costs points.
    pub fn to_finding(&self) -> Finding {
        let (code, fault) = match self {
            Self::Bug(_) => ("internal/bug", Fault::Machine),
            Self::Author { .. } => ("spec/invalid", Fault::Author),
            _ => ("machine/cannot-run", Fault::Machine),
        };
        let mut finding = Finding::new(code, Severity::Error, fault, self.to_string());
        if let Self::Author { findings } = self {
            finding.notes = findings.iter().map(|f| f.message.clone()).collect();
        }
        finding.help = self.hints().first().cloned();
        finding
    }

    /// The exit status that goes with it.
    pub fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Usage { .. } | Self::Author { .. } | Self::File { .. } => ExitStatus::Usage,
            Self::Machine { .. } => ExitStatus::Machine,
            Self::Nothing { .. } => ExitStatus::Nothing,
            Self::Bug(_) => ExitStatus::Bug,
            Self::BrokenPipe => ExitStatus::Passed,
            Self::Interrupted => ExitStatus::Interrupted,
        }
    }
}

/// Exit statuses; the contract of DESIGN.md section 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitStatus {
    /// Everything passed.
    Passed = 0,
    /// Something did not pass.
    Failed = 1,
    /// Wrong usage or an invalid spec.
    Usage = 2,
    /// Nothing to check.
    Nothing = 4,
    /// A bug in memgrade.
    Bug = 70,
    /// This machine cannot do it.
    Machine = 75,
    /// Ended by Ctrl-C, as shells report it.
    Interrupted = 130,
}

impl From<ExitStatus> for std::process::ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status as u8)
    }
}
