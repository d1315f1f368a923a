//! A slice is made longer than its block.
//= past-the-end at-once offset=5 size=5

fn sum(bytes: &[u8]) -> u32 {
    let mut sum = 0;
    let mut i = 0;
    while i < bytes.len() {
        sum += u32::from(bytes[i]); //~ used
        i += 1;
    }
    sum
}

fn main() {
    let bytes = vec![1_u8; 5].into_boxed_slice(); //~ allocated
    let longer = unsafe { std::slice::from_raw_parts(bytes.as_ptr(), 8) };
    println!("{}", sum(longer));
}
