//! After an overflow std's handler runs on a stack of its own. What the overflowed stack holds is not lost for that, and a `forget`
//! that was never reached forgot nothing.
//= outcome.kind = "stack_overflow"
//= heap.complete = false
//= heap.at_exit.blocks = 1001
//= heap.definitely_lost.blocks = 0
//= heap.indirectly_lost.blocks = 0
//= heap.still_reachable.bytes = 16100
//= findings.len = 1
//= findings[0].code = "run/recording-cut-short"
struct Node(#[expect(dead_code, reason = "only held")] Option<Box<Node>>, #[expect(dead_code, reason = "fills the block")] u64);

fn depth(n: u64) -> u64 {
    let frame = std::hint::black_box([n; 16]);
    if n == u64::MAX { 0 } else { 1 + depth(n + 1) + frame[3] }
}

fn main() {
    let bytes = vec![1_u8; 100];
    let list = (0..1000).fold(None, |next, n| Some(Box::new(Node(next, n))));
    println!("{} {}", depth(0), bytes[0]);
    std::mem::forget(list);
}
