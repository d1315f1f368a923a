//! Private memory is put in the recording's place: from then on nothing that the probe counts arrives.
//@ group: cheating
//@ promise: recording
//@ control: the finding
//= heap = null
//= findings[0].code = "run/recording-contradicts"
//= findings[0].severity = "error"
unsafe extern "C" {
    fn mmap(at: *mut u8, len: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> *mut u8;
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
    let (start, len) = recording();
    let copy = unsafe { std::slice::from_raw_parts(start as *const u8, 16 << 20) }.to_vec();
    unsafe {
        mmap(start as *mut u8, len, 3, 0x4032, -1, 0);
        std::ptr::copy_nonoverlapping(copy.as_ptr(), start as *mut u8, copy.len());
    }
    std::mem::forget(vec![1_u8; 5000]);
}
