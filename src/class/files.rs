//! What lies in a folder that others filled.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::archive::is_silent;
use crate::intake::bounded;

/// Most entries of one folder that are looked at.
const MAX_ENTRIES: usize = 100_000;

/// What an entry of a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// A link, pipe, socket or device, in words.
    Other(&'static str),
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Bytes that are no UTF-8 are replaced.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
}

impl Entry {
    pub(super) fn is_folder(&self) -> bool {
        self.kind == Kind::Folder
    }

    pub(super) fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    /// A file of Rust source.
    pub(super) fn is_rust(&self) -> bool {
        self.is_file() && is_rust(&self.name)
    }
}

/// Whether a name is one of Rust source.
pub(super) fn is_rust(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("rs"))
}

/// The entries of a folder by name, without those that systems put there and hidden ones.
pub(super) fn list(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)?.take(MAX_ENTRIES) {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_silent(&name) {
            continue;
        }
        let kind = entry.file_type()?;
        let kind = if kind.is_file() {
            Kind::File
        } else if kind.is_dir() {
            Kind::Folder
        } else {
            Kind::Other(bounded::kind(kind))
        };
        let path = entry.path();
        entries.push(Entry { name, path, kind });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.path.cmp(&b.path)));
    Ok(entries)
}

/// Whether a folder, or one in it, holds Rust source. Not everything is looked at: others chose what is in there.
pub(super) fn holds_rust(folder: &Path) -> bool {
    fn holds(folder: &Path, left: &mut usize, depth: usize) -> bool {
        let entries = list(folder).unwrap_or_default();
        entries.iter().any(|entry| {
            *left = left.saturating_sub(1);
            entry.is_rust()
                || (entry.is_folder()
                    && entry.name != "target"
                    && *left > 0
                    && depth > 0
                    && holds(&entry.path, left, depth - 1))
        })
    }
    holds(folder, &mut 10_000, 6)
}

/// Names for a sentence: the first few, and how many more there are.
pub(super) fn named(names: &[String]) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| crate::course::load::document::shown(name))
        .collect();
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}
