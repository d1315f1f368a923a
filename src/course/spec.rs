//! The types of `exercise.toml`, one doc sentence per field. The JSON Schema that editors use is generated from
//! them, and the loader checks files against that same schema.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::units::{Size, Time};

pub use expectation::*;

mod expectation;

/// The version of the format that this memgrade reads.
pub const FORMAT_VERSION: u32 = 1;

/// For the JSON Schema: under `oneOf` exactly one of `keys` is given, under `anyOf` at least one.
#[cfg(test)]
pub(super) fn required_keys(keys: &[&str]) -> serde_json::Value {
    keys.iter()
        .map(|key| serde_json::json!({ "required": [key] }))
        .collect()
}

/// An exercise: programs to run, and what their memory must do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// Version of this file's format; 1.
    #[cfg_attr(test, schemars(extend("const" = 1)))]
    pub format_version: u32,
    /// What the learner does, in one line.
    pub title: String,
    /// How long it takes a learner, in minutes.
    #[serde(default)]
    pub minutes: Option<u32>,
    /// The lesson's page beside this file; `README.md` if not said.
    #[serde(default = "default_lesson")]
    pub lesson: String,
    /// The program beside the lesson that measures its figures on the reader's machine; `figures.rs` if not said. There need not be
    /// one.
    #[serde(default = "default_figures")]
    pub figures: String,
    /// Which files the learner hands in, and how they are compiled.
    #[serde(default)]
    pub source: Source,
    /// The program that calls the learner's code, where the learner does not write a whole program but functions or types.
    #[serde(default)]
    pub harness: Option<Harness>,
    /// Whether each case is run twice more to look for wrong use of memory: a block that is freed twice, used after it was
    /// freed, or written beyond its ends. Only where `source.unsafe_code = "allow"`: safe code cannot do that.
    #[serde(default)]
    pub memory_errors: bool,
    /// Items that must exist in the learner's source.
    #[serde(default)]
    pub require: Vec<ItemRule>,
    /// Items that must not be used in the learner's source.
    #[serde(default)]
    pub forbid: Vec<ItemRule>,
    /// Runs of the learner's program, each with its checks.
    #[serde(default, rename = "case")]
    pub cases: Vec<Case>,
    /// Checks that compare two cases; each names them itself.
    #[serde(default, rename = "check")]
    pub checks: Vec<Check>,
    /// What the unchanged starter must fail with, so that `verify` can prove it.
    #[serde(default)]
    pub starter: Starter,
    /// In a student's bundle: what only the teacher's course has. `memgrade pack` writes it.
    #[serde(default)]
    pub withheld: Option<Withheld>,
}

/// Checks that a student's bundle does not have: those of hidden cases, and hidden ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// How many checks.
    pub checks: u32,
    /// What they are worth together.
    pub points: u32,
}

impl std::ops::AddAssign for Withheld {
    fn add_assign(&mut self, other: Self) {
        self.checks = self.checks.saturating_add(other.checks);
        self.points = self.points.saturating_add(other.points);
    }
}

fn default_lesson() -> String {
    "README.md".to_owned()
}

fn default_figures() -> String {
    "figures.rs".to_owned()
}

/// The source that a learner hands in and how it is compiled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Source {
    /// Files the learner hands in; the first is the crate's root.
    pub files: Vec<String>,
    /// Rust edition.
    pub edition: Edition,
    /// Whether the learner's code may use `unsafe`.
    pub unsafe_code: UnsafePolicy,
    /// rustc lints that are not reported for this exercise.
    pub allow_lints: Vec<String>,
}

impl Default for Source {
    fn default() -> Self {
        Self {
            files: vec!["main.rs".to_owned()],
            edition: Edition::default(),
            unsafe_code: UnsafePolicy::default(),
            allow_lints: Vec::new(),
        }
    }
}

impl Source {
    /// The crate's root as the learner hands it in.
    pub fn root(&self) -> &str {
        self.files.first().map_or("main.rs", String::as_str)
    }
}

/// An exercise's own program. The learner's code is compiled first, as the crate `submission`; the harness is compiled after it and
/// calls it. Learners never see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Harness {
    /// The program beside this file, with `fn main`; it names the learner's items as `submission::…`.
    pub file: String,
    /// A file beside this one that learners may read, such as a trait: compiled as the crate `given`, which both the learner's code
    /// and the harness can use.
    #[serde(default)]
    pub given: Option<String>,
    /// What the learner's code must have, as Rust without bodies: `pub fn sum(values: &[u64]) -> u64;`, `pub struct Cache<V>;`,
    /// `impl<V> Cache<V> { pub fn new(capacity: usize) -> Self; }`, `impl<V> given::Lru<V> for Cache<V> {}`. Learners are shown the
    /// part that their code does not have.
    pub interface: String,
    /// Whether the learner's code must leave printing, and ending the program, to the harness; yes if not said. Then it may use
    /// neither `print!` and `println!` nor `std::io::stdout`, `std::process`, `std::fs`, `std::env` and `std::os`.
    #[serde(default = "yes")]
    pub quiet: bool,
}

fn yes() -> bool {
    true
}

/// Rust editions that an exercise can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Edition {
    /// Rust 2018.
    #[serde(rename = "2018")]
    E2018,
    /// Rust 2021.
    #[serde(rename = "2021")]
    E2021,
    /// Rust 2024.
    #[default]
    #[serde(rename = "2024")]
    E2024,
}

/// Whether `unsafe` may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum UnsafePolicy {
    /// `unsafe`, `#[no_mangle]`, `#[link]`, `#[global_allocator]` and the like are refused before anything runs.
    #[default]
    Forbid,
    /// The exercise is about `unsafe`.
    Allow,
}

/// A rule about an item, looked up in the syntax tree. Exactly one of the item keys is given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("oneOf" = required_keys(&["function", "type", "static", "trait", "path", "method", "macro", "recursive"]))))]
#[serde(deny_unknown_fields, default)]
pub struct ItemRule {
    /// A function or method by name, such as `factorial` or `Payment::new`.
    pub function: Option<String>,
    /// A struct, enum, union or type alias by name.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// A `static` or `const` by name.
    #[serde(rename = "static")]
    pub static_name: Option<String>,
    /// A trait by name.
    #[serde(rename = "trait")]
    pub trait_name: Option<String>,
    /// A path that is used or called, such as `std::mem::forget` or `Box::leak`; `use` declarations are followed.
    pub path: Option<String>,
    /// A method that is called on anything, such as `leak`.
    pub method: Option<String>,
    /// A macro that is called, such as `println`.
    #[serde(rename = "macro")]
    pub macro_name: Option<String>,
    /// A function that must (or must not) call itself, directly.
    pub recursive: Option<String>,
    /// Why the rule is there, for the learner.
    pub why: Option<String>,
}

/// One run of the learner's program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Name within the exercise.
    pub name: String,
    /// Arguments of the program.
    #[serde(default)]
    pub args: Vec<String>,
    /// What the program reads on stdin.
    #[serde(default)]
    pub stdin: String,
    /// Environment variables, in addition to the fixed environment.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Limits; what is not said has a documented default.
    #[serde(default)]
    pub limits: Limits,
    /// Hidden from learners: neither input nor expected output is shown.
    #[serde(default)]
    pub hidden: bool,
    /// A line that the program must print before it may exit 0 (a regular expression); if it never comes, the
    /// outcome is `vanished`.
    #[serde(default)]
    #[cfg_attr(test, schemars(extend("format" = "regex")))]
    pub finishes_with: Option<String>,
    /// How the run must end; `exit_code = 0` if no check says otherwise.
    #[serde(default, rename = "check")]
    pub checks: Vec<Check>,
}

/// Limits of a run. Every limit has a default; `memgrade explain limits` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Wall-clock time; 10 s.
    pub wall: Option<Time>,
    /// CPU time of the whole process tree; 10 s.
    pub cpu: Option<Time>,
    /// Resident memory of the whole process tree; 1 GiB.
    pub memory: Option<Size>,
    /// Requested heap bytes alive at once, refused by the probe beyond that; unlimited.
    pub heap: Option<Size>,
    /// Stack of the main thread; 8 MiB.
    pub stack: Option<Size>,
    /// Bytes on stdout and on stderr, each; 1 MiB.
    pub output: Option<Size>,
    /// Processes and threads alive at once; 64.
    pub processes: Option<u32>,
}

/// One expectation with points. Exactly one of the expectation keys is given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("oneOf" = required_keys(&["outcome", "output", "heap", "curve", "leak", "pages", "stack", "ratio", "claim"]))))]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Name within the case, shown to the learner.
    pub name: String,
    /// Points for passing; 1 if not said.
    pub points: Option<u32>,
    /// Why this is asked, one sentence for the learner.
    pub why: Option<String>,
    /// Staged hints, the gentlest first; never the solution.
    #[serde(default)]
    pub hints: Vec<String>,
    /// Hidden from learners beyond its name.
    #[serde(default)]
    pub hidden: bool,
    /// Names of checks of this exercise (`case/check`, or `check` in the same case) that must pass first;
    /// otherwise this one is skipped, with the reason.
    #[serde(default)]
    pub needs: Vec<String>,

    /// How the program ended.
    pub outcome: Option<OutcomeExpectation>,
    /// What it printed.
    pub output: Option<OutputExpectation>,
    /// Heap blocks and bytes.
    pub heap: Option<HeapExpectation>,
    /// How live heap develops over the marks.
    pub curve: Option<CurveExpectation>,
    /// What is still allocated and lost at the end.
    pub leak: Option<LeakExpectation>,
    /// Resident and virtual memory, page faults.
    pub pages: Option<PagesExpectation>,
    /// Depth of the stack.
    pub stack: Option<StackExpectation>,
    /// Two cases or two phases compared.
    pub ratio: Option<RatioExpectation>,
    /// Numbers that the program printed, compared with what was measured.
    pub claim: Option<ClaimExpectation>,
}

/// What the unchanged starter fails with.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Starter {
    /// Codes of all the findings, sorted.
    pub findings: Vec<String>,
}
