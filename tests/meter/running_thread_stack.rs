//! As for threads that have ended: one that still runs when main returns has been 100 KiB deep.
//= stack.threads_peak_bytes > 102400
//= stack.threads_peak_bytes < 409600
use std::sync::mpsc;

fn down(n: u32) -> u32 {
    let mut bytes = [0_u8; 1024];
    bytes[n as usize % 1024] = 1;
    std::hint::black_box(&mut bytes);
    if n == 0 { 0 } else { down(n - 1) + u32::from(bytes[n as usize % 1024]) }
}

fn main() {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        sender.send(down(100)).unwrap();
        loop {
            std::thread::park();
        }
    });
    assert_eq!(receiver.recv(), Ok(100));
}
