//! A million blocks that are never freed, from three lines.

use std::hint::black_box;
use std::mem::forget;

fn forget_box(number: u64) {
    forget(black_box(Box::new([number; 4])));
}

fn forget_vector(number: usize) {
    forget(black_box(vec![1_u8; 24 + number % 8]));
}

fn leak_text(number: u64) {
    let text = format!("text number {number} stays for ever");
    black_box(Box::leak(text.into_boxed_str()));
}

fn main() {
    (0..400_000).for_each(forget_box);
    (0..300_000).for_each(forget_vector);
    (0..300_000).for_each(leak_text);
    println!("forgot 1000000 blocks");
}
