//! Known miss: from one field into the next, within one block.

#[repr(C)]
struct Pair {
    name: [u8; 8],
    admin: u64,
}

fn main() {
    let mut pair = Box::new(Pair { name: [0; 8], admin: 0 });
    let at = pair.name.as_mut_ptr();
    unsafe { at.add(8).write_volatile(1) };
    println!("{}", pair.admin);
}
