//! What a program is confined by beside its view: limits, no new privileges, and the fence and filters of its level.
//!
//! A [`Confine`] is prepared before the fork, because nothing may be allocated after it; the child then applies it to
//! itself just before it becomes the program. What could not be applied comes back as [`Shortfall`] bits, so that
//! [`confinement`] tells the truth about this run and not about runs in general.
#![expect(
    unsafe_code,
    reason = "limits, personality and prctl are applied between fork and exec, where only raw calls are allowed"
)]

use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

use super::Program;
use super::fence::{self, Fence};
use super::filter::Filters;
use super::own_root::Step;
use super::privileges::{drop_bounding_set, drop_capabilities};
use super::sys::Resource;
use crate::defense::Defense;
use crate::error::Error;
use crate::observe::{Confinement, ControlGroup, Level};

/// Open files of a program: enough for any exercise, few enough not to starve the machine.
const OPEN_FILES: u64 = 1024;

/// Address space is only a backstop: a program may reserve much and touch little, and the probe maps its own recording.
const LEAST_ADDRESS_SPACE: u64 = 64 << 30;

/// `ADDR_NO_RANDOMIZE` of <sys/personality.h>.
const NO_RANDOMIZE: libc::c_ulong = 0x004_0000;

/// Marks the processes of one run: a number that every descendant inherits, whatever it does to its parents, group and
/// session. A hostile program could change it, but has to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark(pub(super) u64);

impl Mark {
    /// The resource limit that it is kept in.
    pub(super) const RESOURCE: Resource = libc::RLIMIT_LOCKS;

    /// A mark that no other run on this machine has.
    pub(super) fn fresh() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = u64::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let process = u64::from(std::process::id() & 0x3fff_ffff);
        // High enough not to be anybody's real limit, and below the value for unlimited.
        Self((1 << 62) | (process << 32) | number)
    }
}

/// What could not be applied, one bit each; sent through the start pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shortfall(pub(super) u32);

impl Shortfall {
    /// Addresses are still randomized.
    pub(super) const RANDOMIZED: u32 = 1;
    /// Huge pages are still on.
    pub(super) const HUGE_PAGES: u32 = 1 << 1;
    /// Gaining privileges through set-uid programs is still possible.
    pub(super) const PRIVILEGES: u32 = 1 << 2;
    /// The stack limit could not be set.
    pub(super) const STACK: u32 = 1 << 3;
    /// Another resource limit could not be set.
    pub(super) const LIMIT: u32 = 1 << 4;
    /// It would outlive memgrade if that were killed.
    pub(super) const ORPHAN: u32 = 1 << 5;

    /// Whether `bit` is among them.
    pub(super) fn has(self, bit: u32) -> bool {
        self.0 & bit != 0
    }
}

/// Everything that the child applies to itself, ready to use.
#[derive(Debug)]
pub(super) struct Confine {
    /// Resource, soft and hard limit, and the bit to report if it fails.
    limits: Vec<(Resource, u64, u64, u32)>,
    /// The process that the child must still be a child of; `None` for one that dies with its namespace.
    parent: Option<i32>,
    fence: Option<Fence>,
    filters: Filters,
    /// Whether capabilities are given up.
    drops: bool,
}

/// Processes that a run may have beside those that its limit counts: process 1, and one that is just being stopped.
pub(super) const SPARE_PROCESSES: u64 = 8;

impl Confine {
    /// Prepares it for a program. `mark` tells the processes of this run from all others.
    pub(super) fn prepare(program: &Program, mark: Mark) -> Result<Self, Error> {
        let (limits, level) = (&program.limits, program.level);
        // The tree's CPU time is watched from outside; this ends a program that the watching would miss.
        let cpu = limits.cpu.as_secs().saturating_add(2);
        let space = limits.memory.saturating_mul(8).max(LEAST_ADDRESS_SPACE);
        let size = if Defense::FileSize.is_on() {
            limits.file_size
        } else {
            libc::RLIM_INFINITY
        };
        let other = Shortfall::LIMIT;
        let mut all = vec![
            (libc::RLIMIT_CPU, cpu, cpu.saturating_add(1), other),
            (libc::RLIMIT_FSIZE, size, size, other),
            // One byte: unlike 0 this also keeps a system from piping the core into its crash reporter.
            (libc::RLIMIT_CORE, 1, 1, other),
            (libc::RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES, other),
            (libc::RLIMIT_AS, space, space, other),
            // Linux has not looked at this limit since 2.4, but it is inherited: it carries the mark.
            (Mark::RESOURCE, mark.0, mark.0, other),
            (
                libc::RLIMIT_STACK,
                limits.stack,
                limits.stack,
                Shortfall::STACK,
            ),
        ];
        let own_root = level == Level::Full;
        if own_root {
            // In a user namespace of its own this counts the run; elsewhere everything that its user runs.
            let most = u64::from(limits.processes).saturating_add(SPARE_PROCESSES);
            all.push((libc::RLIMIT_NPROC, most, most, other));
        }
        let fence = match level {
            Level::Landlock => Some(Fence::prepare(program).map_err(|reason| {
                Error::machine(
                    format!("files cannot be fenced off with Landlock: {reason}"),
                    "`memgrade doctor` tells how programs can be contained on this machine",
                )
            })?),
            Level::Full | Level::Limits | Level::None => None,
        };
        let scoped = own_root || (fence.is_some() && fence::scopes_signals());
        let filters = Filters::of(level, scoped)
            .map_err(|reason| Error::Bug(format!("a filter of system calls: {reason}")))?;
        Ok(Self {
            limits: all,
            parent: (!own_root).then(|| std::process::id().cast_signed()),
            fence,
            filters,
            drops: Defense::Privileges.is_on(),
        })
    }

    /// Applies it to the calling process. Only calls that are safe between fork and exec; allocates nothing.
    ///
    /// # Errors
    /// The step without which the level would not be what it is called.
    pub(super) fn apply(&mut self) -> Result<Shortfall, Step> {
        let mut short = self.stay_a_child();
        // SAFETY: takes numbers only; the kernel insists on zeros.
        if unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } != 0 {
            short |= Shortfall::PRIVILEGES;
        }
        // SAFETY: takes numbers only; the kernel insists on zeros.
        if unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0) } != 0 {
            short |= Shortfall::HUGE_PAGES;
        }
        if !no_randomize() {
            short |= Shortfall::RANDOMIZED;
        }
        for &(resource, soft, hard, bit) in &self.limits {
            if !set_limit(resource, soft, hard) {
                short |= bit;
            }
        }
        if self.drops {
            drop_bounding_set();
            if drop_capabilities().is_err() {
                short |= Shortfall::PRIVILEGES;
            }
        }
        if let Some(fence) = &self.fence
            && !fence::enter(fence)
        {
            return Err(Step::Fence);
        }
        // SAFETY: takes nothing.
        let own_id = unsafe { libc::getpid() };
        self.filters.own(own_id.cast_unsigned());
        for program in self.filters.programs() {
            install(program)?;
        }
        Ok(Shortfall(short))
    }

    /// Sees to it that the calling process does not outlive memgrade. Gives what could not be done.
    fn stay_a_child(&self) -> u32 {
        let Some(parent) = self.parent else { return 0 };
        // SAFETY: takes numbers only.
        let told = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        // SAFETY: takes nothing.
        if unsafe { libc::getppid() } != parent {
            // memgrade died before the line above took effect.
            // SAFETY: takes a number only, and does not return.
            unsafe { libc::_exit(127) };
        }
        if told == 0 { 0 } else { Shortfall::ORPHAN }
    }
}

/// Installs a filter of system calls for the calling process and all that it starts.
fn install(program: &seccompiler::BpfProgram) -> Result<(), Step> {
    let Ok(length) = u16::try_from(program.len()) else {
        return Err(Step::Filter);
    };
    let program = libc::sock_fprog {
        len: length,
        filter: program.as_ptr().cast_mut().cast(),
    };
    let mode = libc::SECCOMP_SET_MODE_FILTER;
    // SAFETY: the program has that many instructions of the kernel's layout, and the kernel only reads them.
    let done = unsafe { libc::syscall(libc::SYS_seccomp, mode, 0, &raw const program) };
    if done == 0 { Ok(()) } else { Err(Step::Filter) }
}

/// Turns address-space randomization off for the program to come, and says whether it is off.
fn no_randomize() -> bool {
    // Asks without changing anything.
    const ASK: libc::c_ulong = 0xffff_ffff;
    // SAFETY: takes a number only.
    let now = unsafe { libc::personality(ASK) };
    let Ok(now) = libc::c_ulong::try_from(now) else {
        return false;
    };
    // SAFETY: takes a number only.
    unsafe { libc::personality(now | NO_RANDOMIZE) };
    // SAFETY: takes a number only.
    let after = unsafe { libc::personality(ASK) };
    libc::c_ulong::try_from(after).is_ok_and(|after| after & NO_RANDOMIZE != 0)
}

/// Sets a limit. A hard limit that is lower already is taken over and reported as set if it is the stricter one for
/// everything but the stack, whose size must be exact.
fn set_limit(resource: Resource, soft: u64, hard: u64) -> bool {
    let limit = libc::rlimit {
        rlim_cur: soft,
        rlim_max: hard,
    };
    // SAFETY: `limit` is valid for reading.
    if unsafe { libc::setrlimit(resource, &raw const limit) } == 0 {
        return true;
    }
    let mut old = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: `old` is valid for writing.
    if unsafe { libc::getrlimit(resource, ptr::from_mut(&mut old)) } != 0 {
        return false;
    }
    let limit = libc::rlimit {
        rlim_cur: soft.min(old.rlim_max),
        rlim_max: hard.min(old.rlim_max),
    };
    // SAFETY: `limit` is valid for reading.
    let set = unsafe { libc::setrlimit(resource, &raw const limit) } == 0;
    set && (resource != libc::RLIMIT_STACK || limit.rlim_cur == soft)
}

/// What each level lacks.
fn lacks(level: Level, counted: bool) -> Vec<&'static str> {
    let sampled =
        "memory of the whole tree is sampled every few milliseconds, not counted by the kernel";
    let shared = "memory in pipes and sockets is bounded, but not counted";
    let mut lacks = match level {
        Level::Full => vec![sampled, shared],
        Level::Landlock => vec![
            "processes: it sees the numbers of your other processes",
            "the size of its scratch is not limited, only that of each file",
            sampled,
            shared,
        ],
        Level::Limits => vec![
            "files: the program can read and write what you can",
            "processes: it can see your other processes",
            "the size of what it writes is not limited, only that of each file",
            sampled,
            shared,
        ],
        Level::None => vec!["everything but the wall limit and the caps on output"],
    };
    lacks.retain(|lack| !counted || (*lack != sampled && *lack != shared));
    lacks
}

/// How a run at `level` was contained. `untraced` says why it was not traced, if it should have been; `control_group` what its own
/// one counted.
pub(super) fn confinement(
    level: Level,
    short: Shortfall,
    untraced: Option<&str>,
    control_group: Option<ControlGroup>,
) -> Confinement {
    let lacks = lacks(level, control_group.is_some());
    let mut missing: Vec<String> = lacks.into_iter().map(String::from).collect();
    missing.extend(Defense::told());
    for (bit, text) in [
        (
            Shortfall::RANDOMIZED,
            "addresses are randomized: this system refuses to turn that off",
        ),
        (
            Shortfall::HUGE_PAGES,
            "huge pages are on: resident figures may be too large",
        ),
        (
            Shortfall::PRIVILEGES,
            "set-uid programs can still gain privileges",
        ),
        (
            Shortfall::STACK,
            "the stack limit is not the one asked for: the system's hard limit is lower",
        ),
        (
            Shortfall::LIMIT,
            "a limit on CPU time, file size, open files or address space could not be set",
        ),
        (
            Shortfall::ORPHAN,
            "it would go on running if memgrade were killed",
        ),
    ] {
        if short.has(bit) {
            missing.push(text.into());
        }
    }
    if let Some(reason) = untraced {
        missing.push(format!(
            "tracing: {reason}; how it died is not proved, and processes are counted by sampling"
        ));
    }
    Confinement {
        level,
        missing,
        control_group,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shortfall_is_told() {
        let level = Level::Limits;
        let whole = confinement(level, Shortfall::default(), None, None)
            .missing
            .len();
        for bit in 0..6 {
            assert_eq!(
                confinement(level, Shortfall(1 << bit), None, None)
                    .missing
                    .len(),
                whole + 1
            );
        }
        let untraced = confinement(level, Shortfall::default(), Some("refused"), None);
        assert!(untraced.missing.iter().any(|text| text.contains("refused")));
        let counted = Some(ControlGroup::default());
        let missing = confinement(level, Shortfall::default(), None, counted).missing;
        assert!(!missing.iter().any(|text| text.contains("sampled")));
        assert_eq!(missing.len(), whole - 2);
    }
}
