//! The teacher's results folder: which folders are students, and files that are whole at every moment.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::temporary_files::{self, Readers};

pub mod changes;
pub mod database;
pub mod free_text;
pub mod judgments;
pub mod manual;
pub mod policy;
pub mod record;
pub mod records;
pub mod roll;
mod runs;
mod shared;
mod table;

pub use database::Book;
pub use judgments::{Judgment, Known};

/// One student's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Student {
    /// The folder's name; bytes that are no UTF-8 are replaced.
    pub id: String,
    /// The folder.
    pub folder: PathBuf,
    /// A file name made from the id: safe on every system, and no other student's.
    pub file_stem: String,
}

/// Every folder directly under `submissions`, by name. Hidden folders, files and symbolic links are no students:
/// a link could lead to another student's work, or out of the submissions.
///
/// # Errors
/// [`Error::File`] when the folder cannot be read.
pub fn students(submissions: &Path) -> Result<Vec<Student>, Error> {
    let mut taken = BTreeSet::new();
    let folders = crate::class::plain_folders(submissions)?;
    let students = folders.into_iter().map(|(id, folder)| Student {
        file_stem: crate::class::free_stem(&id, &mut taken),
        id,
        folder,
    });
    Ok(students.collect())
}

/// Replaces the file at `path` in one step: a reader sees the old text or the new one, never half of it.
///
/// # Errors
/// [`Error::File`] when the folder cannot be written to.
pub fn write_whole(path: &Path, text: &str) -> Result<(), Error> {
    let cannot = |source| Error::file("write", path, source);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Temporary files are private; results are meant to be read like any other file of the teacher's.
    temporary_files::write_whole(path, folder, text.as_bytes(), Readers::Everybody).map_err(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_real_folders_are_students() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bob", "ann", ".git", "__MACOSX"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("notes.txt"), "").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path().join("ann"), folder.path().join("eve")).unwrap();
        let ids: Vec<String> = students(folder.path())
            .unwrap()
            .into_iter()
            .map(|student| student.id)
            .collect();
        assert_eq!(ids, ["ann", "bob"]);
    }

    #[test]
    fn files_are_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grades.csv");
        write_whole(&path, "one").unwrap();
        write_whole(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
