//! Building a learner's program: rustc, one fixed profile, a content-addressed cache.
//!
//! The main type is [`Built`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::course::spec::{Edition, UnsafePolicy};
use crate::diagnostic::Finding;

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
}

/// A build that gave no program.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The compiler's rendered messages, with the learner's paths.
    pub diagnostics: String,
    /// The finding: `build/does-not-compile`, `build/time-limit`, `build/memory-limit`, `build/compiler-crashed`, …
    pub finding: Finding,
    /// Wall-clock time.
    pub wall: Option<Duration>,
}
