use std::cell::RefCell;
use std::rc::{Rc, Weak};

struct Subject {
    observers: RefCell<Vec<Weak<Observer>>>,
}

struct Observer {
    seen: RefCell<Vec<String>>,
}

impl Subject {
    fn tell(&self, what: &str) {
        self.observers.borrow_mut().retain(|observer| match observer.upgrade() {
            Some(observer) => {
                observer.seen.borrow_mut().push(what.to_owned());
                true
            }
            None => false,
        });
    }
}

fn main() {
    let subject = Subject { observers: RefCell::default() };
    let stays = Rc::new(Observer { seen: RefCell::default() });
    subject.observers.borrow_mut().push(Rc::downgrade(&stays));
    {
        let goes = Rc::new(Observer { seen: RefCell::default() });
        subject.observers.borrow_mut().push(Rc::downgrade(&goes));
        subject.tell("first");
    }
    subject.tell("second");
    println!("{:?}, {} left", stays.seen.borrow(), subject.observers.borrow().len());
}
