//! Unsafe code zeroes the first 16 MiB of the recording, counters and stacks among them.
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
    std::mem::forget(vec![1_u8; 5000]);
    let (start, _) = recording();
    unsafe { (start as *mut u8).write_bytes(0, 16 << 20) };
}
