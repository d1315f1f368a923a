//! Hands a value to several owners, and takes it away from some of them.
//!
//! Usage: `owners COUNT`.

use std::rc::{Rc, Weak};

fn main() {
    let count = std::env::args().nth(1);
    let count: usize = count.and_then(|text| text.parse().ok()).unwrap_or(0);
    let first = Rc::new(String::from("shared"));
    let mut owners: Vec<Rc<String>> = Vec::new();
    let mut lookers: Vec<Weak<String>> = Vec::new();
    for _ in 0..count {
        owners.push(Rc::clone(&first));
        lookers.push(Rc::downgrade(&first));
    }
    owners.truncate(count - 2);
    drop(first);
    println!("owners: {}", Rc::strong_count(&owners[0]));
    println!("lookers: {}", lookers.len());
}
