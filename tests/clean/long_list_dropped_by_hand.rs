struct Node {
    next: Option<Box<Node>>,
}

struct List {
    head: Option<Box<Node>>,
}

impl Drop for List {
    fn drop(&mut self) {
        let mut at = self.head.take();
        while let Some(mut node) = at {
            at = node.next.take();
        }
    }
}

fn main() {
    let mut list = List { head: None };
    for _ in 0..100_000 {
        list.head = Some(Box::new(Node { next: list.head.take() }));
    }
    println!("made");
}
