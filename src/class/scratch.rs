//! Where archives are unpacked and files are put right: one temporary folder for the class, made when it is first needed.

use std::fs;
use std::path::PathBuf;

use crate::error::Error;
use crate::temporary_files::Folder;

/// Most bytes that all students' archives together may hold.
const MAX_TOTAL: u64 = 8 << 30;

/// The class's temporary folder.
#[derive(Debug)]
pub(super) struct Scratch {
    folder: Option<Folder>,
    made: u32,
    /// Bytes that may still be written for students.
    pub(super) left: u64,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            folder: None,
            made: 0,
            left: MAX_TOTAL,
        }
    }
}

impl Scratch {
    /// A new, empty folder in it.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be made.
    pub(super) fn folder(&mut self) -> Result<PathBuf, Error> {
        let parent = std::env::temp_dir();
        let folder = match self.folder.take() {
            Some(folder) => folder,
            None => Folder::new_in(&parent)
                .map_err(|source| Error::file("create a folder in", &parent, source))?,
        };
        let folder = self.folder.insert(folder);
        self.made += 1;
        let path = folder.path().join(self.made.to_string());
        fs::create_dir(&path).map_err(|source| Error::file("create", &path, source))?;
        Ok(path)
    }

    /// The folder, for whoever keeps it as long as it is needed.
    pub(super) fn into_folder(self) -> Option<Folder> {
        self.folder
    }
}
