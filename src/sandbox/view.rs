//! What a contained program can see: the system's programs and libraries, what its [`View`] adds, and a scratch of its own.

use std::fs;
use std::path::{Path, PathBuf};

/// What a program sees beside the system, and where it may write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Files and folders that it may read and execute, at their own paths.
    pub readable: Vec<PathBuf>,
    /// Files and folders that it may read, at names in its scratch.
    pub inputs: Vec<Input>,
    /// Folders in its scratch that are there from the start.
    pub folders: Vec<PathBuf>,
    /// Bytes that fit into its scratch.
    pub scratch_bytes: u64,
    /// Files and folders that fit into its scratch.
    pub scratch_files: u64,
}

/// Something of the host's that is shown in the scratch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Where it lies.
    pub source: PathBuf,
    /// Where it is shown, relative to the scratch.
    pub name: PathBuf,
}

/// Where programs, their libraries, the loader's cache and Debian's links to programs lie.
const SYSTEM: [&str; 10] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/nix/store",
    "/gnu/store",
];

/// Devices that every program may expect.
pub(super) const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"];

/// Something of the system, as it is on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A folder or a file, to be shown read-only.
    Tree(PathBuf),
    /// A symbolic link and what it holds.
    Link(PathBuf, PathBuf),
}

/// The parts of the system that are there.
pub(super) fn system() -> Vec<Part> {
    let mut parts = Vec::new();
    for path in SYSTEM.map(PathBuf::from) {
        match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_symlink() => {
                if let Ok(to) = fs::read_link(&path) {
                    parts.push(Part::Link(path, to));
                }
            }
            Ok(_) => parts.push(Part::Tree(path)),
            Err(_) => {}
        }
    }
    parts
}

/// `paths` without those that lie below another of them or below the system's trees. A path that is a symbolic link is shown
/// under both of its names.
pub(super) fn beside_the_system(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut roots: Vec<PathBuf> = system()
        .into_iter()
        .filter_map(|part| match part {
            Part::Tree(path) => Some(path),
            Part::Link(..) => None,
        })
        .collect();
    let system = roots.len();
    let real = paths.iter().filter_map(|path| fs::canonicalize(path).ok());
    let mut wanted: Vec<PathBuf> = paths.iter().cloned().chain(real).collect();
    wanted.sort_by_key(|path| path.components().count());
    for path in wanted {
        if !roots.iter().any(|root| path.starts_with(root)) {
            roots.push(path);
        }
    }
    roots.split_off(system)
}

/// Whether `path` is seen anyway.
pub(super) fn is_of_the_system(path: &Path) -> bool {
    beside_the_system(&[path.to_owned()]).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_already_is_not_shown_again() {
        let folder = tempfile::tempdir().unwrap();
        let real = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir(real.join("a")).unwrap();
        std::os::unix::fs::symlink(real.join("a"), real.join("b")).unwrap();
        let paths = [
            real.join("a/c"),
            real.join("a"),
            real.join("b"),
            "/usr/bin".into(),
        ];
        assert_eq!(beside_the_system(&paths), [real.join("a"), real.join("b")]);
        assert!(is_of_the_system(Path::new("/usr/lib")));
        assert!(!is_of_the_system(&real));
    }
}
