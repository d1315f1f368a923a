//! What the toolchain's own tools say of an author's files: rustfmt of how they are written, clippy of what is in them.
//!
//! Both run contained as the compiler does. A toolchain may lack either; then nothing is known, which is neither good nor bad.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::compile::{Bench, Compiled, Unit, compiler_limits};
use super::harness::in_course;
use super::messages::{self, Message, primary};
use super::profile::{self, AuthorsCrate, CompilerCommand, LEARNERS_CRATE};
use super::staging::{Staging, Tool};
use super::{BuildLimits, Cache, Request, Toolchain};
use crate::course::spec::{Edition, UnsafePolicy};
use crate::diagnostic::{Fault, Finding, Severity};
use crate::error::Error;
use crate::sandbox::{self, End, LimitHit, NoWatcher};

/// Lints that are told of one crate.
const TOLD: usize = 8;

/// The file that rustfmt reads its settings from.
const SETTINGS: &str = "rustfmt.toml";

/// What rustfmt says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formatted {
    /// It would write it in the same way.
    Same,
    /// It would write it in another way, from this line on.
    Other {
        /// The first line that differs, from 1.
        line: u32,
        /// The line as rustfmt would write it; `None` where it would write no more.
        wanted: Option<String>,
    },
    /// It could not read the file or its settings.
    Refused(String),
    /// It could not be asked, and why.
    NotHere(String),
}

/// What clippy says of a program.
#[derive(Debug, Clone, PartialEq)]
pub enum Linted {
    /// Its findings, and the compiler's own warnings; none if all is well.
    Said(Vec<Finding>),
    /// The program does not compile, and there is nothing more to say.
    DoesNotCompile,
    /// It could not be asked, and why.
    NotHere(String),
}

/// Asks rustfmt how it would write `text`. `settings` is the text of a `rustfmt.toml`; nobody else's settings count.
///
/// # Errors
///
/// [`Error::Interrupted`] on Ctrl-C, [`Error::File`] and [`Error::Machine`] where nothing can be run.
pub fn formatted(
    text: &str,
    edition: Edition,
    settings: Option<&str>,
    toolchain: &Toolchain,
    cache: &Cache,
    limits: &BuildLimits,
) -> Result<Formatted, Error> {
    let Some(rustfmt) = toolchain.tool("rustfmt") else {
        return Ok(Formatted::NotHere(missing("rustfmt", "rustfmt")));
    };
    let settings = settings.unwrap_or_default().as_bytes().to_vec();
    let staging = Staging::new(
        cache,
        &Request {
            files: BTreeMap::from([(SETTINGS.to_owned(), settings)]),
            root: SETTINGS.to_owned(),
            edition,
            unsafe_code: UnsafePolicy::Allow,
            allow_lints: Vec::new(),
            memory_errors: false,
            harness: None,
        },
    )?;
    let edition = format!("--edition={}", profile::edition(edition));
    let args: Vec<OsString> = [
        edition.as_str(),
        "--emit=stdout",
        "--color=never",
        "--quiet",
        "--config-path",
        SETTINGS,
    ]
    .map(OsString::from)
    .into();
    let run = sandbox::contained(|level| {
        let tool = Tool {
            executable: rustfmt.clone(),
            args: args.clone(),
            env: profile::environment(toolchain),
            stdin: text.as_bytes().to_vec(),
            output: None,
        };
        let program = staging.program_of(level, toolchain, tool, limits);
        sandbox::run(&program, &mut NoWatcher)
    })?;
    match (run.limit, run.end) {
        (Some(LimitHit::Interrupted), _) => Err(Error::Interrupted),
        (Some(_), _) => {
            let seconds = compiler_limits(limits).wall.as_secs();
            Ok(Formatted::NotHere(format!(
                "rustfmt was stopped: it took more than {seconds} s, or too much memory"
            )))
        }
        (None, End::Exited(0)) => Ok(compared(text, &String::from_utf8_lossy(&run.stdout.kept))),
        (None, _) => {
            let said = String::from_utf8_lossy(&run.stderr.kept);
            let line = said.lines().find(|line| !line.trim().is_empty());
            Ok(Formatted::Refused(messages::one_line(
                line.unwrap_or("nothing"),
            )))
        }
    }
}

fn missing(what: &str, component: &str) -> String {
    format!("this toolchain has no {what} (`rustup component add {component}`)")
}

/// Where two texts differ first.
fn compared(written: &str, wanted: &str) -> Formatted {
    if written == wanted {
        return Formatted::Same;
    }
    // With their ends: a file without a last newline differs there.
    let mut theirs = written.split_inclusive('\n');
    let mut ours = wanted.split_inclusive('\n');
    let mut line = 1;
    loop {
        match (theirs.next(), ours.next()) {
            (Some(a), Some(b)) if a == b => line += 1,
            (_, b) => {
                return Formatted::Other {
                    line,
                    wanted: b.map(|text| text.trim_end_matches(['\r', '\n']).to_owned()),
                };
            }
        }
    }
}

/// Asks clippy, with its usual lints. Of a program with a harness, `own` says whether the exercise's own
/// crates are looked at too.
///
/// # Errors
///
/// [`Error::Interrupted`] on Ctrl-C, [`Error::File`] and [`Error::Machine`] where nothing can be run.
pub fn linted(
    request: &Request,
    own: bool,
    toolchain: &Toolchain,
    cache: &Cache,
    limits: &BuildLimits,
) -> Result<Linted, Error> {
    super::staging::validate(request)?;
    let Some(clippy) = toolchain.tool("clippy-driver") else {
        return Ok(Linted::NotHere(missing("clippy", "clippy")));
    };
    // Clippy looks for settings of its own upwards from here, which must not be somebody else's.
    let mut staged = request.clone();
    staged.files.insert("clippy.toml".to_owned(), Vec::new());
    let staging = Staging::new(cache, &staged)?;
    Asked {
        bench: Bench {
            request,
            toolchain,
            driver: &clippy,
            staging: &staging,
            limits,
        },
        said: Vec::new(),
    }
    .all(own)
}

/// One program that clippy is asked about.
struct Asked<'a> {
    bench: Bench<'a>,
    said: Vec<Finding>,
}

impl Asked<'_> {
    fn all(mut self, own: bool) -> Result<Linted, Error> {
        let (request, toolchain) = (self.bench.request, self.bench.toolchain);
        let harness = request.harness.as_ref();
        if let Some(given) = harness.and_then(|harness| harness.given.as_ref()) {
            let part = AuthorsCrate::Given;
            self.bench.staging.add(part, given.text.as_bytes())?;
            let command = as_lints(part.command(request, toolchain), toolchain);
            let unit = Unit::authors(&command, part).to("out/libgiven.rmeta".to_owned());
            if let Some(stop) = self.ask(&unit, own)? {
                return Ok(stop);
            }
            self.bench.staging.keep(unit.output())?;
        }
        let command = as_lints(profile::command(request, toolchain), toolchain);
        let Some(harness) = harness else {
            let unit = Unit::learners(&command);
            return Ok(self.ask(&unit, true)?.unwrap_or(Linted::Said(self.said)));
        };
        let unit = Unit::library(&command).to(format!("out/lib{LEARNERS_CRATE}.rmeta"));
        if let Some(stop) = self.ask(&unit, true)? {
            return Ok(stop);
        }
        if own {
            self.bench.staging.keep(unit.output())?;
            let part = AuthorsCrate::Program;
            let text = harness.program.text.as_bytes();
            self.bench.staging.add(part, text)?;
            let command = as_lints(part.command(request, toolchain), toolchain);
            if let Some(stop) = self.ask(&Unit::authors(&command, part), true)? {
                return Ok(stop);
            }
        }
        Ok(Linted::Said(self.said))
    }

    /// Asks about one crate; the answer where nothing can be asked after it.
    fn ask(&mut self, unit: &Unit<'_>, tell: bool) -> Result<Option<Linted>, Error> {
        let Compiled { messages, failure } = self.bench.compile(unit)?;
        let errors = || messages.first.iter().chain(&messages.further);
        if let Some(failure) = &failure {
            if !failure.in_source {
                return Ok(Some(Linted::NotHere(failure.finding.message.clone())));
            }
            if !errors().all(is_lint) {
                return Ok(Some(Linted::DoesNotCompile));
            }
        }
        if tell {
            let lints = errors().chain(&messages.warnings).take(TOLD);
            let findings: Vec<Finding> = lints.map(|lint| self.finding(lint)).collect();
            self.said.extend(findings);
        }
        // A lint that is denied from the beginning stops its crate, and what names that cannot be looked at.
        let stopped = failure.is_some();
        Ok(stopped.then(|| Linted::Said(std::mem::take(&mut self.said))))
    }

    fn finding(&self, lint: &Message) -> Finding {
        let mut finding = Finding::new(
            "verify/clippy",
            Severity::Error,
            Fault::Author,
            lint.sentence(),
        );
        if let Some(span) = primary(lint) {
            let harness = self.bench.request.harness.as_ref();
            let place = harness
                .and_then(|harness| in_course(harness, span))
                .unwrap_or_else(|| span.place());
            finding = finding.at(place, span.label.clone().unwrap_or_default());
        }
        if let Some(code) = lint.code() {
            finding = finding.note(format!("the lint is `{code}`"));
        }
        finding.help = lint.help();
        finding
    }
}

/// Lints have names; the compiler's own errors have numbers, or nothing.
fn is_lint(message: &Message) -> bool {
    message.code().is_some_and(|code| {
        let number = code.strip_prefix('E').unwrap_or_default();
        number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The command that compiles a crate, as one that only looks at it. What other crates need to know is in a `.rmeta`.
fn as_lints(command: CompilerCommand, toolchain: &Toolchain) -> CompilerCommand {
    let metadata = |arg: OsString| match arg.to_str() {
        Some(text) => match text.strip_suffix(".rlib") {
            Some(library) => format!("{library}.rmeta").into(),
            None => arg,
        },
        None => arg,
    };
    let caps = |arg: &OsString| arg != "--cap-lints=allow";
    let mut args: Vec<OsString> = vec![
        "--emit=metadata".into(),
        "--sysroot".into(),
        PathBuf::from(toolchain.sysroot()).into(),
    ];
    args.extend(command.args.into_iter().filter(caps).map(metadata));
    CompilerCommand { args, ..command }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(line: u32, wanted: Option<&str>) -> Formatted {
        Formatted::Other {
            line,
            wanted: wanted.map(str::to_owned),
        }
    }

    #[test]
    fn texts_differ_at_their_first_line_that_does() {
        assert_eq!(compared("a\nb\n", "a\nb\n"), Formatted::Same);
        assert_eq!(compared("a\nb\n", "a\nc\n"), other(2, Some("c")));
        assert_eq!(compared("a\nb", "a\nb\n"), other(2, Some("b")));
        assert_eq!(compared("a\n\n", "a\n"), other(2, None));
        assert_eq!(compared("", "a\n"), other(1, Some("a")));
        assert_eq!(compared("a\r\n", "a\n"), other(1, Some("a")));
    }
}
