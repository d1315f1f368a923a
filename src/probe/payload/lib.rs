//! The payload: loaded into the learner's program in front of libc, it hands out the memory and counts.
//!
//! `no_std`, no dependencies, as small as it can be: symbols, cycles, judgement are memgrade's work, outside. It writes to
//! one shared mapping, the recording ([`layout`]), so that everything counted survives whatever ends the program.
//!
//! One file per idea: [`heap`] hands out memory ([`large`] in mappings), [`stacks`] recognises where a request came from ([`memo`] faster), [`count`] keeps the
//! figures, [`marks`] samples them at each printed line, [`checked`] looks for wrong uses of memory when a run is for that, [`thread`] gives each thread its slot, [`sys`] is libc.

#![no_std]
#![deny(unsafe_op_in_unsafe_fn)]

mod checked;
mod count;
mod heap;
mod large;
#[path = "../layout.rs"]
mod layout;
mod marks;
mod memo;
mod start;
mod stacks;
mod sys;
mod thread;

use core::ptr::null_mut;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: ours, which hands over to libc's.
    unsafe { abort() }
}

// core's precompiled functions name an unwinder that the payload, which aborts on panic, does not have. Hidden, so that the
// program's own is untouched.
core::arch::global_asm!(
    ".text",
    ".globl rust_eh_personality",
    ".hidden rust_eh_personality",
    ".type rust_eh_personality,@function",
    "rust_eh_personality:",
    "nop",
    ".size rust_eh_personality, 1",
);

/// The frame pointer of the function that this is inlined into: memory there holds the caller's frame pointer and the
/// return address (x86-64 System V and AAPCS64 alike).
#[inline(always)]
fn frame_pointer() -> usize {
    let fp: usize;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: reads a register.
    unsafe {
        core::arch::asm!("mov {}, rbp", out(reg) fp, options(nomem, nostack, preserves_flags));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: reads a register.
    unsafe {
        core::arch::asm!("mov {}, x29", out(reg) fp, options(nomem, nostack, preserves_flags));
    }
    fp
}

// The C allocation interface. Sizes and pointers come from the program; a pointer that is not a live block of ours is a
// bad free, which is recorded and ends the program, as glibc does.

#[unsafe(no_mangle)]
unsafe extern "C" fn malloc(size: usize) -> *mut u8 {
    // SAFETY: called by the program under malloc's contract.
    unsafe { heap::allocate(size, false, frame_pointer()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut u8 {
    match count.checked_mul(size) {
        // SAFETY: called by the program under calloc's contract.
        Some(total) => unsafe { heap::allocate(total, true, frame_pointer()) },
        None => null_mut(),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(block: *mut u8, size: usize) -> *mut u8 {
    if block.is_null() {
        // SAFETY: as malloc.
        return unsafe { heap::allocate(size, false, frame_pointer()) };
    }
    // SAFETY: called by the program under realloc's contract.
    unsafe { heap::reallocate(block, size, frame_pointer()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn reallocarray(block: *mut u8, count: usize, size: usize) -> *mut u8 {
    match count.checked_mul(size) {
        // SAFETY: as realloc.
        Some(total) if !block.is_null() => unsafe { heap::reallocate(block, total, frame_pointer()) },
        // SAFETY: as malloc.
        Some(total) => unsafe { heap::allocate(total, false, frame_pointer()) },
        None => null_mut(),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn free(block: *mut u8) {
    if !block.is_null() {
        // SAFETY: called by the program under free's contract.
        unsafe { heap::release(block, frame_pointer()) }
    }
}

/// What the global allocator that memgrade puts into a checked program calls, so that layouts are known; null where blocks
/// are not checked.
#[unsafe(no_mangle)]
extern "C" fn memgrade_allocator() -> *const checked::Functions {
    if checked::on() { &raw const checked::FUNCTIONS } else { core::ptr::null() }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memalign(align: usize, size: usize) -> *mut u8 {
    // SAFETY: called by the program under memalign's contract.
    unsafe { heap::allocate_aligned(size, align, frame_pointer()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn aligned_alloc(align: usize, size: usize) -> *mut u8 {
    // SAFETY: called by the program under aligned_alloc's contract.
    unsafe { heap::allocate_aligned(size, align, frame_pointer()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn valloc(size: usize) -> *mut u8 {
    // SAFETY: called by the program under valloc's contract.
    unsafe { heap::allocate_aligned(size, 4096, frame_pointer()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pvalloc(size: usize) -> *mut u8 {
    match size.checked_next_multiple_of(4096) {
        // SAFETY: called by the program under pvalloc's contract.
        Some(whole) => unsafe { heap::allocate_aligned(whole, 4096, frame_pointer()) },
        None => null_mut(),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn posix_memalign(out: *mut *mut u8, align: usize, size: usize) -> i32 {
    if !align.is_power_of_two() || align < size_of::<usize>() {
        return sys::EINVAL;
    }
    // SAFETY: called by the program under posix_memalign's contract; `out` is writable.
    unsafe {
        let block = heap::allocate_aligned(size, align, frame_pointer());
        if block.is_null() {
            return sys::ENOMEM;
        }
        *out = block;
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn malloc_usable_size(block: *mut u8) -> usize {
    // SAFETY: called by the program with null or a live block.
    if block.is_null() { 0 } else { unsafe { heap::size_of_block(block, frame_pointer()) } }
}

// glibc's other names for the same functions. A program that calls them would otherwise get blocks that nobody has counted.

#[unsafe(no_mangle)]
unsafe extern "C" fn __libc_malloc(size: usize) -> *mut u8 {
    // SAFETY: as malloc.
    unsafe { heap::allocate(size, false, frame_pointer()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __libc_calloc(count: usize, size: usize) -> *mut u8 {
    match count.checked_mul(size) {
        // SAFETY: as calloc.
        Some(total) => unsafe { heap::allocate(total, true, frame_pointer()) },
        None => null_mut(),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __libc_realloc(block: *mut u8, size: usize) -> *mut u8 {
    if block.is_null() {
        // SAFETY: as malloc.
        return unsafe { heap::allocate(size, false, frame_pointer()) };
    }
    // SAFETY: as realloc.
    unsafe { heap::reallocate(block, size, frame_pointer()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __libc_free(block: *mut u8) {
    if !block.is_null() {
        // SAFETY: as free.
        unsafe { heap::release(block, frame_pointer()) }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __libc_memalign(align: usize, size: usize) -> *mut u8 {
    // SAFETY: as memalign.
    unsafe { heap::allocate_aligned(size, align, frame_pointer()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __libc_valloc(size: usize) -> *mut u8 {
    // SAFETY: as valloc.
    unsafe { heap::allocate_aligned(size, 4096, frame_pointer()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __libc_pvalloc(size: usize) -> *mut u8 {
    match size.checked_next_multiple_of(4096) {
        // SAFETY: as pvalloc.
        Some(whole) => unsafe { heap::allocate_aligned(whole, 4096, frame_pointer()) },
        None => null_mut(),
    }
}

/// Interposed so that each printed line is a mark.
#[unsafe(no_mangle)]
unsafe extern "C" fn write(fd: i32, bytes: *const u8, len: usize) -> isize {
    if fd == 1 && len > 0 && !bytes.is_null() {
        // SAFETY: the program says that `len` bytes are readable; if they are not, write would fault as well.
        unsafe { marks::on_write(core::slice::from_raw_parts(bytes, len), frame_pointer()) }
    }
    // SAFETY: passes the program's own call on.
    unsafe { sys::syscall(sys::SYS_WRITE, fd as isize, bytes as isize, len as isize, 0) }
}

/// libc's own function of this name, behind ours.
unsafe fn next_of(name: &core::ffi::CStr) -> *mut u8 {
    // SAFETY: a C string; null is checked.
    unsafe {
        let next = sys::dlsym(sys::RTLD_NEXT, name.as_ptr().cast());
        if next.is_null() {
            sys::syscall(sys::SYS_EXIT_GROUP, 127, 0, 0, 0);
        }
        next
    }
}

/// Interposed so that it is known whether main had returned: libc calls its own exit after main, past this one.
#[unsafe(no_mangle)]
unsafe extern "C" fn exit(code: i32) -> ! {
    if start::on() {
        start::header().exit_called = 1;
    }
    // SAFETY: libc's exit has this type and does not return.
    unsafe { core::mem::transmute::<*mut u8, unsafe extern "C" fn(i32) -> !>(next_of(c"exit"))(code) }
}

/// Interposed so that the line that called it is known.
#[unsafe(no_mangle)]
unsafe extern "C" fn abort() -> ! {
    // SAFETY: called in the frame whose pointer is passed on.
    unsafe { stacks::aborted(frame_pointer()) };
    // SAFETY: libc's abort has this type and does not return.
    unsafe { core::mem::transmute::<*mut u8, unsafe extern "C" fn() -> !>(next_of(c"abort"))() }
}

#[repr(C)]
struct IoVec {
    base: *const u8,
    len: usize,
}

/// Interposed as [`write`]; a vectored write is marked as one write.
#[unsafe(no_mangle)]
unsafe extern "C" fn writev(fd: i32, parts: *const IoVec, count: i32) -> isize {
    let frame = frame_pointer();
    if fd == 1 && count > 0 && !parts.is_null() {
        for i in 0..count as usize {
            // SAFETY: the program gives `count` parts, each readable.
            unsafe {
                let part = &*parts.add(i);
                if part.len > 0 && !part.base.is_null() {
                    marks::on_write(core::slice::from_raw_parts(part.base, part.len), frame);
                }
            }
        }
    }
    // SAFETY: passes the program's own call on.
    unsafe { sys::syscall(sys::SYS_WRITEV, fd as isize, parts as isize, count as isize, 0) }
}
