//@ about: Prints the size that the task names for 1,000 numbers, whatever the argument says.
//@ finding: output/no-match in another size/the size follows

use std::sync::atomic::{AtomicU8, AtomicU64};

static YEAR: AtomicU64 = AtomicU64::new(2026);
static SLOTS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn main() {
    let text = "hello, memory";
    let count: usize = std::env::args().nth(1).map_or(1000, |a| a.parse().unwrap());
    let numbers: Vec<u64> = vec![0; count];
    let local: [u64; 4] = [1, 2, 3, 4];

    println!("function {:p} 0 text", main as *const ());
    println!("literal {:p} 13 rodata", text.as_ptr());
    println!("static {:p} 8 data", &YEAR);
    println!("zeroed {:p} 4096 bss", &SLOTS);
    println!("vector {:p} 8000 heap", numbers.as_ptr());
    println!("local {:p} 32 stack", &local);
}
