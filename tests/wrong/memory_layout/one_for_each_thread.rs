//@ about: Makes the zeroed static `thread_local!`: every thread has its own, in a mapping and not in bss.
//@ finding: claims/wrong-region in table/the zeroed static is in bss
//@ output: right

use std::cell::Cell;
use std::sync::atomic::AtomicU64;

static YEAR: AtomicU64 = AtomicU64::new(2026);

thread_local! {
    static SLOTS: [Cell<u8>; 4096] = const { [const { Cell::new(0) }; 4096] };
}

fn show<T: ?Sized>(name: &str, value: &T, region: &str) {
    println!(
        "{name} {:p} {} {region}",
        value as *const T as *const (),
        size_of_val(value)
    );
}

fn main() {
    let count = std::env::args()
        .nth(1)
        .map_or(1000, |arg| arg.parse().unwrap());
    let vector = vec![0u64; count];
    let local = [1u64, 2, 3, 4];
    println!("function {:p} 0 text", main as *const ());
    show("literal", "hello, memory", "rodata");
    show("static", &YEAR, "data");
    SLOTS.with(|slots| show("zeroed", slots, "bss"));
    show("vector", vector.as_slice(), "heap");
    show("local", &local, "stack");
}
