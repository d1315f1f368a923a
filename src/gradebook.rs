//! What is kept of a class in the results: the gradebook in one SQLite file, the tables that a teacher fills in, and files that are
//! whole at every moment.

use std::path::Path;

use crate::error::Error;
use crate::temporary_files::{self, Readers};

pub mod archives;
pub mod changes;
pub mod database;
pub mod extensions;
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
    fn files_are_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grades.csv");
        write_whole(&path, "one").unwrap();
        write_whole(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
