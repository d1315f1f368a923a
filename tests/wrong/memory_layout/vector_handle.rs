//@ about: Prints where the `Vec` itself is (on the stack) and calls it heap.
//@ finding: claims/wrong-region in table/the vector's buffer is on the heap
//@ output: right

use std::sync::atomic::{AtomicU8, AtomicU64};

static YEAR: AtomicU64 = AtomicU64::new(2026);
static SLOTS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn main() {
    let text = "hello, memory";
    let count: usize = std::env::args().nth(1).map_or(1000, |a| a.parse().unwrap());
    let numbers: Vec<u64> = vec![0; count];
    let local: [u64; 4] = [1, 2, 3, 4];

    println!(
        "function {:p} {} text",
        main as *const (),
        size_of_val(&main)
    );
    println!("literal {:p} {} rodata", text.as_ptr(), text.len());
    println!("static {:p} {} data", &YEAR, size_of_val(&YEAR));
    println!("zeroed {:p} {} bss", &SLOTS, size_of_val(&SLOTS));
    println!( //~ claims/wrong-region
        "vector {:p} {} heap",
        &numbers,
        numbers.len() * size_of::<u64>()
    );
    println!("local {:p} {} stack", &local, size_of_val(&local));
}
