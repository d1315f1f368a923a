//! Starting a program: pipes, fork, and the few calls that the child makes before it becomes the program.
//!
//! The child waits at a gate until the parent has made up its mind about tracing. A status socket tells how far it came. At
//! level `full` there is a process between: it builds the root that the program lives in, starts it, and cleans up after it.
#![expect(
    unsafe_code,
    reason = "fork, exec and what stands between them have no safe form that allows tracing from the first instruction"
)]

use std::ffi::{CString, OsStr};
use std::io::{self, PipeReader, PipeWriter, Write, pipe};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr;

use super::child::{Over, become_init, become_program};
use super::confine::{Confine, Mark, SPARE_PROCESSES, Shortfall};
use super::control_group::Group;
use super::identity::Identity;
use super::orphans::{self, Registered};
use super::own_root::{OwnRoot, Step};
use super::status::{self, Message, Status, Teller};
use super::{Program, RawFd};
use crate::defense::Defense;
use crate::error::Error;
use crate::observe::{ControlGroup, Level};

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

/// Where the child got stuck, in the order of its steps; those of [`Step`] come between.
const STEPS: [(u32, &str); 5] = [
    (STREAMS, "cannot connect the streams of"),
    (DIRECTORY, "cannot enter the working directory of"),
    (PASS, "cannot pass a descriptor to"),
    (GATE, "cannot let go"),
    (EXEC, "cannot start"),
];
/// The child is ready and waits at the gate; the second number is its [`Shortfall`].
pub(super) const READY: u32 = 0;
pub(super) const STREAMS: u32 = 1;
pub(super) const DIRECTORY: u32 = 2;
pub(super) const PASS: u32 = 3;
pub(super) const GATE: u32 = 4;
pub(super) const EXEC: u32 = 5;
/// Not a failure: with it comes a descriptor of the scratch.
pub(super) const SCRATCH: u32 = 6;
/// Not a failure: the program is over, and everything that it started; its wait status.
pub(super) const OVER: u32 = 7;
/// Not a failure: how many processes outlived it.
pub(super) const SURVIVORS: u32 = 8;

/// What cannot be done where a fork fails.
const START: &str = "cannot start a process";

/// A child that waits at the gate.
#[derive(Debug)]
pub(super) struct Waiting {
    /// The program's process id, session and group.
    pub(super) pid: i32,
    /// Process 1 of its namespaces, our child; `None` if the program itself is our child.
    pub(super) init: Option<i32>,
    /// Keeps our child from being taken for an orphan.
    registered: Registered,
    /// What its descendants are known by.
    pub(super) mark: Mark,
    /// What could not be applied to it.
    pub(super) short: Shortfall,
    /// Where it tells how far it came.
    status: Status,
    /// Where it is let go.
    gate: PipeWriter,
    /// Its scratch, if that is in a root of its own.
    scratch: Option<OwnedFd>,
    /// Its control group, where it could be given one.
    group: Option<Group>,
}

impl Waiting {
    /// Lets it become the program. What comes of that is told by [`Started::over`] when it is over.
    pub(super) fn release(mut self) -> Started {
        // If this fails the child reads end of file, says so and exits.
        let _ = self.gate.write_all(&[1]);
        Started {
            status: self.status,
            scratch: self.scratch,
            group: self.group,
            failure: None,
            _registered: self.registered,
        }
    }
}

/// A child that was let go.
#[derive(Debug)]
pub(super) struct Started {
    status: Status,
    scratch: Option<OwnedFd>,
    group: Option<Group>,
    /// The step that failed, once it is known.
    failure: Option<(u32, u32)>,
    _registered: Registered,
}

/// What is known when everything is over.
#[derive(Debug)]
pub(super) struct Told {
    /// What process 1 said, if there was one and it could still speak.
    pub(super) over: Option<Over>,
    /// The scratch, if it was in a root of the program's own.
    pub(super) scratch: Option<OwnedFd>,
    /// What its control group counted, if it had one.
    pub(super) control_group: Option<ControlGroup>,
}

impl Started {
    /// Waits until it has become the program or failed to. For a program that is our own child.
    pub(super) fn wait(&mut self) {
        self.failure = self.status.next(true).map(|told| (told.step, told.detail));
    }

    /// What it told. To be called after its end: whatever it said is there by then.
    pub(super) fn over(self, program: &Program) -> Result<Told, Error> {
        let mut failed = self.failure;
        let (mut status, mut survivors) = (None, 0);
        // A child that another thread just forked may still hold the other end: end of file is not waited for.
        while let Some(told) = self.status.next(false) {
            match told.step {
                OVER => status = Some(told.detail.cast_signed()),
                SURVIVORS => survivors = told.detail,
                step => failed = failed.or(Some((step, told.detail))),
            }
        }
        match failed {
            Some((step, code)) => Err(failure(program, step, code)),
            None => Ok(Told {
                over: status.map(|status| Over { status, survivors }),
                scratch: self.scratch,
                control_group: self.group.as_ref().map(Group::end),
            }),
        }
    }
}

/// A step that failed, as an error.
fn failure(program: &Program, step: u32, code: u32) -> Error {
    let what = STEPS
        .iter()
        .find(|(number, _)| *number == step)
        .map(|(_, what)| *what)
        .or(Step::text(step))
        .unwrap_or("cannot start");
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
        (step, _) if Step::text(step).is_some() => {
            "`memgrade doctor` tells how programs can be contained on this machine"
        }
        _ => "check that the file is a program for this system",
    };
    Error::machine(
        format!("{what} `{}`: {system}", program.executable.display()),
        hint,
    )
}

/// Everything that the child needs, made before the fork.
pub(super) struct Plan {
    /// The executable.
    pub(super) path: CString,
    /// Where it runs.
    pub(super) directory: CString,
    /// Null-terminated arrays for exec, with what they point to.
    pub(super) args: Vec<CString>,
    pub(super) env: Vec<CString>,
    /// The three streams.
    pub(super) ends: [RawFd; 3],
    /// Descriptors to keep.
    pub(super) pass: Vec<RawFd>,
    /// Where to say how far it came, and where to wait.
    pub(super) status: Teller,
    pub(super) gate: RawFd,
    /// No descriptor has a higher number, for kernels that cannot close ranges.
    pub(super) highest: RawFd,
    pub(super) confine: Confine,
    /// The root that it lives in, at level `full`.
    pub(super) root: Option<OwnRoot>,
    /// Of the program's process until exec, where process 1 starts it.
    pub(super) stack: Vec<StackPart>,
    /// Whether that process is in the memory of process 1.
    pub(super) borrows_memory: bool,
}

/// Of a stack: aligned as both systems ask.
#[derive(Clone, Copy)]
#[repr(align(16))]
pub(super) struct StackPart {
    _room: [u8; 16],
}

/// What stands between fork and exec calls nothing deep.
const STACK_PARTS: usize = (64 << 10) / size_of::<StackPart>();

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
        status: Teller,
        gate: RawFd,
        mark: Mark,
    ) -> Result<Self, Error> {
        let (root, path) = if program.level == Level::Full {
            let (root, shown) = OwnRoot::prepare(program)?;
            (Some(root), shown)
        } else {
            // A relative path would be looked up in the program's directory, not in ours.
            (None, absolute(&program.executable)?)
        };
        let directory = c_string(
            absolute(&program.directory)?.as_os_str(),
            "the name of the working directory",
        )?;
        let name = if root.is_some() {
            &path
        } else {
            &program.executable
        };
        let mut args = vec![c_string(name.as_os_str(), "the name of the program")?];
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
        if !Defense::Environment.is_on() {
            for (name, value) in std::env::vars_os() {
                let pair = [name.as_bytes(), b"=", value.as_bytes()].concat();
                env.push(c_string(
                    OsStr::from_bytes(&pair),
                    "an environment variable",
                )?);
            }
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
            confine: Confine::prepare(program, mark)?,
            stack: if root.is_some() {
                vec![StackPart { _room: [0; 16] }; STACK_PARTS]
            } else {
                Vec::new()
            },
            borrows_memory: false,
            root,
        })
    }
}

/// A path that does not depend on the working directory.
fn absolute(path: &Path) -> Result<PathBuf, Error> {
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
    let sockets = |error: rustix::io::Errno| machine("cannot make a socket", &error.into());
    let (status, child_status) = status::pair().map_err(sockets)?;
    let (child_gate, mut gate) = new_pipe()?;
    let mark = Mark::fresh();
    let ends = streams.ends.each_ref().map(AsRawFd::as_raw_fd);
    let mut plan = Plan::new(
        program,
        ends,
        Teller::of(&child_status),
        child_gate.as_raw_fd(),
        mark,
    )?;
    let (args, env) = (pointers(&plan.args), pointers(&plan.env));
    let own_root = plan.root.is_some();
    let most = u64::from(program.limits.processes).saturating_add(SPARE_PROCESSES);
    let group = Group::new(&program.limits, most, program.view.scratch_bytes);
    let nobody_sweeps = orphans::forking();
    let before = block_signals();
    let pid = if own_root {
        fork_into_namespaces()
    } else {
        // SAFETY: the child only makes calls that are safe after fork, on memory that was made ready above.
        unsafe { libc::fork() }
    };
    if pid == 0 {
        match plan.root.take() {
            Some(root) => become_init(root, &mut plan, &args, &env),
            None => become_program(&mut plan, &args, &env),
        }
    }
    let forked = if pid < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    };
    restore_signals(&before);
    let registered = nobody_sweeps.register(pid, mark);
    let what = if own_root {
        "cannot make namespaces"
    } else {
        START
    };
    forked.map_err(|error| machine(what, &error))?;
    drop((child_status, child_gate, streams));
    // It waits at the gate, or will: nothing of the program's is counted elsewhere.
    let group = group.filter(|group| group.admit(pid).is_ok());
    if own_root {
        let mapped = Identity::of_this_process().map(pid);
        // If this fails the child reads end of file, says so and exits.
        let _ = gate.write_all(&[u8::from(mapped)]);
    }
    let mut scratch = None;
    loop {
        match status.next(true) {
            Some(Message {
                step: SCRATCH,
                descriptor,
                ..
            }) => scratch = descriptor,
            Some(Message {
                step: READY,
                detail,
                sender,
                ..
            }) => {
                return Ok(Waiting {
                    pid: if own_root { sender.unwrap_or(pid) } else { pid },
                    init: own_root.then_some(pid),
                    registered,
                    mark,
                    short: Shortfall(detail),
                    status,
                    gate,
                    scratch,
                    group,
                });
            }
            told => {
                super::sys::kill(pid, libc::SIGKILL);
                let _ = super::sys::reap_with_cpu(pid);
                return Err(if let Some(told) = told {
                    failure(program, told.step, told.detail)
                } else {
                    machine(START, &io::Error::other("it was killed before it began"))
                });
            }
        }
    }
}

/// Forks a child that is process 1 of namespaces of its own, and owns them.
fn fork_into_namespaces() -> i32 {
    /// `struct clone_args` of <linux/sched.h>, in its first version.
    #[repr(C)]
    #[derive(Default)]
    struct CloneArguments {
        flags: u64,
        pidfd: u64,
        child_tid: u64,
        parent_tid: u64,
        exit_signal: u64,
        stack: u64,
        stack_size: u64,
        tls: u64,
    }
    let network = if Defense::Network.is_on() {
        libc::CLONE_NEWNET
    } else {
        0
    };
    let flags = libc::CLONE_NEWUSER
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNS
        | network
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUTS;
    let arguments = CloneArguments {
        flags: u64::from(flags.cast_unsigned()),
        exit_signal: libc::SIGCHLD as u64,
        ..CloneArguments::default()
    };
    let size = size_of::<CloneArguments>();
    // SAFETY: without a stack of its own the child goes on on a copy of ours, as after fork, and only makes calls that are
    // safe then, on memory that was made ready before.
    let pid = unsafe { libc::syscall(libc::SYS_clone3, &raw const arguments, size) };
    i32::try_from(pid).unwrap_or(-1)
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
