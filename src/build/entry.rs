//! One entry of the cache: a folder with the program, what is known about it, and data derived from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::messages::Rendered;
use super::stamp::Stamp;
use crate::diagnostic::Finding;
use crate::error::Error;
use crate::temporary_files::{self, Readers};

/// The executable's name in an entry.
pub(super) const PROGRAM: &str = if cfg!(windows) {
    "program.exe"
} else {
    "program"
};

/// The cache's folder for work in progress, beside that of the entries.
pub(super) const STAGING: &str = "staging";

/// The facts' name in an entry. Its time of modification says when the entry was last used.
const FACTS: &str = "facts";

/// A hit notes its time only if the last note is older than this: most hits write nothing.
const USE_NOTED_EVERY: Duration = Duration::from_mins(1);

/// An entry that was read and found whole.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its folder.
    pub(super) folder: PathBuf,
    /// Its content address.
    pub(super) key: String,
    /// The compiler's messages.
    pub(super) messages: Rendered,
    /// Program or failure.
    pub(super) result: Result,
}

/// What a build gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Result {
    /// There is a program.
    Program {
        /// Its bytes.
        size: u64,
        /// The file as it was stored.
        stamp: Stamp,
        /// BLAKE3 of its content, for a file that was moved or restored with the whole cache.
        hash: String,
    },
    /// There is none.
    Failed {
        /// Why.
        finding: Finding,
    },
}

/// The content of [`FACTS`], after a line with its hash.
#[derive(Debug, Serialize, Deserialize)]
struct Facts {
    key: String,
    messages: Rendered,
    result: Result,
}

impl Entry {
    /// Reads the entry in `folder`; `None` if it is missing, damaged or another's.
    pub(super) fn read(folder: &Path, key: &str) -> Option<Self> {
        let path = folder.join(FACTS);
        let mut facts: Facts = serde_json::from_slice(unseal(&fs::read(&path).ok()?)?).ok()?;
        if facts.key != key {
            return None;
        }
        if let Result::Program { stamp, hash, .. } = &mut facts.result {
            let program = folder.join(PROGRAM);
            let meta = fs::symlink_metadata(&program).ok()?;
            if !meta.is_file() {
                return None;
            }
            if Stamp::from(&meta) != *stamp {
                // A cache that was copied or restored has other inodes and times: then the content decides.
                if hash_of(&program).ok()? != *hash {
                    return None;
                }
                *stamp = Stamp::from(&meta);
                // Where this cannot be noted, the next reader looks at the content again.
                serde_json::to_vec(&facts)
                    .map(|facts| write_whole(folder, FACTS, &seal(&facts)))
                    .ok();
            }
        }
        note_use(&path);
        Some(Self {
            folder: folder.to_owned(),
            key: facts.key,
            messages: facts.messages,
            result: facts.result,
        })
    }

    /// Writes the facts of a program that lies in `folder` already. Nothing may touch the program afterwards.
    pub(super) fn write_program(
        folder: &Path,
        key: &str,
        messages: Rendered,
    ) -> std::io::Result<()> {
        let program = folder.join(PROGRAM);
        let hash = hash_of(&program)?;
        let stamp = Stamp::from(&fs::symlink_metadata(&program)?);
        let result = Result::Program {
            size: stamp.size,
            stamp,
            hash,
        };
        write_facts(folder, key, messages, result)
    }

    /// Writes the facts of a failure into `folder`.
    pub(super) fn write_failure(
        folder: &Path,
        key: &str,
        messages: Rendered,
        finding: Finding,
    ) -> std::io::Result<()> {
        write_facts(folder, key, messages, Result::Failed { finding })
    }
}

/// When the entry in `folder` was last used; `None` for a folder that is no entry.
pub(super) fn last_used(folder: &Path) -> Option<SystemTime> {
    fs::metadata(folder.join(FACTS)).ok()?.modified().ok()
}

fn write_facts(
    folder: &Path,
    key: &str,
    messages: Rendered,
    result: Result,
) -> std::io::Result<()> {
    let facts = Facts {
        key: key.to_owned(),
        messages,
        result,
    };
    fs::write(folder.join(FACTS), seal(&serde_json::to_vec(&facts)?))
}

fn hash_of(path: &Path) -> std::io::Result<String> {
    // In pieces: memory for the whole file would take longer to get than the hash.
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(fs::File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Notes that an entry was used; when that fails, it only ages faster.
fn note_use(facts: &Path) {
    let now = SystemTime::now();
    let noted = fs::metadata(facts).and_then(|meta| meta.modified());
    let recent = noted.is_ok_and(|noted| {
        now.duration_since(noted)
            .is_ok_and(|age| age < USE_NOTED_EVERY)
    });
    if !recent && let Ok(file) = fs::File::options().append(true).open(facts) {
        file.set_modified(now).ok();
    }
}

/// Bytes with their hash in front, so that a file that was cut short or damaged is seen.
fn seal(data: &[u8]) -> Vec<u8> {
    let mut sealed = blake3::hash(data).as_bytes().to_vec();
    sealed.extend_from_slice(data);
    sealed
}

fn unseal(sealed: &[u8]) -> Option<&[u8]> {
    let (hash, data) = sealed.split_first_chunk::<{ blake3::OUT_LEN }>()?;
    (blake3::hash(data) == *hash).then_some(data)
}

/// The entry's folder and the file of derived data in it.
fn side<'a>(executable: &'a Path, name: &str) -> std::result::Result<(&'a Path, String), Error> {
    let named_well = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'));
    match executable.parent() {
        Some(folder) if named_well => Ok((folder, format!("side-{name}"))),
        _ => Err(Error::Bug(format!(
            "`{}` is not a name for derived data",
            name.escape_debug()
        ))),
    }
}

/// See [`super::Artifact::recall`].
pub(super) fn recall(executable: &Path, name: &str) -> std::result::Result<Option<Vec<u8>>, Error> {
    let (folder, file) = side(executable, name)?;
    let sealed = fs::read(folder.join(file)).unwrap_or_default();
    Ok(unseal(&sealed).map(<[u8]>::to_vec))
}

/// See [`super::Artifact::remember`]. Where it cannot be stored, the next time computes it again.
pub(super) fn remember(
    executable: &Path,
    name: &str,
    data: &[u8],
) -> std::result::Result<(), Error> {
    let (folder, file) = side(executable, name)?;
    write_whole(folder, &file, &seal(data)).ok();
    Ok(())
}

/// Writes a file of an entry so that others see all of it or nothing. What is left of it if this is killed lies in the cache's
/// folder for work in progress, where it is found again.
fn write_whole(entry: &Path, name: &str, data: &[u8]) -> std::io::Result<()> {
    let cache = entry.parent().and_then(Path::parent);
    let staging = cache.ok_or(std::io::ErrorKind::NotFound)?.join(STAGING);
    temporary_files::write_whole(&entry.join(name), &staging, data, Readers::Owner)
}
