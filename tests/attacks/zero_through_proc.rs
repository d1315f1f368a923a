//! Safe code alone: /proc/self/mem is a file, and writing there goes past every protection.
//! At the better levels it cannot: see write_through_proc.rs.
//@ group: cheating
//@ promise: recording
//@ control: the finding
//@ levels: limits
//= heap = null
//= findings[0].code = "run/recording-contradicts"
//= findings[0].severity = "error"
use std::io::{Seek, SeekFrom, Write};

/// Where the recording is mapped: first address and length.
fn recording() -> (usize, usize) {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let line = maps.lines().find(|line| line.contains("memfd:recording")).unwrap();
    let (start, rest) = line.split_once('-').unwrap();
    let end = rest.split(' ').next().unwrap();
    let number = |text| usize::from_str_radix(text, 16).unwrap();
    (number(start), number(end) - number(start))
}

fn main() {
    std::mem::forget(vec![1_u8; 5000]);
    let (start, _) = recording();
    let mut memory = std::fs::OpenOptions::new().write(true).open("/proc/self/mem").unwrap();
    memory.seek(SeekFrom::Start(start as u64)).unwrap();
    memory.write_all(&[0; 4096]).unwrap();
}
