//@ about: Prints the sizes of the handles (`&str`, `Vec`) instead of the sizes of what they own or refer to.
//@ finding: output/no-match in table/sizes in bytes

use std::sync::atomic::{AtomicU8, AtomicU64};

static YEAR: AtomicU64 = AtomicU64::new(2026);
static SLOTS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn show(name: &str, address: *const (), size: usize, region: &str) {
    println!("{name} {address:p} {size} {region}");
}

fn main() {
    let count = std::env::args()
        .nth(1)
        .map_or(1000, |arg| arg.parse().unwrap());
    let literal = "hello, memory";
    let vector = vec![0_u64; count];
    let local = [1_u64, 2, 3, 4];
    show("function", main as *const (), size_of_val(&main), "text");
    show(
        "literal",
        literal.as_ptr().cast(),
        size_of_val(&literal),
        "rodata",
    );
    show("static", YEAR.as_ptr().cast(), size_of_val(&YEAR), "data");
    show("zeroed", SLOTS.as_ptr().cast(), size_of_val(&SLOTS), "bss");
    show(
        "vector",
        vector.as_ptr().cast(),
        size_of_val(&vector),
        "heap",
    );
    show("local", local.as_ptr().cast(), size_of_val(&local), "stack");
}
