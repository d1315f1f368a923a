//! Overflows, and how they are avoided. I could not find out why `drop_list` crashes *after* everything was printed.

#[inline(never)]
fn descend(levels: u64) -> u64 {
    if levels == 0 { 0 } else { 1 + descend(levels - 1) }
}

enum Descent {
    Returned(u64),
    Refused,
}

fn guarded(levels: u64, budget: u64) -> Descent {
    match (levels, budget) {
        (0, _) => Descent::Returned(0),
        (_, 0) => Descent::Refused,
        _ => match guarded(levels - 1, budget - 1) {
            Descent::Returned(depth) => Descent::Returned(depth + 1),
            refused => refused,
        },
    }
}

/// A number with as many digits as it needs: four decimal digits in each element, the lowest ones first.
#[derive(Clone)]
struct Decimal(Vec<u16>);

impl std::ops::MulAssign<u64> for Decimal {
    fn mul_assign(&mut self, factor: u64) {
        let mut carry = 0_u64;
        self.0 = self
            .0
            .iter()
            .map(|&part| {
                let value = u64::from(part) * factor + carry;
                carry = value / 10_000;
                (value % 10_000) as u16
            })
            .collect();
        while carry > 0 {
            self.0.push((carry % 10_000) as u16);
            carry /= 10_000;
        }
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut parts = self.0.iter().rev();
        if let Some(first) = parts.next() {
            write!(f, "{first}")?;
        }
        parts.try_for_each(|part| write!(f, "{part:04}"))
    }
}

/// A list as in the books on functional programming.
enum List {
    Nil,
    Cons(u64, Box<List>),
}

use List::{Cons, Nil};

impl List {
    fn sum(&self) -> u64 {
        let (mut at, mut sum) = (self, 0);
        loop {
            match at {
                Nil => break sum,
                Cons(value, rest) => {
                    sum += value;
                    at = rest;
                }
            }
        }
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[1..] {
        ["overflow", ..] => println!("unbelievable: {}", descend(1_000_000_000)),
        ["guarded", ..] => {
            for levels in [100, 1_000_000_000] {
                match guarded(levels, 10_000) {
                    Descent::Returned(depth) => println!("{levels} levels: came back from {depth}"),
                    Descent::Refused => println!("{levels} levels: refused, deeper than 10000"),
                }
            }
        }
        ["factorial", n] => {
            let n: u64 = n.parse().unwrap();
            let mut product = Decimal(vec![1]);
            (1..=n).for_each(|factor| product *= factor);
            println!("{n}! = {product}");
        }
        ["drop_list", n] => {
            let n: u64 = n.parse().unwrap();
            let list = (1..=n).fold(Nil, |rest, value| Cons(value, Box::new(rest)));
            println!("Built {n} nodes, sum {}", list.sum());
            drop(list);
            println!("Dropped the list");
        }
        _ => {}
    }
}
