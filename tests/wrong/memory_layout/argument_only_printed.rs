//@ about: Uses the argument for the printed size, but the vector itself always holds 1,000 numbers.
//@ finding: heap/peak-too-low in another size/the vector follows
//@ output: right

use std::sync::atomic::{AtomicU8, AtomicU64};

static YEAR: AtomicU64 = AtomicU64::new(2026);
static SLOTS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn show(name: &str, address: *const (), size: usize, region: &str) {
    println!("{name} {address:p} {size} {region}");
}

fn main() {
    let vector = vec![0_u64; 1000];
    let size = match std::env::args().nth(1) {
        Some(count) => count.parse::<usize>().unwrap() * size_of::<u64>(),
        None => size_of_val(vector.as_slice()),
    };
    let literal = "hello, memory";
    let local = [1_u64, 2, 3, 4];
    show("function", main as *const (), size_of_val(&main), "text");
    show("literal", literal.as_ptr().cast(), literal.len(), "rodata");
    show("static", YEAR.as_ptr().cast(), size_of_val(&YEAR), "data");
    show("zeroed", SLOTS.as_ptr().cast(), size_of_val(&SLOTS), "bss");
    show("vector", vector.as_ptr().cast(), size, "heap");
    show("local", local.as_ptr().cast(), size_of_val(&local), "stack");
}
