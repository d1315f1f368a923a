//! A queue of a thousand entries through which three million pass.

use std::collections::VecDeque;

const KEPT: usize = 1000;

fn main() {
    let mut recent = VecDeque::new();
    let mut letters = 0;
    for number in 0..3_000_000_u32 {
        recent.push_back(format!("entry {number} with a few words"));
        if recent.len() > KEPT {
            letters += recent.pop_front().map_or(0, |oldest: String| oldest.len());
        }
    }
    println!("{letters} letters passed through");
}
