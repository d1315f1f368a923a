//! A 16 MiB local overflows at the function's entry.
//= outcome.kind = "stack_overflow"
//= outcome.place.function = "big"
#[inline(never)]
fn big(n: usize) -> u8 {
    let bytes = std::hint::black_box([n as u8; 16 << 20]);
    bytes[n]
}

fn main() {
    println!("{}", big(std::env::args().count()));
}
