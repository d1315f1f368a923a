//! What new strings cost here, and what the same one costs when it is used again.

use std::hint::black_box;
use std::time::Instant;

/// A line as the exercise has it: 64 bytes.
const LINE: &str = "2026-11-28T10:15:00Z user=anna GET /shop/0/7 status=200 ms=00012";
const LINES: u32 = 20_000;
/// Lines of a log of 13 MB.
const LOG: u32 = 200_000;
const ROUNDS: usize = 7;

fn main() {
    let capacity = match std::env::args().nth(1).as_deref() {
        Some("growing") => Some(0),
        Some(_) => Some(LINE.len() * LOG as usize),
        None => None,
    };
    match capacity {
        Some(capacity) => println!("{}", log(capacity).0),
        None => measure(),
    }
}

fn measure() {
    let (mut fresh, mut same, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut line = String::new();
    for _ in 0..ROUNDS {
        let new = each(LINES, || {
            let mut line = String::new();
            line.push_str(black_box(LINE));
            black_box(&line);
        });
        let again = each(LINES, || {
            line.clear();
            line.push_str(black_box(LINE));
            black_box(&line);
        });
        fresh.push(new);
        same.push(again);
        ratios.push(new / again);
    }
    println!("new_string = {} ns", median(fresh));
    println!("same_string = {} ns", median(same));
    println!("string_ratio = {} times", median(ratios));

    match (
        log_in_fresh_process("growing"),
        log_in_fresh_process("ready"),
    ) {
        (Some(growing), Some(ready)) => {
            println!("growing_log = {growing} ns");
            println!("ready_log = {ready} ns");
        }
        _ => {
            println!("growing_log = ? a program cannot start itself here");
            println!("ready_log = ? a program cannot start itself here");
        }
    }
    let (_, buffers, spare, growth) = log(0);
    println!("growth = {growth} times");
    println!("log_buffers = {buffers}");
    println!("log_spare = {spare} %");
}

/// The median time for a whole log. Each is made by a process of its own: an allocator that has had such a block once gives
/// the next one without asking the system.
fn log_in_fresh_process(kind: &str) -> Option<f64> {
    let mut times = Vec::new();
    for _ in 0..3 {
        let itself = std::env::current_exe().ok()?;
        let output = std::process::Command::new(itself).arg(kind).output().ok()?;
        times.push(String::from_utf8(output.stdout).ok()?.trim().parse().ok()?);
    }
    Some(median(times))
}

/// Writes a log: nanoseconds, how many buffers it had, how much of the last one is empty in percent of the text, and by which
/// factor that one was larger than the one before.
fn log(capacity: usize) -> (u128, u32, f64, f64) {
    let started = Instant::now();
    let mut log = String::with_capacity(capacity);
    let (mut known, mut buffers, mut growth) = (log.capacity(), u32::from(capacity > 0), 0.0);
    for _ in 0..LOG {
        log.push_str(black_box(LINE));
        if log.capacity() != known {
            growth = log.capacity() as f64 / known as f64;
            known = log.capacity();
            buffers += 1;
        }
    }
    let time = started.elapsed().as_nanos();
    let spare = (log.capacity() - log.len()) as f64 / log.len() as f64 * 100.0;
    drop(black_box(log));
    (time, buffers, spare, growth)
}

/// Nanoseconds of each of so many times.
fn each(times: u32, mut work: impl FnMut()) -> f64 {
    let started = Instant::now();
    for _ in 0..times {
        work();
    }
    started.elapsed().as_nanos() as f64 / f64::from(times)
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
