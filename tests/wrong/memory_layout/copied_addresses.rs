//@ about: Copies the addresses from yesterday's run, as if things always lay in the same place.
//@ finding: claims/unknown-address in table/the function is code
//@ finding: claims/unknown-address in table/the literal is read-only data
//@ finding: claims/unknown-address in table/the static is in data
//@ finding: claims/unknown-address in table/the zeroed static is in bss
//@ finding: claims/unknown-address in table/the vector's buffer is on the heap
//@ finding: claims/unknown-address in table/the local is on the stack
//@ output: right

fn main() {
    let count = std::env::args()
        .nth(1)
        .map_or(1000, |arg| arg.parse::<usize>().unwrap());
    let vector = vec![0u64; count];
    println!("function 0x559ba6eb87d0 0 text"); //~ claims/unknown-address
    println!("literal 0x559ba6eab79d 13 rodata"); //~ claims/unknown-address
    println!("static 0x559ba6efb3e8 8 data"); //~ claims/unknown-address
    println!("zeroed 0x559ba6efbda9 4096 bss"); //~ claims/unknown-address
    println!("vector 0x559bc81f2da0 {} heap", vector.len() * 8); //~ claims/unknown-address
    println!("local 0x7ffc5a1e0b50 32 stack"); //~ claims/unknown-address
}
