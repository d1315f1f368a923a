//! A u64 is written over the last four bytes and the four after them.
//= past-the-end at-once size=12

fn main() {
    let mut numbers = vec![0_u32; 3]; //~ allocated
    let last = unsafe { numbers.as_mut_ptr().add(2) };
    unsafe { last.cast::<u64>().write_unaligned(u64::MAX) }; //~ used
    println!("{}", numbers[2]);
}
