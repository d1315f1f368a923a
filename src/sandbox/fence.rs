//! Landlock: which files a program without a root of its own may touch, and that its signals and sockets stay within the run.

#![expect(
    unsafe_code,
    reason = "a rule on the child's own /proc entry and the restriction itself are made between fork and exec"
)]

use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::ptr;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, Scope, path_beneath_rules,
};

use super::view::{self, DEVICES, Part};
use super::{Program, RawFd};
use crate::defense::Defense;

/// The newest interface that this code knows; older kernels give what they have.
const NEWEST: ABI = ABI::V7;
/// The first interface that keeps signals and abstract sockets within the run.
const SCOPES: i64 = 6;

/// Rules that are ready to be entered.
#[derive(Debug)]
pub(super) struct Fence {
    rules: OwnedFd,
    /// Whether the program may only read what /proc says of it.
    proc_read_only: bool,
}

/// The kernel's interface version; 0 where there is no Landlock.
pub(super) fn version() -> i64 {
    const ASK: libc::c_ulong = 1;
    let nothing = ptr::null::<u8>();
    // SAFETY: with this flag the kernel reads nothing, and tells its version.
    let version =
        unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, nothing, 0_usize, ASK) };
    version.max(0)
}

/// Whether signals stay within the run.
pub(super) fn scopes_signals() -> bool {
    version() >= SCOPES && Defense::Signals.is_on()
}

impl Fence {
    /// Prepares the rules for a program.
    pub(super) fn prepare(program: &Program) -> Result<Self, String> {
        let mut readable: Vec<PathBuf> = view::system()
            .into_iter()
            .map(|part| match part {
                Part::Tree(path) | Part::Link(path, _) => path,
            })
            .collect();
        readable.extend(view::beside_the_system(&program.view.readable));
        readable.extend(std::path::absolute(&program.executable));
        let read = AccessFs::from_read(NEWEST);
        // Devices, sockets and FIFOs are of no use to a learner.
        let write = AccessFs::from_all(NEWEST)
            & !BitFlags::from(AccessFs::MakeChar)
            & !BitFlags::from(AccessFs::MakeBlock)
            & !BitFlags::from(AccessFs::MakeSock)
            & !BitFlags::from(AccessFs::MakeFifo)
            & !BitFlags::from(AccessFs::IoctlDev);
        let device = AccessFs::ReadFile | AccessFs::WriteFile;
        let made = || {
            let mut ruleset = Ruleset::default()
                .set_compatibility(CompatLevel::BestEffort)
                .handle_access(AccessFs::from_all(NEWEST))?;
            if Defense::Network.is_on() {
                ruleset = ruleset
                    .handle_access(AccessNet::from_all(NEWEST))?
                    .scope(Scope::AbstractUnixSocket)?;
            }
            if Defense::Signals.is_on() {
                ruleset = ruleset.scope(Scope::Signal)?;
            }
            let mut ruleset = ruleset
                .create()?
                .add_rules(path_beneath_rules(&readable, read))?
                .add_rules(path_beneath_rules([&program.scratch], write))?
                .add_rules(path_beneath_rules(DEVICES.map(Path::new), device))?;
            if !Defense::Files.is_on() {
                let all = AccessFs::from_all(NEWEST);
                ruleset = ruleset.add_rules(path_beneath_rules(["/"], all))?;
            }
            Ok::<Option<OwnedFd>, landlock::RulesetError>(ruleset.into())
        };
        match made() {
            Ok(Some(rules)) => Ok(Self {
                rules,
                proc_read_only: Defense::Proc.is_on(),
            }),
            Ok(None) => Err("this kernel has no Landlock, or it is switched off".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Enters rules: from now on the calling process and all that it starts are held to them. Only calls that are safe between
/// fork and exec.
pub(super) fn enter(rules: &Fence) -> bool {
    let read_only = rules.proc_read_only;
    let rules = rules.rules.as_raw_fd();
    allow_own_proc(rules, read_only);
    // SAFETY: takes numbers only.
    unsafe { libc::syscall(libc::SYS_landlock_restrict_self, rules, 0) == 0 }
}

/// Lets the calling process read what /proc says about itself: programs print their own figures, and libc looks up the main
/// stack's bounds there. Where it fails they are told that there is no such file.
fn allow_own_proc(rules: RawFd, read_only: bool) {
    /// `struct landlock_path_beneath_attr` of <linux/landlock.h>.
    #[repr(C, packed)]
    struct PathBeneath {
        allowed: u64,
        parent: RawFd,
    }
    const PATH_BENEATH: libc::c_int = 1;
    const READ_FILE: u64 = 1 << 2;
    const READ_FOLDER: u64 = 1 << 3;
    const WRITE_FILE: u64 = 1 << 1;
    let flags = libc::O_PATH | libc::O_CLOEXEC;
    // SAFETY: a C string.
    let own = unsafe { libc::open(c"/proc/self".as_ptr(), flags) };
    if own < 0 {
        return;
    }
    let rule = PathBeneath {
        allowed: READ_FILE | READ_FOLDER | if read_only { 0 } else { WRITE_FILE },
        parent: own,
    };
    // SAFETY: the rule has the layout that its kind has.
    unsafe {
        libc::syscall(
            libc::SYS_landlock_add_rule,
            rules,
            PATH_BENEATH,
            &raw const rule,
            0,
        )
    };
    // SAFETY: a descriptor of ours.
    unsafe { libc::close(own) };
}
