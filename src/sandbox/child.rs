//! What a child does from fork to exec, and what process 1 of a namespace does after it. Nothing here allocates, locks or panics:
//! what [`Defense`] is asked for was read before the fork.
#![expect(
    unsafe_code,
    reason = "between fork and exec only raw calls are allowed"
)]

use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use super::RawFd;
use super::own_root::{OwnRoot, Step};
use super::privileges::drop_privileges;
use super::spawn::{DIRECTORY, EXEC, GATE, OVER, PASS, Plan, READY, SCRATCH, STREAMS, SURVIVORS};
use super::status::Teller;
use crate::defense::Defense;

/// What process 1 tells when all is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Over {
    /// The program's wait status.
    pub(super) status: i32,
    /// Processes that outlived it.
    pub(super) survivors: u32,
}

/// The rest of process 1: waits for the program, then kills and reaps whatever is left.
fn wait_for(program: i32) -> Over {
    let mut over = Over {
        status: 0,
        survivors: 0,
    };
    loop {
        let mut status = 0;
        // SAFETY: `status` is valid for writing.
        let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL) };
        if pid == program {
            over.status = status;
            break;
        }
        if pid < 0 && errno() == libc::ECHILD {
            break;
        }
    }
    if Defense::Reaping.is_on() {
        // SAFETY: all processes but this one, in this namespace of process ids.
        unsafe { libc::kill(-1, libc::SIGKILL) };
    }
    loop {
        let mut status = 0;
        // SAFETY: `status` is valid for writing.
        let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL) };
        if pid > 0 {
            // Who had ended by itself before is counted by its status.
            if libc::WIFSIGNALED(status) && libc::WTERMSIG(status) == libc::SIGKILL {
                over.survivors = over.survivors.saturating_add(1);
            }
        } else if errno() != libc::EINTR {
            return over;
        }
    }
}

/// Process 1's way: builds the root, starts the program in it, and cleans up after it. Nothing here allocates, locks or panics.
pub(super) fn become_init(
    mut root: OwnRoot,
    plan: &mut Plan,
    args: &[*const libc::c_char],
    env: &[*const libc::c_char],
) -> ! {
    // SAFETY: takes numbers only. Where it fails, the end of file at the gate still ends it before the program begins.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    if wait_at(plan) != 1 {
        give_up(plan.status, Step::Maps as u32);
    }
    match root.enter() {
        Ok(scratch) => plan.status.hand_over(SCRATCH, scratch),
        Err(step) => give_up(plan.status, step as u32),
    }
    if Defense::Privileges.is_on()
        && let Err(step) = drop_privileges()
    {
        give_up(plan.status, step as u32);
    }
    // Dropping privileges may have taken these back.
    // SAFETY: takes numbers only.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    // Nobody in here may look into this process, which is a copy of memgrade.
    // SAFETY: takes numbers only.
    unsafe {
        libc::prctl(
            libc::PR_SET_DUMPABLE,
            libc::c_ulong::from(!Defense::Init.is_on()),
        )
    };
    let program = start(plan, args, env);
    let 1.. = program else {
        give_up(plan.status, Step::Fork as u32)
    };
    close_all_but(plan.status.0, plan.highest);
    let over = wait_for(program);
    plan.status.tell(SURVIVORS, over.survivors);
    plan.status.tell(OVER, over.status.cast_unsigned());
    // SAFETY: takes a number only, and does not return.
    unsafe { libc::_exit(0) }
}

/// What a process needs to know that begins on a stack of its own.
struct Start<'a> {
    plan: &'a mut Plan,
    args: &'a [*const libc::c_char],
    env: &'a [*const libc::c_char],
}

/// Starts the program's process, and returns when it has become the program or has failed to: until then it lives in this one's
/// memory, so that none of it need be copied. Gives its process id, or less than 1.
fn start(plan: &mut Plan, args: &[*const libc::c_char], env: &[*const libc::c_char]) -> i32 {
    extern "C" fn begin(start: *mut libc::c_void) -> libc::c_int {
        // SAFETY: it is the one below, which stays where it is while its process waits, and is used by nobody else.
        let Start { plan, args, env } = unsafe { &mut *start.cast::<Start<'_>>() };
        // Until it has become the program it has to bear being traced by its user.
        // SAFETY: takes numbers only.
        unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 1) };
        become_program(plan, args, env)
    }
    plan.borrows_memory = true;
    let end = plan.stack.as_mut_ptr_range().end;
    let mut start = Start { plan, args, env };
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
    // SAFETY: the stack is nobody else's, grows down from its end, which is aligned, and outlives its use as this process waits. What
    // the child does to memory that both see, this process expects: the plan is not used here any more but for numbers.
    unsafe { libc::clone(begin, end.cast(), flags, (&raw mut start).cast()) }
}

/// The child's way from fork to exec. Nothing here allocates, locks or panics.
pub(super) fn become_program(
    plan: &mut Plan,
    args: &[*const libc::c_char],
    env: &[*const libc::c_char],
) -> ! {
    // SAFETY: takes nothing. It cannot fail, as a new child leads no group.
    unsafe { libc::setsid() };
    for (target, end) in (0..).zip(plan.ends) {
        // The ends are never 0 to 2: the Rust runtime keeps those open. So none is overwritten before its turn.
        // SAFETY: takes numbers only.
        if unsafe { libc::dup2(end, target) } < 0 {
            give_up(plan.status, STREAMS);
        }
    }
    // SAFETY: `directory` ends with NUL.
    if unsafe { libc::chdir(plan.directory.as_ptr()) } != 0 {
        give_up(plan.status, DIRECTORY);
    }
    if Defense::Descriptors.is_on() {
        close_on_exec(plan);
    }
    for &fd in &plan.pass {
        // SAFETY: takes numbers only.
        if unsafe { libc::fcntl(fd, libc::F_SETFD, 0) } < 0 {
            give_up(plan.status, PASS);
        }
    }
    // SAFETY: takes a number only.
    unsafe { libc::umask(0o022) };
    let short = match plan.confine.apply() {
        Ok(short) => short,
        Err(step) => give_up(plan.status, step as u32),
    };
    default_signals();
    plan.status.tell(READY, short.0);
    if wait_at(plan) != 1 {
        give_up(plan.status, GATE);
    }
    if plan.borrows_memory && Defense::Init.is_on() {
        // It is traced by now, and process 1, whose memory this still is, may not be looked into by what comes.
        // SAFETY: takes numbers only.
        unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0) };
    }
    // SAFETY: the path ends with NUL, both arrays end with a null pointer and hold strings that end with NUL.
    unsafe { libc::execve(plan.path.as_ptr(), args.as_ptr(), env.as_ptr()) };
    give_up(plan.status, EXEC)
}

/// Waits for one byte at the gate, and gives it; 0 if none comes any more.
fn wait_at(plan: &Plan) -> u8 {
    let mut byte = 0_u8;
    loop {
        // SAFETY: `byte` is valid for writing one byte.
        let count = unsafe { libc::read(plan.gate, ptr::from_mut(&mut byte).cast(), 1) };
        if count == 1 {
            return byte;
        }
        if count == 0 || errno() != libc::EINTR {
            return 0;
        }
    }
}

/// Marks every descriptor but the standard streams to be closed at exec.
fn close_on_exec(plan: &Plan) {
    const CLOSE_ON_EXEC: libc::c_uint = 1 << 2;
    // SAFETY: takes numbers only.
    let done = unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, CLOSE_ON_EXEC) };
    if done != 0 {
        for fd in 3..=plan.highest {
            // SAFETY: takes numbers only; that most are not open is no error.
            unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
        }
    }
}

/// Closes every descriptor but one: process 1 must not keep the program's streams open.
fn close_all_but(kept: RawFd, highest: RawFd) {
    for fd in (0..=highest).filter(|fd| *fd != kept) {
        // SAFETY: takes a number only; nothing here uses another descriptor any more.
        unsafe { libc::close(fd) };
    }
}

/// Gives every signal its default meaning again and blocks none: Rust ignores SIGPIPE, shells ignore others, and what is
/// ignored stays so across exec.
fn default_signals() {
    let action = [0_u64; 8];
    for signal in 1..=64 {
        // The C library would refuse the signals that it keeps for itself, and a parent may have ignored even those.
        // SAFETY: the kernel reads an action of all zeros, the default one, whose size is at most that of `action`, and
        // writes nothing; the two signals that cannot be changed say so without harm.
        unsafe {
            libc::syscall(
                libc::SYS_rt_sigaction,
                signal,
                action.as_ptr(),
                ptr::null_mut::<u64>(),
                8_usize,
            )
        };
    }
    let mut none = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: `none` is valid for writing.
    unsafe { libc::sigemptyset(none.as_mut_ptr()) };
    // SAFETY: `none` was filled in, and no old set is asked for.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), ptr::null_mut()) };
}

/// The last error of this thread.
fn errno() -> i32 {
    // Does not allocate for a system error.
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// Says what failed, and ends the child.
fn give_up(status: Teller, step: u32) -> ! {
    status.tell(step, errno().cast_unsigned());
    // SAFETY: takes a number only, and does not return.
    unsafe { libc::_exit(127) }
}
