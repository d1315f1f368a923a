// Day 4, stack_overflow (Jonas W.)
use std::env;

const LIMIT: u64 = 10_000;

// goes down without looking
fn fall(levels: u64) -> u64 {
    if levels == 0 {
        return 0;
    }
    let below = fall(levels - 1);
    below + 1
}

// Looks at every step whether it is already too deep.
// Gives the depth back, or an error text.
fn climb_down(levels: u64, depth: u64) -> Result<u64, String> {
    if levels == 0 {
        return Ok(0);
    }
    if depth >= LIMIT {
        let message = format!("refused, deeper than {}", LIMIT);
        return Err(message);
    }
    match climb_down(levels - 1, depth + 1) {
        Ok(below) => Ok(below + 1),
        Err(message) => Err(message),
    }
}

// School multiplication: one decimal digit per element, smallest first
fn multiply(digits: &mut Vec<u8>, factor: u64) {
    let mut carry: u64 = 0;
    for i in 0..digits.len() {
        let x = digits[i] as u64 * factor + carry;
        digits[i] = (x % 10) as u8;
        carry = x / 10;
    }
    while carry != 0 {
        digits.push((carry % 10) as u8);
        carry = carry / 10;
    }
}

fn factorial(n: u64) -> String {
    let mut digits: Vec<u8> = Vec::new();
    digits.push(1);
    let mut factor = 2;
    while factor <= n {
        multiply(&mut digits, factor);
        factor += 1;
    }
    let mut text = String::with_capacity(digits.len());
    for digit in digits.iter().rev() {
        text.push((b'0' + digit) as char);
    }
    text
}

struct Item {
    number: u64,
    after: Option<Box<Item>>,
}

struct Row {
    first: Option<Box<Item>>,
    length: u64,
}

impl Row {
    fn push(&mut self, number: u64) {
        let after = self.first.take();
        self.first = Some(Box::new(Item { number, after }));
        self.length += 1;
    }

    fn total(&self) -> u64 {
        let mut total = 0;
        let mut current = self.first.as_ref();
        while let Some(item) = current {
            total += item.number;
            current = item.after.as_ref();
        }
        total
    }

    // one after the other, otherwise it overflows at about 100000
    fn clear(&mut self) {
        while let Some(mut item) = self.first.take() {
            self.first = item.after.take();
            self.length -= 1;
        }
    }
}

fn main() {
    let what = env::args().nth(1).expect("what to do?");
    let n: u64 = match env::args().nth(2) {
        Some(text) => text.parse().expect("not a number"),
        None => 100,
    };
    if what == "overflow" {
        println!("falling");
        println!("arrived: {}", fall(1_000_000_000));
    } else if what == "guarded" {
        for levels in [100u64, 1_000_000_000] {
            match climb_down(levels, 0) {
                Ok(depth) => println!("{} levels: came back from {}", levels, depth),
                Err(message) => println!("{} levels: {}", levels, message),
            }
        }
    } else if what == "factorial" {
        println!("{}! = {}", n, factorial(n));
    } else if what == "drop_list" {
        let mut row = Row { first: None, length: 0 };
        for number in 1..=n {
            row.push(number);
        }
        println!("Built {} nodes, sum {}", row.length, row.total());
        row.clear();
        println!("Dropped the list");
    } else {
        println!("I only know overflow, guarded, factorial and drop_list");
    }
}
