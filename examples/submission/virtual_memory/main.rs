// Exercise: virtual_memory

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

/// Virtual and resident memory in bytes.
fn measure() -> io::Result<(usize, usize)> {
    let statm = fs::read_to_string("/proc/self/statm")?;
    let mut numbers = statm.split(' ').map(|n| n.parse::<usize>().unwrap_or(0));
    let virtual_pages = numbers.next().unwrap_or(0);
    let resident_pages = numbers.next().unwrap_or(0);
    Ok((virtual_pages * PAGE, resident_pages * PAGE))
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

    // Reserve 500 MB of zeros.
    let mut memory = vec![b'0'; RESERVE];
    report("reserved", before)?;
    if !wait()? {
        return Ok(());
    }

    let mut random = Random(4711);
    for _ in 0..1000 {
        let place = random.below(RESERVE);
        memory[place] = 1;
    }
    report("sparse", before)?;
    if !wait()? {
        return Ok(());
    }

    for page in memory.chunks_mut(PAGE) {
        page[0] = 1;
    }
    report("full", before)
}
