//! Taking a file out of a scratch that a program wrote to.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};

use super::{TakeOut, Taken, orphans};
use crate::error::Error;

/// Takes a file out of `scratch`.
///
/// # Errors
/// [`Error::File`] if it cannot be written where it is wanted.
pub(super) fn take(scratch: &OwnedFd, wanted: &TakeOut) -> Result<Taken, Error> {
    let Ok(mut from) = open(scratch, wanted) else {
        return Ok(Taken::Missing);
    };
    let size = match from.metadata() {
        Ok(meta) if meta.is_file() => meta.len(),
        _ => return Ok(Taken::Missing),
    };
    if size > wanted.most {
        return Ok(Taken::TooLarge(size));
    }
    // A child that another thread forks while this file is open for writing would hold it open too, and nobody could start it.
    let _nobody_forks = orphans::forking();
    let copied = File::create_new(&wanted.to).and_then(|mut to| {
        // Everything that could change it is dead, but its size is only what the copy says.
        io::copy(&mut io::Read::take(&mut from, wanted.most), &mut to)?;
        to.set_permissions(fs::Permissions::from_mode(0o755))
    });
    match copied {
        Ok(()) => Ok(Taken::Whole),
        Err(source) => Err(Error::file("write", &wanted.to, source)),
    }
}

/// Opens the file, and nothing that a link leads to.
fn open(scratch: &OwnedFd, wanted: &TakeOut) -> rustix::io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let within = ResolveFlags::BENEATH
        | ResolveFlags::NO_SYMLINKS
        | ResolveFlags::NO_MAGICLINKS
        | ResolveFlags::NO_XDEV;
    openat2(scratch.as_fd(), &wanted.name, flags, Mode::empty(), within).map(File::from)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::*;

    #[test]
    fn only_a_regular_file_of_the_scratch_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = folder.path().join("scratch");
        fs::create_dir_all(scratch.join("out")).unwrap();
        fs::write(folder.path().join("secret"), "secret").unwrap();
        fs::write(scratch.join("out/program"), "1234").unwrap();
        symlink("../../secret", scratch.join("out/link")).unwrap();
        symlink("out", scratch.join("other")).unwrap();
        let held = OwnedFd::from(File::open(&scratch).unwrap());
        let to = folder.path().join("taken");
        let take = |name: &str, most| {
            let name = Path::new(name).to_owned();
            let to = to.clone();
            super::take(&held, &TakeOut { name, to, most }).unwrap()
        };
        for name in ["out/link", "other/program", "../secret", "out", "nothing"] {
            assert_eq!(take(name, 100), Taken::Missing, "{name}");
        }
        assert_eq!(take("out/program", 3), Taken::TooLarge(4));
        assert!(!to.exists());
        assert_eq!(take("out/program", 4), Taken::Whole);
        assert_eq!(fs::read(&to).unwrap(), b"1234");
    }
}
