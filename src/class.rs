//! A class's hand-ins: from what a teacher downloads (a folder, a zip, a tar.gz) to students and their attempts.
//!
//! The main function is [`open`], which gives a [`Class`]. Nothing that students hand in is trusted; what cannot be recognized is
//! listed with the reason, never left out silently.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::temporary_files::Folder;

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
    /// The name of the folder in Moodle's download, which it wants back with feedback files.
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
