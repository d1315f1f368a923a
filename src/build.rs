//! Building a learner's program: rustc, one fixed profile, a content-addressed cache.
//!
//! The main function is [`build`]; its result is [`Built`]. The way through:
//!
//! ```text
//! Request --profile--> key --cache--> hit: Built
//!                                     miss: policy -> staging -> compile (messages) -> cache -> Built
//! ```
//!
//! A program with a harness is several crates: `harness` compiles them one after the other.

mod cache;
mod checking;
mod compile;
mod entry;
mod harness;
mod messages;
mod policy;
mod profile;
mod staging;
mod stamp;
mod tidy;
mod toolchain;
mod trust;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::course::SourceFile;
use crate::course::spec::{Edition, UnsafePolicy};
use crate::diagnostic::Finding;
use crate::error::Error;

pub use cache::Cache;
pub use tidy::{Formatted, Linted, formatted, linted};
pub use toolchain::{Lookup, Toolchain};

use entry::{Entry, Result as EntryResult};

/// What to build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Files by path as the learner knows it (relative to the submission, with `/`), with their bytes. All files that
    /// the program may bring with `mod` are here.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The crate's root among `files`.
    pub root: String,
    /// Rust edition.
    pub edition: Edition,
    /// Whether `unsafe` is refused.
    pub unsafe_code: UnsafePolicy,
    /// Lints that are not reported.
    pub allow_lints: Vec<String>,
    /// Whether its use of memory is to be checked.
    pub memory_errors: bool,
    /// The program that calls the learner's code; `None` where that is a program itself.
    pub harness: Option<Harness>,
}

/// A program that calls the learner's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Harness {
    /// The program, by its path in the course.
    pub program: SourceFile,
    /// What learners get to use, as the crate `given`.
    pub given: Option<SourceFile>,
    /// What the learner's code must have (see [`crate::course::interface`]).
    pub interface: String,
}

impl Request {
    /// The name that the crate is compiled under: the root's file stem, made an identifier (`main` for `main.rs`).
    /// The learner's own functions carry it in their symbols.
    pub fn crate_name(&self) -> String {
        if self.harness.is_some() {
            return profile::LEARNERS_CRATE.to_owned();
        }
        profile::crate_name(&self.root)
    }
}

/// How far a program is optimized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Optimization {
    /// Not at all, as exercises are, and everything that is compared with them.
    None,
    /// As `cargo build --release` does it. Of a program with a harness only the learner's crate is.
    Release,
}

/// What building gave. A program that does not compile is a value, not an error.
#[derive(Debug, Clone, PartialEq)]
pub enum Built {
    /// There is a program.
    Program(Artifact),
    /// There is none, and why.
    Failed(Failure),
}

/// A program that was built.
#[derive(Debug, Clone, PartialEq)]
pub struct Artifact {
    /// The executable, in the cache; read-only.
    pub executable: PathBuf,
    /// Content address: hash of sources, profile and compiler.
    pub key: String,
    /// Wall-clock time of the build; `None` when the cache had it.
    pub wall: Option<Duration>,
    /// Warnings as the compiler rendered them, with the learner's paths.
    pub diagnostics: String,
    /// The same with the compiler's own colors, for a terminal.
    pub diagnostics_ansi: String,
    /// Whether its use of memory is checked in runs of their own.
    pub checking: Checking,
}

/// Whether and how well a program's use of memory is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Checking {
    /// Not at all.
    #[default]
    Off,
    /// Its blocks are; layouts are not known, because it has an allocator of its own or was not built by memgrade.
    Blocks,
    /// Blocks and layouts.
    Layouts,
}

impl Artifact {
    /// Data derived from this program, kept beside it: read if it is there and whole, else computed and stored.
    ///
    /// `name` is a file name of lower-case letters, digits, `-` and `.`; put a version into it (`lines-v1`), for the
    /// same name always means the same computation. A cache that cannot be written costs time, never the result.
    ///
    /// # Errors
    ///
    /// What `compute` gives, and [`Error::Bug`] for a name that is not one.
    pub fn sidecar(
        &self,
        name: &str,
        compute: impl FnOnce() -> Result<Vec<u8>, Error>,
    ) -> Result<Vec<u8>, Error> {
        if let Some(data) = self.recall(name)? {
            return Ok(data);
        }
        let data = compute()?;
        self.remember(name, &data)?;
        Ok(data)
    }

    /// What is kept beside this program under a name; see [`Artifact::sidecar`].
    ///
    /// # Errors
    ///
    /// [`Error::Bug`] for a name that is not one.
    pub fn recall(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        entry::recall(&self.executable, name)
    }

    /// Keeps data beside this program, in place of what was kept under the same name.
    ///
    /// # Errors
    ///
    /// [`Error::Bug`] for a name that is not one.
    pub fn remember(&self, name: &str, data: &[u8]) -> Result<(), Error> {
        entry::remember(&self.executable, name, data)
    }
}

/// A build that gave no program.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The compiler's rendered messages, with the learner's paths.
    pub diagnostics: String,
    /// The same with the compiler's own colors, for a terminal.
    pub diagnostics_ansi: String,
    /// The finding: `build/does-not-compile`, `build/time-limit`, `build/memory-limit`, `build/compiler-crashed`, …
    pub finding: Finding,
    /// Where a harness does not compile: what its author gets to read in place of `finding`, with the place.
    pub for_author: Option<Box<Finding>>,
    /// Wall-clock time; `None` when the cache had it.
    pub wall: Option<Duration>,
}

impl Failure {
    /// What learners may read of a failure, and what only authors may.
    fn new(finding: Finding, messages: messages::Rendered, wall: Option<Duration>) -> Self {
        let (finding, for_author) = harness::for_learner(finding);
        Self {
            diagnostics: messages.plain,
            diagnostics_ansi: messages.ansi,
            finding,
            for_author: for_author.map(Box::new),
            wall,
        }
    }
}

/// The code of the finding that a harness does not compile.
pub use harness::CODE as BROKEN_HARNESS;

/// What a build may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuildLimits {
    /// Wall-clock time.
    pub wall: Duration,
    /// Resident bytes of the compiler and the linker together.
    pub memory: u64,
    /// Bytes of rendered messages.
    pub output: u64,
    /// Bytes of the executable.
    pub artifact: u64,
}

impl Default for BuildLimits {
    /// A minute, 2 GiB, 1 MiB of messages, a program of 64 MiB.
    fn default() -> Self {
        Self {
            wall: Duration::from_mins(1),
            memory: 2 << 30,
            output: 1 << 20,
            artifact: 64 << 20,
        }
    }
}

/// Builds a program, or finds it built.
///
/// Two threads that ask for the same program at once compile it once; two processes may both compile it, and one of
/// the two results is kept. Failures are remembered too, except those that another day or a larger limit may mend.
///
/// # Errors
///
/// [`Error::Machine`] when the compiler or the linker cannot do its work here, [`Error::File`] when the cache folder
/// cannot be used, [`Error::Interrupted`] on Ctrl-C, [`Error::Bug`] for a request that makes no sense.
pub fn build(
    request: &Request,
    toolchain: &Toolchain,
    cache: &Cache,
    limits: &BuildLimits,
) -> Result<Built, Error> {
    build_at(request, Optimization::None, toolchain, cache, limits)
}

/// [`build`] at a level of optimization, for programs whose times are to be those of released ones.
///
/// # Errors
///
/// The same.
pub fn build_at(
    request: &Request,
    optimization: Optimization,
    toolchain: &Toolchain,
    cache: &Cache,
    limits: &BuildLimits,
) -> Result<Built, Error> {
    staging::validate(request)?;
    let mut command = profile::command(request, toolchain);
    profile::optimize(&mut command.args, optimization);
    let checking = match request.memory_errors {
        false => Checking::Off,
        true if checking::has_own_allocator(request) => Checking::Blocks,
        true => Checking::Layouts,
    };
    // Of a program with a harness the allocator comes with that, which the key knows by `memory_errors`.
    if checking == Checking::Layouts && request.harness.is_none() {
        command.args.extend(checking::arguments());
    }
    let key = profile::key(request, toolchain, &command);
    let turn = cache.turn(&key);
    let _turn = turn
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(entry) = cache.get(&key) {
        return Ok(limited(entry, None, checking, limits));
    }

    let started = Instant::now();
    if request.unsafe_code == UnsafePolicy::Forbid
        && let Some(found) = policy::forbidden(request)
    {
        let entry = cache.put_failure(&key, found.finding, found.diagnostics)?;
        return Ok(limited(entry, Some(started.elapsed()), checking, limits));
    }
    let staging = staging::Staging::new(cache, request)?;
    if checking == Checking::Layouts {
        checking::build_allocator(toolchain, &command, &staging, limits)?;
    }
    let bench = compile::Bench {
        request,
        toolchain,
        driver: toolchain.rustc(),
        staging: &staging,
        limits,
    };
    let compiled = if let Some(harness) = &request.harness {
        harness::compile(&bench, harness, &command, checking)?
    } else {
        if checking == Checking::Layouts {
            staging.replace_root(request, checking::with_allocator)?;
        }
        bench.compile(&compile::Unit::learners(&command))?
    };
    let wall = Some(started.elapsed());
    let compile::Compiled { messages, failure } = compiled;
    let messages = messages.rendered;
    let entry = match failure {
        None => cache.put_program(&key, &staging.program(), messages)?,
        Some(reason) if reason.lasting => cache.put_failure(&key, reason.finding, messages)?,
        Some(reason) => {
            return Ok(Built::Failed(Failure::new(reason.finding, messages, wall)));
        }
    };
    Ok(limited(entry, wall, checking, limits))
}

/// An entry as the caller sees it. The artifact's size is judged here, for the cache may hold a program that was
/// built under a larger limit.
fn limited(
    entry: Entry,
    wall: Option<Duration>,
    checking: Checking,
    limits: &BuildLimits,
) -> Built {
    let failed = |finding, messages| Built::Failed(Failure::new(finding, messages, wall));
    match entry.result {
        EntryResult::Program { size, .. } if size > limits.artifact => failed(
            compile::artifact_too_large(Some(size), limits),
            entry.messages,
        ),
        EntryResult::Program { .. } => Built::Program(Artifact {
            executable: entry.folder.join(entry::PROGRAM),
            key: entry.key,
            wall,
            diagnostics: entry.messages.plain,
            diagnostics_ansi: entry.messages.ansi,
            checking,
        }),
        EntryResult::Failed { finding } => failed(finding, entry.messages),
    }
}
