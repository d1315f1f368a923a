//! Observations: what one run did, as facts. No judgement, no process, no clock.
//!
//! The main type is [`Observation`]; its JSON form is the `memgrade/run/v1` contract (DESIGN.md section 6), so the
//! field names here are public. A figure that was not measured is `None`, never 0.

mod assemble;
mod cross_check;
mod frames;
mod heap;
mod memory_errors;
mod outcome;
pub mod paths;
pub mod shape;
mod timeline;

use serde::{Deserialize, Serialize};

pub use assemble::{Evidence, UNKNOWN_STD, not_built, observe, std_is_unknown};
pub use memory_errors::{CheckedRun, layouts_not_checked, memory_errors, not_checked};

use crate::course::spec::{OutcomeKind, Region};

/// Name and version of the JSON form.
pub const SCHEMA: &str = "memgrade/run/v1";

/// Everything known about one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Observation {
    /// [`SCHEMA`].
    pub schema: String,
    /// How the run was contained.
    pub sandbox: Confinement,
    /// The build; `None` for an executable that was given.
    pub build: Option<BuildFacts>,
    /// How it ended.
    pub outcome: Outcome,
    /// Heap figures; `None` where the heap was not measured.
    pub heap: Option<Heap>,
    /// Marks and other points in time, in order.
    pub timeline: Vec<Point>,
    /// Page figures.
    pub pages: Pages,
    /// Stack figures.
    pub stack: Stack,
    /// Times.
    pub time: Times,
    /// What memgrade itself needed after the program's end; `None` where nothing was run.
    #[serde(default)]
    pub analysis: Option<Analysis>,
    /// Wrong uses of memory, as runs of their own showed them; `None` where nobody looked, or could not.
    #[serde(default)]
    pub memory_errors: Option<Vec<MemoryError>>,
    /// What was printed on stdout.
    pub stdout: Captured,
    /// What was printed on stderr.
    pub stderr: Captured,
    /// Whether address-space randomisation was off; tolerances widen where it could not be.
    pub aslr_off: bool,
    /// What the measuring itself has to say, such as a recording that was cut short.
    pub findings: Vec<Remark>,
}

/// How a run was contained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Confinement {
    /// The level in force.
    pub level: Level,
    /// What that level lacks, in words.
    pub missing: Vec<String>,
    /// What the run's own control group counted; `null` where it had none.
    #[serde(default)]
    pub control_group: Option<ControlGroup>,
}

/// What a control group (version 2) of one run counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ControlGroup {
    /// Most bytes that the whole tree had at once by the kernel's count: memory, the page cache of what it was first to read or
    /// write, kernel memory for it, and the probe's own; `null` before Linux 5.19.
    pub peak_bytes: Option<u64>,
    /// Whether the kernel ended processes for want of memory in the group.
    pub out_of_memory: bool,
}

/// Levels of containment, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Namespaces, own root, no network.
    Full,
    /// Landlock and seccomp.
    Landlock,
    /// Resource limits only.
    Limits,
    /// Wall limit and output cap only.
    None,
}

impl Level {
    /// Its name, as users write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Landlock => "landlock",
            Self::Limits => "limits",
            Self::None => "none",
        }
    }
}

/// What building gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BuildFacts {
    /// Whether there is a program.
    pub ok: bool,
    /// Wall-clock time of the build; 0 is never meant: `None` when the cache had it.
    pub wall_ms: Option<f64>,
    /// Whether the content-addressed cache had it.
    pub cached: bool,
    /// The compiler's own rendered messages.
    pub diagnostics: String,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Outcome {
    /// The reason.
    pub kind: OutcomeKind,
    /// Exit code, where it exited.
    pub exit_code: Option<i32>,
    /// Name of the signal that ended it, where one did.
    pub signal: Option<String>,
    /// Panic message, refused size, or the like, in words.
    pub message: Option<String>,
    /// Line of the learner's code where it happened, where known.
    #[serde(default)]
    pub place: Option<SourceLine>,
    /// Functions of the learner's code on the stack when it died, innermost first, consecutive repeats counted.
    #[serde(default)]
    pub frames: Vec<Frame>,
    /// Whether somebody saw how it ended. If not, a death by a signal may have any reason that ends in this signal.
    #[serde(default = "yes")]
    pub cause_known: bool,
    /// What the kernel showed, in words: fault address against stack bounds, refused request, measured against limit.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// What recordings from before a field was there mean.
fn yes() -> bool {
    true
}

/// A line of the learner's code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SourceLine {
    /// Path relative to the submission, with `/`.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, where known.
    #[serde(default)]
    pub column: Option<u32>,
    /// Function, demangled, without hash; `None` where unknown.
    #[serde(default)]
    pub function: Option<String>,
}

/// A function on a stack, with how often it repeats consecutively.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Frame {
    /// Where.
    pub at: SourceLine,
    /// Consecutive activations (recursion).
    pub times: u64,
    /// Stack bytes from one activation to the next, frames of others that lie between them included; `None` where it does not recurse.
    #[serde(default)]
    pub bytes: Option<u64>,
}

/// Bytes and blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Amount {
    /// Bytes as requested.
    pub bytes: u64,
    /// Blocks.
    pub blocks: u64,
}

/// Heap figures of a whole run. What counts is said in DESIGN.md section 6 and docs/measuring.md.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Heap {
    /// All that was ever allocated.
    pub total: Amount,
    /// The moment when most bytes were alive.
    pub peak: Amount,
    /// Alive at the end.
    pub at_exit: Amount,
    /// Alive at the end with no pointer to it from any root or live block.
    pub definitely_lost: Option<Amount>,
    /// Alive at the end and pointed to from lost blocks only.
    pub indirectly_lost: Option<Amount>,
    /// Alive at the end and reachable from a root.
    pub still_reachable: Option<Amount>,
    /// By allocation site, most bytes at exit first, then most total bytes, then by place.
    pub sites: Vec<Site>,
    /// Reference cycles among the lost blocks.
    pub cycles: Vec<Cycle>,
    /// The shape of the curve of live heap; `None` where the timeline has too few points.
    #[serde(default)]
    pub shape: Option<shape::Shape>,
    /// False if the recording was cut short; a remark says why.
    pub complete: bool,
}

/// One line of the learner's code that allocates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Site {
    /// Path relative to the submission; `None` where the line is unknown (no debug information).
    pub file: Option<String>,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Column, from 1.
    #[serde(default)]
    pub column: Option<u32>,
    /// Function of the learner's code that the line is in.
    pub function: Option<String>,
    /// Call path in the learner's code, innermost first.
    #[serde(default)]
    pub path: Vec<SourceLine>,
    /// What it allocated on behalf of which callers, most bytes first, where several call paths lead here; at most 8.
    #[serde(default)]
    pub paths: Vec<paths::CallPath>,
    /// How many further call paths lead here.
    #[serde(default)]
    pub more_paths: u64,
    /// Ever allocated here.
    pub total: Amount,
    /// Alive at the end.
    pub at_exit: Amount,
    /// Alive at the mark with the most live bytes: what a program that frees everything at its end held until then.
    #[serde(default)]
    pub at_highest_mark: Option<Amount>,
    /// What this line had allocated, and what of it was alive, at a few of the marks: at most 32, evenly thinned.
    #[serde(default)]
    pub moments: Vec<Moment>,
    /// Of that at the end, definitely lost.
    pub definitely_lost: Option<Amount>,
    /// Of that, indirectly lost.
    pub indirectly_lost: Option<Amount>,
    /// Of that, still reachable.
    pub still_reachable: Option<Amount>,
    /// Who holds what is still reachable, most bytes first.
    #[serde(default)]
    pub holders: Vec<Holder>,
}

/// A site's figures at a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Moment {
    /// Number of the line on stdout.
    pub number: u64,
    /// Ever allocated until then.
    pub total: Amount,
    /// Alive then.
    pub live: Amount,
}

/// Equal reference cycles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Cycle {
    /// How many such rings there are.
    pub count: u64,
    /// Blocks of one ring.
    pub blocks: u64,
    /// Bytes of one ring.
    pub bytes: u64,
    /// Allocation lines of its members, the reference-counted blocks.
    pub members: Vec<SourceLine>,
    /// Who holds whom: pairs of positions in `members`, each once, sorted. What lies between two members (a `Vec`'s buffer, a
    /// `HashMap`'s table) is left out.
    #[serde(default)]
    pub edges: Vec<(usize, usize)>,
    /// Allocation lines of what lies between the members, each once, sorted.
    #[serde(default)]
    pub through: Vec<SourceLine>,
}

/// Who holds blocks that are still reachable at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Holder {
    /// What kind of root.
    pub kind: HolderKind,
    /// Name of the static, where the executable's symbols give one (`CACHE`, `registry::NAMES`).
    #[serde(default)]
    pub name: Option<String>,
    /// What of the site it holds, directly or through other blocks; a block that several hold counts for the first found.
    pub amount: Amount,
}

/// Kinds of roots, in the order in which they are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum HolderKind {
    /// A static of the executable.
    Static,
    /// A thread-local variable.
    ThreadLocal,
    /// The stack of the main thread, which had not returned from main.
    MainStack,
    /// The stack of a thread that was still there.
    ThreadStack,
    /// What std, libc or a mapping of the program's own holds.
    Other,
}

/// A point in time: a line that the program printed, or a moment between lines (`mark` is `None`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Point {
    /// The line printed, at most 200 bytes of it.
    pub mark: Option<String>,
    /// Number of the line on stdout, from 1.
    #[serde(default)]
    pub number: Option<u64>,
    /// The learner's lines that were at work when the line was written, innermost first; empty where not known.
    #[serde(default)]
    pub path: Vec<SourceLine>,
    /// Several lines were written at once and share this point's figures.
    #[serde(default)]
    pub coalesced: bool,
    /// Bytes ever allocated until then.
    pub total_bytes: Option<u64>,
    /// Blocks ever allocated until then.
    #[serde(default)]
    pub total_blocks: Option<u64>,
    /// Bytes alive.
    pub live_bytes: Option<u64>,
    /// Blocks alive.
    pub live_blocks: Option<u64>,
    /// Most bytes alive at once since the previous mark that was kept (or the start).
    #[serde(default)]
    pub peak_bytes_since: Option<u64>,
    /// Resident memory without the probe's own pages.
    pub resident_bytes: Option<u64>,
    /// Virtual memory without the probe's own mappings.
    #[serde(default)]
    pub virtual_bytes: Option<u64>,
    /// Resident memory as the program itself can read it in /proc/self, the probe's pages among it.
    #[serde(default)]
    pub resident_seen_bytes: Option<u64>,
    /// Virtual memory as the program itself can read it in /proc/self, the probe's mappings among it.
    #[serde(default)]
    pub virtual_seen_bytes: Option<u64>,
    /// Minor faults until then, without the probe's own.
    #[serde(default)]
    pub minor_faults: Option<u64>,
    /// Major faults until then.
    #[serde(default)]
    pub major_faults: Option<u64>,
    /// CPU time of the process until then.
    #[serde(default)]
    pub cpu_ms: Option<f64>,
    /// Wall-clock time since the program's start.
    #[serde(default)]
    pub wall_ms: Option<f64>,
    /// Addresses that stand in the line (`0x…`), resolved at that moment.
    #[serde(default)]
    pub addresses: Vec<Address>,
}

/// An address that the program printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Address {
    /// The address.
    pub address: u64,
    /// Where it lies.
    pub region: Region,
    /// ELF section, block size, mapping name or the like, in words.
    pub detail: Option<String>,
    /// Size of the heap block that it lies in.
    #[serde(default)]
    pub block_bytes: Option<u64>,
}

/// Page figures of a whole run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Pages {
    /// `VmHWM` at the end, without the probe's own pages.
    pub peak_resident_bytes: Option<u64>,
    /// Most resident memory of the main process that was seen by looking every 10 ms, where the system does not tell the peak:
    /// the peak is at least this.
    #[serde(default)]
    pub sampled_resident_bytes: Option<u64>,
    /// `VmHWM` at the end as the program itself can read it, the probe's pages among it.
    #[serde(default)]
    pub peak_resident_seen_bytes: Option<u64>,
    /// `VmPeak` at the end, without the probe's own mappings.
    pub peak_virtual_bytes: Option<u64>,
    /// Minor faults, without the probe's own.
    pub minor_faults: Option<u64>,
    /// Major faults.
    pub major_faults: Option<u64>,
    /// Writable memory at the end that the program took past the allocator, by mmap or brk; pieces below 64 KiB are left out.
    #[serde(default)]
    pub foreign_bytes: Option<u64>,
}

/// Stack figures of a whole run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Stack {
    /// Deepest point of the main thread's stack.
    pub peak_bytes: Option<u64>,
    /// Its limit.
    pub limit_bytes: Option<u64>,
    /// Deepest point of any spawned thread's stack; `None` without such threads.
    #[serde(default)]
    pub threads_peak_bytes: Option<u64>,
}

/// Times of a whole run.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Times {
    /// Wall-clock time.
    pub wall_ms: f64,
    /// User and system time of the whole tree.
    pub cpu_ms: Option<f64>,
}

/// What it took to work out the facts of a run. It varies from run to run, and nothing is judged by it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Analysis {
    /// Wall-clock time for the scan at the program's end, and for lines, cycles and the curve after it.
    pub wall_ms: f64,
    /// Most resident memory of memgrade itself until then, what it did before or beside this run among it.
    pub peak_resident_bytes: Option<u64>,
}

/// Kinds of wrong use of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MemoryErrorKind {
    /// A block is read or written after it was freed.
    UseAfterFree,
    /// Memory at or after the end of a block is read or written.
    PastTheEnd,
    /// Memory before the start of a block is read or written.
    BeforeTheStart,
    /// A block is freed or resized that was freed already.
    DoubleFree,
    /// Something is freed or resized that is not the start of a block.
    BadFree,
    /// A block is freed or resized with another layout than it was made with.
    WrongLayout,
    /// Memory of no bytes is asked for, which `GlobalAlloc` forbids.
    ZeroSize,
    /// A null pointer is read or written through.
    NullPointer,
    /// An address is read or written that belongs to nothing.
    WildPointer,
}

/// When a wrong use was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// As it happened: the path is that of the wrong use itself.
    AtOnce,
    /// When the block was freed or resized: the path is that of the free, the write came before it.
    WhenFreed,
    /// At the program's end: there is no path.
    AtTheEnd,
}

/// A wrong use of memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MemoryError {
    /// What kind.
    pub kind: MemoryErrorKind,
    /// When it was seen.
    pub seen: Seen,
    /// The learner's lines that were at work then, innermost first.
    pub path: Vec<SourceLine>,
    /// The block concerned.
    pub block: Option<MisusedBlock>,
    /// Bytes from the block's start to the address concerned.
    pub offset: Option<i64>,
    /// The layout that was given, where that is what is wrong.
    pub given: Option<BlockLayout>,
    /// Where the address lies if it is in no block, in words.
    pub detail: Option<String>,
    /// How often it was seen, equal in all of this.
    pub times: u64,
}

/// A block that was used wrongly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MisusedBlock {
    /// Its layout; the alignment is `None` where the program did not say it.
    pub layout: BlockLayout,
    /// The learner's lines that allocated it, innermost first.
    pub allocated: Vec<SourceLine>,
    /// The learner's lines that freed it, innermost first; empty while it is alive.
    pub freed: Vec<SourceLine>,
    /// It was freed by getting another size, and with it another place.
    pub moved: bool,
}

/// Size and alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BlockLayout {
    /// Bytes.
    pub size: u64,
    /// Alignment in bytes.
    pub align: Option<u64>,
}

/// What a program printed on one stream.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Captured {
    /// The text kept, invalid UTF-8 replaced. Untrusted: escape it for every sink.
    pub text: String,
    /// Bytes that were written, kept or not.
    pub bytes: u64,
    /// Whether `text` is not all of it.
    pub truncated: bool,
}

/// A finding in the flat form of the JSON contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Remark {
    /// Stable code.
    pub code: String,
    /// How much it matters.
    pub severity: crate::diagnostic::Severity,
    /// Whose fault it is.
    pub fault: crate::diagnostic::Fault,
    /// One sentence.
    pub message: String,
    /// File of the place to look at.
    pub file: Option<String>,
    /// Line of the place to look at.
    pub line: Option<u32>,
    /// What to try.
    pub help: Option<String>,
}

impl From<&crate::diagnostic::Finding> for Remark {
    fn from(finding: &crate::diagnostic::Finding) -> Self {
        let place = finding.primary.as_ref().map(|label| &label.place);
        Self {
            code: finding.code.clone(),
            severity: finding.severity,
            fault: finding.fault,
            message: finding.message.clone(),
            file: place.map(|place| place.file.clone()),
            line: place.map(|place| place.line),
            help: finding.help.clone(),
        }
    }
}
