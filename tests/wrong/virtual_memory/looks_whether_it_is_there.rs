//@ about: Writes here and there to make sure that the memory is really there, and so uses what it only reserved.
//@ finding: pages/resident-over-limit in three phases/reserved is not used
//@ output: right

use std::fs;
use std::io;

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

fn wait() -> io::Result<bool> {
    Ok(io::stdin().read_line(&mut String::new())? > 0)
}

fn main() -> io::Result<()> {
    let (before, resident) = measure()?;
    println!("start: resident {:.1} MiB", mib(resident));

    let mut memory = vec![0u8; RESERVE]; //~ pages/resident-over-limit
    // Is it really there, up to the end? A look here and there should do.
    for place in (0..RESERVE).step_by(64 * 1024) {
        memory[place] = 0;
    }
    report("reserved", before)?;
    if !wait()? {
        return Ok(());
    }

    let mut random = Random(0x2545_F491_4F6C_DD1D);
    for _ in 0..1000 {
        memory[random.below(RESERVE / PAGE) * PAGE] = 1;
    }
    report("sparse", before)?;
    if !wait()? {
        return Ok(());
    }

    for byte in memory.iter_mut().step_by(PAGE) {
        *byte = 1;
    }
    report("full", before)
}
