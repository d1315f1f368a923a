//! Recurses through a megabyte of stack and writes zeros over all of it: the kernel knows how far it was touched.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= outcome.exit_code = 0
//= stack.peak_bytes > 900000
#[inline(never)]
fn deep(n: u64) -> u64 {
    let row = std::hint::black_box([n; 1000]);
    if n == 0 { row[7] } else { deep(n - 1) + row[9] }
}

fn main() {
    std::hint::black_box(deep(60));
    let here = 0_u64;
    let end = (&raw const here as usize - 8192) & !4095;
    // One word after the other, upwards, with nothing of its own below.
    let mut at = end - 1_100_000 / 4096 * 4096;
    while at < end {
        unsafe { (at as *mut u64).write_volatile(0) };
        at += 8;
    }
}
