//! Through a HashMap and a BTreeMap: both rings are named, each with its two members.
//= heap.cycles.len = 2
//= heap.cycles[0].members.len = 2
//= heap.cycles[1].members.len = 2
//= heap.definitely_lost.blocks > 0
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

struct Hash {
    users: RefCell<HashMap<u32, Rc<User>>>,
    _large: [u64; 20],
}

struct User {
    _registry: Rc<Hash>,
}

struct Tree {
    users: RefCell<BTreeMap<u32, Rc<Leaf>>>,
}

struct Leaf {
    _registry: Rc<Tree>,
}

fn main() {
    let hash = Rc::new(Hash { users: RefCell::default(), _large: [0; 20] });
    hash.users.borrow_mut().insert(1, Rc::new(User { _registry: Rc::clone(&hash) }));
    let tree = Rc::new(Tree { users: RefCell::default() });
    tree.users.borrow_mut().insert(1, Rc::new(Leaf { _registry: Rc::clone(&tree) }));
}
