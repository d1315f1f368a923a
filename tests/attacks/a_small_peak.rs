//! A program that had a megabyte at once claims a peak of 7 bytes.
//@ group: cheating
//@ promise: recording
//@ control: the finding
//= heap = null
//= findings[0].code = "run/recording-contradicts"
//= findings[0].severity = "error"
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
    drop(vec![1_u8; 1_000_003]);
    let (start, _) = recording();
    let words = unsafe { std::slice::from_raw_parts_mut(start as *mut u64, 4096 / 8) };
    for word in words {
        if *word == 1_000_003 {
            *word = 7;
        }
    }
}
