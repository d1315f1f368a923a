//! Runs of real programs.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use super::sample::{self, program};
use super::{
    AtExit, End, ExitWatcher, LimitHit, NoWatcher, Program, RawRun, StoppedProcess, procfs, run,
    supervise,
};
use crate::error::Error;
use crate::observe::Level;

mod control_groups;
mod cost;
mod ends;
mod limits;
mod remembered;
mod surroundings;
mod tree;

/// The program of victim.rs, compiled once and kept beside the test binary.
fn victim() -> &'static Path {
    static VICTIM: OnceLock<PathBuf> = OnceLock::new();
    VICTIM.get_or_init(|| {
        let source = include_str!("tests/victim.rs");
        let folder = std::env::current_exe()
            .unwrap()
            .parent()
            .unwrap()
            .to_owned();
        let name = blake3::hash(source.as_bytes()).to_hex();
        let built = folder.join(format!("sandbox-victim-{}", &name[..16]));
        if !built.exists() {
            let fresh = tempfile::tempdir_in(&folder).unwrap();
            let main = fresh.path().join("victim.rs");
            std::fs::write(&main, source).unwrap();
            let status = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()))
                .args([
                    "--edition=2024",
                    "-Copt-level=0",
                    "-Cforce-frame-pointers=yes",
                    "-Awarnings",
                    "-o",
                ])
                .arg(fresh.path().join("victim"))
                .arg(&main)
                .status()
                .unwrap();
            assert!(status.success());
            std::fs::rename(fresh.path().join("victim"), &built).unwrap();
        }
        built
    })
}

/// The tests of this module once more at each better level that this machine gives.
#[test]
fn it_is_the_same_at_every_level() {
    if std::env::var_os(sample::VARIABLE).is_some() {
        return;
    }
    let refused: Vec<Level> = super::ladder()
        .refused
        .iter()
        .map(|(level, _)| *level)
        .collect();
    for level in [Level::Full, Level::Landlock] {
        if refused.contains(&level) {
            eprintln!(
                "not tested at level {}: this machine does not give it",
                level.name()
            );
            continue;
        }
        let output = Command::new(std::env::current_exe().unwrap())
            .arg("sandbox::tests::")
            .env(sample::VARIABLE, level.name())
            .output()
            .unwrap();
        let said = text(&output.stdout);
        assert!(output.status.success(), "{}: {said}", level.name());
        assert!(!said.contains(" 0 passed"), "{said}");
    }
}

fn misbehave(args: &[&str]) -> Program {
    let mut program = program(victim());
    program.args = args.iter().map(Into::into).collect();
    program
}

fn shell(script: &str) -> Program {
    let mut program = program("/bin/sh");
    program.args = vec!["-c".into(), script.into()];
    program
}

fn finish(program: &Program) -> RawRun {
    run(program, &mut NoWatcher).unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Whether a process is there and not merely unreaped. Of one with process ids of its own only its number there is known: that
/// such a run leaves nobody behind is shown by a descriptor that nobody holds any more (`nothing_outlives_the_run`).
fn alive(pid: i32) -> bool {
    sample::level() != Level::Full && procfs::stat(pid).is_some_and(|stat| stat.state != 'Z')
}

/// Runs one ignored test in a process of its own, where no other test opens or starts anything.
fn alone(test: &str) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", &format!("sandbox::tests::{test}")])
        .output()
        .unwrap();
    assert!(
        output.status.success() && text(&output.stdout).contains("1 passed"),
        "{}",
        text(&output.stdout)
    );
}

/// Makes a system call fail in this thread and all that it starts, as the profiles of some containers do.
#[expect(unsafe_code, reason = "a filter on system calls has no safe interface")]
fn refuse(call: i64, error: i32) {
    let step = |code, k, jt, jf| libc::sock_filter { code, jt, jf, k };
    let number = u32::try_from(call).unwrap();
    let refuse = libc::SECCOMP_RET_ERRNO | error.cast_unsigned();
    let mut steps = [
        // Load the call's number, compare it, and answer.
        step(0x20, 0, 0, 0),
        step(0x15, number, 0, 1),
        step(0x06, refuse, 0, 0),
        step(0x06, libc::SECCOMP_RET_ALLOW, 0, 0),
    ];
    let filter = libc::sock_fprog {
        len: 4,
        filter: steps.as_mut_ptr(),
    };
    // SAFETY: takes numbers only.
    let bound = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    assert_eq!(bound, 0);
    // SAFETY: the filter and its steps live through the call, which copies them.
    let set = unsafe {
        libc::prctl(
            libc::PR_SET_SECCOMP,
            libc::SECCOMP_MODE_FILTER,
            &raw const filter,
        )
    };
    assert_eq!(set, 0);
}
