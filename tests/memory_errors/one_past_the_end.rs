//! The classic: `<=` where `<` is meant.
//= past-the-end at-once offset=40 size=40

fn main() {
    let mut numbers = vec![0_u32; 10]; //~ allocated
    let first = numbers.as_mut_ptr();
    for i in 0..=10 {
        unsafe { first.add(i).write(7) }; //~ used
    }
    println!("{}", numbers[9]);
}
