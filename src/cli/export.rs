//! `memgrade export`.

use std::fmt::Write as _;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use super::console::{Console, complain, print};
use super::outputs;
use crate::error::{Error, ExitStatus};
use crate::gradebook::Book;
use crate::report::export::{
    self, DecimalMark, FeedbackLayout, Filled, Format, Options, Row, feedback_zip,
};
use crate::report::style::Style;
use crate::report::words;
use crate::temporary_files::{self, Readers};

/// Write the grades of a graded class in the form that a platform takes
///
/// Nothing is built or run. docs/grading.md goes through the steps for Moodle, Canvas and Gradescope.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  memgrade export results --format moodle --into worksheet.csv -o upload.csv\n  memgrade export results --format canvas --column 'HW1 (12345)' --into gradebook.csv -o upload.csv\n  memgrade export results --feedback moodle -o feedback.zip"
)]
pub(super) struct Args {
    /// The folder that `memgrade grade` wrote
    results: PathBuf,

    /// csv, json, moodle, canvas or gradescope-csv
    #[arg(long, value_name = "FORMAT", required_unless_present = "feedback")]
    format: Option<Format>,

    /// In place of grades, a zip with everybody's feedback, laid out as the platform takes it: plain, moodle or canvas
    #[arg(long, value_name = "LAYOUT", conflicts_with = "format")]
    feedback: Option<FeedbackLayout>,

    /// The file that you got from the platform: Moodle's grading worksheet, Canvas's gradebook; it is read, not changed
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,

    /// The assignment's column: `Title (id)` for Canvas; for a worksheet the heading of its points, where it is not found
    #[arg(long, value_name = "HEADING")]
    column: Option<String>,

    /// Who handed in nothing gets 0 in place of an empty cell
    #[arg(long)]
    missing_is_zero: bool,

    /// What stands before decimals: point or comma [default: as in the platform's file]
    #[arg(long, value_name = "MARK")]
    decimal: Option<DecimalMark>,

    /// The file to write [default: standard output, for text]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Most bytes of a platform's file.
const MOST_BYTES: u64 = 64 << 20;
/// Characters of a name or a reason.
const TEXT_CHARS: usize = 200;

pub(super) fn execute(args: &Args, console: &Console) -> Result<ExitStatus, Error> {
    if args.feedback.is_some() && args.output.is_none() {
        return Err(Error::usage(
            "feedback is a zip, which is nothing to print",
            "name a file with -o, such as -o feedback.zip",
        ));
    }
    let book = Book::open(&args.results)?;
    outputs::last_grading(&book, &args.results)?;
    let rows = book.class()?;
    book.close()?;
    let rows: Vec<Row> = rows.iter().map(Row::from).collect();
    let bytes = match (args.feedback, args.format) {
        (Some(layout), _) => feedback(args, layout, &rows, console)?,
        (None, Some(format)) => grades(args, format, &rows, console)?,
        (None, None) => return Err(Error::usage("no format is named", "add --format csv")),
    };
    match &args.output {
        Some(path) => {
            write(path, &bytes)?;
            let shown = console.err.clean(&path.display().to_string(), TEXT_CHARS);
            complain(&format!("written to {shown}\n"));
        }
        None => match String::from_utf8(bytes) {
            Ok(text) => print(&text)?,
            Err(_) => {
                return Err(Error::usage(
                    "this is no text to be printed",
                    "name a file with --output",
                ));
            }
        },
    }
    Ok(ExitStatus::Passed)
}

fn grades(args: &Args, format: Format, rows: &[Row], console: &Console) -> Result<Vec<u8>, Error> {
    if let Some(into) = &args.into
        && !matches!(format, Format::Moodle | Format::Canvas)
    {
        return Err(Error::usage(
            format!(
                "{} cannot be filled in as {}",
                into.display(),
                format.name()
            ),
            "--into goes with --format moodle and --format canvas",
        ));
    }
    let theirs = args.into.as_deref().map(read).transpose()?;
    let options = Options {
        missing_is_zero: args.missing_is_zero,
        decimal: args.decimal,
        grade_column: args.column.clone(),
        ..Options::default()
    };
    let filled = match format {
        Format::Csv => return Ok(export::csv(rows)?.into_bytes()),
        Format::Json => return Ok(export::json(rows)?.into_bytes()),
        Format::Moodle => {
            let theirs = theirs.ok_or_else(|| {
                Error::usage(
                    "Moodle takes its own grading worksheet back, filled in",
                    "download it (Assignment, Download grading worksheet) and name it with --into",
                )
            })?;
            export::moodle(&theirs, rows, &options)?
        }
        Format::Canvas => {
            let column = args.column.as_deref().unwrap_or_default();
            let (title, id) = canvas_column(column)?;
            export::canvas(title, id, rows, theirs.as_deref(), &options)?
        }
        Format::GradescopeCsv => export::gradescope(rows, &options)?,
    };
    complain(&said(&filled, &console.err));
    Ok(filled.bytes)
}

/// `Title (12345)`, as Canvas's own export names a column.
fn canvas_column(column: &str) -> Result<(&str, Option<u64>), Error> {
    let column = column.trim();
    if column.is_empty() {
        return Err(Error::usage(
            "Canvas needs the assignment's column",
            "name it as Canvas's own export does: --column 'HW1 (12345)'",
        ));
    }
    let id = column
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once(" ("))
        .and_then(|(title, id)| Some((title, id.parse().ok()?)));
    Ok(match id {
        Some((title, id)) => (title, Some(id)),
        None => (column, None),
    })
}

/// Who got nothing, and what else is to be said.
fn said(filled: &Filled, style: &Style) -> String {
    let got = words::counted(filled.filled as u64, "student", "students");
    let mut out = format!("{got} got points\n");
    out.push_str(&skipped(&filled.skipped, style));
    for problem in &filled.problems {
        let _ = writeln!(out, "note: {}", style.clean(problem, 4 * TEXT_CHARS));
    }
    out
}

/// Everybody by name; those who are left out for the same reason together.
fn skipped(skipped: &[(String, String)], style: &Style) -> String {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for (who, reason) in skipped {
        match groups.iter_mut().find(|(other, _)| other == reason) {
            Some((_, all)) => all.push(who),
            None => groups.push((reason, vec![who])),
        }
    }
    let mut out = String::new();
    for (reason, all) in groups {
        let reason = style.clean(reason, TEXT_CHARS);
        if let [who] = all.as_slice() {
            let _ = writeln!(out, "left out: {}: {reason}", style.clean(who, TEXT_CHARS));
            continue;
        }
        let _ = writeln!(out, "left out: {} students: {reason}", all.len());
        for who in all {
            let _ = writeln!(out, "  {}", style.clean(who, TEXT_CHARS));
        }
    }
    out
}

fn feedback(
    args: &Args,
    layout: FeedbackLayout,
    rows: &[Row],
    console: &Console,
) -> Result<Vec<u8>, Error> {
    let folder = args.results.join("feedback");
    let zipped = feedback_zip(layout, rows, Cursor::new(Vec::new()), &mut |row| {
        let path = folder.join(format!("{}.txt", row.file_stem));
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file("read", path, error)),
        }
    })?;
    complain(&skipped(&zipped.skipped, &console.err));
    if zipped.files == 0 {
        return Err(Error::Nothing {
            message: "there is nobody's feedback that the platform would take".to_owned(),
            hints: vec![
                "grade the platform's own download of the hand-ins: it names students as the platform wants them back; or take --feedback plain"
                    .to_owned(),
            ],
        });
    }
    let for_whom = words::counted(zipped.files as u64, "student", "students");
    complain(&format!("feedback for {for_whom}\n"));
    Ok(zipped.out.into_inner())
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let cannot = |source| Error::file("read", path, source);
    let data = fs::metadata(path).map_err(cannot)?;
    if !data.is_file() || data.len() > MOST_BYTES {
        return Err(Error::usage(
            format!("{} is no table that a platform wrote", path.display()),
            "name the file that you downloaded",
        ));
    }
    fs::read(path).map_err(cannot)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    temporary_files::write_whole(path, folder, bytes, Readers::Everybody)
        .map_err(|source| Error::file("write", path, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_left_out_is_named_by_reason() {
        let pair = |who: &str, why: &str| (who.to_owned(), why.to_owned());
        let list = [
            pair("ann", "not there"),
            pair("bob", "locked"),
            pair("cleo\u{1b}[31m", "not there"),
        ];
        let text = skipped(&list, &Style::plain(80));
        assert_eq!(
            text.lines()
                .filter(|line| line.starts_with("left out"))
                .count(),
            2,
            "{text}"
        );
        assert!(
            text.starts_with("left out: 2 students: not there\n  ann\n  cleo"),
            "{text}"
        );
        assert!(text.ends_with("left out: bob: locked\n") && !text.contains('\u{1b}'));
    }
}
