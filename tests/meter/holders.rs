//! Who holds what is still reachable is told by name: statics, thread-local statics of a thread that is still there, stacks.
//= heap.sites[0].holders[0].kind = "static"
//= heap.sites[0].holders[0].name = "C"
//= heap.sites[1].holders[0].name = "B"
//= heap.sites[3].holders[0].kind = "main-stack"
//= heap.sites[3].holders[0].amount.bytes = 99
//= heap.sites[4].holders[0].kind = "thread-local"
//= heap.sites[4].holders[0].name = "T"
//= heap.sites[5].holders[0].kind = "thread-stack"
//= heap.sites[6].holders[0].name = "A"
//= heap.sites[6].holders[0].amount.bytes = 32
//= heap.sites[8].holders[0].name = "U"
//= heap.sites[9].holders[0].name = "inner::keep::INSIDE"
//= heap.definitely_lost.blocks = 0
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, LazyLock};
static A: Mutex<Vec<u64>> = Mutex::new(Vec::new());
static B: OnceLock<HashMap<u32, String>> = OnceLock::new();
static C: LazyLock<Mutex<String>> = LazyLock::new(|| Mutex::new("hello".repeat(100)));
thread_local! { static T: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) }; static U: RefCell<String> = RefCell::new(String::new()); }
mod inner { pub fn keep() { static INSIDE: super::OnceLock<Box<u32>> = super::OnceLock::new(); INSIDE.get_or_init(|| Box::new(4)); } }
fn main() {
    A.lock().unwrap().push(1);
    B.get_or_init(|| (0..10).map(|n| (n, n.to_string())).collect());
    C.lock().unwrap().push('x');
    inner::keep();
    let here = vec![1u8; 99];
    std::thread::spawn(|| {
        T.with(|t| t.borrow_mut().resize(77, 1));
        U.with(|t| t.borrow_mut().push('a'));
        let mine = vec![1u8; 55];
        loop { std::thread::sleep(std::time::Duration::from_secs(1)); std::hint::black_box(&mine); }
    });
    std::thread::sleep(std::time::Duration::from_millis(50));
    T.with(|t| t.borrow_mut().resize(33, 1));
    std::hint::black_box(&here);
    std::process::exit(0);
}
