//! A thread goes 100 frames deep with 1 KiB of its own in each: more than 100 KiB and less than 400, while main stays flat.
//= stack.threads_peak_bytes > 102400
//= stack.threads_peak_bytes < 409600
//= stack.peak_bytes < 16384
fn down(n: u32) -> u32 {
    let mut bytes = [0_u8; 1024];
    bytes[n as usize % 1024] = 1;
    std::hint::black_box(&mut bytes);
    if n == 0 { 0 } else { down(n - 1) + u32::from(bytes[n as usize % 1024]) }
}

fn main() {
    let thread = std::thread::spawn(|| down(100));
    assert_eq!(thread.join().unwrap(), 100);
    // A second one on the same stack, which is reused, is not the deeper one.
    let thread = std::thread::spawn(|| down(3));
    assert_eq!(thread.join().unwrap(), 3);
}
