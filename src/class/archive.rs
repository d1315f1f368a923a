//! Unpacking archives that others made: nothing outside the folder is written, and never more than so much.
//!
//! The main function is [`unpack`]. What an archive says of itself is not believed; what comes out of it is counted.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::error::Error;

mod names;
mod sink;
mod tarred;
mod zipped;

pub(super) use names::{is_reserved, is_silent};
pub(super) use sink::LeftOut;
use sink::Sink;

/// How much of an archive is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Files and folders, besides those that are left out silently.
    pub(super) entries: u32,
    /// Bytes of one file of source.
    pub(super) file: u64,
    /// Bytes of one archive within it.
    pub(super) archive: u64,
    /// Bytes of all that is written.
    pub(super) total: u64,
    /// Bytes that may come out, needed or not.
    pub(super) produced: u64,
    /// How many times its own size an archive may hold; `None` where others than its maker chose what is in it.
    pub(super) ratio: Option<u64>,
    /// Bytes that an archive's table of contents may have.
    pub(super) contents: u64,
}

/// For what a teacher downloads.
pub(super) const OF_CLASS: Limits = Limits {
    entries: 200_000,
    file: MAX_SOURCE,
    archive: 1 << 30,
    total: 8 << 30,
    produced: 32 << 30,
    ratio: None,
    contents: 64 << 20,
};

/// For what one student hands in.
pub(super) const OF_STUDENT: Limits = Limits {
    entries: 10_000,
    file: MAX_SOURCE,
    archive: 32 << 20,
    total: 32 << 20,
    produced: 4 << 30,
    ratio: Some(200),
    contents: 16 << 20,
};

/// Most bytes of one file of source that are taken; intake says of those above its own bound that they are too large.
pub(super) const MAX_SOURCE: u64 = 2 * crate::intake::MAX_FILE;
/// An archive that holds no more than so much is no bomb, whatever its ratio.
const HARMLESS: u64 = 64 << 20;
/// Largest zip of which the table of contents is looked for.
const MAX_ZIP: u64 = 1 << 30;

/// Why nothing was taken out of an archive.
#[derive(Debug)]
pub(super) enum Failure {
    /// It cannot be used. A sentence without its subject, which is the archive.
    Refused(String),
    /// This machine could not write.
    Machine(Error),
}

impl Failure {
    fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }

    /// What an archive's reader says. The words are for programmers, so ours are given.
    fn damaged(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::refused("cannot be read: permission denied"),
            _ => Self::refused("is damaged or was cut off on its way; ask for it again"),
        }
    }
}

/// How an archive is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Zip,
    Tar,
    TarGz,
}

/// Endings of archives that are unpacked.
const ENDINGS: [&str; 4] = [".tar.gz", ".tgz", ".tar", ".zip"];
/// Endings of others.
const OTHER_ENDINGS: [&str; 13] = [
    ".rar", ".7z", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst", ".tzst", ".xz", ".bz2",
    ".zst", ".gz", ".zipx",
];

/// The name without its ending, if it is one of an archive that is unpacked.
pub(super) fn stem(name: &str) -> Option<&str> {
    ENDINGS.iter().find_map(|ending| without(name, ending))
}

/// Whether a name is one of an archive of a kind that is not read.
pub(super) fn is_unread(name: &str) -> bool {
    stem(name).is_none()
        && OTHER_ENDINGS
            .iter()
            .any(|ending| without(name, ending).is_some())
}

fn without<'n>(name: &'n str, ending: &str) -> Option<&'n str> {
    let at = name.len().checked_sub(ending.len())?;
    let (stem, end) = name.split_at_checked(at)?;
    (end.eq_ignore_ascii_case(ending) && !stem.is_empty()).then_some(stem)
}

/// Unpacks an archive into an empty folder, and says what was left out. Files that `wanted` does not ask for are made without
/// their content: their names are looked at, and nothing else.
///
/// # Errors
/// [`Failure::Refused`] leaves what was written so far; whoever called it removes the folder.
pub(super) fn unpack(
    archive: &Path,
    into: &Path,
    limits: &Limits,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Vec<LeftOut>, Failure> {
    let meta = fs::symlink_metadata(archive).map_err(|error| Failure::damaged(&error))?;
    if !meta.is_file() {
        return Err(Failure::refused("is not a regular file"));
    }
    let mut file = File::open(archive).map_err(|error| Failure::damaged(&error))?;
    let format = format(&mut file)?;
    let most = match limits.ratio {
        Some(ratio) => HARMLESS.max(meta.len().saturating_mul(ratio)),
        None => limits.produced,
    };
    let produced = limits.produced.min(most);
    let mut sink = Sink::new(into, limits, produced, wanted);
    match format {
        Format::Zip if meta.len() > MAX_ZIP.max(limits.archive) => {
            return Err(Failure::refused("is larger than 1 GiB"));
        }
        Format::Zip => zipped::unpack(&file, &mut sink, limits.contents)?,
        Format::Tar => tarred::unpack(file, &mut sink, produced)?,
        Format::TarGz => {
            let reader = flate2::read::MultiGzDecoder::new(io::BufReader::new(file));
            tarred::unpack(reader, &mut sink, produced)?;
        }
    }
    Ok(sink.finish())
}

/// Told by the content: names lie.
fn format(file: &mut File) -> Result<Format, Failure> {
    let mut start = Vec::new();
    file.take(512)
        .read_to_end(&mut start)
        .and_then(|_| file.seek(SeekFrom::Start(0)))
        .map_err(|error| Failure::damaged(&error))?;
    let other = |what: &str| {
        Failure::refused(format!(
            "is {what}, which memgrade does not read; ask for a zip or tar.gz"
        ))
    };
    match start.as_slice() {
        [] => Err(Failure::refused("is empty; ask for it again")),
        [b'P', b'K', 3 | 5 | 7, 4 | 6 | 8, ..] => Ok(Format::Zip),
        [0x1f, 0x8b, ..] => Ok(Format::TarGz),
        [b'R', b'a', b'r', b'!', ..] => Err(other("a RAR archive")),
        [b'7', b'z', 0xbc, 0xaf, ..] => Err(other("a 7z archive")),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => Err(other("compressed with xz")),
        [b'B', b'Z', b'h', ..] => Err(other("compressed with bzip2")),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Err(other("compressed with zstd")),
        start if is_tar_header(start) => Ok(Format::Tar),
        _ => Err(Failure::refused(
            "is no archive, whatever its name says; ask for a zip or tar.gz",
        )),
    }
}

fn is_tar_header(block: &[u8]) -> bool {
    let Ok(block) = <&[u8; 512]>::try_from(block) else {
        return false;
    };
    // An empty archive is nothing but zeros.
    block.iter().all(|byte| *byte == 0) || {
        let (before, after) = (&block[..148], &block[156..]);
        let sum: u32 = before
            .iter()
            .chain(after)
            .map(|byte| u32::from(*byte))
            .sum();
        let header = tar::Header::from_byte_slice(block);
        header.cksum().is_ok_and(|told| told == sum + 8 * 32)
    }
}
