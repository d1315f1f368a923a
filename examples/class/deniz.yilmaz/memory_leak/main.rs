use std::collections::BTreeMap;
use std::env;

fn main() {
    let bounded = env::args().nth(1).unwrap() == "bounded";
    let rounds: u64 = env::args().nth(2).map_or(10, |s| s.parse().unwrap());
    let limit: usize = env::args().nth(3).map_or(10_000, |s| s.parse().unwrap());

    let mut kept: BTreeMap<u64, String> = BTreeMap::new();
    for round in 1..=rounds {
        for id in round * 100_000 - 99_999..=round * 100_000 {
            kept.insert(id, format!("transaction {id:020}: 12.50 EUR from {:09} to 000004217", id % 9973));
        }
        // keep only the newest ones
        while bounded && kept.len() > limit {
            kept.pop_first();
        }
        // a number and a String for each, and the text
        let bytes: usize = kept.values().map(|memo| 8 + 24 + memo.capacity()).sum();
        println!("After {} transactions: {:.1} MiB in use", round * 100_000, bytes as f64 / 1_048_576.0);
    }
    let (first, _) = kept.first_key_value().unwrap();
    let (last, _) = kept.last_key_value().unwrap();
    println!("Kept {} transactions, from {first} to {last}", kept.len());
}
