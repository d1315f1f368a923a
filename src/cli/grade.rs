//! `memgrade grade`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::console::{Console, complain, print};
use super::options::{self, CourseOption, HiddenOption, JobsOption, RunOptions};
use super::outputs::{self, Info};
use crate::class::{self, Class, Layout, Mapping};
use crate::course::grading_policy::{Attempts, PolicyOverride};
use crate::course::load::document::shown;
use crate::course::units::Size;
use crate::course::{self, Course};
use crate::error::{Error, ExitStatus};
use crate::gradebook::free_text::{self, FreeTexts};
use crate::gradebook::policy::Policy;
use crate::gradebook::roll::{Begun, Grading};
use crate::gradebook::{self, Book, Known};
use crate::grading::class::{Hands, Submission, ToDo, With};
use crate::grading::settle::{Graded, Settled, Settling};
use crate::grading::similar::{self, Archive};
use crate::grading::{Filter, Pattern};
use crate::run::local::Local;
use crate::run::{Means, Runner as _};
use crate::sandbox;
use crate::temporary_files;

mod moved;
mod progress;
mod table;
mod tables;

use progress::Progress;
use tables::Tables;

/// Grade a class: a folder, zip or tar.gz of hand-ins in, grades, feedback and a report out
///
/// SUBMISSIONS is a folder or archive with one folder for each student, or what Moodle, Canvas, Gradescope, GitHub
/// Classroom or Classroom 50 give. RESULTS gets a gradebook, a report to read in a browser, grades and feedback. Said
/// again, it does just what is missing or new.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  memgrade grade examples/class -o results\n  memgrade grade submissions.zip -o results --roster class.csv --policy due=2026-11-20T23:59+01:00 --policy late_per_day=10%\n  memgrade grade examples/class -o results --dry-run"
)]
pub(super) struct Args {
    /// The hand-ins: a folder, a zip or a tar.gz
    submissions: PathBuf,

    /// The folder for the results; it is made if it is not there
    #[arg(short, long, value_name = "RESULTS")]
    output: PathBuf,

    /// A table of the students (CSV): who is in the class, in which group, and what platforms know them by
    #[arg(long, value_name = "FILE")]
    roster: Option<PathBuf>,

    /// Files that are named otherwise than their exercise, such as `leak*.rs=memory_leak`; can be repeated
    #[arg(long, value_name = "FROM=EXERCISE", value_parser = options::read::<Mapping>)]
    map: Vec<Mapping>,

    /// How the hand-ins are laid out: plain, moodle, canvas, gradescope, github-classroom or classroom50 [default: recognized]
    #[arg(long, value_name = "LAYOUT", value_parser = options::read::<Layout>)]
    layout: Option<Layout>,

    /// A rule of the grading policy in place of the course's, such as `late_per_day=10%`; can be repeated (docs/grading.md has them)
    #[arg(long, value_name = "KEY=VALUE", value_parser = options::read_policy)]
    policy: Vec<PolicyOverride>,

    /// Hand-ins of an earlier year to compare with, now and at later gradings; can be repeated
    #[arg(long, value_name = "PATH")]
    archive: Vec<PathBuf>,

    /// Compare no more with the archives of earlier gradings
    #[arg(long)]
    forget_archives: bool,

    /// Build and run these again although their results are known: STUDENT/EXERCISE/CASE, with * for any; can be repeated
    #[arg(long, value_name = "FILTER")]
    rerun: Vec<Pattern>,

    /// Show whose grades would move and why, and write none
    #[arg(long)]
    dry_run: bool,

    /// Memory that the limits of all programs that run at one time may add up to, such as 8GiB [default: what is free]
    #[arg(long, value_name = "SIZE")]
    memory: Option<Size>,

    /// What the report is called [default: the course's title]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// A folder with class.html, student.html or pair.html to draw the report with
    #[arg(long, value_name = "DIR")]
    template: Option<PathBuf>,

    #[command(flatten)]
    pub(super) course: CourseOption,

    #[command(flatten)]
    run: RunOptions,

    #[command(flatten)]
    hidden: HiddenOption,

    #[command(flatten)]
    jobs: JobsOption,
}

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let course = args.course.open()?;
    let ids: Vec<&str> = course
        .exercises
        .iter()
        .map(|entry| entry.id.as_str())
        .collect();
    let (written, policy) = policy(args, &course, &ids)?;
    let policy_text = serde_json::to_string(&written)
        .map_err(|error| Error::Bug(format!("the policy as JSON: {error}")))?;
    // Before anything takes time: a template that cannot be read, a table that a teacher has to correct.
    let templates = outputs::templates(args.template.as_deref())?;
    // No results are begun for what is no class; results that are there are looked at before archives are unpacked.
    let is_new = !args.output.join(gradebook::database::FILE).exists();
    let class = is_new.then(|| read_class(args, &ids)).transpose()?;
    let book = open_book(args, &course)?;
    let tables = Tables::read(&args.output, &written)?;
    let class = class.map_or_else(|| read_class(args, &ids), Ok)?;
    let (archives, compared) = archives(args, &book, &ids)?;
    let mut runner = args.run.runner()?;
    runner.expose_hidden_cases(args.hidden.expose_hidden_cases);

    let graded = attempts(&class, &policy);
    let submissions = graded.submissions(&class);
    let jobs = args.jobs.processors();
    let hands = Hands::read(&course, &submissions, &runner, jobs)?;
    let mut known = book.judgments()?;
    let more_time = tables.extensions.for_class(&class.students);
    let settling = Settling {
        hands: &hands,
        class: &class,
        graded: &graded.of_students,
        book: &book,
        runner: &runner,
        policy: &policy,
        manual: &tables.manual,
        free_texts: &tables.free_texts,
        more_time: &more_time,
    };
    let settled = settling.settled(&known)?;
    let again = Filter(args.rerun.clone());
    let students = class.students.iter().map(|student| student.id.as_str());
    again.check(&students.collect::<Vec<_>>(), &course.exercises)?;
    let to_do = hands.missing(&known, &again, &|submission| settled[submission])?;
    let mut info = info(args, &course, &class, &tables, &policy);
    info.notes.extend(policy.warnings.iter().cloned());
    info.notes.extend(compared);
    let grading = grading(&info, &class, policy_text, &runner)?;

    let nothing_new = to_do.is_empty() && settled.iter().all(|settled| *settled);
    if nothing_new
        && !args.dry_run
        && args.archive.is_empty()
        && is_drawn(args, &course, &book, &grading, &tables.free_texts)?
    {
        let rows = book.class()?;
        book.close()?;
        let mut out = table::render(&rows, &console.out);
        let _ = writeln!(out, "\nnothing is new since the last grading");
        out.push_str(&table::notes(
            &class,
            &tables.free_texts,
            &info.notes,
            &args.output,
            &console.out,
        ));
        out.push_str(&table::places(&args.output, &console.out));
        print(&out)?;
        return Ok(ExitStatus::Passed);
    }

    if let Some(last) = book.last_grading()?
        && last.grading.identity != grading.identity
    {
        complain(
            "everything is measured anew: memgrade, the compiler, the sandbox's level or a limit is another than at the last grading\n",
        );
    }
    let grading = if args.dry_run {
        Begun {
            number: book.next_grading()?,
            started: String::new(),
            grading,
        }
    } else {
        book.begin(grading)?
    };
    let number = grading.number;
    let run = Run {
        args,
        hands: &hands,
        book: &book,
        runner: &runner,
        grading: number,
    };
    let outcome = run.missing(&to_do, &class, &graded, &mut known, console);
    // Whatever ended the work, those of whom everything is judged get their grades.
    let outcome_of_settling = settling.settle(&known, number, !args.dry_run);
    let settled = match (outcome, outcome_of_settling) {
        (Ok(()), Ok(settled)) if !settled.interrupted => settled,
        (outcome, settled) => {
            if !args.dry_run {
                complain(&halfway(&class, settled.as_ref().ok(), &args.output));
            }
            outcome?;
            settled?;
            return Err(Error::Interrupted);
        }
    };
    if args.dry_run {
        let text = moved::render(&settled, &run.spec_changes(&known, &settled)?, &console.out);
        print(&text)?;
        book.close()?;
        return Ok(ExitStatus::Passed);
    }
    if args.forget_archives {
        book.forget_archives(None)?;
    }
    similar::keep(&book, &course, &archives)?;
    let pairs = similar::pairs(&book, &course)?;
    book.keep_pairs(&pairs)?;
    let checklists = book.checklists()?;
    book.keep_by_hand(&tables.counted(&course, &checklists))?;
    let texts = Tables::write_free_texts(&args.output, &course, &checklists)?;
    let mut progress = super::progress::Progress::new(console, Vec::new());
    outputs::write(
        &book,
        &grading,
        &course,
        &args.output,
        &templates,
        &mut |done, of| {
            progress.say(&format!("writing the report: {done} of {of} students"));
        },
    )?;
    book.finish(number)?;
    progress.finish();
    let rows = book.class()?;
    book.close()?;

    let mut out = table::render(&rows, &console.out);
    out.push('\n');
    out.push_str(&table::summary(
        &class,
        &to_do,
        &settled,
        pairs.len(),
        &console.out,
    ));
    if number > 1 {
        out.push_str(&moved::summary(&settled.moved, &console.out));
    }
    out.push_str(&table::notes(
        &class,
        &texts,
        &info.notes,
        &args.output,
        &console.out,
    ));
    out.push_str(&table::same_ids(&checklists, &console.out));
    out.push_str(&table::places(&args.output, &console.out));
    print(&out)?;
    Ok(ExitStatus::Passed)
}

/// The policy of the course, amended by the command line: as it is written, and as it is read.
fn policy(
    args: &Args,
    course: &Course,
    ids: &[&str],
) -> Result<(course::grading_policy::Grading, Policy), Error> {
    let outline = course.outline.as_ref();
    let own = outline
        .and_then(|outline| outline.grading.clone())
        .unwrap_or_default();
    let written = own.with(&args.policy);
    let policy = written.policy(ids).map_err(|problem| Error::Usage {
        message: format!("the grading policy cannot be used: {problem}"),
        hints: problem.help.into_iter().collect(),
    })?;
    Ok((written, policy))
}

/// The gradebook, of this course and no other. A dry run without one has it in memory.
fn open_book(args: &Args, course: &Course) -> Result<Book, Error> {
    let results = &args.output;
    if args.dry_run && !results.join(gradebook::database::FILE).exists() {
        return Book::in_memory();
    }
    fs::create_dir_all(results).map_err(|source| Error::file("create", results, source))?;
    // What a command that was killed has left behind.
    temporary_files::sweep(results);
    let book = Book::create(results)?;
    if book.about("course")?.is_none() {
        book.set_about("course", course.title())?;
    }
    outputs::is_of(&book, course, results)?;
    Ok(book)
}

fn read_class(args: &Args, ids: &[&str]) -> Result<Class, Error> {
    // Else the next grading would take the feedback and the report for hand-ins.
    let whole = |path: &Path| fs::canonicalize(path).ok();
    if whole(&args.output).is_some_and(|output| whole(&args.submissions) == Some(output)) {
        return Err(Error::usage(
            "the results cannot go into the very folder of the hand-ins",
            "name a folder of their own, such as `-o results`",
        ));
    }
    let class = class::open(
        &args.submissions,
        &class::Options {
            roster: args.roster.as_deref(),
            map: &args.map,
            exercises: ids,
            layout: args.layout,
            leave_out: Some(&args.output),
        },
    )?;
    if class.students.is_empty() {
        let mut hints = vec![
            "each folder in it is one student; docs/handins.md says what else is recognized"
                .to_owned(),
        ];
        for one in class.unrecognized.iter().take(3) {
            hints.push(format!("{}: {}", one.path, one.reason));
        }
        return Err(Error::Nothing {
            message: format!("there are no students in {}", args.submissions.display()),
            hints,
        });
    }
    Ok(class)
}

/// The archives that are named, and what is said of all that submissions are compared with.
fn archives(
    args: &Args,
    book: &Book,
    ids: &[&str],
) -> Result<(Vec<Archive>, Option<String>), Error> {
    let mut kept = if args.forget_archives {
        Vec::new()
    } else {
        book.archives()?
    };
    let mut named = Vec::new();
    for path in &args.archive {
        let class = class::open(
            path,
            &class::Options {
                roster: None,
                map: &args.map,
                exercises: ids,
                layout: None,
                leave_out: None,
            },
        )?;
        let one = similar::named(path, &kept);
        if !kept.contains(&one) {
            kept.push(one.clone());
        }
        named.push(Archive { kept: one, class });
    }
    let mut names: Vec<String> = kept.iter().map(|one| shown(&one.name)).collect();
    names.sort();
    let note = (!names.is_empty()).then(|| {
        format!(
            "programs are compared with those of {} too, until you say --forget-archives",
            names.join(", ")
        )
    });
    Ok((named, note))
}

/// Which attempts are graded.
struct Chosen {
    /// Of each student the number of the attempt and the submission's index.
    of_students: Vec<Graded>,
    /// Of each submission the student's index and the number of the attempt.
    all: Vec<(usize, u32)>,
}

impl Chosen {
    fn submissions<'c>(&self, class: &'c Class) -> Vec<Submission<'c>> {
        let of_one = |&(student, number): &(usize, u32)| {
            let student = &class.students[student];
            let attempt = student.attempts.get(number as usize);
            Submission {
                student: &student.id,
                folder: attempt.and_then(|attempt| attempt.folder.as_deref()),
            }
        };
        self.all.iter().map(of_one).collect()
    }
}

/// All attempts if the best counts, else the latest. Who handed in nothing has one in which nothing is.
fn attempts(class: &Class, policy: &Policy) -> Chosen {
    let mut chosen = Chosen {
        of_students: Vec::new(),
        all: Vec::new(),
    };
    for (index, student) in class.students.iter().enumerate() {
        let count = u32::try_from(student.attempts.len()).unwrap_or(u32::MAX);
        let last = count.saturating_sub(1);
        let first = match policy.attempts {
            Attempts::Best => 0,
            Attempts::Latest => last,
        };
        let mut graded = Vec::new();
        for number in first..=last {
            graded.push((number, chosen.all.len()));
            chosen.all.push((index, number));
        }
        chosen.of_students.push(graded);
    }
    chosen
}

/// What the report says of the class as a whole.
fn info(args: &Args, course: &Course, class: &Class, tables: &Tables, policy: &Policy) -> Info {
    let unrecognized = class.unrecognized.iter();
    let students: Vec<&str> = class
        .students
        .iter()
        .map(|student| student.id.as_str())
        .collect();
    let exercises = course.exercises.iter().map(|entry| entry.id.as_str());
    let mut parts: Vec<&str> = exercises.collect();
    parts.push(course::grading_policy::CHECKLIST);
    let mut notes = tables.manual.unused(&students, &parts);
    let students = &class.students;
    notes.extend(tables.extensions.unused(students, &parts, policy));
    let roll: Vec<_> = class
        .students
        .iter()
        .map(|student| {
            (
                &student.id,
                &student.name,
                &student.group,
                &student.identity,
                &student.file_stem,
                // One that is taken away again leaves the others as they are, and may have been the one that counted.
                student.attempts.len(),
            )
        })
        .collect();
    Info {
        title: args
            .title
            .clone()
            .unwrap_or_else(|| course.title().to_owned()),
        unrecognized: unrecognized
            .map(|one| (one.path.clone(), one.reason.clone()))
            .collect(),
        notes,
        roll: blake3::hash(format!("{roll:?}").as_bytes())
            .to_hex()
            .to_string(),
    }
}

fn grading(info: &Info, class: &Class, policy: String, runner: &Local) -> Result<Grading, Error> {
    let info = serde_json::to_string(info)
        .map_err(|error| Error::Bug(format!("what is said of the class: {error}")))?;
    Ok(Grading {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        machine: options::machine(),
        sandbox: sandbox::level().name().to_owned(),
        identity: runner.identity(),
        layout: class.layout.name().to_owned(),
        policy,
        info,
    })
}

/// Whether what would be drawn is drawn already.
fn is_drawn(
    args: &Args,
    course: &Course,
    book: &Book,
    grading: &Grading,
    texts: &FreeTexts,
) -> Result<bool, Error> {
    let Some(last) = book.last_grading()? else {
        return Ok(false);
    };
    let same = last.grading.info == grading.info
        && last.grading.layout == grading.layout
        && args.template.is_none();
    if !same || !outputs::are_there(book, last.number, &args.output, &book.class()?)? {
        return Ok(false);
    }
    let Some(checklist) = &course.checklist else {
        return Ok(true);
    };
    // By what stands in the file: reading it is more lenient than writing it.
    let texts = texts.after(checklist, &book.checklists()?);
    let written = fs::read_to_string(args.output.join(free_text::FILE)).unwrap_or_default();
    Ok(texts.is_empty() || texts.render().is_ok_and(|text| text == written))
}

/// The work of one grading.
struct Run<'a> {
    args: &'a Args,
    hands: &'a Hands<'a>,
    book: &'a Book,
    runner: &'a Local,
    grading: i64,
}

impl Run<'_> {
    /// Builds and runs what is missing.
    fn missing(
        &self,
        to_do: &ToDo<'_>,
        class: &Class,
        chosen: &Chosen,
        known: &mut BTreeMap<String, Known>,
        console: &Console,
    ) -> Result<(), Error> {
        let names = self.hands.names(to_do).map(|(submission, name)| {
            let (student, _) = chosen.all[submission];
            format!("{}: {name}", class.students[student].id)
        });
        let mut progress =
            Progress::new(console, names.collect(), to_do.waiting(), chosen.all.len());
        let means = Means {
            jobs: self.args.jobs.processors(),
            memory_budget: self
                .args
                .memory
                .map(|size| size.0)
                .or_else(options::free_memory),
            memory: self.book,
        };
        let with = With {
            book: self.book,
            grading: self.grading,
            runner: self.runner,
            means,
        };
        let outcome = self
            .hands
            .run(to_do, &with, known, &mut |event| progress.event(event));
        progress.finish();
        outcome
    }

    /// What changed in the specs of exercises whose grades move: the exercise, and both texts.
    fn spec_changes(
        &self,
        known: &BTreeMap<String, Known>,
        settled: &Settled,
    ) -> Result<Vec<moved::SpecChange>, Error> {
        let mut changes: Vec<moved::SpecChange> = Vec::new();
        for (exercise, (before, after)) in &settled.judged_anew {
            let spec = |key: &String| known.get(key).map(|known| known.spec.clone());
            let (Some(before), Some(after)) = (spec(before), spec(after)) else {
                continue;
            };
            if before == after {
                continue;
            }
            changes.push(moved::SpecChange {
                exercise: exercise.clone(),
                before: self.book.text(&before)?.unwrap_or_default(),
                after: self.book.text(&after)?.unwrap_or_default(),
            });
        }
        Ok(changes)
    }
}

/// What is said when a grading did not come to its end.
fn halfway(class: &Class, settled: Option<&Settled>, results: &Path) -> String {
    let all = class.students.len();
    let graded = settled.map_or_else(String::new, |settled| {
        format!("{} of {all} students are graded; ", all - settled.waiting)
    });
    format!(
        "{graded}what was built and run is kept in {}: the same command goes on from there\n",
        results.display(),
    )
}
