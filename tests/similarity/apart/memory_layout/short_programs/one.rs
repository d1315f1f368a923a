use std::sync::atomic::*;

static YEAR: AtomicU64 = AtomicU64::new(2026);
static NOTHING: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn main() {
    let count = std::env::args().nth(1).map_or(1000, |n| n.parse().unwrap());
    println!("function {:p} 0 text", main as *const ());
    let text = "hello, memory";
    println!("literal {:p} {} rodata", text.as_ptr(), text.len());
    println!("static {:p} 8 data", &YEAR);
    println!("zeroed {:p} 4096 bss", &NOTHING);
    let vector = vec![0u64; count];
    println!("vector {:p} {} heap", vector.as_ptr(), 8 * count);
    let local = [count as u64; 4];
    println!("local {:p} 32 stack", &local);
}
