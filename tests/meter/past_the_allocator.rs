//! 8 MiB by mmap and 1 MiB by brk, past every allocator: seen from the kernel's side. No block is counted.
//= heap.total.blocks = 0
//= pages.foreign_bytes = 9437184
unsafe extern "C" {
    fn mmap(at: *mut u8, len: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> *mut u8;
    fn sbrk(bytes: isize) -> *mut u8;
}

fn main() {
    unsafe {
        let mapped = mmap(std::ptr::null_mut(), 8 << 20, 3, 0x22, -1, 0);
        mapped.write(1);
        let more = sbrk(1 << 20);
        more.write(1);
    }
}
