//! Starting the compiler, with a deadline and a cap on what it prints.

use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Instant;

use crate::error::Error;
use crate::observe::{Confinement, Level};
use crate::sandbox::{End, LimitHit, Program, RawRun, Stream};

/// Runs the compiler to its end.
pub(super) fn spawn(program: &Program) -> Result<RawRun, Error> {
    let started = Instant::now();
    let mut child = Command::new(&program.executable)
        .args(&program.args)
        .env_clear()
        .envs(program.env.iter().cloned())
        .current_dir(&program.directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        // A group of its own, so that the linker ends with the compiler.
        .process_group(0)
        .spawn()
        .map_err(|source| Error::file("start", &program.executable, source))?;
    let stderr = child.stderr.take();
    let cap = program.limits.output;
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new()
        .name("compiler-messages".to_owned())
        .spawn(move || {
            let mut kept = Vec::new();
            if let Some(stderr) = stderr {
                stderr
                    .take(cap.saturating_add(1))
                    .read_to_end(&mut kept)
                    .ok();
            }
            sender.send(kept).ok();
        })
        .map_err(|source| Error::file("start a thread for", &program.executable, source))?;

    // The end of the messages is the end of the compiler, or of its deadline, or more than it may say.
    let left = program.limits.wall.saturating_sub(started.elapsed());
    let received = receiver.recv_timeout(left);
    let mut limit = received.is_err().then_some(LimitHit::Wall);
    let mut kept = received.unwrap_or_default();
    if kept.len() as u64 > cap {
        limit = Some(LimitHit::Output { stderr: true });
    }
    if limit.is_some()
        && let Some(group) = rustix::process::Pid::from_raw(child.id().cast_signed())
    {
        rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
    }
    let status = child
        .wait()
        .map_err(|source| Error::file("wait for", &program.executable, source))?;
    if limit == Some(LimitHit::Wall) {
        kept = receiver.recv().unwrap_or_default();
    }
    let seen = kept.len() as u64;
    kept.truncate(usize::try_from(cap).unwrap_or(usize::MAX));
    Ok(RawRun {
        end: match (status.code(), status.signal()) {
            (Some(code), _) => End::Exited(code),
            (None, signal) => End::Signaled(signal.unwrap_or(libc::SIGKILL)),
        },
        limit,
        fault: None,
        at_exit: None,
        stdout: Stream::default(),
        stderr: Stream { kept, seen },
        wall: started.elapsed(),
        cpu: std::time::Duration::ZERO,
        polled_resident: 0,
        aslr_off: false,
        confinement: Confinement {
            level: Level::None,
            missing: Vec::new(),
        },
        survivors: 0,
    })
}
