//! `memgrade lesson`.

use std::time::{Duration, SystemTime};

use super::console::{Console, print};
use super::options::{self, CourseOption};
use super::progress::Progress;
use crate::course::{Course, Entry, SourceFile};
use crate::error::{Error, ExitStatus};
use crate::lesson::notes::{Source, notes};
use crate::lesson::{Page, day};
use crate::observe::Level;
use crate::report::{escape, markdown};
use crate::run::local::Local;
use crate::sandbox;

/// Show the lesson of an exercise, with figures measured on this computer, or the day's page
///
/// The first time, a small program is compiled and run for a few seconds; its figures are kept in the cache. On a terminal the
/// lesson is drawn for reading; into a pipe or a file it is written as Markdown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    memgrade lesson                             the day: objectives, exercises, what comes before and after\n  \
    memgrade lesson virtual_memory\n  \
    memgrade lesson --color always memory_leak | less -R")]
pub(super) struct Args {
    /// The exercise [default: the day's page]
    exercise: Option<String>,

    /// Measure nothing: show the figures of whoever wrote the lesson
    #[arg(long, conflicts_with = "measure_again")]
    no_measure: bool,

    /// Measure the figures anew, whatever was measured before
    #[arg(long)]
    measure_again: bool,

    #[command(flatten)]
    pub(super) course: CourseOption,
}

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let course = args.course.open()?;
    let text = match &args.exercise {
        None => day::page(&course),
        Some(id) => lesson(args, &course, options::exercise(&course, id)?, console)?,
    };
    print(&drawn(&text, console))?;
    Ok(ExitStatus::Passed)
}

/// A course can come from anywhere: nothing in it may drive the terminal.
fn drawn(text: &str, console: &Console) -> String {
    if console.drawn {
        return markdown::render(text, &console.out);
    }
    let lines = text
        .lines()
        .map(|line| escape::terminal(line, console.out.unicode, usize::MAX) + "\n");
    lines.collect()
}

fn lesson(args: &Args, course: &Course, entry: &Entry, console: &Console) -> Result<String, Error> {
    let Some(lesson) = &entry.lesson else {
        return Err(Error::Nothing {
            message: format!("the exercise `{}` has no lesson", entry.id),
            hints: vec![format!(
                "its author may write exercises/{}/{}",
                entry.id, entry.exercise.lesson
            )],
        });
    };
    let page = Page::read(&lesson.text);
    let source = if page.figures().next().is_none() {
        Source::Author(String::new())
    } else {
        source(args, course, entry, &page, console)?
    };
    let mark = console.out.glyph("†", " (here)");
    let mut text = page.fill(console.drawn, |slot| source.text(slot, mark));
    let notes = notes(&page, &source, mark.trim_start());
    if !notes.is_empty() {
        text.push_str("\n---\n");
    }
    for note in notes {
        text.push('\n');
        text.push_str(&note);
        text.push('\n');
    }
    Ok(text)
}

/// Where the figures come from. Whatever keeps this machine from measuring is a reason and no error: the lesson can be read
/// without.
fn source(
    args: &Args,
    course: &Course,
    entry: &Entry,
    page: &Page<'_>,
    console: &Console,
) -> Result<Source, Error> {
    let author = |reason: &str| Ok(Source::Author(reason.to_owned()));
    if args.no_measure {
        return author("--no-measure asks for none");
    }
    let Some(program) = &entry.figures else {
        return author("no program beside the lesson measures any");
    };
    // What comes with memgrade is trusted as memgrade is. Whoever reads another's lesson has not asked for a program that can
    // read and write all files.
    if course.folder().is_some() && sandbox::level() > Level::Landlock {
        return author(
            "programs cannot be kept from your files on this computer (memgrade doctor says why)",
        );
    }
    match measure(args, program, page, console) {
        Ok(source) => Ok(source),
        Err(error @ (Error::Interrupted | Error::Bug(_))) => Err(error),
        Err(error) => author(&error.to_string()),
    }
}

fn measure(
    args: &Args,
    program: &SourceFile,
    page: &Page<'_>,
    console: &Console,
) -> Result<Source, Error> {
    let local = Local::new(Vec::new())?;
    let mut progress = Progress::new(console, Vec::new());
    let outcome = local.figures(program, &page.levels(), args.measure_again, &mut |what| {
        progress.say(what);
    });
    progress.finish();
    Ok(match outcome? {
        Ok(measured) => Source::Here {
            age: age(measured.when),
            measured,
        },
        Err(reason) => Source::Author(reason),
    })
}

/// How long ago a time was; nothing if a clock was wrong.
fn age(when: u64) -> Duration {
    let when = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(when));
    when.and_then(|when| SystemTime::now().duration_since(when).ok())
        .unwrap_or_default()
}
