//! How lists grow here, what a block on the heap takes in resident memory, and what comes back when it is freed.

use std::collections::VecDeque;
use std::hint::black_box;

/// Elements that are pushed.
const ELEMENTS: usize = 1_000_000;
/// Memos: blocks of as many bytes as the exercise's memos have at most.
const MEMOS: usize = 100_000;
const MEMO: usize = 40;

fn main() {
    // Before anything else: memory that was freed is used again, and then nothing grows.
    match resident() {
        Some(start) => memos(start),
        None => {
            for name in ["per_memo", "held", "kept"] {
                println!("{name} = ? this system does not tell a program its resident memory");
            }
        }
    }
    growth();
}

/// By which factor the buffer of a list grows, and how often it moves.
fn growth() {
    let mut list = VecDeque::new();
    let (mut buffers, mut factor) = (0, 0.0);
    for number in 0..ELEMENTS {
        let before = list.capacity();
        list.push_back(number as u64);
        if list.capacity() != before {
            buffers += 1;
            if before > 0 {
                factor = list.capacity() as f64 / before as f64;
            }
        }
    }
    black_box(&list);
    println!("growth = {factor} times");
    println!("buffers = {buffers}");
    println!(
        "spare = {} %",
        (list.capacity() - list.len()) as f64 / list.len() as f64 * 100.0
    );
}

/// Resident memory with many small blocks, and after nearly all of them are free again.
fn memos(start: usize) {
    let mut memos: Vec<Box<[u8]>> = Vec::with_capacity(MEMOS);
    memos.extend((0..MEMOS).map(|number| vec![number as u8; MEMO].into_boxed_slice()));
    black_box(&memos);
    let list = MEMOS * size_of::<Box<[u8]>>();
    let full = resident().unwrap_or(start).saturating_sub(start);
    println!("per_memo = {} bytes", full.saturating_sub(list) / MEMOS);
    println!("held = {full} B");
    // The last block stays, as something always does.
    memos.truncate(0);
    let last = vec![1_u8; MEMO].into_boxed_slice();
    drop(memos);
    black_box(&last);
    let left = resident().unwrap_or(start).saturating_sub(start);
    println!("kept = {left} B");
}

/// Resident bytes of this process.
#[cfg(target_os = "linux")]
fn resident() -> Option<usize> {
    unsafe extern "C" {
        fn getpagesize() -> i32;
    }
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * unsafe { getpagesize() } as usize)
}

#[cfg(not(target_os = "linux"))]
fn resident() -> Option<usize> {
    None
}
