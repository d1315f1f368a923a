//! Touches 64 MiB past the allocator and gives all of it back before the end: the peak is the kernel's.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= heap.total.blocks = 0
//= pages.peak_resident_bytes > 67108864
//= pages.foreign_bytes = 0
unsafe extern "C" {
    fn mmap(at: *mut u8, len: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> *mut u8;
    fn munmap(at: *mut u8, len: usize) -> i32;
}

fn main() {
    unsafe {
        let memory = mmap(std::ptr::null_mut(), 64 << 20, 3, 0x22, -1, 0);
        memory.write_bytes(1, 64 << 20);
        munmap(memory, 64 << 20);
    }
}
