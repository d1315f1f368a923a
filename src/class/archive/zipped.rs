//! Zip archives.

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive, ZipReadOptions};

use super::Failure;
use super::sink::{Meter, Sink, bomb, is_bomb};

/// Bits of a mode that say what a file is.
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;
const LINK: u32 = 0o120_000;

/// Unpacks a zip of which the table of contents has at most so many bytes.
pub(super) fn unpack(file: &File, sink: &mut Sink<'_>, contents: u64) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| Failure::damaged(&error);
    let mut clone = file.try_clone().map_err(cannot)?;
    let metered = Meter::new(BufReader::new(file.try_clone().map_err(cannot)?), contents);
    let archive = ZipArchive::new(metered).map_err(of_archive)?;
    if archive.has_duplicate_names() {
        sink.leave_out(
            "names that occur twice",
            "of each, what comes last was taken",
        );
    }
    // The table is read: what follows is bounded by what comes out of it.
    let entries = archive.metadata();
    drop(archive);
    clone.seek(SeekFrom::Start(0)).map_err(cannot)?;
    let mut reader = BufReader::new(clone);
    for index in 0..entries.len() {
        let entry = entries.entry(index).map_err(of_archive)?;
        let lossy = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let Ok(name) = entry.name().map(std::borrow::Cow::into_owned) else {
            sink.leave_out(&lossy, "its name is not UTF-8, which it says it is");
            continue;
        };
        let Some(parts) = sink.admit(&name, entry.is_dir())? else {
            continue;
        };
        if entry.encrypted() {
            return Err(Failure::refused(
                "is protected by a password; ask for it without one",
            ));
        }
        let mode = entry.unix_mode().unwrap_or_default() & KIND;
        if entry.is_symlink() || mode == LINK {
            sink.leave_out_at(&parts, &name, "it is a symbolic link")?;
        } else if ![0, REGULAR, FOLDER].contains(&mode) {
            sink.leave_out_at(&parts, &name, "it is a device or pipe")?;
        } else if entry.is_dir() {
            sink.folder(&parts)?;
        } else if !matches!(
            entry.compression(),
            CompressionMethod::Stored | CompressionMethod::Deflated
        ) {
            let reason = "it is compressed in a way that memgrade does not read";
            sink.leave_out_at(&parts, &name, reason)?;
        } else {
            let options = ZipReadOptions::new();
            let content = &mut reader;
            sink.file(&parts, move || {
                entry
                    .with_reader(content, options)
                    .map_err(|_| "it is damaged".to_owned())
            })?;
        }
    }
    Ok(())
}

fn of_archive(error: ZipError) -> Failure {
    match error {
        ZipError::Io(error) if is_bomb(&error) => bomb(),
        ZipError::Io(error) => Failure::damaged(&error),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Failure::refused("is protected by a password; ask for it without one")
        }
        ZipError::UnsupportedArchive(why) if why.contains("multi-disk") => {
            Failure::refused("is one part of a zip in several parts; ask for one file")
        }
        _ => Failure::refused("is damaged or was cut off on its way; ask for it again"),
    }
}
