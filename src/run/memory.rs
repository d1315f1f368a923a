//! What was run before: runs by the address of everything that they depend on.

use std::fmt;

use serde::Serialize;

use super::Runner;
use crate::build::Request;
use crate::course::spec::{Case, Exercise, Limits};
use crate::error::Error;
use crate::observe::Observation;
use crate::plan::Step;

/// Goes into every address; counts up when runs are recorded in another way.
const FORM: &str = "memgrade run 1";

/// The address of the runs of a step: a BLAKE3 hash of the program's files and how it is built, of all that the runs are given, and
/// of who builds and runs them ([`Runner::identity`]). Checks are no part of it, so another limit or other points need no new run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address(String);

impl Address {
    /// As lower-case hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a case's first run is remembered: among the runs at an address, by its number from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The address of the runs.
    pub address: Address,
    /// Which of them.
    pub number: u32,
}

/// Remembers runs. Several workers ask it at once.
pub trait Memory: Sync {
    /// The runs of a step that was done before, in the step's order; `None` if it was not.
    ///
    /// # Errors
    /// What cannot be read ends the command.
    fn recall(&self, address: &Address) -> Result<Option<Vec<Observation>>, Error>;

    /// Keeps the runs of a step. When this returns they must survive a SIGKILL.
    ///
    /// # Errors
    /// What cannot be written ends the command.
    fn keep(&self, address: &Address, runs: &[Observation]) -> Result<(), Error>;
}

/// Remembers nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forgetful;

impl Memory for Forgetful {
    fn recall(&self, _: &Address) -> Result<Option<Vec<Observation>>, Error> {
        Ok(None)
    }

    fn keep(&self, _: &Address, _: &[Observation]) -> Result<(), Error> {
        Ok(())
    }
}

/// What of a case a run depends on.
#[derive(Serialize)]
struct Given<'a> {
    args: &'a [String],
    stdin: &'a str,
    env: &'a std::collections::BTreeMap<String, String>,
    limits: &'a Limits,
    finishes_with: Option<&'a str>,
}

impl<'a> Given<'a> {
    fn of(case: &'a Case) -> Self {
        Self {
            args: &case.args,
            stdin: &case.stdin,
            env: &case.env,
            limits: &case.limits,
            finishes_with: case.finishes_with.as_deref(),
        }
    }
}

/// The hash of a program that is not built yet, and of who builds and runs it.
pub(super) struct Program(blake3::Hasher);

impl Program {
    pub(super) fn new(request: &Request, runner: &dyn Runner) -> Self {
        let mut hasher = Hasher(blake3::Hasher::new());
        hasher.text(FORM);
        hasher.text(&runner.identity());
        hasher.number(request.files.len());
        for (path, bytes) in &request.files {
            hasher.text(path);
            hasher.bytes(bytes);
        }
        hasher.text(&request.root);
        // Nothing in it is longer than a line, and all of it is part of the spec.
        hasher.text(&format!(
            "{:?} {:?} {:?} {}",
            request.edition, request.unsafe_code, request.allow_lints, request.memory_errors
        ));
        match &request.harness {
            None => hasher.text("program"),
            Some(harness) => {
                hasher.text("library");
                for file in [Some(&harness.program), harness.given.as_ref()] {
                    hasher.text(file.map_or("", |file| &file.path));
                    hasher.text(file.map_or("", |file| &file.text));
                }
                hasher.text(&harness.interface);
            }
        }
        Self(hasher.0)
    }

    /// The address of the runs of one step of `exercise`.
    pub(super) fn step(&self, exercise: &Exercise, step: &Step) -> Result<Address, Error> {
        let mut hasher = Hasher(self.0.clone());
        hasher.text(if step.alone { "alone" } else { "beside others" });
        hasher.number(step.runs.len());
        for &index in &step.runs {
            let given = serde_json::to_string(&Given::of(&exercise.cases[index]));
            hasher.text(&given.map_err(|error| Error::Bug(format!("a case's address: {error}")))?);
        }
        Ok(Address(hasher.0.finalize().to_hex().to_string()))
    }
}

/// Each piece with its length before it, so that no two lists of pieces are the same bytes.
struct Hasher(blake3::Hasher);

impl Hasher {
    fn number(&mut self, number: usize) {
        self.0.update(&(number as u64).to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }
}
