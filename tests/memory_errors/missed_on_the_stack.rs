//! Known miss: beyond the end of an array on the stack.

fn main() {
    let numbers = [1_u32; 4];
    let after = [2_u32; 4];
    let at = numbers.as_ptr();
    let value = unsafe { at.add(4).read_volatile() };
    println!("{} {}", value < 10, after[0]);
}
