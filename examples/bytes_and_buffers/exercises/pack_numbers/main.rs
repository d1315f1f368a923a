//! Readings of a sensor, each in as few bytes as it needs.
//!
//! `pack_numbers day [READINGS]` or `pack_numbers these NUMBER…`. Two places are yours: TODO 1 and TODO 2. The rest is
//! ready, but you may change it.

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
    // TODO 1: eight bytes for each number, most of which are 0. Write only those that are needed. And how many will that
    // be in all? The numbers can be gone through twice.
    let mut packed = Vec::new();
    for number in numbers {
        packed.extend(number.to_le_bytes());
    }
    packed
}

/// The numbers again, one after the other.
fn unpack(packed: &[u8]) -> impl Iterator<Item = u64> {
    // TODO 2: a list of all of them, though they are asked for one by one. What has to be remembered from one number to
    // the next?
    let mut numbers = Vec::new();
    for bytes in packed.chunks(8) {
        let mut number = 0;
        for byte in bytes.iter().rev() {
            number = number << 8 | u64::from(*byte);
        }
        numbers.push(number);
    }
    numbers.into_iter()
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
