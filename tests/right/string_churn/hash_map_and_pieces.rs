//@ about: Writes each line into the log itself, counts in a hash map, whose order is another one on each run, and has no buffer.

//! What an access log says, without a block on the heap for each of its lines.
//!
//! Usage: `string_churn [LINES]`.

use std::collections::HashMap;
use std::env;
use std::fmt::Write as _;

/// No line is longer than this.
const LONGEST: usize = 72;

/// Reads line `number` of the log from the network into `line`.
fn request(number: u64, line: &mut String) {
    let (hour, minute, second) = (number / 3600 % 24, number / 60 % 60, number % 60);
    let user = number * 7919 % 99_991;
    let (shelf, item) = (number * number / 3 % 8, number * number / 19 % 8);
    let session = number * 2_654_435_761 % (1 << 32);
    let status = if number % 25 == 24 { 500 } else { 200 };
    // Writing to a String cannot fail.
    let _ = write!(
        line,
        "2026-03-01T{hour:02}:{minute:02}:{second:02} user{user:05} GET /shop/{shelf}/{item}?session={session:08x} {status}"
    );
}

/// The whole log, line after line.
fn collect(lines: u64) -> String {
    let room = usize::try_from(lines).unwrap_or(0) * LONGEST;
    let mut log = String::with_capacity(room);
    for number in 0..lines {
        request(number, &mut log);
        log += "\n";
    }
    log
}

/// How often each route was asked for: `/shop/3/4` in a line with `GET /shop/3/4?session=…`.
fn count(log: &str) -> HashMap<&str, u64> {
    let mut routes = HashMap::new();
    for line in log.lines() {
        let address = line.split(' ').nth(3).unwrap_or_default();
        let route = address.split('?').next().unwrap_or_default();
        *routes.entry(route).or_insert(0) += 1;
    }
    routes
}

/// Writes the line into `masked`, with `somebody` in place of the user.
#[allow(dead_code)]
fn mask(line: &str, masked: &mut String) {
    let (time, rest) = line.split_once(' ').unwrap_or_default();
    let (_, rest) = rest.split_once(' ').unwrap_or_default();
    masked.clear();
    masked.push_str(time);
    masked.push_str(" somebody ");
    masked.push_str(rest);
}

/// Sends every line, masked; gives back the number of bytes and a checksum of them.
fn send(log: &str) -> (usize, u64) {
    let (mut bytes, mut checksum) = (0, 0_u64);
    for line in log.lines() {
        let mut fields = line.splitn(3, ' ');
        let (time, _, rest) = (
            fields.next().unwrap(),
            fields.next(),
            fields.next().unwrap(),
        );
        for byte in time.bytes().chain(" somebody ".bytes()).chain(rest.bytes()) {
            bytes += 1;
            checksum = checksum.wrapping_mul(31).wrapping_add(u64::from(byte));
        }
    }
    (bytes, checksum)
}

fn main() {
    let lines = env::args().nth(1).and_then(|text| text.parse().ok());
    let lines = lines.unwrap_or(20_000);
    println!("begin: {lines} lines");

    let log = collect(lines);
    println!("collected: {} bytes", log.len());

    let routes = count(&log);
    let most = routes.iter().max_by_key(|(_, times)| **times);
    if let Some((route, times)) = most {
        println!(
            "counted: {} routes, most of all {route} with {times}",
            routes.len()
        );
    }

    let (bytes, checksum) = send(&log);
    println!("sent: {bytes} bytes, checksum {checksum}");
}
