//! A read just before the block changes nothing, and is seen all the same.
//= before-the-start at-once offset=-8 size=16

fn main() {
    let numbers: Vec<u64> = vec![1, 2]; //~ allocated
    let before = unsafe { *numbers.as_ptr().sub(1) }; //~ used
    println!("{}", before == 0);
}
