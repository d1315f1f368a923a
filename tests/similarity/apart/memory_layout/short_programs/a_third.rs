use std::sync::atomic::{AtomicU64, AtomicU8};

static A: AtomicU64 = AtomicU64::new(2026);
static B: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn show<T>(name: &str, slice: &[T], region: &str) {
    println!("{} {:p} {} {}", name, slice.as_ptr(), slice.len() * size_of::<T>(), region);
}

fn main() {
    let mut arguments = std::env::args();
    arguments.next();
    let length = match arguments.next() {
        None => 1000,
        Some(number) => number.parse().expect("a number of elements"),
    };
    let mut list: Vec<u64> = Vec::new();
    list.resize(length, 1);
    let four = [list[0]; 4];
    println!("function {:p} 0 text", main as *const ());
    show("literal", "hello, memory".as_bytes(), "rodata");
    show("static", std::slice::from_ref(&A), "data");
    show("zeroed", &B, "bss");
    show("vector", &list, "heap");
    show("local", &four, "stack");
}
