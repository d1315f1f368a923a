//! Temporary folders and files that are recognized when whoever made them was killed.
//!
//! Each is held by a lock that the kernel gives back when its owner ends, however it ends; numbers of processes would not
//! do, as they are used again, and containers that share a folder do not share them. [`sweep`] removes what nobody holds.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

#[cfg(unix)]
mod removal;

/// What names begin with; in folders of people's with a dot before it, so that it is not in their way.
const PREFIX: &str = "memgrade-tmp-";
/// Characters of a name that say since when the machine is up.
const SESSION: usize = 8;
/// Stands for a session that is not known.
const NO_SESSION: &str = "00000000";
/// Random characters of a name.
const RANDOM: usize = 8;
/// What another machine, or this one before it was started anew, has made may be held where the lock is not seen from here: it
/// is left alone for so long.
const ABANDONED: Duration = Duration::from_hours(6);
/// How many names in a folder are looked at.
const MOST_NAMES: usize = 20_000;
/// How many files and folders one sweep removes; the rest is left to the next one.
const MOST_REMOVED: u64 = 20_000;
/// A sweeper that came between the making and the locking is not met twice.
const TRIES: u32 = 16;

/// A folder that is removed with everything in it when this is dropped, or by a later sweep.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Held until the folder is gone; `None` where the system cannot lock folders.
    _lock: Option<File>,
}

impl Folder {
    /// Makes a folder in `parent` that only this user may enter.
    ///
    /// # Errors
    /// What the system says.
    pub fn new_in(parent: &Path) -> io::Result<Self> {
        for _ in 0..TRIES {
            let path = named("").tempdir_in(parent)?.keep();
            match lock_folder(&path) {
                Ok(lock) => return Ok(Self { path, _lock: lock }),
                // A sweeper was faster, and has removed it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    let _ = fs::remove_dir(&path);
                    return Err(error);
                }
            }
        }
        Err(io::Error::other("new folders do not last here"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The path decides and not what was opened: a folder that was moved to its place is another's by now.
        // What cannot be removed now is left to the next sweep.
        remove_folder(&self.path);
    }
}

/// Writes a file so that others see all of it or nothing, by way of a temporary file in `by_way_of` on the same file system.
///
/// # Errors
/// What the system says.
pub fn write_whole(
    path: &Path,
    by_way_of: &Path,
    data: &[u8],
    readable_by: Readers,
) -> io::Result<()> {
    let hidden = if path.parent() == Some(by_way_of) {
        "."
    } else {
        ""
    };
    for _ in 0..TRIES {
        let mut file = named(hidden).tempfile_in(by_way_of).map_err(plainly)?;
        if !hold(file.as_file()) {
            continue;
        }
        file.write_all(data).map_err(plainly)?;
        readable_by.set(file.as_file())?;
        file.persist(path)?;
        return Ok(());
    }
    Err(io::Error::other("new files do not last here"))
}

/// What the system says, without the name of a temporary file that nobody has heard of.
fn plainly(error: io::Error) -> io::Error {
    let plain = [
        io::ErrorKind::StorageFull,
        io::ErrorKind::QuotaExceeded,
        io::ErrorKind::FileTooLarge,
        io::ErrorKind::PermissionDenied,
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::NotFound,
        io::ErrorKind::NotADirectory,
    ];
    if plain.contains(&error.kind()) {
        error.kind().into()
    } else {
        error
    }
}

/// A file that is written piece by piece, and takes the place of another as a whole.
#[derive(Debug)]
pub struct Whole {
    file: io::BufWriter<tempfile::NamedTempFile>,
}

impl Whole {
    /// Begins one in `folder`, where it is going to be.
    ///
    /// # Errors
    /// What the system says.
    pub fn new_in(folder: &Path) -> io::Result<Self> {
        for _ in 0..TRIES {
            let file = named(".").tempfile_in(folder).map_err(plainly)?;
            if hold(file.as_file()) {
                return Ok(Self {
                    file: io::BufWriter::new(file),
                });
            }
        }
        Err(io::Error::other("new files do not last here"))
    }

    /// Puts it at its place, for everybody to read.
    ///
    /// # Errors
    /// What the system says.
    pub fn persist(self, path: &Path) -> io::Result<()> {
        let file = self.file.into_inner();
        let file = file.map_err(|error| plainly(error.into()))?;
        Readers::Everybody.set(file.as_file())?;
        file.persist(path)?;
        Ok(())
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes).map_err(plainly)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(plainly)
    }
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its owner.
    Owner,
    /// Everybody; only its owner may write it.
    Everybody,
    /// Everybody may read and execute it, and nobody write it.
    Programs,
}

impl Readers {
    /// The permissions of a file; `None` leaves those of a temporary one.
    #[cfg(unix)]
    fn mode(self) -> Option<u32> {
        match self {
            Self::Owner => None,
            Self::Everybody => Some(0o644),
            Self::Programs => Some(0o555),
        }
    }

    #[cfg(unix)]
    fn set(self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        self.mode().map_or(Ok(()), |mode| {
            file.set_permissions(fs::Permissions::from_mode(mode))
        })
    }

    /// Whether a file is this user's and has exactly these readers.
    #[cfg(unix)]
    pub fn are_those_of(self, meta: &fs::Metadata) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        meta.uid() == rustix::process::geteuid().as_raw()
            && meta.mode() & 0o7777 == self.mode().unwrap_or(0o600)
    }

    #[cfg(not(unix))]
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "as where it does something"
    )]
    fn set(self, _: &File) -> io::Result<()> {
        Ok(())
    }

    /// Whether a file has these readers: there are no others here.
    #[cfg(not(unix))]
    pub fn are_those_of(self, _: &fs::Metadata) -> bool {
        true
    }
}

/// A name that [`sweep`] knows.
fn named(hidden: &str) -> Builder {
    Builder(format!("{hidden}{PREFIX}{}-", session()))
}

/// Makes things with a name that begins like this.
struct Builder(String);

impl Builder {
    fn with<T>(
        &self,
        make: impl FnOnce(&mut tempfile::Builder<'_, '_>) -> io::Result<T>,
    ) -> io::Result<T> {
        make(tempfile::Builder::new().prefix(&self.0).rand_bytes(RANDOM))
    }

    fn tempdir_in(&self, parent: &Path) -> io::Result<tempfile::TempDir> {
        self.with(|builder| {
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                builder.permissions(fs::Permissions::from_mode(0o700));
            }
            builder.tempdir_in(parent)
        })
    }

    fn tempfile_in(&self, parent: &Path) -> io::Result<tempfile::NamedTempFile> {
        self.with(|builder| builder.tempfile_in(parent))
    }
}

/// Tells this run of this machine from others; [`NO_SESSION`] where the system does not say.
fn session() -> &'static str {
    static SESSION_OF_THIS: OnceLock<String> = OnceLock::new();
    SESSION_OF_THIS.get_or_init(|| {
        fs::read_to_string("/proc/sys/kernel/random/boot_id").map_or_else(
            |_| NO_SESSION.to_owned(),
            |id| {
                let digest = blake3::hash(id.trim().as_bytes()).to_hex();
                digest.chars().take(SESSION).collect()
            },
        )
    })
}

/// Whether a name is one of ours, and if so, whether this run of this machine made it.
fn recognize(name: &str) -> Option<bool> {
    let rest = name
        .strip_prefix('.')
        .unwrap_or(name)
        .strip_prefix(PREFIX)?;
    let (made_in, random) = rest.split_once('-')?;
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let known = made_in.len() == SESSION
        && made_in.bytes().all(hex)
        && random.len() == RANDOM
        && random.bytes().all(|byte| byte.is_ascii_alphanumeric());
    known.then(|| made_in == session() && made_in != NO_SESSION)
}

/// Removes from a folder what owners that were killed have left there: what bears our name, belongs to this user and is held by
/// nobody. Links are not followed. Failing to remove something is no reason to fail: the next sweep tries again.
pub fn sweep(folder: &Path) {
    let mut rest = MOST_REMOVED;
    for entry in fs::read_dir(folder)
        .into_iter()
        .flatten()
        .take(MOST_NAMES)
        .flatten()
    {
        let Some(of_this_session) = entry.file_name().to_str().and_then(recognize) else {
            continue;
        };
        let path = entry.path();
        if (of_this_session && cfg!(unix)) || is_old(&path) {
            remove_abandoned(&path, &mut rest);
        }
        if rest == 0 {
            return;
        }
    }
}

/// Whether nothing has changed in it for long.
fn is_old(path: &Path) -> bool {
    let modified = fs::symlink_metadata(path).and_then(|meta| meta.modified());
    modified.is_ok_and(|modified| {
        SystemTime::now()
            .duration_since(modified)
            .is_ok_and(|age| age > ABANDONED)
    })
}

/// Locks an open file or folder; `false` if it is gone or somebody else's already. Where locks are not known it counts as held.
fn hold(file: &File) -> bool {
    match file.try_lock() {
        Ok(()) => is_linked(file),
        Err(fs::TryLockError::WouldBlock) => false,
        Err(fs::TryLockError::Error(_)) => true,
    }
}

#[cfg(unix)]
fn is_linked(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.metadata().is_ok_and(|meta| meta.nlink() > 0)
}

#[cfg(not(unix))]
fn is_linked(_: &File) -> bool {
    true
}

#[cfg(unix)]
fn lock_folder(path: &Path) -> io::Result<Option<File>> {
    let folder = File::open(path)?;
    if hold(&folder) {
        Ok(Some(folder))
    } else {
        // Of the kind alone people would read "entity not found".
        Err(rustix::io::Errno::NOENT.into())
    }
}

/// Folders cannot be locked here: only their age tells who was abandoned.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as where it does something")]
fn lock_folder(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

#[cfg(unix)]
use removal::{remove_abandoned, remove_folder};

#[cfg(not(unix))]
fn remove_folder(path: &Path) {
    let _ = fs::remove_dir_all(path);
}

#[cfg(not(unix))]
fn remove_abandoned(path: &Path, _: &mut u64) {
    if fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir()) {
        remove_folder(path);
    } else {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests;
