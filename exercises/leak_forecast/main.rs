//! On which day is the memory full?
//!
//! `leak_forecast forecast "1 KB" 1000000 "8 GB"` or `leak_forecast gateway`. Four places are yours: TODO 1 to TODO 4.
//! The rest is ready, but you may change it.

use std::env;
use std::fs;
use std::io::{self, Error, ErrorKind};
use std::process::ExitCode;

/// Payments between two lines of the gateway.
const ROUND: u128 = 10_000;

/// Payments in a day.
const PER_DAY: u128 = 1_000_000;

/// The bytes of a size such as `8 GB`: a whole number, a space and a unit. `None` if it is not one.
fn size(text: &str) -> Option<u128> {
    let (number, _unit) = text.split_once(' ')?;
    let number: u64 = number.parse().ok()?;
    // TODO 1: B, KB, MB, GB and TB are powers of 1000, KiB, MiB, GiB and TiB are powers of 1024. Nothing else is a unit.
    Some(u128::from(number))
}

/// The day on which the memory becomes full, the first one being day 1; `None` if it never does.
fn full_on(leak: u128, per_day: u128, ram: u128) -> Option<u128> {
    // TODO 2: on which day is the last free byte taken?
    let _ = (leak, per_day, ram);
    None
}

/// Prints, for example: full on day 8
fn tell(day: Option<u128>) {
    match day {
        Some(day) => println!("full on day {day}"),
        None => println!("never full"),
    }
}

/// Resident memory of this process in bytes: `/proc/self/status` says it in KiB.
fn resident() -> io::Result<u128> {
    let text = fs::read_to_string("/proc/self/status")?;
    let size = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let size = size.and_then(|size| size.trim().strip_suffix(" kB"));
    let size = size.and_then(|size| size.parse::<u128>().ok());
    let size = size.ok_or(Error::new(ErrorKind::InvalidData, "status looks different"))?;
    Ok(size * 1024)
}

/// Receives a payment: the text of its request.
fn receive(bytes: usize) -> String {
    "7".repeat(bytes)
}

/// Keeps the request of a payment. Nobody ever takes it out again: this is the mistake.
fn keep(journal: &mut Vec<String>, request: String) {
    // TODO 3: make the mistake, and keep the request.
    let _ = (journal, request);
}

/// By how many bytes resident memory has grown since it was `start`.
fn growth(start: u128) -> io::Result<u128> {
    // TODO 4: `resident` says what it is now.
    let _ = start;
    Ok(0)
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
