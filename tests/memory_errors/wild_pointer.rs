//! A number is taken for a pointer and read.
//= wild-pointer at-once detail="in memory that the program does not have"

fn main() {
    let at = 0x1234_5678_usize as *const u32;
    println!("{}", unsafe { at.read() }); //~ used
}
