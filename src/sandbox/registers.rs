//! Registers of a stopped thread: the few that say where it was, on each processor that is known.

use super::sys;

/// `NT_PRSTATUS`, the general registers.
const GENERAL: i32 = 1;

/// Where a stopped thread was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Registers {
    /// Program counter.
    pub(super) pc: u64,
    /// Stack pointer.
    pub(super) sp: u64,
    /// Frame pointer, if the code keeps one.
    pub(super) fp: u64,
    /// Thread-local storage base.
    pub(super) tls: u64,
    /// Where a function that is making a large frame will put its end: the register in which rustc's stack probes keep it.
    pub(super) probe_end: u64,
    /// Number of the system call that it is in, or that it was in last.
    pub(super) syscall: i64,
}

#[cfg(target_arch = "x86_64")]
impl Registers {
    /// Reads them; `None` if the thread does not stand still or has gone.
    pub(super) fn read(tid: i32) -> Option<Self> {
        // Order of `struct user_regs_struct` in <sys/user.h>.
        const RBP: usize = 4;
        const R11: usize = 6;
        const ORIG_RAX: usize = 15;
        const RIP: usize = 16;
        const RSP: usize = 19;
        const FS_BASE: usize = 21;
        let mut words = [0; 27];
        let count = sys::register_set(tid, GENERAL, &mut words).ok()?;
        // A 32-bit program has a shorter set in another order.
        (count == words.len()).then(|| Self {
            pc: words[RIP],
            sp: words[RSP],
            fp: words[RBP],
            tls: words[FS_BASE],
            probe_end: words[R11],
            syscall: words[ORIG_RAX].cast_signed(),
        })
    }
}

#[cfg(target_arch = "aarch64")]
impl Registers {
    /// Reads them; `None` if the thread does not stand still or has gone.
    pub(super) fn read(tid: i32) -> Option<Self> {
        /// `NT_ARM_TLS`.
        const TLS: i32 = 0x401;
        // x0 to x30, sp, pc, pstate.
        let mut words = [0; 34];
        let count = sys::register_set(tid, GENERAL, &mut words).ok()?;
        if count != words.len() {
            return None;
        }
        let mut tls = [0; 2];
        let tls = match sys::register_set(tid, TLS, &mut tls) {
            Ok(1..) => tls[0],
            _ => 0,
        };
        Some(Self {
            pc: words[32],
            sp: words[31],
            fp: words[29],
            tls,
            probe_end: words[9],
            syscall: words[8].cast_signed(),
        })
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
impl Registers {
    /// The layout on this processor is not known.
    pub(super) fn read(_tid: i32) -> Option<Self> {
        None
    }
}
