//@ about: Copies each payload, so that the record owns it, and drops it a moment later.
//@ finding: heap/too-many-blocks in read/no block for a record
//@ finding: heap/too-many-bytes in read/one record at a time
//@ output: right

//! A file of records, read without a copy of any of them.
//!
//! Usage: `borrow_records read [RECORDS]` or `borrow_records cut [RECORDS [BYTES]]`.

use std::env;

/// A record.
struct Record {
    kind: u8,
    payload: Vec<u8>,
}

/// The records of a file, one after the other.
struct Records<'f> {
    rest: &'f [u8],
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
fn records(file: &[u8]) -> Records<'_> {
    Records { rest: file }
}

impl Iterator for Records<'_> {
    type Item = Record;

    /// The next record; `None` at the end, and where what is left is not a whole record.
    fn next(&mut self) -> Option<Record> {
        let (&[kind, high, low], rest) = self.rest.split_first_chunk()?;
        let length = u16::from_be_bytes([high, low]);
        let (payload, rest) = rest.split_at_checked(length.into())?;
        self.rest = rest;
        let payload = payload.to_vec(); //~ heap/too-many-blocks
        Some(Record { kind, payload })
    }
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
