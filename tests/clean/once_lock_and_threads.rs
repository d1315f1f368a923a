use std::sync::OnceLock;

fn table() -> &'static [u64] {
    static TABLE: OnceLock<Vec<u64>> = OnceLock::new();
    TABLE.get_or_init(|| (0..64).map(|n| n * n).collect())
}

fn main() {
    let threads: Vec<_> = (0..4_usize).map(|n| std::thread::spawn(move || table()[n * 10])).collect();
    let sum: u64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    println!("{sum}");
}
