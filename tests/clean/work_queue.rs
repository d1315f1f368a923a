use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};

type Job = Box<dyn FnOnce() -> usize + Send>;

fn main() {
    let queue: Arc<(Mutex<(VecDeque<Job>, bool)>, Condvar)> = Arc::default();
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let queue = Arc::clone(&queue);
            std::thread::spawn(move || {
                let mut done = 0;
                loop {
                    let mut state = queue.0.lock().unwrap();
                    while state.0.is_empty() && !state.1 {
                        state = queue.1.wait(state).unwrap();
                    }
                    let Some(job) = state.0.pop_front() else { return done };
                    drop(state);
                    done += job();
                }
            })
        })
        .collect();
    for n in 0..30 {
        let data = vec![1_u8; n];
        queue.0.lock().unwrap().0.push_back(Box::new(move || data.len()));
        queue.1.notify_one();
    }
    queue.0.lock().unwrap().1 = true;
    queue.1.notify_all();
    let done: usize = workers.into_iter().map(|worker| worker.join().unwrap()).sum();
    println!("{done}");
}
