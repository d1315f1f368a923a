//! Where a course's files are: in a folder, or in memgrade itself.

use std::path::{Path, PathBuf};

use crate::intake::bounded::{self, Links, Unreadable};

/// The built-in course: path with `/` and contents, sorted by path.
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded_course.rs"));
}

/// Most bytes of one file of a course.
const MAX_FILE: u64 = 1 << 20;

/// Most entries of one folder of a course that are looked at.
const MAX_ENTRIES: usize = 10_000;

/// A course's files by path, relative to the course and with `/`.
#[derive(Debug, Clone)]
pub(super) enum Files {
    /// A folder on disk.
    Folder(PathBuf),
    /// A table of paths and contents, sorted by path.
    Table(&'static [(&'static str, &'static [u8])]),
}

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) is_folder: bool,
}

impl Files {
    /// The files compiled into memgrade.
    pub(super) fn embedded() -> Self {
        Self::Table(embedded::FILES)
    }

    /// The bytes of a file.
    pub(super) fn read(&self, path: &str) -> Result<Vec<u8>, Unreadable> {
        match self {
            Self::Folder(folder) => bounded::read(&folder.join(path), MAX_FILE, Links::Follow),
            Self::Table(table) => match table.binary_search_by_key(&path, |(name, _)| name) {
                Ok(index) => Ok(table[index].1.to_vec()),
                Err(_) => Err(Unreadable::Missing),
            },
        }
    }

    /// Names in a folder, sorted, without hidden ones and those that are not UTF-8. Empty if there is no such folder.
    pub(super) fn names(&self, folder: &str) -> Vec<String> {
        let names = self.entries(folder).into_iter().map(|entry| entry.name);
        names
            .filter(|name| !name.starts_with('.') && !name.contains(char::REPLACEMENT_CHARACTER))
            .collect()
    }

    /// Everything in a folder, sorted by name; bytes that are no UTF-8 are replaced. Empty if there is no such folder.
    pub(super) fn entries(&self, folder: &str) -> Vec<Entry> {
        let mut entries: Vec<Entry> = match self {
            Self::Folder(root) => std::fs::read_dir(root.join(folder))
                .into_iter()
                .flatten()
                .take(MAX_ENTRIES)
                .filter_map(|entry| {
                    let entry = entry.ok()?;
                    Some(Entry {
                        name: entry.file_name().to_string_lossy().into_owned(),
                        is_folder: entry.path().is_dir(),
                    })
                })
                .collect(),
            Self::Table(table) => table
                .iter()
                .filter_map(|(path, _)| {
                    let rest = path.strip_prefix(folder)?.strip_prefix('/')?;
                    let (name, is_folder) = match rest.split_once('/') {
                        Some((name, _)) => (name, true),
                        None => (rest, false),
                    };
                    Some(Entry {
                        name: name.to_owned(),
                        is_folder,
                    })
                })
                .collect(),
        };
        entries.sort_unstable();
        entries.dedup();
        entries
    }

    /// Whether there is a file (`false`: a folder) at a path; `None` if there is nothing.
    pub(super) fn is_file(&self, path: &str) -> Option<bool> {
        match self {
            Self::Folder(root) => {
                let metadata = std::fs::metadata(root.join(path)).ok()?;
                Some(metadata.is_file())
            }
            Self::Table(table) => {
                if table.binary_search_by_key(&path, |(name, _)| name).is_ok() {
                    return Some(true);
                }
                let inside = format!("{path}/");
                let mut paths = table.iter();
                paths
                    .any(|(name, _)| name.starts_with(&inside))
                    .then_some(false)
            }
        }
    }

    /// The folder, if there is one.
    pub(super) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Table(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_and_a_folder_answer_alike() {
        let table: &[(&str, &[u8])] = &[
            ("course.toml", b"c"),
            ("exercises/a/main.rs", b"1"),
            ("exercises/b/main.rs", b"2"),
        ];
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in table {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        for files in [Files::Table(table), Files::Folder(folder.path().to_owned())] {
            assert_eq!(files.names("exercises"), ["a", "b"]);
            assert_eq!(files.names("nowhere"), Vec::<String>::new());
            assert_eq!(files.read("exercises/b/main.rs").unwrap(), b"2");
            assert!(files.read("exercises").is_err());
        }
    }

    #[test]
    fn the_built_in_table_is_sorted() {
        assert!(embedded::FILES.is_sorted_by_key(|(path, _)| path));
    }
}
