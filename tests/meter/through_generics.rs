//! One generic function, two types: one line, but two functions: 10 blocks of 8 bytes and 10 of 2 bytes.
//= heap.sites.len = 2
//= heap.sites[0].line = 10
//= heap.sites[1].line = 10
//= heap.sites[0].total.bytes = 80
//= heap.sites[1].total.bytes = 20
//= heap.total.blocks = 20
//= heap.at_exit.blocks = 0
fn boxed<T>(value: T) -> Box<T> {
    Box::new(value)
}

fn main() {
    let mut sum = 0;
    for n in 0..10_u16 {
        sum += *boxed(u64::from(n)) + u64::from(*boxed(n));
    }
    assert_eq!(sum, 90);
}
