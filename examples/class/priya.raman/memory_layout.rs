use std::sync::atomic::{AtomicU64, AtomicU8};

static S: AtomicU64 = AtomicU64::new(2026);
static mut Z: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn print(name: &str, p: *const u8, size: usize, region: &str) {
    println!("{name} {p:?} {size} {region}");
}

fn main() {
    let n = std::env::args().nth(1).unwrap_or("1000".into()).parse::<usize>().unwrap();
    let text = "hello, memory";
    let v = vec![0u64; n];
    let l: &[u64; 4] = &[1, 2, 3, 4];
    print("function", main as *const u8, 0, "text");
    print("literal", text.as_ptr(), text.len(), "rodata");
    print("static", &raw const S as *const u8, size_of::<AtomicU64>(), "data");
    print("zeroed", &raw const Z as *const u8, 4096, "bss");
    print("vector", v.as_ptr() as *const u8, v.len(), "heap"); // how many there are
    print("local", l.as_ptr() as *const u8, 32, "stack");
}
