//! Threads, large blocks and many small ones are all the allocator's: nothing came from elsewhere.
//@ limit: processes=200
//= pages.foreign_bytes = 0
//= heap.at_exit.bytes > 1000000
fn main() {
    let threads: Vec<_> = (0..70).map(|n| std::thread::spawn(move || vec![n; 100])).collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap().len(), 100);
    }
    std::mem::forget((0..10_000_u64).map(Box::new).collect::<Vec<_>>());
    std::mem::forget(vec![1_u8; 1 << 20]);
}
