//! Whether what lies in a folder can only be this user's doing: what memgrade loads into programs, and what it remembers of
//! this machine, must not be what another user has put there.

use std::path::Path;

/// Whether nobody but this user and root can have put anything at `path`, or anything in its way.
#[cfg(unix)]
pub(super) fn is_ours(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    /// Write bits of group and others.
    const OTHERS_WRITE: u32 = 0o022;
    /// In such a folder only the owner of a file may rename or remove it.
    const STICKY: u32 = 0o1000;
    let me = rustix::process::geteuid().as_raw();
    let Ok(real) = std::fs::canonicalize(path) else {
        return false;
    };
    real.ancestors().all(|part| {
        std::fs::symlink_metadata(part).is_ok_and(|meta| {
            let sticky = meta.is_dir() && meta.mode() & STICKY != 0 && part != real;
            [0, me].contains(&meta.uid()) && (meta.mode() & OTHERS_WRITE == 0 || sticky)
        })
    })
}

/// Other systems' rights are not understood here.
#[cfg(not(unix))]
pub(super) fn is_ours(_: &Path) -> bool {
    false
}

/// Whether programs and libraries can be started from a folder: it may be on a mount that forbids that.
#[cfg(target_os = "linux")]
pub(super) fn may_execute(folder: &Path) -> bool {
    rustix::fs::statvfs(folder).is_ok_and(|system| {
        !system
            .f_flag
            .contains(rustix::fs::StatVfsMountFlags::NOEXEC)
    })
}

/// Nothing is loaded into programs elsewhere.
#[cfg(not(target_os = "linux"))]
pub(super) fn may_execute(_: &Path) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn what_others_could_have_written_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        let file = inner.join("file");
        fs::write(&file, "").unwrap();
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        let outer = folder.path().join("a");
        for (path, mode) in [(&outer, 0o755), (&inner, 0o755), (&file, 0o644)] {
            set(path, mode);
        }
        assert!(is_ours(&file) && is_ours(&inner));
        for (path, bad, good) in [
            (&outer, 0o775, 0o755),
            (&inner, 0o757, 0o700),
            (&file, 0o646, 0o444),
        ] {
            set(path, bad);
            assert!(!is_ours(&file), "{}", path.display());
            set(path, good);
            assert!(is_ours(&file));
        }
        // As /tmp: others may write there, but not touch what is mine.
        set(&outer, 0o1777);
        assert!(is_ours(&file) && !is_ours(&outer));
        assert!(!is_ours(&inner.join("nothing")));
        // A link counts as what it leads to.
        symlink("/proc/self/status", inner.join("link")).unwrap();
        assert!(is_ours(&inner.join("link")));
    }
}
