//! Removing a folder that a program has left in any state: without permissions, nested without end, full of links.

use std::ffi::{CStr, CString};
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::{AtFlags, Dir, Mode, OFlags, fchmod, openat, renameat, unlinkat};
use rustix::io::Errno;

/// Folders nested deeper than this are moved up before they are emptied: each level holds a descriptor.
const DEEPEST: u32 = 32;
/// Names that are tried for a folder that is moved up.
const NAMES: u32 = 1000;

/// Removes a folder and all that is in it; nothing if it is no folder.
pub(super) fn remove_folder(path: &Path) {
    if let Some(folder) = open(path, OFlags::DIRECTORY) {
        let mut all = u64::MAX;
        empty(folder.as_fd(), &mut all);
        let _ = fs::remove_dir(path);
    }
}

/// Removes what lies at `path`, if it is this user's and nobody holds it.
pub(super) fn remove_abandoned(path: &Path, rest: &mut u64) {
    let Ok(seen) = fs::symlink_metadata(path) else {
        return;
    };
    let ours = seen.uid() == rustix::process::geteuid().as_raw();
    if !ours || !(seen.is_dir() || seen.is_file()) {
        return;
    }
    let Some(opened) = open(path, OFlags::empty()) else {
        return;
    };
    // Another error than "somebody holds it" means that nothing is known here.
    if opened.try_lock().is_err() {
        return;
    }
    // Its owner may just have moved it to its place, or another sweeper removed it.
    let same = |meta: fs::Metadata| (meta.dev(), meta.ino()) == (seen.dev(), seen.ino());
    let still = opened.metadata().is_ok_and(same) && fs::symlink_metadata(path).is_ok_and(same);
    if !still {
        return;
    }
    *rest = rest.saturating_sub(1);
    if seen.is_dir() {
        empty(opened.as_fd(), rest);
        let _ = fs::remove_dir(path);
    } else {
        let _ = fs::remove_file(path);
    }
}

/// Opens a file or folder, never a link's target, and never waiting. One that its owner may not read is made readable.
fn open(path: &Path, more: OFlags) -> Option<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | more;
    let open = || {
        File::options()
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(path)
    };
    match open() {
        Ok(file) => Some(file),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let path = CString::new(path.as_os_str().as_encoded_bytes()).ok()?;
            make_readable(rustix::fs::CWD, &path);
            open().ok()
        }
        Err(_) => None,
    }
}

/// Lets its owner read, write and enter a folder, and nothing that a link leads to.
fn make_readable(parent: BorrowedFd<'_>, name: &CStr) {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd as _;
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::DIRECTORY | OFlags::CLOEXEC;
        if let Ok(held) = openat(parent, name, flags, Mode::empty()) {
            // Such a descriptor can be changed through its name only.
            let held = format!("/proc/self/fd/{}", held.as_raw_fd());
            let _ = rustix::fs::chmod(held, Mode::RWXU);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = rustix::fs::chmodat(parent, name, Mode::RWXU, AtFlags::SYMLINK_NOFOLLOW);
}

/// Opens a folder in a folder, so that it can be emptied.
fn open_folder(parent: BorrowedFd<'_>, name: &CStr) -> Option<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened = openat(parent, name, flags, Mode::empty()).or_else(|error| {
        if error == Errno::ACCESS {
            make_readable(parent, name);
        }
        openat(parent, name, flags, Mode::empty())
    });
    let folder = opened.ok()?;
    let _ = fchmod(&folder, Mode::RWXU);
    Some(folder)
}

/// Empties a folder. `rest` is how many more entries may be removed.
fn empty(top: BorrowedFd<'_>, rest: &mut u64) {
    let _ = fchmod(top, Mode::RWXU);
    let mut moved = 0;
    // What was moved up is found by the next pass; a pass that removes and moves nothing is the last.
    while *rest > 0 && pass(top, top, 0, rest, &mut moved) {}
}

/// Removes what it can of a folder; says whether anything has changed.
fn pass(
    top: BorrowedFd<'_>,
    folder: BorrowedFd<'_>,
    depth: u32,
    rest: &mut u64,
    moved: &mut u32,
) -> bool {
    let mut changed = false;
    let Ok(entries) = Dir::read_from(folder) else {
        return false;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if [c".", c".."].contains(&name) {
            continue;
        }
        if *rest == 0 {
            return changed;
        }
        if unlinkat(folder, name, AtFlags::empty()).is_ok() {
            *rest -= 1;
            changed = true;
            continue;
        }
        let Some(inner) = open_folder(folder, name) else {
            continue;
        };
        if depth < DEEPEST {
            changed |= pass(top, inner.as_fd(), depth + 1, rest, moved);
        } else if unlinkat(folder, name, AtFlags::REMOVEDIR).is_err() {
            changed |= move_up(top, folder, name, moved);
            continue;
        }
        if unlinkat(folder, name, AtFlags::REMOVEDIR).is_ok() {
            *rest = rest.saturating_sub(1);
            changed = true;
        }
    }
    changed
}

/// Moves a folder to the top.
fn move_up(top: BorrowedFd<'_>, from: BorrowedFd<'_>, name: &CStr, moved: &mut u32) -> bool {
    (0..NAMES).any(|_| {
        *moved += 1;
        let free = format!("moved-{moved}");
        renameat(from, name, top, free).is_ok()
    })
}
