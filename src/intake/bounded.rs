//! Reading a file that somebody else wrote: only a regular file, never through a link, never more than so much.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use crate::defense::Defense;

/// Why a file was not read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// There is none.
    Missing,
    /// It is a folder, link, pipe, socket or device.
    NotRegular(&'static str),
    /// It holds more bytes than are read.
    TooLarge,
    /// The system refused.
    Io(io::Error),
}

/// Whether a link in the place of the file is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    /// For files of the user's own.
    Follow,
    /// For files of a submission, where a link may lead anywhere.
    Refuse,
}

/// What a folder's entry is, in words.
pub(crate) fn kind(kind: std::fs::FileType) -> &'static str {
    if kind.is_dir() {
        return "a folder";
    }
    if kind.is_symlink() {
        return "a symbolic link";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
    }
    "a device"
}

/// Opens without waiting (a pipe without a writer would block) and without becoming anybody's terminal.
fn open(path: &Path, links: Links) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let no_follow = match links {
            Links::Follow => 0,
            Links::Refuse => libc::O_NOFOLLOW,
        };
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | no_follow);
    }
    #[cfg(not(unix))]
    let _ = links;
    options.open(path)
}

/// The bytes of a regular file of at most `max` bytes.
pub(crate) fn read(path: &Path, max: u64, links: Links) -> Result<Vec<u8>, Unreadable> {
    // Looking first gives better words than the errors of open do; what is opened is looked at again below.
    let links = if Defense::Links.is_on() {
        links
    } else {
        Links::Follow
    };
    let looked = match links {
        Links::Follow => std::fs::metadata(path),
        Links::Refuse => std::fs::symlink_metadata(path),
    };
    let metadata = looked.map_err(from_io)?;
    if !metadata.is_file() {
        return Err(Unreadable::NotRegular(kind(metadata.file_type())));
    }
    let file = open(path, links).map_err(from_io)?;
    let metadata = file.metadata().map_err(Unreadable::Io)?;
    if !metadata.is_file() {
        return Err(Unreadable::NotRegular(kind(metadata.file_type())));
    }
    if metadata.len() > max {
        return Err(Unreadable::TooLarge);
    }
    let mut bytes = Vec::new();
    // The file may grow while it is read, and files under /proc say that they are empty.
    file.take(max + 1)
        .read_to_end(&mut bytes)
        .map_err(Unreadable::Io)?;
    if bytes.len() as u64 > max {
        return Err(Unreadable::TooLarge);
    }
    Ok(bytes)
}

fn from_io(error: io::Error) -> Unreadable {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Unreadable::Missing,
        _ => Unreadable::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_up_to_the_bound_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("a"), "12345").unwrap();
        assert_eq!(read(&at("a"), 5, Links::Refuse).unwrap(), b"12345");
        assert!(matches!(
            read(&at("a"), 4, Links::Refuse),
            Err(Unreadable::TooLarge)
        ));
        assert!(matches!(
            read(&at("b"), 4, Links::Refuse),
            Err(Unreadable::Missing)
        ));
        assert!(matches!(
            read(&at("a/b"), 4, Links::Refuse),
            Err(Unreadable::Missing)
        ));
        assert!(matches!(
            read(folder.path(), 4, Links::Refuse),
            Err(Unreadable::NotRegular("a folder"))
        ));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_refused_or_followed_as_said() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("a"), "1").unwrap();
        std::os::unix::fs::symlink(at("a"), at("link")).unwrap();
        assert!(matches!(
            read(&at("link"), 5, Links::Refuse),
            Err(Unreadable::NotRegular("a symbolic link"))
        ));
        assert_eq!(read(&at("link"), 5, Links::Follow).unwrap(), b"1");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn endless_and_strange_files_are_refused() {
        let zero = Path::new("/dev/zero");
        assert!(matches!(
            read(zero, 5, Links::Follow),
            Err(Unreadable::NotRegular("a device"))
        ));
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RWXU,
            0,
        )
        .unwrap();
        assert!(matches!(
            read(&pipe, 5, Links::Refuse),
            Err(Unreadable::NotRegular("a pipe"))
        ));
    }
}
