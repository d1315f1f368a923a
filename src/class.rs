//! A class's hand-ins: from what a teacher downloads (a folder, a zip, a tar.gz) to students and their attempts.
//!
//! The main function is [`open`], which gives a [`Class`]. Nothing that students hand in is trusted; what cannot be recognized is
//! listed with the reason, never left out silently.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::Timestamp;

use crate::error::Error;
use crate::temporary_files::Folder;

mod archive;
mod assembly;
mod files;
mod gathering;
mod layout;
mod mapping;
mod names;
mod roster;
mod scratch;
pub(crate) mod spreadsheet;
mod stem;

pub use mapping::Mapping;
pub(crate) use mapping::fits;

use gathering::Course;
use roster::Roster;
use scratch::Scratch;

/// What [`open`] is told besides where the hand-ins are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// A table of the students.
    pub roster: Option<&'a Path>,
    /// Files that are named otherwise than their exercise.
    pub map: &'a [Mapping],
    /// The ids of the exercises.
    pub exercises: &'a [&'a str],
    /// The layout, where it is not to be recognized.
    pub layout: Option<Layout>,
    /// A folder that is no hand-in although it may lie among them: the results.
    pub leave_out: Option<&'a Path>,
}

/// How hand-ins are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One folder (or archive, or lone file) for each student.
    Plain,
    /// Moodle's download of all submissions of an assignment.
    Moodle,
    /// Canvas's download of all submissions of an assignment.
    Canvas,
    /// Gradescope's export of submissions.
    Gradescope,
    /// Clones of GitHub Classroom.
    GithubClassroom,
    /// Clones of Classroom 50.
    Classroom50,
}

impl Layout {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain folders",
            Self::Moodle => "Moodle",
            Self::Canvas => "Canvas",
            Self::Gradescope => "Gradescope",
            Self::GithubClassroom => "GitHub Classroom",
            Self::Classroom50 => "Classroom 50",
        }
    }
}

/// The layouts by the words that `--layout` takes.
const LAYOUTS: [(&str, Layout); 6] = [
    ("plain", Layout::Plain),
    ("moodle", Layout::Moodle),
    ("canvas", Layout::Canvas),
    ("gradescope", Layout::Gradescope),
    ("github-classroom", Layout::GithubClassroom),
    ("classroom50", Layout::Classroom50),
];

impl FromStr for Layout {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let known = LAYOUTS
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(text));
        known.map(|(_, layout)| *layout).ok_or_else(|| {
            let words: Vec<&str> = LAYOUTS.iter().map(|(word, _)| *word).collect();
            Error::usage(
                format!("there is no layout `{text}`"),
                format!("the layouts are {}", words.join(", ")),
            )
        })
    }
}

/// A class, as far as it could be recognized.
#[derive(Debug)]
pub struct Class {
    /// How it was laid out.
    pub layout: Layout,
    /// The students, sorted by id; with a roster also those who handed in nothing.
    pub students: Vec<Student>,
    /// What belongs to no student, with the reason.
    pub unrecognized: Vec<Unrecognized>,
    /// Where archives were unpacked; gone with this value.
    pub scratch: Option<Folder>,
}

/// One student (or group that hands in together).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Student {
    /// Stable among all gradings of this class: the roster's id, else what the layout names.
    pub id: String,
    /// The name, where one is known.
    pub name: Option<String>,
    /// A file name made from the id: safe on every system, and no other student's.
    pub file_stem: String,
    /// What platforms know the student by.
    pub identity: Identity,
    /// The group, where the roster or the layout names one.
    pub group: Option<String>,
    /// What was handed in, oldest first; empty if nothing was.
    pub attempts: Vec<Attempt>,
}

/// What platforms know a student by. Empty where it is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// The email address.
    pub email: Option<String>,
    /// The number that the LMS uses in file names: Moodle's participant, Canvas's user id, Gradescope's SID.
    pub lms_id: Option<String>,
    /// The login or user name (Canvas's SIS login, GitHub's user).
    pub login: Option<String>,
    /// The institution's id (Canvas's SIS user id, Moodle's ID number).
    pub sis_id: Option<String>,
    /// The name of the folder in Moodle's download or of the newest file in Canvas's, which they want back with feedback files.
    pub lms_folder: Option<String>,
    /// The section, where the roster names one.
    pub section: Option<String>,
}

/// One hand-in of a student's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// A folder that [`crate::intake::read`] understands; `None` when nothing could be taken out of it.
    pub folder: Option<PathBuf>,
    /// How it is called where it comes from: the file's or folder's name.
    pub label: String,
    /// When it was handed in, where the layout tells that.
    pub submitted: Option<Timestamp>,
    /// Whether the layout says that it was late.
    pub late: Option<bool>,
    /// What was wrong with it, one sentence each: an archive that was refused, a file that was left out, a name that was mapped.
    pub problems: Vec<String>,
}

/// Something that belongs to no student.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrecognized {
    /// Its path below the submissions, as text.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Reads what a class handed in: a folder, a zip or a tar.gz.
///
/// # Errors
/// [`Error::Usage`] when the submissions, the roster or a mapping cannot be used; [`Error::File`] when this machine cannot read the
/// submissions or write what it unpacks. What one student handed in is never an error.
pub fn open(submissions: &Path, options: &Options<'_>) -> Result<Class, Error> {
    let course = Course::new(options.exercises, options.map)?;
    let roster = options.roster.map(Roster::read).transpose()?;
    let mut scratch = Scratch::default();
    let root = layout::Root::open(submissions, &course, &mut scratch)?;
    let found = layout::read(&root, options, &course, roster.as_ref())?;
    let layout = found.layout;
    let (students, unrecognized) = assembly::students(found, &root, roster, &course, &mut scratch)?;
    Ok(Class {
        layout,
        students,
        unrecognized,
        scratch: scratch.into_folder(),
    })
}

#[cfg(test)]
mod tests;
