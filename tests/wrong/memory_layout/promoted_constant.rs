//@ about: Shows what a local reference refers to: a constant array, which the compiler stored in the program file.
//@ finding: claims/wrong-region in table/the local is on the stack
//@ output: right

use std::sync::atomic::{AtomicU8, AtomicU64};

static YEAR: AtomicU64 = AtomicU64::new(2026);
static SLOTS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn main() {
    let literal: &str = "hello, memory";
    let count = std::env::args()
        .nth(1)
        .map_or(1000, |arg| arg.parse().unwrap());
    let vector: Vec<u64> = Vec::from_iter(0..count);
    let local: &[u64; 4] = &[10, 20, 30, 40];

    println!("function {:p} 0 text", main as *const ());
    println!("literal {:p} {} rodata", literal.as_ptr(), literal.len());
    println!("static {:p} {} data", &YEAR, size_of_val(&YEAR));
    println!("zeroed {:p} {} bss", &SLOTS, size_of_val(&SLOTS));
    println!(
        "vector {:p} {} heap",
        vector.as_ptr(),
        size_of_val(&vector[..])
    );
    println!("local {:p} {} stack", local, size_of_val(local)); //~ claims/wrong-region
}
