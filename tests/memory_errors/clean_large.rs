//! Large blocks, written at both ends, resized in both directions.

fn main() {
    let mut bytes = vec![0_u8; 3 << 20];
    unsafe {
        bytes.as_mut_ptr().write(1);
        bytes.as_mut_ptr().add((3 << 20) - 1).write(2);
    }
    bytes.extend_from_slice(&[3; 5000]);
    bytes.truncate(100);
    bytes.shrink_to_fit();
    println!("{} {}", bytes[0], bytes.len());
}
