use std::env;

fn descend(levels: u64) -> u64 {
    if levels == 0 {
        return 0;
    }
    1 + descend(levels - 1)
}

// The caller says how deep it wants to go, so this can be decided here.
fn descend_guarded(levels: u64) -> Option<u64> {
    (levels <= 10_000).then(|| descend(levels))
}

fn factorial(n: u64) -> String {
    let mut limbs: Vec<u64> = vec![1];
    for k in 2..=n {
        let mut carry = 0;
        for limb in limbs.iter_mut() {
            let x = *limb * k + carry;
            *limb = x % 1_000_000;
            carry = x / 1_000_000;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    limbs.iter().rev().map(|limb| limb.to_string()).collect()
}

struct List {
    value: u64,
    rest: Option<Box<List>>,
}

fn main() {
    let mode = env::args().nth(1).unwrap_or_default();
    let n = env::args().nth(2).and_then(|a| a.parse().ok()).unwrap_or(100u64);
    if mode == "overflow" {
        println!("down we go: {}", descend(1_000_000_000));
    } else if mode == "guarded" {
        for levels in [100, 1_000_000_000] {
            if let Some(depth) = descend_guarded(levels) {
                println!("{levels} levels: came back from {depth}");
            } else {
                println!("{levels} levels: refused, deeper than 10000");
            }
        }
    } else if mode == "factorial" {
        println!("{n}! = {}", factorial(n));
    } else if mode == "drop_list" {
        let mut list = None;
        for value in 1..=n {
            list = Some(Box::new(List { value, rest: list }));
        }
        let mut sum = 0;
        let mut here = &list;
        while let Some(node) = here {
            sum += node.value;
            here = &node.rest;
        }
        println!("Built {n} nodes, sum {sum}");
        while let Some(node) = list {
            list = node.rest;
        }
        println!("Dropped the list");
    }
}
