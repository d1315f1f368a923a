//! Tar archives, compressed or not.
//!
//! Entries are read raw: long names and extended headers are bounded here, where the crate reads them whole.

use std::io::{self, Read};

use tar::{Archive, EntryType, PaxExtensions};

use super::Failure;
use super::sink::{Meter, Sink, bomb, is_bomb};

/// Most bytes of a long name or of an extended header.
const MAX_HEADER: u64 = 64 << 10;

/// Unpacks a tar of at most so many bytes.
pub(super) fn unpack(reader: impl Read, sink: &mut Sink<'_>, produced: u64) -> Result<(), Failure> {
    let mut archive = Archive::new(Meter::new(reader, produced));
    let mut name: Option<Vec<u8>> = None;
    for entry in archive.entries().map_err(|e| failed(&e))?.raw(true) {
        let mut entry = entry.map_err(|error| failed(&error))?;
        let kind = entry.header().entry_type();
        match kind {
            EntryType::GNULongName => {
                let mut long = header(&mut entry)?;
                long.truncate(long.iter().position(|b| *b == 0).unwrap_or(long.len()));
                name = Some(long);
                continue;
            }
            EntryType::XHeader => {
                if let Some(path) = path_of(&header(&mut entry)?)? {
                    name = Some(path);
                }
                continue;
            }
            EntryType::GNULongLink | EntryType::XGlobalHeader => continue,
            _ => {}
        }
        let bytes = name
            .take()
            .unwrap_or_else(|| entry.header().path_bytes().into_owned());
        let Ok(path) = String::from_utf8(bytes) else {
            let lossy = String::from_utf8_lossy(&entry.header().path_bytes()).into_owned();
            // It is counted all the same.
            sink.admit("not-utf8", false)?;
            sink.leave_out(&lossy, "its name is not UTF-8");
            continue;
        };
        let is_folder = kind.is_dir() || path.ends_with('/');
        let Some(parts) = sink.admit(&path, is_folder)? else {
            continue;
        };
        match kind {
            EntryType::Regular | EntryType::Continuous | EntryType::Directory if is_folder => {
                sink.folder(&parts)?;
            }
            EntryType::Regular | EntryType::Continuous => sink.file(&parts, || Ok(entry))?,
            EntryType::Symlink => sink.leave_out_at(&parts, &path, "it is a symbolic link")?,
            EntryType::Link => sink.leave_out_at(&parts, &path, "it is a hard link")?,
            EntryType::Char | EntryType::Block | EntryType::Fifo => {
                sink.leave_out_at(&parts, &path, "it is a device or pipe")?;
            }
            _ => sink.leave_out_at(&parts, &path, "it is no ordinary file")?,
        }
    }
    Ok(())
}

/// A header that describes the next entry.
fn header(entry: &mut impl Read) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    entry
        .take(MAX_HEADER + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&error))?;
    if bytes.len() as u64 > MAX_HEADER {
        return Err(Failure::refused("holds a name of more than 64 KiB"));
    }
    Ok(bytes)
}

/// The path in an extended header.
fn path_of(header: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
    let mut path = None;
    for extension in PaxExtensions::new(header) {
        // A line that is none ends what can be understood.
        let Ok(extension) = extension else { break };
        match extension.key_bytes() {
            b"path" => path = Some(extension.value_bytes().to_vec()),
            // Two sizes of one entry are two readings of one archive.
            b"size" => return Err(Failure::refused("holds a file of more than 8 GiB")),
            key if key.starts_with(b"GNU.sparse.") => {
                return Err(Failure::refused(
                    "holds a file with holes; ask for a plain tar.gz",
                ));
            }
            _ => {}
        }
    }
    Ok(path)
}

fn failed(error: &io::Error) -> Failure {
    if is_bomb(error) {
        bomb()
    } else {
        Failure::damaged(error)
    }
}
