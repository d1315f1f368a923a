//! The folder that one compilation works in: `src` (a copy of the learner's files), `out`, `tmp`.

use std::fs;
use std::path::{Path, PathBuf};

use super::profile::{OUTPUT, SOURCES};
use super::{Cache, Request};
use crate::error::Error;

/// A staging folder; it is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Staging {
    folder: tempfile::TempDir,
    /// The folder's real path, without symbolic links: what the compiler sees as its working directory.
    real: PathBuf,
}

impl Staging {
    /// Copies the request's files. The folder lies in the cache, so that the finished program is moved and never
    /// copied: a program that this process has open for writing cannot be started ("text file busy"), not even by
    /// another thread.
    pub(super) fn new(cache: &Cache, request: &Request) -> Result<Self, Error> {
        let parent = cache.staging();
        let folder = tempfile::Builder::new()
            .prefix("build-")
            .tempdir_in(&parent)
            .map_err(|source| Error::file("create a folder in", &parent, source))?;
        // The real names of Windows (`\\?\C:\…`) are none that a program can start in.
        let real = if cfg!(windows) {
            std::path::absolute(folder.path())
        } else {
            fs::canonicalize(folder.path())
        };
        let real = real.map_err(|source| Error::file("resolve", folder.path(), source))?;
        let staging = Self { folder, real };
        for name in [SOURCES, "out", "tmp"] {
            create_folders(&staging.folder.path().join(name))?;
        }
        for (path, bytes) in &request.files {
            let target = staging.sources().join(path);
            if let Some(parent) = target.parent() {
                create_folders(parent)?;
            }
            fs::write(&target, bytes).map_err(|source| Error::file("write", &target, source))?;
        }
        Ok(staging)
    }

    /// The compiler's working directory: paths below it are the learner's own.
    pub(super) fn sources(&self) -> PathBuf {
        self.real.join(SOURCES)
    }

    /// Where the compiler leaves the program.
    pub(super) fn program(&self) -> PathBuf {
        self.sources().join(OUTPUT)
    }

    /// The folder itself.
    pub(super) fn path(&self) -> &Path {
        &self.real
    }
}

fn create_folders(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|source| Error::file("create", path, source))
}

/// Refuses names that would leave the staging folder or that rustc would take for something else: `-x` is an option,
/// `@x` a file of arguments. Reading a submission has refused most of them before.
pub(super) fn validate(request: &Request) -> Result<(), Error> {
    if !request.files.contains_key(&request.root) {
        return Err(Error::Bug(format!(
            "the root `{}` is not among the files to build",
            request.root
        )));
    }
    let plain = |path: &str| {
        !path.starts_with(['-', '@'])
            && !path.contains(['\0', '\\'])
            && path
                .split('/')
                .all(|part| !matches!(part, "" | "." | "..") && part.len() < 256)
    };
    match request.files.keys().find(|path| !plain(path)) {
        Some(path) => Err(Error::usage(
            format!("a file named `{}` cannot be compiled", path.escape_debug()),
            "rename it: letters, digits, `_` and `-`, not beginning with `-` or `@`",
        )),
        None => Ok(()),
    }
}
