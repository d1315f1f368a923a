use std::sync::atomic::AtomicU64;

static COUNTER: AtomicU64 = AtomicU64::new(2026);
// 4096 zeros. Nobody changes them, so no atomics needed, I think
static ZEROS: [u8; 4096] = [0; 4096];

fn main() {
    let n: usize = match std::env::args().nth(1) {
        Some(text) => text.parse().expect("not a number"),
        None => 1000,
    };
    let literal = "hello, memory";
    let vector: Vec<u64> = vec![1; n];
    let local: [u64; 4] = [10, 20, 30, 40];

    println!("function {:p} 0 text", main as *const ());
    println!("literal {:p} {} rodata", literal.as_ptr(), literal.len());
    println!("static {:p} 8 data", &COUNTER);
    println!("zeroed {:p} 4096 bss", &ZEROS);
    println!("vector {:p} {} heap", vector.as_ptr(), vector.len() * 8);
    println!("local {:p} 32 stack", &local);
}
