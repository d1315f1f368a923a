use std::cell::RefCell;
use std::rc::{Rc, Weak};

struct Node {
    value: u32,
    next: RefCell<Option<Rc<Node>>>,
    previous: RefCell<Weak<Node>>,
}

fn main() {
    let first = Rc::new(Node { value: 0, next: RefCell::default(), previous: RefCell::default() });
    let mut last = Rc::clone(&first);
    for value in 1..50 {
        let node = Rc::new(Node { value, next: RefCell::default(), previous: RefCell::new(Rc::downgrade(&last)) });
        *last.next.borrow_mut() = Some(Rc::clone(&node));
        last = node;
    }
    let mut sum = 0;
    let mut at = Some(last);
    while let Some(node) = at {
        sum += node.value;
        at = node.previous.borrow().upgrade();
    }
    println!("{sum}");
}
