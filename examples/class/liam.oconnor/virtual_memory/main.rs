//! Reserve 500 MB, and see what the operating system really hands out for it.
//!
//! The program prints exactly these four lines, each as soon as its step is done:
//!
//!     start: resident R MiB
//!     reserved: resident R MiB, virtual +V MiB        after reserving 500,000,000 bytes and touching none of them
//!     sparse: resident R MiB, virtual +V MiB          after writing one byte to each of 1,000 random pages
//!     full: resident R MiB, virtual +V MiB            after writing to every page
//!
//! R is the resident memory of this process at that moment; V is how much its virtual memory has grown since the
//! start. After `reserved` and after `sparse` the program waits for a line on stdin. If the input has ended, it
//! returns from main without taking the next step.
//!
//! The printing and waiting is done. The measuring and the three steps are yours: see each TODO.

use std::fs;
use std::io;

/// Bytes to reserve.
const RESERVE: usize = 500_000_000;

/// Bytes of a page.
const PAGE: usize = 4096;

/// A small generator of pseudo-random numbers (xorshift). Make one, and ask it again and again.
struct Random(u64);

impl Random {
    /// The next number, from 0 up to but not including `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or(0) % limit
    }
}

/// Virtual and resident memory of this process, in bytes.
fn measure() -> io::Result<(usize, usize)> {
    // The file holds a line such as "851 507 432 90 0 119 0": the first number is virtual memory and the second is
    // resident memory, both counted in pages.
    let text = fs::read_to_string("/proc/self/statm")?;
    let numbers: Vec<usize> = text.split(' ').take(2).map(|n| n.parse().unwrap()).collect();
    Ok((numbers[0] * PAGE, numbers[1] * PAGE))
}

/// Prints the line of one step; `before` is the virtual memory at the start.
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

/// Waits for a line on stdin; false if the input has ended.
fn wait() -> io::Result<bool> {
    Ok(io::stdin().read_line(&mut String::new())? > 0)
}

fn main() -> io::Result<()> {
    let (before, resident) = measure()?;
    println!("start: resident {:.1} MiB", mib(resident));

    let mut memory: Vec<u8> = Vec::new();
    // with_capacity alone gives an empty vector, so resize it
    memory.resize(RESERVE, 0);
    report("reserved", before)?;
    if !wait()? {
        return Ok(());
    }

    let mut random = Random(0x2545_F491_4F6C_DD1D);
    for _ in 0..1000 {
        let page = random.below(RESERVE / PAGE);
        memory[page * PAGE] = 1;
    }
    report("sparse", before)?;
    if !wait()? {
        return Ok(());
    }

    for page in 0..RESERVE / PAGE {
        memory[page * PAGE] = 1;
    }
    report("full", before)?;
    drop(memory); // Until here all of it is needed.
    Ok(())
}
