//@ about: Believes that a large static array is in bss whatever it starts with; this one starts with blanks.
//@ finding: claims/wrong-region in table/the zeroed static is in bss
//@ output: right

use std::sync::atomic::{AtomicU8, AtomicU64};

static YEAR: AtomicU64 = AtomicU64::new(2026);
static SCREEN: [AtomicU8; 4096] = [const { AtomicU8::new(b' ') }; 4096];

fn row<T: ?Sized>(name: &str, value: &T, region: &str) {
    println!(
        "{name} {:p} {} {region}",
        value as *const T as *const (),
        size_of_val(value)
    );
}

fn main() {
    let mut args = std::env::args().skip(1);
    let length = args.next().map_or(1000, |a| a.parse().unwrap());
    let numbers: Vec<u64> = vec![7; length];
    let point = [1u64, 2, 3, 4];

    println!(
        "function {:p} {} text",
        main as *const (),
        size_of_val(&main)
    );
    row("literal", "hello, memory", "rodata");
    row("static", &YEAR, "data");
    row("zeroed", &SCREEN, "bss");
    row("vector", numbers.as_slice(), "heap");
    row("local", &point, "stack");
}
