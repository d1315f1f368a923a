//@ about: Neighbors own each other, so a transaction that was taken out of the list is still kept alive by the next one.
//@ finding: leak/cycle in leak/nothing is lost
//@ finding: curve/grows in bounded/holds steady
//@ finding: claims/untrue in bounded/the figures are true
//@ output: right

//! A payment service, and what it keeps in memory.

use std::cell::RefCell;
use std::env;
use std::fmt::Write as _;
use std::rc::Rc;

/// Transactions between two reports.
const ROUND: u64 = 100_000;

/// One payment as the service stores it, linked with its neighbors.
struct Transaction {
    id: u64,
    memo: Box<str>,
    newer: RefCell<Option<Rc<Transaction>>>,
    older: RefCell<Option<Rc<Transaction>>>,
}

/// Reads the payment with this number from the network into `memo`.
fn receive(id: u64, memo: &mut String) {
    let account = id % 9_973;
    memo.clear();
    // Writing to a String cannot fail.
    let _ = write!(
        memo,
        "payment {id:010} from account {account:08} to store 00004217, 12.50 EUR"
    );
}

/// The service: the transactions it holds, as a list that can be walked both ways.
struct Service {
    oldest: Option<Rc<Transaction>>,
    newest: Option<Rc<Transaction>>,
    count: usize,
    memo_bytes: usize,
    /// How many it may hold; `None` is no limit.
    limit: Option<usize>,
}

impl Service {
    fn new(limit: Option<usize>) -> Self {
        Self {
            oldest: None,
            newest: None,
            count: 0,
            memo_bytes: 0,
            limit,
        }
    }

    /// Takes one transaction in. With a limit, the oldest one makes room first.
    fn keep(&mut self, id: u64, memo: &str) {
        if let Some(limit) = self.limit {
            while self.count >= limit {
                self.remove_oldest();
            }
        }
        let transaction = Transaction {
            id,
            memo: memo.into(),
            newer: RefCell::new(None),
            older: RefCell::new(self.newest.clone()),
        };
        let transaction = Rc::new(transaction); //~ curve/grows
        match &self.newest {
            Some(newest) => *newest.newer.borrow_mut() = Some(Rc::clone(&transaction)),
            None => self.oldest = Some(Rc::clone(&transaction)),
        }
        self.newest = Some(transaction);
        self.count += 1;
        self.memo_bytes += memo.len();
    }

    /// The next one becomes the oldest; nobody needs the one before it anymore.
    fn remove_oldest(&mut self) {
        if let Some(oldest) = self.oldest.take() {
            self.oldest = oldest.newer.borrow().clone();
            self.count -= 1;
            self.memo_bytes -= oldest.memo.len();
        }
    }

    /// Heap bytes that the service owns: each transaction with its two counters, and every memo's text.
    fn memory_in_use(&self) -> usize {
        let counters = 2 * size_of::<usize>();
        self.count * (size_of::<Transaction>() + counters) + self.memo_bytes
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
    let bounded = env::args().nth(1).as_deref() == Some("bounded");
    let rounds = number(2, 10);
    let limit = usize::try_from(number(3, 10_000)).unwrap_or(usize::MAX);
    let mut service = Service::new(bounded.then_some(limit));

    // One buffer for all requests, as a server has it.
    let mut memo = String::new();
    for round in 1..=rounds {
        for id in (round - 1) * ROUND + 1..=round * ROUND {
            receive(id, &mut memo);
            service.keep(id, &memo);
        }
        let mib = service.memory_in_use() as f64 / (1024.0 * 1024.0);
        println!("After {} transactions: {mib:.1} MiB in use", round * ROUND);
    }

    let oldest = service.oldest.as_ref().map_or(0, |t| t.id);
    let newest = service.newest.as_ref().map_or(0, |t| t.id);
    println!(
        "Kept {} transactions, from {oldest} to {newest}",
        service.count
    );
}
