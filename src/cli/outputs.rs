//! The files in a results folder that are drawn from its gradebook: reports, grades, feedback.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::course::Course;
use crate::course::load::document::shown;
use crate::error::Error;
use crate::gradebook::record::Record;
use crate::gradebook::records::Row;
use crate::gradebook::roll::{Begun, Grading};
use crate::gradebook::{self, Book};
use crate::report::html::{ClassInfo, Pages, TemplateError, Templates, pair_file, student_file};
use crate::report::json::{ResultsWriter, thin_curves};
use crate::report::{Graded, export, feedback};
use crate::sandbox;
use crate::temporary_files::{self, Whole};

/// More threads than that would not be faster: the class's own files are written by one.
const MOST_THREADS: usize = 8;

/// What the report says of the class beside its students; part of the gradebook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Info {
    /// What the pages are called.
    pub(super) title: String,
    /// What belongs to no student: path and reason.
    pub(super) unrecognized: Vec<(String, String)>,
    /// What else is to be said, one sentence each.
    pub(super) notes: Vec<String>,
    /// A hash of who is in the class, as the roster and the hand-ins tell, and of how many attempts there are.
    pub(super) roll: String,
}

/// Where the report is.
pub(super) fn report_page(results: &Path) -> PathBuf {
    results.join("report").join("index.html")
}

/// The templates in a folder, each that is there in the place of the built-in one. What is wrong with how one is written is told
/// here, before anything takes time.
pub(super) fn templates(folder: Option<&Path>) -> Result<Templates, Error> {
    let mut templates = Templates::default();
    let Some(folder) = folder else {
        return Ok(templates);
    };
    let mut found = false;
    for (name, template) in [
        ("class.html", &mut templates.class),
        ("student.html", &mut templates.student),
        ("pair.html", &mut templates.pair),
    ] {
        let path = folder.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => {
                *template = text;
                found = true;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::file("read", path, error)),
        }
    }
    if !found {
        return Err(Error::usage(
            format!("there is no template in {}", folder.display()),
            "put class.html, student.html or pair.html there; docs/pages.md says what they are given",
        ));
    }
    Pages::new(ClassInfo::default(), &templates, &[]).map_err(|error| template(&error))?;
    Ok(templates)
}

/// Refuses a gradebook that is of another course.
///
/// # Errors
/// [`Error::Usage`], and [`Error::File`].
pub(super) fn is_of(book: &Book, course: &Course, results: &Path) -> Result<(), Error> {
    match book.about("course")? {
        Some(other) if other != course.title() => Err(Error::usage(
            format!(
                "{} holds grades of another course, `{}`",
                results.display(),
                shown(&other)
            ),
            format!(
                "this one is `{}`: name the other with --course, or grade into another folder",
                course.title()
            ),
        )),
        _ => Ok(()),
    }
}

/// The key under which the gradebook says which grading was drawn last, as a whole and with the built-in templates.
const DRAWN: &str = "drawn";

/// Whether everything that [`write()`] makes is there, and shows this grading.
pub(super) fn are_there(
    book: &Book,
    grading: i64,
    results: &Path,
    rows: &[Row],
) -> Result<bool, Error> {
    // A kill may have come between the grades and the pages that show them.
    if book.about(DRAWN)? != Some(grading.to_string()) {
        return Ok(false);
    }
    let is_file = |path: &Path| path.is_file();
    Ok(is_file(&report_page(results))
        && is_file(&results.join("results.json"))
        && is_file(&results.join("grades.csv"))
        && rows.iter().all(|row| {
            is_file(&results.join(format!("feedback/{}.txt", row.file_stem)))
                && is_file(&results.join(format!("report/students/{}.html", row.file_stem)))
        }))
}

/// Writes the reports, the grades and the feedback of everybody in the gradebook; `drawn` is told after each student.
///
/// # Errors
/// [`Error::File`], [`Error::Interrupted`], [`Error::Usage`] for a template that is wrong.
pub(super) fn write(
    book: &Book,
    grading: &Begun,
    course: &Course,
    results: &Path,
    templates: &Templates,
    drawn: &mut dyn FnMut(usize, usize),
) -> Result<(), Error> {
    let info = class_info(course, &grading.started, &grading.grading)?;
    let exercises: Vec<&str> = course
        .exercises
        .iter()
        .map(|entry| entry.id.as_str())
        .collect();
    let rows = book.class()?;
    let pairs = book.pairs()?;
    for folder in ["feedback", "report", "report/students", "report/pairs"] {
        let folder = results.join(folder);
        fs::create_dir_all(&folder).map_err(|source| Error::file("create", &folder, source))?;
        temporary_files::sweep(&folder);
    }
    let pages = Pages::new(info, templates, &pairs).map_err(|error| template(&error))?;
    let report = results.join("report");
    let results_file = results.join("results.json");
    let mut json = JsonFile::begin(&results_file)?;
    let mut written: BTreeSet<PathBuf> = BTreeSet::new();
    let press = Press {
        book,
        exercises: &exercises,
        rows: &rows,
        pages: &pages,
        results,
    };
    press.print(&mut |index, printed| {
        pages.count(&printed.record);
        json.add(&printed.json)?;
        written.insert(report.join(student_file(&printed.record)));
        drawn(index + 1, rows.len());
        Ok(())
    })?;
    json.end()?;
    let page = |name: String, text: &str, written: &mut BTreeSet<PathBuf>| {
        let path = report.join(name);
        write_if_new(&path, text)?;
        written.insert(path);
        Ok::<(), Error>(())
    };
    for index in 0..pairs.len() {
        let html = pages.pair(index).map_err(|error| template(&error))?;
        page(pair_file(index), &html, &mut written)?;
    }
    let rows: Vec<export::Row> = rows.iter().map(export::Row::from).collect();
    let csv = export::csv(&rows)?;
    write_if_new(&results.join("grades.csv"), &csv)?;
    // Last: what it links to is there.
    let html = pages.class().map_err(|error| template(&error))?;
    page("index.html".to_owned(), &html, &mut written)?;
    remove_stale(&report, &written)?;
    for stem in book.stems_of_others()? {
        let path = results.join(format!("feedback/{stem}.txt"));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::file("remove", path, error));
            }
            _ => {}
        }
    }
    let drawn = if *templates == Templates::default() {
        grading.number.to_string()
    } else {
        "with other templates".to_owned()
    };
    if book.is_writable() && book.about(DRAWN)?.as_ref() != Some(&drawn) {
        book.set_about(DRAWN, &drawn)?;
    }
    Ok(())
}

/// The last grading that came to its end, which there must be: half of a class goes to no platform and to no reader.
///
/// # Errors
/// [`Error::Usage`].
pub(super) fn last_grading(book: &Book, results: &Path) -> Result<Begun, Error> {
    book.last_grading()?.ok_or_else(|| {
        Error::usage(
            format!(
                "no grading in {} has come to its end yet",
                results.display()
            ),
            "run `memgrade grade` again: it goes on from where it was",
        )
    })
}

/// What was written of a student, and what the class's own files need of it.
struct Printed {
    record: Record,
    /// The line in `results.json`.
    json: String,
}

/// Writes what is of one student, several students at once.
struct Press<'a> {
    book: &'a Book,
    exercises: &'a [&'a str],
    rows: &'a [Row],
    pages: &'a Pages<'a>,
    results: &'a Path,
}

impl Press<'_> {
    /// Gives each student to `done` in the class's order. However slow it is, there are never more records in memory than two for
    /// each thread.
    fn print(
        &self,
        done: &mut dyn FnMut(usize, Printed) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = threads.min(MOST_THREADS).min(self.rows.len());
        thread::scope(|scope| {
            let mut printed = Vec::new();
            for first in 0..threads {
                let (sender, receiver) = mpsc::sync_channel(0);
                printed.push(receiver);
                let started = thread::Builder::new().spawn_scoped(scope, move || {
                    for row in self.rows.iter().skip(first).step_by(threads) {
                        // Who is not waited for any more has failed, or was interrupted.
                        if sender.send(self.one(row)).is_err() {
                            return;
                        }
                    }
                });
                started.map_err(|source| {
                    Error::machine(
                        format!("cannot start a thread: {source}"),
                        "stop other programs, and try again",
                    )
                })?;
            }
            for index in 0..self.rows.len() {
                if sandbox::interrupted() {
                    return Err(Error::Interrupted);
                }
                let printed = printed[index % threads].recv();
                let printed = printed
                    .map_err(|_| Error::Bug("a thread that writes reports ended".to_owned()))??;
                done(index, printed)?;
            }
            Ok(())
        })
    }

    fn one(&self, row: &Row) -> Result<Printed, Error> {
        let mut record = self.book.record(row, self.exercises)?;
        let html = self
            .pages
            .student(&record)
            .map_err(|error| template(&error))?;
        let page = self.results.join("report").join(student_file(&record));
        write_if_new(&page, &html)?;
        let text = feedback::of_record(&record);
        let name = format!("feedback/{}.txt", record.file_stem);
        write_if_new(&self.results.join(name), &text)?;
        thin_curves(&mut record.report);
        let graded = Graded {
            id: record.id.clone(),
            name: record.name.clone(),
            report: record.report,
        };
        let json = ResultsWriter::line(&graded).map_err(bug)?;
        record.report = graded.report;
        Ok(Printed { record, json })
    }
}

/// What pages say of the class.
fn class_info(course: &Course, started: &str, grading: &Grading) -> Result<ClassInfo, Error> {
    let info: Info = serde_json::from_str(&grading.info)
        .map_err(|error| Error::Bug(format!("what the gradebook says of the class: {error}")))?;
    // To the minute, in UTC: the same everywhere that the page is drawn.
    let graded = started.get(..16).unwrap_or(started).replace('T', " ");
    Ok(ClassInfo {
        title: info.title,
        course: course.title().to_owned(),
        graded: format!("{graded} UTC"),
        machine: grading.machine.clone(),
        sandbox: grading.sandbox.clone(),
        version: grading.version.clone(),
        layout: grading.layout.clone(),
        unrecognized: info.unrecognized,
        notes: info.notes,
    })
}

fn template(error: &TemplateError) -> Error {
    Error::usage(
        error.to_string(),
        "correct the template, or leave it away: then the built-in one is used",
    )
}

/// Replaces a file if it says something else: who has it open, and who copies what is newer, is spared the rest.
fn write_if_new(path: &Path, text: &str) -> Result<(), Error> {
    let same = fs::metadata(path).is_ok_and(|data| data.len() == text.len() as u64)
        && fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes());
    if same {
        return Ok(());
    }
    gradebook::write_whole(path, text)
}

/// Removes pages of students and pairs that are no longer there.
fn remove_stale(report: &Path, written: &BTreeSet<PathBuf>) -> Result<(), Error> {
    for folder in ["students", "pairs"] {
        let folder = report.join(folder);
        let cannot = |source| Error::file("read", &folder, source);
        for entry in fs::read_dir(&folder).map_err(cannot)? {
            let path = entry.map_err(cannot)?.path();
            let is_page = path
                .extension()
                .is_some_and(|extension| extension == "html");
            if is_page && !written.contains(&path) {
                fs::remove_file(&path).map_err(|source| Error::file("remove", &path, source))?;
            }
        }
    }
    Ok(())
}

/// `results.json` on its way: as large as the class, so never in memory as a whole.
struct JsonFile<'a> {
    path: &'a Path,
    file: Whole,
    writer: ResultsWriter,
}

impl<'a> JsonFile<'a> {
    fn begin(path: &'a Path) -> Result<Self, Error> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let file = Whole::new_in(folder).map_err(|source| Error::file("write", path, source))?;
        Ok(Self {
            path,
            file,
            writer: ResultsWriter::default(),
        })
    }

    fn put(&mut self, text: &str) -> Result<(), Error> {
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|source| Error::file("write", self.path, source))
    }

    fn add(&mut self, line: &str) -> Result<(), Error> {
        let before = self.writer.before();
        self.put(&before)?;
        self.put(line)
    }

    fn end(mut self) -> Result<(), Error> {
        let text = self.writer.end();
        self.put(&text)?;
        let kept = self.file.persist(self.path);
        kept.map_err(|source| Error::file("write", self.path, source))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn bug(error: serde_json::Error) -> Error {
    Error::Bug(format!("the results cannot be written: {error}"))
}
