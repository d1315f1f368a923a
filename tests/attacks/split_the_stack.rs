//! Recurses through a megabyte of stack and makes the lower half of it read-only: to the kernel it is another mapping from then on.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= stdout.text = "0\n"
//= stack.peak_bytes > 900000
unsafe extern "C" {
    fn mprotect(at: usize, len: usize, protection: i32) -> i32;
}

#[inline(never)]
fn deep(n: u64) -> u64 {
    let row = std::hint::black_box([n; 1000]);
    if n == 0 { row[7] } else { deep(n - 1) + row[9] }
}

fn main() {
    std::hint::black_box(deep(60));
    let here = 0_u64;
    let end = (&raw const here as usize - 400_000) & !4095;
    println!("{}", unsafe { mprotect(end - 409_600, 409_600, 1) });
}
