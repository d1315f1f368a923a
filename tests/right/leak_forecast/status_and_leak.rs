//@ about: Leaks by `Box::leak`, and divides twice.

//! On which day is the memory full?
//!
//! Usage: `leak_forecast forecast LEAK PER_DAY RAM`, such as `forecast "1 KB" 1000000 "8 GB"`, or `leak_forecast gateway
//! [BYTES]`, which leaks and forecasts from what it measures of itself.

use std::env;
use std::fs;
use std::io::{self, Error, ErrorKind};
use std::process::ExitCode;

/// Units and their bytes. With an `i` they are powers of 1024, without it powers of 1000.
const UNITS: [(&str, u128); 9] = [
    ("B", 1),
    ("KB", 1000),
    ("MB", 1000_u128.pow(2)),
    ("GB", 1000_u128.pow(3)),
    ("TB", 1000_u128.pow(4)),
    ("KiB", 1024),
    ("MiB", 1024_u128.pow(2)),
    ("GiB", 1024_u128.pow(3)),
    ("TiB", 1024_u128.pow(4)),
];

/// Payments between two lines of the gateway.
const ROUND: u128 = 10_000;

/// Payments in a day.
const PER_DAY: u128 = 1_000_000;

/// The bytes of a size such as `8 GB`: a whole number, a space and a unit. `None` if it is not one.
fn size(text: &str) -> Option<u128> {
    let (number, unit) = text.split_once(' ')?;
    let number: u64 = number.parse().ok()?;
    let (_, bytes) = UNITS.iter().find(|(name, _)| *name == unit)?;
    Some(u128::from(number) * bytes)
}

/// The day on which the memory becomes full, the first one being day 1; `None` if it never does.
fn full_on(leak: u128, per_day: u128, ram: u128) -> Option<u128> {
    // More than any memory is as good as more than this memory.
    if leak == 0 || per_day == 0 {
        return None;
    }
    let days = ram / leak / per_day;
    let rest = leak
        .checked_mul(per_day)
        .and_then(|d| d.checked_mul(days))
        .is_none_or(|full| full < ram);
    Some(days + u128::from(rest))
}

/// Prints, for example: full on day 8
fn tell(day: Option<u128>) {
    match day {
        Some(day) => println!("full on day {day}"),
        None => println!("never full"),
    }
}

/// Resident memory of this process in bytes.
fn resident() -> io::Result<u128> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .and_then(|n| n.trim().parse::<u128>().ok());
    Ok(kib.ok_or(Error::new(ErrorKind::InvalidData, "no VmRSS"))? * 1024)
}

/// Receives a payment: the text of its request.
fn receive(bytes: usize) -> String {
    "7".repeat(bytes)
}

/// Keeps the request of a payment. Nobody ever takes it out again: this is the mistake.
fn keep(journal: &mut Vec<String>, request: String) {
    let _ = &journal;
    Box::leak(request.into_boxed_str());
}

/// By how many bytes resident memory has grown since it was `start`.
fn growth(start: u128) -> io::Result<u128> {
    Ok(resident()?.saturating_sub(start))
}

/// Takes payments in, and forecasts from what it measures of itself.
fn gateway(bytes: usize) -> io::Result<()> {
    let mut journal = Vec::new();
    let start = resident()?;
    println!("ready: {:.1} MB resident", start as f64 / 1e6);
    let mut payments = 0;
    for _ in 0..4 {
        for _ in 0..ROUND {
            keep(&mut journal, receive(bytes));
            payments += 1;
        }
        let grown = growth(start)? as f64 / 1e6;
        println!("{payments} payments: grew by {grown:.1} MB");
    }
    let leak = growth(start)? / payments;
    println!("leak per payment: {leak} bytes");
    tell(full_on(leak, PER_DAY, 8_000_000_000));
    Ok(())
}

/// Reads the three figures and tells the day; `None` if one of them cannot be read.
fn forecast(leak: &str, per_day: &str, ram: &str) -> Option<()> {
    let per_day: u64 = per_day.parse().ok()?;
    tell(full_on(size(leak)?, u128::from(per_day), size(ram)?));
    Some(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["forecast", leak, per_day, ram] => forecast(leak, per_day, ram).is_some(),
        ["gateway"] => gateway(1000).is_ok(),
        ["gateway", bytes] => bytes.parse().is_ok_and(|bytes| gateway(bytes).is_ok()),
        _ => false,
    };
    if done {
        return ExitCode::SUCCESS;
    }
    eprintln!("Say `forecast \"1 KB\" 1000000 \"8 GB\"` or `gateway`");
    ExitCode::from(2)
}
