// Bruno Okafor, exercise 4
use std::collections::HashMap;
use std::collections::VecDeque;

struct Transaction {
    id: u64,
    memo: String,
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let bounded = args[1] == "bounded";
    let rounds: u64 = if args.len() > 2 { args[2].parse().unwrap() } else { 10 };
    let limit: usize = if args.len() > 3 { args[3].parse().unwrap() } else { 10000 };

    let mut list: VecDeque<Transaction> = VecDeque::new();
    // to find a transaction quickly by its number
    let mut index: HashMap<u64, u64> = HashMap::new();
    for round in 1..=rounds {
        for i in 1..=100_000 {
            let id = (round - 1) * 100_000 + i;
            let memo = format!("payment {:010} from account {:08} to store 00004217, 12.50 EUR", id, id % 9973);
            list.push_back(Transaction { id, memo });
            index.insert(id, id % 9973);
            if bounded && list.len() > limit {
                list.pop_front();
            }
        }
        let mut bytes = 0;
        for t in &list {
            bytes += std::mem::size_of::<Transaction>() + t.memo.len();
        }
        println!("After {} transactions: {:.1} MiB in use", round * 100_000, bytes as f64 / 1024.0 / 1024.0);
    }
    println!("Kept {} transactions, from {} to {}", list.len(), list[0].id, list[list.len() - 1].id);
}
