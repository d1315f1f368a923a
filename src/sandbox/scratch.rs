//! The one folder that a program may write to, new for every run.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::Error;
use crate::observe::Level;

/// Where a program with a root of its own finds its scratch.
const OWN: &str = "/scratch";

/// A scratch: in the program's own root, or a folder of the host's that is removed with this.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    folder: Option<TempDir>,
}

impl Scratch {
    /// A scratch for one run at a level.
    ///
    /// # Errors
    /// [`Error::File`] where a folder is needed and cannot be made.
    pub fn new(level: Level) -> Result<Self, Error> {
        if level == Level::Full {
            return Ok(Self {
                path: OWN.into(),
                folder: None,
            });
        }
        let folder = tempfile::Builder::new()
            .prefix("memgrade-")
            .tempdir()
            .map_err(|source| Error::file("create a folder in", std::env::temp_dir(), source))?;
        Ok(Self {
            path: folder.path().to_owned(),
            folder: Some(folder),
        })
    }

    /// Where the program finds it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where a scratch is in a root of the program's own.
    pub fn own() -> &'static Path {
        Path::new(OWN)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(folder) = self.folder.take()
            && folder.close().is_err()
        {
            // The program may have left it in a state in which it cannot simply be removed.
            open_up(&self.path, 0);
            // What cannot be removed even then is left to the system's own cleaning.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Folders nested deeper than this are not entered.
const DEEPEST: u32 = 64;

/// Makes every folder below `path` one that may be emptied.
fn open_up(path: &Path, depth: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o700));
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        let folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if folder && depth < DEEPEST {
            open_up(&entry.path(), depth + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_folder_without_permissions_is_removed_too() {
        use std::os::unix::fs::PermissionsExt as _;
        let scratch = Scratch::new(Level::Limits).unwrap();
        let path = scratch.path().to_owned();
        let inner = path.join("a");
        fs::create_dir_all(inner.join("b")).unwrap();
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o000)).unwrap();
        drop(scratch);
        assert!(!path.exists());
    }

    #[test]
    fn a_root_of_its_own_needs_no_folder_of_the_hosts() {
        let scratch = Scratch::new(Level::Full).unwrap();
        assert_eq!(scratch.path(), Path::new("/scratch"));
        assert!(!scratch.path().exists());
    }
}
