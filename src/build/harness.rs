//! Programs of several crates: what an exercise gives, the learner's code, and the harness that calls it.
//!
//! The main function is [`compile`]. The order says whose a mistake is, and keeps the harness from the learner's code:
//!
//! ```text
//! given        does not compile: the author's
//! submission   does not compile: the learner's (the harness does not lie in the folder yet)
//! interface    does not compile: the learner's code does not have what was asked for
//! harness      does not compile: the author's, since the learner's code has all that was asked for
//! ```

use super::checking;
use super::compile::{Bench, Compiled, Reason, Unit};
use super::messages::{Message, Messages, Rendered, Span, primary};
use super::profile::{AuthorsCrate, CompilerCommand};
use super::{Checking, Harness};
use crate::course::interface::{self, Asked, Kind};
use crate::diagnostic::{Fault, Finding, Place, Severity};
use crate::error::Error;
use crate::probe::code::AUTHORS;

/// The code of the finding that an exercise's own crates do not compile.
pub const CODE: &str = "harness/does-not-compile";

/// Items of an interface that a finding names.
const TOLD: usize = 8;

/// Compiles all crates of a request with a harness. The messages are those about the learner's crate.
pub(super) fn compile(
    bench: &Bench<'_>,
    harness: &Harness,
    learners: &CompilerCommand,
    checking: Checking,
) -> Result<Compiled, Error> {
    let (request, toolchain, staging) = (bench.request, bench.toolchain, bench.staging);
    if let Some(given) = &harness.given {
        let own = AuthorsCrate::Given;
        let command = own.command(request, toolchain);
        staging.add(own, given.text.as_bytes())?;
        let compiled = bench.compile(&Unit::authors(&command, own))?;
        if let Some(reason) = compiled.failure {
            return Ok(authors(harness, &reason, &compiled.messages));
        }
        staging.keep(own.output())?;
    }

    let unit = Unit::library(learners);
    let learners = bench.compile(&unit)?;
    if learners.failure.is_some() {
        return Ok(learners);
    }
    staging.keep(unit.output())?;

    let own = AuthorsCrate::Interface;
    let interface = interface::parse(&harness.interface)
        .map_err(|mistake| Error::Bug(format!("an interface that is none: {}", mistake.message)))?;
    let (program, lines) = interface.program();
    let command = own.command(request, toolchain);
    staging.add(own, program.as_bytes())?;
    let compiled = bench.compile(&Unit::authors(&command, own))?;
    if let Some(reason) = compiled.failure {
        if !reason.in_source {
            return Ok(silent(reason));
        }
        let errors: Vec<&Message> = compiled
            .messages
            .first
            .iter()
            .chain(&compiled.messages.further)
            .collect();
        let asked = |message: &Message| {
            let line = primary(message).map(|span| span.place().line as usize)?;
            let index = lines.iter().position(|lines| lines.contains(&line))?;
            interface.items.get(index)
        };
        let finding = not_as_asked(bench, &errors, &asked);
        return Ok(silent(Reason { finding, ..reason }));
    }

    let own = AuthorsCrate::Program;
    let mut command = own.command(request, toolchain);
    let mut text = harness.program.text.as_bytes().to_vec();
    if checking == Checking::Layouts {
        command.args.extend(checking::arguments());
        text = checking::with_allocator(&text);
    }
    staging.add(own, &text)?;
    let compiled = bench.compile(&Unit::authors(&command, own))?;
    match compiled.failure {
        None => Ok(learners),
        // What is instantiated, or linked, only now is the learner's all the same.
        Some(reason) if !reason.in_source || is_learners(bench, &compiled.messages) => {
            Ok(silent(reason))
        }
        Some(reason) => Ok(authors(harness, &reason, &compiled.messages)),
    }
}

/// Whether the first error is about the learner's code.
fn is_learners(bench: &Bench<'_>, messages: &Messages) -> bool {
    messages.first.as_ref().is_some_and(|first| {
        let learners = |span: &Span| bench.request.files.contains_key(&span.file());
        first.is_about_linking() || primary(first).is_some_and(learners)
    })
}

/// A failure of the learner's in a crate that the learner does not see: what the compiler rendered shows that crate's source.
fn silent(reason: Reason) -> Compiled {
    let text = format!("error: {}\n", reason.finding.message);
    Compiled {
        messages: Messages {
            rendered: Rendered {
                plain: text.clone(),
                ansi: text,
            },
            ..Messages::default()
        },
        failure: Some(reason),
    }
}

/// A failure of the author's.
fn authors(harness: &Harness, reason: &Reason, messages: &Messages) -> Compiled {
    let mut finding = Finding::new(
        CODE,
        Severity::Error,
        Fault::Author,
        format!("the harness does not compile: {}", reason.finding.message),
    );
    if let Some(first) = &messages.first {
        let mut spans: Vec<&Span> = primary(first).into_iter().collect();
        spans.extend(first.spans.iter().filter(|span| !span.is_primary));
        for span in spans {
            let Some(place) = in_course(harness, span) else {
                continue;
            };
            let label = span.label.clone().unwrap_or_default();
            finding = if finding.primary.is_none() {
                finding.at(place, label)
            } else {
                finding.also(place, label)
            };
        }
        for child in first.children.iter().take(TOLD) {
            finding = finding.note(super::messages::one_line(&child.message));
        }
    }
    finding.help = Some(
        "what the harness uses of the learner's code must stand in the interface, so that a learner's mistake is found there"
            .to_owned(),
    );
    Compiled {
        messages: Messages::default(),
        failure: Some(Reason { finding, ..*reason }),
    }
}

/// A place in the exercise's own crates as the course names it.
pub(super) fn in_course(harness: &Harness, span: &Span) -> Option<Place> {
    let mut place = span.place();
    let own = |own: AuthorsCrate| format!("{AUTHORS}{}/{}", own.folder(), own.file());
    place.file = if place.file == own(AuthorsCrate::Program) {
        harness.program.path.clone()
    } else if place.file == own(AuthorsCrate::Given) {
        harness.given.as_ref()?.path.clone()
    } else {
        return None;
    };
    Some(place)
}

/// What a learner may read of a failure, and the finding as its author may read it if that says more.
pub(super) fn for_learner(finding: Finding) -> (Finding, Option<Finding>) {
    if finding.code != CODE {
        return (finding, None);
    }
    let message = "this exercise cannot be checked: its own part of the program does not compile, and that is not your code's fault";
    let told = Finding::new(CODE, Severity::Error, Fault::Author, message)
        .help("tell whoever wrote the exercise: `memgrade verify` shows what is wrong");
    (told, Some(finding))
}

/// The finding for a learner's crate that does not have what the interface asks for.
fn not_as_asked<'a>(
    bench: &Bench<'_>,
    errors: &[&Message],
    asked: &dyn Fn(&Message) -> Option<&'a Asked>,
) -> Finding {
    let mut missing: Vec<(&Asked, &Message)> = Vec::new();
    for error in errors {
        if let Some(item) = asked(error)
            && !missing.iter().any(|(known, _)| *known == item)
        {
            missing.push((item, error));
        }
    }
    let Some((item, error)) = missing.first() else {
        // An error without a line of the interface's.
        return errors.first().map_or_else(
            || {
                Finding::learner(
                    "build/wrong-interface",
                    "your code does not have what this exercise asks for",
                )
            },
            |error| Finding::learner("build/wrong-interface", error.sentence()),
        );
    };
    let mut finding = Finding::learner("build/wrong-interface", in_words(item, error));
    let known = |span: &&Span| bench.request.files.contains_key(&span.file());
    let children = error.children.iter().flat_map(|child| &child.spans);
    if let Some(span) = error.spans.iter().chain(children).find(known) {
        finding = finding.at(span.place(), "this is what there is");
    }
    finding = finding.note(format!("asked for: {}", item.shown));
    if is_about_types(error) {
        finding = finding.note(format!("the compiler says: {}", error.sentence()));
        for child in error
            .children
            .iter()
            .filter(|child| child.spans.is_empty())
            .take(2)
        {
            finding = finding.note(super::messages::one_line(&child.message));
        }
    }
    for (item, error) in missing.iter().skip(1).take(TOLD) {
        finding = finding.note(format!("also: {}: {}", in_words(item, error), item.shown));
    }
    finding.help("write it with exactly this name and these types, and `pub`")
}

/// Whether an error says more than that something is not there.
fn is_about_types(error: &Message) -> bool {
    !matches!(is_absent(error), Some(true)) && !is_private(error)
}

fn is_absent(error: &Message) -> Option<bool> {
    const ABSENT: [&str; 9] = [
        "E0405", "E0412", "E0422", "E0425", "E0432", "E0433", "E0576", "E0599", "E0609",
    ];
    error.code().map(|code| ABSENT.contains(&code))
}

fn is_private(error: &Message) -> bool {
    matches!(error.code(), Some("E0364" | "E0603" | "E0616" | "E0624"))
}

fn in_words(item: &Asked, error: &Message) -> String {
    let name = &item.name;
    if is_private(error) {
        return format!("`{name}` is not public (`pub`)");
    }
    match (item.kind, is_absent(error)) {
        (Kind::Implemented, _) => format!("there is no `impl {name}` as this exercise asks for it"),
        (Kind::Function, Some(true)) => format!("there is no function `{name}`"),
        (Kind::Type, Some(true)) => {
            format!("there is no type `{name}` as this exercise asks for it")
        }
        (_, _) => format!("`{name}` is not as this exercise asks for it"),
    }
}
