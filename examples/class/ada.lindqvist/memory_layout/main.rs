use std::sync::atomic::{AtomicU8, AtomicU64};

static STARTED: AtomicU64 = AtomicU64::new(2026);
static ZEROS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn main() {
    let n = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1000);
    let text = "hello, memory";
    let numbers: Vec<u64> = (0..n).collect();
    let four = [1u64, 2, 3, 4];

    println!("function {:p} 0 text", main as *const ());
    println!("literal {:p} {} rodata", text.as_ptr(), text.len());
    println!("static {:p} {} data", &raw const STARTED, size_of_val(&STARTED));
    println!("zeroed {:p} {} bss", &raw const ZEROS, size_of_val(&ZEROS));
    println!("vector {:p} {} heap", numbers.as_ptr(), size_of_val(&numbers[..]));
    println!("local {:p} {} stack", &raw const four, size_of_val(&four));
}
