//! A value in a OnceLock is reachable at the end: 10 u64 are 80 bytes.
//= heap.total.blocks = 1
//= heap.total.bytes = 80
//= heap.still_reachable.bytes = 80
//= heap.definitely_lost.blocks = 0
//= heap.sites[0].holders[0].name = "TABLE"
//= heap.sites[0].line = 13
use std::sync::OnceLock;

static TABLE: OnceLock<Vec<u64>> = OnceLock::new();

fn main() {
    let table = TABLE.get_or_init(|| vec![1; 10]);
    assert_eq!(table.len(), 10);
}
