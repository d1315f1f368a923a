//@ about: Takes the address of the variable of type `&str` for the address of the literal's bytes.
//@ finding: claims/wrong-region in table/the literal is read-only data
//@ output: right

use std::sync::atomic::{AtomicU8, AtomicU64};

static YEAR: AtomicU64 = AtomicU64::new(2026);
static BUFFER: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn show<T>(name: &str, address: &T, size: usize, region: &str) {
    println!("{} {:p} {} {}", name, address, size, region);
}

fn main() {
    let n = std::env::args()
        .nth(1)
        .and_then(|x| x.parse().ok())
        .unwrap_or(1000);
    let greeting = "hello, memory";
    let list: Vec<u64> = (0..n as u64).collect();
    let four = [1u64, 2, 3, 4];

    println!("function {:p} 0 text", main as fn());
    show("literal", &greeting, greeting.len(), "rodata");
    show("static", &YEAR, size_of::<AtomicU64>(), "data");
    show("zeroed", &BUFFER, size_of_val(&BUFFER), "bss");
    show("vector", &list[0], size_of_val(&list[..]), "heap");
    show("local", &four, size_of_val(&four), "stack");
}
