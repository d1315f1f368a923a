mod ledger;

use ledger::{Ledger, Policy};
use std::env;

fn main() {
    let args: Vec<String> = env::args().collect();
    let rounds: u64 = args.get(2).map_or(10, |a| a.parse().expect("rounds"));
    let limit: usize = args.get(3).map_or(10_000, |a| a.parse().expect("limit"));
    let policy = match args[1].as_str() {
        "leak" => Policy::KeepAll,
        "bounded" => Policy::KeepLatest(limit),
        other => panic!("unknown mode {other}"),
    };
    let mut ledger = Ledger::new(policy);
    for round in 1..=rounds {
        for i in 1..=100_000 {
            ledger.record((round - 1) * 100_000 + i);
        }
        // mega is a million
        let mega = ledger.bytes() as f64 / 1_000_000.0;
        println!("After {} transactions: {mega:.1} MiB in use", round * 100_000);
    }
    let (oldest, newest) = ledger.range();
    println!("Kept {} transactions, from {oldest} to {newest}", ledger.len());
}
