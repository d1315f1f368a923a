//! A LazyLock's string: 4 * 25 bytes, made by `repeat` in one block.
//= heap.total.blocks = 1
//= heap.still_reachable.bytes = 100
//= heap.definitely_lost.blocks = 0
//= heap.sites[0].holders[0].kind = "static"
//= heap.sites[0].holders[0].name = "TEXT"
use std::sync::LazyLock;

static TEXT: LazyLock<String> = LazyLock::new(|| "word".repeat(25));

fn main() {
    assert_eq!(TEXT.len(), 100);
}
