//! A payment service, and what it keeps in memory.
//!
//! `memory_leak leak` keeps every transaction; `memory_leak bounded` keeps the latest 10,000. Three places are yours:
//! look for TODO 1 to TODO 3. Everything else is ready, but you may change it.

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
}

impl Service {
    fn new(limit: Option<usize>) -> Self {
        Self {
            transactions: VecDeque::new(),
            limit,
        }
    }

    /// Takes one transaction in.
    fn keep(&mut self, id: u64, memo: &str) {
        // One more, and then the list is as long as it should be.
        let mut newest = VecDeque::new();
        newest.push_back(Transaction {
            id,
            memo: memo.into(),
        });
        if let Some(limit) = self.limit {
            newest.truncate(limit);
        }
        self.transactions = newest;
    }

    /// Heap bytes that the service owns.
    fn memory_in_use(&self) -> usize {
        let mut bytes = self.transactions.capacity() * size_of::<Transaction>();
        for transaction in &self.transactions {
            bytes += transaction.memo.len();
        }
        bytes
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
        // Prints, for example: After 100000 transactions: 9.6 MiB in use
        let mib = service.memory_in_use() as f64 / (1024.0 * 1024.0);
        println!("After {} transactions: {mib:.1} MiB in use", round * ROUND);
    }

    // Prints, for example: Kept 10000 transactions, from 990001 to 1000000
    let kept = &service.transactions;
    let oldest = kept.front().map_or(0, |t| t.id);
    let newest = kept.back().map_or(0, |t| t.id);
    println!(
        "Kept {} transactions, from {oldest} to {newest}",
        kept.len()
    );
}
