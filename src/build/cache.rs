//! The cache of builds, addressed by content.
//!
//! The main type is [`Cache`]. Many processes may use one cache at once: an entry appears by one rename, is never
//! changed, and disappears by one rename.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::entry::{self, Entry, PROGRAM};
use super::messages::Rendered;
use super::trust;
use crate::diagnostic::Finding;
use crate::error::Error;
use crate::temporary_files::{self, Folder};

/// Folder of this format within the cache's root; another version of memgrade may keep its own beside it.
const FORMAT: &str = "v1";

/// Bytes that the cache may hold before the least recently used entries go.
const CAPACITY: u64 = 2 << 30;

/// Looking for old entries is due after this time, or after [`SWEEP_EVERY_PUTS`] new entries of one process.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// See [`SWEEP_EVERY`].
const SWEEP_EVERY_PUTS: u32 = 32;

/// An entry used within this time stays, whatever the size: somebody may be about to run its program.
const IN_USE: Duration = Duration::from_mins(10);

/// A cache of builds in a folder.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// Removes a cache that was made for this process alone.
    temporary: Option<Folder>,
    capacity: u64,
    turns: Mutex<BTreeMap<String, Arc<Mutex<()>>>>,
    puts: AtomicU32,
}

impl Cache {
    /// The user's cache: `$MEMGRADE_CACHE`, else `$XDG_CACHE_HOME/memgrade` (`%LOCALAPPDATA%` on Windows), else `~/.cache/memgrade`,
    /// else, where these cannot be written, a temporary folder that goes with this process.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if `$MEMGRADE_CACHE` was asked for and cannot be used, or if nothing can be written at all.
    pub fn open() -> Result<Self, Error> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        if let Some(root) = variable("MEMGRADE_CACHE") {
            return Self::at(Path::new(&root));
        }
        let home_cache = variable("HOME").map(|home| Path::new(&home).join(".cache"));
        let absolute = |value: OsString| Some(PathBuf::from(value)).filter(|p| p.is_absolute());
        let caches = if cfg!(windows) {
            "LOCALAPPDATA"
        } else {
            "XDG_CACHE_HOME"
        };
        let usual = variable(caches)
            .and_then(absolute)
            .or(home_cache)
            .and_then(|caches| Self::at(&caches.join("memgrade")).ok());
        usual.map_or_else(Self::temporary, Ok)
    }

    /// A cache below `root`, which is created where it is missing.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if the folder cannot be created or written.
    pub fn at(root: &Path) -> Result<Self, Error> {
        let absolute =
            std::path::absolute(root).map_err(|source| Error::file("resolve", root, source))?;
        let folder = absolute.join(FORMAT);
        let cache = Self {
            folder,
            temporary: None,
            capacity: CAPACITY,
            turns: Mutex::default(),
            puts: AtomicU32::new(0),
        };
        for folder in [cache.builds(), cache.staging(), cache.toolchains()] {
            create_private(&folder).map_err(|source| Error::file("create", &folder, source))?;
        }
        may_write(&cache.staging())
            .map_err(|source| Error::file("write in", cache.staging(), source))?;
        // What killed processes have left behind.
        temporary_files::sweep(&cache.staging());
        Ok(cache)
    }

    /// A cache for this process alone.
    fn temporary() -> Result<Self, Error> {
        let parent = std::env::temp_dir();
        let folder = Folder::new_in(&parent)
            .map_err(|source| Error::file("create a folder in", &parent, source))?;
        let cache = Self::at(folder.path())?;
        Ok(Self {
            temporary: Some(folder),
            ..cache
        })
    }

    /// Limits the bytes that the cache holds.
    #[must_use]
    pub fn with_capacity(self, bytes: u64) -> Self {
        Self {
            capacity: bytes,
            ..self
        }
    }

    fn builds(&self) -> PathBuf {
        self.folder.join("builds")
    }

    /// Where folders for work in progress are made; a rename away from the entries.
    pub(super) fn staging(&self) -> PathBuf {
        self.folder.join(entry::STAGING)
    }

    /// Where compilers that were found are remembered.
    pub(super) fn toolchains(&self) -> PathBuf {
        self.folder.join("toolchains")
    }

    /// A folder for libraries that are loaded into programs; `None` if others could write there, or if nothing may be
    /// executed from there.
    pub(crate) fn libraries(&self) -> Option<PathBuf> {
        self.trusted("libraries")
            .filter(|folder| trust::may_execute(folder))
    }

    /// A folder for what was found out about this machine; `None` if others could write there.
    pub(crate) fn machine(&self) -> Option<PathBuf> {
        self.trusted("machine")
    }

    /// A folder that nobody but this user and root can have written to.
    fn trusted(&self, name: &str) -> Option<PathBuf> {
        if self.temporary.is_some() {
            // It may be gone before what lies in it is used.
            return None;
        }
        let folder = self.folder.join(name);
        create_private(&folder).ok()?;
        trust::is_ours(&folder).then_some(folder)
    }

    /// The lock of one key: whoever holds it looks the key up and builds it if need be, and others wait for that.
    pub(super) fn turn(&self, key: &str) -> Arc<Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(turns.entry(key.to_owned()).or_default())
    }

    /// The entry of a key, if there is one and it is whole. A damaged one is removed.
    pub(super) fn get(&self, key: &str) -> Option<Entry> {
        let folder = self.builds().join(key);
        let entry = Entry::read(&folder, key);
        if entry.is_none() && folder.exists() {
            self.discard(&folder);
        }
        entry
    }

    /// Stores a program: moves it here, read-only.
    pub(super) fn put_program(
        &self,
        key: &str,
        program: &Path,
        messages: Rendered,
    ) -> Result<Entry, Error> {
        let pending = self.pending()?;
        let target = pending.path().join(PROGRAM);
        make_read_only(program)
            .and_then(|()| fs::rename(program, &target))
            .and_then(|()| Entry::write_program(pending.path(), key, messages))
            .map_err(|source| Error::file("store", &target, source))?;
        self.publish(key, pending)
    }

    /// Stores a failure.
    pub(super) fn put_failure(
        &self,
        key: &str,
        finding: Finding,
        messages: Rendered,
    ) -> Result<Entry, Error> {
        let pending = self.pending()?;
        Entry::write_failure(pending.path(), key, messages, finding)
            .map_err(|source| Error::file("store", pending.path(), source))?;
        self.publish(key, pending)
    }

    fn pending(&self) -> Result<Folder, Error> {
        let staging = self.staging();
        Folder::new_in(&staging)
            .map_err(|source| Error::file("create a folder in", staging, source))
    }

    /// Makes a finished entry visible. Another process that was faster wins: both built the same.
    fn publish(&self, key: &str, pending: Folder) -> Result<Entry, Error> {
        let folder = self.builds().join(key);
        if self.puts.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY_PUTS == SWEEP_EVERY_PUTS - 1
            || self.sweep_is_due()
        {
            self.sweep();
        }
        // Twice: what stands in the way may be damaged, and is removed by `get`.
        for _ in 0..2 {
            match fs::rename(pending.path(), &folder) {
                Ok(()) => break,
                Err(source) if !folder.exists() => {
                    return Err(Error::file("store", folder, source));
                }
                Err(_) => {
                    if let Some(entry) = self.get(key) {
                        return Ok(entry);
                    }
                }
            }
        }
        // Moved away or not, `pending` has nothing more to remove than what is still there.
        drop(pending);
        Entry::read(&folder, key)
            .ok_or_else(|| Error::Bug(format!("the build {key} was stored and cannot be read")))
    }

    /// Removes an entry: first out of sight, then its files.
    fn discard(&self, folder: &Path) {
        if let Ok(trash) = self.pending() {
            fs::rename(folder, trash.path().join("old")).ok();
        }
    }

    fn sweep_is_due(&self) -> bool {
        older_than(&self.folder.join("swept"), SWEEP_EVERY).unwrap_or(true)
    }

    /// Removes the least recently used entries until three quarters of the capacity are left. Failing to remove something
    /// is no reason to fail: the next sweep tries again.
    fn sweep(&self) {
        fs::write(self.folder.join("swept"), "").ok();
        let mut entries: Vec<(SystemTime, u64, PathBuf)> = children(&self.builds())
            .map(|folder| {
                let used = entry::last_used(&folder).unwrap_or(SystemTime::UNIX_EPOCH);
                (used, bytes_in(&folder), folder)
            })
            .collect();
        let mut total: u64 = entries.iter().map(|(_, bytes, _)| bytes).sum();
        if total <= self.capacity {
            return;
        }
        entries.sort();
        for (used, bytes, folder) in entries {
            let in_use = SystemTime::now()
                .duration_since(used)
                .is_ok_and(|age| age < IN_USE);
            if in_use || total <= self.capacity / 4 * 3 {
                break;
            }
            self.discard(&folder);
            total -= bytes;
        }
    }
}

/// Whether files can be made in a folder; it may be another user's, or read-only as a whole.
#[cfg(unix)]
fn may_write(folder: &Path) -> std::io::Result<()> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    let wanted = Access::WRITE_OK | Access::EXEC_OK;
    Ok(accessat(CWD, folder, wanted, AtFlags::EACCESS)?)
}

/// Whether files can be made in a folder.
#[cfg(not(unix))]
fn may_write(folder: &Path) -> std::io::Result<()> {
    tempfile::tempfile_in(folder).map(drop)
}

fn children(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|child| child.path())
}

fn bytes_in(folder: &Path) -> u64 {
    children(folder)
        .filter_map(|file| fs::symlink_metadata(file).ok())
        .map(|meta| meta.len())
        .sum()
}

/// Whether a file was last modified longer ago than `age`; `None` if it cannot be seen.
fn older_than(path: &Path, age: Duration) -> Option<bool> {
    let modified = fs::symlink_metadata(path).ok()?.modified().ok()?;
    Some(
        SystemTime::now()
            .duration_since(modified)
            .is_ok_and(|passed| passed > age),
    )
}

/// Creates a folder that only its owner may enter: learners' sources pass through it.
fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn make_read_only(program: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o555);
    #[cfg(not(unix))]
    let permissions = {
        let mut permissions = fs::metadata(program)?.permissions();
        permissions.set_readonly(true);
        permissions
    };
    fs::set_permissions(program, permissions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(cache: &Cache, key: &str) {
        let finding = Finding::learner("build/does-not-compile", "x".repeat(5000));
        cache
            .put_failure(key, finding, Rendered::default())
            .expect("stored");
    }

    #[test]
    fn the_least_recently_used_entries_go_first_and_those_in_use_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::at(folder.path())
            .expect("a cache")
            .with_capacity(20_000);
        for (key, hours) in [("a", 9), ("b", 7), ("c", 8), ("d", 6), ("e", 0)] {
            failure(&cache, key);
            let used = SystemTime::now() - Duration::from_secs(hours * 3600);
            let facts = fs::File::options()
                .append(true)
                .open(cache.builds().join(key).join("facts"))
                .expect("facts");
            facts.set_modified(used).expect("a time");
        }
        cache.sweep();
        let left: Vec<_> = ["a", "b", "c", "d", "e"]
            .into_iter()
            .filter(|key| cache.get(key).is_some())
            .collect();
        assert_eq!(left, ["d", "e"], "15,000 of 20,000 bytes hold two entries");
        assert_eq!(children(&cache.staging()).count(), 0);
        let tiny = cache.with_capacity(1);
        tiny.sweep();
        assert!(
            tiny.get("d").is_some(),
            "it was read just now, so it is in use"
        );
    }

    #[test]
    fn a_cut_or_foreign_entry_is_none_and_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::at(folder.path()).expect("a cache");
        failure(&cache, "a");
        assert!(cache.get("a").is_some());
        let facts = cache.builds().join("a/facts");
        let whole = fs::read(&facts).expect("facts");
        fs::write(&facts, &whole[..whole.len() - 1]).expect("written");
        assert!(cache.get("a").is_none());
        assert!(!cache.builds().join("a").exists());
        failure(&cache, "b");
        fs::rename(cache.builds().join("b"), cache.builds().join("c")).expect("renamed");
        assert!(cache.get("c").is_none(), "its facts say that it is b");
    }

    #[test]
    fn an_entry_that_stands_already_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, two) = (Cache::at(folder.path()), Cache::at(folder.path()));
        failure(&one.expect("a cache"), "a");
        failure(&two.expect("a cache"), "a");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_an_error_that_names_it() {
        let error = Cache::at(Path::new("/dev/null/cache")).expect_err("not a folder");
        assert!(error.to_string().contains("/dev/null/cache"), "{error}");
    }
}
