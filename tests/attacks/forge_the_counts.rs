//! Every count of the leak is found by its value and changed: 777 blocks of 13 bytes become 1. The blocks themselves are still there.
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
    for _ in 0..777 {
        std::mem::forget(Box::new([1_u8; 13]));
    }
    let (start, _) = recording();
    let words = unsafe { std::slice::from_raw_parts_mut(start as *mut u64, (16 << 20) / 8) };
    for word in words {
        match *word {
            777 => *word = 1,
            10101 => *word = 13,
            _ => {}
        }
    }
}
