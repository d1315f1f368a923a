//! What memory costs here: pages that are touched for the first time, again, and pages that come from the disk.

use std::fs::File;
use std::hint::black_box;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::time::Instant;

/// Bytes of the range that is touched: 32,768 pages of 4 KiB.
const RANGE: usize = 128 << 20;
/// How many places in it are read one after the other.
const READS: usize = 200_000;
/// How many calls are made.
const CALLS: u32 = 2_000_000;

fn main() {
    call();
    #[cfg(target_os = "linux")]
    linux::measure();
    #[cfg(not(target_os = "linux"))]
    for name in [
        "page",
        "reserve",
        "first_touch",
        "second_touch",
        "touch_ratio",
        "ram_read",
        "major_fault",
        "disk_ratio",
        "sequential_ratio",
    ] {
        println!("{name} = ? this is measured on Linux only");
    }
}

/// Nanoseconds since a moment, for each of so many things.
fn each(started: Instant, things: usize) -> f64 {
    started.elapsed().as_nanos() as f64 / things as f64
}

/// A call with a frame of its own: 64 bytes of locals that are really written.
#[inline(never)]
fn frame(x: u64) -> u64 {
    let mut local = [x; 8];
    black_box(&mut local);
    local[0]
}

fn call() {
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let started = Instant::now();
            for i in 0..CALLS {
                black_box(frame(u64::from(i)));
            }
            each(started, CALLS as usize)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("stack_frame = {} ns", times[2]);
}

#[cfg(target_os = "linux")]
mod linux {
    use std::os::fd::AsRawFd as _;

    use super::*;

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
        fn madvise(address: *mut u8, bytes: usize, advice: i32) -> i32;
        fn posix_fadvise(file: i32, offset: i64, bytes: i64, advice: i32) -> i32;
        fn getrusage(who: i32, usage: *mut [i64; 18]) -> i32;
    }

    const READ: i32 = 1;
    const WRITE: i32 = 2;
    const PRIVATE: i32 = 2;
    const ANONYMOUS: i32 = 0x20;
    const FAILED: *mut u8 = -1_isize as *mut u8;
    /// For `madvise` and `posix_fadvise` alike.
    const RANDOM: i32 = 1;
    const DONT_NEED: i32 = 4;

    /// Lies in this program's own file, which is on a disk. Nothing ever reads it here, so no page of it is mapped.
    static ON_DISK: [u8; 8 << 20] = [0x5a; 8 << 20];

    /// Minor and major faults until now.
    fn faults() -> (i64, i64) {
        let mut usage = [0; 18];
        unsafe { getrusage(0, &mut usage) };
        (usage[8], usage[9])
    }

    pub fn measure() {
        let page = unsafe { getpagesize() } as usize;
        println!("page = {page} bytes");
        let ram_read = memory(page);
        disk(page, ram_read);
    }

    /// Anonymous memory: reserved, touched, touched again, read here and there.
    fn memory(page: usize) -> f64 {
        let started = Instant::now();
        let range = unsafe {
            mmap(
                std::ptr::null_mut(),
                RANGE,
                READ | WRITE,
                PRIVATE | ANONYMOUS,
                -1,
                0,
            )
        };
        println!("reserve = {} ns", each(started, 1));
        if range == FAILED {
            for name in ["first_touch", "second_touch", "touch_ratio", "ram_read"] {
                println!("{name} = ? there is no room for 128 MiB");
            }
            return 0.0;
        }
        let pages = RANGE / page;
        let touch = || {
            let started = Instant::now();
            for number in 0..pages {
                unsafe { range.add(number * page).write_volatile(1) };
            }
            each(started, pages)
        };
        let (before, _) = faults();
        let first = touch();
        let (after, _) = faults();
        let second = touch();
        // With huge pages one fault brings in many pages, and the cost of each is another.
        if (after - before) as usize >= pages / 10 * 9 {
            println!("first_touch = {first} ns");
            println!("touch_ratio = {} times", first / second);
        } else {
            println!("first_touch = ? the system gave huge pages");
            println!("touch_ratio = ? the system gave huge pages");
        }
        println!("second_touch = {second} ns");
        // Each address depends on what was read before, and none is near the last one, so nothing can be fetched ahead.
        let lines = RANGE / 64;
        let mut line = 1_usize;
        let started = Instant::now();
        for _ in 0..READS {
            let read = unsafe { range.add(line * 64 + 8).read_volatile() };
            line = (line.wrapping_mul(1_103_515_245) + 12_345 + usize::from(read)) % lines;
        }
        black_box(line);
        let ram_read = each(started, READS);
        println!("ram_read = {ram_read} ns");
        ram_read
    }

    /// The pages of a file that is on a disk, each read once after the system has forgotten it.
    fn disk(page: usize, ram_read: f64) {
        if let Err(reason) = from_disk(page, ram_read) {
            for name in ["major_fault", "disk_ratio", "sequential_ratio"] {
                println!("{name} = ? {reason}");
            }
        }
    }

    fn from_disk(page: usize, ram_read: f64) -> Result<(), &'static str> {
        black_box(&raw const ON_DISK);
        let refused = "the system does not let a program read its own file anew";
        let mut file = File::open("/proc/self/exe").map_err(|_| refused)?;
        // Pages that are not written to the disk yet cannot be forgotten.
        file.sync_all().map_err(|_| refused)?;
        let bytes = file.metadata().map_err(|_| refused)?.len() as usize;
        let forget = || unsafe { posix_fadvise(file.as_raw_fd(), 0, 0, DONT_NEED) };
        if forget() != 0 {
            return Err(refused);
        }
        let map = unsafe {
            mmap(
                std::ptr::null_mut(),
                bytes,
                READ,
                PRIVATE,
                file.as_raw_fd(),
                0,
            )
        };
        if map == FAILED {
            return Err(refused);
        }
        // Otherwise the system reads the neighbors, too.
        unsafe { madvise(map, bytes, RANDOM) };
        // The middle of the file: far from the code that runs.
        let (first, count) = (bytes / page / 4, bytes / page / 2);
        let touches = 200.min(count);
        let (_, before) = faults();
        let started = Instant::now();
        for number in 0..touches {
            let place = first + number * 7919 % count;
            black_box(unsafe { map.add(place * page).read_volatile() });
        }
        let fault = each(started, touches);
        let (_, after) = faults();
        if (after - before) as usize <= touches / 2 {
            return Err("the file lies in memory here, and not on a disk that is asked");
        }
        println!("major_fault = {fault} ns");
        println!("disk_ratio = {} times", fault / ram_read);

        let mut buffer = vec![1; 4 << 20];
        let mut read = |file: &mut File| -> std::io::Result<f64> {
            file.seek(SeekFrom::Start((first * page) as u64))?;
            let started = Instant::now();
            let length = buffer.len().min(count * page);
            file.read_exact(&mut buffer[..length])?;
            Ok(each(started, 1))
        };
        forget();
        let from_disk = read(&mut file).map_err(|_| refused)?;
        let again = read(&mut file).map_err(|_| refused)?;
        println!("sequential_ratio = {} times", from_disk / again);
        Ok(())
    }
}
