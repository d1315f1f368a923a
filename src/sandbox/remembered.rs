//! The level that was found the last time, kept for as long as everything is the same that could make it another one.
//!
//! Only an answer that could not be better is kept: a lower level may be the mood of a moment, and whoever has just mended the
//! machine wants to see it. Nothing is trusted more because of it: a run at a level that does not work fails, and then the
//! dry runs are done after all.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::Ladder;
use super::ladder::{self, VARIABLE};
use crate::observe::Level;
use crate::temporary_files::{self, Readers};

/// The version of what is kept.
const FORMAT: &str = "memgrade 2026-11 sandbox level 1";
/// Answers for so many surroundings are kept: containers, users, versions.
const MOST_NOTES: usize = 32;
/// No note is larger.
const MOST_BYTES: usize = 256;

/// Where it is kept: a folder that nobody but this user can write to.
static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Names the folder, once for each process. Without one nothing is remembered.
pub(super) fn keep_in(folder: PathBuf) {
    FOLDER.get_or_init(|| folder);
}

/// The answer of the last time.
pub(super) fn recall() -> Option<Ladder> {
    read(&note(FOLDER.get()?)?)
}

/// Keeps an answer, if it is the best that was asked for.
pub(super) fn keep(found: &Ladder) {
    if let Some(folder) = FOLDER.get() {
        if let Some(note) = note(folder) {
            write(folder, &note, found);
        }
        prune(folder);
    }
}

/// Forgets the answer for these surroundings.
pub(super) fn forget() {
    if let Some(note) = FOLDER.get().and_then(|folder| note(folder)) {
        let _ = fs::remove_file(note);
    }
}

/// The file for these surroundings; `None` where they are not known well enough.
fn note(folder: &Path) -> Option<PathBuf> {
    let digest = blake3::Hasher::new_derive_key(FORMAT)
        .update(surroundings()?.as_bytes())
        .finalize();
    Some(folder.join(format!("level-{}", digest.to_hex())))
}

fn read(note: &Path) -> Option<Ladder> {
    let meta = fs::symlink_metadata(note).ok()?;
    let plain =
        meta.is_file() && meta.len() <= MOST_BYTES as u64 && Readers::Owner.are_those_of(&meta);
    let text = plain.then(|| fs::read_to_string(note).ok())??;
    let best = ladder::best();
    // Better ones were not tried, as the key says.
    (text == line(best)).then(|| ladder::unasked(best))
}

fn write(folder: &Path, note: &Path, found: &Ladder) {
    if *found == ladder::unasked(found.level) {
        // Where it cannot be kept, the next process tries again.
        let text = line(found.level);
        let _ = temporary_files::write_whole(note, folder, text.as_bytes(), Readers::Owner);
    }
}

/// What a note says; whole or not at all.
fn line(level: Level) -> String {
    format!("{}\n", level.name())
}

/// Removes the oldest notes, and what killed processes have left behind.
fn prune(folder: &Path) {
    temporary_files::sweep(folder);
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut notes: Vec<_> = entries
        .map(|entry| {
            let modified = entry.metadata().and_then(|meta| meta.modified()).ok();
            (modified, entry.path())
        })
        .collect();
    notes.sort();
    for (_, old) in notes.iter().rev().skip(MOST_NOTES) {
        let _ = fs::remove_file(old);
    }
}

/// All that can change what a dry run says, as far as it can be seen.
fn surroundings() -> Option<String> {
    let mut text = String::new();
    let asked = std::env::var_os(VARIABLE);
    let _ = writeln!(text, "{} {asked:?}", env!("CARGO_PKG_VERSION"));
    // This very program.
    let _ = writeln!(text, "{}", identity("/proc/self/exe")?);
    // The same machine, not started anew; without it nothing else is worth much.
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    text.push_str(&boot);
    let ids = (
        rustix::process::getuid(),
        rustix::process::geteuid(),
        rustix::process::getgid(),
        rustix::process::getegid(),
    );
    let _ = writeln!(text, "{ids:?}");
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let fields = ["NoNewPrivs:", "Seccomp", "Cap", "Groups:"];
    for line in status.lines() {
        if fields.iter().any(|field| line.starts_with(field)) {
            let _ = writeln!(text, "{line}");
        }
    }
    for name in ["user", "mnt", "pid", "net", "cgroup"] {
        let namespace = fs::read_link(format!("/proc/self/ns/{name}"));
        let _ = writeln!(text, "{namespace:?}");
    }
    // In another root namespaces may be refused; and what the dry run starts is there.
    for path in ["/", "/bin/sh", "/tmp"] {
        let _ = writeln!(text, "{:?}", identity(path));
    }
    for file in [
        "/proc/sys/kernel/osrelease",
        "/proc/sys/kernel/version",
        "/proc/self/attr/current",
        "/proc/sys/user/max_user_namespaces",
        "/proc/sys/kernel/unprivileged_userns_clone",
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "/proc/sys/kernel/apparmor_restrict_unprivileged_unconfined",
        "/proc/sys/kernel/yama/ptrace_scope",
    ] {
        let said = fs::read_to_string(file).unwrap_or_default();
        let _ = writeln!(text, "{}", said.trim_end_matches(['\n', '\0']));
    }
    Some(text)
}

/// Which file lies at a path, and whether it was changed.
fn identity(path: &str) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let meta = fs::metadata(path).ok()?;
    // The times of a folder change with what is in it.
    let changed = if meta.is_dir() {
        (0, 0)
    } else {
        (meta.ctime(), meta.ctime_nsec())
    };
    Some(format!("{} {} {changed:?}", meta.dev(), meta.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_best_answer_is_kept_and_a_damaged_note_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = note(folder.path()).unwrap();
        assert_eq!(
            note(folder.path()),
            Some(path.clone()),
            "the same surroundings"
        );
        // The variable that asks for a level may be set by whoever runs the tests.
        let best = ladder::unasked(ladder::best());
        let worse = Ladder {
            level: Level::Limits,
            refused: vec![(Level::Full, "no namespaces".to_owned())],
        };
        write(folder.path(), &path, &worse);
        assert_eq!(read(&path), None);
        write(folder.path(), &path, &best);
        assert_eq!(read(&path), Some(best));
        for damaged in ["", "ful", "full\n\n", "none\n"] {
            fs::write(&path, damaged).unwrap();
            assert_eq!(read(&path), None, "{damaged:?}");
        }
    }

    #[test]
    fn a_note_that_others_can_write_or_that_is_a_link_is_none() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let best = ladder::unasked(ladder::best());
        let path = folder.path().join("level-x");
        write(folder.path(), &path, &best);
        assert!(read(&path).is_some());
        let link = folder.path().join("level-y");
        symlink(&path, &link).unwrap();
        assert_eq!(read(&link), None);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(read(&path), None);
    }

    #[test]
    fn old_notes_go() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..MOST_NOTES + 5 {
            fs::write(folder.path().join(format!("level-{number}")), "").unwrap();
        }
        prune(folder.path());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), MOST_NOTES);
    }
}
