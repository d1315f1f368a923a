//! What small pieces cost here: each from the heap, and all from one block.

use std::hint::black_box;
use std::time::Instant;

const PIECES: usize = 100_000;
const BYTES: usize = 48;

/// One block, and how much of it is given out.
struct Arena {
    block: Vec<u8>,
    top: usize,
}

impl Arena {
    fn alloc(&mut self, bytes: usize, align: usize) -> Option<&mut [u8]> {
        let address = self.block.as_ptr().addr() + self.top;
        let start = self.top + address.next_multiple_of(align) - address;
        let end = start
            .checked_add(bytes)
            .filter(|end| *end <= self.block.len())?;
        self.top = end;
        Some(&mut self.block[start..end])
    }
}

fn main() {
    let (mut boxes, mut drops, mut firsts, mut agains) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        let mut arena = Arena {
            // More than the allocator keeps for later: the system gives fresh pages each time.
            block: vec![0; 64 << 20],
            top: 0,
        };
        firsts.push(fill(&mut arena));
        arena.top = 0;
        agains.push(fill(&mut arena));

        let mut pieces: Vec<Box<[u8; BYTES]>> = Vec::with_capacity(PIECES);
        let started = Instant::now();
        for number in 0..PIECES {
            pieces.push(black_box(Box::new([number as u8; BYTES])));
        }
        boxes.push(each(started));
        let started = Instant::now();
        drop(pieces);
        drops.push(each(started));
    }
    println!("box_new = {} ns", median(boxes));
    println!("box_drop = {} ns", median(drops));
    println!("arena_first = {} ns", median(firsts));
    println!("arena_again = {} ns", median(agains));
}

/// Nanoseconds to give out each piece and to write to it.
fn fill(arena: &mut Arena) -> f64 {
    let started = Instant::now();
    for number in 0..PIECES {
        let piece = arena.alloc(BYTES, 8).expect("there is room for all");
        piece.fill(number as u8);
        black_box(piece);
    }
    each(started)
}

fn each(started: Instant) -> f64 {
    started.elapsed().as_nanos() as f64 / PIECES as f64
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
