//@ about: The number is printed with as many digits as 100! has, whatever the number is.
//@ finding: output/differs in another factorial/another number

//! Four ways to meet the end of the stack, and how to stay away from it.

use std::env;

/// Deeper than this the guarded function does not go.
const MAX_DEPTH: u64 = 10_000;

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

/// Digits that there is room for.
const ROOM: usize = 20_000;

/// Digits of the result.
const DIGITS: usize = 158;

/// All digits of `n!`.
fn factorial(n: u64) -> String {
    let mut digits = vec![0; ROOM];
    digits[0] = 1;
    let mut used = 1;
    for factor in 2..=n {
        let mut carry = 0;
        let mut position = 0;
        while position < used || carry > 0 {
            let product = digits[position] * factor + carry;
            digits[position] = product % 10;
            carry = product / 10;
            position += 1;
        }
        used = position;
    }
    let mut text = String::new();
    for digit in digits[..DIGITS].iter().rev() {
        text += &digit.to_string();
    }
    text
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
        let mut head = None;
        for value in (1..=count).rev() {
            head = Some(Box::new(Node { value, next: head }));
        }
        Self { head }
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

impl Drop for List {
    /// Takes the nodes off one by one, so that none still owns the rest when it goes.
    fn drop(&mut self) {
        let mut node = self.head.take();
        while let Some(mut here) = node {
            node = here.next.take();
        }
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
