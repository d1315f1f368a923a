//@ about: Walks with a deque, and drops by a list of lists that are taken from one by one.

//! A deep tree, walked and dropped without a tower of calls.
//!
//! Usage: `iterate_not_recurse order TREE`, such as `order "1(2 3)"`, `iterate_not_recurse deep [LEVELS]` or
//! `iterate_not_recurse bushy [LEVELS]`.

use std::env;

/// A node, and the nodes below it from left to right.
struct Node {
    name: u64,
    children: Vec<Node>,
}

/// Visits every node with its level, the root's being 1: parents before their children, and children from left to
/// right.
fn walk<'t>(root: &'t Node, mut visit: impl FnMut(&'t Node, u64)) {
    let mut todo = std::collections::VecDeque::new();
    todo.push_front((root, 1));
    while let Some((node, level)) = todo.pop_front() {
        visit(node, level);
        for child in node.children.iter().rev() {
            todo.push_front((child, level + 1));
        }
    }
}

impl Drop for Node {
    /// Takes the children off each node before it goes, so that none drops another one.
    fn drop(&mut self) {
        let mut todo: std::collections::LinkedList<Vec<Node>> = Default::default();
        todo.push_back(std::mem::take(&mut self.children));
        while let Some(mut list) = todo.pop_back() {
            if let Some(mut node) = list.pop() {
                let below = std::mem::take(&mut node.children);
                if !list.is_empty() {
                    todo.push_back(list);
                }
                if !below.is_empty() {
                    todo.push_back(below);
                }
            }
        }
    }
}

/// Reads a tree such as `1(2(4 5) 3)`: a name, and in brackets what is below it.
fn read(text: &str) -> Node {
    let mut open = vec![leaf(0)];
    let text = text.replace('(', " ( ").replace(')', " ) ");
    for word in text.split_whitespace() {
        match word {
            "(" => {
                let last = open.last_mut().and_then(|node| node.children.pop());
                open.extend(last);
            }
            ")" => {
                let done = open.pop();
                if let Some(parent) = open.last_mut() {
                    parent.children.extend(done);
                }
            }
            name => {
                if let Some(parent) = open.last_mut() {
                    parent.children.push(leaf(name.parse().unwrap_or(0)));
                }
            }
        }
    }
    let root = open.first_mut().and_then(|node| node.children.pop());
    root.unwrap_or(leaf(0))
}

/// A node without children.
fn leaf(name: u64) -> Node {
    Node {
        name,
        children: Vec::new(),
    }
}

/// A tree that goes straight down, with a leaf beside the way at every second level: left of it and right of it in
/// turns. It is built from below, in a loop.
fn deep(levels: u64) -> Node {
    let mut node = leaf(levels);
    for name in (1..levels).rev() {
        let children = match name % 4 {
            0 => vec![node, leaf(name)],
            2 => vec![leaf(name), node],
            _ => vec![node],
        };
        node = Node { name, children };
    }
    node
}

/// A tree in which every node but those of the last level has ten children. The recursion is as deep as the tree has
/// levels: a few, and known before.
fn bushy(levels: u64) -> Node {
    let below = if levels > 1 { 10 } else { 0 };
    Node {
        name: levels,
        children: (0..below).map(|_| bushy(levels - 1)).collect(),
    }
}

/// Walks through a tree and drops it, and prints a line after each step.
fn walk_and_drop(tree: Node) {
    println!("built");
    let (mut nodes, mut deepest, mut sum) = (0, 0, 0);
    walk(&tree, |node, level| {
        nodes += 1;
        deepest = level.max(deepest);
        sum += node.name;
    });
    println!("walked: {nodes} nodes, {deepest} levels, sum {sum}");
    drop(tree);
    println!("dropped");
}

/// The program's argument at `position` as a number.
fn number(position: usize, default: u64) -> u64 {
    env::args()
        .nth(position)
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn main() {
    match env::args().nth(1).as_deref() {
        Some("order") => {
            let tree = read(&env::args().nth(2).unwrap_or_default());
            let mut names = Vec::new();
            walk(&tree, |node, _| names.push(node.name.to_string()));
            println!("{}", names.join(" "));
        }
        Some("deep") => walk_and_drop(deep(number(2, 1_000_000))),
        Some("bushy") => walk_and_drop(bushy(number(2, 6))),
        _ => println!("Say order, deep or bushy"),
    }
}
