//! What a table of pages costs here: its own memory, and the time to look into it.

use std::hint::black_box;
use std::time::Instant;

/// How many places are read, one after the other.
const READS: usize = 400_000;

fn main() {
    println!("few_pages = {} ns", read(64));
    println!("many_pages = {} ns", read(8_192));
    #[cfg(target_os = "linux")]
    linux::measure();
    #[cfg(not(target_os = "linux"))]
    for name in ["page", "dense", "sparse"] {
        println!("{name} = ? this is measured on Linux only");
    }
}

/// Nanoseconds to read a number, each from another one of so many pages, a power of two. As many lines as pages are read, so that they
/// all stay in the processor's caches; what does not stay is where the pages are.
fn read(pages: usize) -> f64 {
    const PAGE: usize = 4096 / 8;
    let mut memory = vec![0_u64; pages * PAGE];
    // Never twice the same line of a page in a row: the caches sort by it.
    let place = |page: usize| page * PAGE + page * 8 % PAGE;
    for page in 0..pages {
        memory[place(page)] = 1;
    }
    let mut times: Vec<f64> = (0..3)
        .map(|_| {
            let mut page = 0;
            let started = Instant::now();
            for _ in 0..READS {
                // The next page depends on what was read, and goes through all of them in no simple order.
                page = (page * 5 + memory[place(page)] as usize) & (pages - 1);
            }
            black_box(page);
            started.elapsed().as_nanos() as f64 / READS as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[1]
}

#[cfg(target_os = "linux")]
mod linux {
    unsafe extern "C" {
        fn getpagesize() -> i32;
        fn mmap(
            address: *mut u8,
            bytes: usize,
            access: i32,
            flags: i32,
            file: i32,
            offset: i64,
        ) -> *mut u8;
    }

    const READ: i32 = 1;
    const WRITE: i32 = 2;
    /// Private, anonymous, and at the address or nowhere.
    const FLAGS: i32 = 0x2 | 0x20 | 0x10_0000;
    const PAGES: usize = 1000;

    pub fn measure() {
        let page = unsafe { getpagesize() } as usize;
        println!("page = {page} bytes");
        // Far from everything else, at two places that share no table.
        for (name, start, apart) in [
            ("dense", 0x1000_0000_0000, page),
            ("sparse", 0x2000_0000_0000, 1 << 30),
        ] {
            match tables_for(start, apart, page) {
                Some(bytes) => println!("{name} = {bytes} B"),
                None => println!("{name} = ? these addresses are not free here"),
            }
        }
    }

    /// Bytes of page tables that a thousand pages need, so far apart from each other.
    fn tables_for(start: usize, apart: usize, page: usize) -> Option<u64> {
        let before = tables()?;
        for number in 0..PAGES {
            let address = (start + number * apart) as *mut u8;
            let found = unsafe { mmap(address, page, READ | WRITE, FLAGS, -1, 0) };
            if found != address {
                return None;
            }
            unsafe { found.write_volatile(1) };
        }
        Some(tables()? - before)
    }

    /// Bytes of this process's page tables.
    fn tables() -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find(|line| line.starts_with("VmPTE:"))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024)
    }
}
