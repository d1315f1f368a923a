//! Starting a program: pipes, fork, and the few calls that the child makes before it becomes the program.
//!
//! The child waits at a gate until the parent has made up its mind about tracing. Two private pipes serve for that: one
//! on which the child says how far it came, one on which it is let go.
#![expect(
    unsafe_code,
    reason = "fork, exec and what stands between them have no safe form that allows tracing from the first instruction"
)]

use std::ffi::{CString, OsStr};
use std::io::{self, PipeReader, PipeWriter, Read, Write, pipe};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use super::confine::{Confine, Mark, Shortfall};
use super::orphans::{self, Registered};
use super::{Program, RawFd};
use crate::error::Error;

/// The ends of the program's streams that we keep.
#[derive(Debug)]
pub(super) struct Streams {
    /// What it reads.
    pub(super) stdin: PipeWriter,
    /// What it writes.
    pub(super) stdout: PipeReader,
    /// What it complains about.
    pub(super) stderr: PipeReader,
}

/// The ends of its streams that the program gets.
#[derive(Debug)]
pub(super) struct ChildEnds {
    /// Standard input, output and error.
    ends: [OwnedFd; 3],
}

/// Makes the pipes of a program.
pub(super) fn streams() -> Result<(Streams, ChildEnds), Error> {
    let (child_in, stdin) = new_pipe()?;
    let (stdout, child_out) = new_pipe()?;
    let (stderr, child_err) = new_pipe()?;
    let ours = Streams {
        stdin,
        stdout,
        stderr,
    };
    let ends = [child_in.into(), child_out.into(), child_err.into()];
    Ok((ours, ChildEnds { ends }))
}

/// A pipe whose ends no other program inherits.
pub(super) fn new_pipe() -> Result<(PipeReader, PipeWriter), Error> {
    pipe().map_err(|error| machine("cannot make a pipe", &error))
}

/// An error of this machine.
fn machine(what: &str, error: &io::Error) -> Error {
    Error::machine(
        format!("{what}: {error}"),
        "close other programs or raise the limits on open files and processes (`ulimit -n`, `ulimit -u`)",
    )
}

/// Where the child got stuck, in the order of its steps.
const STEPS: [(u32, &str); 5] = [
    (1, "cannot connect the streams of"),
    (2, "cannot enter the working directory of"),
    (3, "cannot pass a descriptor to"),
    (4, "cannot let go"),
    (5, "cannot start"),
];
/// The child is ready and waits at the gate; the second number is its [`Shortfall`].
const READY: u32 = 0;
const STREAMS: u32 = 1;
const DIRECTORY: u32 = 2;
const PASS: u32 = 3;
const GATE: u32 = 4;
const EXEC: u32 = 5;

/// A child that waits at the gate.
#[derive(Debug)]
pub(super) struct Waiting {
    /// Its process id, session and group.
    pub(super) pid: i32,
    /// Keeps it from being taken for an orphan.
    registered: Registered,
    /// What its descendants are known by.
    pub(super) mark: Mark,
    /// What could not be applied to it.
    pub(super) short: Shortfall,
    /// Where it tells how far it came.
    status: PipeReader,
    /// Where it is let go.
    gate: PipeWriter,
}

impl Waiting {
    /// Lets it become the program. What comes of that is told by [`Started::failure`] when it is over.
    pub(super) fn release(mut self) -> Started {
        // If this fails the child reads end of file, says so and exits.
        let _ = self.gate.write_all(&[1]);
        Started {
            status: self.status,
            failure: None,
            _registered: self.registered,
        }
    }
}

/// A child that was let go.
#[derive(Debug)]
pub(super) struct Started {
    status: PipeReader,
    /// The step that failed, once it is known.
    failure: Option<(u32, u32)>,
    _registered: Registered,
}

impl Started {
    /// Waits until it has become the program or failed to.
    pub(super) fn wait(&mut self) {
        self.failure = read_status(&mut self.status);
    }

    /// Why it did not become the program, if so. To be called after its end: whatever it said is in the pipe by then.
    pub(super) fn failure(mut self, program: &Program) -> Option<Error> {
        // A child that another thread just forked may still hold the other end: do not wait for end of file.
        let at_once = rustix::io::ioctl_fionbio(&self.status, true).is_ok();
        let late = || {
            if at_once {
                read_status(&mut self.status)
            } else {
                None
            }
        };
        let (step, code) = self.failure.or_else(late)?;
        Some(failure(program, step, code))
    }
}

/// One message of the child; `None` at end of file.
fn read_status(pipe: &mut PipeReader) -> Option<(u32, u32)> {
    let mut message = [[0; 4]; 2];
    pipe.read_exact(message.as_flattened_mut()).ok()?;
    let [step, detail] = message.map(u32::from_ne_bytes);
    Some((step, detail))
}

/// A step that failed, as an error.
fn failure(program: &Program, step: u32, code: u32) -> Error {
    let what = STEPS
        .iter()
        .find(|(number, _)| *number == step)
        .map_or("cannot start", |(_, what)| what);
    let system = io::Error::from_raw_os_error(code.cast_signed());
    let hint = match (step, system.kind()) {
        (EXEC, io::ErrorKind::NotFound) => {
            "check that the file exists and that its interpreter or loader does"
        }
        (EXEC, io::ErrorKind::PermissionDenied) => {
            "check that the file may be executed and is not on a `noexec` mount"
        }
        (EXEC, io::ErrorKind::ArgumentListTooLong) => {
            "its arguments and environment do not fit: a program may use a quarter of its stack limit for them"
        }
        (DIRECTORY, _) => "check that the folder exists and may be entered",
        _ => "check that the file is a program for this system",
    };
    Error::machine(
        format!("{what} `{}`: {system}", program.executable.display()),
        hint,
    )
}

/// Everything that the child needs, made before the fork.
struct Plan {
    /// The executable.
    path: CString,
    /// Where it runs.
    directory: CString,
    /// Null-terminated arrays for exec, with what they point to.
    args: Vec<CString>,
    env: Vec<CString>,
    /// The three streams.
    ends: [RawFd; 3],
    /// Descriptors to keep.
    pass: Vec<RawFd>,
    /// Where to say how far it came, and where to wait.
    status: RawFd,
    gate: RawFd,
    /// No descriptor has a higher number, for kernels that cannot close ranges.
    highest: RawFd,
    confine: Confine,
}

/// Bytes with a terminating NUL.
fn c_string(text: &OsStr, what: &str) -> Result<CString, Error> {
    CString::new(text.as_bytes()).map_err(|_| {
        Error::usage(
            format!("{what} holds a NUL byte"),
            "no system can pass that to a program",
        )
    })
}

impl Plan {
    fn new(
        program: &Program,
        ends: [RawFd; 3],
        status: RawFd,
        gate: RawFd,
        mark: Mark,
    ) -> Result<Self, Error> {
        // A relative path would be looked up in the program's directory, not in ours.
        let path = std::path::absolute(&program.executable)
            .map_err(|error| Error::file("find", &program.executable, error))?;
        let directory = c_string(
            absolute(&program.directory)?.as_os_str(),
            "the name of the working directory",
        )?;
        let mut args = vec![c_string(
            program.executable.as_os_str(),
            "the name of the program",
        )?];
        for arg in &program.args {
            args.push(c_string(arg, "an argument")?);
        }
        let mut env = Vec::new();
        for (name, value) in &program.env {
            let mut pair = name.clone();
            pair.push("=");
            pair.push(value);
            env.push(c_string(&pair, "an environment variable")?);
        }
        if let Some(bad) = program.pass_fds.iter().find(|fd| **fd <= 2) {
            return Err(Error::Bug(format!(
                "descriptor {bad} is a standard stream and cannot be passed"
            )));
        }
        Ok(Self {
            path: c_string(path.as_os_str(), "the path of the program")?,
            directory,
            args,
            env,
            ends,
            pass: program.pass_fds.clone(),
            status,
            gate,
            highest: highest_descriptor(),
            confine: Confine::prepare(&program.limits, mark),
        })
    }
}

/// A path that does not depend on the working directory.
fn absolute(path: &Path) -> Result<std::path::PathBuf, Error> {
    std::path::absolute(path).map_err(|error| Error::file("find", path, error))
}

/// The highest descriptor number that is open, or a guess above it.
fn highest_descriptor() -> RawFd {
    let open = std::fs::read_dir("/proc/self/fd").ok();
    let numbers = open.into_iter().flatten().flatten();
    let highest = numbers
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .max();
    // Other threads open files meanwhile.
    highest.unwrap_or(1024) + 256
}

/// Pointers to strings, with the null pointer that ends them.
fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings
        .iter()
        .map(|text| text.as_ptr())
        .chain([ptr::null()])
        .collect()
}

/// Forks a child that applies its limits and waits at the gate.
pub(super) fn spawn(program: &Program, streams: ChildEnds) -> Result<Waiting, Error> {
    let (mut status, child_status) = new_pipe()?;
    let (child_gate, gate) = new_pipe()?;
    let mark = Mark::fresh();
    let ends = streams.ends.each_ref().map(AsRawFd::as_raw_fd);
    let plan = Plan::new(
        program,
        ends,
        child_status.as_raw_fd(),
        child_gate.as_raw_fd(),
        mark,
    )?;
    let (args, env) = (pointers(&plan.args), pointers(&plan.env));
    let nobody_sweeps = orphans::forking();
    let before = block_signals();
    // SAFETY: the child only makes calls that are safe after fork, on memory that was made ready above.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        become_program(&plan, &args, &env);
    }
    let forked = if pid < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    };
    restore_signals(&before);
    let registered = nobody_sweeps.register(pid, mark);
    forked.map_err(|error| machine("cannot start a process", &error))?;
    drop((child_status, child_gate, streams));
    match read_status(&mut status) {
        Some((READY, short)) => Ok(Waiting {
            pid,
            registered,
            mark,
            short: Shortfall(short),
            status,
            gate,
        }),
        told => {
            super::sys::kill(pid, libc::SIGKILL);
            let _ = super::sys::reap_with_cpu(pid);
            Err(match told {
                Some((step, code)) => failure(program, step, code),
                None => machine(
                    "cannot start a process",
                    &io::Error::other("it was killed before it began"),
                ),
            })
        }
    }
}

/// Blocks all signals of this thread, so that none is handled by our handlers in the child.
fn block_signals() -> libc::sigset_t {
    let mut all = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: `all` is valid for writing.
    unsafe { libc::sigfillset(all.as_mut_ptr()) };
    let mut before = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: `all` was filled in, `before` is valid for writing.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr()) };
    // SAFETY: zeroed is valid, and the call filled it in.
    unsafe { before.assume_init() }
}

/// Takes back what [`block_signals`] did.
fn restore_signals(before: &libc::sigset_t) {
    // SAFETY: `before` is a set that the system gave, and no old set is asked for.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before, ptr::null_mut()) };
}

/// The child's way from fork to exec. Nothing here allocates, locks or panics.
fn become_program(plan: &Plan, args: &[*const libc::c_char], env: &[*const libc::c_char]) -> ! {
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
    close_on_exec(plan);
    for &fd in &plan.pass {
        // SAFETY: takes numbers only.
        if unsafe { libc::fcntl(fd, libc::F_SETFD, 0) } < 0 {
            give_up(plan.status, PASS);
        }
    }
    // SAFETY: takes a number only.
    unsafe { libc::umask(0o022) };
    let short = plan.confine.apply();
    default_signals();
    tell(plan.status, READY, short.0);
    let mut byte = 0_u8;
    loop {
        // SAFETY: `byte` is valid for writing one byte.
        let count = unsafe { libc::read(plan.gate, ptr::from_mut(&mut byte).cast(), 1) };
        if count == 1 {
            break;
        }
        if count == 0 || errno() != libc::EINTR {
            give_up(plan.status, GATE);
        }
    }
    // SAFETY: the path ends with NUL, both arrays end with a null pointer and hold strings that end with NUL.
    unsafe { libc::execve(plan.path.as_ptr(), args.as_ptr(), env.as_ptr()) };
    give_up(plan.status, EXEC)
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
fn give_up(status: RawFd, step: u32) -> ! {
    tell(status, step, errno().cast_unsigned());
    // SAFETY: takes a number only, and does not return.
    unsafe { libc::_exit(127) }
}

/// Sends one message to the parent.
fn tell(status: RawFd, step: u32, detail: u32) {
    let message = [step, detail];
    // SAFETY: the message is valid for reading; a pipe takes so few bytes at once.
    unsafe { libc::write(status, message.as_ptr().cast(), size_of_val(&message)) };
}
