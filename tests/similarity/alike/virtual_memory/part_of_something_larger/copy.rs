//! Virtual memory, with statistics.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io;
use std::time::{Duration, Instant};

/// How long each step took.
#[derive(Default)]
struct Watch {
    laps: Vec<(String, Duration)>,
    since: Option<Instant>,
}

impl Watch {
    fn lap(&mut self, name: &str) {
        let now = Instant::now();
        if let Some(since) = self.since.replace(now) {
            self.laps.push((name.to_owned(), now - since));
        }
    }

    fn slowest(&self) -> Option<&(String, Duration)> {
        self.laps.iter().max_by_key(|(_, took)| *took)
    }
}

impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, took) in &self.laps {
            writeln!(f, "{name:>12}: {:>8} us", took.as_micros())?;
        }
        match self.slowest() {
            Some((name, _)) => write!(f, "slowest: {name}"),
            None => f.write_str("nothing was timed"),
        }
    }
}

/// How often each remainder comes.
fn histogram(values: impl Iterator<Item = usize>, buckets: usize) -> HashMap<usize, u32> {
    let mut counts = HashMap::with_capacity(buckets);
    for value in values {
        *counts.entry(value % buckets).or_insert(0) += 1;
    }
    counts
}

fn uneven(counts: &HashMap<usize, u32>) -> bool {
    let (low, high) = counts
        .values()
        .fold((u32::MAX, 0), |(low, high), &n| (low.min(n), high.max(n)));
    high > 2 * low.max(1)
}

fn mem() -> [f64; 2] {
    let s = fs::read_to_string("/proc/self/status").unwrap();
    ["VmSize:", "VmRSS:"].map(|key| {
        let line = s.lines().find(|l| l.starts_with(key)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    })
}

fn enter() -> bool {
    io::stdin().lines().next().is_some()
}

fn main() {
    let mut watch = Watch::default();
    watch.lap("begin");
    let [v0, r] = mem();
    println!("start: resident {r:.1} MiB");
    let mut m = vec![0u8; 500_000_000];
    let [v, r] = mem();
    println!("reserved: resident {r:.1} MiB, virtual +{:.1} MiB", v - v0);
    if !enter() {
        return;
    }
    // 1000 random places. The last number is the next seed.
    let mut x = 1;
    for _ in 0..1000 {
        x = (x * 75 + 74) % 65537;
        m[x] = 1;
    }
    let [v, r] = mem();
    println!("sparse: resident {r:.1} MiB, virtual +{:.1} MiB", v - v0);
    if !enter() {
        return;
    }
    for p in m.chunks_mut(4096) {
        p[0] = 1;
    }
    let [v, r] = mem();
    println!("full: resident {r:.1} MiB, virtual +{:.1} MiB", v - v0);
    watch.lap("end");
    let spread = histogram((0..1000).map(|n| n * 75 + 74), 16);
    if uneven(&spread) {
        eprintln!("these numbers are not random");
    }
    eprintln!("{watch}");
}
