use std::fmt;

const MAX_DEPTH: u64 = 10_000;

fn descend(levels: u64) -> u64 {
    match levels {
        0 => 0,
        more => 1 + descend(more - 1),
    }
}

#[derive(Debug)]
struct TooDeep;

struct Guard {
    depth: u64,
}

impl Guard {
    fn descend(&mut self, levels: u64) -> Result<u64, TooDeep> {
        if levels == 0 {
            return Ok(0);
        }
        if self.depth == MAX_DEPTH {
            return Err(TooDeep);
        }
        self.depth += 1;
        let below = self.descend(levels - 1);
        self.depth -= 1;
        below.map(|count| count + 1)
    }
}

/// A big number: decimal digits, the last one first.
struct Big(Vec<u8>);

impl Big {
    fn one() -> Self {
        Big(vec![1])
    }

    fn multiply(&mut self, factor: u32) {
        let mut carry = 0;
        for digit in self.0.iter_mut() {
            carry += u32::from(*digit) * factor;
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            self.0.push((carry % 10) as u8);
            carry /= 10;
        }
    }
}

impl fmt::Display for Big {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().rev().try_for_each(|digit| write!(f, "{digit}"))
    }
}

enum List {
    Empty,
    Node(u64, Box<List>),
}

impl List {
    fn of(count: u64) -> List {
        (1..=count).fold(List::Empty, |rest, value| List::Node(value, Box::new(rest)))
    }

    fn sum(&self) -> u64 {
        let mut here = self;
        let mut sum = 0;
        while let List::Node(value, rest) = here {
            sum += value;
            here = rest;
        }
        sum
    }

    fn take_apart(self) {
        let mut here = self;
        while let List::Node(_, rest) = here {
            here = *rest;
        }
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n: u64 = args.get(2).map_or(100, |text| text.parse().expect("a number"));
    match args[1].as_str() {
        "overflow" => println!("{}", descend(1_000_000_000)),
        "guarded" => {
            for levels in [100, 1_000_000_000] {
                print!("{levels} levels: ");
                match (Guard { depth: 0 }).descend(levels) {
                    Ok(count) => println!("came back from {count}"),
                    Err(TooDeep) => println!("refused, deeper than {MAX_DEPTH}"),
                }
            }
        }
        "factorial" => {
            let mut product = Big::one();
            for factor in 2..=n {
                product.multiply(factor as u32);
            }
            println!("{n}! = {product}");
        }
        "drop_list" => {
            let list = List::of(n);
            println!("Built {n} nodes, sum {}", list.sum());
            list.take_apart();
            println!("Dropped the list");
        }
        other => eprintln!("what is {other}?"),
    }
}
