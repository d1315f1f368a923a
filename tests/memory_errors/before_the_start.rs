//! An index that goes below 0.
//= before-the-start at-once offset=-4 size=40

fn main() {
    let mut numbers = vec![0_u32; 10]; //~ allocated
    let first = numbers.as_mut_ptr();
    let mut i: isize = 9;
    while i >= -1 {
        unsafe { first.offset(i).write(7) }; //~ used
        i -= 1;
    }
    println!("{}", numbers[0]);
}
