//! A hundred thousand pairs that own each other, each with a name of its own: reference counting never frees them.

use std::cell::RefCell;
use std::rc::Rc;

struct Partner {
    name: String,
    other: RefCell<Option<Rc<Partner>>>,
}

impl Partner {
    fn new(name: String) -> Rc<Self> {
        Rc::new(Self {
            name,
            other: RefCell::new(None),
        })
    }
}

/// Makes a pair and gives the length of the names.
fn pair(number: u32) -> usize {
    let left = Partner::new(format!("left {number}"));
    let right = Partner::new(format!("right {number}"));
    left.other.replace(Some(Rc::clone(&right)));
    right.other.replace(Some(Rc::clone(&left)));
    left.name.len() + right.name.len()
}

fn main() {
    let letters: usize = (0..100_000).map(pair).sum();
    println!("{letters} letters in 100000 pairs");
}
