//! The kernel calls that no safe crate offers, one thin wrapper each. Nothing here decides anything.
#![expect(
    unsafe_code,
    reason = "ptrace, wait with rusage-free peeking and process_vm_readv exist only as raw calls"
)]

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::time::Duration;

/// What a wait reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// The process is gone: exit code or signal, not yet or just reaped.
    Exited(i32),
    /// Killed by a signal.
    Signaled(i32),
    /// Stopped: a signal that is about to be delivered.
    Signal(i32),
    /// Stopped: a ptrace event, with the signal that came with it.
    Event(i32, i32),
}

/// Turns a zero-or-minus-one result into a `Result`.
fn check(result: impl Into<i64>) -> io::Result<i64> {
    let result = result.into();
    if result == -1 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// Children and tracees of this thread only, threads included: other threads run other programs.
const OURS: libc::c_int = libc::__WALL | libc::__WNOTHREAD;

/// The next child or tracee of this thread that has died or stopped, left as it is. `None` if `block` is false and
/// nothing has happened; an error with `ECHILD` when there is nothing left to wait for.
pub(super) fn peek(block: bool) -> io::Result<Option<(i32, bool)>> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    let options = libc::WEXITED
        | libc::WSTOPPED
        | libc::WNOWAIT
        | OURS
        | if block { 0 } else { libc::WNOHANG };
    // SAFETY: `info` is valid for writing.
    let result = unsafe { libc::waitid(libc::P_ALL, 0, info.as_mut_ptr(), options) };
    check(result)?;
    // SAFETY: zeroed is a valid siginfo_t, and waitid filled it in.
    let info = unsafe { info.assume_init() };
    // SAFETY: after waitid these fields are the ones in use, or zero.
    let pid = unsafe { info.si_pid() };
    if pid == 0 {
        return Ok(None);
    }
    let dead = matches!(
        info.si_code,
        libc::CLD_EXITED | libc::CLD_KILLED | libc::CLD_DUMPED
    );
    Ok(Some((pid, dead)))
}

/// Takes the change of `pid` that [`peek`] announced; `None` if it went away meanwhile.
pub(super) fn take(pid: i32) -> io::Result<Option<Change>> {
    wait(pid, OURS | libc::WNOHANG)
}

/// Reaps `pid` if it is a dead child of any of our threads.
pub(super) fn reap_if_dead(pid: i32) -> io::Result<Option<Change>> {
    wait(pid, libc::__WALL | libc::WNOHANG)
}

/// Waits for one process.
fn wait(pid: i32, options: libc::c_int) -> io::Result<Option<Change>> {
    let mut status = 0;
    // SAFETY: `status` is valid for writing.
    let result = unsafe { libc::waitpid(pid, &raw mut status, options) };
    if check(result)? == 0 {
        return Ok(None);
    }
    Ok(Some(decode(status)))
}

/// Reads a wait status.
pub(super) fn decode(status: i32) -> Change {
    if libc::WIFEXITED(status) {
        Change::Exited(libc::WEXITSTATUS(status))
    } else if libc::WIFSTOPPED(status) {
        // A ptrace event sits above the signal.
        match status >> 16 {
            0 => Change::Signal(libc::WSTOPSIG(status)),
            event => Change::Event(event, libc::WSTOPSIG(status)),
        }
    } else {
        Change::Signaled(libc::WTERMSIG(status))
    }
}

/// Waits until child `pid` is dead, and leaves it a zombie so that its number stays taken.
pub(super) fn wait_dead(pid: i32) -> io::Result<()> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    loop {
        // SAFETY: `info` is valid for writing.
        let result = unsafe {
            libc::waitid(
                libc::P_PID,
                pid.cast_unsigned(),
                info.as_mut_ptr(),
                libc::WEXITED | libc::WNOWAIT,
            )
        };
        match check(result) {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reaps child `pid`, which is dead, and gives its CPU time with that of the children it has waited for.
pub(super) fn reap_with_cpu(pid: i32) -> io::Result<(Change, Duration)> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both are valid for writing.
    let result = unsafe { libc::wait4(pid, &raw mut status, libc::__WALL, usage.as_mut_ptr()) };
    check(result)?;
    // SAFETY: zeroed is valid, and wait4 filled it in.
    let usage = unsafe { usage.assume_init() };
    Ok((
        decode(status),
        from_timeval(usage.ru_utime) + from_timeval(usage.ru_stime),
    ))
}

/// A `timeval` as a duration.
fn from_timeval(time: libc::timeval) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let micros = u64::try_from(time.tv_usec).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_micros(micros)
}

/// Sends a signal to a process.
pub(super) fn kill(pid: i32, signal: i32) {
    // A process id below 2 means a group, everybody, or init: never what is meant here.
    if pid > 1 {
        // SAFETY: no memory is involved. That it may be gone already is no error.
        unsafe { libc::kill(pid, signal) };
    }
}

/// Type of a ptrace request.
#[cfg(target_env = "gnu")]
type Request = libc::c_uint;
/// Type of a ptrace request.
#[cfg(not(target_env = "gnu"))]
type Request = libc::c_int;

/// Type of a resource limit's name.
#[cfg(target_env = "gnu")]
pub(super) type Resource = libc::__rlimit_resource_t;
/// Type of a resource limit's name.
#[cfg(not(target_env = "gnu"))]
pub(super) type Resource = libc::c_int;

/// A ptrace request that takes a number.
fn ptrace(request: Request, pid: i32, data: usize) -> io::Result<()> {
    // SAFETY: the requests used with this function read or write none of our memory; `data` is a plain number.
    let result = unsafe { libc::ptrace(request, pid, ptr::null_mut::<libc::c_void>(), data) };
    check(result).map(drop)
}

/// Starts tracing `pid` and all that it will start; they die with this thread.
pub(super) fn seize(pid: i32) -> io::Result<()> {
    let options = libc::PTRACE_O_EXITKILL
        | libc::PTRACE_O_TRACEEXIT
        | libc::PTRACE_O_TRACECLONE
        | libc::PTRACE_O_TRACEFORK
        | libc::PTRACE_O_TRACEVFORK
        | libc::PTRACE_O_TRACEEXEC;
    ptrace(
        libc::PTRACE_SEIZE,
        pid,
        usize::try_from(options).unwrap_or(0),
    )
}

/// Lets a stopped tracee go on, with a signal or 0. A tracee that was killed meanwhile is no error.
pub(super) fn resume(tid: i32, signal: i32) {
    let _ = ptrace(libc::PTRACE_CONT, tid, usize::try_from(signal).unwrap_or(0));
}

/// Leaves a tracee in the stop that it shares with its whole process, as if nobody traced it.
pub(super) fn listen(tid: i32) {
    let _ = ptrace(libc::PTRACE_LISTEN, tid, 0);
}

/// The number that came with a ptrace event.
pub(super) fn event_message(tid: i32) -> io::Result<u64> {
    let mut message: libc::c_ulong = 0;
    // SAFETY: the kernel writes one unsigned long to `message`.
    let result = unsafe {
        libc::ptrace(
            libc::PTRACE_GETEVENTMSG,
            tid,
            ptr::null_mut::<libc::c_void>(),
            &raw mut message,
        )
    };
    check(result)?;
    Ok(message)
}

/// The signal that a tracee is about to get.
#[derive(Debug, Clone, Copy)]
pub(super) struct SignalInfo {
    /// Positive if the kernel itself raised it.
    pub(super) code: i32,
    /// Fault address, meaningful for a fault.
    pub(super) address: u64,
}

/// What the kernel says about the signal at a tracee's signal stop.
pub(super) fn signal_info(tid: i32) -> io::Result<SignalInfo> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: the kernel writes one siginfo_t to `info`.
    let result = unsafe {
        libc::ptrace(
            libc::PTRACE_GETSIGINFO,
            tid,
            ptr::null_mut::<libc::c_void>(),
            info.as_mut_ptr(),
        )
    };
    check(result)?;
    // SAFETY: zeroed is valid, and the kernel filled it in.
    let info = unsafe { info.assume_init() };
    // SAFETY: every bit pattern is a valid pointer value; it is only kept as a number.
    let address = unsafe { info.si_addr() };
    Ok(SignalInfo {
        code: info.si_code,
        address: address as u64,
    })
}

/// One register set of a stopped tracee, as words.
pub(super) fn register_set(tid: i32, set: i32, words: &mut [u64]) -> io::Result<usize> {
    let mut vector = libc::iovec {
        iov_base: words.as_mut_ptr().cast(),
        iov_len: size_of_val(words),
    };
    let kind = usize::try_from(set).unwrap_or(0);
    // SAFETY: the kernel writes at most `iov_len` bytes to `words` and the count to `vector`.
    let result = unsafe { libc::ptrace(libc::PTRACE_GETREGSET, tid, kind, &raw mut vector) };
    check(result)?;
    Ok(vector.iov_len / size_of::<u64>())
}

/// Reads another process's memory; gives the bytes read before the first hole.
pub(super) fn read_memory(tid: i32, address: u64, buffer: &mut [u8]) -> usize {
    let mut done = 0;
    while done < buffer.len() {
        let Some(from) = address.checked_add(done as u64) else {
            break;
        };
        let Some(rest) = buffer.get_mut(done..) else {
            break;
        };
        let local = libc::iovec {
            iov_base: rest.as_mut_ptr().cast(),
            iov_len: rest.len(),
        };
        let remote = libc::iovec {
            iov_base: ptr::without_provenance_mut(usize::try_from(from).unwrap_or(usize::MAX)),
            iov_len: rest.len(),
        };
        // SAFETY: `local` is a buffer of ours that lives through the call; `remote` is only a number to us.
        let got =
            unsafe { libc::process_vm_readv(tid, &raw const local, 1, &raw const remote, 1, 0) };
        match usize::try_from(got) {
            Ok(0) | Err(_) => break,
            Ok(got) => done += got,
        }
    }
    done
}

/// CPU time that process `pid` has used with all its threads, dead ones included, without its children. Works until the
/// process is reaped.
pub(super) fn cpu_time(pid: i32) -> Option<Duration> {
    let mut clock: libc::clockid_t = 0;
    // SAFETY: `clock` is valid for writing.
    if unsafe { libc::clock_getcpuclockid(pid, &raw mut clock) } != 0 {
        return None;
    }
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is valid for writing.
    if unsafe { libc::clock_gettime(clock, &raw mut time) } != 0 {
        return None;
    }
    let nanos = u32::try_from(time.tv_nsec).ok()?;
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, nanos))
}

/// Soft limit of a resource of process `pid`.
pub(super) fn soft_limit(pid: i32, resource: Resource) -> Option<u64> {
    let mut limit = MaybeUninit::<libc::rlimit>::zeroed();
    // SAFETY: nothing is set (null), and the old value is written to `limit`.
    let result = unsafe { libc::prlimit(pid, resource, ptr::null(), limit.as_mut_ptr()) };
    if result != 0 {
        return None;
    }
    // SAFETY: zeroed is valid, and the kernel filled it in.
    let limit = unsafe { limit.assume_init() };
    Some(limit.rlim_cur)
}

/// Makes this process the one to which orphans of its descendants fall, so that they can be found and reaped.
pub(super) fn become_subreaper() {
    // SAFETY: takes numbers only. Where it is refused orphans go to init, which reaps them.
    unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) };
}
