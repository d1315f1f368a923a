//! A vector grows, and with that its elements move: a pointer to the first one is stale.
//= use-after-free at-once offset=0 size=16 moved

fn main() {
    let mut numbers: Vec<u64> = Vec::with_capacity(2); //~ allocated
    numbers.push(1);
    numbers.push(2);
    let first = numbers.as_ptr();
    numbers.push(3); //~ freed
    println!("{}", unsafe { *first }); //~ used
}
