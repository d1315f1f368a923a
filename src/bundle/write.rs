//! A bundle into a folder: all of it or nothing, and never over somebody's work.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::Bundle;
use crate::course::Course;
use crate::error::Error;
use crate::intake::bounded::{self, Links};
use crate::temporary_files::{self, Folder};

/// The list of a bundle's files, by which a later `pack` knows what it made itself.
pub const MANIFEST: &str = ".memgrade-pack";

/// Its first line.
const HEAD: &str = "memgrade pack 1";

/// Most bytes of it that are read, and of a file that is compared.
const MOST_BYTES: u64 = 8 << 20;

/// Most files and folders that are looked at in a folder that is to be replaced.
const MOST_FILES: usize = 20_000;

impl Bundle {
    /// Puts the bundle into `folder`: one that is not there yet, an empty one, or a bundle in which nothing was changed. There is never
    /// half a bundle: it is written aside and moved to its place.
    ///
    /// # Errors
    /// [`Error::Usage`] for a folder that holds anything else; [`Error::File`] where nothing can be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let state = State::of(folder)?;
        let folder =
            std::path::absolute(folder).map_err(|source| Error::file("resolve", folder, source))?;
        let parent = folder.parent().unwrap_or(&folder).to_owned();
        fs::create_dir_all(&parent).map_err(|source| Error::file("create", &parent, source))?;
        temporary_files::sweep(&parent);
        let aside = Folder::new_in(&parent)
            .map_err(|source| Error::file("create a folder in", &parent, source))?;
        let new = aside.path().join("new");
        self.write_files(&new)?;
        // A bundle that is no course would be found out by every student.
        if let Err(error) = Course::open(&new) {
            return Err(Error::Bug(format!("the bundle is no course: {error}")));
        }
        match state {
            State::Missing => rename(&new, &folder),
            // A folder takes the place of an empty one, on most systems only if that is gone.
            State::Empty => {
                fs::remove_dir(&folder)
                    .map_err(|source| Error::file("replace", &folder, source))?;
                rename(&new, &folder).inspect_err(|_| {
                    let _ = fs::create_dir(&folder);
                })
            }
            State::Ours => replace(&new, &folder, &aside.path().join("old")),
        }
    }

    fn write_files(&self, new: &Path) -> Result<(), Error> {
        let mut manifest = format!("{HEAD}\n");
        for (path, bytes) in &self.files {
            let _ = writeln!(manifest, "{}  {path}", blake3::hash(bytes).to_hex());
        }
        let manifest = (MANIFEST.to_owned(), manifest.into_bytes());
        for (path, bytes) in self.files.iter().chain([(&manifest.0, &manifest.1)]) {
            let path = new.join(path);
            let parent = path.parent().unwrap_or(new);
            fs::create_dir_all(parent).map_err(|source| Error::file("create", parent, source))?;
            fs::write(&path, bytes).map_err(|source| Error::file("write", &path, source))?;
        }
        Ok(())
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(|source| Error::file("create", to, source))
}

/// Puts `new` in the place of `folder`, in one step where the system can.
fn replace(new: &Path, folder: &Path, old: &Path) -> Result<(), Error> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, folder, RenameFlags::EXCHANGE).is_ok() {
            // What was there lies aside now, and goes with that.
            return Ok(());
        }
    }
    rename(folder, old)?;
    rename(new, folder).inspect_err(|_| {
        let _ = fs::rename(old, folder);
    })
}

/// What is at the place of a bundle.
enum State {
    Missing,
    Empty,
    /// A bundle, in which nothing was changed.
    Ours,
}

impl State {
    fn of(folder: &Path) -> Result<Self, Error> {
        let refused = |what: String| {
            Err(Error::usage(
                what,
                "name a folder that is empty or not there yet: -o DIR",
            ))
        };
        match fs::symlink_metadata(folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::Missing);
            }
            Err(source) => return Err(Error::file("read", folder, source)),
            Ok(metadata) if !metadata.is_dir() => {
                return refused(format!("{} is no folder", folder.display()));
            }
            Ok(_) => {}
        }
        let there = all_files(folder)?;
        if there.is_empty() {
            return Ok(Self::Empty);
        }
        let Some(listed) = manifest(folder) else {
            return refused(format!(
                "{} is not empty, and no bundle of memgrade's",
                folder.display()
            ));
        };
        for path in there.iter().filter(|path| *path != MANIFEST) {
            let hash = listed.get(path);
            let bytes = bounded::read(&folder.join(path), MOST_BYTES, Links::Refuse).ok();
            let now = bytes.map(|bytes| blake3::hash(&bytes).to_hex().to_string());
            if hash.is_none() || hash != now.as_ref() {
                let done = if hash.is_none() {
                    "added to"
                } else {
                    "changed in"
                };
                return refused(format!(
                    "{path} was {done} the bundle {}, and would be lost",
                    folder.display()
                ));
            }
        }
        Ok(Self::Ours)
    }
}

/// Hashes by path, as the manifest of a bundle lists them; `None` if there is none.
fn manifest(folder: &Path) -> Option<BTreeMap<String, String>> {
    let bytes = bounded::read(&folder.join(MANIFEST), MOST_BYTES, Links::Refuse).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut lines = text.lines();
    if lines.next()? != HEAD {
        return None;
    }
    let listed = lines.filter_map(|line| {
        let (hash, path) = line.split_once("  ")?;
        Some((path.to_owned(), hash.to_owned()))
    });
    Some(listed.collect())
}

/// Every path under a folder that is no folder, relative to it; empty folders with a `/` at the end.
fn all_files(folder: &Path) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let mut work: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(next) = work.pop() {
        let cannot = |source| Error::file("read", &next, source);
        let mut empty = true;
        for entry in fs::read_dir(&next).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            empty = false;
            if entry.file_type().map_err(cannot)?.is_dir() {
                work.push(entry.path());
            } else {
                found.push(relative(folder, &entry.path()));
            }
            if found.len() + work.len() > MOST_FILES {
                return Err(Error::usage(
                    format!("{} holds very many files", folder.display()),
                    "name a folder that is empty or not there yet: -o DIR",
                ));
            }
        }
        if empty && next != folder {
            found.push(format!("{}/", relative(folder, &next)));
        }
    }
    found.sort();
    Ok(found)
}

fn relative(folder: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).components();
    let parts: Vec<String> = parts
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}
