//! The command line: the only user of clap, and the only place that prints errors.
//!
//! One file per command; each gives the exit status or an [`Error`]. [`main`] is what `src/main.rs` calls.

use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::error::{Error, ExitStatus};

mod check;
mod console;
mod doctor;
mod explain;
mod export;
mod grade;
mod hint;
mod lesson;
mod list;
mod new;
mod options;
mod outputs;
mod pack;
mod progress;
mod quiz;
mod report;
mod rerun;
mod run;
mod signals;
mod verify;

use console::{Console, complain};
use options::CourseOption;

use crate::report::style::ColorChoice;
use crate::report::{Sources, diagnostics};
use crate::verify::lesson::{Named, NotTyped};

/// Grades what a Rust program does with memory, not only what it prints
#[derive(Debug, Parser)]
#[command(name = "memgrade", version, max_term_width = 100)]
#[command(
    after_help = "Exit status: 0 all passed; 1 something did not pass; 2 wrong usage or an invalid spec; \
    4 nothing to check; 70 a bug in memgrade; 75 this machine cannot do it."
)]
struct Cli {
    /// When to use color
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_parser = color_parser())]
    color: ColorChoice,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build, run and judge a submission
    Check(check::Args),
    /// X-ray one Rust file or executable, no exercise needed
    Run(run::Args),
    /// Prove that a course separates right programs from wrong ones
    Verify(verify::Args),
    /// Make a new exercise, small and working, to be replaced piece by piece
    New(new::Args),
    /// Write what students get: the course without solutions, known-wrong submissions and hidden cases
    Pack(pack::Args),
    /// Grade a class: a folder, zip or tar.gz of hand-ins in, grades, feedback and a report out
    Grade(grade::Args),
    /// Draw the report of a graded class again, from its gradebook
    Report(report::Args),
    /// Write the grades of a graded class in the form that a platform takes
    Export(export::Args),
    /// Run one student's exercise again by hand, from the gradebook, with everything shown
    Rerun(rerun::Args),
    /// List the exercises of a course
    List(list::Args),
    /// Explain a finding's code, or the limits of a run
    Explain(explain::Args),
    /// Show the lesson of an exercise
    Lesson(lesson::Args),
    /// Show hints for an exercise or one of its checks
    Hint(hint::Args),
    /// Answer the checklist's questions
    Quiz(quiz::Args),
    /// Say what this machine can build, measure and contain, and what to do about each gap
    Doctor(doctor::Args),
}

fn color_parser() -> impl TypedValueParser<Value = ColorChoice> {
    PossibleValuesParser::new(["auto", "always", "never"])
        .try_map(|text| text.parse::<ColorChoice>())
}

/// Runs the command line.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        complain(&format!(
            "error: this is a bug in memgrade {}: {panic}\n  = please report it with what you did, and this message\n",
            env!("CARGO_PKG_VERSION"),
        ));
    }));
    let status = std::panic::catch_unwind(|| match Cli::try_parse() {
        Ok(cli) => {
            let console = Console::new(cli.color);
            execute(&cli.command, &console).unwrap_or_else(|error| {
                print_error(&error, cli.command.course(), &console);
                error.exit_status()
            })
        }
        Err(help) => {
            // A reader that has gone needs no help.
            let _ = help.print();
            if help.use_stderr() {
                ExitStatus::Usage
            } else {
                ExitStatus::Passed
            }
        }
    });
    status.unwrap_or(ExitStatus::Bug).into()
}

fn execute(command: &Command, console: &Console) -> Result<ExitStatus, Error> {
    signals::watch()?;
    match command {
        Command::Check(args) => check::execute(args, console),
        Command::Run(args) => run::execute(args, console),
        Command::Verify(args) => verify::execute(args, console),
        Command::New(args) => new::execute(args, console),
        Command::Pack(args) => pack::execute(args, console),
        Command::Grade(args) => grade::execute(args, console),
        Command::Report(args) => report::execute(args, console),
        Command::Export(args) => export::execute(args, console),
        Command::Rerun(args) => rerun::execute(args, console),
        Command::List(args) => list::execute(args, console),
        Command::Explain(args) => explain::execute(args, console),
        Command::Lesson(args) => lesson::execute(args, console),
        Command::Hint(args) => hint::execute(args, console),
        Command::Quiz(args) => quiz::execute(args, console),
        Command::Doctor(args) => doctor::execute(args, console),
    }
}

impl Command {
    fn course(&self) -> Option<&CourseOption> {
        match self {
            Self::Check(args) => Some(&args.course),
            Self::Verify(args) => Some(&args.course),
            Self::New(args) => Some(&args.course),
            Self::Pack(args) => Some(&args.course),
            Self::Grade(args) => Some(&args.course),
            Self::Report(args) => Some(&args.course),
            Self::Rerun(args) => Some(&args.course),
            Self::List(args) => Some(&args.course),
            Self::Lesson(args) => Some(&args.course),
            Self::Hint(args) => Some(&args.course),
            Self::Quiz(args) => Some(&args.course),
            Self::Export(_) | Self::Run(_) | Self::Explain(_) | Self::Doctor(_) => None,
        }
    }
}

/// Reads a command line that stands in a text, without its first word: what it names, or what is wrong with it and what may be
/// meant. One that lacks something may be only a mention.
fn read_words(words: &[String]) -> Result<Named, NotTyped> {
    use clap::error::ErrorKind;
    let line = ["memgrade"]
        .into_iter()
        .chain(words.iter().map(String::as_str));
    let matches = match Cli::command().try_get_matches_from(line) {
        Ok(matches) => matches,
        Err(error) => {
            return match error.kind() {
                ErrorKind::DisplayHelp
                | ErrorKind::DisplayVersion
                | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
                | ErrorKind::MissingSubcommand
                | ErrorKind::MissingRequiredArgument => Ok(Named::default()),
                _ => {
                    let text = error.to_string();
                    let mut lines = text.lines();
                    let first = lines.next().unwrap_or_default();
                    let tip = lines.find_map(|line| line.trim().strip_prefix("tip: "));
                    let message = first.strip_prefix("error: ").unwrap_or(first);
                    Err(NotTyped {
                        message: message.to_owned(),
                        help: tip.map(str::to_owned),
                    })
                }
            };
        }
    };
    let values = |names: &[&str]| -> Vec<String> {
        let Some((_, matches)) = matches.subcommand() else {
            return Vec::new();
        };
        let found = names.iter().filter_map(|name| {
            let values = matches.try_get_many::<String>(name).ok()?;
            Some(values?.cloned().collect::<Vec<_>>())
        });
        found.flatten().collect()
    };
    Ok(Named {
        exercises: values(&["exercise", "exercises"]),
        codes: values(&["code"]),
    })
}

/// The only place where an error is shown.
fn print_error(error: &Error, course: Option<&CourseOption>, console: &Console) {
    let texts = match (error, course) {
        (Error::BrokenPipe, _) => return,
        (Error::Author { findings }, Some(course)) => course.texts(findings),
        _ => Sources::new(),
    };
    complain(&diagnostics::error(error, &texts, &console.err));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn command_lines_in_texts_are_read_as_typed_ones() {
        let read = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            read_words(&words)
        };
        let named = |exercises: &[&str], codes: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
            Ok(Named {
                exercises: owned(exercises),
                codes: owned(codes),
            })
        };
        assert_eq!(read("check a b --submission ."), named(&["a", "b"], &[]));
        assert_eq!(read("hint a"), named(&["a"], &[]));
        assert_eq!(read("explain curve/grows"), named(&[], &["curve/grows"]));
        assert_eq!(read("run leak.rs -- leak"), named(&[], &[]));
        assert_eq!(read("lesson"), named(&[], &[]));
        assert_eq!(read("--help"), named(&[], &[]));
        let wrong = read("chek a").unwrap_err();
        assert!(wrong.message.contains("chek"), "{wrong:?}");
        assert!(wrong.help.unwrap().contains("check"));
        assert!(read("check a --stages 2").is_err());
        assert!(read("hint a --stage two").is_err());
    }
}
