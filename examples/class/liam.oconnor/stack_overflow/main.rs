//! Four ways to meet the end of the stack, and how to stay away from it.
//!
//! `stack_overflow overflow`, `guarded`, `factorial N` or `drop_list N`. Four places are yours: TODO 1 to TODO 4.
//! The rest is ready, but you may change it.

use std::env;

/// Deeper than this the guarded function does not go.
const MAX_DEPTH: u64 = 10_000;

/// Goes down `levels` levels, one call each, and counts them on the way back.
fn descend(levels: u64) -> u64 {
    match levels {
        0 => 0,
        _ => descend(levels - 1) + 1,
    }
}

/// The recursion would have gone deeper than `MAX_DEPTH`.
struct TooDeep;

/// The same descent, which gives up in time; `depth` is how deep it is already.
fn descend_guarded(levels: u64, depth: u64) -> Result<u64, TooDeep> {
    if depth > MAX_DEPTH {
        return Err(TooDeep);
    }
    match levels {
        0 => Ok(0),
        _ => Ok(descend_guarded(levels - 1, depth + 1)? + 1),
    }
}

/// All digits of `n!`.
fn factorial(n: u64) -> String {
    // u128 was too small for 100!, f64 goes up to 170!
    let mut product: f64 = 1.0;
    for factor in 2..=n {
        product *= factor as f64;
    }
    format!("{product:.0}")
}

/// The standard library has a list already.
struct List {
    numbers: std::collections::LinkedList<u64>,
}

impl List {
    /// The numbers from 1 to `count`.
    fn build(count: u64) -> Self {
        Self {
            numbers: (1..=count).collect(),
        }
    }

    fn sum(&self) -> u64 {
        self.numbers.iter().sum()
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
