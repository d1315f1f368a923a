//! The types of `exercise.toml`, one doc sentence per field. The JSON Schema that editors use is generated from
//! them, and the loader checks files against that same schema.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::units::{Size, Time};

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
    /// Which files the learner hands in, and how they are compiled.
    #[serde(default)]
    pub source: Source,
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
}

fn default_lesson() -> String {
    "README.md".to_owned()
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

/// How a program must end. Exactly one key is given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("oneOf" = required_keys(&["exit_code", "panic", "kind", "signal"]))))]
#[serde(deny_unknown_fields, default)]
pub struct OutcomeExpectation {
    /// Exits with this code.
    pub exit_code: Option<i32>,
    /// Panics with a message that contains this text (empty: any panic).
    pub panic: Option<String>,
    /// Ends for this reason.
    pub kind: Option<OutcomeKind>,
    /// Dies by this signal, such as `SIGSEGV`.
    pub signal: Option<String>,
}

/// Ways a run can end; the words of the JSON contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Returned from main or called exit.
    Exited,
    /// A panic ended the program.
    Panicked,
    /// The stack overflowed, by the fault address.
    StackOverflow,
    /// An allocation was refused and the program gave up.
    AllocationFailed,
    /// Called abort.
    Aborted,
    /// Died by another signal.
    Signaled,
    /// More resident memory than the limit.
    MemoryLimit,
    /// More wall or CPU time than the limit.
    TimeLimit,
    /// More output than the limit.
    OutputLimit,
    /// More processes than the limit.
    ProcessLimit,
    /// Exited 0 before the case's required last mark.
    Vanished,
    /// Did not compile.
    BuildFailed,
}

/// A stream of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error.
    Stderr,
}

/// What a stream must hold. Exactly one of `exact`, `lines`, `unordered`, `regex`, `numbers` is given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("oneOf" = required_keys(&["exact", "lines", "unordered", "regex", "numbers"]))))]
#[serde(deny_unknown_fields, default)]
pub struct OutputExpectation {
    /// Which stream; stdout if not said.
    pub stream: Stream,
    /// The whole stream, byte for byte.
    pub exact: Option<String>,
    /// The stream's lines in order; white space at line ends does not count.
    pub lines: Option<Vec<String>>,
    /// These lines in any order; white space at line ends does not count.
    pub unordered: Option<Vec<String>>,
    /// A regular expression that must match somewhere (`(?m)` and `(?s)` may be used).
    #[cfg_attr(test, schemars(extend("format" = "regex")))]
    pub regex: Option<String>,
    /// Lines in order, in which numbers may differ by the tolerance; everything else is compared as `lines`.
    pub numbers: Option<NumbersExpectation>,
}

/// Lines whose numbers are compared with a tolerance.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NumbersExpectation {
    /// The expected lines.
    pub lines: Vec<String>,
    /// Relative tolerance in percent of the expected number; with `absolute`, the larger of the two counts.
    pub percent: Option<f64>,
    /// Absolute tolerance; with `percent`, the larger of the two counts.
    pub absolute: Option<f64>,
}

/// Bounds on a number: `exactly`, or `at_least`, or `at_most`, or both of the latter.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("anyOf" = required_keys(&["exactly", "at_least", "at_most"]))))]
#[serde(deny_unknown_fields, default)]
pub struct CountBound {
    /// Exactly this many.
    pub exactly: Option<u64>,
    /// This many or more.
    pub at_least: Option<u64>,
    /// This many or fewer.
    pub at_most: Option<u64>,
}

/// Bounds on a size.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("anyOf" = required_keys(&["exactly", "at_least", "at_most"]))))]
#[serde(deny_unknown_fields, default)]
pub struct SizeBound {
    /// Exactly this much.
    pub exactly: Option<Size>,
    /// This much or more.
    pub at_least: Option<Size>,
    /// This much or less.
    pub at_most: Option<Size>,
}

/// A point of a run: a line that the program printed. Exactly one key is given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("oneOf" = required_keys(&["line", "number"]))))]
#[serde(deny_unknown_fields, default)]
pub struct MarkRef {
    /// The first line that matches this regular expression.
    #[cfg_attr(test, schemars(extend("format" = "regex")))]
    pub line: Option<String>,
    /// The line by number; 1 is the first, -1 the last.
    pub number: Option<i64>,
}

/// A phase between two marks; without `from` from the start, without `to` to the end.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Phase {
    /// Begins when this line is printed.
    pub from: Option<MarkRef>,
    /// Ends when this line is printed.
    pub to: Option<MarkRef>,
}

/// Heap figures, for the whole run or a phase. At least one bound is given; all must hold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("anyOf" = required_keys(&["total_bytes", "total_blocks", "peak_bytes", "at_exit_bytes", "at_exit_blocks"]))))]
#[serde(deny_unknown_fields, default)]
pub struct HeapExpectation {
    /// The phase; the whole run if not said.
    pub between: Option<Phase>,
    /// Bytes ever allocated.
    pub total_bytes: Option<SizeBound>,
    /// Blocks ever allocated.
    pub total_blocks: Option<CountBound>,
    /// Most bytes alive at once.
    pub peak_bytes: Option<SizeBound>,
    /// Bytes alive at the end (of the run or phase).
    pub at_exit_bytes: Option<SizeBound>,
    /// Blocks alive at the end (of the run or phase).
    pub at_exit_blocks: Option<CountBound>,
}

/// How live heap develops from mark to mark. Exactly one of `grows`, `holds_steady`, `returns` is given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("oneOf" = required_keys(&["grows", "holds_steady", "returns"]))))]
#[serde(deny_unknown_fields, default)]
pub struct CurveExpectation {
    /// Only lines that match this regular expression are points of the curve; all lines if not said.
    #[cfg_attr(test, schemars(extend("format" = "regex")))]
    pub marks: Option<String>,
    /// Grows from mark to mark.
    pub grows: Option<Grows>,
    /// Stays where it is after a warm-up.
    pub holds_steady: Option<HoldsSteady>,
    /// Comes back to what it was at the first mark.
    pub returns: Option<Returns>,
    /// Memory of the server that the projection talks about; 8 GiB if not said.
    pub server: Option<Size>,
    /// Steps a day in the learner's own units for the projection, such as 1000000 transactions.
    pub per_day: Option<u64>,
    /// The learner's own unit, such as `transactions`.
    pub unit: Option<String>,
}

/// Growth that is linear and at least so steep.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Grows {
    /// Least growth from each mark to the next.
    pub per_mark: Size,
    /// How far any point may lie from the straight line through the first and the last one, in percent of the whole
    /// growth; 50 if not said, which a buffer that doubles its capacity keeps to.
    pub percent: Option<f64>,
}

/// A plateau.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HoldsSteady {
    /// Marks of warm-up that do not count; 1 if not said.
    pub after_marks: Option<u32>,
    /// Largest difference between the highest and the lowest point afterwards.
    pub within: Size,
}

/// A return to the baseline.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Returns {
    /// Largest difference between the last point and the first.
    pub within: Size,
    /// In between it must have risen at least this far above the first point.
    pub after_rising: Option<Size>,
}

/// What may be or must be leaked. Exactly one of `none`, `at_least` is given.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("oneOf" = required_keys(&["none", "at_least"]))))]
#[serde(deny_unknown_fields, default)]
pub struct LeakExpectation {
    /// No block is lost, definitely or indirectly.
    pub none: Option<bool>,
    /// At least so many bytes are lost.
    pub at_least: Option<Size>,
    /// Also counts blocks that are still reachable at the end.
    pub count_reachable: bool,
}

/// Pages. At least one bound is given; all must hold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("anyOf" = required_keys(&["resident", "virtual_size", "minor_faults", "major_faults"]))))]
#[serde(deny_unknown_fields, default)]
pub struct PagesExpectation {
    /// The phase: growth of resident memory and faults within it. The whole run if not said.
    pub between: Option<Phase>,
    /// Resident memory: its peak for the whole run, its growth for a phase.
    pub resident: Option<SizeBound>,
    /// Virtual memory: its peak for the whole run, its growth for a phase.
    pub virtual_size: Option<SizeBound>,
    /// Minor page faults.
    pub minor_faults: Option<CountBound>,
    /// Major page faults.
    pub major_faults: Option<CountBound>,
}

/// How deep the stack reached.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StackExpectation {
    /// Deepest point of the stack.
    pub peak: SizeBound,
}

/// A quantity that two cases or phases are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// CPU time, user and system.
    #[default]
    CpuTime,
    /// Blocks ever allocated.
    TotalBlocks,
    /// Bytes ever allocated.
    TotalBytes,
    /// Most bytes alive at once (whole runs only).
    PeakBytes,
}

/// One side of a ratio.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Side {
    /// Name of the case; the check's own case if not said.
    pub case: Option<String>,
    /// The phase; the whole run if not said.
    pub between: Option<Phase>,
}

/// `numerator / denominator` lies within bounds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("anyOf" = required_keys(&["at_least", "at_most"]))))]
#[serde(deny_unknown_fields, default)]
pub struct RatioExpectation {
    /// What is compared.
    pub of: Quantity,
    /// The side above the line.
    pub numerator: Side,
    /// The side below the line.
    pub denominator: Side,
    /// Smallest ratio.
    pub at_least: Option<f64>,
    /// Largest ratio.
    pub at_most: Option<f64>,
    /// Paired repetitions; 5 for CPU time if not said, 1 otherwise.
    pub repeat: Option<u32>,
    /// Spread (largest over smallest ratio) beyond which the check is inconclusive; 3 if not said.
    pub spread: Option<f64>,
}

/// A number that the program prints must be true.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimExpectation {
    /// Lines that make the claim: a regular expression with a group named `claim` (a number, with a unit if `unit`
    /// is not given; an address for `region`) and, for `region`, a group named `region` with the word printed.
    #[cfg_attr(test, schemars(extend("format" = "regex")))]
    pub line: String,
    /// What the number is compared with.
    #[serde(default)]
    pub of: ClaimOf,
    /// For a difference or a ratio: the phase's beginning. The claim's own line is its end. If not said, the figure
    /// at the claim's own line is meant.
    pub since: Option<MarkRef>,
    /// Both sides of a claimed ratio.
    pub ratio: Option<ClaimRatio>,
    /// Unit of the printed number when it stands without one.
    pub unit: Option<String>,
    /// Relative tolerance in percent of the measured figure; with `absolute`, the larger of the two counts.
    pub percent: Option<f64>,
    /// Absolute tolerance; with `percent`, the larger of the two counts.
    pub absolute: Option<Size>,
    /// How often the claim must be made; 1 or more if not said.
    pub times: Option<CountBound>,
    /// For `region`: the printed words and the region each stands for, such as `{ heap = "heap", code = "text" }`.
    /// Words not listed stand for themselves.
    #[serde(default)]
    pub words: BTreeMap<String, Region>,
    /// For `region`: which regions must be claimed at least once.
    #[serde(default)]
    pub regions: Vec<Region>,
}

/// Two phases of the claim's own run whose ratio the program printed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ClaimRatio {
    /// What is compared.
    pub of: Quantity,
    /// The phase above the line.
    pub numerator: Phase,
    /// The phase below the line.
    pub denominator: Phase,
}

/// What a printed number claims to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClaimOf {
    /// Heap bytes alive.
    #[default]
    LiveBytes,
    /// Heap blocks alive.
    LiveBlocks,
    /// Most heap bytes alive at once, so far.
    PeakBytes,
    /// Bytes ever allocated, so far.
    TotalBytes,
    /// Blocks ever allocated, so far.
    TotalBlocks,
    /// Resident memory.
    Resident,
    /// Virtual memory.
    VirtualSize,
    /// Minor page faults, so far.
    MinorFaults,
    /// The region that an address lies in.
    Region,
    /// A ratio of two phases; see `ratio`.
    Ratio,
}

/// Regions of a program's address space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// Machine code.
    Text,
    /// Constants, string literals, immutable statics.
    Rodata,
    /// Initialised statics that can change.
    Data,
    /// Zeroed statics that can change.
    Bss,
    /// A live heap block.
    Heap,
    /// A thread's stack.
    Stack,
    /// Any other mapping.
    Mapping,
    /// Not mapped at all.
    Unmapped,
}

/// What the unchanged starter fails with.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Starter {
    /// Codes of all the findings, sorted.
    pub findings: Vec<String>,
}
