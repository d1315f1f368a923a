//! What walking and dropping a tree costs here, in this build: by recursion and by a loop.

use std::hint::black_box;
use std::time::Instant;

/// Levels of the deep tree; few enough for every stack.
const LEVELS: usize = 5_000;
/// Children of each inner node of the bushy tree, and its levels below the root: 111,111 nodes.
const CHILDREN: usize = 10;
const BUSHY: usize = 5;

struct Node {
    number: u64,
    children: Vec<Node>,
}

fn main() {
    let walked = stack_of(|| {
        let tree = deep();
        black_box(recursive(&tree));
        // It is not dropped here: that would need stack, too.
        std::mem::forget(tree);
    });
    let tree = deep();
    let dropped = stack_of(move || drop(tree));
    for (name, bytes) in [("walk_frame", walked), ("drop_frame", dropped)] {
        match bytes {
            Some(bytes) => println!("{name} = {} bytes", per_level(bytes)),
            None => println!("{name} = ? a thread with 8 MiB of stack could not be started"),
        }
    }

    let tree = bushy(BUSHY);
    let (mut recursions, mut loops, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..7 {
        let (by_recursion, sum) = time(|| recursive(&tree));
        let (by_loop, same) = time(|| looping(&tree));
        assert_eq!(sum, same);
        recursions.push(by_recursion);
        loops.push(by_loop);
        ratios.push(by_loop / by_recursion);
    }
    println!("walk_recursive = {} ns", median(recursions));
    println!("walk_loop = {} ns", median(loops));
    println!("walk_ratio = {} times", median(ratios));
}

/// Frames are multiples of 8; what the thread itself needs is less than that for each level.
fn per_level(bytes: usize) -> usize {
    (bytes / LEVELS + 4) / 8 * 8
}

/// A tree with one way down, as a long chain of answers to answers is.
fn deep() -> Node {
    let mut tree = leaf(0);
    for number in 1..LEVELS as u64 {
        let mut parent = leaf(number);
        parent.children.push(tree);
        tree = parent;
    }
    tree
}

fn leaf(number: u64) -> Node {
    Node {
        number,
        children: Vec::new(),
    }
}

fn bushy(levels: usize) -> Node {
    let mut node = leaf(levels as u64);
    if levels > 0 {
        node.children
            .extend((0..CHILDREN).map(|_| bushy(levels - 1)));
    }
    node
}

/// The sum of all numbers.
#[inline(never)]
fn recursive(node: &Node) -> u64 {
    let mut sum = black_box(node.number);
    for child in &node.children {
        sum += recursive(child);
    }
    sum
}

/// The same with a list of what is still to do.
#[inline(never)]
fn looping(root: &Node) -> u64 {
    let mut sum = 0;
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        sum += black_box(node.number);
        pending.extend(node.children.iter().rev());
    }
    sum
}

/// Nanoseconds for each node of the bushy tree.
fn time(work: impl FnOnce() -> u64) -> (f64, u64) {
    let started = Instant::now();
    let sum = black_box(work());
    (started.elapsed().as_nanos() as f64 / 111_111.0, sum)
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
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
