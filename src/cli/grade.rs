//! `memgrade grade`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::console::{Console, complain, print};
use super::options::{CourseOption, HiddenOption, JobsOption, RunOptions};
use super::progress::Progress;
use crate::course::answers::Answers;
use crate::course::checklist::{Answer, Checklist};
use crate::error::{Error, ExitStatus};
use crate::gradebook::free_text::{self, FreeTexts};
use crate::gradebook::{self, Student};
use crate::grading;
use crate::report::style::{Ink, Style};
use crate::report::{Graded, csv, feedback, json, words};
use crate::temporary_files;

/// Check every student's folder and write grades and feedback
///
/// Each folder directly under SUBMISSIONS is one student. RESULTS gets results.json, grades.csv and one
/// feedback/STUDENT.txt for each, every file as soon as it is ready.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: memgrade grade examples/class -o results")]
pub(super) struct Args {
    /// The folder with the students' folders
    submissions: PathBuf,

    /// The folder for the results; it is made if it is not there
    #[arg(short, long, value_name = "RESULTS")]
    output: PathBuf,

    #[command(flatten)]
    pub(super) course: CourseOption,

    #[command(flatten)]
    run: RunOptions,

    #[command(flatten)]
    hidden: HiddenOption,

    #[command(flatten)]
    jobs: JobsOption,
}

/// Grades are written again at most so often while students get ready.
const SAVE_EVERY: Duration = Duration::from_secs(2);

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let course = args.course.open()?;
    let entries: Vec<_> = course.exercises.iter().collect();
    let students = students(args)?;
    let mut runner = args.run.runner()?;
    runner.expose_hidden_cases(args.hidden.expose_hidden_cases);
    let mut results = Results::begin(&args.output, students.clone(), course.checklist.as_ref())?;
    let folders: Vec<PathBuf> = students
        .iter()
        .map(|student| student.folder.clone())
        .collect();
    let assignment = grading::Assignment::new(&course, &entries, &folders)?;
    let names = assignment.names().into_iter();
    let names = names.map(|(index, name)| format!("{}: {name}", students[index].id));
    let mut progress = Progress::new(console, names.collect());
    let marked = results.free_texts.clone();
    let given = |index: usize, answers: &Answers| {
        let texts = answers
            .given
            .iter()
            .filter_map(|(question, answer)| match answer {
                Answer::Text(text) => {
                    let given = marked.given(&students[index].id, question, text)?;
                    Some((question.clone(), given))
                }
                _ => None,
            });
        texts.collect()
    };
    let graded = assignment.grade(
        &runner,
        args.jobs.count(),
        &given,
        &mut |event| progress.event(event),
        &mut |index, graded| results.add(index, graded),
    );
    progress.finish();
    // Whatever ended the work, those who were graded keep their grades.
    results.save()?;
    results.write_free_texts()?;
    if let Err(error) = graded {
        complain(&format!(
            "{} of {} students are graded; their results are in {}\n",
            results.graded.iter().flatten().count(),
            folders.len(),
            args.output.display(),
        ));
        return Err(error);
    }
    print(&results.table(console))?;
    Ok(ExitStatus::Passed)
}

/// The students, without the results that may lie among them.
fn students(args: &Args) -> Result<Vec<Student>, Error> {
    if !args.submissions.is_dir() {
        return Err(Error::usage(
            format!("there is no folder {}", args.submissions.display()),
            "name the folder that holds one folder for each student",
        ));
    }
    let mut students = gradebook::students(&args.submissions)?;
    if let Ok(output) = args.output.canonicalize() {
        students.retain(|student| student.folder.canonicalize().ok().as_ref() != Some(&output));
    }
    if students.is_empty() {
        return Err(Error::Nothing {
            message: format!("there are no students in {}", args.submissions.display()),
            hints: vec![
                "each folder in it is one student; files and links are not looked at".to_owned(),
            ],
        });
    }
    Ok(students)
}

/// What is graded so far, and the files that say so.
struct Results<'a> {
    folder: PathBuf,
    checklist: Option<&'a Checklist>,
    /// What teachers have given for free texts before.
    free_texts: FreeTexts,
    students: Vec<Student>,
    graded: Vec<Option<Graded>>,
    saved: Instant,
}

impl<'a> Results<'a> {
    fn begin(
        folder: &Path,
        students: Vec<Student>,
        checklist: Option<&'a Checklist>,
    ) -> Result<Self, Error> {
        let feedback = folder.join("feedback");
        // Now, so that a folder that cannot be written costs no grading.
        fs::create_dir_all(&feedback).map_err(|source| Error::file("create", &feedback, source))?;
        // What a command that was killed has left behind.
        for folder in [folder, &feedback] {
            temporary_files::sweep(folder);
        }
        let results = Self {
            free_texts: FreeTexts::read(&folder.join(free_text::FILE))?,
            checklist,
            folder: folder.to_owned(),
            graded: students.iter().map(|_| None).collect(),
            students,
            saved: Instant::now(),
        };
        results.write()?;
        Ok(results)
    }

    fn add(&mut self, index: usize, graded: grading::Graded) -> Result<(), Error> {
        let student = &self.students[index];
        let entry = Graded {
            id: student.id.clone(),
            name: None,
            report: graded.report,
        };
        let file = self
            .folder
            .join("feedback")
            .join(format!("{}.txt", student.file_stem));
        gradebook::write_whole(&file, &feedback::render(&entry, &graded.sources))?;
        self.graded[index] = Some(entry);
        if self.saved.elapsed() >= SAVE_EVERY {
            self.save()?;
        }
        Ok(())
    }

    fn save(&mut self) -> Result<(), Error> {
        self.write()?;
        self.saved = Instant::now();
        Ok(())
    }

    fn write(&self) -> Result<(), Error> {
        let students: Vec<Graded> = self.graded.iter().flatten().cloned().collect();
        let bug = |error: String| Error::Bug(format!("the results cannot be written: {error}"));
        let json = json::results_json(&students).map_err(|error| bug(error.to_string()))?;
        gradebook::write_whole(&self.folder.join("results.json"), &json)?;
        let csv = csv::render(&students).map_err(|error| bug(error.to_string()))?;
        gradebook::write_whole(&self.folder.join("grades.csv"), &csv)
    }

    /// Writes the table of free texts, when all who are graded are known. What a teacher wrote into it meanwhile stays.
    fn write_free_texts(&mut self) -> Result<(), Error> {
        let Some(checklist) = self.checklist else {
            return Ok(());
        };
        let path = self.folder.join(free_text::FILE);
        let students: Vec<Graded> = self.graded.iter().flatten().cloned().collect();
        self.free_texts = FreeTexts::read(&path)?.after(checklist, &students);
        if self.free_texts.is_empty() {
            return Ok(());
        }
        let text = self.free_texts.render();
        let text = text.map_err(|e| Error::Bug(format!("the table cannot be written: {e}")))?;
        gradebook::write_whole(&path, &text)
    }

    /// What else a teacher should know.
    fn notes(&self, style: &Style) -> String {
        let mut out = String::new();
        if self.free_texts.waiting() > 0 {
            let _ = writeln!(
                out,
                "{} to be marked: fill in the column `points` of {} and grade again",
                words::counted(
                    self.free_texts.waiting() as u64,
                    "free text is",
                    "free texts are"
                ),
                style.clean(
                    &self.folder.join(free_text::FILE).display().to_string(),
                    200
                ),
            );
        }
        let mut by_id: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for student in self.graded.iter().flatten() {
            let declared = student.report.checklist.as_ref();
            if let Some(id) = declared.and_then(|checklist| checklist.student.as_deref()) {
                by_id
                    .entry(id)
                    .or_default()
                    .push(style.clean(&student.id, 40));
            }
        }
        for (id, students) in by_id.into_iter().filter(|(_, students)| students.len() > 1) {
            let _ = writeln!(
                out,
                "{} all say that they are `{}`: their questions had the same numbers",
                students.join(", "),
                style.clean(id, 40),
            );
        }
        out
    }

    /// One line for each student, and where the rest is.
    fn table(&self, console: &Console) -> String {
        let style = &console.out;
        let graded: Vec<&Graded> = self.graded.iter().flatten().collect();
        let ids: Vec<String> = graded
            .iter()
            .map(|student| style.clean(&student.id, 40))
            .collect();
        let width = ids.iter().map(|id| id.chars().count()).max().unwrap_or(0);
        let mut out = String::new();
        for (student, id) in graded.iter().zip(&ids) {
            let score = student.report.score;
            let pad = " ".repeat(width - id.chars().count());
            let undecided = match score.undecided {
                0 => String::new(),
                points => style.paint(Ink::Doubt, &format!("   {points} undecided")),
            };
            let _ = writeln!(
                out,
                "{id}{pad}   {:>3} of {:>3} points{undecided}",
                score.earned, score.possible
            );
        }
        let _ = writeln!(
            out,
            "\n{} students graded; results.json, grades.csv and feedback/ are in {}",
            graded.len(),
            style.clean(&self.folder.display().to_string(), 200),
        );
        out.push_str(&self.notes(style));
        out
    }
}
