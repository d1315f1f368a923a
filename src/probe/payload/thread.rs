//! Each thread's own state: a slot in the recording, a cache of free blocks, the bounds of its stack.

use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering::*};

use crate::heap::Cache;
use crate::layout::{Counter, MAX_THREAD_STACKS, SLOTS, Slot, THREAD_STACKS, ThreadStack};
use crate::memo::Memo;
use crate::{checked, start, sys};

/// A thread's private state. It stays with the slot when the thread ends, so that the next one inherits the cache.
#[repr(C)]
pub(crate) struct Local {
    pub(crate) slot: *mut Slot,
    pub(crate) counters: *mut Counter,
    /// Bounds of the stack; frames outside are not followed.
    pub(crate) stack_low: usize,
    pub(crate) stack_high: usize,
    /// The frame that the thread's own code began with.
    stack_top: usize,
    /// Whether its requests count: not before the start, in a forked child, and while the payload itself works.
    pub(crate) counting: bool,
    /// Whether its requests take the short way: they count, nothing limits or checks them, and its slot is its own.
    pub(crate) ordinary: bool,
    /// Whether its slot is the last one, which several threads may share.
    pub(crate) shared: bool,
    pub(crate) main: bool,
    /// Its next point of the curve comes with this block; only the main thread has such.
    pub(crate) next_point: u64,
    /// 1 while a thread has this state; only for those that share a slot.
    used: AtomicU32,
    /// The next of those.
    next: *mut Local,
    pub(crate) memo: Memo,
    pub(crate) cache: Cache,
}

impl Local {
    fn has_on_stack(&self, address: usize) -> bool {
        (self.stack_low..self.stack_high).contains(&address)
    }
}

/// A lock for the rare paths; free of charge while there is one thread.
pub(crate) struct Lock(AtomicBool);

pub(crate) struct Guard<'a>(Option<&'a Lock>);

impl Lock {
    pub(crate) const fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    pub(crate) fn lock(&self) -> Guard<'_> {
        if sys::single_threaded() {
            return Guard(None);
        }
        let mut spins = 0;
        while self.0.compare_exchange_weak(false, true, Acquire, Relaxed).is_err() {
            spins += 1;
            if spins > 100 {
                // SAFETY: takes nothing.
                unsafe { sys::sched_yield() };
            }
            core::hint::spin_loop();
        }
        Guard(Some(self))
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some(lock) = self.0 {
            lock.0.store(false, Release);
        }
    }
}

// One thread-local pointer, initial-exec: stable Rust has no `#[thread_local]`, and `__tls_get_addr` may allocate.
core::arch::global_asm!(
    ".section .tbss.memgrade,\"awT\",@nobits",
    ".globl memgrade_local",
    ".hidden memgrade_local",
    ".p2align 3",
    ".type memgrade_local,@object",
    ".size memgrade_local, 8",
    "memgrade_local:",
    ".zero 8",
    ".text",
);

#[inline(always)]
fn get() -> *mut Local {
    let local: *mut Local;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: reads this thread's copy of the variable above.
    unsafe {
        core::arch::asm!(
            "mov {0}, qword ptr [rip + memgrade_local@GOTTPOFF]",
            "mov {0}, qword ptr fs:[{0}]",
            out(reg) local, options(nostack, preserves_flags, readonly));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: reads this thread's copy of the variable above.
    unsafe {
        core::arch::asm!(
            "adrp {0}, :gottprel:memgrade_local",
            "ldr {0}, [{0}, :gottprel_lo12:memgrade_local]",
            "mrs {1}, tpidr_el0",
            "ldr {0}, [{1}, {0}]",
            out(reg) local, out(reg) _, options(nostack, preserves_flags, readonly));
    }
    local
}

fn set(local: *mut Local) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: writes this thread's copy of the variable above.
    unsafe {
        core::arch::asm!(
            "mov {0}, qword ptr [rip + memgrade_local@GOTTPOFF]",
            "mov qword ptr fs:[{0}], {1}",
            out(reg) _, in(reg) local, options(nostack, preserves_flags));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: writes this thread's copy of the variable above.
    unsafe {
        core::arch::asm!(
            "adrp {0}, :gottprel:memgrade_local",
            "ldr {0}, [{0}, :gottprel_lo12:memgrade_local]",
            "mrs {1}, tpidr_el0",
            "str {2}, [{1}, {0}]",
            out(reg) _, out(reg) _, in(reg) local, options(nostack, preserves_flags));
    }
}

/// Threads that have a slot now.
pub(crate) static ACTIVE: AtomicU32 = AtomicU32::new(0);
static mut LOCALS: *mut Local = core::ptr::null_mut();
static mut KEY: u32 = 0;

/// Prepares the table of threads. Once, before any thread but the main one exists.
pub(crate) fn prepare() {
    let len = SLOTS * size_of::<Local>();
    let locals = sys::map(len).cast::<Local>();
    start::own_virtual(len);
    start::header().own_maps[..2].copy_from_slice(&[locals as u64, len as u64]);
    // SAFETY: runs once, single-threaded; the mapping is zeroed and `Local` is valid as zeroes.
    unsafe {
        LOCALS = locals;
        sys::pthread_key_create(&raw mut KEY, leave);
        sys::populate(locals.cast(), size_of::<Local>());
    }
}

/// This thread's state; null before the payload has started.
#[inline(always)]
pub(crate) fn local() -> *mut Local {
    let local = get();
    if local.is_null() { enter() } else { local }
}

/// This thread's state, if its requests can take the short way.
#[inline(always)]
pub(crate) fn ordinary() -> Option<&'static mut Local> {
    // SAFETY: null or this thread's own, which stays mapped.
    unsafe { get().as_mut() }.filter(|local| local.ordinary)
}

/// From now on what the calling thread requests counts, unless this is a forked child.
pub(crate) fn count_from_now() {
    // SAFETY: null or this thread's own.
    if let Some(local) = unsafe { get().as_mut() } {
        local.counting = start::on();
        local.ordinary = local.counting && !local.shared && !checked::on() && start::header().heap_limit == 0;
    }
}

/// States of threads that share the last slot. None is ever taken out.
static EXTRA: AtomicPtr<Local> = AtomicPtr::new(core::ptr::null_mut());

/// A state for a thread that finds all slots but the last taken: one that nobody has any more, or a new one.
unsafe fn extra() -> *mut Local {
    let mut local = EXTRA.load(Acquire);
    // SAFETY: states are never unmapped, and `next` never changes once one is in the list.
    unsafe {
        while !local.is_null() {
            if (*local).used.compare_exchange(0, 1, AcqRel, Relaxed).is_ok() {
                return local;
            }
            local = (*local).next;
        }
        let local = sys::map(size_of::<Local>()).cast::<Local>();
        if local.is_null() {
            return local;
        }
        start::own_virtual(size_of::<Local>());
        (*local).used.store(1, Relaxed);
        let mut head = EXTRA.load(Acquire);
        loop {
            (*local).next = head;
            match EXTRA.compare_exchange_weak(head, local, AcqRel, Acquire) {
                Ok(_) => return local,
                Err(now) => head = now,
            }
        }
    }
}

/// Gives the calling thread a slot.
#[cold]
#[inline(never)]
fn enter() -> *mut Local {
    // SAFETY: written once in `prepare`, before other threads.
    let locals = unsafe { LOCALS };
    if locals.is_null() {
        return core::ptr::null_mut();
    }
    let mut index = SLOTS - 1;
    for i in 0..SLOTS - 1 {
        // SAFETY: `i` is within the recording's table.
        let used = unsafe { AtomicU32::from_ptr(&raw mut (*start::slot(i)).used) };
        if used.load(Relaxed) == 0 && used.compare_exchange(0, 1, AcqRel, Relaxed).is_ok() {
            index = i;
            break;
        }
    }
    // SAFETY: the slot is this thread's now, or the last one, whose counters are changed under a lock; the state is its own.
    unsafe {
        let local = if index == SLOTS - 1 { extra() } else { locals.add(index) };
        if local.is_null() {
            return local;
        }
        (*local).slot = start::slot(index);
        (*local).counters = start::counters(index);
        (*local).shared = index == SLOTS - 1;
        (*local).counting = false;
        (*local).ordinary = false;
        (*local).memo.clear();
        set(local);
        let (main, tid) = sys::thread_id();
        (*(*local).slot).tid = tid;
        (*local).main = main;
        (*local).next_point = if main { 0 } else { u64::MAX };
        if main {
            (*local).stack_high = sys::__libc_stack_end;
            (*local).stack_low = sys::__libc_stack_end.saturating_sub(1 << 36);
        } else {
            ((*local).stack_low, (*local).stack_high) = sys::thread_stack();
            (*local).stack_top = crate::stacks::outermost(crate::frame_pointer(), (*local).stack_high);
            note_stack(&*local);
        }
        sys::pthread_setspecific(KEY, local.cast());
        let active = ACTIVE.fetch_add(1, AcqRel) + 1;
        start::enter_slot(index, active);
        count_from_now();
        local
    }
}

static STACKS_LOCK: Lock = Lock::new();

/// Keeps where a thread's stack is. libc keeps stacks of threads that are gone for others to come, with all that lies in them:
/// that must hold nothing.
fn note_stack(local: &Local) {
    let _guard = STACKS_LOCK.lock();
    let header = start::header();
    let count = (header.thread_stacks as usize).min(MAX_THREAD_STACKS);
    let table = start::at(THREAD_STACKS).cast::<ThreadStack>();
    let stack =
        ThreadStack { low: local.stack_low as u64, high: local.stack_high as u64, top: local.stack_top as u64, pad: 0 };
    // SAFETY: within the region, under the lock.
    unsafe {
        for i in 0..count {
            if (*table.add(i)).low == stack.low {
                *table.add(i) = stack;
                return;
            }
        }
        if count < MAX_THREAD_STACKS {
            *table.add(count) = stack;
            header.thread_stacks = count as u32 + 1;
        }
    }
}

/// Whether `address` lies in the stack of a thread that has a slot, the main thread's down to its deepest frame so far aside.
pub(crate) fn on_stack(address: usize) -> bool {
    // SAFETY: written once in `prepare`; every slot's entry is within the table.
    unsafe {
        (0..start::header().slots as usize).any(|i| {
            let local = LOCALS.add(i);
            let used = (*start::slot(i)).used != 0 && !(*local).main;
            used && (*local).has_on_stack(address)
        }) || {
            let mut local = EXTRA.load(Acquire);
            while !local.is_null() && !((*local).used.load(Relaxed) != 0 && (*local).has_on_stack(address)) {
                local = (*local).next;
            }
            !local.is_null()
        }
    }
}

/// The thread ends: its slot can be taken by another.
unsafe extern "C" fn leave(local: *mut u8) {
    let local = local.cast::<Local>();
    // SAFETY: pthread gives back what `enter` stored for this thread.
    unsafe {
        crate::count::report(local);
        if !(*local).main {
            let lowest = sys::lowest_written((*local).stack_low, (*local).stack_top);
            let depth = ((*local).stack_top - lowest) as u64;
            AtomicU64::from_ptr(&raw mut (*(*local).slot).deepest).fetch_max(depth, Relaxed);
        }
        set(core::ptr::null_mut());
        ACTIVE.fetch_sub(1, AcqRel);
        if (*local).shared {
            (*local).used.store(0, Release);
        } else {
            AtomicU32::from_ptr(&raw mut (*(*local).slot).used).store(0, Release);
        }
    }
}
