//! The system calls that a contained program is refused: seccomp filters, made before the fork.
//!
//! What is refused falls into four groups: ways to another root, namespace or kernel object; ways to other processes; memory
//! that neither resident sizes nor a scratch limit sees; the foreign call tables of the same processor. A program that merely
//! asks is told "not permitted" or "no such call", as an older or stricter system would; only a foreign call table ends it.

use std::collections::BTreeMap;

use libc::{EACCES, EPERM};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, sock_filter,
};

use crate::defense::Defense;
use crate::observe::Level;

/// Stands in a filter for the id of the process that it is for, which is not known before the fork.
const OWN_ID: u32 = 0x7fff_ff5e;

/// Filters that are installed one after the other; of several answers the kernel takes the strictest.
#[derive(Debug)]
pub(super) struct Filters(Vec<BpfProgram>);

impl Filters {
    /// None at all.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// The filters of a level. `signals_scoped` says that something else keeps signals within the run.
    pub(super) fn of(level: Level, signals_scoped: bool) -> Result<Self, String> {
        if level == Level::None {
            return Ok(Self::none());
        }
        let mut filters = Vec::new();
        if Defense::Calls.is_on() {
            filters.push(denying(not_permitted(), EPERM)?);
            filters.push(denying(unknown(), libc::ENOSYS)?);
            if cfg!(target_arch = "x86_64") {
                filters.push(without_x32());
            }
        }
        if Defense::Signals.is_on() && level != Level::Full {
            filters.push(denying(others(signals_scoped), EPERM)?);
        }
        if Defense::Network.is_on() {
            filters.push(denying(sockets(level), EACCES)?);
        }
        if Defense::Files.is_on() && level == Level::Landlock {
            filters.push(denying(attributes(), EPERM)?);
            // Who copies a file sets its mode through a descriptor and gives up where that fails. It is told that it was done.
            filters.push(denying(
                BTreeMap::from([(libc::SYS_fchmod, Vec::new())]),
                0,
            )?);
        }
        Ok(Self(filters))
    }

    /// Puts the id of the calling process where the filters compare with it. Allocates nothing.
    pub(super) fn own(&mut self, id: u32) {
        for instruction in self.0.iter_mut().flatten() {
            if instruction.k == OWN_ID {
                instruction.k = id;
            }
        }
    }

    /// The programs.
    pub(super) fn programs(&self) -> &[BpfProgram] {
        &self.0
    }
}

/// Rules by system call; a call without rules is always refused.
type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// A filter that answers what `rules` match with an error, and lets the rest through. Calls of another processor's table end
/// the program.
fn denying(rules: Rules, error: i32) -> Result<BpfProgram, String> {
    let wrong = |error: seccompiler::BackendError| error.to_string();
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(wrong)?;
    let answer = SeccompAction::Errno(error.cast_unsigned());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, answer, arch).map_err(wrong)?;
    BpfProgram::try_from(filter).map_err(wrong)
}

/// x86-64 processors have a second table of calls, x32, under the same name. seccompiler does not tell the two apart.
fn without_x32() -> BpfProgram {
    const NUMBER: u32 = 0;
    const X32_BIT: u32 = 0x4000_0000;
    let code = |code: u32| u16::try_from(code).unwrap_or(0);
    vec![
        sock_filter {
            code: code(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS),
            jt: 0,
            jf: 0,
            k: NUMBER,
        },
        sock_filter {
            code: code(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K),
            jt: 0,
            jf: 1,
            k: X32_BIT,
        },
        sock_filter {
            code: code(libc::BPF_RET | libc::BPF_K),
            jt: 0,
            jf: 0,
            k: libc::SECCOMP_RET_KILL_PROCESS,
        },
        sock_filter {
            code: code(libc::BPF_RET | libc::BPF_K),
            jt: 0,
            jf: 0,
            k: libc::SECCOMP_RET_ALLOW,
        },
    ]
}

/// Calls that are answered as by a kernel that does not have them, so that libraries take their other way.
fn unknown() -> Rules {
    [
        // Its flags lie behind a pointer, where no filter can read them; libc goes on with `clone`.
        libc::SYS_clone3,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
    ]
    .into_iter()
    .map(|call| (call, Vec::new()))
    .collect()
}

/// Sockets. In a network namespace of its own a program reaches nobody but itself; without one it gets none.
fn sockets(level: Level) -> Rules {
    let rules = if level == Level::Full {
        let families = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6].map(i32::cast_unsigned);
        vec![all(families.map(|family| unless(0, u64::from(family))))]
    } else {
        Vec::new()
    };
    let mut all_rules = BTreeMap::from([(libc::SYS_socket, rules)]);
    if level != Level::Full {
        // One of a pair for datagrams could be turned on any other socket of this machine; those of streams stay connected.
        // Of the kinds of sockets, just those that become datagrams have this bit.
        const DATAGRAMS: u64 = 2;
        let family = u64::from(libc::AF_UNIX.cast_unsigned());
        let rules = vec![all([masked(1, DATAGRAMS)]), all([unless(0, family)])];
        all_rules.insert(libc::SYS_socketpair, rules);
    }
    all_rules
}

/// Changes of modes, owners, times and attributes, which Landlock does not know: the owner of a file may make them wherever it lies.
fn attributes() -> Rules {
    let mut rules: Rules = OF_ATTRIBUTES
        .iter()
        .map(|call| (*call, Vec::new()))
        .collect();
    #[cfg(target_arch = "x86_64")]
    rules.extend(
        [
            libc::SYS_chmod,
            libc::SYS_chown,
            libc::SYS_lchown,
            libc::SYS_utime,
            libc::SYS_utimes,
            libc::SYS_futimesat,
        ]
        .map(|call| (call, Vec::new())),
    );
    // `FS_IOC_SETFLAGS` and `FS_IOC_FSSETXATTR` of <linux/fs.h>.
    rules.insert(
        libc::SYS_ioctl,
        [0x4008_6602, 0x401c_5820]
            .map(|request| all([equals(1, request)]))
            .into(),
    );
    rules
}

/// Calls that are not permitted.
fn not_permitted() -> Rules {
    let mut rules: Rules = ALWAYS.iter().map(|call| (*call, Vec::new())).collect();
    #[cfg(target_arch = "x86_64")]
    rules.extend(OF_X86.iter().map(|call| (*call, Vec::new())));
    let namespaces = [
        libc::CLONE_NEWNS,
        libc::CLONE_NEWCGROUP,
        libc::CLONE_NEWUTS,
        libc::CLONE_NEWIPC,
        libc::CLONE_NEWUSER,
        libc::CLONE_NEWPID,
        libc::CLONE_NEWNET,
    ];
    let flags = namespaces.map(i32::cast_unsigned);
    rules.insert(
        libc::SYS_clone,
        flags.map(|flag| all([masked(0, u64::from(flag))])).into(),
    );
    // TIOCSTI and TIOCLINUX type into a terminal.
    rules.insert(
        libc::SYS_ioctl,
        [libc::TIOCSTI, libc::TIOCLINUX]
            .map(|request| all([equals(1, request)]))
            .into(),
    );
    // A pipe grows to a mebibyte of memory that no process shows.
    rules.insert(
        libc::SYS_fcntl,
        vec![all([equals(1, libc::F_SETPIPE_SZ as u64)])],
    );
    rules
}

/// Calls that act on other processes, where the program sees the grader's process ids: they may act on the caller itself only.
fn others(signals_scoped: bool) -> Rules {
    let mut rules = Rules::new();
    for call in [
        libc::SYS_prlimit64,
        libc::SYS_sched_setaffinity,
        libc::SYS_sched_setscheduler,
        libc::SYS_sched_setparam,
        libc::SYS_sched_setattr,
    ] {
        rules.insert(call, vec![all([unless(0, 0)])]);
    }
    for call in [libc::SYS_setpriority, libc::SYS_ioprio_set] {
        rules.insert(call, Vec::new());
    }
    if !signals_scoped {
        // A descriptor that becomes ready may send any signal to whoever is called its owner.
        rules.insert(
            libc::SYS_fcntl,
            [F_SETOWN, F_SETSIG, F_SETOWN_EX]
                .map(|command| all([equals(1, command)]))
                .into(),
        );
        for call in [libc::SYS_kill, libc::SYS_tgkill] {
            rules.insert(call, vec![all([unless(0, u64::from(OWN_ID))])]);
        }
        for call in [
            libc::SYS_tkill,
            libc::SYS_pidfd_open,
            libc::SYS_pidfd_send_signal,
            libc::SYS_rt_sigqueueinfo,
            libc::SYS_rt_tgsigqueueinfo,
        ] {
            rules.insert(call, Vec::new());
        }
    }
    rules
}

/// A rule that matches where all conditions do.
fn all<const N: usize>(conditions: [Option<SeccompCondition>; N]) -> SeccompRule {
    let conditions: Vec<_> = conditions.into_iter().flatten().collect();
    debug_assert_eq!(conditions.len(), N, "argument numbers are below 6");
    SeccompRule::new(conditions).unwrap_or_else(|_| unreachable!("no rule here is empty"))
}

/// The low 32 bits of an argument are `value`: the kernel looks at no more of a descriptor command or process id.
fn equals(argument: u8, value: u64) -> Option<SeccompCondition> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value).ok()
}

/// They are something else.
fn unless(argument: u8, value: u64) -> Option<SeccompCondition> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, value).ok()
}

/// All bits of `mask` are set.
fn masked(argument: u8, mask: u64) -> Option<SeccompCondition> {
    let bits = SeccompCmpOp::MaskedEq(mask);
    SeccompCondition::new(argument, SeccompCmpArgLen::Qword, bits, mask).ok()
}

/// Commands of `fcntl`, from <linux/fcntl.h>.
const F_SETOWN: u64 = 8;
const F_SETSIG: u64 = 10;
const F_SETOWN_EX: u64 = 15;

/// Calls that change what is known of a file. The last four have the same numbers for all processors: `fchmodat2`, `setxattrat`,
/// `removexattrat` and `file_setattr`.
const OF_ATTRIBUTES: &[i64] = &[
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    452,
    463,
    466,
    469,
];

/// Number of `memfd_secret`, the same for all processors.
const MEMFD_SECRET: i64 = 447;

/// Never permitted, in the order of the groups at the top.
const ALWAYS: &[i64] = &[
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_fsconfig,
    libc::SYS_fspick,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_mknodat,
    libc::SYS_quotactl,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_fanotify_init,
    libc::SYS_syslog,
    libc::SYS_acct,
    libc::SYS_reboot,
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_vhangup,
    libc::SYS_personality,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_migrate_pages,
    libc::SYS_move_pages,
    libc::SYS_mbind,
    libc::SYS_set_mempolicy,
    libc::SYS_memfd_create,
    MEMFD_SECRET,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_mq_open,
];

/// Calls that only x86-64 has.
#[cfg(target_arch = "x86_64")]
const OF_X86: &[i64] = &[
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_mknod,
    libc::SYS_modify_ldt,
    libc::SYS_kexec_file_load,
    libc::SYS_lookup_dcookie,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_but_none_has_filters() {
        for level in [Level::Full, Level::Landlock, Level::Limits] {
            let filters = Filters::of(level, false).unwrap();
            assert!(filters.programs().len() >= 3, "{level:?}");
            assert!(filters.programs().iter().all(|one| one.len() < 4096));
        }
        assert!(
            Filters::of(Level::None, false)
                .unwrap()
                .programs()
                .is_empty()
        );
    }

    #[test]
    fn the_own_id_is_put_in_where_signals_are_not_scoped() {
        let count = |filters: &Filters, k: u32| {
            let all = filters.programs().iter().flatten();
            all.filter(|instruction| instruction.k == k).count()
        };
        let mut filters = Filters::of(Level::Limits, false).unwrap();
        let places = count(&filters, OWN_ID);
        assert!(places > 0);
        filters.own(0x0012_3456);
        assert_eq!(count(&filters, OWN_ID), 0);
        assert_eq!(count(&filters, 0x0012_3456), places);
        assert_eq!(
            count(&Filters::of(Level::Landlock, true).unwrap(), OWN_ID),
            0
        );
    }
}
