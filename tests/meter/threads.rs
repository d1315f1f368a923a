//! Totals are exact with threads: four times a hundred boxes, counted at their line.
//= heap.sites[0].line = 9
//= heap.sites[0].total.blocks = 400
//= heap.sites[0].total.bytes = 12800
//= heap.at_exit.blocks = 0
fn work() -> u64 {
    let mut sum = 0;
    for n in 0..100u64 {
        let boxed = Box::new([n; 4]);
        sum += boxed[0];
    }
    sum
}

fn main() {
    let handles: Vec<_> = (0..4).map(|_| std::thread::spawn(work)).collect();
    let total: u64 = handles.into_iter().map(|handle| handle.join().unwrap()).sum();
    assert_eq!(total, 4 * 4950);
}
