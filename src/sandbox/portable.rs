//! Running a program with what every system offers: a wall limit, output caps, and its resident memory by looking now and
//! then. How it died, its pages, its CPU time and its heap are not measured.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::{End, LimitHit, Program, RawRun, Stream};
use crate::error::Error;
use crate::observe::{Confinement, Level};

/// How often the program is looked at.
const PAUSE: Duration = Duration::from_millis(2);
/// How often its resident memory is looked at. On some systems each look reads the list of all processes.
const LOOK: Duration = Duration::from_millis(10);
/// How long the streams of a dead program may stay open because it left them to others.
const LINGER: Duration = Duration::from_millis(200);
/// Bytes read at once.
const CHUNK: usize = 64 << 10;

/// What this level gives and lacks.
pub(super) fn confinement() -> Confinement {
    Confinement {
        control_group: None,
        level: Level::None,
        missing: [
            "files, network, other processes: the program can reach what you can",
            "CPU time, heap, stack, processes and file size are not limited; memory is, by looking every 10 ms",
            "programs that it starts may outlive it",
        ]
        .map(String::from)
        .into(),
    }
}

/// Runs a program; breaks it off when `interrupted` becomes true.
pub(super) fn run(program: &Program, interrupted: &AtomicBool) -> Result<RawRun, Error> {
    if !program.pass_fds.is_empty() {
        return Err(Error::machine(
            "this system cannot pass descriptors to a program",
            "measure on Linux",
        ));
    }
    let started = Instant::now();
    let mut child = Command::new(&program.executable)
        .args(&program.args)
        .env_clear()
        .envs(of_system())
        .envs(program.env.iter().map(|(name, value)| (name, value)))
        .current_dir(&program.directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            Error::machine(
                format!("cannot start `{}`: {error}", program.executable.display()),
                "check that it is a program for this system",
            )
        })?;
    let served = serve(program, &mut child, started, interrupted);
    if served.is_err() {
        let _ = child.kill();
        let _ = child.wait();
    }
    served
}

/// Variables that the system itself needs in every program. Windows finds its own libraries and compilers by them.
fn of_system() -> impl Iterator<Item = (&'static str, std::ffi::OsString)> {
    const WINDOWS: [&str; 12] = [
        "COMSPEC",
        "CommonProgramFiles",
        "PATHEXT",
        "ProgramData",
        "ProgramFiles",
        "ProgramFiles(x86)",
        "ProgramW6432",
        "SystemDrive",
        "SystemRoot",
        "TEMP",
        "TMP",
        "windir",
    ];
    let names: &[&str] = if cfg!(windows) { &WINDOWS } else { &[] };
    names
        .iter()
        .filter_map(|name| Some((*name, std::env::var_os(name)?)))
}

/// The resident memory of a process, looked at now and then.
struct Resident {
    system: System,
    pid: Pid,
    next: Instant,
    most: Option<u64>,
}

impl Resident {
    fn of(child: &Child, started: Instant) -> Option<Self> {
        Some(Self {
            system: System::new().ok()?,
            pid: Pid::from_u32(child.id()),
            next: started,
            most: None,
        })
    }

    /// Looks, if it is time. A process that is over has no memory any more: it keeps what was seen.
    fn look(&mut self) {
        if Instant::now() < self.next {
            return;
        }
        self.next = Instant::now() + LOOK;
        let memory = ProcessRefreshKind::nothing().with_memory().without_tasks();
        let this = ProcessesToUpdate::Some(&[self.pid]);
        self.system.refresh_processes_specifics(this, true, memory);
        let seen = self.system.process(self.pid).map(sysinfo::Process::memory);
        self.most = self.most.max(seen.filter(|bytes| *bytes > 0));
    }
}

/// Serves a child until it is over.
fn serve(
    program: &Program,
    child: &mut Child,
    started: Instant,
    interrupted: &AtomicBool,
) -> Result<RawRun, Error> {
    let cap = program.limits.output;
    let stdout = Output::start(child.stdout.take(), cap)?;
    let stderr = Output::start(child.stderr.take(), cap)?;
    feed(child.stdin.take(), program.stdin.clone())?;
    let mut resident = Resident::of(child, started);
    let mut limit = None;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|error| lost(&error))? {
            break status;
        }
        if let Some(resident) = &mut resident {
            resident.look();
        }
        let seen = resident.as_ref().and_then(|resident| resident.most);
        if limit.is_none() {
            limit = if interrupted.load(Ordering::SeqCst) {
                Some(LimitHit::Interrupted)
            } else if started.elapsed() >= program.limits.wall {
                Some(LimitHit::Wall)
            } else if let Some(bytes) = seen.filter(|bytes| *bytes > program.limits.memory) {
                Some(LimitHit::Memory(bytes))
            } else {
                flood(&stdout, &stderr, cap)
            };
            if limit.is_some() {
                child.kill().map_err(|error| lost(&error))?;
            }
        }
        thread::sleep(PAUSE);
    };
    let wall = started.elapsed();
    // Never for the end of the streams itself: it may have left them to somebody who keeps them open.
    let deadline = Instant::now() + LINGER;
    while !(stdout.is_over() && stderr.is_over()) && Instant::now() < deadline {
        thread::sleep(PAUSE);
    }
    Ok(RawRun {
        end: end(status),
        limit: limit.or_else(|| flood(&stdout, &stderr, cap)),
        fault: None,
        at_exit: None,
        stdout: stdout.stream(),
        stderr: stderr.stream(),
        wall,
        cpu: None,
        polled_resident: resident.and_then(|resident| resident.most),
        examined: false,
        aslr_off: false,
        confinement: confinement(),
        survivors: 0,
        taken: None,
    })
}

/// Waiting for the program failed.
fn lost(error: &io::Error) -> Error {
    Error::Bug(format!("cannot wait for a program: {error}"))
}

/// How it ended.
#[cfg(unix)]
fn end(status: ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exited(code),
        (None, signal) => End::Signaled(signal.unwrap_or_default()),
    }
}

/// How it ended.
#[cfg(not(unix))]
fn end(status: ExitStatus) -> End {
    End::Exited(status.code().unwrap_or(1))
}

/// The limit hit by too much output.
fn flood(stdout: &Output, stderr: &Output, cap: u64) -> Option<LimitHit> {
    let over = |output: &Output| output.seen() > cap;
    match (over(stdout), over(stderr)) {
        (true, _) => Some(LimitHit::Output { stderr: false }),
        (false, true) => Some(LimitHit::Output { stderr: true }),
        (false, false) => None,
    }
}

/// Writes the program's input from a thread of its own.
fn feed(stdin: Option<impl Write + Send + 'static>, bytes: Vec<u8>) -> Result<(), Error> {
    let Some(mut stdin) = stdin else {
        return Ok(());
    };
    // The thread ends when the program has read all or is gone: it is not joined, as others may hold the pipe open.
    detached("stdin", move || {
        let _ = stdin.write_all(&bytes);
    })
}

/// Starts a thread that nobody joins.
fn detached(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    let started = thread::Builder::new().name(name.into()).spawn(work);
    started.map(drop).map_err(|error| {
        Error::machine(
            format!("cannot start a thread: {error}"),
            "close other programs",
        )
    })
}

/// A stream of the program that a thread reads.
#[derive(Debug, Clone, Default)]
struct Output(Arc<Mutex<(Stream, bool)>>);

impl Output {
    fn start(pipe: Option<impl Read + Send + 'static>, cap: u64) -> Result<Self, Error> {
        let output = Self::default();
        let reader = output.clone();
        let Some(mut pipe) = pipe else {
            return Ok(output);
        };
        detached("output", move || {
            let mut buffer = vec![0; CHUNK];
            loop {
                let count = match pipe.read(&mut buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Ok(0) | Err(_) => break,
                    Ok(count) => count,
                };
                let mut state = reader.0.lock().unwrap_or_else(PoisonError::into_inner);
                let stream = &mut state.0;
                stream.seen += count as u64;
                let room = usize::try_from(cap)
                    .unwrap_or(usize::MAX)
                    .saturating_sub(stream.kept.len());
                stream
                    .kept
                    .extend_from_slice(buffer.get(..count.min(room)).unwrap_or_default());
            }
            reader.0.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        })?;
        Ok(output)
    }

    /// Whether end of file was read.
    fn is_over(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    /// Bytes read so far.
    fn seen(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.seen
    }

    /// What was read so far.
    fn stream(&self) -> Stream {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .clone()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, stdin: &[u8]) -> Program {
        let mut program = crate::sandbox::sample::program("/bin/sh");
        program.args = vec!["-c".into(), script.into()];
        program.stdin = stdin.into();
        program
    }

    #[test]
    fn it_gives_the_ending_and_both_streams() {
        let run = run(
            &shell("cat; echo no >&2; exit 3", b"in"),
            &AtomicBool::new(false),
        )
        .unwrap();
        assert_eq!(run.end, End::Exited(3));
        assert_eq!(
            (run.stdout.kept.as_slice(), run.stderr.kept.as_slice()),
            (&b"in"[..], &b"no\n"[..])
        );
        assert_eq!(run.limit, None);
        assert_eq!(run.confinement.level, Level::None);
    }

    #[test]
    fn time_and_output_are_limited() {
        let mut slow = shell("exec sleep 60", b"");
        slow.limits.wall = Duration::from_millis(100);
        let slow = run(&slow, &AtomicBool::new(false)).unwrap();
        assert_eq!(
            (slow.limit, slow.end),
            (Some(LimitHit::Wall), End::Signaled(9))
        );
        let mut flood = shell("exec yes", b"");
        flood.limits.output = 1000;
        let flood = run(&flood, &AtomicBool::new(false)).unwrap();
        assert_eq!(flood.limit, Some(LimitHit::Output { stderr: false }));
        assert_eq!(flood.stdout.kept.len(), 1000);
    }

    #[test]
    fn an_interrupt_ends_it() {
        let run = run(&shell("exec sleep 60", b""), &AtomicBool::new(true)).unwrap();
        assert_eq!(run.limit, Some(LimitHit::Interrupted));
    }
}
