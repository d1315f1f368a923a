//@ about: Makes the vector in a function that returns only the address: the vector is gone when the line is printed.
//@ finding: claims/wrong-region in table/the vector's buffer is on the heap
//@ output: right

use std::sync::atomic::{AtomicU8, AtomicU64};

static YEAR: AtomicU64 = AtomicU64::new(2026);
static SLOTS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn show(name: &str, address: *const (), size: usize, region: &str) {
    println!("{name} {address:p} {size} {region}");
}

fn make_vector(count: usize) -> (*const (), usize) {
    let vector = vec![0u64; count];
    (vector.as_ptr().cast(), vector.len() * 8)
}

fn main() {
    let count = std::env::args()
        .nth(1)
        .map_or(1000, |arg| arg.parse().unwrap());
    let literal = "hello, memory";
    let local = [1u64, 2, 3, 4];
    let (buffer, bytes) = make_vector(count);

    show("function", main as *const (), 0, "text");
    show("literal", literal.as_ptr().cast(), 13, "rodata");
    show("static", YEAR.as_ptr().cast(), 8, "data");
    show("zeroed", SLOTS.as_ptr().cast(), 4096, "bss");
    show("vector", buffer, bytes, "heap");
    show("local", local.as_ptr().cast(), 32, "stack");
}
