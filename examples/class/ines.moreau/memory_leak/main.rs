//! A service that keeps every payment, or the latest ones only.

use std::collections::VecDeque;
use std::env;

struct Payment {
    number: u64,
    text: String,
}

/// What the service keeps. With a capacity it is a ring: whoever comes last takes the place of whoever came first.
enum Store {
    All(Vec<Payment>),
    Latest(VecDeque<Payment>, usize),
}

impl Store {
    fn take(&mut self, payment: Payment) {
        match self {
            Store::All(list) => list.push(payment),
            Store::Latest(ring, limit) => {
                while ring.len() >= *limit {
                    ring.pop_front();
                }
                ring.push_back(payment);
            }
        }
    }

    fn payments(&self) -> Box<dyn DoubleEndedIterator<Item = &Payment> + '_> {
        match self {
            Store::All(list) => Box::new(list.iter()),
            Store::Latest(ring, _) => Box::new(ring.iter()),
        }
    }

    fn bytes(&self) -> usize {
        let places = match self {
            Store::All(list) => list.capacity(),
            Store::Latest(ring, _) => ring.capacity(),
        };
        let texts: usize = self.payments().map(|payment| payment.text.capacity()).sum();
        places * size_of::<Payment>() + texts
    }
}

fn argument(position: usize, otherwise: usize) -> usize {
    let text = env::args().nth(position);
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn main() {
    let mut store = match env::args().nth(1).as_deref() {
        Some("bounded") => {
            let limit = argument(3, 10_000);
            Store::Latest(VecDeque::with_capacity(limit), limit)
        }
        _ => Store::All(Vec::new()),
    };
    let rounds = argument(2, 10) as u64;
    for number in 1..=rounds * 100_000 {
        let text = format!("payment {number:010} from account {:08} to store 00004217, 12.50 EUR", number % 9973);
        store.take(Payment { number, text });
        if number % 100_000 == 0 {
            let mib = store.bytes() as f64 / f64::from(1 << 20);
            println!("After {number} transactions: {mib:.1} MiB in use");
        }
    }
    let mut numbers = store.payments().map(|payment| payment.number);
    let count = store.payments().count();
    let first = numbers.next().unwrap_or(0);
    let last = numbers.next_back().unwrap_or(first);
    println!("Kept {count} transactions, from {first} to {last}");
}
