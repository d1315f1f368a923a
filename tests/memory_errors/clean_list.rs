//! A list of raw nodes, freed once each, in the right order.

struct Node {
    value: u64,
    next: *mut Node,
}

fn main() {
    let mut head: *mut Node = std::ptr::null_mut();
    for value in 0..100 {
        head = Box::into_raw(Box::new(Node { value, next: head }));
    }
    let mut sum = 0;
    while !head.is_null() {
        let node = unsafe { Box::from_raw(head) };
        sum += node.value;
        head = node.next;
    }
    println!("{sum}");
}
