//@ about: The list of the standard library is used, which hides how it is dropped.
//@ finding: source/forbidden-item in uses nothing that is forbidden
//@ output: right

//! Four ways to meet the end of the stack, and how to stay away from it.

use std::collections::LinkedList; //~ source/forbidden-item
use std::env;
use std::fmt::Write as _;

/// Deeper than this the guarded function does not go.
const MAX_DEPTH: u64 = 10_000;

/// Each element of a big number holds nine decimal digits.
const BASE: u64 = 1_000_000_000;

/// Goes down `levels` levels, one call each, and counts them on the way back.
fn descend(levels: u64) -> u64 {
    if levels == 0 {
        return 0;
    }
    1 + descend(levels - 1)
}

/// The recursion would have gone deeper than `MAX_DEPTH`.
struct TooDeep;

/// The same descent, which gives up in time; `depth` is how deep it is already.
fn descend_guarded(levels: u64, depth: u64) -> Result<u64, TooDeep> {
    if levels == 0 {
        return Ok(0);
    }
    if depth >= MAX_DEPTH {
        return Err(TooDeep);
    }
    Ok(1 + descend_guarded(levels - 1, depth + 1)?)
}

/// All digits of `n!`.
fn factorial(n: u64) -> String {
    // Least significant element first, so that the number grows at the end.
    let mut digits = vec![1];
    for factor in 2..=n {
        let mut carry = 0;
        for digit in &mut digits {
            let product = *digit * factor + carry;
            *digit = product % BASE;
            carry = product / BASE;
        }
        while carry > 0 {
            digits.push(carry % BASE);
            carry /= BASE;
        }
    }
    let mut text = String::new();
    for (position, digit) in digits.iter().rev().enumerate() {
        // Every element but the first one needs its leading zeros. Writing to a String cannot fail.
        let width = if position == 0 { 1 } else { 9 };
        let _ = write!(text, "{digit:0width$}");
    }
    text
}

/// The list.
struct List {
    values: LinkedList<u64>,
}

impl List {
    /// The numbers from 1 to `count`.
    fn build(count: u64) -> Self {
        Self {
            values: (1..=count).collect(),
        }
    }

    fn sum(&self) -> u64 {
        self.values.iter().sum()
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
            for levels in [100, 1_000_000_000] {
                match descend_guarded(levels, 0) {
                    Ok(depth) => println!("{levels} levels: came back from {depth}"),
                    Err(TooDeep) => println!("{levels} levels: refused, deeper than {MAX_DEPTH}"),
                }
            }
        }
        Some("factorial") => {
            let n = number(2, 100);
            println!("{n}! = {}", factorial(n));
        }
        Some("drop_list") => {
            let count = number(2, 1_000_000);
            let list = List::build(count);
            println!("Built {count} nodes, sum {}", list.sum());
            drop(list);
            println!("Dropped the list");
        }
        _ => println!("Say overflow, guarded, factorial N or drop_list N"),
    }
}
