//! How large the stacks are here, and how much of them each call takes in this build.

use std::hint::black_box;
use std::time::Instant;

/// Calls inside of each other; few enough for every stack.
const DEPTH: u64 = 10_000;

fn main() {
    let bytes = frame();
    println!("frame = {bytes} bytes");
    println!("call = {} ns", call());
    // Before another thread has a stack that is not the usual one: stacks are used again.
    stacks(bytes);
    match drop_frame() {
        Some(bytes) => println!("drop_frame = {bytes} bytes"),
        None => println!("drop_frame = ? a thread with 8 MiB of stack could not be started"),
    }
}

/// The smallest recursion that is not a loop: something is left to do after the call. Gives the address of a local in the
/// deepest call.
#[inline(never)]
fn descend(levels: u64, deepest: &mut usize) -> u64 {
    let local = black_box(levels);
    *deepest = (&raw const local).addr();
    if local == 0 {
        return 0;
    }
    descend(local - 1, deepest) + 1
}

/// Bytes of stack for each level.
fn frame() -> u64 {
    let (mut near, mut far) = (0, 0);
    black_box(descend(0, &mut near));
    black_box(descend(DEPTH, &mut far));
    (near - far) as u64 / DEPTH
}

/// Nanoseconds for each level, down and up.
fn call() -> f64 {
    let mut deepest = 0;
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let started = Instant::now();
            black_box(descend(DEPTH, &mut deepest));
            started.elapsed().as_nanos() as f64 / DEPTH as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[4]
}

/// A list as everybody writes it first.
struct Node {
    next: Option<Box<Node>>,
    number: u64,
}

/// Bytes of stack for each node when a list is dropped as the compiler does it.
fn drop_frame() -> Option<u64> {
    let mut list = None;
    for number in 0..DEPTH {
        list = Some(Box::new(Node { next: list, number }));
    }
    if let Some(first) = &list {
        black_box((&first.next, first.number));
    }
    let bytes = stack_of(move || drop(list))?;
    // Frames are multiples of 8; what the thread itself needs is less than that for each node.
    Some((bytes as u64 / DEPTH + 4) / 8 * 8)
}

/// Bytes of stack that some work takes in a thread of its own: the stack is painted before it, and looked at afterwards.
fn stack_of(work: impl FnOnce() + Send + 'static) -> Option<usize> {
    const PAINTED: usize = 4 << 20;
    const COLOR: u64 = 0xa5a5_5a5a_a5a5_5a5a;
    // Of the calls that are open now some may use what lies just below this local.
    const LEFT_OUT: usize = 4 << 10;
    let painted = move || {
        let local = 0_u64;
        let top = (&raw const local).wrapping_byte_sub(LEFT_OUT).cast_mut();
        let words = PAINTED / 8;
        for word in 1..=words {
            unsafe { top.wrapping_sub(word).write_volatile(COLOR) };
        }
        work();
        let untouched = (1..=words)
            .rev()
            .take_while(|word| unsafe { top.wrapping_sub(*word).read_volatile() } == COLOR);
        PAINTED - untouched.count() * 8 + LEFT_OUT
    };
    let thread = std::thread::Builder::new().stack_size(2 * PAINTED);
    thread.spawn(painted).ok()?.join().ok()
}

/// How large stacks are, and how many such calls fit.
#[cfg(target_os = "linux")]
fn stacks(frame: u64) {
    unsafe extern "C" {
        fn getrlimit(resource: i32, limit: *mut [u64; 2]) -> i32;
        fn pthread_self() -> usize;
        fn pthread_getattr_np(thread: usize, attributes: *mut [u64; 16]) -> i32;
        fn pthread_attr_getstack(
            attributes: *const [u64; 16],
            start: *mut usize,
            bytes: *mut usize,
        ) -> i32;
    }
    const STACK: i32 = 3;
    let mut limit = [0; 2];
    unsafe { getrlimit(STACK, &mut limit) };
    if limit[0] == u64::MAX {
        for name in ["main_stack", "main_levels"] {
            println!("{name} = ? the stack of the main thread has no limit on this computer");
        }
    } else {
        println!("main_stack = {} B", limit[0]);
        println!("main_levels = {} levels", round(limit[0] / frame));
    }
    let thread = std::thread::spawn(|| {
        let (mut attributes, mut start, mut bytes) = ([0; 16], 0, 0);
        unsafe {
            pthread_getattr_np(pthread_self(), &mut attributes);
            pthread_attr_getstack(&attributes, &mut start, &mut bytes);
        }
        bytes as u64
    });
    match thread.join() {
        Ok(bytes) => {
            println!("thread_stack = {bytes} B");
            println!("thread_levels = {} levels", round(bytes / frame));
        }
        Err(_) => {
            println!("thread_stack = ? a thread could not be asked");
            println!("thread_levels = ? a thread could not be asked");
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn stacks(_: u64) {
    for name in ["main_stack", "main_levels", "thread_stack", "thread_levels"] {
        println!("{name} = ? this is measured on Linux only");
    }
}

/// Two digits that count: the rest depends on what is on the stack already.
fn round(number: u64) -> u64 {
    let step = 10_u64.pow(number.max(10).ilog10() - 1);
    number / step * step
}
