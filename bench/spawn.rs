//! Starts a command, waits for it, and writes to a file what the kernel says that it took.
//!
//! A process begins its life with the peak of the one that started it. Python's own memory would hide that of a small
//! program, and its start-up the time: so the benchmark starts everything through this.
//!
//!     spawn REPORT COMMAND [ARGS]...

use std::process::Command;
use std::time::Instant;
use std::{env, fs, io};

/// `struct rusage` of 64-bit Linux.
#[repr(C)]
#[derive(Default)]
struct Usage {
    user: [i64; 2],
    system: [i64; 2],
    peak_kib: i64,
    others: [i64; 13],
}

unsafe extern "C" {
    fn wait4(pid: i32, status: *mut i32, options: i32, usage: *mut Usage) -> i32;
}

fn milliseconds([seconds, microseconds]: [i64; 2]) -> f64 {
    seconds as f64 * 1e3 + microseconds as f64 / 1e3
}

fn main() -> io::Result<()> {
    let mut words = env::args_os().skip(1);
    let (Some(report), Some(program)) = (words.next(), words.next()) else {
        return Err(io::Error::other("usage: spawn REPORT COMMAND [ARGS]..."));
    };
    let mut command = Command::new(program);
    command.args(words);
    let started = Instant::now();
    let pid = i32::try_from(command.spawn()?.id()).map_err(io::Error::other)?;
    let (mut status, mut usage) = (0, Usage::default());
    // SAFETY: both pointers are to values of ours, of the types that the call fills in.
    while unsafe { wait4(pid, &raw mut status, 0, &raw mut usage) } != pid {
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    let wall = started.elapsed().as_secs_f64() * 1e3;
    let cpu = milliseconds(usage.user) + milliseconds(usage.system);
    let peak = usage.peak_kib * 1024;
    fs::write(
        report,
        format!("{{\"wall\":{wall:.3},\"cpu\":{cpu:.3},\"peak\":{peak},\"status\":{status}}}\n"),
    )
}
