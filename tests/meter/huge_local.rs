//! A 16 MiB local overflows at the function's entry. The frame would hold the array, and at most a copy of it.
//= outcome.kind = "stack_overflow"
//= outcome.place.function = "big"
//= outcome.frames[0].bytes > 16777215
//= outcome.frames[0].bytes < 33570000
#[inline(never)]
fn big(n: usize) -> u8 {
    let bytes = std::hint::black_box([n as u8; 16 << 20]);
    bytes[n]
}

fn main() {
    println!("{}", big(std::env::args().count()));
}
