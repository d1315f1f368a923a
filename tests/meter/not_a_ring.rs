//! Leaked collections whose nodes point at each other by themselves are lost, and are no reference cycles.
//= heap.cycles.len = 0
//= heap.definitely_lost.blocks = 3
use std::collections::{BTreeMap, LinkedList, VecDeque};

fn main() {
    std::mem::forget((0..1000_u32).map(|n| (n, n.to_string())).collect::<BTreeMap<_, _>>());
    std::mem::forget((0..100_u64).map(|n| vec![n]).collect::<LinkedList<_>>());
    std::mem::forget((0..100_u64).map(Box::new).collect::<VecDeque<_>>());
}
