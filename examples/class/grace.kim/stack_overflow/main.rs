//! Everything that is too deep goes into a thread with a large stack.

use std::thread;

const MAX_DEPTH: u64 = 10_000;

fn descend(levels: u64) -> u64 {
    if levels > 0 { descend(levels - 1) + 1 } else { 0 }
}

fn guarded(levels: u64, depth: u64) -> Option<u64> {
    if levels == 0 {
        Some(0)
    } else if depth < MAX_DEPTH {
        guarded(levels - 1, depth + 1).map(|n| n + 1)
    } else {
        None
    }
}

/// Digits in groups of eight, the lowest group first.
fn factorial(n: u64) -> Vec<u64> {
    if n < 2 {
        return vec![1];
    }
    let mut groups = factorial(n - 1);
    let mut carry = 0;
    for group in &mut groups {
        let product = *group * n + carry;
        *group = product % 100_000_000;
        carry = product / 100_000_000;
    }
    if carry > 0 {
        groups.push(carry);
    }
    groups
}

struct Node {
    value: u64,
    next: Option<Box<Node>>,
}

fn with_large_stack(work: impl FnOnce() + Send + 'static) {
    thread::Builder::new()
        .stack_size(1 << 30)
        .spawn(work)
        .expect("no thread")
        .join()
        .expect("the thread failed");
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n: u64 = args.get(2).map_or(0, |arg| arg.parse().unwrap_or(0));
    match args.get(1).map(String::as_str) {
        Some("overflow") => println!("{}", descend(1_000_000_000)),
        Some("guarded") => {
            for levels in [100, 1_000_000_000] {
                match guarded(levels, 0) {
                    Some(depth) => println!("{levels} levels: came back from {depth}"),
                    None => println!("{levels} levels: refused, deeper than {MAX_DEPTH}"),
                }
            }
        }
        Some("factorial") => {
            let groups = factorial(n);
            let mut text = groups[groups.len() - 1].to_string();
            for group in groups.iter().rev().skip(1) {
                text += &format!("{group:08}");
            }
            println!("{n}! = {text}");
        }
        Some("drop_list") => {
            let mut list = None;
            for value in 1..=n {
                list = Some(Box::new(Node { value, next: list }));
            }
            let mut sum = 0;
            let mut node = list.as_ref();
            while let Some(this) = node {
                sum += this.value;
                node = this.next.as_ref();
            }
            println!("Built {n} nodes, sum {sum}");
            with_large_stack(move || drop(list));
            println!("Dropped the list");
        }
        _ => println!("?"),
    }
}
