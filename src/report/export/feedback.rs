//! Feedback files for a whole class in one archive, in the layout that the platform takes back.
//!
//! The same feedback gives the same archive, byte for byte.

use std::collections::BTreeMap;
use std::io::{Cursor, Seek, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{ExportError, Row, called};
use crate::error::Error;

/// Whose layout it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackLayout {
    /// `<student>.txt`.
    Plain,
    /// A folder for each student, named as in Moodle's download of submissions: what "Upload multiple feedback files in a zip" takes
    /// (`mod/assign/feedback/file/importziplib.php`: name, participant, kind and name of a plugin, with `_` between).
    Moodle,
    /// Files named as in Canvas's download of submissions: what "Upload Submissions" takes (canvas-lms, `app/models/assignment.rb`: the
    /// first two numbers between `_` are the user and the attachment).
    Canvas,
}

impl std::str::FromStr for FeedbackLayout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "plain" => Ok(Self::Plain),
            "moodle" => Ok(Self::Moodle),
            "canvas" => Ok(Self::Canvas),
            _ => Err("feedback is laid out as plain, moodle or canvas".to_owned()),
        }
    }
}

/// Gives a student's feedback, or nothing where there is none.
pub type TextOf<'a> = dyn FnMut(&Row) -> Result<Option<Vec<u8>>, Error> + 'a;

/// An archive that is written.
#[derive(Debug)]
pub struct Zipped<W> {
    /// Where it was written.
    pub out: W,
    /// How many students have feedback in it.
    pub files: usize,
    /// Who has none, with the reason.
    pub skipped: Vec<(String, String)>,
}

/// Writes the archive.
///
/// # Errors
/// What `text_of` says, or [`ExportError`] as an [`Error`].
pub fn feedback_zip<W: Write + Seek>(
    layout: FeedbackLayout,
    rows: &[Row],
    out: W,
    text_of: &mut TextOf<'_>,
) -> Result<Zipped<W>, Error> {
    let mut skipped = Vec::new();
    let mut names: BTreeMap<String, &Row> = BTreeMap::new();
    for row in rows {
        match layout.path(row) {
            Ok(path) => {
                if let Some(other) = names.get(&path) {
                    let reason = format!("{} has the same name in the download", called(other));
                    skipped.push((called(row), reason));
                } else {
                    names.insert(path, row);
                }
            }
            Err(reason) => skipped.push((called(row), reason)),
        }
    }
    let mut archive = ZipWriter::new(out);
    let mut files = 0;
    for (path, row) in names {
        let Some(text) = text_of(row)? else {
            skipped.push((called(row), "there is no feedback".to_owned()));
            continue;
        };
        let text = if layout == FeedbackLayout::Canvas && is_zip(&path) {
            nested(&text)?
        } else {
            text
        };
        add(&mut archive, &path, &text)?;
        files += 1;
    }
    let out = archive.finish().map_err(ExportError::from)?;
    Ok(Zipped {
        out,
        files,
        skipped,
    })
}

fn add<W: Write + Seek>(
    archive: &mut ZipWriter<W>,
    path: &str,
    text: &[u8],
) -> Result<(), ExportError> {
    // No clock: the earliest time that an archive can hold.
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::DEFAULT)
        .unix_permissions(0o644);
    archive.start_file(path, options)?;
    archive.write_all(text)?;
    Ok(())
}

/// Canvas shows feedback under the name of what was handed in, so that of an archive is an archive.
fn nested(text: &[u8]) -> Result<Vec<u8>, ExportError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    add(&mut archive, "feedback.txt", text)?;
    Ok(archive.finish()?.into_inner())
}

fn is_zip(path: &str) -> bool {
    let extension = std::path::Path::new(path).extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

impl FeedbackLayout {
    /// Where a student's feedback stands in the archive, or why it has no place.
    fn path(self, row: &Row) -> Result<String, String> {
        match self {
            Self::Plain => Ok(format!("{}.txt", row.file_stem)),
            Self::Moodle => moodle_folder(row).map(|folder| format!("{folder}/feedback.txt")),
            Self::Canvas => canvas_file(row),
        }
    }
}

/// Whether a name stays in its folder on every system.
fn is_plain(name: &str) -> bool {
    let bad = |c: char| matches!(c, '/' | '\\') || c.is_control();
    !name.is_empty() && !name.starts_with(['.', '~']) && !name.contains(bad)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn moodle_folder(row: &Row) -> Result<String, String> {
    if let Some(folder) = row.identity.lms_folder.as_deref() {
        let parts: Vec<&str> = folder.splitn(5, '_').collect();
        let known = parts.len() >= 4 && is_number(parts[1]) && parts[2].starts_with("assign");
        if known && is_plain(folder) {
            return Ok(folder.to_owned());
        }
    }
    // Moodle reads the number; the name in front of it is for people.
    let number = row.identity.lms_id.as_deref().filter(|id| is_number(id));
    let Some(number) = number else {
        return Err(
            "neither the folder of Moodle's download nor the participant number is known"
                .to_owned(),
        );
    };
    let name = row.name.as_deref().unwrap_or(&row.id);
    let safe = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '.' | '\'');
    let name: String = name
        .chars()
        .map(|c| if safe(c) { c } else { ' ' })
        .take(60)
        .collect();
    let name = name.trim_matches(['.', ' ']);
    let name = if name.is_empty() { "Participant" } else { name };
    Ok(format!("{name}_{number}_assignsubmission_file"))
}

fn canvas_file(row: &Row) -> Result<String, String> {
    let Some(name) = row.identity.lms_folder.as_deref() else {
        return Err("the file's name in Canvas's download is not known".to_owned());
    };
    let numbers = name.split('_').filter(|part| is_number(part)).count();
    let last = name.rsplit('_').next().unwrap_or_default();
    if numbers < 2 || last.starts_with("link") || !is_plain(name) {
        return Err(
            "the hand-in was no file of Canvas's, so Canvas takes back none for it".to_owned(),
        );
    }
    let archive = [".gz", ".tgz", ".tar", ".xz", ".bz2", ".7z", ".rar"];
    let lower = name.to_lowercase();
    if archive.iter().any(|extension| lower.ends_with(extension)) {
        return Err(
            "Canvas would show the text under the name of an archive, which nothing could open"
                .to_owned(),
        );
    }
    Ok(name.to_owned())
}
