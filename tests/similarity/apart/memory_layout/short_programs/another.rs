use std::env;
use std::mem::size_of_val;
use std::sync::atomic::{AtomicU8, AtomicU64};

static COUNTER: AtomicU64 = AtomicU64::new(2026);
static BUFFER: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn elements() -> Vec<u64> {
    let wanted = env::args().nth(1).and_then(|word| word.parse::<u64>().ok());
    (0..wanted.unwrap_or(1_000)).collect()
}

fn main() {
    let literal = "hello, memory";
    let vector = elements();
    let local: [u64; 4] = std::array::from_fn(|i| i as u64);
    let table: [(&str, *const u8, usize, &str); 6] = [
        ("function", main as *const u8, 0, "text"),
        ("literal", literal.as_ptr(), literal.len(), "rodata"),
        ("static", (&raw const COUNTER).cast(), size_of_val(&COUNTER), "data"),
        ("zeroed", BUFFER.as_ptr().cast(), size_of_val(&BUFFER), "bss"),
        ("vector", vector.as_ptr().cast(), size_of_val(vector.as_slice()), "heap"),
        ("local", local.as_ptr().cast(), size_of_val(&local), "stack"),
    ];
    for (name, address, size, region) in table {
        println!("{name} {address:p} {size} {region}");
    }
}
