//! A vector is copied bit by bit; both copies free the same buffer.
//= double-free at-once offset=0 size=3

fn main() {
    let one = vec![1_u8, 2, 3]; //~ allocated
    let two = unsafe { std::ptr::read(&one) };
    drop(one); //~ freed
    drop(two); //~ used
}
