//! The same in a spawned thread.
//= outcome.kind = "stack_overflow"
//= outcome.place.function = "depth"
fn depth(n: u64) -> u64 {
    let frame = std::hint::black_box([n; 16]);
    if n == u64::MAX { 0 } else { 1 + depth(n + 1) + frame[3] }
}

fn main() {
    let thread = std::thread::Builder::new().name("worker".into()).spawn(|| depth(0)).unwrap();
    println!("{:?}", thread.join().is_ok());
}
