use std::sync::{Arc, Barrier, Condvar, Mutex};

fn main() {
    let barrier = Arc::new(Barrier::new(3));
    let done = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
    let threads: Vec<_> = (0..3)
        .map(|n| {
            let (barrier, done) = (Arc::clone(&barrier), Arc::clone(&done));
            std::thread::spawn(move || {
                barrier.wait();
                done.0.lock().unwrap().push(n);
                done.1.notify_all();
            })
        })
        .collect();
    let mut list = done.0.lock().unwrap();
    while list.len() < 3 {
        list = done.1.wait(list).unwrap();
    }
    list.sort_unstable();
    println!("{list:?}");
    drop(list);
    for thread in threads {
        thread.join().unwrap();
    }
}
