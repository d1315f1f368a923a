//! Prints where six things live: name, address, size and region, one line each.

use std::env;
use std::sync::atomic::{AtomicU8, AtomicU64};

/// Starts at a value other than zero, so the value has to be stored in the program file: data.
static YEAR: AtomicU64 = AtomicU64::new(2026);

/// All zeros. The file only says how many: bss.
static SLOTS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

/// Elements of the vector when no argument is given.
const DEFAULT_COUNT: usize = 1000;

fn show(name: &str, address: *const (), size: usize, region: &str) {
    println!("{name} {address:p} {size} {region}");
}

fn main() {
    let count = env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(DEFAULT_COUNT);

    let literal = "hello, memory";
    let vector = vec![0_u64; count];
    let local = [1_u64, 2, 3, 4];

    show("function", main as *const (), size_of_val(&main), "text");
    show(
        "literal",
        literal.as_ptr().cast(),
        size_of_val(literal),
        "rodata",
    );
    show(
        "static",
        (&raw const YEAR).cast(),
        size_of_val(&YEAR),
        "data",
    );
    show("zeroed", SLOTS.as_ptr().cast(), size_of_val(&SLOTS), "bss");
    show(
        "vector",
        vector.as_ptr().cast(),
        size_of_val(vector.as_slice()),
        "heap",
    );
    show("local", local.as_ptr().cast(), size_of_val(&local), "stack");
}
