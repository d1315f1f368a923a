//! An ordinary program: makes a log, reads it, counts by user and path, sorts, and prints a report.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

struct Entry {
    user: String,
    path: String,
    status: u16,
    bytes: u64,
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % below
    }
}

fn write_log(lines: u32, numbers: &mut Numbers) -> String {
    let mut log = String::new();
    for _ in 0..lines {
        let user = numbers.next(5000);
        let (shelf, page) = (numbers.next(300), numbers.next(40));
        let status = [200, 301, 404, 500][usize::try_from(numbers.next(4)).unwrap_or(0)];
        let bytes = numbers.next(100_000);
        let _ = writeln!(log, "user{user} GET /shelf/{shelf}/{page} {status} {bytes}");
    }
    log
}

fn read_line(line: &str) -> Option<Entry> {
    let words: Vec<&str> = line.split(' ').collect();
    let [user, _method, path, status, bytes] = words[..] else {
        return None;
    };
    Some(Entry {
        user: user.to_string(),
        path: path.to_string(),
        status: status.parse().ok()?,
        bytes: bytes.parse().ok()?,
    })
}

/// The three users with most bytes, and the path whose median is in the middle.
fn report(entries: &[Entry]) -> String {
    let mut by_user: HashMap<String, u64> = HashMap::new();
    let mut by_path: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for entry in entries {
        *by_user.entry(entry.user.clone()).or_default() += entry.bytes;
        if entry.status == 200 {
            by_path
                .entry(entry.path.clone())
                .or_default()
                .push(entry.bytes);
        }
    }
    let mut users: Vec<(String, u64)> = by_user.into_iter().collect();
    users.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    users.truncate(3);
    let mut medians: Vec<(u64, String)> = by_path
        .into_iter()
        .map(|(path, mut sizes)| {
            sizes.sort_unstable();
            (sizes[sizes.len() / 2], path)
        })
        .collect();
    medians.sort();
    format!("{users:?} {:?}", medians.get(medians.len() / 2))
}

fn main() {
    let mut numbers = Numbers(0x2545_F491_4F6C_DD1D);
    for round in 1..=4 {
        let log = write_log(250_000, &mut numbers);
        let entries: Vec<Entry> = log.lines().filter_map(read_line).collect();
        println!("round {round}: {}", report(&entries));
    }
}
