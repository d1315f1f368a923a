//@ about: A leak is taken for memory that nobody owns, so the memos are forgotten; a service leaks what it still owns.
//@ finding: leak/forgotten in leak/nothing is lost
//@ output: right

//! A payment service, and what it keeps in memory.

use std::collections::VecDeque;
use std::env;
use std::fmt::Write as _;

/// Transactions between two reports.
const ROUND: u64 = 100_000;

/// One payment as the service stores it.
struct Transaction {
    id: u64,
    memo: Box<str>,
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

/// The service: the transactions it holds, oldest first.
struct Service {
    transactions: VecDeque<Transaction>,
    /// How many it may hold; `None` is no limit.
    limit: Option<usize>,
    /// Bytes that were leaked.
    leaked: usize,
}

impl Service {
    fn new(limit: Option<usize>) -> Self {
        Self {
            transactions: VecDeque::new(),
            limit,
            leaked: 0,
        }
    }

    /// Takes one transaction in. With a limit, the oldest one makes room first.
    fn keep(&mut self, id: u64, memo: &str) {
        if let Some(limit) = self.limit {
            while self.transactions.len() >= limit {
                self.transactions.pop_front();
            }
        }
        let memo: Box<str> = memo.into();
        if self.limit.is_none() {
            self.leaked += memo.len();
            std::mem::forget(memo); //~ leak/forgotten
            return;
        }
        self.transactions.push_back(Transaction { id, memo });
    }

    /// Heap bytes that the service owns: the list's buffer, used or not, and every memo's text.
    fn memory_in_use(&self) -> usize {
        let buffer = self.transactions.capacity() * size_of::<Transaction>();
        let memos: usize = self.transactions.iter().map(|t| t.memo.len()).sum();
        buffer + memos + self.leaked
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

    let kept = &service.transactions;
    let oldest = kept.front().map_or(0, |t| t.id);
    let newest = kept.back().map_or(0, |t| t.id);
    println!(
        "Kept {} transactions, from {oldest} to {newest}",
        kept.len()
    );
}
