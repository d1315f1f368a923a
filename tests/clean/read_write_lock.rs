use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

fn main() {
    let shared = Arc::new(RwLock::new(BTreeMap::new()));
    for n in 0..10 {
        let shared = Arc::clone(&shared);
        std::thread::spawn(move || {
            shared.write().unwrap().insert(n, vec![n; n]);
        })
        .join()
        .unwrap();
    }
    let shared = shared.read().unwrap();
    println!("{}", shared.values().map(Vec::len).sum::<usize>());
}
