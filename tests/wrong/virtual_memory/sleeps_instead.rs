//@ about: Pauses for a moment instead of waiting for a line, and goes on when nobody has pressed Enter.
//@ finding: pages/resident-over-limit in nobody presses Enter/waits for a line
//@ output: right

use std::fs;
use std::io;
use std::thread;
use std::time::Duration;

const RESERVE: usize = 500_000_000;
const PAGE: usize = 4096;

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or(0) % limit
    }
}

fn measure() -> io::Result<(usize, usize)> {
    let text = fs::read_to_string("/proc/self/statm")?;
    let pages: Vec<usize> = text
        .split_whitespace()
        .map(|field| field.parse().unwrap())
        .collect();
    Ok((pages[0] * PAGE, pages[1] * PAGE))
}

fn report(step: &str, before: usize) -> io::Result<()> {
    let (now, resident) = measure()?;
    let grown = now.saturating_sub(before);
    println!(
        "{step}: resident {:.1} MiB, virtual +{:.1} MiB",
        mib(resident),
        mib(grown)
    );
    Ok(())
}

fn mib(bytes: usize) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

fn pause() {
    thread::sleep(Duration::from_millis(50));
}

fn main() -> io::Result<()> {
    let (before, resident) = measure()?;
    println!("start: resident {:.1} MiB", mib(resident));

    let mut memory = vec![0u8; RESERVE]; //~ pages/resident-over-limit
    report("reserved", before)?;
    pause();

    let mut random = Random(0x2545_F491_4F6C_DD1D);
    for _ in 0..1000 {
        memory[random.below(RESERVE / PAGE) * PAGE] = 1;
    }
    report("sparse", before)?;
    pause();

    for byte in memory.iter_mut().step_by(PAGE) {
        *byte = 1;
    }
    report("full", before)
}
