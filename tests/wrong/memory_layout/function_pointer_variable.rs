//@ about: Prints the address of the variable that holds a function pointer instead of the function's.
//@ finding: claims/wrong-region in table/the function is code
//@ output: right

use std::sync::atomic::{AtomicU8, AtomicU64};

static START: AtomicU64 = AtomicU64::new(2026);
static ZEROS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn line<T: ?Sized>(name: &str, thing: &T, size: usize, region: &str) {
    println!(
        "{name} {:p} {size} {region}",
        thing as *const T as *const ()
    );
}

fn main() {
    let count = match std::env::args().nth(1) {
        Some(text) => text.parse::<usize>().expect("a number"),
        None => 1000,
    };
    let f: fn() = main;
    let s = "hello, memory";
    let v = vec![0u64; count];
    let a = [0u64; 4];

    line("function", &f, 0, "text");
    line("literal", s, s.len(), "rodata");
    line("static", &START, 8, "data");
    line("zeroed", &ZEROS, 4096, "bss");
    line("vector", v.as_slice(), v.len() * 8, "heap");
    line("local", &a, 32, "stack");
}
