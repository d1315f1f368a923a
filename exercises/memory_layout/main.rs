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

// TODO: declare the two statics here. `std::sync::atomic` has the types. An atomic cannot be copied, so an array of
// them is written with a const block, which makes each element anew: `[const { VALUE }; LENGTH]`.

fn main() {
    // A function's name is a value without any bytes: its type alone says which function it is. So its size is 0.
    show("function", main as *const (), size_of_val(&main), "text");

    // The other five lines are wrong: they all give the address and the size of `main`. Give each its own thing.
    // `show` takes a `*const ()`, a pointer to anything: `.cast()` makes one of any other pointer.

    // TODO: let literal = …          `as_ptr()` says where its bytes are
    show("literal", main as *const (), size_of_val(&main), "rodata");

    // TODO: show the two statics     `&raw const NAME` is the address of a static
    show("static", main as *const (), size_of_val(&main), "data");
    show("zeroed", main as *const (), size_of_val(&main), "bss");

    // TODO: make the vector          `std::env::args().nth(1)` is the first argument, if there is one
    show("vector", main as *const (), size_of_val(&main), "heap");

    // TODO: make the local array
    show("local", main as *const (), size_of_val(&main), "stack");
}
