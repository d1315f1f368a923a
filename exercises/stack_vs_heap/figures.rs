//! What a block on the stack and one on the heap cost here, in this build.

use std::hint::black_box;
use std::time::Instant;

/// How often each thing is timed; the two sides of a ratio take turns.
const ROUNDS: usize = 9;

fn main() {
    // Once in a process: later the allocator has the memory already.
    let mut first = || black_box(heap::<{ 1 << 20 }>(true));
    println!("heap_1m_first = {} ns", once(1, &mut first));
    let small = compare(
        40_000,
        || black_box(stack_64(black_box(1))),
        || black_box(heap::<64>(false)),
    );
    println!("stack_64 = {} ns", small.stack);
    println!("heap_64 = {} ns", small.heap);
    println!("ratio_64 = {} times", small.ratio);
    let filled = compare(
        2_000,
        || black_box(stack_4k(black_box(1))),
        || black_box(heap::<4096>(true)),
    );
    println!("stack_4k = {} ns", filled.stack);
    println!("heap_4k = {} ns", filled.heap);
    println!("ratio_4k = {} times", filled.ratio);
    let lists = compare(
        20_000,
        || black_box(arrays(black_box(1))),
        || black_box(lists(black_box(1))),
    );
    println!("ratio_lists = {} times", lists.ratio);
    println!(
        "heap_1m = {} ns",
        time(2_000, || black_box(heap::<{ 1 << 20 }>(false)))
    );
    println!(
        "heap_1m_filled = {} ns",
        time(20, || black_box(heap::<{ 1 << 20 }>(true)))
    );
    println!(
        "heap_64m = {} ns",
        time(50, || black_box(heap::<{ 64 << 20 }>(false)))
    );
    stacks();
}

/// A local of 64 bytes: room is made for it, it is written, and gone.
#[inline(never)]
fn stack_64(x: u64) -> u64 {
    let mut block = [x; 8];
    black_box(&mut block);
    block[0]
}

/// A local of 4 KiB, every byte written.
#[inline(never)]
fn stack_4k(x: u8) -> u8 {
    let mut block = [x; 4096];
    black_box(&mut block);
    block[0]
}

/// A block from the allocator, given back at once; every byte is written or none is.
#[inline(never)]
fn heap<const BYTES: usize>(filled: bool) -> u8 {
    let mut block: Vec<u8> = if filled {
        vec![1; black_box(BYTES)]
    } else {
        Vec::with_capacity(black_box(BYTES))
    };
    black_box(block.as_mut_ptr());
    block.len() as u8
}

/// A round of the exercise with locals.
#[inline(never)]
fn arrays(round: u64) -> u64 {
    let (a, b, c) = ([round; 5], [round + 5; 5], [round + 10; 5]);
    a.iter().chain(&b).chain(&c).sum()
}

/// The same with lists that own their numbers.
#[inline(never)]
fn lists(round: u64) -> u64 {
    let (a, b, c) = (vec![round; 5], vec![round + 5; 5], vec![round + 10; 5]);
    a.iter().chain(&b).chain(&c).sum()
}

struct Compared {
    stack: f64,
    heap: f64,
    ratio: f64,
}

fn compare<T, U>(
    times: u32,
    mut stack: impl FnMut() -> T,
    mut heap: impl FnMut() -> U,
) -> Compared {
    let (mut stacks, mut heaps, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (on_stack, on_heap) = (once(times, &mut stack), once(times, &mut heap));
        stacks.push(on_stack);
        heaps.push(on_heap);
        ratios.push(on_heap / on_stack);
    }
    Compared {
        stack: median(stacks),
        heap: median(heaps),
        ratio: median(ratios),
    }
}

fn time<T>(times: u32, mut work: impl FnMut() -> T) -> f64 {
    median((0..ROUNDS).map(|_| once(times, &mut work)).collect())
}

/// Nanoseconds for each of so many times.
fn once<T>(times: u32, work: &mut impl FnMut() -> T) -> f64 {
    let started = Instant::now();
    for _ in 0..times {
        work();
    }
    started.elapsed().as_nanos() as f64 / f64::from(times)
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// How large stacks are.
#[cfg(target_os = "linux")]
fn stacks() {
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
        println!("main_stack = ? the stack of the main thread has no limit on this computer");
    } else {
        println!("main_stack = {} B", limit[0]);
    }
    let thread = std::thread::spawn(|| {
        let (mut attributes, mut start, mut bytes) = ([0; 16], 0, 0);
        unsafe {
            pthread_getattr_np(pthread_self(), &mut attributes);
            pthread_attr_getstack(&attributes, &mut start, &mut bytes);
        }
        bytes
    });
    match thread.join() {
        Ok(bytes) => println!("thread_stack = {bytes} B"),
        Err(_) => println!("thread_stack = ? a thread could not be asked"),
    }
}

#[cfg(not(target_os = "linux"))]
fn stacks() {
    for name in ["main_stack", "thread_stack"] {
        println!("{name} = ? this is measured on Linux only");
    }
}
