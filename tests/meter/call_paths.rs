//! One line that several callers reach: who asked for how much.
//= heap.sites[0].line = 23
//= heap.sites[0].total.bytes = 4200
//= heap.sites[0].paths.len = 2
//= heap.sites[0].paths[0].callers[0].line = 27
//= heap.sites[0].paths[0].callers[1].line = 35
//= heap.sites[0].paths[0].total = {"bytes": 3000, "blocks": 30}
//= heap.sites[0].paths[0].at_exit = {"bytes": 3000, "blocks": 30}
//= heap.sites[0].paths[0].lost = {"bytes": 3000, "blocks": 30}
//= heap.sites[0].paths[1].callers[0].line = 31
//= heap.sites[0].paths[1].total = {"bytes": 1200, "blocks": 12}
//= heap.sites[0].paths[1].lost.bytes = 0
//= heap.sites[0].more_paths = 0
//= heap.sites[1].line = 43
//= heap.sites[1].paths.len = 0
//= findings.len = 1
//= findings[0].line = 28
//
// The recursion below allocates at every depth, and is one path all the same.
fn make(size: usize) -> Box<[u8]> {
    // A request of its own.
    let filler = 1;
    vec![filler; size].into()
}

fn lose() {
    let lost = make(100);
    std::mem::forget(lost);
}
fn use_and_free() {
    assert_eq!(make(100).len(), 100);
}
fn main() {
    for _ in 0..30 {
        lose();
    }
    for _ in 0..12 {
        use_and_free();
    }
    deep(5);
}
fn deep(n: u8) {
    let block = Box::new([n; 10]);
    if n > 0 {
        deep(n - 1);
    }
    assert_eq!(block[0], n);
}
