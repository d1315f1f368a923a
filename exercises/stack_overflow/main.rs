//! Four ways to meet the end of the stack, and how to stay away from it.
//!
//! `stack_overflow overflow`, `guarded`, `factorial N` or `drop_list N`. Four places are yours: TODO 1 to TODO 4.
//! The rest is ready, but you may change it.

use std::env;

/// Deeper than this the guarded function does not go.
const MAX_DEPTH: u64 = 10_000;

/// Goes down `levels` levels, one call each, and counts them on the way back.
fn descend(levels: u64) -> u64 {
    // TODO 1: for 0 levels the answer is 0. Else call `descend` for one level less, and add 1 to what comes back.
    // Then run `overflow`: this program must really die of it.
    let _ = levels;
    0
}

/// The recursion would have gone deeper than `MAX_DEPTH`.
struct TooDeep;

/// The same descent, which gives up in time; `depth` is how deep it is already.
fn descend_guarded(levels: u64, depth: u64) -> Result<u64, TooDeep> {
    // TODO 2: like `descend`, but give `Err(TooDeep)` back instead of going deeper than `MAX_DEPTH`. Imagine that
    // you cannot know before how deep it will be, as with nested brackets in a file from the network.
    let _ = (levels, depth);
    Ok(0)
}

/// All digits of `n!`.
fn factorial(n: u64) -> String {
    // TODO 3: this is right up to 20! only. 100! has 158 digits, which no number type holds: keep the digits in a
    // `Vec`, several in each element if you like, and multiply as on paper. Use a loop, not recursion.
    let mut product: u64 = 1;
    for factor in 2..=n {
        product = product.wrapping_mul(factor);
    }
    product.to_string()
}

/// A list in which every node owns the next one.
struct List {
    head: Option<Box<Node>>,
}

struct Node {
    value: u64,
    next: Option<Box<Node>>,
}

impl List {
    /// The numbers from 1 to `count`.
    fn build(count: u64) -> Self {
        // TODO 4: build the list, one `Box` for each node. Run `drop_list 1000`, then `drop_list 1000000`: what
        // happens? Make it go away without an overflow, with every node freed.
        let _ = count;
        Self { head: None }
    }

    fn sum(&self) -> u64 {
        let mut sum = 0;
        let mut node = &self.head;
        while let Some(here) = node {
            sum += here.value;
            node = &here.next;
        }
        sum
    }
}

/// The program's argument at `position` as a number.
fn number(position: usize, default: u64) -> u64 {
    env::args()
        .nth(position)
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn main() {
    match env::args().nth(1).as_deref() {
        Some("overflow") => {
            println!("Going down without a guard");
            println!("Came back from {} levels", descend(1_000_000_000));
        }
        Some("guarded") => {
            // Prints: 100 levels: came back from 100
            // Then:   1000000000 levels: refused, deeper than 10000
            for levels in [100, 1_000_000_000] {
                match descend_guarded(levels, 0) {
                    Ok(depth) => println!("{levels} levels: came back from {depth}"),
                    Err(TooDeep) => println!("{levels} levels: refused, deeper than {MAX_DEPTH}"),
                }
            }
        }
        Some("factorial") => {
            // Prints, for example: 5! = 120
            let n = number(2, 100);
            println!("{n}! = {}", factorial(n));
        }
        Some("drop_list") => {
            // Prints, for example: Built 1000000 nodes, sum 500000500000
            let count = number(2, 1_000_000);
            let list = List::build(count);
            println!("Built {count} nodes, sum {}", list.sum());
            drop(list);
            println!("Dropped the list");
        }
        _ => println!("Say overflow, guarded, factorial N or drop_list N"),
    }
}
