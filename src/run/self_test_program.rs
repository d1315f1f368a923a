//! What the self-test of a compiler measures. A comment `//= BLOCKS BYTES` says what its line allocates; `//= thread` is a line that
//! allocates what std needs for a thread. No other line allocates anything.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Mutex, OnceLock};

static KEPT: OnceLock<Mutex<Vec<u16>>> = OnceLock::new();

thread_local! {
    static OWN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Node {
    next: RefCell<Option<Rc<Node>>>,
}

fn ring() {
    let node = Rc::new(Node { next: RefCell::new(None) }); //= 1 32
    *node.next.borrow_mut() = Some(Rc::clone(&node));
}

fn fails() {
    let held = vec![1_u8; 40]; //= 1 40
    panic!("on purpose, with {} bytes", held.len());
}

fn in_a_thread() -> usize {
    OWN.with(|own| *own.borrow_mut() = vec![2_u8; 300]); //= 1 300
    let held = vec![3_u8; 200]; //= 1 200
    println!("thread {:?}", std::thread::current().name().map(str::len));
    held.len()
}

fn main() {
    println!("begins");
    let mut line = String::with_capacity(64); //= 1 64
    std::io::stdin().read_line(&mut line).unwrap();
    line.push_str("!");
    assert!(std::panic::catch_unwind(fails).is_err());
    let thread = std::thread::spawn(in_a_thread); //= thread
    assert_eq!(thread.join().unwrap(), 200);
    let grown = line.repeat(10); //= 1 80
    KEPT.get_or_init(Mutex::default).lock().unwrap().push(7); //= 1 8
    ring();
    std::mem::forget(Box::new([4_u64; 3])); //= 1 24
    OWN.with(|own| assert!(own.borrow().is_empty()));
    println!("ends {}", grown.len());
}
