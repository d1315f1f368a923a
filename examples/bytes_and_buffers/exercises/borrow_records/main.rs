//! A file of records, read without a copy of any of them.
//!
//! `borrow_records read [RECORDS]` or `borrow_records cut [RECORDS [BYTES]]`. Three places are yours: TODO 1 to TODO 3.
//! The rest is ready, but you may change it.

use std::env;

/// A record.
struct Record {
    kind: u8,
    // TODO 1: a copy of bytes that stand in the file already. Who could own them, and who could only look?
    payload: Vec<u8>,
}

/// A file of so many records: a byte for the kind, two bytes for the length of the payload with the high one first, and
/// the payload.
fn file(records: u64) -> Vec<u8> {
    let mut file = Vec::new();
    for number in 0..records {
        let kind = b'a' + (number % 3) as u8;
        let length = number * 7919 % (150 + number / 100);
        file.push(kind);
        file.extend((length as u16).to_be_bytes());
        file.extend((0..length).map(|byte| (number + byte) as u8));
    }
    file.shrink_to_fit();
    file
}

/// The records of a file.
fn records(file: &[u8]) -> impl Iterator<Item = Record> {
    // TODO 2: all records are read before anybody has seen the first one. What has to be known to read the next one only?
    let mut records = Vec::new();
    let mut rest = file;
    while !rest.is_empty() {
        let kind = rest[0];
        // TODO 3: a length has two bytes, and this takes one of them. And what if fewer bytes are left than it says?
        let end = 3 + usize::from(rest[2]);
        let payload = rest[3..end].to_vec();
        records.push(Record { kind, payload });
        rest = &rest[end..];
    }
    records.into_iter()
}

/// Reads all records, and says what is in them.
fn read(file: &[u8]) {
    let (mut number, mut bytes, mut longest, mut sum) = (0, 0, 0, 0_u64);
    let mut kinds = [0; 3];
    for record in records(file) {
        number += 1;
        bytes += 3 + record.payload.len();
        longest = record.payload.len().max(longest);
        kinds[usize::from(record.kind - b'a')] += 1;
        for byte in &record.payload {
            sum = sum.wrapping_mul(31).wrapping_add(u64::from(*byte));
        }
    }
    println!("read: {number} records, kinds {kinds:?}, longest {longest}, sum {sum:x}");
    println!("left: {} bytes", file.len() - bytes);
}

fn main() {
    let mut arguments = env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let mut number = |default: u64| {
        let text = arguments.next();
        text.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let file = file(number(10_000));
    let less = if what == "cut" { number(10) } else { 0 };
    let file = &file[..file.len() - less as usize];
    println!("file: {} bytes", file.len());
    read(file);
}
