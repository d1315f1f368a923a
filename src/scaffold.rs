//! A new exercise: a small one that works as it stands, with a mark at every place that its author has to replace.
//!
//! The main function is [`make`]. It never overwrites anything, and makes everything or nothing: what is new is written aside, moved
//! to its places, and listed in `course.toml` last. Until then the course is what it was.

use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::course::load::{self, document};
use crate::course::outline::Outline;
use crate::course::{MAX_ID, check_id};
use crate::diagnostic::Fault;
use crate::error::Error;
use crate::gradebook::write_whole;
use crate::intake::bounded::{self, Links, Unreadable};
use crate::temporary_files::{self, Folder};

/// What the templates have in place of the exercise's id.
const PLACEHOLDER: &str = "EXERCISE_ID";

/// What a folder may hold that is to become a course: a repository that was just begun.
const BEGINNINGS: [&str; 4] = ["README", "LICENSE", "LICENCE", "COPYING"];

/// What the learner writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A program.
    Program,
    /// A library, which the exercise's own program calls.
    Library,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Every new file, relative to the course, in the order in which an author looks at them.
    pub files: Vec<String>,
    /// What became of `course.toml`.
    pub outline: Listing,
}

/// What became of `course.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// It was made.
    New,
    /// It lists the exercise now.
    Added,
    /// It listed the exercise before.
    Already,
    /// The course has none, and its exercises stand in the order of their ids.
    None,
}

/// Makes the exercise `id` in the course in `folder`, which may be empty or not there yet.
///
/// # Errors
/// [`Error::Usage`] for an id that is none, for a folder that is no course, and where something is in the way; [`Error::Author`] for
/// a `course.toml` that is not valid; [`Error::File`] where nothing can be written. Then nothing has changed.
pub fn make(folder: &Path, id: &str, kind: Kind) -> Result<Made, Error> {
    check_id(id).map_err(|reason| odd_id(id, reason))?;
    let course = CourseFolder::look(folder)?;
    let (outline, listing) = course.outline_with(id)?;
    let files = files(id, kind);
    let targets = ["exercises", "solutions", "tests/wrong"].map(|part| format!("{part}/{id}"));
    for target in &targets {
        let path = folder.join(target);
        if fs::symlink_metadata(&path).is_ok() {
            return Err(Error::usage(
                format!("there is something at {target} already"),
                "choose another id, or move it away; nothing is ever overwritten",
            ));
        }
    }
    let mut undo = Undo::default();
    undo.create_folders(folder)?;
    temporary_files::sweep(folder);
    let aside = Folder::new_in(folder)
        .map_err(|source| Error::file("create a folder in", folder, source))?;
    for (path, text) in &files {
        let path = aside.path().join(path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|source| Error::file("create", parent, source))?;
        fs::write(&path, text).map_err(|source| Error::file("write", &path, source))?;
    }
    // Where nothing lists them, a course has the exercises whose folders it has: that one comes last.
    for target in targets.iter().rev() {
        let to = folder.join(target);
        undo.create_folders(to.parent().unwrap_or(folder))?;
        let from = aside.path().join(target);
        fs::rename(&from, &to).map_err(|source| Error::file("create", &to, source))?;
        undo.moved.push((to, from));
    }
    if let Some(text) = outline {
        write_whole(&folder.join("course.toml"), &text)?;
    }
    undo.forget();
    Ok(Made {
        files: files.into_iter().map(|(path, _)| path).collect(),
        outline: listing,
    })
}

/// What was done so far, and is undone when this is dropped.
#[derive(Debug, Default)]
struct Undo {
    /// Folders that were made, outermost first.
    created: Vec<PathBuf>,
    /// What was moved to its place, and where it was before.
    moved: Vec<(PathBuf, PathBuf)>,
}

impl Undo {
    fn create_folders(&mut self, folder: &Path) -> Result<(), Error> {
        let missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
            .collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder).map_err(|source| Error::file("create", folder, source))?;
            self.created.push(folder.to_owned());
        }
        Ok(())
    }

    /// It stays as it is.
    fn forget(mut self) {
        self.created.clear();
        self.moved.clear();
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        for (to, from) in self.moved.drain(..).rev() {
            let _ = fs::rename(to, from);
        }
        for folder in self.created.drain(..).rev() {
            // One that somebody else has put something into stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// The error for an id that is none, with one that is.
fn odd_id(id: &str, reason: String) -> Error {
    let like = suggestion(id).unwrap_or_else(|| "ring_buffer".to_owned());
    Error::usage(reason, format!("try `memgrade new {like}`"))
}

/// An id that looks like what was written.
fn suggestion(written: &str) -> Option<String> {
    let mut id = String::new();
    for c in written.to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' => id.push(c),
            '-' if !id.is_empty() && !id.ends_with(['-', '_']) => id.push('-'),
            _ if !id.is_empty() && !id.ends_with(['-', '_']) => id.push('_'),
            _ => {}
        }
        if id.len() == MAX_ID {
            break;
        }
    }
    let id = id.trim_end_matches(['_', '-']);
    check_id(id).is_ok().then(|| id.to_owned())
}

/// The folder of a course, or of what becomes one.
struct CourseFolder {
    path: PathBuf,
    /// The text of its `course.toml`.
    outline: Option<String>,
    /// Whether it has exercises without one.
    unlisted: bool,
}

impl CourseFolder {
    fn look(folder: &Path) -> Result<Self, Error> {
        let file = folder.join("course.toml");
        let outline = match bounded::read(&file, document::MAX_BYTES as u64, Links::Follow) {
            Ok(bytes) => Some(String::from_utf8(bytes).map_err(|_| {
                Error::usage(
                    format!("{} is not UTF-8 text", file.display()),
                    "save it as UTF-8",
                )
            })?),
            Err(Unreadable::Missing) => None,
            Err(Unreadable::Io(source)) => return Err(Error::file("read", file, source)),
            Err(Unreadable::TooLarge | Unreadable::NotRegular(_)) => {
                return Err(Error::usage(
                    format!("{} is no file that can be read", file.display()),
                    "a course.toml is a regular file of at most 1 MiB",
                ));
            }
        };
        let unlisted = outline.is_none() && folder.join("exercises").is_dir();
        if outline.is_none() && !unlisted {
            empty(folder)?;
        }
        Ok(Self {
            path: folder.to_owned(),
            outline,
            unlisted,
        })
    }

    /// The text of `course.toml` that lists the exercise, if it has to be written.
    fn outline_with(&self, id: &str) -> Result<(Option<String>, Listing), Error> {
        let Some(text) = &self.outline else {
            if self.unlisted {
                return Ok((None, Listing::None));
            }
            let text = include_str!("scaffold/course.toml").replace(PLACEHOLDER, id);
            return Ok((Some(text), Listing::New));
        };
        let (_, findings) = load::parse_course("course.toml", text);
        // A course without an exercise is about to get one.
        let findings: Vec<_> = findings
            .into_iter()
            .filter(|finding| finding.code != "spec/empty")
            .collect();
        if !findings.is_empty() {
            return Err(Error::Author { findings });
        }
        let read = |text: &str| toml::from_str::<Outline>(text).ok();
        let by_hand = || {
            let path = self.path.join("course.toml");
            Error::usage(
                format!("{} cannot be changed by memgrade", path.display()),
                format!("add \"{id}\" to its `exercises`, and try again"),
            )
        };
        let mut outline = read(text).ok_or_else(by_hand)?;
        if outline.exercises.iter().any(|listed| listed == id) {
            return Ok((None, Listing::Already));
        }
        let changed = with_exercise(text, id).ok_or_else(by_hand)?;
        outline.exercises.push(id.to_owned());
        if read(&changed).as_ref() != Some(&outline) {
            return Err(by_hand());
        }
        Ok((Some(changed), Listing::Added))
    }
}

/// A folder in which a course can begin: not there yet, or with nothing in it that somebody works on.
fn empty(folder: &Path) -> Result<(), Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(Error::file("read", folder, source)),
    };
    for entry in entries {
        let entry = entry.map_err(|source| Error::file("read", folder, source))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let beginning = BEGINNINGS.iter().any(|word| name.starts_with(word));
        if !name.starts_with('.') && !beginning {
            return Err(Error::usage(
                format!(
                    "{} is no course, and not empty: there is {name}",
                    folder.display()
                ),
                "go to a course's folder, to an empty one for a new course, or name it with --course DIR",
            ));
        }
    }
    Ok(())
}

/// The text of a `course.toml` with one more exercise at the end of its list. Everything else stays as it is written.
fn with_exercise(text: &str, id: &str) -> Option<String> {
    let mut notebook = document::Notebook::new("course.toml", text, "spec", Fault::Author);
    let document = document::Document::read(text, &mut notebook)?;
    let list = document.root().get("exercises")?;
    let all = list.span();
    let close = all.end.checked_sub(1)?;
    let elements: Vec<Range<usize>> = list.elements().map(|element| element.span()).collect();
    let mut changed = text.to_owned();
    let Some(last) = elements.last() else {
        // Comments in an empty list stay where they are.
        let line = line_start(text, close);
        if text.get(line..close)?.trim().is_empty() && line > all.start {
            changed.insert_str(line, &format!("    \"{id}\",{}", line_end(text)));
        } else {
            changed.insert_str(close, &format!("\"{id}\""));
        }
        return Some(changed);
    };
    let comma = comma_after(text.get(last.end..close)?).map(|at| last.end + at);
    let own_line = line_start(text, last.start);
    let indent = text.get(own_line..last.start)?;
    let multi_line = text.get(all.clone())?.contains('\n') && indent.trim().is_empty();
    let close_line = line_start(text, close);
    // From the end, so that places before it stay.
    if !multi_line {
        match comma {
            Some(comma) => changed.insert_str(comma + 1, &format!(" \"{id}\"")),
            None => changed.insert_str(last.end, &format!(", \"{id}\"")),
        }
    } else if text.get(close_line..close)?.trim().is_empty() {
        changed.insert_str(close_line, &format!("{indent}\"{id}\",{}", line_end(text)));
        if comma.is_none() {
            changed.insert(last.end, ',');
        }
    } else {
        let at = comma.map_or(last.end, |comma| comma + 1);
        let before = if comma.is_none() { "," } else { "" };
        let end = if comma.is_none() { "" } else { "," };
        let line = line_end(text);
        changed.insert_str(at, &format!("{before}{line}{indent}\"{id}\"{end}"));
    }
    Some(changed)
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// How lines of this text end.
fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Where a comma stands in what follows a list's last element: blanks and comments.
fn comma_after(text: &str) -> Option<usize> {
    let mut in_comment = false;
    for (at, c) in text.char_indices() {
        match c {
            '\n' => in_comment = false,
            '#' => in_comment = true,
            ',' if !in_comment => return Some(at),
            _ => {}
        }
    }
    None
}

/// The files of a new exercise: path in the course, and text.
fn files(id: &str, kind: Kind) -> Vec<(String, String)> {
    macro_rules! wrong {
        ($folder:literal: $($name:literal)*) => {
            [$((
                concat!("tests/wrong/EXERCISE_ID/", $name, ".rs"),
                include_str!(concat!("scaffold/", $folder, "/wrong/", $name, ".rs")),
            )),*]
        };
    }
    let mut files: Vec<(&str, &str)> = match kind {
        Kind::Program => vec![
            (
                "exercises/EXERCISE_ID/exercise.toml",
                include_str!("scaffold/program/exercise.toml"),
            ),
            (
                "exercises/EXERCISE_ID/README.md",
                include_str!("scaffold/program/README.md"),
            ),
            (
                "exercises/EXERCISE_ID/main.rs",
                include_str!("scaffold/program/main.rs"),
            ),
            (
                "solutions/EXERCISE_ID/main.rs",
                include_str!("scaffold/program/solution.rs"),
            ),
        ],
        Kind::Library => vec![
            (
                "exercises/EXERCISE_ID/exercise.toml",
                include_str!("scaffold/library/exercise.toml"),
            ),
            (
                "exercises/EXERCISE_ID/README.md",
                include_str!("scaffold/library/README.md"),
            ),
            (
                "exercises/EXERCISE_ID/given.rs",
                include_str!("scaffold/library/given.rs"),
            ),
            (
                "exercises/EXERCISE_ID/harness.rs",
                include_str!("scaffold/library/harness.rs"),
            ),
            (
                "exercises/EXERCISE_ID/lib.rs",
                include_str!("scaffold/library/lib.rs"),
            ),
            (
                "solutions/EXERCISE_ID/lib.rs",
                include_str!("scaffold/library/solution.rs"),
            ),
        ],
    };
    files.extend(match kind {
        Kind::Program => wrong!("program":
            "keeps_all" "box_for_each" "text_for_each" "never_freed" "another_default" "always_a_thousand"),
        Kind::Library => wrong!("library":
            "keeps_all" "box_for_each" "new_list_each_time" "never_freed" "never_drops" "always_ten"),
    });
    let own = |text: &str| text.replace(PLACEHOLDER, id);
    let named = files.into_iter().map(|(path, text)| (own(path), own(text)));
    named.collect()
}

#[cfg(test)]
mod tests;
