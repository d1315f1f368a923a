//@ about: Declares a `const`: every use of it makes a new value, here on the stack.
//@ finding: claims/wrong-region in table/the static is in data
//@ output: right

use std::sync::atomic::{AtomicU8, AtomicU64};

const YEAR: AtomicU64 = AtomicU64::new(2026);
static SLOTS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn print<T: ?Sized>(name: &str, thing: &T, region: &str) {
    println!(
        "{name} {:p} {} {region}",
        thing as *const T as *const (),
        size_of_val(thing)
    );
}

fn main() {
    let count = std::env::args()
        .nth(1)
        .map_or(1000, |arg| arg.parse().unwrap());
    let vector = vec![0u64; count];
    let local = [1u64, 2, 3, 4];
    println!("function {:p} 0 text", main as *const ());
    print("literal", "hello, memory", "rodata");
    print("static", &YEAR, "data");
    print("zeroed", &SLOTS, "bss");
    print("vector", &vector[..], "heap");
    print("local", &local, "stack");
}
