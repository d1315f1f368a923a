//! A box is made of a local's address; its drop frees the stack.
//= bad-free at-once detail="in the main thread's stack"

fn main() {
    let mut local = 5_u64;
    let block = unsafe { Box::from_raw(&raw mut local) };
    drop(block); //~ used
}
