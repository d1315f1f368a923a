//! The counts of freed blocks are made those of allocated ones, wherever 777 and 10101 stand side by side.
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
    for i in 0..words.len() - 4 {
        if words[i] == 777 && words[i + 1] == 10101 {
            words[i + 2] = 777;
            words[i + 3] = 10101;
        }
    }
}
