//! My solution for the stack exercise.
//! Run with overflow, guarded, factorial N or drop_list N.

use std::env;

/// A link of the chain.
struct Link {
    val: u64,
    tail: Option<Box<Link>>,
}

struct Chain {
    head: Option<Box<Link>>,
    size: u64,
}

impl Chain {
    /// Adds at the front.
    fn add(&mut self, val: u64) {
        let tail = self.head.take();
        self.head = Some(Box::new(Link { val, tail }));
        self.size += 1;
    }

    /// Frees the links in a loop.
    fn free_all(&mut self) {
        while let Some(mut link) = self.head.take() {
            self.head = link.tail.take();
            self.size -= 1;
        }
    }

    fn sum_up(&self) -> u64 {
        let mut sum = 0;
        let mut ptr = self.head.as_ref();
        while let Some(link) = ptr {
            sum += link.val;
            ptr = link.tail.as_ref();
        }
        sum
    }
}

/// Multiplies a long number, stored as digits from right to left, by k.
fn times(num: &mut Vec<u8>, k: u64) {
    let mut rest: u64 = 0;
    for pos in 0..num.len() {
        let product = num[pos] as u64 * k + rest;
        num[pos] = (product % 10) as u8;
        rest = product / 10;
    }
    while rest != 0 {
        num.push((rest % 10) as u8);
        rest = rest / 10;
    }
}

fn fac(n: u64) -> String {
    let mut num: Vec<u8> = Vec::new();
    num.push(1);
    let mut k = 2;
    while k <= n {
        times(&mut num, k);
        k += 1;
    }
    let mut output = String::with_capacity(num.len());
    for d in num.iter().rev() {
        output.push((b'0' + d) as char);
    }
    output
}

const MAXIMUM: u64 = 10_000;

/// Stops when it is deeper than MAXIMUM.
fn safe_recursion(todo: u64, done: u64) -> Result<u64, String> {
    if todo == 0 {
        return Ok(0);
    }
    if done >= MAXIMUM {
        let error = format!("refused, deeper than {}", MAXIMUM);
        return Err(error);
    }
    match safe_recursion(todo - 1, done + 1) {
        Ok(n) => Ok(n + 1),
        Err(error) => Err(error),
    }
}

fn recursion(todo: u64) -> u64 {
    if todo == 0 {
        return 0;
    }
    let n = recursion(todo - 1);
    n + 1
}

fn main() {
    let command = env::args().nth(1).expect("please give me a command");
    let n: u64 = match env::args().nth(2) {
        Some(arg) => arg.parse().expect("please give me a number"),
        None => 100,
    };
    if command == "overflow" {
        println!("starting the recursion");
        println!("finished: {}", recursion(1_000_000_000));
    } else if command == "guarded" {
        for todo in [100u64, 1_000_000_000] {
            match safe_recursion(todo, 0) {
                Ok(count) => println!("{} levels: came back from {}", todo, count),
                Err(error) => println!("{} levels: {}", todo, error),
            }
        }
    } else if command == "drop_list" {
        let mut chain = Chain { head: None, size: 0 };
        for val in 1..=n {
            chain.add(val);
        }
        println!("Built {} nodes, sum {}", chain.size, chain.sum_up());
        chain.free_all();
        println!("Dropped the list");
    } else if command == "factorial" {
        println!("{}! = {}", n, fac(n));
    } else {
        println!("Unknown command");
    }
}
