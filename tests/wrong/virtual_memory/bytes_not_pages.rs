//@ about: Writes to a thousand neighboring bytes: they all lie in one page.
//@ finding: pages/too-few-faults in three phases/a thousand pages
//@ output: right

use std::fs;
use std::io;

const RESERVE: usize = 500_000_000;
const PAGE: usize = 4096;

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

    let mut memory = vec![0u8; RESERVE];
    report("reserved", before)?;
    if !wait()? {
        return Ok(());
    }

    for number in 0..1000 {
        memory[number] = 1;
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
