//@ about: Ends at the first byte that is 0, as texts do in C. Here it is a reading.
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

/// How many bytes a number takes.
fn size(number: u64) -> usize {
    let bits = 64 - number.leading_zeros().min(63);
    bits.div_ceil(7) as usize
}

/// Packs numbers: seven bits to a byte, the lowest first. The eighth bit says that more follow.
fn pack(numbers: impl Iterator<Item = u64> + Clone) -> Vec<u8> {
    let bytes = numbers.clone().map(size).sum();
    let mut packed = Vec::with_capacity(bytes);
    for mut number in numbers {
        while number >= 0x80 {
            packed.push(number as u8 | 0x80);
            number >>= 7;
        }
        packed.push(number as u8);
    }
    packed
}

/// The numbers again, one after the other.
fn unpack(packed: &[u8]) -> impl Iterator<Item = u64> {
    let mut bytes = packed.iter();
    std::iter::from_fn(move || {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = *bytes.next().filter(|byte| **byte != 0)?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
            shift += 7;
        }
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
