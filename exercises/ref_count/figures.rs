//! What counting owners costs here.

use std::hint::black_box;
use std::rc::Rc;
use std::sync::{Arc, Barrier};
use std::time::Instant;

const TIMES: u32 = 50_000;
const ROUNDS: usize = 9;

fn main() {
    let picture = vec![7_u8; 1 << 20];
    let rc = Rc::new(7_u64);
    let arc = Arc::new(7_u64);
    let (mut moves, mut rcs, mut arcs, mut allocations) = (vec![], vec![], vec![], vec![]);
    // In turns, so that what disturbs the computer for a while disturbs them all.
    for _ in 0..ROUNDS {
        moves.push(each(TIMES, || {
            let reference = black_box(&rc);
            black_box(reference);
        }));
        rcs.push(each(TIMES, || drop(black_box(Rc::clone(&rc)))));
        arcs.push(each(TIMES, || drop(black_box(Arc::clone(&arc)))));
        allocations.push(each(TIMES, || drop(black_box(Box::new([7_u64; 8])))));
    }
    println!("reference = {} ns", median(moves));
    println!("rc_clone = {} ns", median(rcs));
    println!("arc_clone = {} ns", median(arcs));
    println!("box_64 = {} ns", median(allocations));
    let copies = (0..ROUNDS).map(|_| each(20, || drop(black_box(picture.clone()))));
    println!("picture_copy = {} ns", median(copies.collect()));
    match two_threads(&arc) {
        Some(time) => println!("arc_clone_2 = {time} ns"),
        None => println!("arc_clone_2 = ? two threads need two processors"),
    }
}

/// Nanoseconds of each of so many times.
fn each(times: u32, mut work: impl FnMut()) -> f64 {
    let started = Instant::now();
    for _ in 0..times {
        work();
    }
    started.elapsed().as_nanos() as f64 / f64::from(times)
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Nanoseconds of each clone and drop while another thread does the same.
fn two_threads(arc: &Arc<u64>) -> Option<f64> {
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        return None;
    }
    let start = Barrier::new(2);
    let work = || {
        start.wait();
        each(20 * TIMES, || drop(black_box(Arc::clone(arc))))
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let mine = work();
        Some(f64::midpoint(mine, other.join().ok()?))
    })
}
