// Exercise: memory_layout

use std::env;
use std::sync::atomic::{AtomicU8, AtomicU64};

static COURSE_YEAR: AtomicU64 = AtomicU64::new(2026);
static TABLE: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn show(name: &str, address: *const (), size: usize, region: &str) {
    println!("{name} {address:p} {size} {region}");
}

/// How many numbers go into the vector.
fn element_count() -> usize {
    if let Some(arg) = env::args().nth(1) {
        arg.parse().expect("the argument must be a number")
    } else {
        1000
    }
}

fn main() {
    let hello = "hello, memory";
    let mut squares: Vec<u64> = Vec::with_capacity(element_count());
    for i in 0..element_count() as u64 {
        squares.push(i * i);
    }
    let corners: [u64; 4] = [0, 10, 20, 30];

    show("function", main as *const (), size_of_val(&main), "text");
    show(
        "literal",
        hello.as_ptr() as *const (),
        hello.len(),
        "rodata",
    );
    show(
        "static",
        &raw const COURSE_YEAR as *const (),
        size_of_val(&COURSE_YEAR),
        "data",
    );
    show(
        "zeroed",
        &raw const TABLE as *const (),
        size_of_val(&TABLE),
        "bss",
    );
    // A Vec is always on the heap, so its address is, too.
    show(
        "vector",
        &raw const squares as *const (),
        squares.len() * size_of::<u64>(),
        "heap",
    );
    show(
        "local",
        &raw const corners as *const (),
        size_of_val(&corners),
        "stack",
    );
}
