//! An empty main allocates nothing that counts, whatever std does for itself.
//= heap.total.blocks = 0
//= heap.total.bytes = 0
//= heap.at_exit.blocks = 0
//= heap.complete = true
//= outcome.kind = "exited"
fn main() {}
