//! Where an archive's entries are written to, and counted.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::names::{Place, place};
use super::{Failure, Limits, stem};
use crate::course::load::document::shown;
use crate::error::Error;

/// Most reasons that are kept; more are counted.
const MAX_LEFT_OUT: usize = 50;
/// Most entries at all, those without a word among them.
const MAX_SILENT: u32 = 1_000_000;

/// An entry that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::class) struct LeftOut {
    /// Its path in the archive; people see it by way of [`shown`].
    pub(in crate::class) path: String,
    /// Why.
    pub(in crate::class) reason: String,
}

/// What is at a path already.
#[derive(Debug, PartialEq, Eq)]
enum Taken {
    File,
    Folder,
}

/// Writes below one folder.
pub(super) struct Sink<'a> {
    into: &'a Path,
    limits: &'a Limits,
    wanted: &'a dyn Fn(&str) -> bool,
    /// By path in lower case, as some file systems compare; with the path as it was written.
    taken: BTreeMap<String, (String, Taken)>,
    written: u64,
    /// Bytes that may still come out.
    produced: u64,
    entries: u32,
    silent: u32,
    left_out: Vec<LeftOut>,
    more: usize,
}

impl<'a> Sink<'a> {
    pub(super) fn new(
        into: &'a Path,
        limits: &'a Limits,
        produced: u64,
        wanted: &'a dyn Fn(&str) -> bool,
    ) -> Self {
        Self {
            into,
            limits,
            wanted,
            taken: BTreeMap::new(),
            written: 0,
            produced,
            entries: 0,
            silent: 0,
            left_out: Vec::new(),
            more: 0,
        }
    }

    /// What was left out.
    pub(super) fn finish(mut self) -> Vec<LeftOut> {
        if self.more > 0 {
            self.left_out.push(LeftOut {
                path: format!("{} more entries", self.more),
                reason: "for reasons like these".to_owned(),
            });
        }
        self.left_out
    }

    /// Says that an entry is not taken.
    pub(super) fn leave_out(&mut self, path: &str, reason: impl Into<String>) {
        if self.left_out.len() == MAX_LEFT_OUT {
            self.more += 1;
            return;
        }
        self.left_out.push(LeftOut {
            path: path.replace('\\', "/"),
            reason: reason.into(),
        });
    }

    /// Says that an entry is not taken, and makes the folder in which it would be: somebody handed in something there.
    pub(super) fn leave_out_at(
        &mut self,
        parts: &[String],
        path: &str,
        reason: &str,
    ) -> Result<(), Failure> {
        if let Some((_, folders)) = parts.split_last() {
            self.folder_of(folders, path)?;
        }
        self.leave_out(path, reason);
        Ok(())
    }

    /// Counts an entry, and says where it goes; `None` if it does not go anywhere.
    pub(super) fn admit(
        &mut self,
        path: &str,
        is_folder: bool,
    ) -> Result<Option<Vec<String>>, Failure> {
        let place = place(path, is_folder);
        let (count, most) = match place {
            Place::Silent => (&mut self.silent, MAX_SILENT),
            _ => (&mut self.entries, self.limits.entries),
        };
        *count += 1;
        if *count > most {
            return Err(Failure::Refused(format!(
                "holds more than {most} files and folders"
            )));
        }
        match place {
            Place::At(parts) if parts.is_empty() => Ok(None),
            Place::At(parts) => Ok(Some(parts)),
            Place::Silent => Ok(None),
            Place::Refused(why) => {
                self.leave_out(path, why);
                Ok(None)
            }
        }
    }

    /// Makes a folder with those around it; `None` when something else is there.
    pub(super) fn folder(&mut self, parts: &[String]) -> Result<Option<PathBuf>, Failure> {
        self.folder_of(parts, &parts.join("/"))
    }

    /// Makes the folders around something.
    fn folder_of(&mut self, parts: &[String], whole: &str) -> Result<Option<PathBuf>, Failure> {
        let mut path = self.into.to_owned();
        let mut written = String::new();
        for part in parts {
            if !written.is_empty() {
                written.push('/');
            }
            written.push_str(part);
            path.push(part);
            match self.taken.get(&written.to_lowercase()) {
                Some((same, Taken::Folder)) if *same == written => {}
                Some((other, _)) => {
                    let reason = clash(&written, other);
                    self.leave_out(whole, reason);
                    return Ok(None);
                }
                None => {
                    match fs::create_dir(&path) {
                        Ok(()) => {}
                        Err(error) => return self.cannot(whole, &path, error),
                    }
                    let key = written.to_lowercase();
                    self.taken.insert(key, (written.clone(), Taken::Folder));
                }
            }
        }
        Ok(Some(path))
    }

    /// Whether a file's content is needed. If not it is made without.
    pub(super) fn wants(&self, name: &str) -> bool {
        (self.wanted)(name)
    }

    /// Writes a file; `open` gives its content, or says why there is none.
    pub(super) fn file<R: Read>(
        &mut self,
        parts: &[String],
        open: impl FnOnce() -> Result<R, String>,
    ) -> Result<(), Failure> {
        let Some((name, folders)) = parts.split_last() else {
            return Ok(());
        };
        let shown = parts.join("/");
        let key = shown.to_lowercase();
        if let Some((other, _)) = self.taken.get(&key) {
            let reason = clash(&shown, other);
            self.leave_out(&shown, reason);
            return Ok(());
        }
        let Some(folder) = self.folder_of(folders, &shown)? else {
            return Ok(());
        };
        let path = folder.join(name);
        let mut file = match File::create_new(&path) {
            Ok(file) => file,
            Err(error) => return self.cannot(&shown, &path, error).map(|_| ()),
        };
        self.taken.insert(key.clone(), (shown.clone(), Taken::File));
        if !self.wants(name) {
            return Ok(());
        }
        let reason = match open() {
            Ok(content) => match self.copy(content, &mut file, name, &path)? {
                None => return Ok(()),
                Some(reason) => reason,
            },
            Err(reason) => reason,
        };
        drop(file);
        // A file that is not whole must not be taken for what was handed in.
        fs::remove_file(&path)
            .map_err(|source| Failure::Machine(Error::file("remove", &path, source)))?;
        self.taken.remove(&key);
        self.leave_out(&shown, reason);
        Ok(())
    }

    /// Copies a file's content; a reason if it is not to be kept.
    fn copy(
        &mut self,
        mut content: impl Read,
        file: &mut File,
        name: &str,
        path: &Path,
    ) -> Result<Option<String>, Failure> {
        let most = if stem(name).is_some() {
            self.limits.archive
        } else {
            self.limits.file
        };
        let mut buffer = vec![0; 64 << 10];
        let mut size: u64 = 0;
        loop {
            let count = match content.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if is_bomb(&error) => return Err(bomb()),
                Err(_) => return Ok(Some("it is damaged".to_owned())),
            };
            size += count as u64;
            self.produced = self.produced.checked_sub(count as u64).ok_or_else(bomb)?;
            if size > most {
                return Ok(Some(format!("it is larger than {} MiB", most >> 20)));
            }
            if self.written + size > self.limits.total {
                return Err(Failure::Refused(format!(
                    "holds more than {} MiB of source; ask for the source files alone",
                    self.limits.total >> 20
                )));
            }
            file.write_all(&buffer[..count])
                .map_err(|source| Failure::Machine(Error::file("write", path, source)))?;
        }
        self.written += size;
        Ok(None)
    }

    /// A name that this system does not take is the archive's fault; a full disk is not.
    fn cannot(
        &mut self,
        shown: &str,
        path: &Path,
        error: io::Error,
    ) -> Result<Option<PathBuf>, Failure> {
        match error.kind() {
            io::ErrorKind::InvalidInput
            | io::ErrorKind::InvalidFilename
            | io::ErrorKind::InvalidData
            | io::ErrorKind::AlreadyExists => {
                self.leave_out(shown, "this system takes no such name");
                Ok(None)
            }
            _ => Err(Failure::Machine(Error::file("write", path, error))),
        }
    }
}

fn clash(written: &str, other: &str) -> String {
    if written == other {
        "there is something of this name before it".to_owned()
    } else {
        format!("it clashes with {}, which was taken", shown(other))
    }
}

/// The error of [`Meter`].
#[derive(Debug, thiserror::Error)]
#[error("more than is read")]
struct TooMuch;

pub(super) fn is_bomb(error: &io::Error) -> bool {
    let inner = error.get_ref();
    inner
        .and_then(|inner| inner.downcast_ref::<TooMuch>())
        .is_some()
}

/// What is said of archives that hold very much more than they seem to.
pub(super) fn bomb() -> Failure {
    Failure::Refused("unpacks to far more than its own size, as an archive bomb does".to_owned())
}

/// A reader that gives an error after so many bytes.
#[derive(Debug)]
pub(super) struct Meter<R> {
    inner: R,
    left: u64,
}

impl<R> Meter<R> {
    pub(super) fn new(inner: R, left: u64) -> Self {
        Self { inner, left }
    }
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.left.checked_sub(count as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(TooMuch)),
        }
        Ok(count)
    }
}

impl<R: io::Seek> io::Seek for Meter<R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
