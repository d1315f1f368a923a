//! A box is read through a raw pointer after it was dropped.
//= use-after-free at-once offset=16 size=32

fn main() {
    let block = Box::into_raw(Box::new([1_u64; 4])); //~ allocated
    unsafe {
        drop(Box::from_raw(block)); //~ freed
        println!("{}", (*block)[2]); //~ used
    }
}
