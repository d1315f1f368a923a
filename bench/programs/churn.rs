//! Fifteen million blocks, each freed soon after it was made: nothing but allocation.

use std::hint::black_box;

/// One block alive at a time.
fn boxes(rounds: u64) -> u64 {
    (0..rounds).map(|round| *black_box(Box::new(round))).sum()
}

/// Blocks of sixty different sizes.
fn vectors(rounds: u32) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        let mut numbers = Vec::with_capacity(round as usize % 60 + 1);
        numbers.push(round);
        sum += u64::from(black_box(numbers)[0]);
    }
    sum
}

/// Short and longer text in turn.
fn strings(rounds: u32) -> usize {
    let texts = [
        "a short text",
        "a text that is long enough to need more than forty bytes",
    ];
    (0..rounds as usize)
        .map(|round| black_box(texts[round % 2].to_string()).len())
        .sum()
}

/// A thousand blocks alive at a time, replaced in no regular order.
fn window(rounds: u32) -> u64 {
    let mut slots: Vec<Option<Box<[u8; 40]>>> = vec![None; 1000];
    let mut sum = 0;
    for round in 0..rounds {
        let slot = round.wrapping_mul(2_654_435_761) as usize % slots.len();
        let fresh = Box::new([round.to_le_bytes()[0]; 40]);
        if let Some(old) = slots[slot].replace(fresh) {
            sum += u64::from(old[20]);
        }
    }
    sum
}

fn main() {
    println!("boxes {}", boxes(4_000_000));
    println!("vectors {}", vectors(4_000_000));
    println!("strings {}", strings(4_000_000));
    println!("window {}", window(3_000_000));
}
