//! A static was never allocated.
//= bad-free at-once detail="in section .data"

static mut TABLE: [u32; 4] = [1, 2, 3, 4];

fn main() {
    let block = unsafe { Box::from_raw((&raw mut TABLE).cast::<u32>()) };
    drop(block); //~ used
}
