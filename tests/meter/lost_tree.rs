//! A forgotten list: its head is definitely lost, the other nodes indirectly.
//= heap.definitely_lost.blocks = 1
//= heap.indirectly_lost.blocks = 9
//= heap.at_exit.blocks = 10
struct Node {
    _next: Option<Box<Node>>,
}

fn main() {
    let mut list = None;
    for _ in 0..10 {
        list = Some(Box::new(Node { _next: list }));
    }
    std::mem::forget(list);
}
