use std::cell::RefCell;
use std::rc::{Rc, Weak};

#[derive(Debug)]
struct Person {
    name: String,
    parent: RefCell<Weak<Person>>,
    children: RefCell<Vec<Rc<Person>>>,
}

impl Person {
    fn new(name: &str) -> Rc<Self> {
        Rc::new(Self { name: name.to_owned(), parent: RefCell::default(), children: RefCell::default() })
    }

    fn adopt(self: &Rc<Self>, child: Rc<Self>) {
        *child.parent.borrow_mut() = Rc::downgrade(self);
        self.children.borrow_mut().push(child);
    }

    fn depth(&self) -> usize {
        self.parent.borrow().upgrade().map_or(0, |parent| parent.depth() + 1)
    }
}

fn main() {
    let ada = Person::new("Ada");
    let ben = Person::new("Ben");
    let cleo = Person::new("Cleo");
    ben.adopt(Rc::clone(&cleo));
    ada.adopt(ben);
    println!("{} is {} below", cleo.name, cleo.depth());
}
