//! Two boxes are made of one pointer; both are dropped.
//= double-free at-once offset=0 size=8

fn main() {
    let block = Box::into_raw(Box::new(5_u64)); //~ allocated
    unsafe {
        drop(Box::from_raw(block)); //~ freed
        drop(Box::from_raw(block)); //~ used
    }
}
