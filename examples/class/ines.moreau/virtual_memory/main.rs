//! 500 MB of promises, and how many of them the kernel has to keep.

use std::collections::BTreeSet;
use std::io::{self, BufRead};

const PAGE: usize = 4096;
const BYTES: usize = 500_000_000;

struct Usage {
    virtual_mib: f64,
    resident_mib: f64,
}

impl Usage {
    fn now() -> io::Result<Self> {
        let text = std::fs::read_to_string("/proc/self/statm")?;
        let mut mib = text.split_whitespace().map(|pages| {
            let pages: usize = pages.parse().unwrap_or(0);
            (pages * PAGE) as f64 / 1_048_576.0
        });
        Ok(Self {
            virtual_mib: mib.next().unwrap_or(0.0),
            resident_mib: mib.next().unwrap_or(0.0),
        })
    }
}

/// Different page numbers, spread by the golden ratio: no generator needed, and no page twice.
fn some_pages(count: usize, of: usize) -> BTreeSet<usize> {
    let step = (of as f64 * 0.618_033_988_75) as usize | 1;
    (0..).map(|n: usize| n * step % of).take(count).collect()
}

fn main() -> io::Result<()> {
    let start = Usage::now()?;
    println!("start: resident {:.1} MiB", start.resident_mib);
    let report = |step| -> io::Result<()> {
        let now = Usage::now()?;
        let grown = now.virtual_mib - start.virtual_mib;
        println!("{step}: resident {:.1} MiB, virtual +{grown:.1} MiB", now.resident_mib);
        Ok(())
    };
    let mut lines = io::stdin().lock().lines();

    let mut memory = vec![0_u8; BYTES];
    report("reserved")?;
    if lines.next().is_none() {
        return Ok(());
    }
    for page in some_pages(1000, BYTES / PAGE) {
        memory[page * PAGE] = 1;
    }
    report("sparse")?;
    if lines.next().is_none() {
        return Ok(());
    }
    for byte in memory.iter_mut().step_by(PAGE) {
        *byte = 1;
    }
    report("full")
}
