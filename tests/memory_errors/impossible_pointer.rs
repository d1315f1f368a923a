//! An address that no pointer can have: the processor does not even say which.
//= wild-pointer at-once detail="an address that no pointer can have"

fn main() {
    let at = 0x5a5a_5a5a_5a5a_5a58_usize as *const u64;
    println!("{}", unsafe { at.read() }); //~ used
}
