//! Joined threads leave nothing: each of 8 returns a box of 16 bytes that main sums up and drops.
//= heap.at_exit.blocks = 0
//= heap.definitely_lost.blocks = 0
//= heap.sites[0].line = 9
//= heap.sites[0].total.blocks = 8
//= heap.sites[0].total.bytes = 8192
fn work(n: u64) -> Box<[u64; 128]> {
    // Large, so that this line comes first.
    Box::new([n; 128])
}

fn main() {
    let threads: Vec<_> = (0..8).map(|n| std::thread::spawn(move || work(n))).collect();
    let sum: u64 = threads.into_iter().map(|thread| thread.join().unwrap()[127]).sum();
    assert_eq!(sum, 28);
}
