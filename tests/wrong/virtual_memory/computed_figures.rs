//@ about: Prints what should be resident by its own account, and never asks the system.
//@ finding: claims/untrue in three phases/resident figures are true
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

fn virtual_memory() -> io::Result<usize> {
    let text = fs::read_to_string("/proc/self/statm")?;
    Ok(text.split(' ').next().unwrap().parse::<usize>().unwrap() * PAGE)
}

fn report(step: &str, before: usize, touched: usize) -> io::Result<()> {
    let grown = virtual_memory()? - before;
    println!(
        "{step}: resident {:.1} MiB, virtual +{:.1} MiB",
        mib(touched),
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
    let before = virtual_memory()?;
    println!("start: resident {:.1} MiB", mib(0)); //~ claims/untrue

    let mut memory = vec![0u8; RESERVE];
    report("reserved", before, 0)?;
    if !wait()? {
        return Ok(());
    }

    let mut random = Random(0x2545_F491_4F6C_DD1D);
    for _ in 0..1000 {
        memory[random.below(RESERVE / PAGE) * PAGE] = 1;
    }
    report("sparse", before, 1000 * PAGE)?;
    if !wait()? {
        return Ok(());
    }

    for byte in memory.iter_mut().step_by(PAGE) {
        *byte = 1;
    }
    report("full", before, RESERVE)
}
