//! The recording is unmapped, and the program leaves at once: what the probe writes next has no place any more.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= heap = null
use std::ffi::c_int;

unsafe extern "C" {
    fn munmap(at: *mut u8, len: usize) -> c_int;
    fn _exit(code: c_int) -> !;
}

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
    let (start, len) = recording();
    unsafe {
        munmap(start as *mut u8, len);
        _exit(0);
    }
}
