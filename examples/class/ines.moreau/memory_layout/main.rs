//! Six things and where they live.

use std::sync::atomic::{AtomicU64, AtomicU8};

// Starts at something, so the something has to be stored in the file.
static YEAR: AtomicU64 = AtomicU64::new(2026);
// Starts at nothing, so the file only says how long it is.
static SCRATCH: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn row<T: ?Sized>(name: &str, thing: &T, region: &str) {
    let address: *const () = std::ptr::from_ref(thing).cast();
    println!("{name} {address:p} {} {region}", size_of_val(thing));
}

fn main() {
    let length = std::env::args().nth(1).map(|arg| arg.parse::<usize>());
    let length = length.and_then(Result::ok).unwrap_or(1000);

    println!("function {:p} 0 text", main as *const ());
    row("literal", "hello, memory", "rodata");
    row("static", &YEAR, "data");
    row("zeroed", &SCRATCH, "bss");
    // `&vector[..]` is the elements; `&vector` would be the handle, which is another thing on the stack.
    let vector = vec![7_u64; length];
    row("vector", &vector[..], "heap");
    // Counted up at run time, or the compiler might put a constant into rodata.
    let mut local = [length as u64; 4];
    local[1] += 1;
    row("local", &local, "stack");
}
