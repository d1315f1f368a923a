//! Many kinds of collections, with randomly seeded hashing: nothing is left, and every run gives the same figures.
//= heap.at_exit.blocks = 0
//= heap.definitely_lost.blocks = 0
//= outcome.exit_code = 0
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;

fn main() {
    let map: HashMap<u32, String> = (0..500).map(|n| (n, format!("value {n}"))).collect();
    println!("map {}", map.len());
    let set: HashSet<String> = map.values().cloned().collect();
    println!("set {}", set.len());
    // In order: a tree's number of nodes depends on the order of insertion, and a hash map's order is random.
    let mut values: Vec<&String> = map.values().collect();
    values.sort();
    let mut tree: BTreeMap<&str, usize> = BTreeMap::new();
    for value in values {
        tree.insert(value, value.len());
    }
    let ordered: BTreeSet<usize> = tree.values().copied().collect();
    println!("tree {} {}", tree.len(), ordered.len());
    let mut queue: VecDeque<u8> = (0..200).collect();
    queue.rotate_left(50);
    let heap: BinaryHeap<u64> = (0..300).rev().collect();
    let list: LinkedList<u64> = heap.iter().copied().collect();
    println!("list {} {}", list.len(), queue.len());
    let shared: Vec<Rc<str>> = set.iter().map(|s| Rc::from(s.as_str())).collect();
    let mut sorted: Vec<Rc<str>> = shared.iter().map(Rc::clone).collect();
    sorted.sort();
    println!("first {}", sorted[0]);
}
