//! Containing a program: limits, its streams, its whole process tree, and how it ended.
//!
//! The main function is `run`: it takes a [`Program`] and gives a [`RawRun`]. Programs of learners and the compiler
//! go through the same door.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::error::Error;
use crate::observe::{Confinement, ControlGroup, Level};

pub use scratch::Scratch;
pub use signals::{SIGABRT, SIGBUS, SIGKILL, SIGNALS, SIGSEGV, SIGXFSZ, signal_name};
pub use stopped::{ExitWatcher, NoWatcher, StoppedProcess};
pub use view::{Input, View};

mod scratch;
mod signals;
mod stopped;
mod view;

#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
mod confine;
#[cfg(target_os = "linux")]
mod control_group;
#[cfg(target_os = "linux")]
mod exit_stop;
#[cfg(target_os = "linux")]
mod faults;
#[cfg(target_os = "linux")]
mod fence;
#[cfg(target_os = "linux")]
mod filter;
#[cfg(target_os = "linux")]
mod identity;
#[cfg(target_os = "linux")]
mod ladder;
#[cfg(target_os = "linux")]
mod orphans;
#[cfg(target_os = "linux")]
mod own_root;
mod portable;
#[cfg(target_os = "linux")]
mod privileges;
#[cfg(target_os = "linux")]
mod procfs;
#[cfg(target_os = "linux")]
mod pump;
#[cfg(target_os = "linux")]
mod registers;
#[cfg(target_os = "linux")]
mod remembered;
#[cfg(target_os = "linux")]
mod spawn;
#[cfg(target_os = "linux")]
mod status;
#[cfg(target_os = "linux")]
mod supervise;
#[cfg(target_os = "linux")]
mod sys;
#[cfg(target_os = "linux")]
mod take_out;
#[cfg(target_os = "linux")]
mod tracer;
#[cfg(target_os = "linux")]
mod tree;
#[cfg(target_os = "linux")]
mod watchdog;

#[cfg(test)]
mod sample;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

/// Set by [`interrupt`]; runs look at it while they wait.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Breaks off every run in progress and every later one. Safe to call in a signal handler.
pub fn interrupt() {
    INTERRUPTED.store(true, Ordering::SeqCst);
}

/// Whether [`interrupt`] was called.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Whether programs are run with what every system offers, and no more: no tracer, no probe, memory looked at now and then.
/// So it is on every system but Linux, and on Linux with `MEMGRADE_PORTABLE=1`, which shows what a course looks like there.
pub fn is_portable() -> bool {
    static PORTABLE: OnceLock<bool> = OnceLock::new();
    let asked = || std::env::var_os("MEMGRADE_PORTABLE").is_some_and(|value| value == "1");
    *PORTABLE.get_or_init(|| cfg!(not(target_os = "linux")) || asked())
}

/// Number of a file descriptor; plain so that the type exists on every system.
pub type RawFd = i32;

/// Runs a program within its limits and waits until it and everything that it started is gone.
///
/// `watcher` is called once when the main process has come to its end and its memory is still there. Fails with
/// [`Error::Interrupted`] after [`interrupt`]; a run in progress then ends with [`LimitHit::Interrupted`].
pub fn run(program: &Program, watcher: &mut dyn ExitWatcher) -> Result<RawRun, Error> {
    if interrupted() {
        return Err(Error::Interrupted);
    }
    #[cfg(target_os = "linux")]
    if !is_portable() {
        return supervise::run(program, watcher, &INTERRUPTED);
    }
    // Nothing can be stopped at its end here, so there is nothing to watch.
    let _ = watcher;
    portable::run(program, &INTERRUPTED)
}

/// The most resident memory that this process itself ever had; `None` where the system does not say.
pub fn own_peak_resident() -> Option<u64> {
    #[cfg(target_os = "linux")]
    return procfs::peaks(i32::try_from(std::process::id()).ok()?).map(|(resident, _)| resident);
    #[cfg(not(target_os = "linux"))]
    None
}

/// The best level that this machine gives, and why no better one. Found once for each process, by dry runs, or remembered from
/// an earlier process: see [`remember_in`].
pub fn ladder() -> &'static Ladder {
    #[cfg(target_os = "linux")]
    if !is_portable() {
        return ladder::chosen();
    }
    &NOTHING
}

/// Remembers the level that was found in a folder that only this user can write to, and uses what was remembered there. Whoever
/// asks for the ladder before this has been called gets fresh dry runs.
pub fn remember_in(folder: std::path::PathBuf) {
    #[cfg(target_os = "linux")]
    remembered::keep_in(folder);
    #[cfg(not(target_os = "linux"))]
    drop(folder);
}

/// Does work that runs programs at the level that this machine gives. If that was remembered and does not work any more, the
/// dry runs are done after all, and the work once more at the level that they give.
pub fn contained<T>(mut work: impl FnMut(Level) -> Result<T, Error>) -> Result<T, Error> {
    let level = level();
    match work(level) {
        #[cfg(target_os = "linux")]
        Err(Error::Machine { .. }) if !is_portable() && ladder::doubt(level) => {
            work(ladder::chosen().level)
        }
        result => result,
    }
}

/// The ladder of other systems.
static NOTHING: Ladder = Ladder {
    level: Level::None,
    refused: Vec::new(),
};

/// The level that was found, and why no better one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// The best level that works.
    pub level: Level,
    /// Better levels that were tried, and why each does not work.
    pub refused: Vec<(Level, String)>,
}

/// What somebody who may change this machine can do for a better level.
pub fn advice(found: &Ladder) -> Vec<&'static str> {
    #[cfg(target_os = "linux")]
    if !is_portable() {
        return ladder::advice(found);
    }
    let _ = found;
    vec!["run memgrade on Linux"]
}

/// What a level lacks, for runs that are traced and to which every limit could be applied.
pub fn lacks(level: Level) -> Vec<String> {
    #[cfg(target_os = "linux")]
    if !is_portable() {
        let group = control_group::available().then(ControlGroup::default);
        return confine::confinement(level, confine::Shortfall::default(), None, group).missing;
    }
    let _ = level;
    portable::confinement().missing
}

/// Whether each run gets a control group of its own, in which the kernel counts and limits.
pub fn has_control_groups() -> bool {
    #[cfg(target_os = "linux")]
    if !is_portable() {
        return control_group::available();
    }
    false
}

/// The best level that this machine gives.
pub fn level() -> Level {
    ladder().level
}

/// Limits with every default filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Wall-clock time.
    pub wall: Duration,
    /// CPU time of the whole tree.
    pub cpu: Duration,
    /// Resident bytes of the whole tree.
    pub memory: u64,
    /// Requested heap bytes alive at once; enforced by the probe, `None` is unlimited.
    pub heap: Option<u64>,
    /// Stack bytes of the main thread.
    pub stack: u64,
    /// Bytes kept of stdout and of stderr, each; one more byte than this is a limit hit.
    pub output: u64,
    /// Processes and threads alive at once.
    pub processes: u32,
    /// Size of any file that it writes.
    pub file_size: u64,
}

/// A program to run.
#[derive(Debug, Clone)]
pub struct Program {
    /// The executable.
    pub executable: PathBuf,
    /// Its arguments, without its own name.
    pub args: Vec<OsString>,
    /// Its whole environment; nothing is inherited.
    pub env: Vec<(OsString, OsString)>,
    /// Its working directory, which exists.
    pub directory: PathBuf,
    /// What it reads on stdin; afterwards end of file.
    pub stdin: Vec<u8>,
    /// Limits.
    pub limits: Limits,
    /// Descriptors of ours that it gets, under the same number. Everything else is closed.
    pub pass_fds: Vec<RawFd>,
    /// Whether it is traced, so that its death is known by kernel evidence (needs ptrace). The compiler is not.
    pub traced: bool,
    /// How it is contained. A level that this machine does not give is an error, never a lower one.
    pub level: Level,
    /// What it can see, at levels that contain files.
    pub view: View,
    /// The folder that it may write to: see [`Scratch`].
    pub scratch: PathBuf,
    /// What is taken out of a scratch of its own when everything is over.
    pub take_out: Option<TakeOut>,
}

/// A file that is taken out of a scratch in a program's own root. It is untrusted: only a regular file is taken, never through
/// a link, and never more than so many bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeOut {
    /// Where it lies in the scratch.
    pub name: PathBuf,
    /// Where it is to be, a path that does not exist yet.
    pub to: PathBuf,
    /// Bytes at most.
    pub most: u64,
}

/// What came of a [`TakeOut`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It was taken.
    Whole,
    /// It has more bytes than allowed: so many.
    TooLarge(u64),
    /// There is no such regular file.
    Missing,
}

/// How the main process ended, by the kernel's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Exited with a code.
    Exited(i32),
    /// Killed by a signal (number).
    Signaled(i32),
}

/// A limit that was hit, with what was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitHit {
    /// Wall-clock time was over.
    Wall,
    /// CPU time was over.
    Cpu,
    /// The tree's resident memory was too large: bytes measured.
    Memory(u64),
    /// Too much on stdout (`false`) or stderr (`true`).
    Output {
        /// On stderr.
        stderr: bool,
    },
    /// Too many processes or threads.
    Processes,
    /// Ctrl-C: the run was broken off from outside.
    Interrupted,
}

/// A deadly SIGSEGV, SIGBUS, SIGILL or SIGFPE, seen by the tracer before the program could react.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FatalFault {
    /// Signal number.
    pub signal: i32,
    /// Fault address (`si_addr`); `u64::MAX` if the kernel told none, as for an address that no pointer can have.
    pub address: u64,
    /// Program counter.
    pub pc: u64,
    /// Stack pointer.
    pub sp: u64,
    /// Whether the address lies in the guard below the stack that `sp` is in: a stack overflow.
    pub stack_guard: bool,
    /// Bounds of that stack, low and high.
    pub stack: Option<(u64, u64)>,
    /// Whether it is the main thread.
    pub main_thread: bool,
    /// Return addresses by frame pointers, innermost first (`pc` itself first): the first 64 and the last 64.
    pub frames: Vec<u64>,
    /// Frame pointers of the functions in `frames`; 0 where one is not known.
    pub frame_pointers: Vec<u64>,
    /// How many frames there were in all, counted to at most ten million.
    pub frame_count: u64,
    /// Bytes of the frame that the innermost function was making when it came to the guard, rounded down to pages; `None` if it
    /// was not making a large one.
    pub large_frame: Option<u64>,
}

/// A mapping of the program, from /proc/PID/maps.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the four letters of a line in /proc/PID/maps"
)]
pub struct Mapping {
    /// First address.
    pub start: u64,
    /// Address after the last.
    pub end: u64,
    /// May be read.
    pub read: bool,
    /// May be written.
    pub write: bool,
    /// May be executed.
    pub execute: bool,
    /// Shared rather than private.
    pub shared: bool,
    /// Offset in the file.
    pub offset: u64,
    /// Path, `[stack]` or the like; empty for anonymous.
    pub name: String,
}

/// What /proc said of the main process while it stood in its exit stop, its memory intact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AtExit {
    /// `VmHWM`, bytes.
    pub peak_resident: u64,
    /// `VmPeak`, bytes.
    pub peak_virtual: u64,
    /// Minor faults of all its threads.
    pub minor_faults: u64,
    /// Major faults of all its threads.
    pub major_faults: u64,
    /// Its mappings.
    pub mappings: Vec<Mapping>,
    /// Where the main stack begins at the end, by the kernel's list: how far down it ever was touched.
    pub stack_start: Option<u64>,
    /// Lowest address of the main stack that was ever written (not zero), where it could be read.
    pub stack_lowest: Option<u64>,
    /// Stack pointers of its threads at the stop: (tid, sp, TLS base).
    pub threads: Vec<ThreadAtExit>,
    /// Whether the main thread itself called exit (`_exit`, `exit_group`), rather than being killed by a signal.
    pub by_exit_call: bool,
}

/// A thread in the exit stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadAtExit {
    /// Thread id.
    pub tid: i32,
    /// Stack pointer.
    pub sp: u64,
    /// Frame pointer (rbp, x29).
    pub fp: u64,
    /// Thread-local storage base.
    pub tls: u64,
    /// The instruction that it stands at.
    pub pc: u64,
}

impl ThreadAtExit {
    /// Whether the stack between two addresses is this thread's. While a signal handler runs on a stack of its own, as after an
    /// overflow, the stack pointer is elsewhere, but the thread's own block of thread-local storage lies on its stack.
    pub fn is_on(&self, low: u64, high: u64) -> bool {
        let inside = |address: u64| address >= low && address < high;
        inside(self.sp) || inside(self.tls)
    }
}

/// What a stream gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stream {
    /// The bytes kept: at most the limit.
    pub kept: Vec<u8>,
    /// Bytes seen, kept or not.
    pub seen: u64,
}

/// One run of a program, as the kernel tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRun {
    /// How the main process ended.
    pub end: End,
    /// The limit that ended it, if one did; a signal that the program sent itself is none.
    pub limit: Option<LimitHit>,
    /// The last fatal fault before the end.
    pub fault: Option<FatalFault>,
    /// What /proc said at the exit stop; `None` untraced or when the stop was missed.
    pub at_exit: Option<AtExit>,
    /// Stdout.
    pub stdout: Stream,
    /// Stderr.
    pub stderr: Stream,
    /// Wall-clock time.
    pub wall: Duration,
    /// CPU time, user and system, of the whole tree as far as it was reaped; `None` where nobody counted.
    pub cpu: Option<Duration>,
    /// Most resident bytes that were seen by looking now and then: of the tree, or of the main process alone where
    /// that is portable. `None` if it was over before the first look.
    pub polled_resident: Option<u64>,
    /// Whether the system was asked for more than the exit status; if not, what killed the program is not known, and
    /// the figures of its memory neither.
    pub examined: bool,
    /// Whether address-space randomisation was really off.
    pub aslr_off: bool,
    /// How it was contained.
    pub confinement: Confinement,
    /// Processes that were still alive after the main process had ended, and were killed.
    pub survivors: u32,
    /// What came of the file that was to be taken out, if one was.
    pub taken: Option<Taken>,
}
