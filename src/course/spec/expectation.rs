//! The types of expectations: what a check of `exercise.toml` can ask for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[cfg(test)]
use super::required_keys;
use crate::course::units::Size;

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
