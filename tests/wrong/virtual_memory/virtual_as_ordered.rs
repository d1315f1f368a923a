//@ about: Prints the size that it asked for as the growth, in MB and not in MiB, instead of measuring.
//@ finding: claims/untrue in three phases/virtual figures are true
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

fn resident() -> io::Result<usize> {
    let text = fs::read_to_string("/proc/self/statm")?;
    Ok(text.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * PAGE)
}

fn report(step: &str) -> io::Result<()> {
    println!( //~ claims/untrue
        "{step}: resident {:.1} MiB, virtual +500.0 MiB",
        mib(resident()?)
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
    println!("start: resident {:.1} MiB", mib(resident()?));

    let mut memory = vec![0u8; RESERVE];
    report("reserved")?;
    if !wait()? {
        return Ok(());
    }

    let mut random = Random(0x2545_F491_4F6C_DD1D);
    for _ in 0..1000 {
        memory[random.below(RESERVE / PAGE) * PAGE] = 1;
    }
    report("sparse")?;
    if !wait()? {
        return Ok(());
    }

    for byte in memory.iter_mut().step_by(PAGE) {
        *byte = 1;
    }
    report("full")
}
