//! The author's files themselves: written as rustfmt writes them, without anything that clippy knows better, and no file too many.

use super::{Answer, Subject, author};
use crate::build::{Formatted, Linted};
use crate::course::stray::Stray;
use crate::diagnostic::{Finding, Place};

/// What was found out about an exercise's files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tidy {
    /// What rustfmt says, by path.
    pub formatted: Vec<(String, Formatted)>,
    /// What clippy says, by what it was asked about: `solution`, `starter`.
    pub linted: Vec<(&'static str, Linted)>,
    /// Files that nothing names.
    pub strays: Vec<Stray>,
}

/// Whether rustfmt would write the files in the same way.
pub(super) fn format(subject: &Subject<'_>, tidy: &Tidy) -> Answer {
    let mut answer = Answer::new("rustfmt", String::new());
    let mut same = 0;
    for (path, formatted) in &tidy.formatted {
        match formatted {
            Formatted::Same => same += 1,
            Formatted::Other { line, wanted } => {
                let edition = edition(subject);
                let mut problem = author(
                    "verify/format",
                    format!("rustfmt would write `{path}` in another way"),
                )
                .at(Place::line(path, *line), "from here on");
                problem = match wanted {
                    Some(wanted) if wanted.trim().is_empty() => {
                        problem.note("rustfmt writes an empty line here")
                    }
                    Some(wanted) => problem.note(format!("rustfmt writes: {}", wanted.trim())),
                    None => problem.note("rustfmt writes nothing after the line before"),
                };
                answer.problems.push(problem.help(format!(
                    "in the course's folder: rustfmt --edition {edition} {path}"
                )));
            }
            Formatted::Refused(why) => {
                let message = format!("rustfmt cannot read `{path}`");
                answer
                    .problems
                    .push(author("verify/format", message).note(why.clone()));
            }
            Formatted::NotHere(why) => answer.unknown = Some(why.clone()),
        }
    }
    let files = if same == 1 { "file is" } else { "files are" };
    answer.seen = format!("{same} {files} written as it writes them");
    answer
}

fn edition(subject: &Subject<'_>) -> &'static str {
    use crate::course::spec::Edition;
    match subject.exercise.source.edition {
        Edition::E2018 => "2018",
        Edition::E2021 => "2021",
        Edition::E2024 => "2024",
    }
}

/// Whether clippy finds anything, and the compiler anything to warn of.
pub(super) fn lints(tidy: &Tidy) -> Answer {
    let mut answer = Answer::new("clippy", String::new());
    let mut clean = Vec::new();
    for (what, linted) in &tidy.linted {
        match linted {
            Linted::Said(findings) if findings.is_empty() => clean.push(*what),
            Linted::Said(findings) => answer.problems.extend(findings.iter().cloned()),
            // That is told where it matters: a starter may not compile on purpose.
            Linted::DoesNotCompile => {}
            Linted::NotHere(why) => answer.unknown = Some(why.clone()),
        }
    }
    answer.seen = match clean.as_slice() {
        [] => "nothing that compiles to look at".to_owned(),
        clean => format!("nothing to say about the {}", clean.join(" and the ")),
    };
    answer
}

/// Whether there is nothing besides what belongs to the exercise.
pub(super) fn files(tidy: &Tidy) -> Answer {
    Answer {
        problems: tidy.strays.iter().map(stray).collect(),
        ..Answer::new("files", "none that nothing names".to_owned())
    }
}

/// The finding for something that belongs to nothing.
pub(super) fn stray(stray: &Stray) -> Finding {
    let message = format!("`{}` belongs to nothing", stray.path);
    author("verify/stray-file", message).help(stray.help)
}
