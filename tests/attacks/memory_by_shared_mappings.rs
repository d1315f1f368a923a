//! Takes memory in a mapping that it shares with nobody.
//@ group: running
//@ promise: tree-limits
//@ limit: memory=64MiB
//@ reached: said
//@ control: full limit memory=1GiB
//@ control: landlock limit memory=1GiB
//= outcome.kind = "memory_limit"
unsafe extern "C" {
    fn mmap(at: usize, length: usize, protection: i32, flags: i32, fd: i32, offset: i64)
    -> *mut u8;
}

fn main() {
    let place = unsafe { mmap(0, 160 << 20, 3, 0x21, -1, 0) };
    for at in (0..160 << 20).step_by(4096) {
        unsafe { place.add(at).write_volatile(1) };
    }
    std::thread::sleep(std::time::Duration::from_millis(500));
    println!("REACHED");
}
