//! Finding the Rust files below a folder that a learner handed in.

use std::io;
use std::path::Path;

use super::{MAX_FILE, bounded};
use crate::course::load::document::shown;
use crate::defense::Defense;
use crate::diagnostic::{Fault, Finding, Place, Severity};

/// Deepest nesting of folders.
const MAX_DEPTH: usize = 8;
/// Most Rust files of one exercise.
const MAX_FILES: usize = 256;
/// Most bytes of Rust files of one exercise.
const MAX_TOTAL: u64 = 4 << 20;
/// Most entries that are looked at.
const MAX_ENTRIES: usize = 10_000;

/// Names in a folder, sorted. Names that are not UTF-8 are left out.
pub(super) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names: Vec<String> = std::fs::read_dir(folder)?
        .take(MAX_ENTRIES)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    Ok(names)
}

/// Whether `folder` is a folder of the submission itself, not a link to one.
pub(super) fn is_folder(submission: &Path, folder: &str) -> Result<(), Box<Finding>> {
    let message = match std::fs::symlink_metadata(submission.join(folder)) {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(metadata) if metadata.is_file() => format!("{folder} is a file, not a folder"),
        Ok(metadata) => {
            let kind = bounded::kind(metadata.file_type());
            format!("{folder} is {kind}, not a folder")
        }
        Err(error) => format!("{folder} cannot be read: {error}"),
    };
    let finding = Finding::learner("source/not-a-file", message);
    Err(Box::new(
        finding.at(Place::line(folder, 1), "not looked at"),
    ))
}

/// What was found below a folder.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Rust files, relative to the submission and with `/`, in the order of reading.
    pub(super) paths: Vec<String>,
    /// What was left out, and why.
    pub(super) findings: Vec<Finding>,
    bytes: u64,
    entries: usize,
    full: bool,
}

impl Walk {
    /// All `.rs` files below `below`, a folder of the submission.
    pub(super) fn rust_files(submission: &Path, below: &str) -> Self {
        let mut walk = Self::default();
        walk.folder(submission, below, 1);
        walk
    }

    fn folder(&mut self, submission: &Path, folder: &str, depth: usize) {
        let path = submission.join(folder);
        if !path.exists() {
            return;
        }
        if let Err(finding) = is_folder(submission, folder) {
            self.findings.push(*finding);
            return;
        }
        let names = match names(&path) {
            Ok(names) => names,
            Err(error) => {
                let message = format!("{folder} cannot be read: {error}");
                let finding = Finding::learner("source/unreadable", message);
                self.findings
                    .push(finding.at(Place::line(folder, 1), "not looked at"));
                return;
            }
        };
        for name in names {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                self.too_much(folder, "holds more than 10,000 files and folders");
            }
            if self.full {
                return;
            }
            self.entry(submission, folder, &name, depth);
        }
    }

    fn entry(&mut self, submission: &Path, folder: &str, name: &str, depth: usize) {
        let is_source = Path::new(name).extension().is_some_and(|e| e == "rs");
        if name.starts_with('.') || name == "target" {
            return;
        }
        let path = format!("{folder}/{name}");
        let at = submission.join(&path);
        let looked = if Defense::Links.is_on() {
            std::fs::symlink_metadata(at)
        } else {
            std::fs::metadata(at)
        };
        let Ok(metadata) = looked else {
            return;
        };
        if name.contains(|c: char| c.is_control() || c == '\\' || c == ':') {
            let message = format!(
                "the name of {} holds characters that no path may hold",
                shown(&path)
            );
            self.left_out(&shown(&path), &message);
        } else if metadata.is_dir() {
            if depth < MAX_DEPTH {
                self.folder(submission, &path, depth + 1);
            } else {
                let message = format!("{path} lies deeper than {MAX_DEPTH} folders");
                self.left_out(&path, &message);
            }
        } else if is_source && metadata.is_file() {
            // A file that is itself too large gets a finding of its own when it is read.
            self.bytes += metadata.len().min(MAX_FILE);
            if self.paths.len() >= MAX_FILES {
                self.too_much(folder, "holds more than 256 Rust files");
            } else if self.bytes > MAX_TOTAL {
                self.too_much(folder, "holds more than 4 MiB of Rust files");
            } else {
                self.paths.push(path);
            }
        } else if is_source {
            let kind = bounded::kind(metadata.file_type());
            let message = format!("{path} is {kind}, not a regular file");
            self.left_out(&path, &message);
        }
    }

    /// A warning: what the program does not need must not cost it its grade.
    fn left_out(&mut self, path: &str, message: &str) {
        if self.findings.len() < 20 {
            let (code, severity) = ("source/not-a-file", Severity::Warning);
            let finding = Finding::new(code, severity, Fault::Learner, message);
            self.findings
                .push(finding.at(Place::line(path, 1), "not looked at"));
        }
    }

    fn too_much(&mut self, folder: &str, what: &str) {
        self.full = true;
        let message = format!("{folder} {what}");
        let finding = Finding::learner("source/too-many", message);
        self.findings.push(
            finding
                .at(Place::line(folder, 1), "the rest is not looked at")
                .help("hand in only source that you wrote"),
        );
    }
}
