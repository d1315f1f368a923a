//! Ten million blocks alive at the end: half of them in one long list that a static holds, half forgotten.

use std::hint::black_box;
use std::mem::forget;
use std::sync::{Mutex, PoisonError};

struct Link {
    number: u64,
    _next: Option<Box<Link>>,
}

static LIST: Mutex<Option<Box<Link>>> = Mutex::new(None);

fn link(number: u64) {
    let mut list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
    let rest = list.take();
    *list = Some(Box::new(Link {
        number,
        _next: rest,
    }));
}

fn forget_number(number: u64) {
    forget(black_box(Box::new(number)));
}

fn main() {
    for number in 0..5_000_000 {
        link(number);
        forget_number(number);
    }
    let list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
    let last = list.as_ref().map_or(0, |link| link.number);
    println!("the last of them is {last}");
}
