use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

fn main() {
    let mut graph: HashMap<u32, Vec<(u32, u32)>> = HashMap::new();
    for n in 0..200 {
        graph.entry(n).or_default().push(((n * 7 + 1) % 200, n % 13 + 1));
        graph.entry(n).or_default().push(((n + 1) % 200, 5));
    }
    let mut best: HashMap<u32, u32> = HashMap::new();
    let mut queue = BinaryHeap::from([Reverse((0, 0))]);
    while let Some(Reverse((cost, node))) = queue.pop() {
        if best.get(&node).is_some_and(|known| *known <= cost) {
            continue;
        }
        best.insert(node, cost);
        for (next, step) in &graph[&node] {
            queue.push(Reverse((cost + step, *next)));
        }
    }
    println!("{} {}", best.len(), best[&199]);
}
