//! Reserves 64 MiB and writes one byte to every second page of the beginning.
//!
//! Usage: `touching PAGES`.

const PAGE: usize = 4096;

fn main() {
    let pages = std::env::args().nth(1);
    let pages: usize = pages.and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut bytes = vec![0_u8; 64 << 20];
    println!("reserved");
    for page in 0..pages {
        bytes[2 * page * PAGE] = 1;
    }
    println!("touched");
    let written = bytes.iter().step_by(2 * PAGE).take(pages);
    println!("sum: {}", written.map(|byte| u32::from(*byte)).sum::<u32>());
}
