//! Types without size need no memory: a million of them, boxed and in a Vec, are 0 blocks.
//= heap.total.blocks = 0
//= heap.total.bytes = 0
struct Nothing;

fn main() {
    let mut many = Vec::new();
    for _ in 0..1_000_000 {
        many.push(Nothing);
    }
    let boxed: Box<[Nothing; 3]> = Box::new([Nothing, Nothing, Nothing]);
    assert_eq!(many.len() + boxed.len(), 1_000_003);
}
