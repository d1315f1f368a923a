//! Reserves 500 MB of zeros; with the argument `touch` it writes to every page of them.

use std::hint::black_box;

const PAGE: usize = 4096;

fn main() {
    let mut bytes = vec![0_u8; 500_000_000];
    if std::env::args().nth(1).as_deref() == Some("touch") {
        for byte in bytes.iter_mut().step_by(PAGE) {
            *byte = 1;
        }
    }
    println!("byte 12345 is {}", black_box(&bytes)[12_345]);
}
