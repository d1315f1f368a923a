//! Two shapes of different types own each other as trait objects: 16 + 8 + 16 = 40, and 16 + 8 + 16 + 8 = 48 bytes.
//= heap.cycles.len = 1
//= heap.cycles[0].blocks = 2
//= heap.cycles[0].bytes = 88
//= heap.cycles[0].members.len = 2
//= heap.cycles[0].edges = [[0,1],[1,0]]
use std::cell::RefCell;
use std::rc::Rc;

trait Shape {
    fn attach(&self, other: Rc<dyn Shape>);
}

struct Round {
    other: RefCell<Option<Rc<dyn Shape>>>,
}

struct Square {
    other: RefCell<Option<Rc<dyn Shape>>>,
    _side: u64,
}

impl Shape for Round {
    fn attach(&self, other: Rc<dyn Shape>) {
        *self.other.borrow_mut() = Some(other);
    }
}

impl Shape for Square {
    fn attach(&self, other: Rc<dyn Shape>) {
        *self.other.borrow_mut() = Some(other);
    }
}

fn main() {
    let round: Rc<dyn Shape> = Rc::new(Round { other: RefCell::new(None) });
    let square: Rc<dyn Shape> = Rc::new(Square { other: RefCell::new(None), _side: 2 });
    round.attach(Rc::clone(&square));
    square.attach(Rc::clone(&round));
}
