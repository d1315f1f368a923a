//@ about: Leaves each number in its eight bytes, and reads them again rightly.
//@ finding: output/differs in day/few bytes, and the same numbers

//! Readings of a sensor, each in as few bytes as it needs.
//!
//! Usage: `pack_numbers day [READINGS]` or `pack_numbers these NUMBER…`.

use std::env;

/// The readings of a day: small numbers mostly, and now and then a large one.
fn readings(count: u64) -> impl Iterator<Item = u64> + Clone {
    (0..count).map(|number| {
        let noise = number * 2_654_435_761 % 1_000_003;
        match number % 16 {
            0 => noise * noise,
            1..=4 => noise % 20_000,
            _ => noise % 128,
        }
    })
}

/// Packs numbers: seven bits to a byte, the lowest first. The eighth bit says that more follow.
fn pack(numbers: impl Iterator<Item = u64> + Clone) -> Vec<u8> {
    let mut packed = Vec::with_capacity(8 * numbers.clone().count());
    for number in numbers {
        packed.extend(number.to_le_bytes());
    }
    packed
}

/// The numbers again, one after the other.
fn unpack(packed: &[u8]) -> impl Iterator<Item = u64> {
    let mut bytes = packed.iter();
    std::iter::from_fn(move || {
        let mut number = 0;
        for place in 0..8 {
            number |= u64::from(*bytes.next()?) << (8 * place);
        }
        Some(number)
    })
}

/// Packs a day's readings, and adds them up again.
fn day(count: u64) {
    let packed = pack(readings(count));
    println!("packed: {count} readings in {} bytes", packed.len());
    let (mut read, mut sum) = (0, 0_u64);
    for number in unpack(&packed) {
        read += 1;
        sum = sum.wrapping_add(number);
    }
    println!("unpacked: {read} readings, sum {sum}");
}

fn main() {
    let mut arguments = env::args().skip(1);
    match arguments.next().as_deref() {
        Some("day") => {
            let count = arguments.next().and_then(|text| text.parse().ok());
            day(count.unwrap_or(100_000));
        }
        Some("these") => {
            for number in arguments.filter_map(|text| text.parse().ok()) {
                let packed = pack(std::iter::once(number));
                let again: Vec<u64> = unpack(&packed).collect();
                println!("{number}: {packed:02x?}, {again:?}");
            }
        }
        _ => println!("Say day or these"),
    }
}
