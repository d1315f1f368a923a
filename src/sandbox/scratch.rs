//! The one folder that a program may write to, new for every run.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::observe::Level;
use crate::temporary_files::Folder;

/// Where a program with a root of its own finds its scratch.
const OWN: &str = "/scratch";

/// A scratch: in the program's own root, or a folder of the host's that is removed with this.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    _folder: Option<Folder>,
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
                _folder: None,
            });
        }
        let parent = std::env::temp_dir();
        let folder = Folder::new_in(&parent)
            .map_err(|source| Error::file("create a folder in", &parent, source))?;
        Ok(Self {
            path: folder.path().to_owned(),
            _folder: Some(folder),
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

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use std::fs;

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
