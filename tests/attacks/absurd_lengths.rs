//! Every count in the header becomes enormous: memgrade must neither fall over nor take hours.
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
    let words = unsafe { std::slice::from_raw_parts_mut(start as *mut u32, 4096 / 4) };
    for word in &mut words[8..] {
        if *word != 0 && *word < 100_000 {
            *word = u32::MAX / 2;
        }
    }
    unsafe {
        std::arch::asm!("syscall", in("rax") 231, in("rdi") 0, options(noreturn));
    }
}
