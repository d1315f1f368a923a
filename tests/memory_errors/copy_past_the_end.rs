//! A copy of 64 bytes into a block of 48: the fault is inside of memcpy.
//= past-the-end at-once size=48

fn main() {
    let from = [7_u8; 64];
    let mut to = vec![0_u8; 48]; //~ allocated
    unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), to.as_mut_ptr(), 64) }; //~ used
    println!("{}", to[0]);
}
