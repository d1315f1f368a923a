#[derive(Default)]
struct Arena {
    nodes: Vec<Node>,
}

struct Node {
    value: i32,
    left: Option<usize>,
    right: Option<usize>,
}

impl Arena {
    fn insert(&mut self, value: i32) {
        let new = self.nodes.len();
        self.nodes.push(Node { value, left: None, right: None });
        let mut at = 0;
        while at != new {
            let node = &mut self.nodes[at];
            let side = if value < node.value { &mut node.left } else { &mut node.right };
            at = *side.get_or_insert(new);
        }
    }

    fn walk(&self, at: Option<usize>, out: &mut Vec<i32>) {
        if let Some(at) = at {
            self.walk(self.nodes[at].left, out);
            out.push(self.nodes[at].value);
            self.walk(self.nodes[at].right, out);
        }
    }
}

fn main() {
    let mut arena = Arena::default();
    for i in 0..100 {
        arena.insert(i * 37 % 101);
    }
    let mut sorted = Vec::new();
    arena.walk(Some(0), &mut sorted);
    assert!(sorted.is_sorted());
    println!("{}", sorted.len());
}
