//! More blocks alive at once than can have pages of their own: the others are ordinary, and nothing is said to be wrong.
//@ says: run/partly-checked

fn main() {
    let mut blocks: Vec<Box<u64>> = (0..40_000).map(Box::new).collect();
    blocks.rotate_left(1000);
    let sum: u64 = blocks.iter().map(|block| **block).sum();
    drop(blocks);
    println!("{sum}");
}
