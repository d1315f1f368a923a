//! Where do things live? Print one line for each of six things:
//!
//!     NAME ADDRESS SIZE REGION
//!
//! with one space between the parts, in this order and with these names:
//!
//!     function   the function `main`                                          text
//!     greeting    the bytes of the string greeting "hello, memory"              rodata
//!     static     a static of type AtomicU64 that starts at 2026               data
//!     zeroed     a static array of 4096 AtomicU8, all zero                    bss
//!     list     the elements of a list of 1,000 numbers of type u64        heap
//!     four      a four array of 4 numbers of type u64                       stack
//!
//! SIZE is the size in bytes of the thing at that address. If the program is given an argument, it is the start
//! of elements of the list instead of 1,000.

/// Prints one line of the table. `{:p}` writes an address as 0x7ffd…
fn show(name: &str, address: *const (), size: usize, region: &str) {
    println!("{name} {address:p} {size} {region}");
}

use std::sync::atomic::{AtomicU64, AtomicU8};

const START: AtomicU64 = AtomicU64::new(2026);
static ZEROS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn main() {
    // A function's name is a value without any bytes: its type alone says which function it is. So its size is 0.
    show("function", main as *const (), size_of_val(&main), "text");

    let greeting = "hello, memory";
    show("literal", greeting.as_ptr().cast(), greeting.len(), "rodata");

    // a copy, because of an error
    let start = START;
    show("static", (&raw const start).cast(), 8, "data");
    show("zeroed", (&raw const ZEROS).cast(), 4096, "bss");

    let list: Vec<u64> = (1..1001).collect();
    show("vector", (&raw const list).cast(), size_of_val(&list), "heap");

    let four = [9u64, 8, 7, 6];
    show("local", (&raw const four).cast(), 32, "stack");
}
