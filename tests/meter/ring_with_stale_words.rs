//! A graph whose nodes own their neighbors. The buffers of `edges` have room for four, and in the room that is free lie words of the
//! buffer that `nodes` grew out of: 6 * (48 + 40) bytes in 12 blocks.
//= heap.cycles.len = 1
//= heap.cycles[0].count = 1
//= heap.cycles[0].blocks = 12
//= heap.cycles[0].bytes = 528
use std::cell::RefCell;
use std::rc::Rc;
struct Node { edges: RefCell<Vec<Rc<Node>>>, weight: u64 }
struct Graph { nodes: Vec<Rc<Node>> }
impl Graph {
    fn add(&mut self, weight: u64) -> usize {
        self.nodes.push(Rc::new(Node { edges: RefCell::new(Vec::new()), weight }));
        self.nodes.len() - 1
    }
    fn connect(&self, a: usize, b: usize) {
        self.nodes[a].edges.borrow_mut().push(Rc::clone(&self.nodes[b]));
        self.nodes[b].edges.borrow_mut().push(Rc::clone(&self.nodes[a]));
    }
}
fn main() {
    let mut g = Graph { nodes: vec![] };
    for i in 0..6 { g.add(i); }
    for i in 0..6 { g.connect(i, (i + 1) % 6); }
    println!("{}", g.nodes.iter().map(|n| n.weight).sum::<u64>());
}
