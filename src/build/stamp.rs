//! Whether a file is still the one that was seen, without reading it.

use std::fs::Metadata;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// What the file system says of a file that was not touched. The time of change cannot be set by a program, so a
/// file with an equal stamp was not written since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// Bytes.
    pub(super) size: u64,
    /// Inode number, time of modification, time of change; zero where the system has none.
    identity: (u64, i128, i128),
}

impl Stamp {
    /// The stamp of the file at `path`, symbolic links followed; `None` if there is none that can be seen.
    pub(super) fn of(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().map(|meta| Self::from(&meta))
    }
}

impl From<&Metadata> for Stamp {
    #[cfg(unix)]
    fn from(meta: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;

        let nanoseconds =
            |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        Self {
            size: meta.len(),
            identity: (
                meta.ino(),
                nanoseconds(meta.mtime(), meta.mtime_nsec()),
                nanoseconds(meta.ctime(), meta.ctime_nsec()),
            ),
        }
    }

    #[cfg(not(unix))]
    fn from(meta: &Metadata) -> Self {
        let modified = meta
            .modified()
            .ok()
            .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
            .and_then(|age| i128::try_from(age.as_nanos()).ok())
            .unwrap_or(0);
        Self {
            size: meta.len(),
            identity: (0, modified, 0),
        }
    }
}
