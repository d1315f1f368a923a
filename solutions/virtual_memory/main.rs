//! Reserves 500 MB, touches a thousand random pages of it, then all of it, and says after each step what the
//! operating system has really handed out.

use std::fs;
use std::io::{self, BufRead, Error, ErrorKind};

const RESERVE: usize = 500_000_000;
const PAGE: usize = 4096;
const SPARSE_PAGES: usize = 1000;
const MIB: f64 = 1024.0 * 1024.0;

/// What the kernel says about this process.
struct Memory {
    virtual_bytes: usize,
    resident_bytes: usize,
}

impl Memory {
    /// Reads `/proc/self/statm`; its first two numbers count pages: virtual size and resident memory.
    fn now() -> io::Result<Self> {
        let text = fs::read_to_string("/proc/self/statm")?;
        let mut fields = text.split_whitespace().map(str::parse::<usize>);
        match (fields.next(), fields.next()) {
            (Some(Ok(virtual_pages)), Some(Ok(resident_pages))) => Ok(Self {
                virtual_bytes: virtual_pages * PAGE,
                resident_bytes: resident_pages * PAGE,
            }),
            _ => Err(Error::new(ErrorKind::InvalidData, "statm looks different")),
        }
    }
}

/// A small generator of pseudo-random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or(0) % limit
    }
}

fn report(name: &str, start: &Memory) -> io::Result<()> {
    let now = Memory::now()?;
    let resident = now.resident_bytes as f64 / MIB;
    let grown = now.virtual_bytes.saturating_sub(start.virtual_bytes) as f64 / MIB;
    println!("{name}: resident {resident:.1} MiB, virtual +{grown:.1} MiB");
    Ok(())
}

/// Waits for a line; false when there is no more input.
fn wait() -> io::Result<bool> {
    Ok(io::stdin().lock().read_line(&mut String::new())? > 0)
}

fn main() -> io::Result<()> {
    let start = Memory::now()?;
    println!(
        "start: resident {:.1} MiB",
        start.resident_bytes as f64 / MIB
    );

    // Zeroed memory of this size comes from the kernel, which promises zeros without storing any.
    let mut buffer = vec![0_u8; RESERVE];
    report("reserved", &start)?;
    if !wait()? {
        return Ok(());
    }

    let mut random = Random(0x2545_F491_4F6C_DD1D);
    for _ in 0..SPARSE_PAGES {
        let page = random.below(RESERVE / PAGE);
        buffer[page * PAGE] = 1;
    }
    report("sparse", &start)?;
    if !wait()? {
        return Ok(());
    }

    for byte in buffer.iter_mut().step_by(PAGE) {
        *byte = 1;
    }
    report("full", &start)
}
