//! `memgrade report`.

use std::path::PathBuf;

use super::console::{Console, print};
use super::options::CourseOption;
use super::outputs;
use super::progress::Progress;
use crate::error::{Error, ExitStatus};
use crate::gradebook::Book;

/// Draw the report of a graded class again, from its gradebook; nothing is built or run
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: memgrade report results --template our_pages")]
pub(super) struct Args {
    /// The folder that `memgrade grade` wrote
    results: PathBuf,

    /// A folder with class.html, student.html or pair.html to draw the report with
    #[arg(long, value_name = "DIR")]
    template: Option<PathBuf>,

    #[command(flatten)]
    pub(super) course: CourseOption,
}

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    let templates = outputs::templates(args.template.as_deref())?;
    let book = Book::open(&args.results)?;
    let course = args.course.open()?;
    outputs::is_of(&book, &course, &args.results)?;
    let grading = outputs::last_grading(&book, &args.results)?;
    let mut progress = Progress::new(console, Vec::new());
    outputs::write(
        &book,
        &grading,
        &course,
        &args.results,
        &templates,
        &mut |done, of| {
            progress.say(&format!("writing the report: {done} of {of} students"));
        },
    )?;
    progress.finish();
    book.close()?;
    let page = outputs::report_page(&args.results).display().to_string();
    print(&format!("{}\n", console.out.clean(&page, 400)))?;
    Ok(ExitStatus::Passed)
}
