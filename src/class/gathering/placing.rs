//! Putting files where intake looks for them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Source, files};
use crate::class::archive::{MAX_SOURCE, OF_STUDENT};
use crate::class::files::{Kind, is_rust};
use crate::class::scratch::Scratch;
use crate::course::load::document::shown;
use crate::error::Error;
use crate::intake::bounded::{self, Links, Unreadable};

/// Deepest nesting of folders; intake looks less deep.
const MAX_DEPTH: usize = 12;

/// The folder in which everything lies under the right name already.
pub(super) fn in_place(found: &BTreeMap<String, Source>) -> Option<PathBuf> {
    let mut sources = found.iter();
    let (_, first) = sources.next()?;
    let folder = first.path.parent()?;
    found
        .iter()
        .all(|(target, source)| source.path == folder.join(target))
        .then(|| folder.to_owned())
}

/// Copies everything into a folder of the scratch.
pub(super) fn place(
    found: &BTreeMap<String, Source>,
    scratch: &mut Scratch,
    problems: &mut Vec<String>,
) -> Result<PathBuf, Error> {
    let folder = scratch.folder()?;
    let mut copying = Copying {
        problems,
        left: OF_STUDENT.total,
        entries: OF_STUDENT.entries,
    };
    for (target, source) in found {
        let to = folder.join(target);
        match source.kind {
            Kind::Folder => copying.folder(&source.path, &to, &source.shown, 0)?,
            Kind::File => copying.file(&source.path, &to, &source.shown)?,
            Kind::Other(kind) => copying
                .problems
                .push(format!("{} is {kind}, and was left out", source.shown)),
        }
    }
    Ok(folder)
}

struct Copying<'a> {
    problems: &'a mut Vec<String>,
    left: u64,
    entries: u32,
}

impl Copying<'_> {
    /// What intake may look at in a folder: sources and the manifest.
    fn folder(&mut self, from: &Path, to: &Path, name: &str, depth: usize) -> Result<(), Error> {
        fs::create_dir(to).map_err(|source| Error::file("create", to, source))?;
        let entries = match files::list(from) {
            Ok(entries) => entries,
            Err(error) => {
                self.problems
                    .push(format!("{name} cannot be read: {error}"));
                return Ok(());
            }
        };
        for entry in entries {
            let shown = shown(&format!("{name}/{}", entry.name));
            let Some(left) = self.entries.checked_sub(1) else {
                self.problems
                    .push(format!("{name} holds too many files; some were left out"));
                return Ok(());
            };
            self.entries = left;
            let to = to.join(&entry.name);
            match entry.kind {
                Kind::Folder if entry.name == "target" => {}
                Kind::Folder if depth == MAX_DEPTH => {
                    self.problems
                        .push(format!("{shown} lies too deep, and was left out"));
                }
                Kind::Folder => self.folder(&entry.path, &to, &shown, depth + 1)?,
                Kind::File if is_rust(&entry.name) || entry.name == "Cargo.toml" => {
                    self.file(&entry.path, &to, &shown)?;
                }
                Kind::File => {}
                Kind::Other(kind) => self
                    .problems
                    .push(format!("{shown} is {kind}, and was left out")),
            }
        }
        Ok(())
    }

    fn file(&mut self, from: &Path, to: &Path, name: &str) -> Result<(), Error> {
        let bytes = match bounded::read(from, MAX_SOURCE.min(self.left), Links::Refuse) {
            Ok(bytes) => bytes,
            Err(why) => {
                let why = match why {
                    Unreadable::Missing => "is gone".to_owned(),
                    Unreadable::NotRegular(kind) => format!("is {kind}"),
                    Unreadable::TooLarge => "is too large".to_owned(),
                    Unreadable::Io(error) => format!("cannot be read: {error}"),
                };
                self.problems
                    .push(format!("{name} {why}, and was left out"));
                return Ok(());
            }
        };
        self.left -= bytes.len() as u64;
        fs::write(to, bytes).map_err(|source| Error::file("write", to, source))
    }
}

/// Bytes of the files below a folder of the scratch.
pub(super) fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => size(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

/// Whether there is any file below a folder of the scratch.
pub(super) fn has_files(folder: &Path) -> bool {
    let mut entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.any(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => has_files(&entry.path()),
        _ => true,
    })
}

/// Removes what an archive that was refused has left.
pub(super) fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::file("remove", folder, error))
        }
        _ => Ok(()),
    }
}
