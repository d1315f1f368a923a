//! Lost on purpose: the call is named, not only the allocation. What `Rc::into_raw` gave away and `from_raw` took back is not.
//= heap.definitely_lost.blocks = 4
//= findings.len = 1
//= findings[0].code = "leak/forgotten"
//= findings[0].severity = "warning"
//= findings[0].line = 19
use std::mem;
use std::rc::Rc;

struct Session {
    data: Vec<u8>,
}

fn open() -> Session {
    Session { data: vec![7; 1000] }
}

fn handle() {
    mem::forget(open());
}

fn main() {
    for _ in 0..3 {
        handle();
    }
    let text: &'static mut str = String::from("text").leak();
    text.make_ascii_uppercase();
    let shared = Rc::into_raw(Rc::new(5));
    // SAFETY: it comes from into_raw.
    drop(unsafe { Rc::from_raw(shared) });
    assert_eq!(open().data.len(), 1000);
}
