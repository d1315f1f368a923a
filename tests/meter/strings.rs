//! String::from (5), a clone (5), and push_str beyond the capacity: amortised growth doubles 5 to max(2 * 5, 11) = 11.
//= heap.total.blocks = 3
//= heap.total.bytes = 21
//= heap.at_exit.blocks = 0
fn main() {
    let hello = String::from("hello");
    let mut both = hello.clone();
    both.push_str(" world");
    assert_eq!((hello.len(), both.len()), (5, 11));
}
