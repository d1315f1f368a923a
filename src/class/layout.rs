//! Recognizing how a class's hand-ins are laid out, and who handed in what.
//!
//! The main functions are [`Root::open`] and [`read`]. Each layout has a file; all give [`HandIn`]s.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::archive::{self, Failure, LeftOut};
use super::files::{self, Entry};
use super::gathering::{Course, Part};
use super::roster::Roster;
use super::scratch::Scratch;
use super::{Identity, Layout, Options, Unrecognized};
use crate::course::load::document::shown;
use crate::error::Error;
use crate::gradebook::database::FILE as BOOK;
use crate::intake::bounded::{self, Links};

mod canvas;
mod classroom50;
mod github;
mod gradescope;
mod moodle;
mod plain;

/// Deepest nesting of folders around the hand-ins.
const MAX_NESTED: usize = 8;
/// Largest table or document of a platform that is read.
const MAX_METADATA: u64 = 64 << 20;

/// Who handed something in, as far as the layout tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Who {
    /// The id where no roster gives another.
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) identity: Identity,
    pub(super) group: Option<String>,
    /// Whether the id may be any that a roster has, or a name.
    pub(super) is_handle: bool,
    /// The name without blanks, as Canvas writes it.
    pub(super) joined: Option<String>,
    /// Whether a group's name may stand before the name, with `-`.
    pub(super) may_have_group: bool,
}

/// Something that was handed in at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HandIn {
    /// One student, or those of a group.
    pub(super) who: Vec<Who>,
    pub(super) label: String,
    pub(super) submitted: Option<Timestamp>,
    pub(super) late: Option<bool>,
    pub(super) parts: Vec<Part>,
    pub(super) problems: Vec<String>,
    /// Its files and folders.
    pub(super) places: Vec<PathBuf>,
}

/// What a layout's reader gives: hand-ins of the same student in the order of handing in.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) layout: Layout,
    pub(super) hand_ins: Vec<HandIn>,
    pub(super) unrecognized: Vec<Unrecognized>,
}

/// Where the submissions are, unpacked.
#[derive(Debug)]
pub(super) struct Root {
    /// The outermost folder.
    pub(super) top: PathBuf,
    /// What was left out of the archive that it was.
    pub(super) left_out: Vec<LeftOut>,
    /// The name of the folder or archive, without an ending.
    name: String,
    /// Whether it is the user's own folder, and what lies beside it may be looked at.
    is_own: bool,
}

impl Root {
    /// Opens a folder, or unpacks an archive.
    ///
    /// # Errors
    /// [`Error::Usage`] when it is neither, or the archive cannot be used.
    pub(super) fn open(
        submissions: &Path,
        course: &Course<'_>,
        scratch: &mut Scratch,
    ) -> Result<Self, Error> {
        let name = |path: &Path| {
            let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
            let name = whole.file_name().unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        let what = "name a folder with the hand-ins, or the zip or tar.gz that you downloaded";
        let meta = fs::metadata(submissions).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Error::usage(
                format!(
                    "there is no `{}`",
                    shown(&submissions.display().to_string())
                ),
                what,
            ),
            _ => Error::file("read", submissions, error),
        })?;
        if meta.is_dir() {
            return Ok(Self {
                top: submissions.to_owned(),
                left_out: Vec::new(),
                name: name(submissions),
                is_own: true,
            });
        }
        let refused = |why: String, hint: &str| {
            Err(Error::usage(
                format!("{} {why}", submissions.display()),
                hint,
            ))
        };
        if !meta.is_file() {
            return refused("is neither a folder nor a file".to_owned(), what);
        }
        if files::is_rust(&name(submissions)) {
            return refused(
                "is one program, not a class".to_owned(),
                "`memgrade check --submission DIR` checks one student's folder",
            );
        }
        let into = scratch.folder()?;
        let of_platforms = |name: &str| {
            let extension = Path::new(name).extension().unwrap_or_default();
            course.wants(name)
                || ["yml", "yaml", "csv", "json"]
                    .iter()
                    .any(|wanted| extension.eq_ignore_ascii_case(wanted))
        };
        let path = fs::canonicalize(submissions)
            .map_err(|source| Error::file("read", submissions, source))?;
        match archive::unpack(&path, &into, &archive::OF_CLASS, &of_platforms) {
            Ok(left_out) => {
                let name = name(submissions);
                Ok(Self {
                    top: into,
                    left_out,
                    name: archive::stem(&name).unwrap_or(&name).to_owned(),
                    is_own: false,
                })
            }
            Err(Failure::Refused(why)) => refused(
                why,
                "download it again, or unpack it yourself and name the folder",
            ),
            Err(Failure::Machine(error)) => Err(error),
        }
    }

    /// A path below the submissions, as people may see it.
    pub(super) fn shown(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.top).unwrap_or(path);
        let text = below.to_string_lossy().replace('\\', "/");
        // Long enough for a path, short enough for a line.
        text.chars()
            .take(300)
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .collect()
    }
}

/// A folder that is being read as one layout.
struct Level<'a> {
    root: &'a Root,
    course: &'a Course<'a>,
    roster: Option<&'a Roster>,
    folder: PathBuf,
    /// The folder's name.
    name: String,
    entries: Vec<Entry>,
    unrecognized: Vec<Unrecognized>,
}

impl Level<'_> {
    fn unrecognized(&mut self, path: &Path, reason: impl Into<String>) {
        self.unrecognized.push(Unrecognized {
            path: self.root.shown(path),
            reason: reason.into(),
        });
    }

    /// Goes through the folder's entries; what cannot be a hand-in in any layout is listed.
    fn entries(&mut self) -> Vec<Entry> {
        let mut fit = Vec::new();
        for entry in std::mem::take(&mut self.entries) {
            if let files::Kind::Other(kind) = entry.kind {
                let reason = format!("is {kind}: it could lead anywhere, and is not followed");
                self.unrecognized(&entry.path, reason);
            } else if self.root.is_own && entry.path.join(BOOK).exists() {
                let reason = "holds results of `memgrade grade`, and no hand-in";
                self.unrecognized(&entry.path, reason);
            } else {
                fit.push(entry);
            }
        }
        fit
    }
}

/// Reads the hand-ins.
///
/// # Errors
/// [`Error::Usage`] when the folder is no class's; [`Error::File`] when it cannot be read.
pub(super) fn read(
    root: &Root,
    options: &Options<'_>,
    course: &Course<'_>,
    roster: Option<&Roster>,
) -> Result<Found, Error> {
    let mut level = Level {
        root,
        course,
        roster,
        folder: root.top.clone(),
        name: root.name.clone(),
        entries: entries(&root.top, options.leave_out)?,
        unrecognized: Vec::new(),
    };
    let mut outer: Vec<(PathBuf, String)> = Vec::new();
    let layout = loop {
        let recognized = match options.layout {
            Some(forced) => is(forced, &level).then_some(forced),
            None => recognize(&level),
        };
        if let Some(layout) = recognized {
            break layout;
        }
        let inner = match level.entries.as_slice() {
            [only] if only.is_folder() && outer.len() < MAX_NESTED => only.clone(),
            _ => break options.layout.unwrap_or(Layout::Plain),
        };
        let entries = entries(&inner.path, options.leave_out)?;
        outer.push((level.folder, level.name));
        level = Level {
            folder: inner.path,
            name: inner.name,
            entries,
            ..level
        };
    };
    if layout == Layout::Plain && plain::is_work(&level) {
        // The innermost folder is a student's; those around it are the class's and the student's own.
        let Some((folder, name)) = outer.into_iter().next() else {
            return Err(Error::usage(
                format!("{} is one student's work, not a class", level.name),
                "name the folder above it; `memgrade check --submission DIR` checks one student",
            ));
        };
        let entries = entries(&folder, options.leave_out)?;
        level = Level {
            folder,
            name,
            entries,
            ..level
        };
    }
    let hand_ins = match layout {
        Layout::Plain => plain::read(&mut level),
        Layout::Moodle => moodle::read(&mut level),
        Layout::Canvas => canvas::read(&mut level),
        Layout::Gradescope => gradescope::read(&mut level)?,
        Layout::GithubClassroom => github::read(&mut level),
        Layout::Classroom50 => classroom50::read(&mut level),
    };
    Ok(Found {
        layout,
        hand_ins,
        unrecognized: level.unrecognized,
    })
}

/// What lies in a folder, without the one that is to be left out.
fn entries(folder: &Path, leave_out: Option<&Path>) -> Result<Vec<Entry>, Error> {
    let mut entries = files::list(folder).map_err(|source| Error::file("read", folder, source))?;
    if let Some(left_out) = leave_out.and_then(|path| fs::canonicalize(path).ok()) {
        entries.retain(|entry| {
            !entry.is_folder() || fs::canonicalize(&entry.path).ok().as_ref() != Some(&left_out)
        });
    }
    Ok(entries)
}

/// Which layout a folder has, if it has one that can be told.
fn recognize(level: &Level<'_>) -> Option<Layout> {
    [
        Layout::Gradescope,
        Layout::Moodle,
        Layout::Canvas,
        Layout::Classroom50,
        Layout::GithubClassroom,
    ]
    .into_iter()
    .find(|layout| is(*layout, level))
}

fn is(layout: Layout, level: &Level<'_>) -> bool {
    match layout {
        Layout::Plain => false,
        Layout::Moodle => moodle::is(level),
        Layout::Canvas => canvas::is(level),
        Layout::Gradescope => gradescope::is(level),
        Layout::GithubClassroom => github::is(level),
        Layout::Classroom50 => classroom50::is(level),
    }
}

/// A document of a platform's, if it is there and can be used.
fn document(path: &Path) -> Option<String> {
    let bytes = bounded::read(path, MAX_METADATA, Links::Refuse).ok()?;
    String::from_utf8(bytes).ok()
}

/// A time as platforms write it.
fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    // Ruby's `2026-03-01 17:33:33.871516 Z`, `… UTC` and `… +0100`.
    let (date, rest) = text.split_once(' ')?;
    let (clock, zone) = rest.split_once(' ').unwrap_or((rest, "Z"));
    let zone = match zone.trim() {
        "UTC" | "" => "Z",
        zone => zone,
    };
    format!("{date}T{clock}{zone}").parse().ok()
}

/// A whole folder or file as the only part of a hand-in.
fn part(entry: &Entry) -> Part {
    Part {
        path: entry.path.clone(),
        name: entry.name.clone(),
        exercise: None,
    }
}

/// A label is shown to people.
fn label(name: &str) -> String {
    shown(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_platforms_write_them() {
        for text in [
            "2026-03-01T17:33:33Z",
            "2026-03-01 17:33:33 UTC",
            "2026-03-01 17:33:33 Z",
            "2026-03-01 18:33:33.000000 +0100",
            "2026-03-01 18:33:33 +01:00",
            "2026-03-01T09:33:33.000-08:00",
        ] {
            let expected: Timestamp = "2026-03-01T17:33:33Z".parse().unwrap();
            assert_eq!(time(text), Some(expected), "{text}");
        }
        assert_eq!(time("yesterday"), None);
    }
}
