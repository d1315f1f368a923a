//! An Arc that four threads share is one block: 16 bytes of counts and 1024 of data; the last owner frees it.
//= heap.sites[0].line = 9
//= heap.sites[0].total.blocks = 1
//= heap.sites[0].total.bytes = 1040
//= heap.at_exit.blocks = 0
use std::sync::Arc;

fn main() {
    let shared = Arc::new([7_u8; 1024]);
    let threads = [(); 4].map(|()| {
        let shared = Arc::clone(&shared);
        std::thread::spawn(move || shared.iter().map(|b| u32::from(*b)).sum::<u32>())
    });
    drop(shared);
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 7168);
    }
}
