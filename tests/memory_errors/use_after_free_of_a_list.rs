//! A list of raw nodes is walked while it is freed: `next` is read from a node that is gone.
//= use-after-free at-once offset=8 size=16

struct Node {
    value: u64,
    next: *mut Node,
}

fn main() {
    let mut head: *mut Node = std::ptr::null_mut();
    for value in 0..3 {
        head = Box::into_raw(Box::new(Node { value, next: head })); //~ allocated
    }
    let mut sum = 0;
    while !head.is_null() {
        unsafe {
            sum += (*head).value;
            drop(Box::from_raw(head)); //~ freed
            head = (*head).next; //~ used
        }
    }
    println!("{sum}");
}
