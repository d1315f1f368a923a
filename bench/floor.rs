//! Does the same work as a grading and nothing else: compiles and runs, over so many workers, and keeps nothing.
//!
//!     floor WORKERS LIST
//!
//! The list has one command a line, its fields between tabs: `job`, which begins what one worker does in turn and has the folder for
//! its files; `rustc` and its arguments, after which the job ends if it fails; `run`, then the most CPU seconds, the most wall
//! seconds, the stack and the memory in bytes, what stdin has, and the arguments. `\n`, `\t` and `\\` stand for themselves.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

unsafe extern "C" {
    fn setrlimit(resource: i32, limit: *const [u64; 2]) -> i32;
    fn alarm(seconds: u32) -> u32;
}

// Of 64-bit Linux.
const CPU: i32 = 0;
const STACK: i32 = 3;
const CORE: i32 = 4;
const ADDRESS_SPACE: i32 = 9;

fn number(field: &str) -> u64 {
    field.parse().expect("a number")
}

fn plain(field: &str) -> String {
    let mut out = String::new();
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => out.push(match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                _ => '\\',
            }),
            (c, false) => out.push(c),
        }
    }
    out
}

fn compile(folder: &Path, args: &[String]) -> io::Result<bool> {
    let rustc = env::var_os("FLOOR_RUSTC").expect("FLOOR_RUSTC");
    let status = Command::new(rustc)
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("TMPDIR", folder)
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    Ok(status.success())
}

fn run(folder: &Path, fields: &[String]) -> io::Result<()> {
    let [cpu, wall, stack, memory] = [0, 1, 2, 3].map(|at| number(&fields[at]));
    let stdin = &fields[4];
    let mut command = Command::new(folder.join("program"));
    command
        .args(&fields[5..])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let limits = move || {
        for (resource, most) in [(CPU, cpu), (STACK, stack), (CORE, 0), (ADDRESS_SPACE, memory)] {
            // SAFETY: the pointer is to two numbers, as the call expects.
            unsafe { setrlimit(resource, &[most, most]) };
        }
        // SAFETY: it takes a number. What a program does not catch, and Rust's do not, ends it.
        unsafe { alarm(u32::try_from(wall).unwrap_or(u32::MAX)) };
        Ok(())
    };
    // SAFETY: between fork and exec it makes system calls and nothing else.
    unsafe { command.pre_exec(limits) };
    let mut child = command.spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        // Who does not read it has ended.
        let _ = pipe.write_all(stdin.as_bytes());
    }
    child.wait()?;
    Ok(())
}

fn job(lines: &[Vec<String>]) -> io::Result<()> {
    let folder = Path::new(&lines[0][1]);
    for line in &lines[1..] {
        match line[0].as_str() {
            "rustc" if !compile(folder, &line[1..])? => break,
            "run" => run(folder, &line[1..])?,
            _ => {}
        }
    }
    fs::remove_dir_all(folder)
}

fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [workers, list] = words.as_slice() else {
        return Err(io::Error::other("usage: floor WORKERS LIST"));
    };
    let text = fs::read_to_string(list)?;
    let lines: Vec<Vec<String>> = text.lines().map(|line| line.split('\t').map(plain).collect()).collect();
    let jobs: Vec<&[Vec<String>]> = lines.chunk_by(|_, next| next[0] != "job").collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let work = || -> io::Result<()> {
            while let Some(lines) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                job(lines)?;
            }
            Ok(())
        };
        let workers: Vec<_> = (0..number(workers)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker"))
    })
}
