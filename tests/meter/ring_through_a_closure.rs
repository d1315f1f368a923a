//! A button whose handler captures the button: Rc<Button> (16 + 8 + 16 = 40) and the boxed closure (8).
//= heap.cycles.len = 1
//= heap.cycles[0].count = 1
//= heap.cycles[0].blocks = 2
//= heap.cycles[0].bytes = 48
//= heap.cycles[0].members.len = 1
//= heap.cycles[0].members[0].line = 16
use std::cell::RefCell;
use std::rc::Rc;

struct Button {
    handler: RefCell<Option<Box<dyn Fn() -> usize>>>,
}

fn main() {
    let button = Rc::new(Button { handler: RefCell::new(None) });
    let captured = Rc::clone(&button);
    *button.handler.borrow_mut() = Some(Box::new(move || Rc::strong_count(&captured)));
    assert_eq!(button.handler.borrow().as_ref().unwrap()(), 2);
}
