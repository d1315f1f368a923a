//! A spawned thread overflows: its own vector, and main's, are held by the two stacks.
//= outcome.kind = "stack_overflow"
//= heap.definitely_lost.blocks = 0
//= heap.indirectly_lost.blocks = 0
//= stack.threads_peak_bytes > 1000000
//= findings.len = 1
fn depth(n: u64) -> u64 {
    let frame = std::hint::black_box([n; 16]);
    if n == u64::MAX { 0 } else { 1 + depth(n + 1) + frame[3] }
}

fn main() {
    let here = vec![1_u8; 100];
    let thread = std::thread::spawn(|| {
        let there = vec![2_u8; 333];
        depth(0) + u64::from(there[0])
    });
    println!("{} {}", thread.join().unwrap(), here[0]);
}
