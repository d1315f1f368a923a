//! Where the stack ends.

use std::env;
use std::fmt::Write;

const MAX_DEPTH: u64 = 10_000;

/// One call for each level. With a limit it gives up below that level.
fn descend(levels: u64, allowed: Option<u64>) -> Option<u64> {
    if levels == 0 {
        return Some(0);
    }
    let allowed = match allowed {
        Some(0) => return None,
        Some(more) => Some(more - 1),
        None => None,
    };
    let below = descend(levels - 1, allowed)?;
    Some(below + 1)
}

/// N! in base 10^9, the lowest limb first.
fn factorial(n: u64) -> String {
    const BASE: u64 = 1_000_000_000;
    let mut limbs = vec![1_u64];
    for factor in 2..=n {
        let mut carry = 0;
        for limb in &mut limbs {
            let product = *limb * factor + carry;
            *limb = product % BASE;
            carry = product / BASE;
        }
        while carry > 0 {
            limbs.push(carry % BASE);
            carry /= BASE;
        }
    }
    let mut text = limbs.pop().unwrap_or(1).to_string();
    for limb in limbs.iter().rev() {
        // All nine digits, or the zeros in the middle go missing.
        write!(text, "{limb:09}").expect("a String takes everything");
    }
    text
}

struct Node {
    value: u64,
    next: Option<Box<Node>>,
}

struct Chain(Option<Box<Node>>);

impl Chain {
    fn new(count: u64) -> Self {
        let mut head = None;
        for value in (1..=count).rev() {
            head = Some(Box::new(Node { value, next: head }));
        }
        Chain(head)
    }

    fn sum(&self) -> u64 {
        std::iter::successors(self.0.as_deref(), |node| node.next.as_deref())
            .map(|node| node.value)
            .sum()
    }
}

impl Drop for Chain {
    // Each node loses its next one before it goes itself, so no drop is inside of another.
    fn drop(&mut self) {
        let mut rest = self.0.take();
        while let Some(mut node) = rest {
            rest = node.next.take();
        }
    }
}

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let number = |otherwise| args.get(1).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    match args.first().map_or("", String::as_str) {
        "overflow" => {
            println!("Down without a limit");
            println!("{:?}", descend(1_000_000_000, None));
        }
        "guarded" => {
            for levels in [100, 1_000_000_000] {
                let text = match descend(levels, Some(MAX_DEPTH)) {
                    Some(depth) => format!("came back from {depth}"),
                    None => format!("refused, deeper than {MAX_DEPTH}"),
                };
                println!("{levels} levels: {text}");
            }
        }
        "factorial" => {
            let n = number(100);
            println!("{n}! = {}", factorial(n));
        }
        "drop_list" => {
            let n = number(1_000_000);
            let chain = Chain::new(n);
            println!("Built {n} nodes, sum {}", chain.sum());
            drop(chain);
            println!("Dropped the list");
        }
        what => println!("no such thing: {what:?}"),
    }
}
