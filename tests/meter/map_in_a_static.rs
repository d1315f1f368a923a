//! A HashMap in a static: its table is found by an interior pointer (hashbrown points behind the buckets). Four strings of 10 bytes hang on
//! it; nothing is lost.
//= heap.definitely_lost.blocks = 0
//= heap.indirectly_lost.blocks = 0
//= heap.still_reachable.blocks = 5
//= heap.sites[1].still_reachable.bytes = 40
//= heap.sites[1].line = 14
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

static NAMES: OnceLock<Mutex<HashMap<u32, String>>> = OnceLock::new();

fn name(number: u32) -> String {
    String::from(["0123456789", "abcdefghij"][number as usize % 2])
}

fn main() {
    let names = NAMES.get_or_init(|| Mutex::new(HashMap::with_capacity(4)));
    for number in 0..4 {
        names.lock().unwrap().insert(number, name(number));
    }
}
