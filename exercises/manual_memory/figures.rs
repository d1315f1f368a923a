//! What it costs here to let a block grow, and to free by hand or by owner.

use std::alloc::{Layout, alloc, dealloc, realloc};
use std::hint::black_box;
use std::time::Instant;

/// Values that are pushed where the room doubles, and where it grows by one.
const MANY: usize = 100_000;
const FEW: usize = 10_000;

fn main() {
    println!(
        "double_realloc = {} ns",
        median(7, || push(MANY, true, true))
    );
    println!("double_copy = {} ns", median(7, || push(MANY, true, false)));
    println!("one_realloc = {} ns", median(5, || push(FEW, false, true)));
    println!("one_copy = {} ns", median(3, || push(FEW, false, false)));
    let (mut hands, mut owners) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        hands.push(by_hand());
        owners.push(by_owner());
    }
    println!("by_hand = {} ns", middle(hands));
    println!("by_owner = {} ns", middle(owners));
}

fn layout(places: usize) -> Layout {
    Layout::array::<u64>(places).expect("small")
}

/// Nanoseconds to push so many values.
fn push(values: usize, doubles: bool, by_realloc: bool) -> f64 {
    let started = Instant::now();
    let mut room = 1;
    let mut block = unsafe { alloc(layout(room)) }.cast::<u64>();
    for len in 0..values {
        if len == room {
            let larger = if doubles { 2 * room } else { room + 1 };
            block = unsafe { grow(block, room, larger, by_realloc) };
            room = larger;
        }
        unsafe { block.add(len).write(len as u64) };
    }
    black_box(block);
    unsafe { dealloc(block.cast(), layout(room)) };
    started.elapsed().as_nanos() as f64
}

unsafe fn grow(block: *mut u64, room: usize, larger: usize, by_realloc: bool) -> *mut u64 {
    unsafe {
        let new = if by_realloc {
            realloc(block.cast(), layout(room), layout(larger).size()).cast()
        } else {
            let new = alloc(layout(larger)).cast::<u64>();
            new.copy_from_nonoverlapping(block, room);
            dealloc(block.cast(), layout(room));
            new
        };
        assert!(!new.is_null());
        new
    }
}

const TIMES: u32 = 50_000;

/// Nanoseconds to ask for 64 bytes, write to them, and give them back.
fn by_hand() -> f64 {
    let started = Instant::now();
    for number in 0..TIMES {
        unsafe {
            let block = alloc(layout(8)).cast::<u64>();
            block.write(u64::from(number));
            dealloc(black_box(block).cast(), layout(8));
        }
    }
    started.elapsed().as_nanos() as f64 / f64::from(TIMES)
}

/// The same, and the compiler writes the call that frees.
fn by_owner() -> f64 {
    let started = Instant::now();
    for number in 0..TIMES {
        let mut block = Box::<[u64; 8]>::new_uninit();
        unsafe { block.as_mut_ptr().cast::<u64>().write(u64::from(number)) };
        drop(black_box(block));
    }
    started.elapsed().as_nanos() as f64 / f64::from(TIMES)
}

fn median(rounds: usize, mut work: impl FnMut() -> f64) -> f64 {
    middle((0..rounds).map(|_| work()).collect())
}

fn middle(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
