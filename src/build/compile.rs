//! Running the compiler within limits, and saying in a finding why there is no program.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::messages::{self, Message, Messages};
use super::profile::{AuthorsCrate, CompilerCommand, LEARNERS_CRATE, SOURCES};
use super::staging::{Staging, Tool};
use super::{BuildLimits, Request, Toolchain};
use crate::course::units::human_size;
use crate::diagnostic::{Fault, Finding};
use crate::error::Error;
use crate::observe::Level;
use crate::probe::code::AUTHORS;
use crate::sandbox::{self, End, LimitHit, Limits, NoWatcher, RawRun, Taken};

/// The compiler's JSON says everything about four times: as text, in color, as spans with source lines, as notes.
const JSON_PER_RENDERED: u64 = 8;

/// Files that the compiler writes on its way may be larger than the program.
const FILE_PER_ARTIFACT: u64 = 4;

/// The program, seen from the staging folder.
const PROGRAM: &str = "out/program";

/// Further places and notes of an error that go into its finding.
const DETAILS: usize = 4;

/// What compiling gave. Without a failure, what was made lies in the staging folder.
pub(super) struct Compiled {
    /// What the compiler said.
    pub(super) messages: Messages,
    /// Why there is no program.
    pub(super) failure: Option<Reason>,
}

/// Why there is no program.
pub(super) struct Reason {
    /// For the learner.
    pub(super) finding: Finding,
    /// Whether the same source fails in the same way tomorrow; limits may not be hit again.
    pub(super) lasting: bool,
    /// Whether it is an error in the source, and not a limit or a crash.
    pub(super) in_source: bool,
}

/// One crate to compile.
pub(super) struct Unit<'a> {
    command: &'a CompilerCommand,
    /// A crate of the exercise's own; `None` for the learner's.
    own: Option<AuthorsCrate>,
    /// What it is compiled to, seen from the staging folder.
    output: String,
}

impl<'a> Unit<'a> {
    /// The learner's crate as a program.
    pub(super) fn learners(command: &'a CompilerCommand) -> Self {
        Self {
            command,
            own: None,
            output: PROGRAM.to_owned(),
        }
    }

    /// The learner's crate as a library.
    pub(super) fn library(command: &'a CompilerCommand) -> Self {
        Self {
            command,
            own: None,
            output: format!("out/lib{LEARNERS_CRATE}.rlib"),
        }
    }

    /// A crate of the exercise's own.
    pub(super) fn authors(command: &'a CompilerCommand, own: AuthorsCrate) -> Self {
        Self {
            command,
            own: Some(own),
            output: own.output().to_owned(),
        }
    }

    /// The same with another file that it is compiled to.
    pub(super) fn to(self, output: String) -> Self {
        Self { output, ..self }
    }

    /// Where what it is compiled to lies in the end.
    pub(super) fn output(&self) -> &str {
        &self.output
    }
}

/// What all crates of a request are compiled with.
pub(super) struct Bench<'a> {
    pub(super) request: &'a Request,
    pub(super) toolchain: &'a Toolchain,
    /// The compiler, or what looks at code as the compiler does.
    pub(super) driver: &'a Path,
    pub(super) staging: &'a Staging,
    pub(super) limits: &'a BuildLimits,
}

impl Bench<'_> {
    /// Compiles what lies in the staging folder.
    pub(super) fn compile(&self, unit: &Unit<'_>) -> Result<Compiled, Error> {
        let run = sandbox::contained(|level| self.run(unit, level))?;
        let messages = messages::read(&run.stderr.kept, self.limits.output);
        let output = self.staging.path().join(&unit.output);
        judge(self.request, &run, messages, &output, self.limits)
    }

    /// Runs the compiler once, contained at a level.
    fn run(&self, unit: &Unit<'_>, level: Level) -> Result<RawRun, Error> {
        let mut args = unit.command.args.clone();
        let seen = self.staging.seen_at(level);
        // The program names its sources as the learner does, wherever the staging folder is.
        let mut names = vec![
            (seen.join(SOURCES), String::new()),
            (seen.clone(), "/build".to_owned()),
        ];
        if let Some(own) = unit.own {
            let folder = seen.join(own.folder());
            args.push(folder.join(own.file()).into_os_string());
            names.insert(0, (folder, format!("{AUTHORS}{}", own.folder())));
        }
        for (from, to) in names {
            let mut arg = std::ffi::OsString::from("--remap-path-prefix=");
            arg.push(from);
            arg.push("=");
            arg.push(to);
            // rustc takes the last prefix that fits: the longer one comes last.
            args.insert(0, arg);
        }
        let tool = Tool {
            executable: self.driver.to_owned(),
            args,
            env: unit.command.env.clone(),
            stdin: Vec::new(),
            output: Some(unit.output.clone()),
        };
        let program = self
            .staging
            .program_of(level, self.toolchain, tool, self.limits);
        sandbox::run(&program, &mut NoWatcher)
    }
}

pub(super) fn compiler_limits(limits: &BuildLimits) -> Limits {
    Limits {
        wall: limits.wall,
        // Code generation has threads; the wall limit is the one that is told.
        cpu: limits.wall.saturating_mul(8),
        memory: limits.memory,
        heap: None,
        stack: 8 << 20,
        output: limits.output.saturating_mul(JSON_PER_RENDERED),
        processes: 256,
        file_size: limits.artifact.saturating_mul(FILE_PER_ARTIFACT),
    }
}

/// From how the compiler ended to what the learner is told.
fn judge(
    request: &Request,
    run: &RawRun,
    messages: Messages,
    output: &Path,
    limits: &BuildLimits,
) -> Result<Compiled, Error> {
    let failed = |finding, messages, lasting| {
        Ok(Compiled {
            messages,
            failure: Some(Reason {
                finding,
                lasting,
                in_source: false,
            }),
        })
    };
    match run.limit {
        Some(LimitHit::Interrupted) => return Err(Error::Interrupted),
        Some(LimitHit::Processes) => {
            return Err(Error::machine(
                "the compiler could not start all its threads",
                "raise the limit on processes (`ulimit -u`), or stop other programs",
            ));
        }
        Some(LimitHit::Wall | LimitHit::Cpu) => {
            return failed(time_limit(&messages, limits), messages, false);
        }
        Some(LimitHit::Memory(_)) => return failed(memory_limit(limits), messages, false),
        Some(LimitHit::Output { .. }) => {
            return failed(output_limit(request, &messages, limits), messages, false);
        }
        None => {}
    }
    if run.confinement.level == Level::Full && is_full(&messages) {
        // The scratch, which is the program's own; no disk of this computer's.
        return failed(artifact_too_large(None, limits), messages, false);
    }
    if let Some(reason) = machine_reason(&messages) {
        return Err(reason);
    }
    let code = match run.end {
        // A shell script around the compiler reports a signal as 128 and more.
        End::Exited(code @ 129..=192) => Err(code - 128),
        End::Exited(code) => Ok(code),
        End::Signaled(signal) => Err(signal),
    };
    match code {
        Ok(0) => match fs::symlink_metadata(output) {
            _ if let Some(Taken::TooLarge(size)) = run.taken => {
                failed(artifact_too_large(Some(size), limits), messages, false)
            }
            Ok(meta) if meta.is_file() && meta.len() <= limits.artifact => Ok(Compiled {
                messages,
                failure: None,
            }),
            Ok(meta) if meta.is_file() => failed(
                artifact_too_large(Some(meta.len()), limits),
                messages,
                false,
            ),
            _ => Err(Error::Bug(
                "the compiler succeeded and left no program".to_owned(),
            )),
        },
        _ if too_large_file(&messages, code) => {
            failed(artifact_too_large(None, limits), messages, false)
        }
        Ok(101) => failed(crashed(&messages, "an internal error"), messages, true),
        Ok(_) if messages.cut => failed(output_limit(request, &messages, limits), messages, false),
        Ok(_) if messages.first.is_some() => Ok(Compiled {
            failure: Some(Reason {
                finding: does_not_compile(request, &messages),
                lasting: true,
                in_source: true,
            }),
            messages,
        }),
        Ok(code) => Err(Error::Machine {
            message: format!(
                "the compiler does not work here: it ended with status {code} and said {}",
                quoted(&messages.other)
            ),
            hints: vec!["try `rustc --version`, and install Rust again if it fails".to_owned()],
        }),
        Err(sandbox::SIGKILL) => failed(memory_limit_by_kernel(), messages, false),
        Err(signal) if messages.other.contains("memory allocation of ") => {
            debug_assert!(signal > 0, "signals count from 1");
            failed(memory_limit(limits), messages, false)
        }
        Err(sandbox::SIGSEGV | sandbox::SIGBUS) => {
            failed(crashed(&messages, "a stack overflow"), messages, true)
        }
        Err(signal) => failed(
            crashed(&messages, &format!("signal {signal}")),
            messages,
            true,
        ),
    }
}

/// Whether there was no room to write.
fn is_full(messages: &Messages) -> bool {
    let text = "No space left on device";
    let first = messages.first.as_ref().filter(|m| m.spans.is_empty());
    messages.other.contains(text)
        || first
            .is_some_and(|first| first.text.contains(text) || first.linker_said().contains(text))
}

/// Trouble that is this computer's and not the program's.
fn machine_reason(messages: &Messages) -> Option<Error> {
    let first = messages.first.as_ref().filter(|m| m.spans.is_empty())?;
    let linker = first.linker_said();
    let anywhere = |text: &str| first.text.contains(text) || linker.contains(text);
    if anywhere("No space left on device") || anywhere("Disk quota exceeded") {
        return Some(Error::machine(
            "there is no space left for building",
            "free some space, or set MEMGRADE_CACHE to a folder on another disk",
        ));
    }
    let missing = ["crt1.o", "crti.o", "-lc", "-lgcc_s", "-lgcc"]
        .iter()
        .any(|name| {
            linker.contains(&format!("cannot find {name}"))
                || linker.contains(&format!("cannot open {name}"))
                || linker.contains(&format!("unable to find library {name}\n"))
        });
    let no_linker = first.text.starts_with("linker `") && anywhere("not found");
    if missing || no_linker {
        return Some(Error::machine(
            format!("this computer cannot link programs: {}", first.sentence()),
            "install a C compiler with its libraries: `apt install gcc libc6-dev` (Debian, Ubuntu), \
             `dnf install gcc glibc-devel` (Fedora)",
        ));
    }
    if first.text.starts_with("can't find crate for `") {
        return Some(Error::machine(
            format!(
                "the Rust installation is not complete: {}",
                first.sentence()
            ),
            "install Rust again, for example with `rustup toolchain install stable`",
        ));
    }
    None
}

/// Whether writing stopped at the limit on the size of files.
fn too_large_file(messages: &Messages, code: Result<i32, i32>) -> bool {
    let about_no_place = messages.first.as_ref().filter(|m| m.spans.is_empty());
    code == Err(sandbox::SIGXFSZ)
        || messages.other.contains("File too large")
        || about_no_place.is_some_and(|first| {
            first.text.contains("File too large")
                || first.linker_said().contains("File too large")
                || first.linker_said().contains("File size limit exceeded")
        })
}

fn does_not_compile(request: &Request, messages: &Messages) -> Finding {
    let Some(first) = &messages.first else {
        return Finding::learner("build/does-not-compile", "the program does not compile");
    };
    let refused = matches!(first.code(), Some("unsafe_code"))
        || (first.code() == Some("E0453") && first.text.contains("unsafe_code"));
    let mut finding = if refused {
        unsafe_forbidden("`unsafe` code").note(format!("the compiler says: {}", first.sentence()))
    } else if first.is_about_linking() {
        Finding::learner("build/does-not-compile", unlinked(first))
    } else {
        Finding::learner("build/does-not-compile", first.sentence())
    };
    finding = pointed(finding, request, first);
    if !refused {
        finding.help = first.help();
        if let Some(code) = first.code().filter(|code| code.starts_with('E')) {
            finding = finding.note(format!(
                "`rustc --explain {code}` says more about this error"
            ));
        }
    }
    match messages.errors {
        0 | 1 => finding,
        2 => finding.note("and 1 more error"),
        count => finding.note(format!("and {} more errors", count - 1)),
    }
}

/// Adds the places of a message that lie in the learner's files.
fn pointed(mut finding: Finding, request: &Request, message: &Message) -> Finding {
    let known = |span: &&messages::Span| request.files.contains_key(&span.file());
    let label = |span: &messages::Span| messages::one_line(span.label.as_deref().unwrap_or(""));
    let spans: Vec<_> = message.spans.iter().filter(known).collect();
    let primary = spans
        .iter()
        .position(|span| span.is_primary)
        .or((!spans.is_empty()).then_some(0));
    if let Some(primary) = primary {
        finding = finding.at(spans[primary].place(), label(spans[primary]));
        let others = spans.iter().enumerate().filter(|(i, _)| *i != primary);
        for (_, span) in others.take(DETAILS) {
            finding = finding.also(span.place(), label(span));
        }
    }
    finding
}

fn unlinked(message: &Message) -> String {
    let said = message.linker_said();
    let reason = said
        .lines()
        .find(|line| line.contains("undefined") || line.contains("duplicate"));
    match reason.and_then(|line| line.split_once("error: ").map(|(_, reason)| reason)) {
        Some(reason) => format!(
            "the program cannot be linked: {}",
            messages::one_line(reason)
        ),
        None => "the program cannot be linked".to_owned(),
    }
}

/// The finding for what `unsafe_code = "forbid"` refuses.
pub(super) fn unsafe_forbidden(what: &str) -> Finding {
    Finding::learner(
        "build/unsafe-forbidden",
        format!("this exercise does not allow {what}"),
    )
    .help("everything that it asks for can be written in safe Rust")
}

fn time_limit(messages: &Messages, limits: &BuildLimits) -> Finding {
    let finding = Finding::learner(
        "build/time-limit",
        format!(
            "compiling took longer than {} and was stopped",
            duration(limits.wall)
        ),
    );
    match &messages.long_evaluation {
        Some(span) => finding
            .at(
                span.place(),
                "the compiler was still evaluating this constant",
            )
            .help("a constant is computed while compiling; does this loop end?"),
        None => finding.help(
            "look for a constant, a macro or a generic type that makes the compiler compute without end",
        ),
    }
}

fn memory_limit(limits: &BuildLimits) -> Finding {
    Finding::learner(
        "build/memory-limit",
        format!(
            "compiling took more than {} of memory and was stopped",
            human_size(limits.memory)
        ),
    )
    .help("look for a very large constant or static, or a macro that expands without end")
}

/// Not a limit of ours: the kernel kills what takes the last memory of the machine.
fn memory_limit_by_kernel() -> Finding {
    let mut finding = Finding::learner(
        "build/memory-limit",
        "the system stopped the compiler, most likely because memory ran out",
    );
    // Another program may have taken the memory, so it costs the learner nothing.
    finding.fault = Fault::Machine;
    finding.help("close other programs, or build fewer programs at once with `--jobs`")
}

fn output_limit(request: &Request, messages: &Messages, limits: &BuildLimits) -> Finding {
    let finding = Finding::learner(
        "build/output-limit",
        format!(
            "the program does not compile, with more than {} of messages",
            human_size(limits.output)
        ),
    );
    match &messages.first {
        Some(first) => pointed(finding, request, first)
            .note(format!("the first error is: {}", first.sentence()))
            .help("start with the first error; one mistake in a macro can make thousands"),
        None => finding,
    }
}

/// The finding for a program that is larger than it may be; its size where it was finished.
pub(super) fn artifact_too_large(size: Option<u64>, limits: &BuildLimits) -> Finding {
    let size = size.map_or("too large".to_owned(), human_size);
    Finding::learner(
        "build/artifact-too-large",
        format!(
            "the compiled program is {size}; it may be at most {}",
            human_size(limits.artifact)
        ),
    )
    .help(
        "a static that is not all zeros is stored in the program, byte by byte; fill it at run time",
    )
}

fn crashed(messages: &Messages, how: &str) -> Finding {
    let finding = Finding::learner(
        "build/compiler-crashed",
        format!("the compiler could not handle this program: it ended with {how}"),
    )
    .help("very deep nesting can do this; write the deepest expression or type in smaller steps");
    let panicked = messages
        .other
        .lines()
        .find(|line| line.contains("internal compiler error"))
        .or_else(|| messages.first.as_ref().map(|first| first.text.as_str()));
    match panicked {
        Some(line) => finding.note(messages::one_line(line)),
        None => finding,
    }
}

fn quoted(text: &str) -> String {
    match messages::one_line(text) {
        line if line.is_empty() => "nothing".to_owned(),
        line => format!("`{line}`"),
    }
}

/// A limit for people: `60 s`, `1500 ms`.
fn duration(time: Duration) -> String {
    match time.subsec_millis() {
        0 => format!("{} s", time.as_secs()),
        _ => format!("{} ms", time.as_millis()),
    }
}
