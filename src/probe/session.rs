//! Equipping a program with the payload, and collecting its recording.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::checked::{self, CheckedEnd};
use super::code::CodeMap;
use super::layout::{
    CHECKED_END, CHECKED_START, Header, MAGIC, RANGES, RECORDING_SIZE, Range, VERSION,
};
use super::positioned::write_all_at;
use super::recording::Recording;
use super::scan::ScanEnd;
use crate::sandbox::{self, AtExit, ExitWatcher, Program, RawFd, StoppedProcess};
use crate::temporary_files::{self, Readers};

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Figures.
    Measure,
    /// Wrong uses of memory, with every block ending where a guard begins.
    CheckEnds,
    /// Wrong uses of memory, with every block beginning where a guard ends.
    CheckStarts,
}

/// One run's recording, from before the program starts until it has been read.
#[derive(Debug)]
pub struct Session<'a> {
    file: File,
    code: &'a CodeMap,
    mode: Mode,
    end: ScanEnd,
    checked: Option<CheckedEnd>,
    scanning: Duration,
}

impl ExitWatcher for Session<'_> {
    fn stopped_at_exit(&mut self, process: &StoppedProcess<'_>, facts: &AtExit) {
        let begun = Instant::now();
        if let Ok(Some(recording)) = self.recording() {
            if self.mode == Mode::Measure {
                self.end = super::scan::scan(process, facts, &recording, self.code);
            } else {
                self.checked = Some(checked::read(process, &recording));
            }
        }
        self.scanning = begun.elapsed();
    }
}

impl<'a> Session<'a> {
    /// Whether there is a payload for this system, and programs are run in a way that can use it.
    pub fn available() -> bool {
        !super::PAYLOAD.is_empty() && !sandbox::is_portable()
    }

    /// Writes the payload into `folder`, if it is not there yet as a whole, and gives its path. A folder that only this user
    /// can write to.
    pub fn install(folder: &Path) -> io::Result<PathBuf> {
        let digest = blake3::hash(super::PAYLOAD).to_hex();
        let path = folder.join(format!("probe-{}.so", &digest.as_str()[..16]));
        if !is_payload(&path) {
            // A contained program may run as a user of no importance.
            temporary_files::write_whole(&path, folder, super::PAYLOAD, Readers::Programs)?;
        }
        Ok(path)
    }

    /// Prepares an empty recording for a program with this code.
    pub fn new(code: &'a CodeMap, heap_limit: Option<u64>, mode: Mode) -> io::Result<Self> {
        let file = empty_recording()?;
        file.set_len(RECORDING_SIZE as u64)?;
        let ranges: Vec<Range> = code.ranges().collect();
        let mut bytes = Vec::with_capacity(ranges.len() * size_of::<Range>());
        for range in &ranges {
            bytes.extend_from_slice(&range.start.to_ne_bytes());
            bytes.extend_from_slice(&range.end.to_ne_bytes());
            bytes.extend_from_slice(&range.class.to_ne_bytes());
        }
        write_all_at(&file, &bytes, RANGES as u64)?;
        let put = |offset: usize, bytes: &[u8]| write_all_at(&file, bytes, offset as u64);
        put(std::mem::offset_of!(Header, magic), &MAGIC.to_ne_bytes())?;
        put(
            std::mem::offset_of!(Header, version),
            &VERSION.to_ne_bytes(),
        )?;
        put(
            std::mem::offset_of!(Header, ranges),
            &u32::try_from(ranges.len()).unwrap_or(0).to_ne_bytes(),
        )?;
        put(
            std::mem::offset_of!(Header, heap_limit),
            &heap_limit.unwrap_or(0).to_ne_bytes(),
        )?;
        put(
            std::mem::offset_of!(Header, text_start),
            &code.text.0.to_ne_bytes(),
        )?;
        put(
            std::mem::offset_of!(Header, text_end),
            &code.text.1.to_ne_bytes(),
        )?;
        put(
            std::mem::offset_of!(Header, learner_known),
            &u32::from(code.learner_known).to_ne_bytes(),
        )?;
        put(
            std::mem::offset_of!(Header, own_allocator),
            &u32::from(code.has_allocator()).to_ne_bytes(),
        )?;
        let checked = match mode {
            Mode::Measure => 0,
            Mode::CheckEnds => CHECKED_END,
            Mode::CheckStarts => CHECKED_START,
        };
        put(
            std::mem::offset_of!(Header, checked),
            &checked.to_ne_bytes(),
        )?;
        Ok(Self {
            file,
            code,
            mode,
            end: ScanEnd::Missing,
            checked: None,
            scanning: Duration::ZERO,
        })
    }

    /// Adds the payload and the recording to a program. The payload takes both out of the environment before main.
    pub fn equip(&self, program: &mut Program, payload: &Path) {
        let fd = number(&self.file);
        program
            .env
            .push((OsString::from("LD_PRELOAD"), payload.as_os_str().to_owned()));
        program.env.push((
            OsString::from("MEMGRADE_RECORDING"),
            OsString::from(fd.to_string()),
        ));
        program.pass_fds.push(fd);
        program.view.readable.push(payload.to_owned());
    }

    /// What came of the scan at the program's end.
    pub fn end_scan(&self) -> &ScanEnd {
        &self.end
    }

    /// How long the program was held at its end to be read.
    pub fn scanning(&self) -> Duration {
        self.scanning
    }

    /// The blocks of a checked run as they were at the program's end; `None` if they could not be read.
    pub fn checked_end(&self) -> Option<&CheckedEnd> {
        self.checked.as_ref()
    }

    /// Reads what has been recorded so far; `None` if the payload never started (a static executable, for example).
    pub fn recording(&self) -> io::Result<Option<Recording>> {
        Recording::read(&self.file)
    }
}

/// Whether a file is the payload, and every program may load it: it may have been cut short, or damaged.
fn is_payload(path: &Path) -> bool {
    let plain = std::fs::symlink_metadata(path).is_ok_and(|meta| {
        meta.is_file()
            && meta.len() == super::PAYLOAD.len() as u64
            && Readers::Programs.are_those_of(&meta)
    });
    plain && std::fs::read(path).is_ok_and(|bytes| bytes == super::PAYLOAD)
}

/// A file in memory. Close-on-exec in memgrade, so that no other program started meanwhile gets it; the sandbox passes it on.
#[cfg(target_os = "linux")]
fn empty_recording() -> io::Result<File> {
    let fd = rustix::fs::memfd_create("recording", rustix::fs::MemfdFlags::CLOEXEC)?;
    Ok(File::from(fd))
}

/// There is no payload for this system that could write to it.
#[cfg(not(target_os = "linux"))]
fn empty_recording() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The descriptor's number, by which the program finds the recording.
#[cfg(unix)]
fn number(file: &File) -> RawFd {
    std::os::fd::AsRawFd::as_raw_fd(file)
}

/// No program gets a descriptor here.
#[cfg(not(unix))]
fn number(_file: &File) -> RawFd {
    -1
}
