//! An exercise's rules about source, looked up in the syntax tree: what must be there, what must not be used, and
//! whether `unsafe` may be.
//!
//! The main function is [`check`]. A file that cannot be parsed gives no finding here: the compiler says it better.

use std::collections::BTreeMap;

use crate::course::spec::{Exercise, ItemRule, UnsafePolicy};
use crate::diagnostic::{Finding, Place};

mod conditions;
mod deliberate;
mod modules;
mod names;
mod nesting;
mod rules;
mod unsafety;
mod uses;

pub use deliberate::{Deliberate, Lines, Purpose, deliberate};

/// Stack of the thread that parses. The parser and the visitors recurse; [`nesting`] bounds how deep.
const STACK: usize = 512 << 20;

/// Most places that one finding shows.
const MAX_PLACES: usize = 5;

/// What an exercise says about source.
#[derive(Debug, Clone, Copy)]
struct Rules<'a> {
    require: &'a [ItemRule],
    forbid: &'a [ItemRule],
    unsafe_code: UnsafePolicy,
    /// Whether printing and ending the program are the harness's.
    quiet: bool,
}

impl Rules<'_> {
    fn is_empty(&self) -> bool {
        self.require.is_empty()
            && self.forbid.is_empty()
            && self.unsafe_code == UnsafePolicy::Allow
            && !self.quiet
    }
}

/// Holds source files to an exercise's rules. `files` are all that was handed in, by path; `root` is the crate's root
/// among them.
///
/// A finding `source/unsafe` means that the program is not to be built.
pub fn check(exercise: &Exercise, files: &BTreeMap<String, String>, root: &str) -> Vec<Finding> {
    let rules = Rules {
        require: &exercise.require,
        forbid: &exercise.forbid,
        unsafe_code: exercise.source.unsafe_code,
        quiet: exercise
            .harness
            .as_ref()
            .is_some_and(|harness| harness.quiet),
    };
    held(files, root, rules)
}

fn held(files: &BTreeMap<String, String>, root: &str, rules: Rules<'_>) -> Vec<Finding> {
    if rules.is_empty() {
        return Vec::new();
    }
    // Rules that were not looked up must not count as kept, and it is not the learner's fault.
    on_a_deep_stack(|| judged(files, root, rules)).unwrap_or_else(|why| vec![not_looked_up(&why)])
}

/// Does `work` where the parser has room to recurse; why not, if it cannot.
pub(crate) fn on_a_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .name("syntax".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, work);
        match worker.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_)) => Err("the parser failed".to_owned()),
            Err(error) => Err(format!("no thread could be started: {error}")),
        }
    })
}

fn not_looked_up(why: &str) -> Finding {
    use crate::diagnostic::{Fault, Severity};
    let message = format!("the rules about the source could not be looked up: {why}");
    Finding::new(
        "source/not-checked",
        Severity::Error,
        Fault::Machine,
        message,
    )
}

fn judged(files: &BTreeMap<String, String>, root: &str, rules: Rules<'_>) -> Vec<Finding> {
    let program = modules::Program::read(files, root);
    let mut findings = program.too_deep.clone();
    if rules.unsafe_code == UnsafePolicy::Forbid {
        findings.extend(unsafety::check(&program));
    }
    if !rules.require.is_empty() || !rules.forbid.is_empty() || rules.quiet {
        let uses = uses::Uses::of(&program);
        if rules.quiet {
            findings.extend(rules::speaks(&uses));
        }
        for rule in rules.forbid {
            findings.extend(rules::forbidden(rule, &uses));
        }
        if program.is_whole {
            for rule in rules.require {
                findings.extend(rules::missing(rule, &uses));
            }
        }
    }
    findings
}

/// A stretch of source, on one line or from its start to the end of the line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    file: String,
    line: usize,
    column: usize,
    end: Option<usize>,
}

impl Spot {
    /// From the start of one span to the end of another.
    fn between(file: &str, first: proc_macro2::Span, last: proc_macro2::Span) -> Self {
        let (start, end) = (first.start(), last.end());
        Self {
            file: file.to_owned(),
            line: start.line,
            column: start.column,
            end: (start.line == end.line).then_some(end.column),
        }
    }

    fn of(file: &str, span: proc_macro2::Span) -> Self {
        Self::between(file, span, span)
    }

    fn place(&self) -> Place {
        // The parser counts columns from 0.
        let column = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        Place {
            file: self.file.clone(),
            line: u32::try_from(self.line).unwrap_or(u32::MAX),
            column: Some(column(self.column)),
            end_column: self.end.map(column),
        }
    }
}

/// Points a finding at the first spots and counts the others.
fn pointed(mut finding: Finding, spots: &[Spot], label: &str) -> Finding {
    for (index, spot) in spots.iter().take(MAX_PLACES).enumerate() {
        finding = if index == 0 {
            finding.at(spot.place(), label)
        } else {
            finding.also(spot.place(), "and here")
        };
    }
    if spots.len() > MAX_PLACES {
        finding = finding.note(format!("there are {} such places in all", spots.len()));
    }
    finding
}

#[cfg(test)]
mod tests;
