// Day 4, virtual_memory (Jonas W.)
use std::fs;
use std::io;

fn measure() -> (f64, f64) {
    let text = fs::read_to_string("/proc/self/statm").expect("no /proc");
    let parts: Vec<&str> = text.split(' ').collect();
    let size: f64 = parts[0].parse().expect("not a number");
    let resident: f64 = parts[1].parse().expect("not a number");
    (size * 4096.0 / 1024.0 / 1024.0, resident * 4096.0 / 1024.0 / 1024.0)
}

fn print_line(step: &str, before: f64) {
    let (size, resident) = measure();
    println!("{}: resident {:.1} MiB, virtual +{:.1} MiB", step, resident, size - before);
}

fn key() -> bool {
    let mut line = String::new();
    let length = io::stdin().read_line(&mut line).expect("no stdin");
    length != 0
}

fn main() {
    let (before, resident) = measure();
    println!("start: resident {:.1} MiB", resident);

    let mut memory: Vec<u8> = vec![0; 500_000_000];
    print_line("reserved", before);
    if !key() {
        return;
    }

    // look at 1000 pages
    let mut sum: u64 = 0;
    let mut x: u64 = 1;
    for _ in 0..1000 {
        x = (x * 48271) % 2147483647;
        let page = x as usize % (memory.len() / 4096);
        sum += memory[page * 4096] as u64;
    }
    assert!(sum == 0);
    print_line("sparse", before);
    if !key() {
        return;
    }

    let mut i = 0;
    while i < memory.len() {
        memory[i] = 1;
        i += 4096;
    }
    print_line("full", before);
}
