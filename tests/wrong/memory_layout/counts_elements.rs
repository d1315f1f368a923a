//@ about: Gives the local's number of elements instead of its bytes.
//@ finding: output/no-match in table/sizes in bytes

use std::sync::atomic::{AtomicU8, AtomicU64};

static YEAR: AtomicU64 = AtomicU64::new(2026);
static SLOTS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn main() {
    let text = "hello, memory";
    let count: usize = std::env::args().nth(1).map_or(1000, |a| a.parse().unwrap());
    let numbers: Vec<u64> = vec![0; count];
    let local: [u64; 4] = [1, 2, 3, 4];

    println!("function {:p} 0 text", main as *const ());
    println!("literal {:p} {} rodata", text.as_ptr(), text.len());
    println!("static {:p} {} data", &YEAR, size_of_val(&YEAR));
    println!("zeroed {:p} {} bss", &SLOTS, SLOTS.len());
    println!(
        "vector {:p} {} heap",
        numbers.as_ptr(),
        numbers.capacity() * 8
    );
    println!("local {:p} {} stack", &local, local.len());
}
