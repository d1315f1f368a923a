//! Who holds whom in a ring, whatever lies between: a `Vec`, a `HashMap`, a closure, a trait object.
//= heap.cycles.len = 4
//= heap.cycles[0].members.len = 3
//= heap.cycles[0].edges = [[0,1],[1,2],[2,0]]
//= heap.cycles[0].count = 2
//= heap.cycles[1].edges = [[0,0]]
//= heap.cycles[2].edges = [[0,1],[0,2],[1,0],[2,0]]
//= heap.cycles[3].edges = [[0,0]]
//= heap.still_reachable.blocks = 0
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

trait Step {
    fn run(&self) -> usize;
}

struct Parent {
    children: RefCell<Vec<Rc<Child>>>,
}

struct Child {
    parent: RefCell<Option<Rc<Parent>>>,
}

struct Ring {
    next: RefCell<HashMap<u8, Rc<Ring>>>,
    _weight: [u64; 100],
}

struct Callback {
    run: RefCell<Option<Box<dyn Fn() -> usize>>>,
    _weight: [u64; 20],
}

struct Selfish {
    me: RefCell<Option<Rc<dyn Step>>>,
    _weight: [u64; 10],
}

impl Step for Selfish {
    fn run(&self) -> usize {
        usize::from(self.me.borrow().is_some())
    }
}

fn ring() -> Rc<Ring> {
    Rc::new(Ring { next: RefCell::default(), _weight: [0; 100] })
}

fn main() {
    for _ in 0..2 {
        let rings = [ring(), ring(), ring()];
        for (i, from) in rings.iter().enumerate() {
            from.next.borrow_mut().insert(1, Rc::clone(&rings[(i + 1) % 3]));
        }
    }
    let callback = Rc::new(Callback { run: RefCell::new(None), _weight: [0; 20] });
    let itself = Rc::clone(&callback);
    *callback.run.borrow_mut() = Some(Box::new(move || itself._weight.len()));
    let selfish = Rc::new(Selfish { me: RefCell::new(None), _weight: [0; 10] });
    *selfish.me.borrow_mut() = Some(selfish.clone());
    let parent = Rc::new(Parent { children: RefCell::default() });
    for _ in 0..2 {
        let child = Rc::new(Child { parent: RefCell::new(None) });
        *child.parent.borrow_mut() = Some(Rc::clone(&parent));
        parent.children.borrow_mut().push(child);
    }
    assert!(selfish.run() + callback.run.borrow().as_ref().map_or(0, |run| run()) > 0);
}
