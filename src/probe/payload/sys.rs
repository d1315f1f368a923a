//! What the payload needs of libc and the kernel.

pub(crate) const ENOMEM: i32 = 12;
pub(crate) const EINVAL: i32 = 22;

#[cfg(target_arch = "x86_64")]
pub(crate) const SYS_WRITE: isize = 1;
#[cfg(target_arch = "x86_64")]
pub(crate) const SYS_WRITEV: isize = 20;
#[cfg(target_arch = "x86_64")]
pub(crate) const SYS_EXIT_GROUP: isize = 231;
#[cfg(target_arch = "x86_64")]
const SYS_GETTID: isize = 186;
#[cfg(target_arch = "aarch64")]
pub(crate) const SYS_WRITE: isize = 64;
#[cfg(target_arch = "aarch64")]
pub(crate) const SYS_WRITEV: isize = 66;
#[cfg(target_arch = "aarch64")]
pub(crate) const SYS_EXIT_GROUP: isize = 94;
#[cfg(target_arch = "aarch64")]
const SYS_GETTID: isize = 178;

pub(crate) const PROT_RW: i32 = 3;
pub(crate) const MAP_SHARED: i32 = 1;
pub(crate) const MAP_PRIVATE: i32 = 2;
pub(crate) const MAP_FIXED: i32 = 0x10;
pub(crate) const MAP_ANONYMOUS: i32 = 0x20;
pub(crate) const MAP_NORESERVE: i32 = 0x4000;
const MREMAP_MAYMOVE: i32 = 1;
const MADV_DONTNEED: i32 = 4;
const MADV_POPULATE_WRITE: i32 = 23;
const F_DUPFD_CLOEXEC: i32 = 1030;
const O_RDONLY_CLOEXEC: i32 = 0o2_000_000;
const CLOCK_MONOTONIC: i32 = 1;
const CLOCK_PROCESS_CPUTIME_ID: i32 = 2;

pub(crate) const RTLD_NEXT: *mut u8 = -1isize as *mut u8;

/// `struct rusage`: two timevals, then fourteen longs.
#[repr(C)]
struct Usage {
    times: [i64; 4],
    max_rss: i64,
    unused: [i64; 3],
    minor: i64,
    major: i64,
    rest: [i64; 8],
}

unsafe extern "C" {
    pub(crate) fn dlsym(handle: *mut u8, name: *const u8) -> *mut u8;
    pub(crate) fn syscall(number: isize, a: isize, b: isize, c: isize, d: isize) -> isize;
    fn mmap(at: *mut u8, len: usize, prot: i32, flags: i32, fd: i32, offset: i64) -> *mut u8;
    pub(crate) fn munmap(at: *mut u8, len: usize) -> i32;
    fn mremap(at: *mut u8, len: usize, new_len: usize, flags: i32, ...) -> *mut u8;
    fn mprotect(at: *mut u8, len: usize, prot: i32) -> i32;
    fn mincore(at: *mut u8, len: usize, pages: *mut u8) -> i32;
    fn madvise(at: *mut u8, len: usize, advice: i32) -> i32;
    pub(crate) fn close(fd: i32) -> i32;
    fn open(path: *const u8, flags: i32, ...) -> i32;
    fn fcntl(fd: i32, command: i32, ...) -> i32;
    fn pread(fd: i32, buffer: *mut u8, len: usize, offset: i64) -> isize;
    fn getrusage(who: i32, usage: *mut Usage) -> i32;
    fn clock_gettime(clock: i32, time: *mut [i64; 2]) -> i32;
    pub(crate) fn sched_yield() -> i32;
    fn getpid() -> i32;
    fn pthread_self() -> usize;
    fn pthread_getattr_np(thread: usize, attributes: *mut [u64; 8]) -> i32;
    fn pthread_attr_getstack(attributes: *const [u64; 8], low: *mut usize, len: *mut usize) -> i32;
    fn pthread_attr_destroy(attributes: *mut [u64; 8]) -> i32;
    pub(crate) fn pthread_key_create(key: *mut u32, destructor: unsafe extern "C" fn(*mut u8)) -> i32;
    pub(crate) fn pthread_setspecific(key: u32, value: *mut u8) -> i32;
    pub(crate) fn pthread_atfork(
        prepare: Option<unsafe extern "C" fn()>,
        parent: Option<unsafe extern "C" fn()>,
        child: Option<unsafe extern "C" fn()>,
    ) -> i32;
    pub(crate) fn getauxval(kind: u64) -> u64;
    pub(crate) static __libc_stack_end: usize;
    static __libc_single_threaded: u8;
}

/// Whether the process never had a second thread. glibc clears it before the second one starts.
#[inline(always)]
pub(crate) fn single_threaded() -> bool {
    // SAFETY: a byte of glibc's that may change, hence volatile.
    unsafe { core::ptr::read_volatile(&raw const __libc_single_threaded) != 0 }
}

/// Maps fresh zeroed memory; null if there is none.
pub(crate) fn map(len: usize) -> *mut u8 {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    // SAFETY: a new mapping, nothing existing is touched.
    let at = unsafe { mmap(core::ptr::null_mut(), len, PROT_RW, flags, -1, 0) };
    if at as isize == -1 { core::ptr::null_mut() } else { at }
}

/// Reserves address space that may not be touched; null if there is not that much.
pub(crate) fn reserve(len: usize) -> *mut u8 {
    // SAFETY: a new mapping.
    let at = unsafe { mmap(core::ptr::null_mut(), len, 0, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) };
    if at as isize == -1 { core::ptr::null_mut() } else { at }
}

/// Makes reserved pages usable; false if there may be no more mappings.
///
/// # Safety
/// The range lies within a reservation of ours.
pub(crate) unsafe fn open_pages(at: *mut u8, len: usize) -> bool {
    // SAFETY: by the contract.
    unsafe { mprotect(at, len, PROT_RW) == 0 }
}

/// Gives usable pages back: from now on they may not be touched.
///
/// # Safety
/// As [`open_pages`], and nobody uses them.
pub(crate) unsafe fn close_pages(at: *mut u8, len: usize) {
    // SAFETY: by the contract.
    unsafe {
        mprotect(at, len, 0);
        madvise(at, len, MADV_DONTNEED);
    }
}

/// Maps `fd` shared.
pub(crate) fn map_shared(fd: i32, len: usize) -> *mut u8 {
    // SAFETY: a new mapping.
    let at = unsafe { mmap(core::ptr::null_mut(), len, PROT_RW, MAP_SHARED, fd, 0) };
    if at as isize == -1 { core::ptr::null_mut() } else { at }
}

/// Puts private zeroed memory in the place of a mapping of ours.
///
/// # Safety
/// `at..at+len` is a mapping of ours.
pub(crate) unsafe fn map_over(at: *mut u8, len: usize) {
    // SAFETY: by the contract.
    unsafe { mmap(at, len, PROT_RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) };
}

/// Grows or shrinks a mapping of ours, moving its pages if need be; null if that cannot be.
///
/// # Safety
/// `at..at+len` is a mapping of ours that nobody else uses.
pub(crate) unsafe fn remap(at: *mut u8, len: usize, new_len: usize) -> *mut u8 {
    // SAFETY: by the contract.
    let at = unsafe { mremap(at, len, new_len, MREMAP_MAYMOVE) };
    if at as isize == -1 { core::ptr::null_mut() } else { at }
}

/// Takes the page faults of `at..at+len` now.
///
/// # Safety
/// The range is a mapping of ours.
pub(crate) unsafe fn populate(at: *mut u8, len: usize) {
    // SAFETY: by the contract; where the kernel is too old, the faults come later and are counted as the program's.
    unsafe { madvise(at, len, MADV_POPULATE_WRITE) };
}

/// The lowest word between `low` and `high` that is not 0, both within one stack. Pages that were never touched are told by the
/// kernel.
pub(crate) fn lowest_written(low: usize, high: usize) -> usize {
    let mut pages = [0u8; 512];
    let mut at = low & !4095;
    // SAFETY: the range is a thread's own stack; pages that are resident can be read.
    unsafe {
        while at < high {
            let len = (high - at).min(pages.len() * 4096);
            if mincore(at as *mut u8, len, pages.as_mut_ptr()) != 0 {
                return high;
            }
            for page in (0..len.div_ceil(4096)).filter(|page| pages[*page] & 1 != 0) {
                let first = at + page * 4096;
                let words = (first.max(low)..(first + 4096).min(high)).step_by(8);
                if let Some(word) = words.into_iter().find(|word| *(*word as *const u64) != 0) {
                    return word;
                }
            }
            at += pages.len() * 4096;
        }
    }
    high
}

/// Minor and major faults of the process so far.
pub(crate) fn faults() -> (u64, u64) {
    let mut usage = Usage { times: [0; 4], max_rss: 0, unused: [0; 3], minor: 0, major: 0, rest: [0; 8] };
    // SAFETY: `usage` has the size and layout of `struct rusage` on 64-bit Linux.
    unsafe { getrusage(0, &raw mut usage) };
    (usage.minor as u64, usage.major as u64)
}

/// CPU time of the process, nanoseconds.
pub(crate) fn cpu_ns() -> u64 {
    clock_ns(CLOCK_PROCESS_CPUTIME_ID)
}

/// Wall-clock time since some moment, nanoseconds.
pub(crate) fn wall_ns() -> u64 {
    clock_ns(CLOCK_MONOTONIC)
}

fn clock_ns(clock: i32) -> u64 {
    let mut time = [0i64; 2];
    // SAFETY: `time` is a `struct timespec`.
    unsafe { clock_gettime(clock, &raw mut time) };
    time[0] as u64 * 1_000_000_000 + time[1] as u64
}

/// Opens a file for reading at a high descriptor, so that the program's own numbering is what it would be.
pub(crate) fn open_high(path: &core::ffi::CStr) -> i32 {
    // SAFETY: a C string, and descriptors that are ours.
    unsafe {
        let fd = open(path.as_ptr().cast(), O_RDONLY_CLOEXEC);
        if fd < 0 {
            return -1;
        }
        let high = fcntl(fd, F_DUPFD_CLOEXEC, 200);
        close(fd);
        high
    }
}

/// Virtual and resident pages from an open `/proc/self/statm`.
pub(crate) fn statm(fd: i32) -> Option<(u64, u64)> {
    let mut buffer = [0u8; 128];
    // SAFETY: reads into a buffer of that length.
    let n = unsafe { pread(fd, buffer.as_mut_ptr(), buffer.len(), 0) };
    let mut numbers = buffer.get(..usize::try_from(n).ok()?)?.split(|b| *b == b' ').map(|digits| {
        digits.iter().fold(0u64, |n, d| n.wrapping_mul(10).wrapping_add(u64::from(d.wrapping_sub(b'0'))))
    });
    Some((numbers.next()?, numbers.next()?))
}

/// Whether the calling thread is the main one, and its id.
pub(crate) fn thread_id() -> (bool, u32) {
    // SAFETY: gettid and getpid take nothing.
    unsafe {
        let tid = syscall(SYS_GETTID, 0, 0, 0, 0);
        (tid == getpid() as isize, tid as u32)
    }
}

/// Bounds of the calling thread's stack, low and high. Allocates: the caller must not be counting.
pub(crate) fn thread_stack() -> (usize, usize) {
    let mut attributes = [0u64; 8];
    let (mut low, mut len) = (0usize, 0usize);
    // SAFETY: pthread_attr_t is 56 bytes on x86-64 and 64 on aarch64 glibc; the array has 64.
    unsafe {
        if pthread_getattr_np(pthread_self(), &raw mut attributes) == 0 {
            pthread_attr_getstack(&raw const attributes, &raw mut low, &raw mut len);
            pthread_attr_destroy(&raw mut attributes);
        }
    }
    (low, low + len)
}
