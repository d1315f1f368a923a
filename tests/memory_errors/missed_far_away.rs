//! Known miss: so far beyond the end that it is inside of another live block.

fn main() {
    let one = vec![1_u8; 16];
    let two = vec![2_u8; 16];
    let distance = two.as_ptr() as usize - one.as_ptr() as usize;
    println!("{}", unsafe { one.as_ptr().add(distance).read_volatile() });
}
