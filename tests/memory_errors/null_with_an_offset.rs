//! A field of a struct that is not there: the compiler's own check for null does not see it.
//= null-pointer at-once

#[repr(C)]
struct Pair {
    first: u64,
    second: u64,
}

fn second(pair: *const Pair) -> u64 {
    let at = unsafe { pair.byte_add(8) }.cast::<u64>();
    unsafe { at.read_volatile() } //~ used
}

fn main() {
    println!("{}", second(std::ptr::null()));
}
