//! Where do things live? Print one line for each of six things:
//!
//!     NAME ADDRESS SIZE REGION
//!
//! with one space between the parts, in this order and with these names:
//!
//!     function   the function `main`                                          text
//!     literal    the bytes of the string literal "hello, memory"              rodata
//!     static     a static of type AtomicU64 that starts at 2026               data
//!     zeroed     a static array of 4096 AtomicU8, all zero                    bss
//!     vector     the elements of a vector of 1,000 numbers of type u64        heap
//!     local      a local array of 4 numbers of type u64                       stack
//!
//! SIZE is the size in bytes of the thing at that address. If the program is given an argument, it is the number
//! of elements of the vector instead of 1,000.

/// Prints one line of the table. `{:p}` writes an address as 0x7ffd…
fn show(name: &str, address: *const (), size: usize, region: &str) {
    println!("{name} {address:p} {size} {region}");
}

use std::sync::atomic::{AtomicU64, AtomicU8};

// const or static, both worked
const NUMBER: AtomicU64 = AtomicU64::new(2026);
static ARRAY: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn main() {
    // A function's name is a value without any bytes: its type alone says which function it is. So its size is 0.
    show("function", main as *const (), size_of_val(&main), "text");

    let literal = "hello, memory";
    show("literal", literal.as_ptr().cast(), literal.len(), "rodata");

    // rustc does not want `&raw const NUMBER`, so give it a name first
    let number = NUMBER;
    show("static", (&raw const number).cast(), 8, "data");
    show("zeroed", (&raw const ARRAY).cast(), 4096, "bss");

    let vector: Vec<u64> = (0..1000).collect();
    show("vector", (&raw const vector).cast(), size_of_val(&vector), "heap");

    let local = [1u64, 2, 3, 4];
    show("local", (&raw const local).cast(), 32, "stack");
}
